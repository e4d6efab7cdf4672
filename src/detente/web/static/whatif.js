// Makes the policy options live: a slider beside each number, and what follows fetched while it is moved. Without this file the form is sent.
const levers = document.getElementById("levers");
const past = document.getElementById("past");
const status = document.getElementById("status");
let timer = null;
let under = null;

function address(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const field = form.elements[name];
    if (value !== "" && !(field.dataset && field.dataset.neutral === value)) query.append(name, value);
  }
  return `${form.getAttribute("action")}?${query}`;
}

async function show(form) {
  const to = address(form);
  under?.abort();
  under = new AbortController();
  const mine = under;
  const result = document.getElementById("result");
  result.classList.add("waiting");
  try {
    const answer = await fetch(to, { signal: mine.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("result");
    if (answer.ok && found) {
      // Tables that the reader has opened stay open.
      const open = [...result.querySelectorAll("details")].map((d) => [d.querySelector("summary").textContent, d.open]);
      for (const d of found.querySelectorAll("details")) {
        const was = open.find(([name]) => name === d.querySelector("summary").textContent);
        if (was) d.open = was[1];
      }
      result.replaceWith(document.adoptNode(found));
      status.textContent = "";
      history.replaceState(null, "", to);
    } else {
      status.textContent = page.querySelector(".lead")?.textContent ?? `The simulation failed (${answer.status}).`;
    }
  } catch (error) {
    if (error.name !== "AbortError") status.textContent = "No answer from the server. Try again in a minute.";
  } finally {
    if (under === mine) document.getElementById("result").classList.remove("waiting");
  }
}

function later(form) {
  clearTimeout(timer);
  timer = setTimeout(() => show(form), 120);
}

for (const number of levers.querySelectorAll(".lever input[type=number]")) {
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: number.min, max: number.max, step: number.dataset.step, disabled: number.disabled });
  slider.value = number.value;
  slider.setAttribute("aria-label", `${number.labels[0].textContent}, slider`);
  number.after(slider);
  slider.addEventListener("input", () => {
    number.value = String(Number(slider.value));
    later(levers);
  });
  number.addEventListener("input", () => {
    slider.value = number.value;
  });
}

levers.classList.add("live");
levers.addEventListener("input", (event) => {
  if (event.target.type !== "range") later(levers);
});
levers.addEventListener("submit", (event) => {
  event.preventDefault();
  show(levers);
});
past.addEventListener("submit", (event) => {
  event.preventDefault();
  show(past);
});
