r"""What would happen anyway: slow change, season and named regimes, for one channel.

    log b(t) = level + sum_h (a_h cos + c_h sin)(2 pi h t / year) + regimes(t) . r + trend(t)

The trend is piecewise linear between knots, and its steps from knot to knot are Gaussian with deviation sigma
(a penalised spline, RW1). Small sigma is a straight calm line, large sigma follows every month. Nobody knows
sigma, so none is chosen: the fit holds several, weighs each by its marginal likelihood and lets the
weights widen the intervals (`fit.py`). Knots stand no closer than 60 days, so that the fast answers
of days and weeks are not what the trend can mimic, and the trend is what a slow answer competes with.

The smallest sigma is not zero on purpose: no background of a real conflict stands still for years, and a
trend that may not move leaves its movements to be read as answers. The price is a response slightly too
small where nothing moves.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
YEAR = 365.25
SIGMAS = (0.05, 0.15, 0.4, 1.0)
SEASON_SD = (0.7, 0.3, 0.15)  # of the first, second and third harmonic, in logarithms


@dataclass(frozen=True, slots=True)
class Background:
    """The columns of log b and what is believed of their coefficients beforehand.

    Fields:
        names: of the columns. X: shape (day, column). sigmas: candidates, length s.
        precision: of the Gaussian prior for each candidate, shape (s, column, column); its mean is 0 except
            for the level's, which the fit sets.
    """

    names: tuple[str, ...]
    X: Array
    sigmas: tuple[float, ...]
    precision: Array


def build_background(
    days: int, regimes: dict[str, NDArray[np.bool_]] | None = None, *,
    harmonics: int = 3, gap: float = 60.0, sigmas: tuple[float, ...] = SIGMAS,
) -> Background:  # fmt: skip
    """The columns and priors for a window of `days` days.

    Args:
        days: length of the window. regimes: name to the days on which it held, shape (day,).
        harmonics: of the year; 0 for windows where no season is wanted. gap: least days between knots (at
            most 60 knots).
        sigmas: candidate deviations of the log background from one knot to the next.

    Example:
        >>> bg = build_background(400, {"truce": np.arange(400) < 90})
        >>> bg.X.shape[0], bg.names[:3]
        (400, ('level', 'truce', 'cos 1'))
    """
    t = np.arange(days)
    names, sd = ["level"], [1.0]  # the fit believes something of its own of the level
    columns: list[Array] = [np.ones(days)]
    for name, held in (regimes or {}).items():
        on = np.asarray(held, dtype=float)
        if 0 < on.mean() < 1:
            names.append(name)
            columns.append(on)
            sd.append(1.5)
    # Under a year of data a season cannot be told from a trend: the trend is left to carry both.
    for h in range(1, harmonics + 1 if days >= YEAR else 1):
        for word, wave in (("cos", np.cos), ("sin", np.sin)):
            names.append(f"{word} {h}")
            columns.append(wave(2 * np.pi * h * t / YEAR))
            sd.append(SEASON_SD[min(h, len(SEASON_SD)) - 1])
    knots = np.linspace(0, days - 1, int(np.clip(days / gap, 2, 59)) + 1)
    hats = np.maximum(0, 1 - np.abs(t[:, None] - knots[None, :]) / (knots[1] - knots[0]))
    n, m = len(names), len(knots)
    steps = np.diff(np.eye(m), axis=0)
    precision = np.zeros((len(sigmas), n + m, n + m))
    for s, sigma in enumerate(sigmas):
        precision[s, :n, :n] = np.diag(1 / np.square(sd))
        # The trend sums to about zero: its level is the level's business.
        precision[s, n:, n:] = steps.T @ steps / sigma**2 + np.full((m, m), 100.0 / m**2) + 1e-4 * np.eye(m)
    X = np.column_stack([*columns, hats])
    return Background((*names, *(f"trend {i}" for i in range(m))), X, sigmas, precision)
