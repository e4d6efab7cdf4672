"""The digest of a case whose only source is a provider that dates its releases, and holds deadly events of no channel."""

from dataclasses import replace
from datetime import date

import pytest

from detente.api.case import Case
from detente.api.digest.months import list_digests
from detente.cases.channels import assign_channels
from detente.events.event import Event, ReportedDeaths
from detente.web.pages.digest import build_digest_page
from support.ucdp_world import make_ucdp_world, open_world
from support.worlds import make_event, nth_day

JULY, AUGUST = date(2022, 7, 31), date(2022, 8, 31)


def _open(late: date) -> Case:
    """Two strikes of the last months, and two fights of others with more deaths; the second fight stands in a release of its own."""
    g = make_ucdp_world()
    fights = [
        make_event(nth_day(155), "BLA", "UNK", "ASSAULT", "raid", n=i, tolls=ReportedDeaths(10, 10, 12)) for i in (8, 9)
    ]

    def release(e: Event) -> Event:
        day = late if e is fights[1] else JULY
        return replace(e, source="ucdp", release=str(day), known_on=day)

    events = tuple(release(e) for e in (*g.events, *fights))
    return open_world(replace(g, events=events, assignments=assign_channels(g.case, events), as_of=late))


@pytest.fixture(scope="module")
def ucdp() -> Case:
    """A case of UCDP alone, read once."""
    return _open(JULY)


def test_summary_counts_deaths_of_all_events(ucdp: Case) -> None:
    """The deaths are those of all events; of the strike, whose toll is not reported, none are told."""
    d = ucdp.digest("2022-06")
    assert {m.key: (m.value, m.low, m.high) for s in d.summary for m in s.measured} == {
        "digest_2022_06_events": (3, None, None), "digest_2022_06_hostile": (1, None, None),
        "digest_2022_06_all_deaths": (None, 20, 24),
    }  # fmt: skip


def test_release_read_once_dates_no_event(ucdp: Case) -> None:
    """The day of the only release says nothing of single events, so what became known later is not known."""
    d = ucdp.digest("2022-06")
    assert (d.later, d.to_dict()["known_later"]) == (None, None)
    assert {e.known_later for k in d.kinds for e in k.events} == {""}


def test_later_release_dates_its_events() -> None:
    """An event that only a later release holds became known with it."""
    d = _open(AUGUST).digest("2022-06")
    assert d.later is not None
    assert [(e.row.id[-2:], e.known_later) for e in d.later] == [("09", str(AUGUST))]


def test_archive_gives_no_zero_of_uncovered_month(ucdp: Case) -> None:
    """A month of which no day was covered and no event is known has no number of events."""
    g = ucdp.g
    partly = open_world(replace(g, coverage=g.coverage.without(date(2022, 2, 1), date(2022, 2, 28))))
    assert {r.month: r.events for r in list_digests(partly)}["2022-02"] is None
    assert {r.month: r.events for r in list_digests(ucdp)}["2022-02"] == 0


def test_undisputed_tolls_are_unknown(ucdp: Case) -> None:
    """UCDP marks no contradicting toll, so the lack of one is not said."""
    page = build_digest_page(ucdp, None)
    assert page.no_disputed_toll == "The sources do not say whether the parties contradict each other."
