"""Forecast of one case: simulated futures of three models (`members.py`), from what was known on a day.

The share of each model is its weight by past scores (`stacking.py`), or a third where these are too few.

Counts depend on reporting coverage. Everything is forecast *as this record would show it* at a stated coverage: the fit
divides the coverage of every day by that of the forecast (only ratios matter), so that 1 means the coverage of the days
that have 1 in the case file. Where the case file gives an interval of a coverage, it is drawn from. A named regime is used once it is over: before, nobody knows that it is one.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from detente.cases.case_file import CoverageWindow
from detente.cases.coverage import ReportingCoverage
from detente.cases.load import CaseData
from detente.core.arrays import FloatArray
from detente.forecast import severity
from detente.forecast.errors import BadHorizon, DateOutsideRecord, HistoryTooShort
from detente.forecast.members import (
    BACKGROUND,
    MEMBERS,
    RECENT,
    SYSTEM,
    draw_level_errors,
    simulate_fitted,
    simulate_recent_rate,
)
from detente.forecast.stacking import MemberWeights, equal_weights
from detente.measures.counts import Counts, daily_counts
from detente.measures.crossings import CLOSED_STATES, find_crossing_spells, is_closed_on
from detente.measures.history import MIN_COVERED_DAYS
from detente.measures.truces import TruceDuration, find_truces
from detente.model.fit import FittedModel, fit_model
from detente.model.report import regime_indicators
from detente.model.simulate import SimulatedPaths

FORCE = ("attack", "operation", "strike", "clash")
CLOSURE = "closure"
DEATH_SERIES = ("reported deaths, lowest figures", "reported deaths, highest figures")
MIN_HORIZON_DAYS, MAX_HORIZON_DAYS, MIN_OBSERVED_DAYS, MAX_GAP_DAYS = 1, 365, MIN_COVERED_DAYS, 730
MIN_MEMBER_PATHS = 500
"""Simulated paths of a member with little weight, so that its own probabilities can be shown."""


@dataclass(frozen=True, slots=True)
class CaseForecast:
    """Simulated futures of one case.

    Fields:
        as_of: last day known; day 1 of a path is the day after. coverage: assumed for the forecast days.
        horizons: in days. channels: of the paths, the last one `closure`. silent: channels without events, not forecast.
        system: the fit with responses. counts: data of the fit. paths: simulated counts, of each member in turn.
        weights: of the members. members: counts of each member's own paths, shape (path, day, channel). grid: days ahead, with
            0 and all horizons. deaths_low, deaths_high: reported deaths in acts of force up to each day, lowest and highest
            figures, shape (path, day + 1).
        marks: severity of each channel, from the highest figures. truce: in force on as_of, or None. open_crossings:
            number not known to be closed. unwatched: days without systematic coverage just before the forecast.
    """

    g: CaseData
    as_of: date
    coverage: float
    horizons: tuple[int, ...]
    channels: tuple[str, ...]
    silent: tuple[str, ...]
    system: FittedModel
    counts: Counts
    paths: SimulatedPaths
    weights: MemberWeights
    members: Mapping[str, NDArray[np.int32]]
    grid: tuple[int, ...]
    deaths_low: FloatArray
    deaths_high: FloatArray
    marks: Mapping[str, severity.SeverityModel]
    truce: TruceDuration | None
    open_crossings: int
    unwatched: int

    def totals(self, channel: str, days: int) -> NDArray[np.int64]:
        """Events of a channel within `days` days, shape (path,)."""
        out: NDArray[np.int64] = self.paths.y[:, :days, self.channels.index(channel)].sum(axis=1, dtype=np.int64)
        return out

    def deaths(self, days: int) -> tuple[FloatArray, FloatArray]:
        """Reported deaths within `days` days: lowest and highest figures, shape (path,) each."""
        return self.deaths_low[:, days], self.deaths_high[:, days]

    @property
    def unknown_since(self) -> date | None:
        """First of the days without systematic coverage just before the forecast; None if there are none."""
        return self.as_of - timedelta(days=self.unwatched - 1) if self.unwatched else None

    def probability_of_any(self, channels: tuple[str, ...], days: int) -> float:
        """Probability of at least one event of any of these channels within `days` days."""
        return self._share_with_any(self.paths.y, channels, days)

    def member_probabilities(self, channels: tuple[str, ...], days: int) -> dict[str, float]:
        """The same probability in the paths of each member alone."""
        return {name: self._share_with_any(y, channels, days) for name, y in self.members.items()}

    def _share_with_any(self, y: NDArray[np.int32], channels: tuple[str, ...], days: int) -> float:
        columns = [self.channels.index(c) for c in channels if c in self.channels]
        return float((y[:, :days, columns].sum(axis=(1, 2)) > 0).mean())


def history_too_short(g: CaseData, observed: int) -> HistoryTooShort:
    """Return the error of a record with too few covered days; a later origin helps only where the record goes on."""
    more = (
        f"{'' if g.case.chronology else 'Load releases that cover '}at least {MIN_OBSERVED_DAYS - observed:,} more days"
    )
    more += " are needed in the record." if g.case.chronology else "."
    goes_on = g.later > 0 or (g.case.last is not None and g.as_of < g.case.last)
    remedy = "Choose a later origin or a longer record." if goes_on else f"{more[:1].upper()}{more[1:]}"
    return HistoryTooShort(f"the case {g.case.id} on {g.as_of}", observed, MIN_OBSERVED_DAYS, "covered days", remedy)


def last_observed_day(g: CaseData) -> date:
    """Return the last day with systematic coverage: the default origin of a forecast."""
    observed = np.flatnonzero(g.coverage.by_day > 0)
    if not len(observed):
        raise HistoryTooShort(f"the case {g.case.id}", 0, MIN_OBSERVED_DAYS, "covered days")
    return g.coverage.first + timedelta(days=int(observed[-1]))


def forecast_case(
    g: CaseData, horizons: tuple[int, ...], rng: np.random.Generator, *, coverage: float = 1.0, paths: int = 10_000,
    weights: MemberWeights | None = None, simulated_days: int = 0,
) -> CaseForecast:  # fmt: skip
    """Forecast a case from what was known on `g.as_of`.

    The days between the end of the record and `g.as_of` are simulated too, since nobody knows what they held.

    Args:
        g: from `load_case_data`, as of the origin. horizons: days ahead, 1 to 365. coverage: assumed for the forecast days.
        weights: of the members, from `scorecard_store.load_weights`; equal if None. simulated_days: length of the paths, at least
            the longest horizon. Figures of a horizon do not depend on it, nor on the other horizons.

    Raises:
        BadHorizon: a horizon outside 1 to 365. DateOutsideRecord: as_of is more than two years after the case's last day.
        HistoryTooShort: fewer than 365 observed days before as_of.
    """
    for days in horizons or (0,):
        if not MIN_HORIZON_DAYS <= days <= MAX_HORIZON_DAYS:
            raise BadHorizon(days, MIN_HORIZON_DAYS, MAX_HORIZON_DAYS, "days")
    gap = (g.as_of - g.coverage.last).days
    if gap > MAX_GAP_DAYS:
        remedy = "Give --as-of at most two years after it, or extend the case's last day once it has events."
        raise DateOutsideRecord(g.as_of, g.case.first, g.case.last, remedy)
    observed = int((g.coverage.by_day > 0).sum())
    if observed < MIN_OBSERVED_DAYS:
        raise history_too_short(g, observed)
    counts = add_closures(g, daily_counts(g))
    most, w = max(horizons), weights or equal_weights(g.as_of)
    members, deaths_rng = rng.spawn(2)
    wanted = w.paths(paths)
    sizes = {name: max(n, min(MIN_MEMBER_PATHS, paths)) for name, n in wanted.items()}
    system, silent, simulated = simulate_members(
        g, counts, gap + max(most, simulated_days), members, coverage=coverage, paths=sizes
    )
    y = np.concatenate([simulated[name][: wanted[name], gap:] for name in MEMBERS])
    alone, start = {}, 0
    for name in MEMBERS:
        n = wanted[name]
        alone[name] = y[start : start + n] if n == sizes[name] else simulated[name][:, gap : gap + most]
        start += n
    joint = SimulatedPaths(system.channels, y, np.zeros(len(y), dtype=np.int64))
    low, high, marks = simulate_deaths(g, joint, deaths_rng)
    grid = tuple(sorted({*range(0, most, max(1, most // 60)), *horizons}))
    closed = [x.key for x in g.case.crossings if is_closed_on(g, x, g.as_of)]
    trailing = len(g.coverage.by_day) - 1 - int(np.flatnonzero(g.coverage.by_day > 0)[-1]) + gap
    return CaseForecast(
        g, g.as_of, coverage, horizons, system.channels, silent, system, counts, joint, w, alone, grid, low, high, marks,
        find_truce_in_force(g), len(g.case.crossings) - len(closed), trailing,
    )  # fmt: skip


def simulate_members(
    g: CaseData, counts: Counts, days: int, rng: np.random.Generator, *, coverage: float | FloatArray, paths: Mapping[str, int],
    target: CoverageWindow | None = None,
) -> tuple[FittedModel, tuple[str, ...], dict[str, NDArray[np.int32]]]:  # fmt: skip
    """Simulate the days after the last one by each member.

    Args:
        coverage: of the forecast days, a number or shape (channel,). paths: number by member. target: as for `draw_level_errors`.

    Returns:
        the fit with responses, the channels without events, and counts by member, shape (path, day, channel of the fit).
    """
    fits, errors, *own = rng.spawn(5)
    system, silent = fit_forecast_system(g, counts, fits, coverage=coverage)
    background, _ = fit_forecast_system(g, counts, fits, coverage=coverage, answers=False)
    heard = [counts.channels.index(c) for c in system.channels]
    level = draw_level_errors(g, counts, errors, draws=system.draws, target=target)
    kept = level[:, heard]
    at = np.broadcast_to(np.asarray(coverage, dtype=float), (len(counts.channels),))
    recent = simulate_recent_rate(counts, at, days, own[2], paths=paths[RECENT], level=level)
    return system, silent, {
        SYSTEM: simulate_fitted(system, days, own[0], paths=paths[SYSTEM], level=kept).y,
        BACKGROUND: simulate_fitted(background, days, own[1], paths=paths[BACKGROUND], level=kept).y,
        RECENT: recent[:, :, heard],
    }  # fmt: skip


def simulate_deaths(
    g: CaseData, p: SimulatedPaths, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, dict[str, severity.SeverityModel]]:
    """Simulate reported deaths in acts of force.

    Returns:
        deaths up to each day by the lowest and by the highest figures, shape (path, day + 1) each with 0 first, and the
        severity of each channel.
    """
    tolls = {c: [e.tolls.range for e in g.of(c)] for c in FORCE if c in p.channels}
    largest = 10 * max((r[1] for t in tolls.values() for r in t if r), default=1)
    deaths, severities = [], dict[str, severity.SeverityModel]()
    for end, own in zip((0, 1), rng.spawn(2), strict=True):
        figures = {c: [r[end] if r else None for r in t] for c, t in tolls.items()}
        total = np.zeros((len(p.y), p.y.shape[1] + 1), dtype=np.float32)
        for (c, x), (fit, draws) in zip(figures.items(), (s.spawn(2) for s in own.spawn(len(figures))), strict=True):
            severities[c] = severity.fit_severity(x, largest, fit)
            total[:, 1:] += severity.draw_deaths(severities[c], p.y[:, :, p.channels.index(c)], draws)
        deaths.append(np.cumsum(total, axis=1, out=total))
    return deaths[0], deaths[1], severities


def fit_forecast_system(
    g: CaseData, counts: Counts, rng: np.random.Generator, *, coverage: float | FloatArray, answers: bool = True
) -> tuple[FittedModel, tuple[str, ...]]:
    """Fit the model to what was known, at the forecast's coverage; return it with the channels without events.

    `coverage` is a number for all channels, or one for each channel of `counts`, shape (channel,).
    `answers=False` fits the background alone. The difference is the effect of responses on the forecast.
    """
    observed = counts.coverage > 0
    active = counts.y[observed].sum(axis=0) > 0
    if not active.any():
        raise HistoryTooShort(f"the case {g.case.id} on {g.as_of}", 0, 1, "events on covered days")
    finished = [r for r in g.case.regimes if r.last is not None and r.last < g.as_of]
    names = tuple(n for n, h in zip(counts.channels, active, strict=True) if h)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the text of the forecast names channels with few events
        s = fit_model(counts.y[:, active], (counts.by_channel / coverage)[:, active], regime_indicators(counts, finished), rng=rng, channels=names,
                leave_out_unwatched=True, response_sd=None if answers else 0.0)  # fmt: skip
    return s, tuple(n for n, h in zip(counts.channels, active, strict=True) if not h)


def add_closures(g: CaseData, counts: Counts) -> Counts:
    """Add a channel of days on which a crossing was newly closed to trade, at most one a day.

    A closure is an act of `pressure` too. This channel is there to be forecast; it adds no other responses.
    """
    column = np.zeros((len(counts.y), 1), dtype=np.int64)
    for day in {s.first for x in g.case.crossings for s in find_crossing_spells(g, x) if s.state in CLOSED_STATES}:
        i = (day - counts.first).days
        if 0 <= i < len(column):
            column[i] = 1
    return Counts(counts.first, (*counts.channels, CLOSURE), np.hstack([counts.y, column]), counts.coverage,
                  np.append(counts.imprecise, 0),
                  np.column_stack([counts.by_channel, g.coverage.of(["pressure"])]))  # fmt: skip


def count_reported_deaths(g: CaseData, counts: Counts) -> Counts:
    """Count reported deaths in acts of force by day, lowest and highest figures; events without a figure add none."""
    y = np.zeros((len(counts.y), 2), dtype=np.int64)
    for e in g.of(*FORCE):
        i, figures = (e.day - counts.first).days, e.tolls.range
        if figures and 0 <= i < len(y):
            y[i] += figures
    coverage = np.repeat(g.coverage.of(FORCE)[:, None], 2, axis=1)
    return Counts(counts.first, DEATH_SERIES, y, counts.coverage, np.zeros(2, dtype=np.int64), coverage)


def find_truce_in_force(g: CaseData) -> TruceDuration | None:
    """Return the latest truce that no force had broken on as_of; None without one, or if the day was not observed."""
    if last_observed_day(g) < g.as_of:
        return None
    in_force = [t for t in find_truces(g) if t.ended_by is None and not t.expired and t.last >= g.as_of]
    return in_force[-1] if in_force else None


def breaking_channels(t: TruceDuration) -> tuple[str, ...]:
    """Return the channels whose next event ends a truce, as `measures.truces` defines it."""
    return ("strike", "clash") if t.pair == "target–host" else ("attack", "operation")


def coverage_on(coverage: ReportingCoverage, day: date) -> float:
    """Return the reporting coverage of a day; 0 if none, or outside the record."""
    i = (day - coverage.first).days
    return float(coverage.by_day[i]) if 0 <= i < len(coverage.by_day) else 0.0
