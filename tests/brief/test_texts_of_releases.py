"""The back pages of a case made from releases tell nothing that is true of a chronology only."""

from dataclasses import replace
from datetime import date

import pytest

from detente.brief.build import build_introduction
from detente.brief.document import format_origin
from detente.brief.method import build_limitations, build_method
from detente.cases.case_file import UserDataSource
from detente.claims import evaluate
from detente.claims.context import ClaimContext
from detente.claims.crisis_quantities import describe_spread
from detente.core.date_range import DateRange
from detente.events.event import ReportedDeaths
from support.worlds import FLAGSHIP, make_event, make_world, nth_day


@pytest.fixture(scope="module")
def view() -> ClaimContext:
    """A few strikes, fights of another group, and acts that nobody claimed, as rows without addresses."""
    who = [("PAK", "TTP", "AFG")] * 6 + [("BLA", "PAK", "PAK")] * 9 + [("UNK", "PAK", "PAK")] * 2
    events = [make_event(nth_day(3 * i), a, b, "ASSAULT", country=c) for i, (a, b, c) in enumerate(who)]
    world = make_world([replace(e, addresses=(), confidence="", source="ucdp") for e in events], 120)
    brought = (UserDataSource(source="ucdp", where="Made up."),)
    case = world.case.model_copy(update={"chronology": "", "brought": brought, "background": ""})
    return ClaimContext(replace(world, case=case, background=None), draws=40)


def _text(parts: tuple[tuple[str, tuple[object, ...]], ...], heading: str) -> str:
    return " ".join(s.text for name, sentences in parts for s in sentences if name == heading)  # type: ignore[attr-defined]


def test_back_pages_know_no_chronology(view: ClaimContext) -> None:
    """No sentence speaks of a chronology, of pages with addresses, or of independent sources as zero."""
    method, limits = build_method(view), build_limitations(view)
    told = " ".join(s.text for _, sentences in (*method, *limits) for s in sentences)
    assert "chronology" not in told
    assert "addresses of the pages" not in told
    assert "0 rest on" not in told
    assert "not known here" in _text(method, "Events")
    assert _text(method, "Levers").startswith("No policy option was simulated")


def test_reason_of_no_channel_follows_counts(view: ClaimContext) -> None:
    """The most frequent reason is the one that most events have; unclaimed acts are told beside it."""
    told = _text(build_method(view), "Channels")
    assert "The most frequent reason, of 9: an act of another armed group." in told
    assert "2 are acts that nobody claimed" in told


def test_unnamed_date_is_not_called_named(view: ClaimContext) -> None:
    """A period that the case file does not name is not said to be named because force rose."""
    later = ClaimContext(replace(view.g, as_of=date(2023, 2, 1)), draws=40)
    assert not later.recent_is_named
    assert "named because" not in " ".join(s.text for s in evaluate("safe_haven", later, checks=False).sentences)


def test_row_without_address_is_cited_by_release() -> None:
    """An event without addresses is cited by its source and release; one with addresses by its publishers."""
    e = replace(make_event(nth_day(0), "PAK", "TTP", "ASSAULT"), source="ucdp", release="GEDEvent_v26_0_1.csv")
    assert format_origin(e) == "example.org"
    bare = replace(e, addresses=())
    assert format_origin(bare) == "UCDP, GEDEvent_v26_0_1.csv"
    named = replace(bare, first_report="Kabul Now, 2026-01-08")
    assert format_origin(named) == "UCDP, GEDEvent_v26_0_1.csv; first report named: Kabul Now, 8 January 2026"


def _with_tolls(view: ClaimContext, civilian: int | None, deaths: int = 1) -> ClaimContext:
    tolls = ReportedDeaths(deaths, deaths, deaths, civilian)
    return ClaimContext(replace(view.g, events=tuple(replace(e, tolls=tolls) for e in view.g.events)), draws=40)


def test_nothing_without_toll_is_not_told(view: ClaimContext) -> None:
    """Where every event has a figure no sentence tells of those without, and one death is singular."""
    told = " ".join(s.text for s in evaluate("spillover", _with_tolls(view, 1), checks=False).sentences)
    assert "civilian deaths in strikes and none in clashes." in told
    assert "nobody gave one" not in told
    assert "civilian" in " ".join(s.text for s in evaluate("spillover", view, checks=False).sentences)
    assert "6 further events nobody gave one" in " ".join(
        s.text for s in evaluate("spillover", view, checks=False).sentences
    )


def test_range_of_one_provider_depends_on_no_source(view: ClaimContext) -> None:
    """A range of one provider is of its lowest and highest figures; one of a chronology depends on the report."""
    assert describe_spread(view.g) == "by the lowest and the highest figures"
    assert describe_spread(FLAGSHIP) == "depending on the source"


def test_crisis_is_dated_by_a_known_day(view: ClaimContext) -> None:
    """A crisis whose first row is known to the month only is dated by its first row of one day, at the latest."""
    vague = replace(view.g.events[0], span=DateRange(nth_day(0), nth_day(30)))
    g = _with_tolls(view, None).g
    tolls = g.events[0].tolls
    events = tuple(replace(e, tolls=tolls) for e in (vague, *g.events[1:]))
    told = " ".join(s.text for s in build_introduction(ClaimContext(replace(g, events=events), draws=40)))
    assert "The deadliest began on 4 January 2022 at the latest" in told
    # A night of two days has a known beginning.
    night = replace(vague, span=DateRange(nth_day(0), nth_day(1)))
    events = tuple(replace(e, tolls=tolls) for e in (night, *g.events[1:]))
    told = " ".join(s.text for s in build_introduction(ClaimContext(replace(g, events=events), draws=40)))
    assert "at the latest" not in told
