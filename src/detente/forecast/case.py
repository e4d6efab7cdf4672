"""What may come in one case: simulated futures of the fitted system, from what was known on a day.

Half of the futures come from the whole system, half from its background alone. With a few hundred events the answers
are known so badly that, month by month, the background by itself has foreseen as well or better
(`docs/replications/forecast_case.md`); equal halves were chosen after that was seen, and not tuned.

Counts depend on how densely somebody looks. Everything is forecast *as this record would show it* at a stated density of
collection: the fit divides the density of every day by that of the forecast (`fit` needs no more, since only
ratios matter), so that 1 means as densely as the days whose density is 1 in the case file. A regime that the case names is
used once it is over: while it lasts nobody knows that it is one, or for how long.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from detente.cases.coverage import ReportingCoverage
from detente.cases.load import CaseData
from detente.forecast import severity
from detente.forecast.errors import BadHorizon, DateOutsideRecord, HistoryTooShort
from detente.measures.counts import Counts, daily_counts
from detente.measures.crossings import CLOSED_STATES, find_crossing_spells, is_closed_on
from detente.measures.truces import TruceDuration, find_truces
from detente.model.fit import FittedModel, fit_model
from detente.model.report import regime_indicators
from detente.model.simulate import SimulatedPaths, simulate_future

Array = NDArray[np.float64]
FORCE = ("attack", "operation", "strike", "clash")
CLOSURE = "closure"
DEATH_SERIES = ("deaths told, lowest figures", "deaths told, highest figures")
MIN_HORIZON_DAYS, MAX_HORIZON_DAYS, MIN_OBSERVED_DAYS = 1, 365, 365


@dataclass(frozen=True, slots=True)
class CaseForecast:
    """Futures of one case.

    Fields:
        as_of: the last day known; day 1 of a path is the day after. density: of collection on forecast days.
        horizons: in days. channels: of the paths, the last one `closure`. silent: channels without events, of
            which nothing is forecast.
        system: as fitted, with its answers. counts: what it was fitted to. paths: simulated counts, the latter half
            of its background alone.
        grid: days ahead, 0 and all horizons among them. deaths_low, deaths_high: deaths told of in acts of force up
            to each of these days, by the lowest and the highest figures, shape (path, grid). marks: what was learned of deaths per event, by channel, from the highest figures.
        truce: in force on as_of, or None. open_crossings: how many of the case's were not known to be shut.
        unwatched: days just before the forecast that nobody watched systematically.
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
    grid: tuple[int, ...]
    deaths_low: Array
    deaths_high: Array
    marks: Mapping[str, severity.SeverityModel]
    truce: TruceDuration | None
    open_crossings: int
    unwatched: int

    def totals(self, channel: str, days: int) -> NDArray[np.int64]:
        """Events of a channel within so many days, shape (path,)."""
        out: NDArray[np.int64] = self.paths.y[:, :days, self.channels.index(channel)].sum(axis=1, dtype=np.int64)
        return out

    def deaths(self, days: int) -> tuple[Array, Array]:
        """Deaths told of within so many days of the grid, by the lowest and the highest figures, shape (path,) each."""
        i = self.grid.index(days)
        return self.deaths_low[:, i], self.deaths_high[:, i]

    def probability_of_any(self, channels: tuple[str, ...], days: int) -> float:
        """Probability of at least one event of any of these channels within so many days."""
        columns = [self.channels.index(c) for c in channels if c in self.channels]
        return float((self.paths.y[:, :days, columns].sum(axis=(1, 2)) > 0).mean())


def last_observed_day(g: CaseData) -> date:
    """The last day that was collected systematically: the natural origin of a forecast."""
    watched = np.flatnonzero(g.coverage.by_day > 0)
    if not len(watched):
        raise HistoryTooShort(f"the case {g.case.id}", 0, MIN_OBSERVED_DAYS, "watched days")
    return g.coverage.first + timedelta(days=int(watched[-1]))


