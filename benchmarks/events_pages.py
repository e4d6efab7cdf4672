"""Time of the event pages with 835 and with 100,000 events: `python benchmarks/events_pages.py [EVENTS]`.

The large record copies the flagship's events with other ids and shifted dates. Each request goes through the whole application, in
one process and without a network. For files the table also gives the time to the first byte, the processor time, and the memory
that the process added meanwhile.
"""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

from detente.api.case import Case, open_case
from detente.api.events.table import get_event_columns
from detente.cases.load import CaseData
from detente.claims.context import ClaimContext
from detente.core.disk_cache import DiskCache
from detente.web.app import create_app
from detente.web.config import ServerConfig

AGAIN = 15
PAGES = (
    "", "map?channel=strike&from=2025-01-01", "events", "events?channel=attack&page=2", "events?text=torkham+closed&sort=deaths",
    "events?actor=TTP&type=ASSAULT&disputed=yes", "events?place=PAK/Khyber+Pakhtunkhwa&from=2024-01-01", "events?text=zzzz&channel=truce",
    "events/{id}",
)  # fmt: skip
FILES = ("events.csv", "events.parquet", "events.geojson", "events.json?page=all")


def larger(small: Case, n: int) -> Case:
    """Copy the events of a prepared case until there are n."""
    g = small.g
    events, channels = list(g.events), dict(g.assignments)
    span = (g.case.last - g.case.first).days
    k = 0
    while len(events) < n:
        k += 1
        for e in g.events[: n - len(events)]:
            first = g.case.first + timedelta(days=((e.day - g.case.first).days + 37 * k) % span)
            moved = replace(e, id=f"{e.id}.{k}", span=replace(e.span, first=first, last=first))
            events.append(moved)
            channels[moved.id] = g.assignments[e.id]
    events.sort(key=lambda e: (e.day, e.id))
    more: CaseData = replace(g, events=tuple(events), assignments=channels)
    view = ClaimContext(more)
    # Measured once when a case is prepared and stored with it; no page measures them again.
    for once in ("index", "episodes", "truces", "rounds"):
        view.__dict__[once] = getattr(small.view, once)
    out = Case(small.named, view, DiskCache(None))
    out.__dict__["key"] = f"{small.key} {n}"
    return out


@dataclass
class Fetched:
    """One download: milliseconds to the first and last byte and of processor time, bytes sent (compressed), bytes of
    memory added."""

    first: float = 0.0
    last: float = 0.0
    busy: float = 0.0
    sent: int = 0
    memory: int = 0


def fetch_file(app: ASGIApp, address: str) -> Fetched:
    """Request a file from the application with gzip, count the bytes and drop them."""
    path, _, query = address.partition("?")
    out, began, busy = Fetched(), time.perf_counter(), time.process_time()
    requested = False

    async def receive() -> Message:
        nonlocal requested
        if requested:
            await asyncio.sleep(3600)
        requested = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200, message["status"]
        elif message["body"]:
            out.first = out.first or 1000 * (time.perf_counter() - began)
            out.sent += len(message["body"])

    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80), "headers": [(b"host", b"127.0.0.1"), (b"accept-encoding", b"gzip")],
    }  # fmt: skip
    with memory_taken(out):
        asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    out.last, out.busy = 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - busy)
    return out


@contextmanager
def memory_taken(out: Fetched) -> Iterator[None]:
    """Sample the process's memory every 5 ms and record the largest increase."""
    done = threading.Event()

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    before = resident()

    def look() -> None:
        while not done.wait(0.005):
            out.memory = max(out.memory, resident() - before)

    looker = threading.Thread(target=look)
    looker.start()
    try:
        yield
    finally:
        done.set()
        looker.join()


def main() -> None:
    """Print tables: median and slowest of fifteen requests per page, first and second request per file."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    small = open_case("pakistan-afghanistan")
    for s in (small, larger(small, wanted)):
        began = time.perf_counter()
        columns = get_event_columns(s)
        columns_s = time.perf_counter() - began
        print(f"\n{len(columns.events):,} events; columns made once in {columns_s:.2f} s")
        app = create_app(ServerConfig(host_names=("*",)), {s.id: s})
        # Files come first, because memory left over from pages would hide the memory of files.
        print(f"{'file, first and second time':62}{'1st byte':>9}{'whole':>9}{'cpu':>9}{'MB more':>9}{'kB sent':>9}")
        for file in FILES:
            for _ in range(2):
                f = fetch_file(app, f"/{s.id}/{file}")
                print(
                    f"{file:62}{f.first:9.0f}{f.last:9.0f}{f.busy:9.0f}{f.memory / 1e6:9.0f}{f.sent / 1000:9.0f}",
                    flush=True,
                )
        print(f"{'page':62}{'first':>9}{'median':>9}{'slowest':>9}{'kB':>9}")
        key = columns.events[len(columns.events) // 2].id
        with TestClient(app) as client:
            for page in PAGES:
                took = []
                for _ in range(AGAIN):
                    began = time.perf_counter()
                    answer = client.get(f"/{s.id}/{page.format(id=key)}")
                    took.append(1000 * (time.perf_counter() - began))
                    assert answer.status_code == 200, (page, answer.status_code)
                rest = np.array(took[1:])
                print(
                    f"{page or '(overview)':62}{took[0]:9.0f}{np.median(rest):9.0f}{rest.max():9.0f}{len(answer.content) / 1000:9.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
