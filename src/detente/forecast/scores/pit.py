"""Probability integral transform: position of each outcome in its forecast.

    u = P(X < y) + v P(X = y),  v uniform on (0, 1)

If the forecasts are true, u is uniform, for counts too, since v spreads ties evenly. Mass at both ends means that
forecasts are too narrow, mass in the middle too wide, a slope too high or too low.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from detente.core.arrays import FloatArray
from detente.forecast.scores.crps import validate_draws


@dataclass(frozen=True, slots=True)
class Calibration:
    """Distribution of the transform.

    Fields:
        u: shape (case,). share: of cases by class of u, shape (class,); all 1 / classes if calibrated.
        held: level to the share of u in the central interval of that level; equal to the level if calibrated.
    """

    u: FloatArray
    share: FloatArray
    held: dict[float, float]


def pit(
    draws: ArrayLike, outcome: ArrayLike, rng: np.random.Generator, *, classes: int = 10,
    levels: tuple[float, ...] = (0.5, 0.8, 0.9),
) -> Calibration:  # fmt: skip
    """Compute the randomised transform of each outcome and its distance from uniform.

    Among n draws the outcome takes one of n + 1 places, as one more draw would: so n draws from the truth
    give exactly uniform u.

    Source:
        Czado, Gneiting and Held (2009), Biometrics 65, 1254-1261.

    Example:
        >>> c = pit([[0, 0, 5, 9]] * 4, [3, 3, 3, 3], np.random.default_rng(0))
        >>> bool(((c.u > 0.4) & (c.u < 0.6)).all())    # above two of four draws: the third place of five
        True
    """
    x, y = validate_draws(draws, outcome)
    below, ties = (x < y[:, None]).sum(axis=1), (x == y[:, None]).sum(axis=1)
    u = (below + rng.random(len(y)) * (ties + 1)) / (x.shape[1] + 1)
    share = np.histogram(u, bins=classes, range=(0, 1))[0] / max(len(u), 1)
    held = {a: float((np.abs(u - 0.5) <= a / 2).mean()) for a in levels}
    return Calibration(u, share, held)
