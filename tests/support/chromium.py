"""A real server on a free port, and Debian's Chromium as its browser."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.async_api import CDPSession as AsyncCDPSession
from playwright.sync_api import Browser, Page, expect, sync_playwright
from starlette.applications import Starlette

CHROMIUM = Path("/usr/bin/chromium")
WIDE, NARROW, HEIGHT = 1280, 390, 900
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def serve_app(app: Starlette) -> Iterator[str]:
    """Serve the application until the block ends, and return its address."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [s]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{s.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@contextmanager
def launch_chromium() -> Iterator[Browser]:
    """Start Chromium; tests that need it are skipped if it is not installed."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not at /usr/bin/chromium; on Debian: apt-get install chromium")
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, once a file: while it runs, no test of the process can start an event loop of its own."""
    with launch_chromium() as b:
        yield b


@dataclass
class PageRecord:
    """An open page, its errors (`faults`) and its requests to other hosts (`left`)."""

    page: Page
    faults: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def forget(self) -> "PageRecord":
        """Forget the errors and requests of earlier pages, for tests that share one window."""
        self.faults.clear()
        self.left.clear()
        return self

    def resize(self, width: int) -> None:
        """Give the window another width."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

    def fits(self) -> bool:
        """Whether the page is no wider than the window; only tables in scrolling frames may be."""
        size = self.page.viewport_size
        assert size is not None
        return bool(self.page.evaluate("document.documentElement.scrollWidth") <= size["width"])


@contextmanager
def open_page(browser: Browser, at: str, width: int, *, scripts: bool = True) -> Iterator[PageRecord]:
    """Open a window of some width, with or without scripts; record errors and requests to other hosts."""
    context = browser.new_context(
        base_url=at, viewport={"width": width, "height": HEIGHT}, java_script_enabled=scripts, reduced_motion="reduce"
    )
    # Test machines are slow.
    context.set_default_timeout(30_000)
    record = PageRecord(context.new_page())
    own = urlsplit(at).netloc
    record.page.on("console", lambda m: record.faults.append(m.text) if m.type in ("error", "warning") else None)
    record.page.on("pageerror", lambda e: record.faults.append(str(e)))
    record.page.on(
        "request", lambda r: record.left.append(r.url) if urlsplit(r.url).netloc not in ("", own) else None
    )  # data: and blob: have no host
    record.page.on(
        "requestfailed", lambda r: record.faults.append(f"failed: {r.url}") if r.failure != "net::ERR_ABORTED" else None
    )
    try:
        yield record
    finally:
        context.close()


@pytest.fixture(scope="module")
def window(browser: Browser, at: str) -> Iterator[PageRecord]:
    """One wide window with scripts for the tests of a file, at its address `at`: Chromium keeps fonts, scripts and its own process."""
    with open_page(browser, at, WIDE) as opened:
        yield opened


@cache
def load_axe_source() -> str:
    """Return the source of axe-core from its Python package."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def find_serious_violations(page: Page, source: str) -> list[str]:
    """Return serious and critical violations found by axe-core: rule, element and reason."""
    page.evaluate(source)
    violations: list[dict[str, Any]] = page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
    )
    return [
        f"{v['id']} ({v['impact']}): {json.dumps(n['target'])} {n.get('failureSummary', '')[:300]}"
        for v in violations
        if v["impact"] in ("serious", "critical")
        for n in v["nodes"][:5]
    ]


TRACK_FOCUS_JS = """() => {
  window.reached = new Set();
  // Elements added while the focus moves are not checked.
  window.there = new Set(document.querySelectorAll("*"));
  document.addEventListener("focusin", (e) => window.reached.add(e.target));
}"""
FIND_UNREACHED_JS = """() => {
  const all = document.querySelectorAll("a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex='0']");
  return [...all].filter((e) => {
    if (window.reached.has(e) || !window.there.has(e) || e.disabled || e.tabIndex < 0 || !e.checkVisibility({visibilityProperty: true})) return false;
    // Tab reaches one radio button of a group; the arrow keys reach the others.
    if (e.type === "radio") return ![...window.reached].some((r) => r.name === e.name);
    return true;
  }).map((e) => e.outerHTML.slice(0, 120));
}"""
COUNT_FOCUSABLE_JS = (
    "() => document.querySelectorAll(\"a[href],button,input,select,textarea,summary,[tabindex='0']\").length"
)


def find_unreached_elements(page: Page) -> list[str]:
    """Return usable elements that the Tab key does not reach."""
    page.evaluate(TRACK_FOCUS_JS)
    # Scrolling frames take the focus too, so more presses than elements are needed.
    press_tab(page, page.evaluate(COUNT_FOCUSABLE_JS) + 40)
    missed: list[str] = page.evaluate(FIND_UNREACHED_JS)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    return missed


def press_tab(page: Page, times: int) -> None:
    """Press the Tab key many times, and wait until the page has handled the last press.

    A press takes up to 20 ms if each waits for its answer, since the page is drawn in between. The synchronous interface has no call
    that sends several messages at once, so its coroutines are gathered here.
    """
    session = page.context.new_cdp_session(page)
    # A key that is held down: no release between two presses.
    key = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}

    async def press() -> None:
        send = AsyncCDPSession(session._impl_obj).send
        await asyncio.gather(*(send("Input.dispatchKeyEvent", key) for _ in range(times)))

    session._sync(press())
    session.detach()


def check_page(opened: PageRecord, path: str, *, narrow: bool) -> None:
    """Load a page and hold it to everything: no error, no other host, both widths, axe, and each control within reach of Tab.

    With `narrow`, axe and Tab check it at both widths; they find the same at both where the layout does not change.
    """
    page = opened.forget().page
    opened.resize(WIDE)
    answer = page.goto(path, wait_until="load")
    assert answer is not None
    assert answer.status == 200, answer.status
    expect(page.locator("main h1")).to_have_count(1)
    _check_reach(opened)
    opened.resize(NARROW)
    assert opened.fits(), "the page is wider than a narrow window"
    if narrow:
        # Some scripts ask for the width once, when the page loads.
        page.reload(wait_until="load")
        _check_reach(opened)
    assert opened.faults == [], opened.faults
    assert opened.left == [], opened.left


def _check_reach(opened: PageRecord) -> None:
    unreached = find_unreached_elements(opened.page)
    assert unreached == [], unreached
    # What scripts fetch after loading comes while the keys are pressed.
    opened.page.wait_for_load_state("networkidle")
    assert opened.fits(), "the page is wider than the window"
    violations = find_serious_violations(opened.page, load_axe_source())
    assert violations == [], violations
