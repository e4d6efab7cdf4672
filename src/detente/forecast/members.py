"""Members of a case's forecast: three models that simulate daily counts of all channels.

- *system*: the fitted model with its responses;
- *background*: the same model without responses;
- *recent rate*: a negative binomial whose rate is an exponentially weighted mean of the past.

After the last day, the log level of the first two keeps its random walk with the deviation that the fit has learned for each
draw, so that the spread of the level grows with the horizon.
"""

from datetime import timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.cases.case_file import CoverageWindow
from detente.cases.load import CaseData
from detente.core.arrays import FloatArray
from detente.measures.counts import Counts
from detente.model.fit import FittedModel
from detente.model.simulate import SimulatedPaths, extend_background, simulate

SYSTEM, BACKGROUND, RECENT = "system alone", "background alone", "recent rate alone"
MEMBERS = (SYSTEM, BACKGROUND, RECENT)
HALF_LIFE_DAYS = 180.0
BLOCK_DAYS = 30  # of the windows whose spread gives the dispersion of the recent rate
CLOSURE_COVERAGE = "pressure"  # a closure is an act of pressure
Z95 = 1.959964


def simulate_fitted(
    s: FittedModel, days: int, rng: np.random.Generator, *, paths: int, level: ArrayLike = 1.0
) -> SimulatedPaths:
    """Simulate the days after the last one, with a level that keeps walking.

    Args:
        level: factor of the background, shape (draw, channel), from `draw_level_errors`.
    """
    walk, own = rng.spawn(2)
    factor = np.broadcast_to(np.asarray(level, dtype=float), (s.draws, len(s.channels)))
    base = extend_background(s, days) * walk_on(s, days, walk) * factor[:, None, :]
    return simulate(base, s.R, s.size, s.half_lives, s.soft, s.z, own, paths=paths, channels=s.channels)


def walk_on(s: FittedModel, days: int, rng: np.random.Generator) -> FloatArray:
    """Draw the factor by which each background changes after the last day, shape (draw, day, channel).

    The log factor is piecewise linear between knots as far apart as those of the fit. Its steps are normal, with a deviation drawn
    from its posterior given the draw's own steps. More days extend the same walk.

    Example:
        >>> from detente.model.fit import fit_model
        >>> from detente.model.synthetic import independent_actors
        >>> s = fit_model(independent_actors(np.random.default_rng(2)).y, rng=np.random.default_rng(0))
        >>> x = walk_on(s, 360, np.random.default_rng(0))
        >>> bool(np.log(x[:, 359]).std() > np.log(x[:, 29]).std() > 0)    # the spread grows
        True
    """
    names, gap = s.background.names, _knot_gap(s)
    knots = [i for i, n in enumerate(names) if n.startswith("trend ")]
    ahead = (np.arange(days) + 1) / gap
    last = int(ahead[-1]) + 1
    out = np.empty((s.draws, days, len(s.channels)))
    for k, (c, own) in enumerate(zip(s.of[:], rng.spawn(len(s.channels)), strict=True)):
        by_sigma, by_step = own.spawn(2)
        sigma = _draw_sigmas(np.diff(c.theta[:, knots], axis=1), s.background.sigmas, c.believed.log_shares, by_sigma)
        steps = by_step.standard_normal((last, s.draws)).T * sigma[:, None]
        level = np.concatenate([np.zeros((s.draws, 1)), np.cumsum(steps, axis=1)], axis=1)
        i = ahead.astype(int)
        share = ahead - i
        out[:, :, k] = np.exp(level[:, i] * (1 - share) + level[:, np.minimum(i + 1, last)] * share)
    return out


def _knot_gap(s: FittedModel) -> float:
    return (len(s.y) - 1) / (sum(n.startswith("trend ") for n in s.background.names) - 1)


