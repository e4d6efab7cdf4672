// Shows a cell's page beside the matrix while it is pointed at or focused. Without this file a cell is a link.
const beside = document.getElementById("cell");
const kept = new Map();
let wanted = null;

async function panel(address) {
  if (!kept.has(address)) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    kept.set(address, page.getElementById("panel"));
  }
  return kept.get(address);
}

async function show(link) {
  const address = link.href;
  if (wanted === address) return;
  wanted = address;
  for (const a of document.querySelectorAll(".matrix a.shown")) a.classList.remove("shown");
  link.classList.add("shown");
  try {
    const found = await panel(address);
    if (wanted !== address || !found) return;
    const copy = found.cloneNode(true);
    // What stands beside the matrix changes with every step through it, so it is no place to step to.
    for (const stop of copy.querySelectorAll("[tabindex]")) stop.removeAttribute("tabindex");
    // Anchors of the cell's own page.
    for (const a of copy.querySelectorAll('a[href^="#"]')) a.href = address + a.getAttribute("href");
    beside.replaceChildren(...copy.childNodes);
  } catch {
    if (wanted === address) wanted = null;
  }
}

const table = document.querySelector(".matrix");
for (const kind of ["pointerover", "focusin"]) {
  table.addEventListener(kind, (event) => {
    const link = event.target.closest("td a");
    if (link) show(link);
  });
}

// Arrow keys walk through the cells as in a table.
table.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const cell = event.target.closest("td");
  if (!step || !cell) return;
  const row = cell.parentElement;
  const next = row.parentElement.rows[row.rowIndex - 1 + step[0]]?.cells[cell.cellIndex + step[1]]?.querySelector("a");
  if (next) {
    event.preventDefault();
    next.focus();
  }
});

// To begin with, the largest clear link.
const first = [...document.querySelectorAll(".said a")]
  .map((a) => [...document.querySelectorAll(".matrix td.sure:not(.few) a")].find((b) => b.href === a.href))
  .find(Boolean);
if (first && matchMedia("(min-width: 64rem)").matches) show(first);
