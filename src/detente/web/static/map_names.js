// Places the names of the map at every magnification: the important ones first, none on a sign, a crossing or another name.
// `map.js` calls it after each move. Positions are in pixels of the type: a drawn unit divided by `u`.
const SVG = "http://www.w3.org/2000/svg";
const FONTS = { country: ["600 19px", 2.3], neighbour: ["14px", 1.4], town: ["12.5px", 0], province: ["italic 12.5px", 0], border: ["italic 600 12.5px", 0], crossing: ["600 13px", 0] };
const AROUND = (gap) => [[gap, 4.5, "start"], [-gap, 4.5, "end"], [0, -gap, "middle"], [0, gap + 9, "middle"]];
const SPOTS = { town: [...AROUND(5), ...AROUND(10), ...AROUND(17)], crossing: [[-10, 4.5, "end"], ...AROUND(10), [-4, -14, "end"], [4, -14, "start"], [-4, 22, "end"], [4, 22, "start"], ...AROUND(18), ...AROUND(30)] };
const BESIDE = [[9, 4.5, "start"], [-9, 4.5, "end"]];
const CENTRED = [[0, 4, "middle"]], STATE = [0, -20, 20, -40, 40, -60, 60].map((dy) => [0, dy + 4, "middle"]);
const FAR = 3.5; // from here on a state's name says nothing that the reader does not know

export function startNames(stage) {
  const group = stage.querySelector("#names"), border = stage.querySelector("#border");
  for (const part of (group.dataset.towns || "").split(";").filter(Boolean)) {
    const [text, x, y, z] = part.split("|"), g = document.createElementNS(SVG, "g");
    g.setAttribute("class", "name town hide");
    g.setAttribute("transform", `translate(${x} ${y})`);
    g.dataset.z = z;
    const dot = document.createElementNS(SVG, "circle"), name = document.createElementNS(SVG, "text");
    dot.setAttribute("r", "2.2");
    name.textContent = text;
    g.append(dot, name);
    group.append(g);
  }
  const pen = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(document.body).fontFamily;
  const read = (g, kind) => {
    const text = g.querySelector("text"), [font, spacing] = FONTS[kind], upper = kind === "country" || kind === "neighbour";
    pen.font = `${font} ${family}`;
    const words = upper ? text.textContent.toUpperCase() : text.textContent;
    const [x, y] = g.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
    return { g, text, kind, x, y, z: +(g.dataset.z ?? 1), wide: pen.measureText(words).width + spacing * words.length, tall: parseFloat(font.match(/[\d.]+px/)[0]) };
  };
  const crossings = [...stage.querySelectorAll(".crossing")].map((g) => read(g, "crossing"));
  // States come first, then by magnification.
  const rank = { country: 0, border: 1, town: 2, province: 3, neighbour: 4 };
  const names = [...group.children].map((g) => read(g, g.classList[1])).sort((a, b) => Math.max(a.z, 1) - Math.max(b.z, 1) || rank[a.kind] - rank[b.kind]);
  // A map of country outlines has no border line of its own.
  const long = border.getAttribute("d") ? border.getTotalLength() : 0;
  const along = Array.from({ length: long ? 160 : 0 }, (_, i) => border.getPointAtLength((long * (i + 0.5)) / 160));

  const box = (n, x, y, [dx, dy, anchor]) => {
    const left = x + dx - (anchor === "end" ? n.wide : anchor === "middle" ? n.wide / 2 : 0);
    return [left - 2, y + dy - 0.8 * n.tall - 1, left + n.wide + 2, y + dy + 0.25 * n.tall + 1];
  };
  const hits = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

  return function place({ u, k, view, obstacles }) {
    const taken = [...obstacles], frame = view.map((v) => v / u);
    const inside = (b) => frame[0] <= b[0] && frame[1] <= b[1] && b[2] <= frame[2] && b[3] <= frame[3];
    const near = (x, y) => x > view[0] && x < view[2] && y > view[1] && y < view[3];
    function put(n, x, y, spots, forced, also = []) {
      for (const spot of spots) {
        const b = box(n, x / u, y / u, spot);
        if (!inside(b) || taken.some((t) => hits(b, t)) || also.some((t) => hits(b, t))) continue;
        return write(n, spot, b);
      }
      return forced ? write(n, spots[0], box(n, x / u, y / u, spots[0])) : false;
    }
    function write(n, [dx, dy, anchor], b) {
      taken.push(b);
      n.text.setAttribute("x", dx);
      n.text.setAttribute("y", dy);
      n.text.setAttribute("text-anchor", anchor);
      n.g.classList.remove("hide");
      return true;
    }
    for (const c of crossings) if (near(c.x, c.y)) taken.push([c.x / u - 7, c.y / u - 7, c.x / u + 7, c.y / u + 7]);
    for (const c of crossings) if (near(c.x, c.y)) put(c, c.x, c.y, SPOTS.crossing, true);
    // The name of a state does not stand on a town.
    const dots = names.filter((n) => n.kind === "town" && n.z <= k && near(n.x, n.y)).map((n) => [n.x / u - 6, n.y / u - 6, n.x / u + 6, n.y / u + 6]);
    for (const n of names) {
      const state = n.kind === "country" || n.kind === "neighbour";
      let shown = false;
      if (n.kind === "border") {
        const seen = along.filter((p) => near(p.x, p.y)).sort((a, b) => Math.hypot(a.x - n.x, a.y - n.y) - Math.hypot(b.x - n.x, b.y - n.y));
        const at = seen.find((p) => put(n, p.x, p.y, BESIDE));
        if (at) { n.x = at.x; n.y = at.y; shown = true; }
      } else if (n.z <= k * 1.001 && near(n.x, n.y) && !(k > FAR && state)) {
        shown = put(n, n.x, n.y, state ? STATE : SPOTS[n.kind] ?? CENTRED, false, state ? dots : []);
      }
      n.g.classList.toggle("hide", !shown);
      if (shown) n.g.setAttribute("transform", `translate(${n.x} ${n.y}) scale(${u})`);
    }
  };
}