def _draw_sigmas(
    steps: FloatArray, sigmas: tuple[float, ...], log_shares: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Draw a deviation for each draw of the steps, shape (draw, step), among the candidates: shape (draw,)."""
    sd = np.array(sigmas)
    log = log_shares - steps.shape[1] * np.log(sd) - (steps**2).sum(axis=1)[:, None] / (2 * sd**2)
    share = np.exp(log - log.max(axis=1, keepdims=True))
    edges = np.cumsum(share, axis=1)
    at = (edges < rng.random(len(steps))[:, None] * edges[:, -1:]).sum(axis=1)
    out: FloatArray = sd[at]
    return out


def simulate_recent_rate(
    counts: Counts, at: FloatArray, days: int, rng: np.random.Generator, *, paths: int, level: ArrayLike = 1.0,
) -> NDArray[np.int32]:  # fmt: skip
    """Simulate negative-binomial counts about an exponentially weighted mean of the past, shape (path, day, channel).

    Each path has one rate for each channel, gamma about the weighted mean. Its relative variance is that of past windows of 30 days
    beyond Poisson, and that of the mean itself. Half an event is added to the past, so that a rate is never zero.

    Args:
        at: coverage of the forecast days, shape (channel,). level: factor of the rate, shape (draw, channel), drawn from
            for each path.

    Example:
        >>> from datetime import date
        >>> c = Counts(date(2024, 1, 1), ("a",), np.ones((400, 1), int), np.ones(400), np.zeros(1, int))
        >>> y = simulate_recent_rate(c, np.ones(1), 30, np.random.default_rng(0), paths=2_000)
        >>> bool(abs(y.sum(axis=1).mean() - 30) < 0.5)
        True
    """
    observed = counts.coverage > 0
    age = np.arange(len(counts.y))[::-1]
    w = np.where(observed, 0.5 ** (age / HALF_LIFE_DAYS), 0.0)
    events, effort = w @ np.where(observed[:, None], counts.y, 0), w @ (counts.by_channel / at)
    mean = (events + 0.5) / effort
    shape = 1 / (_excess_variance(counts, at, w) + 1 / (events + 0.5))
    errors = np.atleast_2d(np.asarray(level, dtype=float))
    chosen = errors[rng.integers(len(errors), size=paths)]
    rate = rng.gamma(shape, mean / shape, (paths, len(mean))) * chosen
    # Day by day, so that more days do not change the first ones.
    y = rng.poisson(np.minimum(rate, 1e3), (days, paths, len(mean))).astype(np.int32)
    return y.transpose(1, 0, 2)


def _excess_variance(counts: Counts, at: FloatArray, w: FloatArray) -> FloatArray:
    """Relative variance of the rate between windows of 30 days beyond that of Poisson counts, shape (channel,)."""
    n = len(counts.y) // BLOCK_DAYS
    if not n:
        return np.zeros(counts.y.shape[1])
    start = len(counts.y) - n * BLOCK_DAYS

    def block(x: FloatArray) -> FloatArray:
        out: FloatArray = x[start:].reshape(n, BLOCK_DAYS, -1).sum(axis=1)
        return out

    effort = block(counts.by_channel / at)
    y = block(np.where(counts.coverage[:, None] > 0, counts.y, 0.0))
    weight = block(w[:, None])
    mean = (weight * y).sum(axis=0) / np.maximum((weight * effort).sum(axis=0), 1e-12)
    expected = np.maximum(mean * effort, 1e-12)
    # Method of moments: E (y - m)^2 = m + v m^2.
    over = (weight * ((y - expected) ** 2 - expected)).sum(axis=0) / np.maximum(
        (weight * expected**2).sum(axis=0), 1e-12
    )
    out: FloatArray = np.where(mean > 0, np.maximum(over, 0.0), 0.0)
    return out


def draw_level_errors(
    g: CaseData, counts: Counts, rng: np.random.Generator, *, draws: int, target: CoverageWindow | None = None
) -> FloatArray:
    """Draw the factors by which uncertain reporting coverage changes each channel's level, shape (draw, channel).

    The coverage of a window with an interval is lognormal about its value, with the interval as its central 95 %. The level rests on
    recent days most, so the error of each window counts by its share of the exponentially weighted coverage. The first-order change of
    the level is taken; windows without an interval, and assumed coverages, have no error.

    Args:
        target: window whose coverage the forecast assumes; None for a stated number, which has no error.
    """
    out = np.zeros((draws, len(counts.channels)))
    days = np.arange(len(counts.y))
    w = np.where(counts.coverage > 0, 0.5 ** (days[::-1] / HALF_LIFE_DAYS), 0.0)
    effort = w[:, None] * counts.by_channel
    total = np.maximum(effort.sum(axis=0), 1e-12)
    for window in g.case.windows:
        first, last = (window.first - counts.first).days, len(days) if window.last is None else (window.last - counts.first).days + 1  # fmt: skip
        part = effort[max(first, 0) : max(last, 0)].sum(axis=0) / total
        noise: dict[object, FloatArray] = {}
        for k, channel in enumerate(counts.channels):
            kind = window.kind_of(CLOSURE_COVERAGE if channel == "closure" else channel)
            interval = window.interval if kind is None else kind.interval
            if interval is None:
                continue
            low, high = interval
            # Channels with one coverage share its error.
            key = interval if kind is None else kind.channels
            if key not in noise:
                noise[key] = rng.standard_normal(draws) * np.log(high / low) / (2 * Z95)
            out[:, k] -= (part[k] - (window is target)) * noise[key]
    return np.exp(out)


def window_on(g: CaseData, day_index: int) -> CoverageWindow | None:
    """Return the coverage window of a day, counted from the first day of the record."""
    day = g.coverage.first + timedelta(days=day_index)
    return next((x for x in reversed(g.case.windows) if x.holds(day)), None)
