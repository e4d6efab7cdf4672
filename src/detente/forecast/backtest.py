"""Backtest of a case's forecasts, month by month, from what was known at each origin.

On the last day of each month the case is loaded as known that day (`load_case_data(case, as_of)`), every model
forecasts, and later counts decide. The weights of the forecast's members are fitted anew at each origin, to those earlier forecasts
whose outcomes are known by then. A horizon is scored if all its days were observed. Forecasts assume the coverage of
the origin's day. Where coverage changed later, the record changed and not only the conflict, so scores over rounds of
constant coverage are reported next to those over all.

Two limits. Regimes, crossings and windows of the case file were written later, and the coverage of a window was
measured after it: a regime is used once it is over, and a coverage once its window has begun. And the record was compiled afterwards:
what came later decided what was worth a row.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.cases.case_file import CaseFile
from detente.cases.load import CaseData, load_case_data
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
    last_observed_day,
    simulate_deaths,
    simulate_members,
)
from detente.forecast.errors import BadHorizon, HistoryTooShort
from detente.forecast.members import MEMBERS, SYSTEM, window_on
from detente.forecast.stacking import MemberWeights, PastForecast, stack_members
from detente.forecast.training_data import ForecastModel, History
from detente.measures.counts import Counts, daily_counts
from detente.model.simulate import SimulatedPaths

TARGETS = (*FORCE, CLOSURE)
OURS = "forecast"
STEP = 10  # days between the windows that baselines draw from
THINNINGS = 10  # of the past windows, among which a baseline's draws are divided
MODELS = (OURS, *MEMBERS, *BASELINES)


@dataclass(frozen=True, slots=True)
class BacktestRound:
    """One origin and horizon: draws by model, and the outcome.

    Fields:
        draws: model to shape (target, draw). came: outcome, shape (target,). dead, died: the same for reported deaths,
            lowest and highest figures, shape (2, draw) and (2,). coverage: of the origin. even: True if every day had it.
        weights: of the forecast's members. truce: probability that the truce in force would be broken, and whether it was; None
        without a truce.
    """

    origin: date
    days: int
    coverage: float
    draws: dict[str, FloatArray]
    came: NDArray[np.int64]
    dead: dict[str, FloatArray]
    died: NDArray[np.int64]
    even: bool
    weights: MemberWeights
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
    end, out, past = last_observed_day(whole), list[BacktestRound](), list[_OriginDraws]()
    for origin in tell(origins(case, as_of, whole.store)):
        known = tuple(d for d in horizons if origin + timedelta(days=d) <= end)
        if known:
            past.append(_draw_origin(case, whole.store, origin, known, seed, draws))
            out += _score_origin(past, later, tolls, seed, draws)
    return out


@dataclass(frozen=True, slots=True)
class _OriginDraws:
    """What was known at an origin, and each member's draws by horizon: counts (target, draw), deaths (2, draw)."""

    g: CaseData
    counts: Counts
    origin: date
    members: dict[str, dict[int, FloatArray]]
    deaths: dict[str, dict[int, FloatArray]]


def _draw_origin(
    case: CaseFile, store: StoreRead | None, origin: date, horizons: tuple[int, ...], seed: int, draws: int
) -> _OriginDraws:
    g = load_case_data(case, origin, store)
    counts = add_closures(g, daily_counts(g))
    members, tolls, unseen = make_rng(seed).spawn(3)
    system, _, simulated = simulate_members(
        g, counts, max(horizons), members, coverage=counts.by_channel[-1], paths=dict.fromkeys(MEMBERS, draws),
        target=window_on(g, len(counts.y) - 1),
    )  # fmt: skip
    drawn: dict[str, dict[int, FloatArray]] = {name: {} for name in MEMBERS}
    deaths: dict[str, dict[int, FloatArray]] = {name: {} for name in MEMBERS}
    for name, own in zip(MEMBERS, tolls.spawn(len(MEMBERS)), strict=True):
        y = simulated[name]
        ends = simulate_deaths(g, SimulatedPaths(system.channels, y, np.zeros(draws, dtype=np.int64)), own)[:2]
        for d in horizons:
            deaths[name][d] = np.stack([x[:, d] for x in ends]).astype(float)
            drawn[name][d] = np.stack([
                y[:, :d, system.channels.index(c)].sum(axis=1).astype(float) if c in system.channels
                else draw_unobserved_channel(counts, c, d, draws, unseen) for c in TARGETS
            ])  # fmt: skip
    return _OriginDraws(g, counts, origin, drawn, deaths)


def _known_forecasts(past: Sequence[_OriginDraws], now: Counts, day: date) -> list[PastForecast]:
    """List past forecasts whose outcome is known by a day, with the outcome as known then."""
    observed = now.coverage > 0
    columns = [now.channels.index(c) for c in TARGETS]
    out = []
    for o in past:
        i = (o.origin - now.first).days + 1
        for d in next(iter(o.members.values())):
            if o.origin + timedelta(days=d) <= day and observed[i : i + d].all():
                came = now.y[i : i + d, columns].sum(axis=0).astype(float)
                out.append(PastForecast(o.origin, {name: by[d] for name, by in o.members.items()}, came))
    return out


