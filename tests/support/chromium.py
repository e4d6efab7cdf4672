"""A real workbench on a port of its own, and Debian's Chromium to look at it with."""

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
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.applications import Starlette

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def serve_app(app: Starlette) -> Iterator[str]:
    """The address of a server that runs until the block ends."""
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
    """A browser; tests that need one are skipped by name where it is not installed."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not at /usr/bin/chromium; on Debian: apt-get install chromium")
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class PageRecord:
    """A page and what was heard while it was open."""

    page: Page
    faults: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@contextmanager
def open_page(browser: Browser, at: str, width: int, *, scripts: bool = True) -> Iterator[PageRecord]:
    """A window of some width, with or without scripts; hears errors and requests that leave the machine."""
    context = browser.new_context(
        base_url=at, viewport={"width": width, "height": 900}, java_script_enabled=scripts, reduced_motion="reduce"
    )
    # What is slow here is the machine that tests.
    context.set_default_timeout(30_000)
    seen = PageRecord(context.new_page())
    own = urlsplit(at).netloc
    seen.page.on("console", lambda m: seen.faults.append(m.text) if m.type in ("error", "warning") else None)
    seen.page.on("pageerror", lambda e: seen.faults.append(str(e)))
    seen.page.on(
        "request", lambda r: seen.left.append(r.url) if urlsplit(r.url).netloc not in ("", own) else None
    )  # data: and blob: have no host
    seen.page.on(
        "requestfailed", lambda r: seen.faults.append(f"failed: {r.url}") if r.failure != "net::ERR_ABORTED" else None
    )
    try:
        yield seen
    finally:
        context.close()


@cache
def load_axe_source() -> str:
    """The source of axe-core, as the package on Python's index carries it."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def find_serious_violations(page: Page, source: str) -> list[str]:
    """What axe-core finds that is serious or critical: rule, element, and why."""
    page.evaluate(source)
    found: list[dict[str, Any]] = page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
    )
    return [
        f"{v['id']} ({v['impact']}): {json.dumps(n['target'])} {n.get('failureSummary', '')[:300]}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for n in v["nodes"][:5]
    ]


TRACK_FOCUS_JS = """() => {
  window.reached = new Set();
  // What is put there while the focus moves is another matter.
  window.there = new Set(document.querySelectorAll("*"));
  document.addEventListener("focusin", (e) => window.reached.add(e.target));
}"""
FIND_UNREACHED_JS = """() => {
  const all = document.querySelectorAll("a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex='0']");
  return [...all].filter((e) => {
    if (window.reached.has(e) || !window.there.has(e) || e.disabled || e.tabIndex < 0 || !e.checkVisibility({visibilityProperty: true})) return false;
    // Of a group of radio buttons the Tab key reaches one; arrows reach the others.
    if (e.type === "radio") return ![...window.reached].some((r) => r.name === e.name);
    return true;
  }).map((e) => e.outerHTML.slice(0, 120));
}"""
COUNT_FOCUSABLE_JS = (
    "() => document.querySelectorAll(\"a[href],button,input,select,textarea,summary,[tabindex='0']\").length"
)


def find_unreached_elements(page: Page) -> list[str]:
    """Elements that can be used and that the Tab key does not come to."""
    page.evaluate(TRACK_FOCUS_JS)
    # A frame that scrolls takes the focus as well, and then it begins again from the top.
    for _ in range(page.evaluate(COUNT_FOCUSABLE_JS) + 40):
        page.keyboard.press("Tab")
    missed: list[str] = page.evaluate(FIND_UNREACHED_JS)
    return missed
