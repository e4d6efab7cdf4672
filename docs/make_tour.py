"""Take the pictures of the guided tour from a running workbench.

    .venv/bin/detente ingest GEDEvent_v26_0_1.csv --store out/tour-store        (UCDP Candidate, January 2026)
    .venv/bin/detente serve --port 8300 --folder out/tour --store out/tour-store &
    .venv/bin/python docs/make_tour.py http://127.0.0.1:8300 --folder out/tour [--only NAME ...]

Needs Chromium at /usr/bin/chromium. Each picture shows one window: the top of a page or a part of it. Sample comments are written
to the named folder, which should contain no others. If Pillow is installed, pictures are reduced to 256 colours, which makes them
less than half as large.
"""

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import sync_playwright

from detente.web.accounts.account import create_account
from detente.web.comments.commands import post_comment, post_reply
from detente.web.comments.queries import list_exchanges
from detente.web.comments.subjects import CommentSubject
from detente.web.db.engine import open_database, read_transaction, write_transaction
from detente.web.db.migrate import upgrade
from detente.web.db.url import database_url

HERE = Path(__file__).parent / "tour"
CASE = "/pakistan-afghanistan"
ASKED = "/ask?q=How+do+the+clashes+hurt+trade+between+Pakistan+and+Afghanistan%2C+and+has+mediation+held%3F"
PHONE = 390


@dataclass(frozen=True)
class Shot:
    """A picture: name, path of the page, width and height of the window, selector of the element to scroll to."""

    name: str
    path: str
    width: int = 1180
    height: int = 760
    top: str = ""


SHOTS = (
    Shot("overview", f"{CASE}/"),
    Shot("map", f"{CASE}/map", height=700),
    Shot("events", f"{CASE}/events?channel=strike"),
    Shot("elsewhere", f"{CASE}/events/DL-20260112-02", height=620, top="#elsewhere"),
    Shot("responses", f"{CASE}/responses"),
    Shot("claim", f"{CASE}/claims/trust"),
    Shot("whatif", f"{CASE}/whatif?border=0.8"),
    Shot("forecast", f"{CASE}/forecast"),
    Shot("ask", ASKED, height=900),
    Shot("brief", f"{CASE}/brief"),
    Shot("brief-point", f"{CASE}/brief", height=560, top="#trust"),
    Shot("comments", f"{CASE}/claims/trust", height=560, top="#readers"),
    Shot("data", "/data", height=560, top="#releases"),
    Shot("phone-overview", f"{CASE}/", PHONE),
    Shot("phone-event", f"{CASE}/events/DL-20260112-02", PHONE, top="#elsewhere"),
    Shot("phone-brief", f"{CASE}/brief", PHONE, top="#trust"),
)


def comments(folder: Path) -> None:
    """Write three sample comments on one claim, unless it has comments already."""
    engine = open_database(database_url(folder=folder))
    upgrade(engine)
    now = datetime.now(UTC)
    about = CommentSubject(CASE.removeprefix("/"), "claim", "trust")
    with read_transaction(engine) as c:
        if list_exchanges(c, about)[0]:
            return
    with write_transaction(engine) as c:
        ann, ben, eva = (
            create_account(c, n, "four random words here", now=now) for n in ("Reader A", "Reader B", "Reader C")
        )
        asked = "From October 2025 on the record was collected more closely. Does the verdict rest on that?"
        first = post_comment(c, ann, about, asked, now=now - timedelta(minutes=50))
        answer = (
            "The test “reporting changed” counts every watched day alike, and the claim held. Dropping the densest window "
            "could not be asked: too little would be left. I would quote both beside the number."
        )
        post_reply(c, ben, first, answer, now=now - timedelta(minutes=32))
        last = "For a class: begin with the two examples, then let them guess the interval before they see it."
        post_comment(c, eva, about, last, now=now - timedelta(minutes=7))
    engine.dispose()


def reduce_colours(path: Path) -> None:
    """Reduce the picture to 256 colours, including rare ones, if Pillow is installed."""
    if find_spec("PIL"):
        from PIL import Image

        with Image.open(path) as whole:
            few = whole.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", help="where the workbench runs")
    parser.add_argument("--folder", type=Path, help="its folder, into which comments are written")
    parser.add_argument("--only", nargs="+", choices=[s.name for s in SHOTS], help="these pictures")
    options = parser.parse_args()
    if options.folder:
        comments(options.folder)
    HERE.mkdir(exist_ok=True)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        for s in (s for s in SHOTS if not options.only or s.name in options.only):
            context = browser.new_context(
                base_url=options.address, viewport={"width": s.width, "height": s.height}, reduced_motion="reduce"
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
            reduce_colours(path)
            print(f"{path.name}  {path.stat().st_size / 1000:.0f} kB")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
