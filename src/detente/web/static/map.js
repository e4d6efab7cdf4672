// The map moves: zoom and pan, months and kinds chosen without asking the server again. Without this module the same
// map stands still and the form beside it asks the server.
const atlas = document.getElementById("atlas");
if (atlas) {
  const [{ startNames }, { startClusters }] = await Promise.all([import(atlas.dataset.nameModule), import(atlas.dataset.clusterModule)]);
  start(startNames, startClusters);
}

function start(startNames, startClusters) {
  const sheet = document.getElementById("sheet");
  const svg = sheet.querySelector("svg.map");
  const stage = document.getElementById("stage");
  const form = document.getElementById("atlas-form");
  const [, , W, H] = svg.getAttribute("viewBox").split(" ").map(Number);
  const small = +atlas.dataset.small, grows = +atlas.dataset.grows, large = +atlas.dataset.large;
  const force = new Set(atlas.dataset.force.split(" "));
  const [firstYear, firstMonth] = atlas.dataset.first.split("-").map(Number);
  const round = JSON.parse(atlas.dataset.round);
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  function months_of(a) { return a.dataset.m.split(" ").map((m) => { const [i, n = 1, d = 0, t = 0] = m.split(".").map(Number); return [i, n, d, t]; }); }
  const at = (g) => g.getAttribute("transform").match(/-?[\d.]+/g).slice(0, 2).map(Number);
  const find_spots = () => [...stage.querySelectorAll(".spot")].map((g) => ({
    g, name: g.dataset.n, kind: g.classList[1], xy: at(g),
    seen: [], most: 0, signs: [...g.querySelectorAll("a")].map((a) => ({
      a, channel: a.dataset.c, use: a.querySelector("use"), href: a.getAttribute("href"),
      months: months_of(a),
    })),
  }));
  let spots = find_spots();
  // Events known only to a province or country are listed beside the map, not drawn at a point.
  const find_vague = () => [...document.querySelectorAll("#vague li")].map((li) => ({
    li, name: li.dataset.n, kind: li.dataset.kind,
    signs: [...li.querySelectorAll("a")].map((a) => ({
      a, channel: a.dataset.c, count: a.querySelector("b"), href: a.getAttribute("href"), months: months_of(a),
    })),
  }));
  let vague = find_vague();
  const called = JSON.parse(atlas.dataset.names);
  const fixed = [...stage.querySelectorAll(".crossing")].map((g) => ({ g, xy: at(g) }));
  const gates = [...stage.querySelectorAll(".crossing")].map((g) => ({
    g, key: g.dataset.key, name: g.querySelector("text").textContent,
    told: JSON.parse(g.dataset.told), at: g.dataset.at.split(" ").map(Number),
  }));
  const kinds = [...form.querySelectorAll("[name=channel]")].map((i) => i.value);
  const bars = [...document.querySelectorAll("#time .bar")].map((r) => ({ r, title: r.querySelector("title"), covered: r.nextElementSibling.classList.contains("watch"), day: r.dataset.day, events: r.dataset.e.split(",").map(Number) }));

  const state = { k: 1, x: 0, y: 0, from: 0, until: bars.length - 1, shown: new Set() };
  const year = (m) => firstYear + Math.floor((firstMonth - 1 + m) / 12);
  const month = (m) => (firstMonth - 1 + m) % 12;
  const iso = (m) => `${year(m)}-${String(month(m) + 1).padStart(2, "0")}`;
  const ends = (m) => `${iso(m)}-${new Date(Date.UTC(year(m), month(m) + 1, 0)).getUTCDate()}`;
  const names = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  const said = (m) => `${names[month(m)]} ${year(m)}`;
  const inWords = (day) => { const [y, m, d] = day.split("-").map(Number); return `${d} ${names[m - 1]} ${y}`; };
  const thousands = (n) => n.toLocaleString("en-GB");
  const events = (n) => `${thousands(n)} event${n === 1 ? "" : "s"}`;

  // Signs and names keep their size on the screen: a drawn unit is worth fewer pixels on a phone, and more when zoomed in.
  const unit = () => { const px = svg.getBoundingClientRect(); const s = Math.max(px.width / W, px.height / H); return Math.max(0.9, Math.min(1, s * 1.15)) / (s * 1.15 * state.k); };

  function place() {
    stage.setAttribute("transform", `translate(${state.x.toFixed(1)} ${state.y.toFixed(1)}) scale(${state.k.toFixed(3)})`);
    const u = unit().toFixed(3);
    for (const { g, xy } of fixed) g.setAttribute("transform", `translate(${xy[0]} ${xy[1]}) scale(${u})`);
    for (const { g, xy } of spots) g.setAttribute("transform", `translate(${xy[0]} ${xy[1]}) scale(${u})`);
    scalebar();
    sheet.classList.toggle("zoomed", state.k > 1.01);
    // Names and clusters follow once a frame, however fast the map moves.
    drawing ||= requestAnimationFrame(arrange);
  }

  let drawing = 0, boxes = [], gatheredAt = 0;
  function arrange() {
    drawing = 0;
    const u = unit(), view = seen();
    if (u !== gatheredAt) { boxes = gather(spots, u); gatheredAt = u; }
    // The buttons and the scale bar lie over the map.
    const [left, top, right, bottom] = view.map((v) => v / u);
    placeNames({ u, k: state.k, view, obstacles: [...boxes, [left, top, left + 52, top + 118], [right - 190, bottom - 40, right, bottom]] });
    rove();
  }

  // What is seen of the drawing, in its own units: a phone cuts it at both sides.
  function seen() {
    const box = svg.getBoundingClientRect(), s = Math.max(box.width / W, box.height / H), half = [box.width / s / 2, box.height / s / 2];
    return [W / 2 - half[0] - state.x, H / 2 - half[1] - state.y, W / 2 + half[0] - state.x, H / 2 + half[1] - state.y].map((v) => v / state.k);
  }

  // The longest round distance that fits; on a phone the right edge may be cut away, so it follows what is seen.
  const bar = document.getElementById("scalebar"), km = +bar.dataset.km;
  function scalebar() {
    const long = [200, 100, 50, 20, 10, 5, 2, 1].find((n) => n * km * state.k <= 130) ?? 1;
    const wide = long * km * state.k, box = svg.getBoundingClientRect(), s = Math.max(box.width / W, box.height / H), u = 1 / (s * 1.15);
    bar.setAttribute("transform", `translate(${(W / 2 + box.width / s / 2 - 20 - wide).toFixed(1)} ${(H / 2 + box.height / s / 2 - 14 * u).toFixed(1)})`);
    for (const [name, value] of [["x", -8 * u], ["y", -20 * u], ["width", wide + 16 * u], ["height", 27 * u]]) bar.querySelector("rect").setAttribute(name, value.toFixed(1));
    bar.querySelector("path").setAttribute("d", `M0 ${-4 * u}V0H${wide.toFixed(1)}V${-4 * u}`);
    const text = bar.querySelector("text");
    text.setAttribute("x", wide / 2);
    text.setAttribute("y", -6 * u);
    text.setAttribute("font-size", 12 * u);
    text.textContent = `${long} km`;
  }

  function move(k, cx, cy) {
    const to = Math.max(1, Math.min(MOST, k));
    state.x = cx - (cx - state.x) * (to / state.k);
    state.y = cy - (cy - state.y) * (to / state.k);
    state.k = to;
    pan(0, 0);
  }

  function pan(dx, dy) {
    state.x = Math.min(0, Math.max(W - W * state.k, state.x + dx));
    state.y = Math.min(0, Math.max(H - H * state.k, state.y + dy));
    place();
  }

  // The sheet may be cut to the screen's shape, so units come from the browser.
  const units = (e) => { const p = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse()); return [p.x, p.y]; };

  // ---- what is shown
  function fill() {
    let here = 0, rings = 0;
    const count = (g) => {
      g.n = g.d = g.t = 0;
      for (const [m, n, d, t] of g.months) if (m >= state.from && m <= state.until) { g.n += n; g.d += d; g.t += t; }
      const on = state.shown.has(g.channel) && g.n > 0;
      g.a.classList.toggle("off", !on);
      return on;
    };
    for (const s of vague) {
      let any = 0;
      for (const g of s.signs) {
        if (!count(g)) continue;
        any += g.n;
        g.count.textContent = thousands(g.n);
        g.a.setAttribute("aria-label", `${s.name}: ${called[g.channel]}, ${g.n}`);
        g.a.setAttribute("href", inWindow(g.href));
      }
      rings += any;
      s.li.hidden = !any;
    }
    for (const s of spots) {
      const seen = [];
      for (const g of s.signs) {
        if (!count(g)) continue;
        g.a.classList.toggle("untold", force.has(g.channel) && !g.t);
        g.r = Math.round(10 * Math.min(small + grows * Math.sqrt(force.has(g.channel) ? g.d : Math.max(g.n - 1, 0)), large)) / 10;
        seen.push(g);
        here += g.n;
      }
      seen.sort((a, b) => b.r - a.r || kinds.indexOf(a.channel) - kinds.indexOf(b.channel));
      seen.forEach((g, i) => {
        const [ux, uy] = i ? round[i - 1] : [0, 0];
        const away = i ? seen[0].r + g.r * 0.75 : 0, dx = ux * away, dy = uy * away;
        g.use.setAttribute("transform", `translate(${dx.toFixed(1)} ${dy.toFixed(1)}) scale(${(g.r / 5).toFixed(2)})`);
        title(g.a, `${s.name}: ${called[g.channel]}, ${events(g.n)}${g.t ? `, ${thousands(g.d)} reported death${g.d === 1 ? "" : "s"}` : ""}`);
        g.a.setAttribute("href", inWindow(g.href));
      });
      s.most = seen.length ? seen[0].r : 0;
      s.seen = seen;
    }
    gatheredAt = 0;
    drawing ||= requestAnimationFrame(arrange);
    const wanted = kinds.map((k, i) => (state.shown.has(k) ? i : -1)).filter((i) => i >= 0);
    const totals = bars.map((b) => wanted.reduce((sum, i) => sum + b.events[i], 0));
    const most = Math.max(...totals, 1);
    bars.forEach((b, i) => {
      const h = (40 * totals[i]) / most;
      b.r.setAttribute("y", 42 - h);
      b.r.setAttribute("height", h);
      b.r.classList.toggle("in", i >= state.from && i <= state.until);
      b.title.textContent = `${said(i)}: ${totals[i] || b.covered ? totals[i] : "not collected"}`;
    });
    const all = totals.slice(state.from, state.until + 1).reduce((a, b) => a + b, 0);
    const account = document.getElementById("account");
    account.replaceChildren(strong(events(all)), `: ${thousands(here)} at an exact place, ${thousands(rings)} located only to a province or country (listed under the map), ${thousands(all - here - rings)} outside the map.`);
    document.getElementById("shown-window").textContent = state.from === state.until ? said(state.from) : `${said(state.from)} to ${said(state.until)}`;
    if (document.getElementById("drawn").open) table();
    crossings(state.until);
  }

  function inWindow(href) {
    if (!href.includes("/events?")) return href;
    const [path, query] = href.split("?"), q = new URLSearchParams(query);
    if (state.from > 0) q.set("from", `${iso(state.from)}-01`); else q.delete("from");
    if (state.until < bars.length - 1) q.set("to", ends(state.until)); else q.delete("to");
    return `${path}?${q}`;
  }

  // The page carries each crossing's mark and words at the end of every month: the rule stands in `map/crossings.py` alone.
  function crossings(month) {
    document.getElementById("gate-day").textContent = inWords(bars[month].day);
    for (const c of gates) {
      const [mark, text] = c.told[c.at[month]];
      c.g.setAttribute("class", `crossing ${mark}`);
      title(c.g, `${c.name}: ${text}`);
      const line = document.querySelector(`.gates [data-key="${CSS.escape(c.key)}"] .soft`);
      if (line) line.textContent = text;
    }
  }

  function table() {
    const body = document.querySelector("#drawn tbody");
    const shown = [...spots, ...vague].flatMap((s) => s.signs.filter((g) => !g.a.classList.contains("off")).map((g) => ({ s, g })));
    body.replaceChildren(...shown.map(({ s, g }) => {
      const row = document.createElement("tr");
      const to = document.createElement("a");
      to.href = g.a.getAttribute("href");
      to.textContent = thousands(g.n);
      for (const [what, num] of [[s.name], [s.kind], [called[g.channel]], [to, true], [g.t ? thousands(g.d) : "not reported", true]]) {
        const cell = row.insertCell();
        if (num) cell.className = "num";
        cell.append(what);
      }
      return row;
    }));
  }

  function title(element, text) {
    let t = element.querySelector(":scope > title");
    if (!t) { t = document.createElementNS("http://www.w3.org/2000/svg", "title"); element.prepend(t); }
    t.textContent = text;
  }
  function strong(text) { const b = document.createElement("b"); b.textContent = text; return b; }

  // ---- signs by keyboard: one of them is a stop of the Tab key, and the arrow keys lead from one to the next
  let lastMark = null;
  function marks() {
    const view = seen(), found = [];
    const add = (el, x, y) => { if (x > view[0] && x < view[2] && y > view[1] && y < view[3]) found.push({ el, x, y }); };
    for (const c of stage.querySelectorAll(".cluster")) add(c, ...at(c));
    for (const s of spots) if (!s.g.classList.contains("gathered")) for (const g of s.seen) add(g.a, ...s.xy);
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

  // A cluster was chosen: its places fill the map. Where they cannot be told apart, their events are listed.
  function choose(c, [left, top, right, bottom], e) {
    if (moved > 6) return;
    e.stopPropagation();
    if (state.k >= MOST * 0.99) {
      const query = new URLSearchParams();
      for (const s of c.of) for (const g of s.seen) {
        const own = new URLSearchParams(g.href.split("?")[1] ?? "");
        for (const name of ["place", "channel"]) for (const v of own.getAll(name)) if (!query.getAll(name).includes(v)) query.append(name, v);
      }
      location.assign(`/${atlas.dataset.case}/events?${query}`);
      return;
    }
    const wide = Math.max(right - left, 1), tall = Math.max(bottom - top, 1);
    const k = Math.min(MOST, Math.max(state.k * 1.8, Math.min(W / wide, H / tall) * 0.62));
    state.k = k;
    state.x = W / 2 - ((left + right) / 2) * k;
    state.y = H / 2 - ((top + bottom) / 2) * k;
    pan(0, 0);
    sheet.focus({ preventScroll: true });
  }
  const MOST = 40;
  const gather = startClusters({ stage, kinds, called, choose });
  const placeNames = startNames(stage);

  // ---- a sign was chosen: one event leads to its page, several are listed here
  async function open(a) {
    const href = a.getAttribute("href");
    if (!href.includes("/events?")) { location.assign(href); return; }
    const here = document.getElementById("here");
    const answer = await fetch(href.replace("/events?", "/events.json?"));
    if (!answer.ok) { location.assign(href); return; }
    const { page } = await answer.json();
    const head = document.createElement("div");
    head.className = "head";
    const shut = document.createElement("button");
    shut.type = "button"; shut.className = "quiet"; shut.textContent = "Close";
    shut.addEventListener("click", () => { here.hidden = true; sheet.focus(); });
    head.append(strong(a.querySelector("title").textContent), shut);
    const list = document.createElement("ul");
    for (const r of page.rows.slice(0, 12)) {
      const item = document.createElement("li"), to = document.createElement("a");
      to.href = r.address; to.textContent = r.summary || r.id;
      item.append(`${r.when}: `, to);
      list.append(item);
    }
    const all = document.createElement("a");
    all.href = href; all.textContent = `All ${events(page.found)} in the list`;
    here.replaceChildren(head, list, all);
    here.hidden = false;
    here.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
    shut.focus({ preventScroll: true });
  }

  // ---- hands
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

  // ---- months
  const until = document.getElementById("until"), span = document.getElementById("span"), play = document.getElementById("play");
  let playing = 0;
  function months() {
    const n = +span.value;
    state.until = +until.value;
    state.from = n ? Math.max(0, state.until - n + 1) : 0;
    fill();
  }
  until.addEventListener("input", () => { stop(); months(); });
  span.addEventListener("change", months);
  function stop() { clearInterval(playing); playing = 0; play.textContent = "Play"; play.setAttribute("aria-pressed", "false"); }
  play.addEventListener("click", () => {
    if (playing) { stop(); return; }
    if (span.value === "0") span.value = "3";
    if (+until.value >= bars.length - 1) until.value = 0;
    play.textContent = "Pause"; play.setAttribute("aria-pressed", "true");
    months();
    playing = setInterval(() => {
      if (+until.value >= bars.length - 1) { stop(); return; }
      until.value = +until.value + 1;
      months();
    }, still.matches ? 1500 : 600);
  });

  // ---- kinds
  function chosen() { state.shown = new Set([...form.querySelectorAll("[name=channel]:checked")].map((i) => i.value)); }
  // The page carries the kinds that it shows; all others are fetched once, when one of them is first chosen.
  let loaded = new Set([...form.querySelectorAll("[name=channel]")].filter((i) => i.defaultChecked).map((i) => i.value)), loading = null;
  async function load_all() {
    const answer = await fetch(`${form.getAttribute("action")}?${kinds.map((k) => `channel=${k}`).join("&")}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of stage.querySelectorAll(".spot")) old.remove();
    const above = stage.querySelector("#names");
    for (const g of page.querySelectorAll("#stage .spot")) stage.insertBefore(document.adoptNode(g), above);
    const list = document.getElementById("vague"), fresh = page.getElementById("vague");
    if (list && fresh) list.replaceChildren(...fresh.children);
    spots = find_spots();
    vague = find_vague();
    loaded = new Set(kinds);
    place();
  }
  async function choose_kinds() {
    chosen();
    if ([...state.shown].some((k) => !loaded.has(k))) {
      atlas.dataset.loading = "";
      try { await (loading ??= load_all()); } catch { form.requestSubmit(); return; }
      delete atlas.dataset.loading;
    }
    fill();
  }
  form.addEventListener("change", (e) => { if (e.target.name === "channel") choose_kinds(); });
  document.getElementById("drawn").addEventListener("toggle", (e) => { if (e.target.open) table(); });

  chosen();
  for (const e of document.querySelectorAll(".live-only")) e.hidden = false;
  sheet.classList.add("live");
  svg.setAttribute("preserveAspectRatio", "xMidYMid slice");
  sheet.tabIndex = 0;
  sheet.setAttribute("role", "group");
  sheet.setAttribute("aria-label", "Map. Arrow keys move it, plus and minus zoom, 0 shows all. Tab leads to its signs.");
  // A window in days was asked of the server: it stays as it is until months are chosen.
  const asked = new URLSearchParams(location.search);
  if (!asked.get("from") && !asked.get("to")) {
    for (const e of form.querySelectorAll(".plain")) e.hidden = true;
    // A browser restores the kinds and months that were chosen before a reload or on the way back.
    months();
    choose_kinds();
  }
  new ResizeObserver(() => { gatheredAt = 0; place(); }).observe(svg);
}
