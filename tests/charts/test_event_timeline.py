"""The timeline shows gaps of the record as gaps: no coverage is drawn there, and no month without its file is quiet."""

import re
from dataclasses import replace

from detente.charts.event_timeline import draw_event_timeline
from detente.charts.picture import Picture
from detente.claims.context import ClaimContext
from support.worlds import make_event, make_world, nth_day


def _draw_picture(*days: int) -> Picture:
    events = [make_event(nth_day(n), "PAK", "TTP", "ASSAULT", "airstrike", n=n) for n in days]
    return draw_event_timeline(ClaimContext(make_world(events)))


def _draw(*gaps: tuple[int, int]) -> str:
    g = make_world([make_event(nth_day(n), "PAK", "TTP", "ASSAULT", "airstrike") for n in (3, 50)])
    coverage = g.coverage
    for a, b in gaps:
        coverage = coverage.without(nth_day(a), nth_day(b))
    return draw_event_timeline(ClaimContext(replace(g, coverage=coverage))).svg


def test_coverage_row_leaves_gaps_out() -> None:
    """One window with a gap is drawn as two bars."""
    name = f"{make_world([]).case.windows[0].name}: ×1"
    assert _draw().count(name) == 1
    assert _draw((59, 180)).count(name) == 2


def test_caption_names_gaps_only_where_some_are() -> None:
    """The caption says what an empty top row means, where the record has a gap."""
    g = make_world([])
    gapped = replace(g, coverage=g.coverage.without(nth_day(5), nth_day(9)))
    captions = [draw_event_timeline(ClaimContext(x)).caption for x in (g, gapped)]
    assert ["not collected" in c for c in captions] == [False, True]


def test_busiest_months_share_their_place() -> None:
    """Months with equally many events are all called busiest, and a single kind of event is singular."""
    alt = _draw_picture(3, 50).alt
    assert "one row, one bar" in alt
    assert alt.endswith("The busiest months, with equally many events, are January 2022 and February 2022.")
    assert _draw_picture(3, 4, 50).alt.endswith("The busiest month is January 2022.")


def test_months_not_collected_are_not_quiet() -> None:
    """A month of which no day was collected says so; of one collected in part the days are told."""
    texts = dict(re.findall(r"<title>(\w+ 2022), ([^<]*)</title>", _draw((59, 180))))
    assert texts["May 2022"] == "not collected"
    assert texts["July 2022"] == "no event on record"
    partly = dict(re.findall(r"<title>(\w+ 2022), ([^<]*)</title>", _draw((31, 40), (130, 140))))
    assert partly["February 2022"].endswith("1; 18 of 28 days collected")
    assert partly["May 2022"] == "no event on record; 20 of 31 days collected"
