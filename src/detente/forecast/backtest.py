"""Backtest of a case's forecasts, month by month, from what was known at each origin.

On the last day of each month the case is loaded as known that day (`load_case_data(case, as_of)`), every model
forecasts, and later counts decide. A horizon is scored if all its days were observed. Forecasts assume the coverage of
the origin's day. Where coverage changed later, the record changed and not only the conflict, so scores over rounds of
constant coverage are reported next to those over all.

One limit: regimes, crossings and windows of the case file were written later, and the coverage of a window was
measured after it. A regime is used once it is over, and a coverage once its window has begun.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.cases.case_file import CaseFile
from detente.cases.load import load_case_data
from detente.cases.store_read import StoreRead
from detente.core.arrays import FloatArray
from detente.core.rng import make_rng
from detente.forecast.baselines import BASELINES
from detente.forecast.case import (
    CLOSURE,
    DEATH_SERIES,
    FORCE,
    MIN_OBSERVED_DAYS,
    add_closures,
    breaking_channels,
    count_reported_deaths,
    coverage_on,
    find_truce_in_force,
    fit_forecast_system,
    last_observed_day,
    simulate_deaths,
)
from detente.forecast.errors import BadHorizon, HistoryTooShort
from detente.forecast.training_data import History
from detente.measures.counts import Counts, daily_counts
from detente.model.simulate import simulate_future

TARGETS = (*FORCE, CLOSURE)
OURS, SYSTEM, BACKGROUND = "forecast", "system alone", "background alone"
STEP = 10  # days between the windows that baselines draw from
MODELS = (OURS, SYSTEM, BACKGROUND, *BASELINES)


@dataclass(frozen=True, slots=True)
class BacktestRound:
    """One origin and horizon: draws by model, and the outcome.

    Fields:
        draws: model to shape (target, draw). came: outcome, shape (target,). dead, died: the same for reported deaths,
            lowest and highest figures, shape (2, draw) and (2,). coverage: of the origin. even: True if every day had it.
        truce: probability that the truce in force would be broken, and whether it was; None without a truce.
    """

    origin: date
    days: int
    coverage: float
    draws: dict[str, FloatArray]
    came: NDArray[np.int64]
    dead: dict[str, FloatArray]
    died: NDArray[np.int64]
    even: bool
    truce: tuple[float, bool] | None


def origins(case: CaseFile, as_of: date | None = None, store: Path | StoreRead | None = None) -> list[date]:
    """List the month ends from which forecasts can be made: observed days, with a year of observed days before.

    Args:
        as_of: use nothing known later; None for all that is known. store: as for `load_case_data`.

    Raises:
        HistoryTooShort: there is none.
    """
    g = load_case_data(case, as_of, store)
    out, end = [], last_observed_day(g)
    day = case.first
    while day <= end:
        month_end = date(day.year, day.month, monthrange(day.year, day.month)[1])
        i = (month_end - g.coverage.first).days
        enough = (g.coverage.by_day[: i + 1] > 0).sum() >= MIN_OBSERVED_DAYS
        if enough and month_end < end and coverage_on(g.coverage, month_end) > 0:
            out.append(month_end)
        day = month_end + timedelta(days=1)
    if not out:
        observed = int((g.coverage.by_day > 0).sum())
        raise HistoryTooShort(f"the case {case.id}", observed, MIN_OBSERVED_DAYS, "covered days")
    return out


def backtest(
    case: CaseFile, horizons: tuple[int, ...] = (30, 90, 180), *, seed: int = 0, draws: int = 1_000,
    tell: Callable[[Iterable[date]], Iterable[date]] = lambda x: x, as_of: date | None = None,
    store: Path | None = None,
) -> list[BacktestRound]:  # fmt: skip
    """Run every origin and horizon.

    Args:
        as_of: judge by nothing known later; None for all that is known. tell: wraps the origins, to show progress.
        store: as for `load_case_data`; every month is read from the version that is the newest now.

    Raises:
        BadHorizon: a horizon outside 1 to 365 days. HistoryTooShort: no origin has a year of observed days before it.
    """
    for days in horizons:
        if not 1 <= days <= 365:
            raise BadHorizon(days, 1, 365, "days")
    whole = load_case_data(case, as_of, store)
    later = add_closures(whole, daily_counts(whole))
    tolls = count_reported_deaths(whole, later)
    end, out = last_observed_day(whole), []
    for origin in tell(origins(case, as_of, whole.store)):
        known = [d for d in horizons if origin + timedelta(days=d) <= end]
        if known:
            out += _backtest_origin(case, whole.store, origin, tuple(known), later, tolls, seed, draws)
    return out


def _backtest_origin(
    case: CaseFile,
    store: StoreRead | None,
    origin: date,
    horizons: tuple[int, ...],
    later: Counts,
    tolls: Counts,
    seed: int,
    draws: int,
) -> list[BacktestRound]:
    g = load_case_data(case, origin, store)
    counts = add_closures(g, daily_counts(g))
    coverage, each_coverage = float(counts.coverage[-1]), counts.by_channel[-1]
    drawn: dict[str, dict[int, FloatArray]] = {}
    drawn_deaths: dict[str, dict[int, FloatArray]] = {}
    for name in (SYSTEM, BACKGROUND):
        rng = make_rng(seed)
        s, _ = fit_forecast_system(g, counts, rng, coverage=each_coverage, answers=name == SYSTEM)
        paths = simulate_future(s, max(horizons), rng, paths=draws)
        y, grid = paths.y, (0, *sorted(horizons))
        # A separate generator, so that draws of deaths do not change the counts.
        ends = simulate_deaths(g, paths, grid, rng.spawn(1)[0])[:2]
        drawn_deaths[name] = {d: np.stack([x[:, grid.index(d)] for x in ends]) for d in horizons}
        drawn[name] = {d: np.stack([y[:, :d, s.channels.index(c)].sum(axis=1).astype(float) if c in s.channels
                                   else draw_unobserved_channel(counts, c, d, draws, rng) for c in TARGETS]) for d in horizons}  # fmt: skip
    drawn, drawn_deaths = ({OURS: {d: np.concatenate([m[SYSTEM][d][:, ::2], m[BACKGROUND][d][:, 1::2]], axis=1) for d in horizons}, **m}
                    for m in (drawn, drawn_deaths))  # fmt: skip
    known_tolls = count_reported_deaths(g, counts)
    truce, breaking = find_truce_in_force(g), None
    i = (origin - later.first).days
    out = []
    for d in horizons:
        each = {name: by[d] for name, by in drawn.items()}
        dead = {name: by[d] for name, by in drawn_deaths.items()}
        windows = build_window_history(counts, d)
        toll_windows = build_window_history(known_tolls, d, DEATH_SERIES)
        for name, model in BASELINES.items():
            try:
                ahead = np.array([max(1, round(d / STEP))])
                each[name], dead[name] = (model(x, ahead, draws, make_rng(seed))[:, 0] for x in (windows, toll_windows))
            except HistoryTooShort:
                continue
        after = later.y[i + 1 : i + 1 + d]
        came = np.array([after[:, later.channels.index(c)].sum() for c in TARGETS])
        coverage_after = later.coverage[i + 1 : i + 1 + d]
        if (coverage_after <= 0).any():
            continue
        if truce:
            rows = [TARGETS.index(c) for c in breaking_channels(truce)]
            breaking = float((each[OURS][rows].sum(axis=0) > 0).mean()), bool(came[rows].sum() > 0)
        died = tolls.y[i + 1 : i + 1 + d].sum(axis=0)
        even = bool((later.by_channel[i + 1 : i + 1 + d] == each_coverage).all())
        out.append(BacktestRound(origin, d, coverage, each, came, dead, died, even, breaking if truce else None))
    return out


def draw_unobserved_channel(
    counts: Counts, channel: str, days: int, draws: int, rng: np.random.Generator
) -> FloatArray:
    """Draw events of a channel without any event so far: its rate is low, not zero.

    Poisson, with the rate from Jeffreys' posterior after no event in all the coverage so far: gamma(1/2, coverage). The
    forecast days have the coverage of the last day.
    """
    coverage = counts.by_channel[:, counts.channels.index(channel)]
    rate = rng.gamma(0.5, 1 / coverage.sum(), draws)
    drawn: FloatArray = rng.poisson(rate * coverage[-1] * days).astype(float)
    return drawn


def build_window_history(
    counts: Counts, days: int, names: tuple[str, ...] = TARGETS, coverage: FloatArray | None = None
) -> History:  # fmt: skip
    """Build totals of all past windows of `days` days, one every ten days, at a coverage: the baselines' data.

    `coverage` is that of the forecast days by name, shape (name,); the last day's if not given. A window is known if at least half its days were observed; its total is scaled to all of them.

    Example:
        >>> c = Counts(date(2024, 1, 1), TARGETS, np.ones((60, 5), int), np.full(60, 2.0), np.zeros(5, int))
        >>> build_window_history(c, 30, coverage=np.ones(5)).y[0].tolist()    # 30 events at coverage 2 are 15 at coverage 1
        [15.0, 15.0, 15.0, 15.0]
    """
    columns = [counts.channels.index(c) for c in names]
    y = np.where((counts.coverage > 0)[:, None], counts.y[:, columns], 0)
    total = np.vstack([np.zeros(len(columns)), np.cumsum(y, axis=0)])
    by_name = counts.by_channel[:, columns]
    at = by_name[-1] if coverage is None else coverage
    effort, observed_days = (
        np.vstack([np.zeros(len(columns)), np.cumsum(by_name, axis=0)]),
        np.append(0, np.cumsum(counts.coverage > 0)),
    )
    ends = np.arange(len(counts.y), days - 1, -STEP)[::-1]
    window_effort, observed = effort[ends] - effort[ends - days], observed_days[ends] - observed_days[ends - days]
    y = total[ends] - total[ends - days]
    scaled = np.round(y * (at * days / np.where(window_effort > 0, window_effort, np.nan)))
    return History(names, np.where((observed >= days / 2)[:, None], scaled, np.nan).T, 365.25 / STEP)
