"""A small case whose events we choose, for tests whose answer is known by hand."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from detente.cases.case_file import load_case_file
from detente.cases.channels import assign_channels
from detente.cases.coverage import ReportingCoverage
from detente.cases.load import CaseData, load_case_data
from detente.core.date_range import DateRange
from detente.core.place import Place
from detente.events.event import Event, ReportedDeaths

FIRST = date(2022, 1, 1)
FLAGSHIP = load_case_data(load_case_file("pakistan-afghanistan"))


def make_event(day: date, who: str, whom: str, kind: str, mode: str = "", *, last: date | None = None, place: str = "",
          country: str = "AFG", tolls: ReportedDeaths | None = None, disputed: bool = False, n: int = 1) -> Event:  # fmt: skip
    """One event; `who` and `whom` hold actor keys joined by semicolons."""
    did, got = tuple(filter(None, who.split(";"))), tuple(filter(None, whom.split(";")))
    span = DateRange(day, last or day)
    return Event(
        id=f"TS-{day:%Y%m%d}-{n:02d}", source="made", release="made", row=n, known_on=span.latest, span=span,
        place=Place(country, "", place), raw_initiators=did, raw_recipients=got, initiators=did, recipients=got,
        type=kind, mode=mode, context="military", tolls=tolls or ReportedDeaths(), disputed=disputed, confidence="high",
        addresses=("https://example.org/1",), summary="Made for a test.",
    )  # fmt: skip


def make_world(events: list[Event], days: int = 365) -> CaseData:
    """The flagship's cast and crossings with events of ours, every day watched at density 1."""
    window = FLAGSHIP.case.windows[0].model_copy(
        update={"first": FIRST, "last": FIRST + timedelta(days=days - 1), "coverage": 1.0, "kinds": ()}
    )
    case = FLAGSHIP.case.model_copy(
        update={"first": FIRST, "windows": (window,), "crossing_events": (), "truce_events": (), "regimes": ()}
    )
    told = tuple(sorted(events, key=lambda e: (e.day, e.id)))
    return replace(
        FLAGSHIP, case=case, as_of=FIRST + timedelta(days=days - 1), events=told, later=0, set_aside=(),
        assignments=assign_channels(case, told), coverage=ReportingCoverage(FIRST, np.ones(days)),
        links=(), has_links=False, renamed={},
    )  # fmt: skip


def nth_day(n: int) -> date:
    """The n-th day of the world, from 0."""
    return FIRST + timedelta(days=n)
