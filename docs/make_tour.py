"""Take the pictures of the guided tour from a running workbench.

    .venv/bin/detente serve --port 8300 &
    .venv/bin/python docs/make_tour.py http://127.0.0.1:8300

Needs Chromium at /usr/bin/chromium. Each picture is one window: what a reader sees first, or a part of the page.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent / "tour"
CASE = "/pakistan-afghanistan"
ASKED = "/ask?q=How+do+the+clashes+hurt+trade+between+Pakistan+and+Afghanistan%2C+and+has+mediation+held%3F"


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the page, the window's width and height, and what to bring to the top of it."""

    name: str
    path: str
    width: int = 1180
    height: int = 760
    top: str = ""


SHOTS = (
    Shot("overview", f"{CASE}/"),
    Shot("map", f"{CASE}/", height=700, top="#map"),
    Shot("events", f"{CASE}/events?channel=strike"),
    Shot("responses", f"{CASE}/responses"),
    Shot("claim", f"{CASE}/claims/trust"),
    Shot("whatif", f"{CASE}/whatif?dialogue=2"),
    Shot("forecast", f"{CASE}/forecast"),
    Shot("ask", ASKED, height=900),
    Shot("brief", f"{CASE}/brief"),
    Shot("brief-point", f"{CASE}/brief", height=560, top="#trust"),
    Shot("data", "/data", height=560, top="#releases"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", help="where the workbench runs")
    at = parser.parse_args().address
    HERE.mkdir(exist_ok=True)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        for s in SHOTS:
            context = browser.new_context(
                base_url=at, viewport={"width": s.width, "height": s.height}, reduced_motion="reduce"
            )
            page = context.new_page()
            answer = page.goto(s.path, wait_until="networkidle", timeout=120_000)
            if answer is None or answer.status != 200:
                raise SystemExit(f"{s.path}: {answer.status if answer else 'no answer'}")
            page.evaluate("document.fonts.ready")
            if s.top:
                page.locator(s.top).scroll_into_view_if_needed()
                page.evaluate("(s) => document.querySelector(s).scrollIntoView()", s.top)
                page.wait_for_timeout(200)
            path = HERE / f"{s.name}.png"
            page.screenshot(path=path)
            print(f"{path.name}  {path.stat().st_size / 1000:.0f} kB")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
