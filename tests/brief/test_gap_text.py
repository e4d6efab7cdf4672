"""A count over a period of which days were not collected says so, in every text that gives it."""

from dataclasses import replace

import pytest

from detente.api.case import Case
from detente.api.summary import summarize_case
from detente.brief.build import build_introduction
from detente.brief.first_page import build_latest_force, build_recent_fighting, describe_record_age
from detente.cases.channels import assign_channels
from detente.claims import evaluate
from detente.claims.context import ClaimContext
from detente.claims.reader_cooperation import tell_coordination
from detente.claims.reader_relations import tell_spillover
from detente.core.disk_cache import DiskCache
from detente.events.event import ReportedDeaths
from support.worlds import make_event, make_world, nth_day

GAP = (nth_day(200), nth_day(299))
DAYS_OF_A_YEAR = 366  # both ends included


def _strikes(whom: str = "TTP") -> ClaimContext:
    toll = ReportedDeaths(best=3, civilian=1)
    events = [make_event(nth_day(n), "PAK", whom, "ASSAULT", "airstrike", tolls=toll) for n in (20, 700)]
    g = make_world(events, days=730)
    return ClaimContext(replace(g, case=g.case.model_copy(update={"regimes": ()})))


@pytest.fixture(scope="module")
def whole() -> ClaimContext:
    """Two years of which every day was collected, with strikes on the group."""
    return _strikes()


@pytest.fixture(scope="module")
def gapped(whole: ClaimContext) -> ClaimContext:
    """The same with a hundred days that were not collected, all in the first year but one tail."""
    g = whole.g
    return ClaimContext(replace(g, coverage=g.coverage.without(*GAP).without(nth_day(400), nth_day(449))))


def test_fighting_tells_the_days_collected(whole: ClaimContext, gapped: ClaimContext) -> None:
    """The recent fighting gives the days collected of its period, and only where some were not."""
    a, b = build_recent_fighting(whole), build_recent_fighting(gapped)
    assert a is not None
    assert b is not None
    assert [m.key for m in a.measured] == ["recent_strikes", "recent_clashes"]
    found = {m.key: m.value for m in b.measured}
    assert (found["recent_days"], found["recent_covered_days"]) == (DAYS_OF_A_YEAR, DAYS_OF_A_YEAR - 50)


def test_record_age_tells_the_missing_days(whole: ClaimContext, gapped: ClaimContext) -> None:
    """The line on the record's age says once how many days no file covers."""
    assert not describe_record_age(whole).measured
    found = {m.key: m.value for m in describe_record_age(gapped).measured}
    assert found == {"missing_days": 150, "record_days": 730}


def test_introduction_tells_the_days_collected(gapped: ClaimContext) -> None:
    """The count of crises gives the days collected since the case began."""
    found = {m.key: m.value for s in build_introduction(gapped) for m in s.measured}
    assert (found["crises_covered_days"], found["crises_days"]) == (580, 730)


def test_strikes_on_the_group_are_named(whole: ClaimContext) -> None:
    """Strikes on the group in the host's country are no fight of the two states' forces."""
    latest, spillover = build_latest_force(whole), tell_spillover(whole, evaluate("spillover", whole, checks=False))
    assert latest is not None
    told = [latest, *build_introduction(whole), *(m.sentence for m in spillover.sentences)]
    told += summarize_case(Case("made", whole, DiskCache(None)))
    text = " ".join(s.text for s in told)
    assert "strikes by Pakistan in Afghanistan" in text
    for wrong in ("the two states", "Force between", "clashes of"):
        assert wrong not in text


def test_contacts_tell_the_days_collected(gapped: ClaimContext) -> None:
    """The contacts since the recent period began give the days collected of it."""
    talks = [make_event(nth_day(n), "PAK;AFG", "", "CONSULT", n=2) for n in (10, 690)]
    talks = [replace(e, context="terrorism") for e in talks]
    events = tuple(sorted((*gapped.g.events, *talks), key=lambda e: e.day))
    g = replace(gapped.g, events=events, assignments=assign_channels(gapped.g.case, events))
    found = {
        m.key: m.value
        for m in tell_coordination(
            ClaimContext(g), evaluate("coordination", ClaimContext(g), checks=False)
        ).answer.sentence.measured
    }
    assert found["contacts_covered_days"] == DAYS_OF_A_YEAR - 50


def test_strikes_on_the_host_are_between_states() -> None:
    """A strike whose report names the host is force between the two states."""
    latest = build_latest_force(_strikes("AFG"))
    assert latest is not None
    assert latest.text.startswith("Force between the two states was last recorded")