def forecast_case(
    g: CaseData, horizons: tuple[int, ...], rng: np.random.Generator, *, coverage: float = 1.0, paths: int = 10_000
) -> CaseForecast:
    """Futures of a case as known on `g.as_of`.

    Args:
        g: from `case.gather`, with the day whose knowledge is used. horizons: days ahead, 1 to 365.
        density: of collection on the forecast's days.

    Raises:
        BadHorizon: a horizon outside 1 to 365. BeyondTheRecord: as_of is after the case's last day.
        TooShort: fewer than 365 watched days before as_of.
    """
    for days in horizons or (0,):
        if not MIN_HORIZON_DAYS <= days <= MAX_HORIZON_DAYS:
            raise BadHorizon(days, MIN_HORIZON_DAYS, MAX_HORIZON_DAYS, "days")
    if g.as_of > g.case.last:
        remedy = "Give --as-of within that, or widen the case's last day once events are recorded for it."
        raise DateOutsideRecord(g.as_of, g.case.first, g.case.last, remedy)
    watched = int((g.coverage.by_day > 0).sum())
    if watched < MIN_OBSERVED_DAYS:
        raise HistoryTooShort(f"the case {g.case.id} on {g.as_of}", watched, MIN_OBSERVED_DAYS, "watched days")
    counts = add_closures(g, daily_counts(g))
    most = max(horizons)
    system, silent = fit_forecast_system(g, counts, rng, coverage=coverage)
    background, _ = fit_forecast_system(g, counts, rng, coverage=coverage, answers=False)
    halves = [
        simulate_future(s, most, rng, paths=n) for s, n in ((system, paths - paths // 2), (background, paths // 2))
    ]
    p = SimulatedPaths(system.channels, np.concatenate([h.y for h in halves]), np.concatenate([h.draw for h in halves]))
    grid = tuple(sorted({*range(0, most, max(1, most // 60)), *horizons}))
    low, high, found = simulate_deaths(g, p, grid, rng)
    shut = [x.key for x in g.case.crossings if is_closed_on(g, x, g.as_of)]
    trailing = len(g.coverage.by_day) - 1 - int(np.flatnonzero(g.coverage.by_day > 0)[-1])
    return CaseForecast(
        g, g.as_of, coverage, horizons, system.channels, silent, system, counts, p, grid, low, high, found,
        find_truce_in_force(g), len(g.case.crossings) - len(shut), trailing,
    )  # fmt: skip


def simulate_deaths(
    g: CaseData, p: SimulatedPaths, grid: tuple[int, ...], rng: np.random.Generator
) -> tuple[Array, Array, dict[str, severity.SeverityModel]]:
    """Deaths told of in acts of force up to each day of a grid that begins with 0: by the lowest and by the highest
    figures, shape (path, grid) each, and what was learned of deaths per event."""
    tolls = {c: [e.tolls.range for e in g.of(c)] for c in FORCE if c in p.channels}
    largest = 10 * max((r[1] for t in tolls.values() for r in t if r), default=1)
    ends = [d - 1 for d in grid[1:]]
    events = {
        c: np.diff(np.cumsum(p.y[:, :, p.channels.index(c)], axis=1, dtype=np.int64)[:, ends], axis=1, prepend=0)
        for c in tolls
    }
    out, found = [], dict[str, severity.SeverityModel]()
    for end in (0, 1):
        found = {c: severity.fit_severity([r[end] if r else None for r in t], largest, rng) for c, t in tolls.items()}
        total = np.zeros((len(p.y), len(grid)))
        for c, m in found.items():
            total[:, 1:] += np.cumsum(severity.draw_deaths(m, events[c], rng), axis=1)
        out.append(total)
    return out[0], out[1], found


def fit_forecast_system(
    g: CaseData, counts: Counts, rng: np.random.Generator, *, coverage: float, answers: bool = True
) -> tuple[FittedModel, tuple[str, ...]]:
    """The system as fitted to what was known, at a density of collection, and the channels that were silent.

    `answers=False` leaves the background alone: what a forecast owes to who answers whom is the difference.
    """
    watched = counts.coverage > 0
    heard = counts.y[watched].sum(axis=0) > 0
    if not heard.any():
        raise HistoryTooShort(f"the case {g.case.id} on {g.as_of}", 0, 1, "events on watched days")
    over = [r for r in g.case.regimes if r.last is not None and r.last < g.as_of]
    names = tuple(n for n, h in zip(counts.channels, heard, strict=True) if h)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # channels with few events are told in the forecast's own words
        s = fit_model(counts.y[:, heard], counts.coverage / coverage, regime_indicators(counts, over), rng=rng, channels=names,
                leave_out_unwatched=True, response_sd=None if answers else 0.0)  # fmt: skip
    return s, tuple(n for n, h in zip(counts.channels, heard, strict=True) if not h)


def add_closures(g: CaseData, counts: Counts) -> Counts:
    """The counts with one more channel: days on which a crossing was newly shut to trade, at most one a day.

    A closure is an act of `pressure` too; this column adds nothing to what answers it beyond that, and is
    there to be forecast.
    """
    column = np.zeros((len(counts.y), 1), dtype=np.int64)
    for day in {s.first for x in g.case.crossings for s in find_crossing_spells(g, x) if s.state in CLOSED_STATES}:
        i = (day - counts.first).days
        if 0 <= i < len(column):
            column[i] = 1
    return Counts(counts.first, (*counts.channels, CLOSURE), np.hstack([counts.y, column]), counts.coverage,
                  np.append(counts.imprecise, 0))  # fmt: skip


def count_reported_deaths(g: CaseData, counts: Counts) -> Counts:
    """Deaths told of in acts of force by day, by the lowest and by the highest figures; an event without any adds nothing."""
    y = np.zeros((len(counts.y), 2), dtype=np.int64)
    for e in g.of(*FORCE):
        i, told = (e.day - counts.first).days, e.tolls.range
        if told and 0 <= i < len(y):
            y[i] += told
    return Counts(counts.first, DEATH_SERIES, y, counts.coverage, np.zeros(2, dtype=np.int64))


def find_truce_in_force(g: CaseData) -> TruceDuration | None:
    """The truce that no force had broken on as_of, the latest if several; None if there is none, or nobody watched."""
    if last_observed_day(g) < g.as_of:
        return None
    still = [t for t in find_truces(g) if t.ended_by is None and not t.expired and t.last >= g.as_of]
    return still[-1] if still else None


def breaking_channels(t: TruceDuration) -> tuple[str, ...]:
    """The channels whose next event ends a truce, as `measures.truces` defines it."""
    return ("strike", "clash") if t.pair == "target–host" else ("attack", "operation")


def coverage_on(coverage: ReportingCoverage, day: date) -> float:
    """How densely a day was collected; 0 if not, or outside."""
    i = (day - coverage.first).days
    return float(coverage.by_day[i]) if 0 <= i < len(coverage.by_day) else 0.0
