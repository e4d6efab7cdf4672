// The map moves: zoom and pan, months and kinds chosen without asking the server again. Without this module the same
// map stands still and the form beside it asks the server.
const atlas = document.getElementById("atlas");
if (atlas) {
  const modules = ["nameModule", "clusterModule", "signModule", "handModule", "monthModule"].map((m) => import(atlas.dataset[m]));
  start(Object.assign({}, ...await Promise.all(modules)));
}

function start({ startNames, startClusters, startSigns, startHands, startMonths }) {
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

  // A cluster was chosen: its places fill the map. Where they cannot be told apart, their events are listed.
  function choose(c, [left, top, right, bottom], e) {
    if (dragged()) return;
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

  const { keys, dragged } = startHands({ sheet, state, width: W, height: H, units, move, pan, open });
  const rove = startSigns({ sheet, stage, at, seen, spots: () => spots, keys });
  function renew() { spots = find_spots(); vague = find_vague(); place(); }
  const { months, chosen, choose_kinds } = startMonths({ atlas, form, stage, state, kinds, last: bars.length - 1, still, fill, renew });
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
