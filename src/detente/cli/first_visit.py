"""Opens the browser for the first account when `detente serve` starts on a person's own machine.

The address holds the token that makes an administrator. Other users of the machine can read the arguments of a browser, so
the browser is given a file that only its owner can read, and the file leads to the address.
"""

import os
import socket
import sys
import threading
import time
import webbrowser
from contextlib import suppress
from html import escape
from pathlib import Path

WAIT_S = 60.0  # for the server to answer


def has_own_browser(host: str) -> bool:
    """Return whether a person sits at this machine: a terminal, a graphical screen, and a server for this machine only."""
    screen = sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return (
        host in ("127.0.0.1", "::1", "localhost")
        and screen
        and sys.stderr.isatty()
        and "SSH_CONNECTION" not in os.environ
    )


def write_first_page(folder: Path, address: str) -> Path:
    """Write a page that leads to the address, for its owner's eyes only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    page = folder / "first-account.html"
    page.unlink(missing_ok=True)
    with os.fdopen(os.open(page, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as f:
        at = escape(address, quote=True)
        f.write(
            f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={at}"><a href="{at}">First account</a>'
        )
    return page


def open_first_page(page: Path, host: str, port: int) -> threading.Thread:
    """Open the page in the browser once the server answers; remove it after the browser has had time to read it."""

    def wait_and_open() -> None:
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection((host, port), timeout=1):
                webbrowser.open(page.absolute().as_uri())
                break
            time.sleep(0.2)
        time.sleep(WAIT_S)
        page.unlink(missing_ok=True)

    thread = threading.Thread(target=wait_and_open, daemon=True)
    thread.start()
    return thread
