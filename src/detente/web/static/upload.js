// While a file is being read: how far it is, by the page's own data; then the page itself.
const progress = document.getElementById("progress");
const soFar = document.getElementById("so-far");

async function look() {
  let again = 1000;
  try {
    const answer = await fetch(progress.dataset.twin, { cache: "no-store" });
    if (answer.ok) {
      const { page } = await answer.json();
      if (!page.running) {
        location.reload();
        return;
      }
      soFar.textContent = `${page.upload.events.toLocaleString("en")} events so far`;
    }
  } catch {
    again = 5000; // the server may be restarting
  }
  setTimeout(look, again);
}

setTimeout(look, 500);
