"""The verdict on a month: worse, better, unchanged, or not known."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from detente.cases.load import CaseData
from detente.core.month import CalendarMonth, months_between
from detente.events.event import Event, ReportedDeaths
from detente.measures.month_change import compare_count
from detente.measures.month_verdict import is_covered, judge_month
from support.worlds import FIRST, make_event, make_world

LAST = CalendarMonth(2023, 6)
DAYS = (LAST.last - FIRST).days + 1


def make_months(strikes: dict[CalendarMonth, int], *, usual: int = 4, deaths: int = 3) -> list[Event]:
    """Strikes and talks on following days of each month: the given number, else the usual one or one more."""
    out: list[Event] = []
    for m in months_between(FIRST, LAST.last):
        n = strikes.get(m, usual + m.month % 2)
        for i in range(n):
            toll = ReportedDeaths(best=deaths)
            out.append(
                make_event(m.first + timedelta(days=i % 27), "PAK", "AFG", "ASSAULT", "aerial", tolls=toll, n=i + 1)
            )
        out += [make_event(m.first + timedelta(days=i), "PAK", "AFG", "CONSULT", n=90 + i) for i in range(3)]
    return out


def judge(strikes: dict[CalendarMonth, int], **more: int) -> str:
    return judge_month(make_world(make_months(strikes, **more), DAYS), LAST).word


def uncover(g: CaseData, first: date, last: date) -> CaseData:
    return replace(g, coverage=g.coverage.without(first, last))


@pytest.mark.parametrize(("strikes", "word"), [(25, "worse"), (5, "unchanged"), (0, "better")])
def test_verdict_follows_hostile_events(strikes: int, word: str) -> None:
    """Five times as many strikes are worse, none are better, as many as usual are neither."""
    assert judge({LAST: strikes}, usual=8 if word == "better" else 4) == word


def test_verdict_needs_every_day_covered() -> None:
    """One uncovered day makes the month unknown, whatever its reports say."""
    g = make_world(make_months({LAST: 40}), DAYS)
    v = judge_month(uncover(g, LAST.last, LAST.last), LAST)
    assert (v.word, v.reason, v.covered) == ("not known", "partly covered", LAST.days - 1)
    v = judge_month(uncover(g, LAST.first, LAST.last), LAST)
    assert (v.word, v.reason, v.covered) == ("not known", "not covered", 0)


def test_verdict_needs_twelve_covered_months() -> None:
    """The months before are the twelve latest covered ones; without twelve the month is unknown."""
    g = make_world(make_months({}), DAYS)
    gap = uncover(g, date(2023, 5, 10), date(2023, 5, 10))
    v = judge_month(gap, LAST)
    assert v.word == "unchanged"
    assert v.before == tuple(m for m in months_between(date(2022, 5, 1), date(2023, 4, 1)))
    assert all(is_covered(gap, m) for m in v.before)
    early = judge_month(g, CalendarMonth(2022, 12))
    assert (early.word, early.reason, len(early.before)) == ("not known", "too few months before", 11)


def test_verdict_allows_for_coverage() -> None:
    """Twice as many reports in a month collected twice as closely are no change."""
    more = {LAST: 20}
    g = make_world(make_months(more, usual=9), DAYS)
    assert judge_month(g, LAST).word == "worse"
    factor = np.ones(DAYS)
    factor[(LAST.first - FIRST).days :] = 2
    v = judge_month(replace(g, coverage=g.coverage.times(factor)), LAST)
    assert v.word == "unchanged"
    assert v.measures[0].ranges[0].expected == pytest.approx(2 * 9.5, rel=0.1)


def test_verdict_widens_for_scaled_months() -> None:
    """Earlier months collected four times as closely are too alike when scaled, so the range is twice as wide."""
    g = make_world(make_months({}, usual=16), DAYS)
    factor = np.full(DAYS, 4.0)
    factor[(LAST.first - FIRST).days :] = 1
    scaled = judge_month(replace(g, coverage=g.coverage.times(factor)), LAST).measures[0].ranges[0]
    plain = compare_count(16, [4, 4.25] * 6, 0.9)
    widened = compare_count(16, [4, 4.25] * 6, 0.9, 2.0)
    assert scaled.expected == pytest.approx(plain.expected)
    assert (scaled.low, scaled.high) == pytest.approx((widened.low, widened.high))
    assert widened.high > plain.high


def test_verdict_needs_both_ends_of_tolls() -> None:
    """A month that is worse by the highest figures alone is unchanged."""
    events = make_months({LAST: 4})
    i = max(i for i, e in enumerate(events) if e.type == "ASSAULT")
    events[i] = replace(events[i], tolls=ReportedDeaths(low=0, high=3000))
    v = judge_month(make_world(events, DAYS), LAST)
    low, high = v.together
    assert high.t > high.limit > low.t
    assert v.word == "unchanged"


def test_verdict_leaves_out_unrecorded_measures() -> None:
    """Of a source of deadly violence alone, acts between governments are no measure."""
    g = make_world(make_months({LAST: 25}), DAYS)
    deadly = replace(g, release=replace(g.release, source="ucdp"))
    assert {m.key for m in judge_month(g, LAST).measures} == {"hostile_events", "deaths", "relations"}
    assert {m.key for m in judge_month(deadly, LAST).measures} == {"hostile_events", "deaths"}


def test_verdict_leaves_out_measures_without_spread() -> None:
    """Deaths that were zero in every month before have no usual range; the hostile events, which vary, still have one."""
    events = make_months({LAST: 25}, deaths=0)
    i = max(i for i, e in enumerate(events) if e.type == "ASSAULT")
    events[i] = replace(events[i], tolls=ReportedDeaths(best=9))
    v = judge_month(make_world(events, DAYS), LAST)
    assert v.left_out == ("deaths",)
    assert "deaths" not in {m.key for m in v.measures}
    assert all(abs(c.t) < 1000 for c in v.together)


def test_verdict_without_any_spread_is_unknown() -> None:
    """Where nothing happened in all months before, no distance from them can be measured."""
    toll = ReportedDeaths(best=9)
    strike = make_event(LAST.first, "PAK", "AFG", "ASSAULT", "aerial", tolls=toll)
    v = judge_month(make_world([strike], DAYS), LAST)
    assert (v.word, v.reason, v.together) == ("not known", "no spread", ())
