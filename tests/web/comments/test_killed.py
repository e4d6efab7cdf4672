"""Tests of durability: confirmed comments survive the end of the server process."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import URL

from detente.web.accounts.account import create_account
from detente.web.accounts.session import open_session
from detente.web.db.engine import open_database, write_transaction
from detente.web.db.migrate import upgrade
from support.comments_workbench import CASE, PASSWORD

SERVE = """
import sys, uvicorn
from support.comments_workbench import SUBJECTS
from detente.web.app import create_app
from detente.web.config import ServerConfig
app = create_app(ServerConfig(database=sys.argv[1]), {})
app.state.subjects = SUBJECTS
uvicorn.run(app, fd=int(sys.argv[2]), log_level="error", timeout_graceful_shutdown=20)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "w.db"


def _log_in_writers(file: Path, n: int) -> list[dict[str, str]]:
    """Create `n` accounts and return their session cookies."""
    engine = open_database(URL.create("sqlite", database=str(file)))
    upgrade(engine)
    now = datetime.now(UTC)
    with write_transaction(engine) as c:
        cookies = [
            {"detente-session": open_session(c, create_account(c, f"Writer {i}", PASSWORD, now=now).id, now=now)}
            for i in range(n)
        ]
    engine.dispose()
    return cookies


@contextmanager
def _server(file: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start a server process on a free port and wait until it responds."""
    tests = Path(__file__).parents[2]
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(64)
        address = f"http://127.0.0.1:{s.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, f"sqlite:///{file}", str(s.fileno())], pass_fds=[s.fileno()],
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tests.parent / "src"), str(tests)))},
        )  # fmt: skip
    try:
        assert httpx2.get(f"{address}/healthz", timeout=60).status_code == 200
        yield process, address
    finally:
        process.kill()
        process.wait()


def _post_comment(client: httpx2.Client, body: str) -> int:
    form = {"case": CASE, "kind": "claim", "key": "trust", "body": body}
    return client.post("/comments", data=form, headers={"sec-fetch-site": "same-origin"}).status_code


def _stored_bodies(file: Path) -> set[str]:
    with sqlite3.connect(file) as c:
        assert c.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = c.execute("SELECT body FROM comment").fetchall()
        indexed = c.execute("SELECT count(*) FROM search_comment WHERE search_comment MATCH 'said'").fetchone()
    c.close()
    assert indexed == (len(rows),)
    return {body for (body,) in rows}


def test_confirmed_comments_survive_sigkill(file: Path) -> None:
    """Every comment that the server confirmed is in the database after SIGKILL."""
    writers, confirmed = _log_in_writers(file, 6), list[str]()
    with _server(file) as (process, address):

        def write(number: int, cookies: dict[str, str]) -> None:
            with httpx2.Client(base_url=address, cookies=cookies, timeout=30) as client:
                for i in range(10):
                    body = f"said {number} {i}"
                    try:
                        if _post_comment(client, body) == 303:
                            confirmed.append(body)
                    except httpx2.TransportError:
                        return

        threads = [threading.Thread(target=write, args=(i, w)) for i, w in enumerate(writers)]
        for t in threads:
            t.start()
        while len(confirmed) < 15 and any(t.is_alive() for t in threads):
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        for t in threads:
            t.join()
        process.wait()
    assert len(confirmed) >= 15
    assert set(confirmed) <= _stored_bodies(file)


def test_sigterm_completes_pending_requests(file: Path) -> None:
    """A comment that waits for the lock at SIGTERM is stored and confirmed."""
    (writer,) = _log_in_writers(file, 1)
    with _server(file) as (process, address), httpx2.Client(base_url=address, cookies=writer, timeout=30) as client:
        status: list[int] = []
        # Another writer holds the lock, so the comment is pending at SIGTERM.
        lock = sqlite3.connect(file, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        sender = threading.Thread(target=lambda: status.append(_post_comment(client, "said at the end")))
        sender.start()
        time.sleep(0.7)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        lock.execute("COMMIT")
        lock.close()
        sender.join()
        assert status == [303]
        # uvicorn raises the signal again after a clean shutdown.
        assert process.wait(timeout=30) in (0, -signal.SIGTERM)
    assert _stored_bodies(file) == {"said at the end"}
