"""How long the pages of a case and its events take with 835 and with 100,000 events: `python benchmarks/events_pages.py [EVENTS]`.

The large record is the flagship's, copied with other ids and moved by days. Each request goes through the whole application, in one
process and without a network.
"""

import sys
import time
from dataclasses import replace
from datetime import timedelta

import numpy as np
from starlette.testclient import TestClient

from detente.case.gather import Gathered
from detente.claims.view import View
from detente.web.app import make
from detente.web.record.columns import columns_of
from detente.web.settings import Settings, default_cache
from detente.web.study import Study, study

AGAIN = 15
PAGES = (
    "", "?channel=strike&from=2025-01-01", "events", "events?channel=attack&page=2", "events?text=torkham+closed&sort=deaths",
    "events?actor=TTP&type=ASSAULT&disputed=yes", "events?place=PAK/Khyber+Pakhtunkhwa&from=2024-01-01", "events?text=zzzz&channel=truce",
    "events/{id}",
)  # fmt: skip
FILES = ("events.csv", "events.parquet", "events.geojson", "events.json?page=all")


def larger(small: Study, n: int) -> Study:
    """The study with its events copied until there are n."""
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
    more: Gathered = replace(g, events=tuple(events), assignments=channels)
    view = View(more)
    # Measured once, when a case is prepared, and kept with it; no page measures them again.
    for once in ("index", "episodes", "truces", "rounds"):
        view.__dict__[once] = getattr(small.view, once)
    return replace(small, key=f"{small.key} {n}", view=view)


def main() -> None:
    """Print a table: for each page the median and the slowest of fifteen, in milliseconds, and its weight."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    small = study("pakistan-afghanistan", default_cache())
    for s in (small, larger(small, wanted)):
        began = time.perf_counter()
        columns = columns_of(s)
        made = time.perf_counter() - began
        print(f"\n{len(columns.events):,} events; columns made once in {made:.2f} s")
        print(f"{'page':62}{'first':>9}{'median':>9}{'slowest':>9}{'kB':>8}")
        key = columns.events[len(columns.events) // 2].id
        with TestClient(make(Settings(), {s.id: s})) as client:
            for page in (*PAGES, *FILES):
                took = []
                for _ in range(3 if page in FILES else AGAIN):
                    began = time.perf_counter()
                    answer = client.get(f"/{s.id}/{page.format(id=key)}")
                    took.append(1000 * (time.perf_counter() - began))
                    assert answer.status_code == 200, (page, answer.status_code)
                rest = np.array(took[1:])
                print(
                    f"{page or '(overview)':62}{took[0]:9.0f}{np.median(rest):9.0f}{rest.max():9.0f}{len(answer.content) / 1000:8.0f}"
                )


if __name__ == "__main__":
    main()
