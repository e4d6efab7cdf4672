// The list follows the filters as they change. Without this module the form's button does the same.
const form = document.getElementById("filters");
let waiting, asked = 0;

function address() {
  const told = [...new FormData(form)].filter(([, v]) => v.trim());
  const query = new URLSearchParams(told).toString();
  return form.getAttribute("action") + (query ? `?${query}` : "");
}

async function show(to, keep) {
  const mine = ++asked;
  const answer = await fetch(to, { headers: { Accept: "text/html" } });
  if (mine !== asked) return; // a later question has been asked since
  if (!answer.ok) { location.assign(to); return; } // the page itself says what is wrong
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  replace(document.getElementById("found"), page.getElementById("found"));
  for (const fresh of page.querySelectorAll("[data-count]")) {
    const old = form.querySelector(`[data-count="${CSS.escape(fresh.dataset.count)}"]`);
    if (!old) continue;
    old.textContent = fresh.textContent;
    old.parentElement.classList.toggle("none", fresh.textContent === "0" || fresh.textContent === "–");
  }
  const clear = form.querySelector(".do");
  clear.replaceChildren(...page.querySelector("#filters .do").childNodes);
  if (keep) history.pushState(null, "", to);
}

// What was open stays open, and the control that was used keeps the focus.
function replace(old, fresh) {
  const open = new Set([...old.querySelectorAll("details[open]")].map((d) => d.className));
  const used = old.contains(document.activeElement) ? document.activeElement : null;
  const known = new Set([...old.querySelectorAll("details")].map((d) => d.className));
  old.replaceWith(fresh);
  for (const d of fresh.querySelectorAll("details")) if (known.has(d.className)) d.open = open.has(d.className);
  if (!known.has("area")) fold();
  if (used && used.name) {
    const same = [...fresh.querySelectorAll("input,select")].filter((e) => e.name === used.name);
    (same.find((e) => e.type !== "checkbox" || e.value === used.value) || fresh).focus?.();
  }
}

// On a phone the list comes first: filters and map wait under their names.
function fold() {
  const area = document.querySelector("details.area");
  if (area && matchMedia("(max-width: 56rem)").matches) area.open = false;
}

if (form) {
  if (matchMedia("(max-width: 56rem)").matches) document.getElementById("fold").open = false;
  fold();
  const soon = (delay) => { clearTimeout(waiting); waiting = setTimeout(() => show(address(), true), delay); };
  // Columns of the table and choices of the pivot stand outside the form, but belong to it.
  document.addEventListener("change", (e) => { if (e.target.form === form && e.target.type !== "search") soon(0); });
  form.addEventListener("input", (e) => { if (e.target.type === "search") soon(350); });
  form.addEventListener("submit", (e) => { e.preventDefault(); soon(0); });
  addEventListener("popstate", () => location.reload());
}
