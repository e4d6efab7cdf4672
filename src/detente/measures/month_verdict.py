"""Whether a month was better or worse than the twelve covered months before it, by a stated rule.

Three measures are compared and combined (`month_change.py`):

- hostile events: acts of force, and hostile words and measures between the governments;
- reported deaths in acts of force;
- the mean intensity of the governments' acts towards each other, of which the relation index is made.

The month is *worse* if the measures together lie beyond the limit on the side of more hostility, *better* on the other side, else
*unchanged*, which means that no clear change is shown. This must hold with the lowest and with the highest reported deaths; if the two
differ, the month is unchanged. It is *not known* if a day of the month was not collected systematically, if fewer than
twelve of the 24 months before were, if no source records any measure, or if every measure was the same in all of them. Single reports never make a verdict.

The limits have the probability 90 %: of independent months without change about one in ten is called better or worse.
`studies/digest.py` measures the rate with clustered events.

Counts and deaths of earlier months are taken at the coverage of the month: each event of kind k on day d counts
coverage(k, month) / coverage(k, d) times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from detente.cases.channel_rule import FORCE_CHANNELS
from detente.cases.load import CaseData
from detente.cases.testimony import collects
from detente.core.month import CalendarMonth
from detente.events.event import Event
from detente.events.plover import intensity
from detente.measures.errors import NotObserved
from detente.measures.month_change import (
    CombinedChange,
    MonthComparison,
    combine_changes,
    compare_count,
    compare_deaths,
    compare_mean,
)
from detente.measures.relation_index import RELATION_CHANNELS, WORD_CHANNELS
from detente.sources.testimony import DEATHS

HOSTILE_CHANNELS = (*FORCE_CHANNELS, "pressure", "defiance")
MONTHS_BEFORE, LOOK_BACK = 12, 24
LEVEL = 0.9
"""Probability of a month without change inside the limits."""

MonthWord = Literal["worse", "better", "unchanged", "not known"]
MeasureKey = Literal["hostile_events", "deaths", "relations"]
Reason = Literal["", "not covered", "partly covered", "too few months before", "no measure", "no spread"]


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """The figures of a month that the rule compares.

    Fields:
        hostile: hostile events at the coverage of the month that is judged, NaN where no source records them. reports: their number as
            reported. deaths_low, deaths_high: reported deaths by the lowest and
            by the highest figures, NaN likewise. acts: acts between the governments. score: their mean intensity, NaN without acts.
        squares: sum of the squared deviations of their intensities from the mean.
    """

    hostile: float
    reports: int
    deaths_low: float
    deaths_high: float
    acts: int
    score: float
    squares: float


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """One measure of a month beside its usual range; deaths by the lowest and by the highest figures, the others once."""

    key: MeasureKey
    ranges: tuple[MonthComparison, ...]

    @property
    def varies(self) -> bool:
        """Whether the measure differs among the months before, by the lowest and by the highest figures."""
        return all(r.varies for r in self.ranges)

    @property
    def word(self) -> MonthWord:
        """What this measure alone says: worse or better outside the range, unchanged inside."""
        sides = {"above" if r.value > r.high else "below" if r.value < r.low else "inside" for r in self.ranges}
        if len(sides) > 1 or sides == {"inside"}:
            return "unchanged"
        return "worse" if (sides == {"above"}) == (self.key != "relations") else "better"


@dataclass(frozen=True, slots=True)
class MonthVerdict:
    """The verdict on a month.

    Fields:
        word: worse, better, unchanged or not known. reason: why it is not known; empty if it is. measures: those compared; empty
            if it is not known. together: all measures, with the lowest and with the highest deaths. before: the months that it is
            compared with. covered: days of the month that were collected systematically. left_out: measures that were the same in all
            months before, so that no usual range can be estimated.
    """

    month: CalendarMonth
    word: MonthWord
    reason: Reason
    measures: tuple[MeasureChange, ...]
    together: tuple[CombinedChange, ...]
    before: tuple[CalendarMonth, ...]
    covered: int
    left_out: tuple[MeasureKey, ...] = ()


def count_covered_days(g: CaseData, month: CalendarMonth) -> int:
    """Count the days of a month that were collected systematically."""
    first, last = max(month.first, g.coverage.first), min(month.last, g.watched_to)
    return g.coverage.days(first, last) if first <= last else 0


def is_covered(g: CaseData, month: CalendarMonth) -> bool:
    """Return whether every day of a month was collected systematically."""
    return count_covered_days(g, month) == month.days


def judge_month(g: CaseData, month: CalendarMonth) -> MonthVerdict:
    """Judge a month of a case.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> g = load_case_data(load_case_file("pakistan-afghanistan"))
        >>> judge_month(g, CalendarMonth(2025, 10)).word, judge_month(g, CalendarMonth(2026, 4)).reason
        ('worse', 'partly covered')
    """
    covered = count_covered_days(g, month)
    if covered < month.days:
        return MonthVerdict(month, "not known", "partly covered" if covered else "not covered", (), (), (), covered)
    back = [month.shift(-i) for i in range(1, LOOK_BACK + 1)]
    before = tuple(m for m in back if is_covered(g, m))[:MONTHS_BEFORE][::-1]
    if len(before) < MONTHS_BEFORE:
        return MonthVerdict(month, "not known", "too few months before", (), (), before, covered)
    at = {c: g.coverage.effort(month.first, month.last, [c]) / month.days for c in HOSTILE_CHANNELS}
    by_month: dict[tuple[int, int], list[Event]] = {(m.year, m.month): [] for m in (*before, month)}
    for e in g.events:
        if (e.day.year, e.day.month) in by_month:
            by_month[e.day.year, e.day.month].append(e)
    now, *earlier = (_build_figures(g, by_month[m.year, m.month], at) for m in (month, *before))
    word, measures, together = judge_figures(now, earlier)
    left_out = tuple(m.key for m in compare_measures(now, earlier) if not m.varies)
    reason: Reason = "" if measures else "no spread" if left_out else "no measure"
    return MonthVerdict(month, word, reason, measures, together, before, covered, left_out)


def _build_figures(g: CaseData, events: Sequence[Event], at: dict[str, float]) -> MonthFigures:
    """The figures of a month, with events weighted to the coverage `at` of another."""
    reports, count, low, high = 0, 0.0, 0.0, 0.0
    scores = []
    for e in events:
        c = g.channel(e)
        if c in HOSTILE_CHANNELS:
            collected = g.coverage.effort(e.day, e.day, [c])
            if not collected:
                continue  # a kind that was not collected then: its single reports are no count
            weight = at[c] / collected
            reports, count = reports + 1, count + weight
            if c in FORCE_CHANNELS and (tolls := e.tolls.range) is not None:
                low, high = low + weight * tolls[0], high + weight * tolls[1]
        if c in RELATION_CHANNELS:
            scores.append(intensity(e.type))
    nan, words = float("nan"), all(collects(g, c) for c in WORD_CHANNELS)
    mean = float(np.mean(scores)) if scores and words else nan
    squares = float(np.sum((np.array(scores) - mean) ** 2)) if scores and words else 0.0
    if not any(collects(g, c) for c in HOSTILE_CHANNELS):
        count = nan
    if not collects(g, DEATHS):
        low = high = nan
    return MonthFigures(count, reports, low, high, len(scores) if words else 0, mean, squares)


def judge_figures(
    now: MonthFigures, before: Sequence[MonthFigures], level: float = LEVEL
) -> tuple[MonthWord, tuple[MeasureChange, ...], tuple[CombinedChange, ...]]:
    """Compare a month's figures with those of the months before.

    Args:
        now, before: figures at equal coverage. level: probability of a month without change inside the limits.

    Returns:
        The verdict, the measures that can be compared, and their combination with the lowest and with the highest deaths. A measure
        that was the same in all months before cannot be compared.

    Example:
        >>> calm = [MonthFigures(10 + i % 3, 10 + i % 3, 40 + i, 60 + i, 8, -2.0, 20.0) for i in range(12)]
        >>> judge_figures(MonthFigures(40, 40, 50, 70, 8, -2.0, 20.0), calm)[0]
        'worse'
    """
    measures = tuple(m for m in compare_measures(now, before, level) if m.varies)
    if not measures:
        return "not known", (), ()
    signs = [-1 if m.key == "relations" else 1 for m in measures]
    inflate = _inflation(before)
    together = tuple(combine_changes([m.ranges[end] for m in measures], signs, level, inflate) for end in (0, -1))
    word: MonthWord = (
        "worse" if all(c.t > c.limit for c in together) else "better" if all(c.t < -c.limit for c in together) else "unchanged"
    )  # fmt: skip
    return word, measures, together


def compare_measures(
    now: MonthFigures, before: Sequence[MonthFigures], level: float = LEVEL
) -> tuple[MeasureChange, ...]:
    """Compare each measure of a month that the sources record with the months before, those too that never varied."""
    measures: list[MeasureChange] = []
    inflate = _inflation(before)
    if np.isfinite(now.hostile):
        measures.append(
            MeasureChange("hostile_events", (compare_count(now.hostile, [x.hostile for x in before], level, inflate),))
        )
    if np.isfinite(now.deaths_low):
        low = compare_deaths(now.deaths_low, [x.deaths_low for x in before], level, inflate)
        high = compare_deaths(now.deaths_high, [x.deaths_high for x in before], level, inflate)
        measures.append(MeasureChange("deaths", (low, high)))
    if (relations := _compare_scores(now, before, level)) is not None:
        measures.append(MeasureChange("relations", (relations,)))
    return tuple(measures)


def _inflation(before: Sequence[MonthFigures]) -> float:
    """The factor by which scaling down has made the counts of earlier months too alike; 1 if they were scaled up."""
    reports, scaled = sum(x.reports for x in before), sum(x.hostile for x in before if np.isfinite(x.hostile))
    return float(np.sqrt(max(1.0, reports / scaled))) if scaled else 1.0


def _compare_scores(now: MonthFigures, before: Sequence[MonthFigures], level: float) -> MonthComparison | None:
    spare = sum(max(x.acts - 1, 0) for x in before)
    if not spare:
        return None
    within = sum(x.squares for x in before) / spare
    try:
        return compare_mean(now.score, now.acts, [x.score for x in before], [x.acts for x in before], within, level)
    except NotObserved:
        return None
