"""Baseline forecasts that any model should beat.

Conflictology, drawing from the last twelve months, was beaten on CRPS by no entrant of the VIEWS challenge
2023/24 in most windows (Hegre et al. 2025). All have the form `training_data.ForecastModel`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.core.scipy_functions import digamma, gammaln
from detente.forecast.errors import HistoryTooShort
from detente.forecast.training_data import ForecastModel, History, drop_unknown, systematic_resample

Periods = NDArray[np.int64]


def zero(h: History, ahead: Periods, draws: int, rng: np.random.Generator) -> FloatArray:
    """Forecast zero."""
    return np.zeros((len(h.units), len(ahead), draws))


def last_value(h: History, ahead: Periods, draws: int, rng: np.random.Generator) -> FloatArray:
    """Repeat the last known period, without uncertainty."""
    last = np.array([drop_unknown(row, unit)[-1] for row, unit in zip(h.y, h.units, strict=True)])
    return np.tile(last[:, None, None], (1, len(ahead), draws))


def conflictology(months: float) -> ForecastModel:
    """Draw from the last `months` months with equal probability.

    Example:
        >>> h = History(("AFG",), np.array([[9.0, 1.0, 2.0]]), 12)
        >>> sorted(set(conflictology(2)(h, np.array([1]), 100, np.random.default_rng(0)).ravel().tolist()))
        [1.0, 2.0]
    """

    def model(h: History, ahead: Periods, draws: int, rng: np.random.Generator) -> FloatArray:
        return _draw_each_unit(h, ahead, draws, rng, lambda y, _: y[-h.months_to_periods(months) :])

    return model


def climatology(h: History, ahead: Periods, draws: int, rng: np.random.Generator) -> FloatArray:
    """Draw from past periods of the same time of year; from all, if none is known."""

    def same_season(y: FloatArray, step: int) -> FloatArray:
        indices = np.arange(len(y) - 1 + step, -1, -h.per_year).round().astype(int)
        known = y[indices[(indices >= 0) & (indices < len(y))]]
        known = known[~np.isnan(known)]
        return known if len(known) else y[~np.isnan(y)]

    return _draw_each_unit(h, ahead, draws, rng, same_season, whole=True)


def bootstrap(h: History, ahead: Periods, draws: int, rng: np.random.Generator) -> FloatArray:
    """Draw from all known periods of the unit with equal probability."""
    return _draw_each_unit(h, ahead, draws, rng, lambda y, _: y)


def exponential(months: float = 6.0) -> ForecastModel:
    """Draw negative-binomial counts about an exponentially weighted mean with this half-life in months.

    Mean and variance are weighted moments of the past; if the variance is not above the mean, counts are Poisson.
    """

    def model(h: History, ahead: Periods, draws: int, rng: np.random.Generator) -> FloatArray:
        out = np.empty((len(h.units), len(ahead), draws))
        for i, (row, unit) in enumerate(zip(h.y, h.units, strict=True)):
            y = drop_unknown(row, unit)
            w = 0.5 ** (np.arange(len(y))[::-1] / (months * h.per_year / 12))
            w /= w.sum()
            mean = float(w @ y)
            out[i] = draw_negative_binomial(mean, float(w @ (y - mean) ** 2), (len(ahead), draws), rng)
        return out

    return model


def draw_negative_binomial(
    mean: float, variance: float, shape: tuple[int, ...], rng: np.random.Generator
) -> FloatArray:
    """Draw negative-binomial counts of this mean and variance; Poisson if the variance is too small."""
    if mean <= 0:
        return np.zeros(shape)
    over = variance - mean
    rate = mean if over <= 1e-9 * mean else rng.gamma(mean**2 / over, over / mean, shape)
    return rng.poisson(np.minimum(rate, 1e12), shape).astype(float)


def nb_glm(h: History, ahead: Periods, draws: int, rng: np.random.Generator) -> FloatArray:
    """Negative-binomial regression with log link, one for each number of periods ahead, over all units.

    Columns: log(1 + mean) of the last period, the last year and all the past. Fitted on every earlier origin from the
    third year on, at most 20,000 of them.

    Raises:
        HistoryTooShort: under four years of periods.
    """
    year = h.months_to_periods(12)
    periods = h.y.shape[1]
    if periods < 4 * year or periods < int(ahead.max()) + 3 * year + 8:
        needed = max(4 * year, int(ahead.max()) + 3 * year + 8)
        raise HistoryTooShort("the negative-binomial regression", periods, needed, "periods")
    x = _design_matrix(h.y, year)
    out = np.empty((len(h.units), len(ahead), draws))
    for j, step in enumerate(ahead):
        rows = x[:, 2 * year - 1 : periods - step].reshape(-1, x.shape[-1])
        outcomes = h.y[:, 2 * year - 1 + step :].ravel()
        usable = np.isfinite(outcomes) & np.isfinite(rows).all(axis=1)
        rows, outcomes = rows[usable], outcomes[usable]
        if len(outcomes) > 20_000:
            sample = rng.choice(len(outcomes), 20_000, replace=False)
            rows, outcomes = rows[sample], outcomes[sample]
        beta, size = _fit_nb_regression(rows, outcomes)
        mean = np.exp(np.clip(np.nan_to_num(x[:, -1]) @ beta, -20, 13))
        rate = rng.gamma(size, 1.0, (len(mean), draws)) * (mean / size)[:, None]
        out[:, j] = rng.poisson(np.minimum(rate, 1e12))
    return out


def _design_matrix(y: FloatArray, year: int) -> FloatArray:
    known = np.isfinite(y)
    total = np.cumsum(np.where(known, y, 0), axis=1)
    n = np.maximum(np.cumsum(known, axis=1), 1)
    recent = total.copy()
    recent[:, year:] -= total[:, :-year]
    count = np.cumsum(known, axis=1).astype(float)
    count[:, year:] -= count[:, :-year].copy()
    logs = [np.log1p(y), np.log1p(recent / np.maximum(count, 1)), np.log1p(total / n)]
    return np.stack([np.ones_like(y), *logs], axis=-1)


def _fit_nb_regression(x: FloatArray, y: FloatArray) -> tuple[FloatArray, float]:
    from scipy.optimize import minimize

    def loss(b: FloatArray) -> tuple[float, FloatArray]:
        r = np.exp(np.clip(b[-1], -8, 6))
        eta = np.clip(x @ b[:-1], -20, 13)
        mean = np.exp(eta)
        log = gammaln(y + r) - gammaln(r) + r * np.log(r / (r + mean)) + y * (eta - np.log(r + mean))
        by_eta = (y - mean) * r / (r + mean)
        by_r = digamma(y + r) - digamma(r) + np.log(r / (r + mean)) + 1 - (y + r) / (r + mean)
        ridge = 1e-3 * b[:-1]
        slope = np.append(-(by_eta @ x) / len(y) + ridge, -float(by_r.mean()) * r)
        return -float(log.mean()) + 0.5 * float(ridge @ b[:-1]), slope

    start = np.zeros(x.shape[1] + 1)
    start[0], start[-1] = np.log(y.mean() + 1e-3), -1.0
    estimate = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return estimate[:-1], float(np.exp(np.clip(estimate[-1], -8, 6)))


def _draw_each_unit(
    h: History, ahead: Periods, draws: int, rng: np.random.Generator, pick: Callable[[FloatArray, int], FloatArray], *,
    whole: bool = False,
) -> FloatArray:  # fmt: skip
    out = np.empty((len(h.units), len(ahead), draws))
    for i, (row, unit) in enumerate(zip(h.y, h.units, strict=True)):
        y = drop_unknown(row, unit)
        for j, step in enumerate(ahead):
            out[i, j] = systematic_resample(pick(row if whole else y, int(step)), draws, rng)
    return out


BASELINES: dict[str, ForecastModel] = {
    "zero": zero,
    "last value": last_value,
    "climatology": climatology,
    "conflictology 6": conflictology(6),
    "conflictology 12": conflictology(12),
    "bootstrap": bootstrap,
    "exponential": exponential(6.0),
    "nb regression": nb_glm,
}
