// Months and kinds, chosen without asking the server again. `fill` shows what is chosen, `renew` reads the places again.
export function startMonths({ atlas, form, stage, state, kinds, last, still, fill, renew }) {
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
    if (+until.value >= last) until.value = 0;
    play.textContent = "Pause"; play.setAttribute("aria-pressed", "true");
    months();
    playing = setInterval(() => {
      if (+until.value >= last) { stop(); return; }
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
    loaded = new Set(kinds);
    renew();
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

  return { months, chosen, choose_kinds };
}
