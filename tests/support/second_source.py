"""A store with somebody else's record of the flagship: made UCDP events, told of what the chronology tells."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from detente.cases.case_file import CaseFile, UserDataSource
from detente.cases.load import CaseData
from detente.core.disk_cache import content_key
from detente.events.arrow import to_table
from detente.events.event import Event, ReportedDeaths
from detente.store.writer import add_release
from support.releases import make_reading
from support.worlds import FLAGSHIP, make_event

FLAGSHIP_DATA: CaseData = FLAGSHIP
CASE: CaseFile = FLAGSHIP.case
# The flagship made of UCDP releases: its chronology's crossings and truces do not apply.
UCDP_CASE: CaseFile = CASE.model_copy(
    update={
        "chronology": "", "brought": (UserDataSource(source="ucdp", where="Made up."),), "crossing_events": (), "truce_events": (),
        "windows": (CASE.windows[0].model_copy(update={"last": None}),),
    }
)  # fmt: skip
UCDP_NAMES = ("Government of Pakistan", "TTP")


def make_ucdp_event(
    key: str, day: date, country: str = "PAK", names: tuple[str, ...] = UCDP_NAMES, release: str = "made", known_on: date | None = None
) -> Event:  # fmt: skip
    """A row as UCDP tells it: who fought, and not who began."""
    e = make_event(day, "", "", "ASSAULT")
    place = replace(e.place, country=country)
    return replace(
        e, id=key, source="ucdp", release=release, raw_initiators=names, raw_recipients=(), initiators=(), recipients=(),
        place=place, tolls=ReportedDeaths(1, 1, 1), known_on=known_on or day + timedelta(days=30),
    )  # fmt: skip


def copy_as_ucdp_event(key: str, as_id: str, **changes: object) -> Event:
    """The event of the chronology as another source would tell it."""
    e = FLAGSHIP_DATA.event(key)
    other = make_ucdp_event(as_id, e.day)
    return replace(other, span=e.span, place=e.place, **changes)  # type: ignore[arg-type]


def add_events(store: Path, events: Iterable[Event], release: str = "made", known_on: date = date(2026, 3, 1)) -> None:
    """Add a release of these to a store."""
    told = [replace(e, release=release) for e in events]
    add_release(
        store,
        make_reading(to_table(told), source="ucdp", release=release, sha=content_key(release, told), known_on=known_on),
    )
