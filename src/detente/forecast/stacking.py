"""Weights of the members of a case's forecast, fitted by past scores (stacking).

At an origin, the past forecasts are those whose outcome is known by then. Weights of at least 0 that add up to 1 minimise the CRPS
of the logarithm and the ignorance of the mixture (`mixture_weights.py`), over all channels and horizons together. A few dozen origins
determine them poorly, so they are drawn towards equal weights, as if twelve more origins had spoken for these.

One set of weights serves all horizons and channels: a path then belongs to one member, and a probability cannot fall as
the horizon grows.

Source:
    Yao, Vehtari, Simpson and Gelman (2018), Bayesian Analysis 13, 917-1007.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from detente.core.arrays import FloatArray
from detente.forecast.members import MEMBERS
from detente.forecast.mixture_weights import fill_distances, fit_mixture_weights, share_in_bin

MIN_ORIGINS, EQUAL_ORIGINS = 12, 12
STACKED_DRAWS = 250  # of each member and case


@dataclass(frozen=True, slots=True)
class MemberWeights:
    """Weights of the members, which add up to 1.

    Fields:
        of: weight by member. origins: number of past origins with a known outcome. learned: False for equal weights, because
            these are too few. day: by which the outcomes were known.
    """

    of: dict[str, float]
    origins: int
    learned: bool
    day: date

    def paths(self, n: int) -> dict[str, int]:
        """Divide `n` paths among the members; the rounding goes to the largest.

        Example:
            >>> MemberWeights({"a": 0.251, "b": 0.749}, 20, True, date(2025, 1, 1)).paths(10)
            {'a': 3, 'b': 7}
        """
        out = {name: round(w * n) for name, w in self.of.items()}
        largest = max(self.of, key=lambda name: self.of[name])
        out[largest] += n - sum(out.values())
        return out


@dataclass(frozen=True, slots=True)
class PastForecast:
    """Members' draws from one origin, shape (target, draw) each, and the outcome as known later, shape (target,)."""

    origin: date
    draws: dict[str, FloatArray]
    came: FloatArray


def equal_weights(day: date, origins: int = 0) -> MemberWeights:
    """Give each member the same weight."""
    return MemberWeights(dict.fromkeys(MEMBERS, 1 / len(MEMBERS)), origins, False, day)


def stack_members(past: Sequence[PastForecast], day: date) -> MemberWeights:
    """Fit the weights to past forecasts whose outcome is known; equal weights with fewer than twelve origins.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> def draw(mean: float) -> FloatArray:
        ...     return rng.poisson(mean, (2, 300)).astype(float)
        >>> past = [PastForecast(date(2020 + i // 12, 1 + i % 12, 1), dict(zip(MEMBERS, map(draw, (3.0, 9.0, 9.5)))), np.array([3.0, 4.0]))
        ...         for i in range(36)]
        >>> w = stack_members(past, date(2024, 1, 1))
        >>> w.learned, bool(w.of[MEMBERS[0]] > 0.7)
        (True, True)
    """
    origins = len({p.origin for p in past})
    if origins < MIN_ORIGINS:
        return equal_weights(day, origins)
    x = np.concatenate([np.stack([p.draws[m][:, :STACKED_DRAWS] for m in MEMBERS], axis=1) for p in past])
    y = np.concatenate([p.came for p in past]).astype(float)
    cases, members, _ = x.shape
    near, apart = np.empty((cases, members)), np.empty((cases, members, members))
    fill_distances(np.log1p(np.sort(x, axis=2)), np.log1p(y), near, apart)
    fitted = fit_mixture_weights(near, apart, share_in_bin(x, y), np.ones(cases), draws=x.shape[2])
    w = (origins * fitted + EQUAL_ORIGINS / members) / (origins + EQUAL_ORIGINS)
    return MemberWeights(dict(zip(MEMBERS, map(float, w), strict=True)), origins, True, day)
