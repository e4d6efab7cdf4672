"""How much less events that come in clusters tell than independent ones.

Exact limits assume independent events. Here events are grouped in blocks of days, and what varies between blocks more than
chance allows is a design effect or a dispersion: counts divided by it are used in the exact formulas. Blocks are longer than
a crisis, so that one crisis counts about once.

Sources: Kish (1965) for the design effect; McCullagh and Nelder (1989), section 4.5, for the dispersion; Cameron, Gelbach and
Miller (2008) for tests with few clusters.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

BLOCK_DAYS = 90


@dataclass(frozen=True, slots=True)
class ClusteredMean:
    """Mean of values in blocks, its standard error and degrees of freedom (blocks less one).

    `error` is NaN with fewer than two blocks.
    """

    value: float
    error: float
    freedom: int


def mean_by_blocks(values: ArrayLike, days: ArrayLike, *, block: int = BLOCK_DAYS) -> ClusteredMean:
    """Estimate a mean whose values depend on one another within blocks of days.

    Args:
        values: shape (n,). days: day number of each, shape (n,). block: length of a block in days.

    Example:
        >>> m = mean_by_blocks([1, 1, 0, 0], [0, 1, 100, 101])    # two blocks, each alike within
        >>> m.value, m.error, m.freedom
        (0.5, 0.5, 1)
    """
    x, group = np.asarray(values, dtype=float), np.asarray(days) // block
    mean, names = float(x.mean()), np.unique(group)
    sums = np.array([(x[group == b] - mean).sum() for b in names])
    g = len(names)
    error = float(np.sqrt(g / (g - 1) * (sums**2).sum()) / len(x)) if g > 1 else float("nan")
    return ClusteredMean(mean, error, g - 1)


def design_effect(hits: ArrayLike, days: ArrayLike, *, block: int = BLOCK_DAYS) -> float:
    """Variance of a share over that of independent occasions, at least 1.

    Where all or none were hits the data cannot say: each block then counts as one occasion.

    Example:
        >>> design_effect([1, 1, 0, 0], [0, 1, 100, 101]), design_effect([1, 1, 1], [0, 1, 200])
        (4.0, 1.5)
    """
    x = np.asarray(hits, dtype=float)
    m = mean_by_blocks(x, days, block=block)
    independent = m.value * (1 - m.value) / len(x)
    if not independent:
        return len(x) / (m.freedom + 1)
    return max(1.0, m.error**2 / independent) if m.freedom else float(len(x))


def dispersion(counts: ArrayLike, expected: ArrayLike, parameters: int) -> float:
    """Pearson's dispersion of counts by block about their expectation, at least 1.

    Args:
        counts, expected: shape (block,); blocks with expectation 0 are left out. parameters: estimated from the counts.

    Example:
        >>> dispersion([4, 0, 4, 0], [2, 2, 2, 2], 1)
        2.6666666666666665
    """
    c, e = np.asarray(counts, dtype=float), np.asarray(expected, dtype=float)
    used: NDArray[np.bool_] = e > 0
    freedom = int(used.sum()) - parameters
    return max(1.0, float(((c[used] - e[used]) ** 2 / e[used]).sum()) / freedom) if freedom > 0 else 1.0