def _score_origin(
    past: Sequence[_OriginDraws], later: Counts, tolls: Counts, seed: int, draws: int
) -> list[BacktestRound]:
    o = past[-1]
    g, counts, origin = o.g, o.counts, o.origin
    weights = stack_members(_known_forecasts(past[:-1], counts, origin), origin)
    shares = weights.paths(draws)
    known_tolls = count_reported_deaths(g, counts)
    truce = find_truce_in_force(g)
    i, out = (origin - later.first).days, []
    for d in o.members[SYSTEM]:
        after, coverage_after = later.y[i + 1 : i + 1 + d], later.coverage[i + 1 : i + 1 + d]
        if (coverage_after <= 0).any():
            continue
        each, dead = ({OURS: mix_members({m: of[m][d] for m in MEMBERS}, shares), **{m: of[m][d] for m in MEMBERS}}
                      for of in (o.members, o.deaths))  # fmt: skip
        for name, model in BASELINES.items():
            try:
                each[name] = forecast_baseline(model, counts, d, draws, seed)
                dead[name] = forecast_baseline(model, known_tolls, d, draws, seed, DEATH_SERIES)
            except HistoryTooShort:
                continue
        came = np.array([after[:, later.channels.index(c)].sum() for c in TARGETS])
        breaking = None
        if truce:
            rows = [TARGETS.index(c) for c in breaking_channels(truce)]
            breaking = float((each[OURS][rows].sum(axis=0) > 0).mean()), bool(came[rows].sum() > 0)
        died = tolls.y[i + 1 : i + 1 + d].sum(axis=0)
        even = bool((later.by_channel[i + 1 : i + 1 + d] == counts.by_channel[-1]).all())
        coverage = float(counts.coverage[-1])
        out.append(BacktestRound(origin, d, coverage, each, came, dead, died, even, weights, breaking))
    return out


def mix_members(of: dict[str, FloatArray], shares: dict[str, int]) -> FloatArray:
    """Mix the members' draws, shape (target, draw) each, by the number of draws of each."""
    return np.concatenate([of[name][:, : shares[name]] for name in MEMBERS], axis=1)


def learned_weights(rounds: Sequence[BacktestRound], day: date) -> MemberWeights:
    """Fit the weights to all rounds of a backtest, whose outcomes are known by a day."""
    past = [
        PastForecast(r.origin, {m: r.draws[m] for m in MEMBERS}, r.came.astype(float))
        for r in rounds
        if r.origin + timedelta(days=r.days) <= day
    ]
    return stack_members(past, day)


def forecast_baseline(
    model: ForecastModel, counts: Counts, days: int, draws: int, seed: int, names: tuple[str, ...] = TARGETS
) -> FloatArray:
    """Draw a baseline's totals of the next `days` days, shape (name, draw).

    Past windows are brought to the coverage of the last day by random thinning, ten times, and each time the model makes a tenth of the
    draws: a single event at three times that coverage is there in a third of the draws.

    Raises:
        HistoryTooShort: the model needs a longer history.
    """
    ahead, n = np.array([max(1, round(days / STEP))]), -(-draws // THINNINGS)
    thinning, drawing = make_rng(seed).spawn(2)
    parts = [
        model(build_window_history(counts, days, a, names), ahead, n, b)[:, 0]
        for a, b in zip(thinning.spawn(THINNINGS), drawing.spawn(THINNINGS), strict=True)
    ]
    return np.concatenate(parts, axis=1)[:, :draws]


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
    counts: Counts, days: int, rng: np.random.Generator, names: tuple[str, ...] = TARGETS, coverage: FloatArray | None = None
) -> History:  # fmt: skip
    """Build totals of all past windows of `days` days, one every ten days, at a coverage: the baselines' data.

    A window that was covered more closely is thinned at random: each of its events is kept with the ratio of the coverages. One
    that was covered less closely is scaled up, its fraction rounded at random.

    Args:
        coverage: of the forecast days by name, shape (name,); the last day's if not given. A window is known if at least half its
            days were observed; it is scaled to all of them.

    Example:
        >>> c = Counts(date(2024, 1, 1), TARGETS, np.ones((60, 5), int), np.full(60, 2.0), np.zeros(5, int))
        >>> y = build_window_history(c, 30, np.random.default_rng(0), coverage=np.ones(5)).y
        >>> y.shape, bool(abs(y.mean() - 15) < 3)    # 30 events at coverage 2 are about 15 at coverage 1
        ((5, 4), True)
    """
    columns = [counts.channels.index(c) for c in names]
    y = np.where((counts.coverage > 0)[:, None], counts.y[:, columns], 0)
    total = np.vstack([np.zeros(len(columns), dtype=np.int64), np.cumsum(y, axis=0)])
    by_name = counts.by_channel[:, columns]
    at = by_name[-1] if coverage is None else coverage
    effort, observed_days = (
        np.vstack([np.zeros(len(columns)), np.cumsum(by_name, axis=0)]),
        np.append(0, np.cumsum(counts.coverage > 0)),
    )
    ends = np.arange(len(counts.y), days - 1, -STEP)[::-1]
    window_effort, observed = effort[ends] - effort[ends - days], observed_days[ends] - observed_days[ends - days]
    ratio = np.where(window_effort > 0, at * days / np.where(window_effort > 0, window_effort, 1), 0)
    thinned = thin_counts(total[ends] - total[ends - days], ratio, rng).astype(float)
    return History(names, np.where((observed >= days / 2)[:, None], thinned, np.nan).T, 365.25 / STEP)


def thin_counts(y: NDArray[np.int64], ratio: FloatArray, rng: np.random.Generator) -> NDArray[np.int64]:
    """Bring counts to another coverage: thinning below a ratio of 1, scaling with a random fraction above, shape as given.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> bool(abs(thin_counts(np.ones(10_000, int), np.full(10_000, 0.3), rng).mean() - 0.3) < 0.02)    # perhaps, not none
        True
    """
    # A ratio that differs from 1 by rounding alone leaves the count as it is.
    ratio = np.where(np.isclose(ratio, 1), 1.0, ratio)
    whole = np.floor(ratio).astype(np.int64)
    out: NDArray[np.int64] = y * whole + rng.binomial(y, np.clip(ratio - whole, 0, 1))
    return out
