r"""Probability integral transform: where in its forecast did each outcome fall?

    u = P(X < y) + v P(X = y),  v uniform on (0, 1)

If the forecasts are the truth, u is uniform, for counts too, since v spreads the probability of a single value
evenly. A heap at both ends: forecasts too narrow. A heap in the middle: too wide. A slope: too high or too low.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.forecast.scores.crps import validate_draws

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the transform shows.

    Fields:
        u: shape (case,). share: of cases by class of u, shape (class,); all 1 / classes if calibrated.
        held: level to the share of u inside the central interval of that level; the level itself if
            calibrated.
    """

    u: Array
    share: Array
    held: dict[float, float]


def pit(
    draws: ArrayLike,
    outcome: ArrayLike,
    rng: np.random.Generator,
    *,
    classes: int = 10,
    levels: tuple[float, ...] = (0.5, 0.8, 0.9),
) -> Calibration:
    """The randomised transform of each outcome, and how far from uniform it is.

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
    below, level = (x < y[:, None]).sum(axis=1), (x == y[:, None]).sum(axis=1)
    u = (below + rng.random(len(y)) * (level + 1)) / (x.shape[1] + 1)
    share = np.histogram(u, bins=classes, range=(0, 1))[0] / max(len(u), 1)
    held = {a: float((np.abs(u - 0.5) <= a / 2).mean()) for a in levels}
    return Calibration(u, share, held)
