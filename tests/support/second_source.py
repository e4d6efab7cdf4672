"""A store with somebody else's record of the flagship: made UCDP events, told of what the chronology tells."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from detente.cases.case_file import load
from detente.cases.load import Gathered, gather
from detente.events.arrow import to_table
from detente.events.event import Event, Tolls
from detente.store.writer import add
from support.releases import reading
from support.worlds import event

CASE = load("pakistan-afghanistan")
G: Gathered = gather(CASE)
FOUGHT = ("Government of Pakistan", "TTP")


def fought(
    key: str, day: date, country: str = "PAK", names: tuple[str, ...] = FOUGHT, release: str = "made", known_on: date | None = None
) -> Event:  # fmt: skip
    """A row as UCDP tells it: who fought, and not who began."""
    e = event(day, "", "", "ASSAULT")
    place = replace(e.place, country=country)
    return replace(
        e, id=key, source="ucdp", release=release, raw_initiators=names, raw_recipients=(), initiators=(), recipients=(),
        place=place, tolls=Tolls(1, 1, 1), known_on=known_on or day + timedelta(days=30),
    )  # fmt: skip


def retold(key: str, as_id: str, **changes: object) -> Event:
    """The event of the chronology as another source would tell it."""
    e = G.event(key)
    other = fought(as_id, e.day)
    return replace(other, span=e.span, place=e.place, **changes)  # type: ignore[arg-type]


def put(store: Path, events: Iterable[Event], release: str = "made", known_on: date = date(2026, 3, 1)) -> None:
    """Add a release of these to a store."""
    told = [replace(e, release=release) for e in events]
    add(store, reading(to_table(told), source="ucdp", release=release, sha=release, known_on=known_on))
