// Shows a chart's values where the pointer, the finger or the keyboard is. A chart carries them as zones with a title: see
// `charts/inline/values.py`. Without this module the browser shows the titles, and the table under the chart has the same values.
const SVG = "http://www.w3.org/2000/svg";
const HINT = "Arrow keys show the values.";
const started = new WeakSet();

function start(svg) {
  if (started.has(svg)) return;
  const rows = [...svg.querySelectorAll("g.values")].map((g) => [...g.querySelectorAll("rect")]).filter((r) => r.length);
  if (!rows.length) return;
  started.add(svg);
  // Our box replaces the browser's tooltip, which would cover it.
  const texts = new Map();
  for (const zone of rows.flat()) {
    texts.set(zone, zone.textContent);
    zone.replaceChildren();
  }
  const frame = svg.closest(".picture") ?? svg.parentElement;
  const holder = frame.parentElement;
  holder.classList.add("valued");
  const box = document.createElement("p");
  box.className = "value";
  box.setAttribute("role", "status");
  box.hidden = true;
  frame.after(box);
  const dot = document.createElementNS(SVG, "circle");
  dot.setAttribute("class", "value-dot");
  dot.setAttribute("r", "4");
  let at = null, row = 0, place = rows[0].length - 1, touched = false;

  // One stop of the Tab key for the whole chart. Its name stays what it was.
  const name = svg.getAttribute("aria-label") || frame.getAttribute("aria-label") || "Chart";
  if (frame.getAttribute("role") === "img") { frame.removeAttribute("role"); frame.removeAttribute("aria-label"); }
  svg.removeAttribute("aria-hidden");
  svg.removeAttribute("focusable");
  // What stands beside the matrix changes with every step through it, so it is no place to step to.
  const stop = !svg.closest(".cell");
  if (stop) {
    svg.setAttribute("tabindex", "0");
    svg.setAttribute("role", "application");
    svg.setAttribute("aria-roledescription", "chart");
    svg.setAttribute("aria-label", `${name} ${HINT}`);
  }

  function show(zone) {
    if (zone === at) return;
    at?.classList.remove("on");
    at = zone;
    zone.classList.add("on");
    box.textContent = texts.get(zone);
    box.hidden = false;
    const y = zone.dataset.y;
    if (y === undefined) dot.remove();
    else {
      dot.setAttribute("cx", +zone.getAttribute("x") + zone.getAttribute("width") / 2);
      dot.setAttribute("cy", y);
      zone.parentElement.append(dot);
    }
    // Beside the zone, inside the figure, and over the chart's upper edge so that it covers no mark.
    const here = zone.getBoundingClientRect(), all = holder.getBoundingClientRect(), chart = frame.getBoundingClientRect();
    const wide = box.offsetWidth, middle = here.left + here.width / 2 - all.left;
    box.style.left = `${Math.max(0, Math.min(all.width - wide, middle - wide / 2))}px`;
    const top = Math.max(here.top, chart.top) - all.top - box.offsetHeight - 4;
    box.style.top = `${Math.max(-box.offsetHeight, top)}px`;
  }

  function clear() {
    at?.classList.remove("on");
    at = null;
    dot.remove();
    box.hidden = true;
    box.textContent = "";
  }

  function find(e) {
    const zone = e.target.closest?.("g.values rect");
    if (!zone || !svg.contains(zone)) return false;
    row = rows.findIndex((r) => r.includes(zone));
    place = rows[row].indexOf(zone);
    show(zone);
    return true;
  }

  svg.addEventListener("pointermove", (e) => { if (e.pointerType !== "touch") find(e) || clear(); });
  svg.addEventListener("pointerleave", (e) => { if (e.pointerType !== "touch" && document.activeElement !== svg) clear(); });
  // A tap shows a value; a second tap elsewhere on the page takes it away.
  svg.addEventListener("click", (e) => { touched = true; find(e) || clear(); });
  document.addEventListener("click", (e) => { if (touched && !svg.contains(e.target)) { touched = false; clear(); } });
  if (!stop) return;
  // Only the keyboard's focus shows a value at once: the newest.
  svg.addEventListener("focus", () => { if (svg.matches(":focus-visible") && !at) show(rows[row][place]); });
  svg.addEventListener("blur", clear);
  const steps = {
    ArrowLeft: () => { place -= 1; }, ArrowRight: () => { place += 1; }, ArrowUp: () => { row -= 1; }, ArrowDown: () => { row += 1; },
    Home: () => { place = 0; }, End: () => { place = Infinity; },
  };
  svg.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape") { clear(); return; }
    const step = steps[e.key];
    if (!step || (rows.length === 1 && (e.key === "ArrowUp" || e.key === "ArrowDown"))) return;
    e.preventDefault();
    step();
    row = Math.max(0, Math.min(rows.length - 1, row));
    place = Math.max(0, Math.min(rows[row].length - 1, place));
    const zone = rows[row][place];
    // On a phone's frame the point may lie outside; the page itself does not move.
    const frameBox = frame.getBoundingClientRect(), z = zone.getBoundingClientRect();
    if (z.left < frameBox.left) frame.scrollLeft += z.left - frameBox.left - 12;
    else if (z.right > frameBox.right) frame.scrollLeft += z.right - frameBox.right + 12;
    show(zone);
  });
}

const startAll = (root) => root.querySelectorAll("svg:has(g.values)").forEach(start);
startAll(document);
// Parts of a page are fetched anew: the simulator's result and the cell beside the matrix.
new MutationObserver((changes) => {
  for (const c of changes) for (const n of c.addedNodes) if (n.nodeType === 1 && n.querySelector?.("g.values")) startAll(n);
}).observe(document.body, { childList: true, subtree: true });
