"""Baseline rate of one channel: slow trend, season and named regimes.

    log b(t) = level + sum_h (a_h cos + c_h sin)(2 pi h t / year) + regimes(t) . r + trend(t)

The trend is piecewise linear between knots. Its increments are Gaussian with deviation sigma (a penalised
spline, RW1): a small sigma gives a straight line, a large one follows every month. Sigma is not chosen: the fit
weighs several by their marginal likelihood, which widens the intervals (`posterior.py`). Knots are at least 60 days
apart, so that the trend cannot imitate responses of days and weeks; it competes with slow responses only.

The smallest sigma is above zero: no real baseline is constant for years, and a rigid trend leaves its movements to be
read as responses. The cost is a slightly underestimated response where the baseline is constant.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray

YEAR = 365.25
SIGMAS = (0.05, 0.15, 0.4, 1.0)
SEASON_SD = (0.7, 0.3, 0.15)  # of the first, second and third harmonic, in logarithms


@dataclass(frozen=True, slots=True)
class Background:
    """Design matrix of log b and the prior of its coefficients.

    Fields:
        names: of the columns. X: shape (day, column). sigmas: candidates, length s.
        precision: of the Gaussian prior for each candidate, shape (s, column, column). Its mean is 0, except for
            the level's, which the fit sets.
    """

    names: tuple[str, ...]
    X: FloatArray
    sigmas: tuple[float, ...]
    precision: FloatArray


def build_background(
    days: int, regimes: dict[str, NDArray[np.bool_]] | None = None, *,
    harmonics: int = 3, gap: float = 60.0, sigmas: tuple[float, ...] = SIGMAS,
) -> Background:  # fmt: skip
    """Build the columns and priors for a window of `days` days.

    Args:
        days: length of the window. regimes: name to the days in it, shape (day,).
        harmonics: of the year; 0 for no season. gap: least days between knots (at most 60 knots).
        sigmas: candidate deviations of the log background from one knot to the next.

    Example:
        >>> bg = build_background(400, {"truce": np.arange(400) < 90})
        >>> bg.X.shape[0], bg.names[:3]
        (400, ('level', 'truce', 'cos 1'))
    """
    t = np.arange(days)
    names, sd = ["level"], [1.0]  # the fit replaces the level's prior
    columns: list[FloatArray] = [np.ones(days)]
    for name, in_regime in (regimes or {}).items():
        indicator = np.asarray(in_regime, dtype=float)
        if 0 < indicator.mean() < 1:
            names.append(name)
            columns.append(indicator)
            sd.append(1.5)
    # With less than a year of data season and trend are not identified separately: the trend carries both.
    for h in range(1, harmonics + 1 if days >= YEAR else 1):
        for wave_name, wave in (("cos", np.cos), ("sin", np.sin)):
            names.append(f"{wave_name} {h}")
            columns.append(wave(2 * np.pi * h * t / YEAR))
            sd.append(SEASON_SD[min(h, len(SEASON_SD)) - 1])
    knots = np.linspace(0, days - 1, int(np.clip(days / gap, 2, 59)) + 1)
    hats = np.maximum(0, 1 - np.abs(t[:, None] - knots[None, :]) / (knots[1] - knots[0]))
    n, m = len(names), len(knots)
    steps = np.diff(np.eye(m), axis=0)
    precision = np.zeros((len(sigmas), n + m, n + m))
    for s, sigma in enumerate(sigmas):
        precision[s, :n, :n] = np.diag(1 / np.square(sd))
        # The trend sums to about zero, since `level` carries its mean.
        precision[s, n:, n:] = steps.T @ steps / sigma**2 + np.full((m, m), 100.0 / m**2) + 1e-4 * np.eye(m)
    X = np.column_stack([*columns, hats])
    return Background((*names, *(f"trend {i}" for i in range(m))), X, sigmas, precision)
