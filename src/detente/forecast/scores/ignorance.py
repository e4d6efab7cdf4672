"""Ignorance score: surprise, in bits, at the bin of the outcome.

    IGN = - log2( (c_b + 1) / (n + B) )

with c_b of n draws in the outcome's bin and B bins. One is added to each bin, so that the score is finite and the
probabilities add up to 1. The bins are those of the VIEWS challenge: 0, 1–2, 3–5, 6–10, 11–25, 26–50, 51–100, 101–250,
251–500, 501–1,000, more.

The order of draws does not matter. The challenge brought a forecast with other than 1,000 draws to 1,000 by Fourier
resampling along the draws, so its score depended on their order. Here any number of draws is scored as it is. The
number still matters, since one is added whatever it is: compare forecasts with equal numbers of draws.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from detente.core.arrays import FloatArray
from detente.forecast.errors import BadForecast
from detente.forecast.scores.crps import validate_draws

VIEWS_BINS = (0, 0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5)
"""Lower edges; a bin holds its lower edge, and the last one everything above."""


def ignorance(
    draws: ArrayLike, outcome: ArrayLike, *, bins: Sequence[float] = VIEWS_BINS, challenge: bool = False
) -> FloatArray:
    """Compute the ignorance of each outcome in bits, shape (case,); smaller is better.

    Args:
        draws: shape (case, draw), in any order. outcome: shape (case,).
        bins: lower edges, rising; the last bin is open above.
        challenge: use (c + 2/3) / (n + 2/3), as the VIEWS challenge 2023/24 did. These do not add up to 1 over the
            bins: for comparison with its published tables only.

    Raises:
        BadForecast: unknown values, or values below the first edge.

    Source:
        Roulston and Smith (2002), Mon. Weather Rev. 130, 1653-1660; bins: Hegre et al. (2024),
        arXiv:2407.11045.

    Example:
        >>> ignorance([[0, 0, 0, 4]], [0]).round(4).tolist()    # (3 + 1) / (4 + 11)
        [1.9069]
    """
    x, y = validate_draws(draws, outcome)
    edges = np.asarray(bins, dtype=float)
    if x.size and min(x.min(), y.min()) < edges[0]:
        raise BadForecast("ignorance", f"a value lies below the first bin, {edges[0]:g}", "Widen the bins.")
    bin_of = np.searchsorted(edges, y, side="right") - 1
    low = edges[bin_of]
    high = np.append(edges[1:], np.inf)[bin_of]
    in_bin = ((x >= low[:, None]) & (x < high[:, None])).sum(axis=1)
    n = x.shape[1]
    p = (in_bin + 2 / 3) / (n + 2 / 3) if challenge else (in_bin + 1) / (n + len(edges))
    out: FloatArray = -np.log2(p)
    return out


def log_score(p: ArrayLike, happened: ArrayLike) -> FloatArray:
    """Minus the natural log of the probability of the outcome, shape as given; infinite for probability 0.

    Args:
        p: probability of the event. happened: 0 or 1.

    Example:
        >>> log_score([0.5, 0.9], [1, 0]).round(4).tolist()
        [0.6931, 2.3026]
    """
    q, o = np.asarray(p, dtype=float), np.asarray(happened, dtype=bool)
    with np.errstate(divide="ignore"):
        out: FloatArray = -np.log(np.where(o, q, 1 - q))
    return out
