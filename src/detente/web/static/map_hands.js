// Hands on the map: a pointer or two fingers, the wheel, the keyboard and the buttons move it and zoom. `open` is called with the sign
// that was clicked, `units` turns a pointer's place into units of the drawing.
export function startHands({ sheet, state, width: W, height: H, units, move, pan, open }) {
  const held = new Map();
  let moved = 0, apart = 0;
  sheet.addEventListener("pointerdown", (e) => {
    if (e.button) return;
    if (!held.size) moved = 0;
    held.set(e.pointerId, units(e));
    if (held.size === 2) apart = between();
  });
  addEventListener("pointermove", (e) => {
    if (!held.has(e.pointerId)) return;
    const [x, y] = units(e), [px, py] = held.get(e.pointerId);
    held.set(e.pointerId, [x, y]);
    if (held.size === 2) {
      const now = between(), [[ax, ay], [bx, by]] = [...held.values()];
      if (apart) move((state.k * now) / apart, (ax + bx) / 2, (ay + by) / 2);
      apart = now; moved = 99;
    } else {
      moved += Math.hypot(x - px, y - py);
      if (moved > 6) { sheet.classList.add("held"); pan(x - px, y - py); }
    }
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, (e) => { held.delete(e.pointerId); sheet.classList.remove("held"); });
  // Two fingers are the map's, wherever it is; one finger scrolls the page until the map is enlarged.
  sheet.addEventListener("touchmove", (e) => { if (e.touches.length > 1) e.preventDefault(); }, { passive: false });
  const between = () => { const [[ax, ay], [bx, by]] = [...held.values()]; return Math.hypot(ax - bx, ay - by); };
  sheet.addEventListener("dragstart", (e) => e.preventDefault());
  sheet.addEventListener("click", (e) => {
    const a = e.target.closest("a");
    if (!a) return;
    if (moved > 6) { e.preventDefault(); return; }
    if (e.metaKey || e.ctrlKey || e.shiftKey) return;
    e.preventDefault();
    open(a);
  });
  // A page must scroll past the map, also after a click on it: the wheel zooms with Ctrl alone, which is also how a touchpad pinches.
  const hint = document.createElement("p");
  let hiding = 0;
  hint.className = "hint";
  hint.textContent = "Hold Ctrl to zoom with the wheel.";
  hint.hidden = true;
  sheet.append(hint);
  sheet.addEventListener("wheel", (e) => {
    if (!e.ctrlKey && !e.metaKey) {
      if (!sheet.contains(document.activeElement)) return;
      hint.hidden = false;
      clearTimeout(hiding);
      hiding = setTimeout(() => { hint.hidden = true; }, 1200);
      return;
    }
    e.preventDefault();
    move(state.k * Math.exp(-e.deltaY * (e.deltaMode ? 0.06 : 0.0022)), ...units(e));
  }, { passive: false });
  sheet.addEventListener("dblclick", (e) => move(state.k * 2, ...units(e)));
  const keys = { ArrowLeft: () => pan(80, 0), ArrowRight: () => pan(-80, 0), ArrowUp: () => pan(0, 80), ArrowDown: () => pan(0, -80),
    "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), 0: () => move(1, 0, 0) };
  sheet.addEventListener("keydown", (e) => {
    if (e.target !== sheet || e.ctrlKey || e.metaKey || e.altKey || !keys[e.key]) return;
    e.preventDefault();
    keys[e.key]();
  });
  const zoom = (by) => move(state.k * by, W / 2, H / 2);

  const buttons = document.createElement("div");
  buttons.className = "zoom";
  for (const [text, name, act] of [["+", "Zoom in", () => zoom(1.6)], ["−", "Zoom out", () => zoom(1 / 1.6)], ["⟲", "The whole map", () => move(1, 0, 0)]]) {
    const b = document.createElement("button");
    b.type = "button"; b.textContent = text; b.setAttribute("aria-label", name); b.title = name;
    b.addEventListener("click", act);
    buttons.append(b);
  }
  sheet.append(buttons);

  return { keys, dragged: () => moved > 6 };
}
