"""How the case's forecasts would have done: month by month, with only what was known then.

On the last day of each month the case is gathered as it was known that day (`gather(case, as_of)`), every model
forecasts, and later counts judge. A horizon is scored where all its days were watched. Forecasts are made at the density of
the origin's own day; where a later window of the case was collected more or less densely, the record changed and not only
the conflict, so scores over unbroken windows stand beside those over all.

What this cannot take back: regimes, crossings and windows of the case file were written down later, and the density of a
window was measured after it. A regime is used once it is over, and a density once its window has begun.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from detente.cases.case_file import CaseFile
from detente.cases.load import load_case_data
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
from detente.forecast.training_data import Array, History
from detente.measures.counts import Counts, daily_counts
from detente.model.simulate import simulate_future

TARGETS = (*FORCE, CLOSURE)
OURS, SYSTEM, BACKGROUND = "forecast", "system alone", "background alone"
STEP = 10  # days between the windows that rivals draw from
MODELS = (OURS, SYSTEM, BACKGROUND, *BASELINES)


@dataclass(frozen=True, slots=True)
class BacktestRound:
    """One origin and horizon: draws by model, and what came.

    Fields:
        draws: model to shape (target, draw). came: shape (target,). dead, died: the same of deaths told, by the lowest and
            the highest figures, shape (2, draw) and (2,). even: was every day collected as densely as the
            origin's? density: that of the origin. truce: probability that the truce in force would be broken, and
            whether it was; None where none was in force.
    """

    origin: date
    days: int
    coverage: float
    draws: dict[str, Array]
    came: NDArray[np.int64]
    dead: dict[str, Array]
    died: NDArray[np.int64]
    even: bool
    truce: tuple[float, bool] | None


def origins(case: CaseFile, as_of: date | None = None) -> list[date]:
    """The last days of months from which forecasts can be made: a year of watched days before, watched themselves.

    Args:
        as_of: nothing known later is read; all that is known if not given.

    Raises:
        TooShort: there is none.
    """
    g = load_case_data(case, as_of)
    out, end = [], last_observed_day(g)
    day = case.first
    while day <= end:
        at = date(day.year, day.month, monthrange(day.year, day.month)[1])
        i = (at - g.coverage.first).days
        if at < end and coverage_on(g.coverage, at) > 0 and (g.coverage.by_day[: i + 1] > 0).sum() >= MIN_OBSERVED_DAYS:
            out.append(at)
        day = at + timedelta(days=1)
    if not out:
        raise HistoryTooShort(
            f"the case {case.id}", int((g.coverage.by_day > 0).sum()), MIN_OBSERVED_DAYS, "watched days"
        )
    return out


def backtest(
    case: CaseFile, horizons: tuple[int, ...] = (30, 90, 180), *, seed: int = 0, draws: int = 1_000,
    tell: Callable[[Iterable[date]], Iterable[date]] = lambda x: x, as_of: date | None = None,
) -> list[BacktestRound]:  # fmt: skip
    """Every round of every origin and horizon.

    Args:
        as_of: nothing known later judges; all that is known if not given.
        tell: wraps the origins, to show progress.

    Raises:
        BadHorizon: a horizon outside 1 to 365 days. TooShort: no origin has a year of watched days before it.
    """
    for days in horizons:
        if not 1 <= days <= 365:
            raise BadHorizon(days, 1, 365, "days")
    whole = load_case_data(case, as_of)
    later = add_closures(whole, daily_counts(whole))
    tolls = count_reported_deaths(whole, later)
    end, out = last_observed_day(whole), []
    for at in tell(origins(case, as_of)):
        known = [d for d in horizons if at + timedelta(days=d) <= end]
        if known:
            out += _backtest_origin(case, at, tuple(known), later, tolls, seed, draws)
    return out


def _backtest_origin(
    case: CaseFile, at: date, horizons: tuple[int, ...], later: Counts, tolls: Counts, seed: int, draws: int
) -> list[BacktestRound]:
    g = load_case_data(case, at)
    counts = add_closures(g, daily_counts(g))
    coverage = float(counts.coverage[-1])
    made: dict[str, dict[int, Array]] = {}
    killed: dict[str, dict[int, Array]] = {}
    for name in (SYSTEM, BACKGROUND):
        rng = make_rng(seed)
        s, _ = fit_forecast_system(g, counts, rng, coverage=coverage, answers=name == SYSTEM)
        paths = simulate_future(s, max(horizons), rng, paths=draws)
        y, grid = paths.y, (0, *sorted(horizons))
        # A generator of its own, so that what is drawn of deaths changes no count.
        ends = simulate_deaths(g, paths, grid, rng.spawn(1)[0])[:2]
        killed[name] = {d: np.stack([x[:, grid.index(d)] for x in ends]) for d in horizons}
        made[name] = {d: np.stack([y[:, :d, s.channels.index(c)].sum(axis=1).astype(float) if c in s.channels
                                   else draw_unobserved_channel(counts, d, coverage, draws, rng) for c in TARGETS]) for d in horizons}  # fmt: skip
    made, killed = ({OURS: {d: np.concatenate([m[SYSTEM][d][:, ::2], m[BACKGROUND][d][:, 1::2]], axis=1) for d in horizons}, **m}
                    for m in (made, killed))  # fmt: skip
    known_tolls = count_reported_deaths(g, counts)
    held, breaking = find_truce_in_force(g), None
    i = (at - later.first).days
    out = []
    for d in horizons:
        each = {name: by[d] for name, by in made.items()}
        dead = {name: by[d] for name, by in killed.items()}
        h, tolled = (
            build_window_history(counts, d, coverage),
            build_window_history(known_tolls, d, coverage, DEATH_SERIES),
        )
        for name, model in BASELINES.items():
            try:
                ahead = np.array([max(1, round(d / STEP))])
                each[name], dead[name] = (model(x, ahead, draws, make_rng(seed))[:, 0] for x in (h, tolled))
            except HistoryTooShort:
                continue
        after = later.y[i + 1 : i + 1 + d]
        came = np.array([after[:, later.channels.index(c)].sum() for c in TARGETS])
        seen = later.coverage[i + 1 : i + 1 + d]
        if (seen <= 0).any():
            continue
        if held:
            rows = [TARGETS.index(c) for c in breaking_channels(held)]
            breaking = float((each[OURS][rows].sum(axis=0) > 0).mean()), bool(came[rows].sum() > 0)
        died = tolls.y[i + 1 : i + 1 + d].sum(axis=0)
        out.append(
            BacktestRound(
                at, d, coverage, each, came, dead, died, bool((seen == coverage).all()), breaking if held else None
            )
        )
    return out


def draw_unobserved_channel(counts: Counts, days: int, coverage: float, draws: int, rng: np.random.Generator) -> Array:
    """Events of a channel of which none was seen yet: unseen is not impossible.

    Poisson about a rate of Jeffreys' posterior after nothing in all the effort so far, gamma(1/2, effort).
    """
    rate = rng.gamma(0.5, 1 / counts.coverage.sum(), draws)
    return rng.poisson(rate * coverage * days).astype(float)


def build_window_history(counts: Counts, days: int, coverage: float, names: tuple[str, ...] = TARGETS) -> History:
    """Totals of all past windows of so many days, one every ten days, at a density: what rivals draw from.

    A window is known if at least half its days were watched; its total is scaled to all of them.

    Example:
        >>> c = Counts(date(2024, 1, 1), TARGETS, np.ones((60, 5), int), np.full(60, 2.0), np.zeros(5, int))
        >>> build_window_history(c, 30, 1.0).y[0].tolist()    # 30 events at coverage 2 are 15 at coverage 1
        [15.0, 15.0, 15.0, 15.0]
    """
    columns = [counts.channels.index(c) for c in names]
    total = np.vstack(
        [np.zeros(len(columns)), np.cumsum(np.where((counts.coverage > 0)[:, None], counts.y[:, columns], 0), axis=0)]
    )
    effort, seen = np.append(0, np.cumsum(counts.coverage)), np.append(0, np.cumsum(counts.coverage > 0))
    ends = np.arange(len(counts.y), days - 1, -STEP)[::-1]
    n, watched = effort[ends] - effort[ends - days], seen[ends] - seen[ends - days]
    y = total[ends] - total[ends - days]
    scaled = np.round(y * (coverage * days / np.where(n > 0, n, np.nan))[:, None])
    return History(names, np.where((watched >= days / 2)[:, None], scaled, np.nan).T, 365.25 / STEP)
