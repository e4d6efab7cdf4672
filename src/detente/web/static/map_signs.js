// Signs by keyboard: one of them is a stop of the Tab key, and the arrow keys lead from one to the next. `spots` gives the
// places as they are now, `seen` what is seen of the drawing, `keys` what a key does to the map itself.
export function startSigns({ sheet, stage, at, seen, spots, keys }) {
  let lastMark = null;
  function marks() {
    const view = seen(), found = [];
    const add = (el, x, y) => { if (x > view[0] && x < view[2] && y > view[1] && y < view[3]) found.push({ el, x, y }); };
    for (const c of stage.querySelectorAll(".cluster")) add(c, ...at(c));
    for (const s of spots()) if (!s.g.classList.contains("gathered")) for (const g of s.seen) add(g.a, ...s.xy);
    return found;
  }
  function rove() {
    for (const old of stage.querySelectorAll('[tabindex="0"]')) old.setAttribute("tabindex", "-1");
    const all = marks(), stop = all.find((m) => m.el === lastMark) ?? all[0];
    if (stop) stop.el.setAttribute("tabindex", "0");
    if (document.activeElement === document.body && lostFocus) sheet.focus({ preventScroll: true });
    lostFocus = false;
  }
  let lostFocus = false;
  // The listeners are the frame's: an SVG group that listens for focus would be a stop of the Tab key itself.
  sheet.addEventListener("focusin", (e) => { lastMark = e.target.closest("#stage a, .cluster") ?? lastMark; });
  sheet.addEventListener("focusout", () => { lostFocus = true; setTimeout(() => { lostFocus = false; }, 300); });
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  stage.addEventListener("keydown", (e) => {
    const mark = e.target.closest("a, .cluster");
    if (!mark || e.ctrlKey || e.metaKey || e.altKey) return;
    if ((e.key === "Enter" || e.key === " ") && mark.matches(".cluster")) { e.preventDefault(); mark.dispatchEvent(new MouseEvent("click", { bubbles: true })); return; }
    if (["+", "=", "-", "0"].includes(e.key)) { e.preventDefault(); keys[e.key](); return; }
    const way = ways[e.key];
    if (!way) return;
    e.preventDefault();
    const all = marks(), here = all.find((m) => m.el === mark);
    if (!here) return;
    // The nearest sign in that direction; one at the same place comes first.
    const cost = (m) => {
      const dx = m.x - here.x, dy = m.y - here.y, ahead = dx * way[0] + dy * way[1], aside = Math.abs(dx * way[1] + dy * way[0]);
      if (!dx && !dy) return (way[0] + way[1] > 0) === (all.indexOf(m) > all.indexOf(here)) ? 0 : Infinity;
      return ahead > 0 ? ahead + 2 * aside : Infinity;
    };
    const next = all.filter((m) => m !== here && cost(m) < Infinity).sort((a, b) => cost(a) - cost(b))[0];
    if (next) { next.el.setAttribute("tabindex", "0"); mark.setAttribute("tabindex", "-1"); next.el.focus({ preventScroll: true }); }
  });

  return rove;
}
