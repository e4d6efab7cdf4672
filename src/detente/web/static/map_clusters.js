// Gathers signs that would cover one another into a box with a count of events for each kind. A box opens when it is chosen: the map
// is enlarged until its places stand apart. Positions are in pixels of the type: a drawn unit divided by `u`.
const SVG = "http://www.w3.org/2000/svg";
const NEAR = 26, CELL = 36, ROW = 17, EDGE = 5, CLEAR = 8;

export function startClusters({ stage, kinds, called, choose }) {
  const layer = document.createElementNS(SVG, "g");
  layer.id = "clusters";
  stage.querySelector("#names").after(layer);
  const fixed = [...stage.querySelectorAll(".crossing")].map((g) => g.getAttribute("transform").match(/-?[\d.]+/g).map(Number));
  let crossings = [];
  const hits = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

  function frame(c) {
    if (c.of.length === 1) { const r = c.of[0].most * 0.8; return [c.x - r, c.y - r, c.x + r, c.y + r]; }
    const cells = c.count.size, columns = cells > 4 ? 3 : cells > 1 ? 2 : 1, wide = columns * CELL + EDGE, tall = Math.ceil(cells / columns) * ROW + EDGE;
    return [c.x - wide / 2, c.y - tall / 2, c.x + wide / 2, c.y + tall / 2];
  }
  // A box stands beside a crossing, not on it: it is moved by the shortest way.
  function clear(c) {
    if (c.of.length === 1) return;
    for (const [px, py] of crossings) {
      const [left, top, right, bottom] = c.box;
      if (px + CLEAR <= left || px - CLEAR >= right || py + CLEAR <= top || py - CLEAR >= bottom) continue;
      const moves = [[px + CLEAR - left, 0], [px - CLEAR - right, 0], [0, py + CLEAR - top], [0, py - CLEAR - bottom]];
      const [dx, dy] = moves.sort((a, b) => Math.abs(a[0] + a[1]) - Math.abs(b[0] + b[1]))[0];
      c.x += dx; c.y += dy;
      c.box = frame(c);
    }
  }
  function sum(c) {
    let n = 0, x = 0, y = 0;
    c.count = new Map();
    for (const s of c.of) {
      let own = 0;
      for (const g of s.seen) { c.count.set(g.channel, (c.count.get(g.channel) ?? 0) + g.n); own += g.n; }
      n += own; x += own * s.px; y += own * s.py;
    }
    c.n = n; c.x = x / n; c.y = y / n;
    c.box = frame(c);
    clear(c);
  }

  // Returns the boxes of all signs and clusters, which names keep clear of.
  return function gather(spots, u) {
    const shown = spots.filter((s) => s.seen.length);
    crossings = fixed.map(([x, y]) => [x / u, y / u]);
    for (const s of shown) { s.px = s.xy[0] / u; s.py = s.xy[1] / u; }
    shown.sort((a, b) => b.most - a.most);
    let groups = [];
    for (const s of shown) {
      const at = groups.find((c) => Math.hypot(c.of[0].px - s.px, c.of[0].py - s.py) < NEAR);
      if (at) at.of.push(s); else groups.push({ of: [s] });
    }
    groups.forEach(sum);
    for (let again = true; again;) {
      again = false;
      for (let i = 0; i < groups.length && !again; i++) {
        for (let j = i + 1; j < groups.length; j++) {
          if (!hits(groups[i].box, groups[j].box)) continue;
          groups[i].of.push(...groups[j].of);
          sum(groups[i]);
          groups.splice(j, 1);
          again = true;
          break;
        }
      }
    }
    const many = groups.filter((c) => c.of.length > 1), gathered = new Set(many.flatMap((c) => c.of));
    for (const s of spots) s.g.classList.toggle("gathered", gathered.has(s));
    layer.replaceChildren(...many.map((c) => draw(c, u)));
    return groups.map((c) => c.box);
  };

  function draw(c, u) {
    const g = document.createElementNS(SVG, "g"), [left, top, right, bottom] = c.box;
    g.setAttribute("class", "cluster");
    g.setAttribute("transform", `translate(${(c.x * u).toFixed(1)} ${(c.y * u).toFixed(1)}) scale(${u})`);
    g.setAttribute("role", "button");
    g.setAttribute("tabindex", "-1");
    const inOrder = kinds.filter((k) => c.count.has(k));
    const told = `${c.of.length} places: ${inOrder.map((k) => `${called[k]} ${c.count.get(k)}`).join(", ")}. Enlarge the map.`;
    g.setAttribute("aria-label", told);
    const title = document.createElementNS(SVG, "title"), rect = document.createElementNS(SVG, "rect");
    title.textContent = told;
    const columns = Math.round((right - left - EDGE) / CELL);
    for (const [name, value] of [["x", left - c.x], ["y", top - c.y], ["width", right - left], ["height", bottom - top], ["rx", 3]]) rect.setAttribute(name, value.toFixed(1));
    g.append(title, rect);
    inOrder.forEach((k, i) => {
      const x = left - c.x + EDGE / 2 + (i % columns) * CELL, y = top - c.y + EDGE / 2 + Math.floor(i / columns) * ROW;
      const use = document.createElementNS(SVG, "use"), text = document.createElementNS(SVG, "text");
      use.setAttribute("href", `#m-${k}`);
      use.setAttribute("class", `c-${k}`);
      use.setAttribute("transform", `translate(${(x + 8).toFixed(1)} ${(y + 8.5).toFixed(1)}) scale(.92)`);
      text.setAttribute("x", (x + 16).toFixed(1));
      text.setAttribute("y", (y + 12.5).toFixed(1));
      text.textContent = c.count.get(k);
      g.append(use, text);
    });
    const xs = c.of.map((s) => s.xy[0]), ys = c.of.map((s) => s.xy[1]);
    const bounds = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    g.addEventListener("click", (e) => choose(c, bounds, e));
    return g;
  }
}
