"""Summaries of a fitted model: responses, criticality, half-life of a crisis.

    direct(n)[k, j] = sum_m W[k, j, m] (s_m + (1 - s_m)(1 - 2^(-n / h_m)))   children of one event of j
    total[k, j] = ((I - W)^-1 - I)[k, j]                                      with their descendants, in the limit

Both count the event's own day, on which the share s_m of the children falls (`kernels.py`), and the n days after it;
`total_responses` follows the daily recursion. Criticality is the largest real part of an eigenvalue of W: with signed
responses and exponential kernels a linear process grows only if it exceeds 1, while an eigenvalue of -1.2 makes the response
alternate and die out. It is 0 where no eigenvalue has a positive real part. All
summaries are computed draw by draw, so the intervals cover the posterior uncertainty of background smoothness, other
responses and dispersion.
"""

from dataclasses import dataclass

import numpy as np

from detente.core.arrays import FloatArray
from detente.model.fit import FittedModel
from detente.model.kernels import same_day_share, share_within


@dataclass(frozen=True, slots=True)
class Responses:
    """Responses of k to one event of j within `days` days; arrays have shape (k, j).

    Fields:
        mean, low, high: expected additional events of k, and their interval at `level`.
        positive: probability that the response is above 0.
    """

    channels: tuple[str, ...]
    days: float
    level: float
    mean: FloatArray
    low: FloatArray
    high: FloatArray
    positive: FloatArray


@dataclass(frozen=True, slots=True)
class PosteriorInterval:
    """Posterior median and interval at `level`; `high` may be infinite."""

    median: float
    low: float
    high: float
    level: float


def direct_responses(s: FittedModel, days: float = 30.0, *, level: float = 0.9) -> Responses:
    """Direct responses: the children of one event, without their descendants.

    Example:
        >>> from detente.model.fit import fit_model
        >>> from detente.model.synthetic import one_sided_response
        >>> w = one_sided_response(np.random.default_rng(3), events=2000)
        >>> r = direct_responses(fit_model(w.y, rng=np.random.default_rng(0)))
        >>> bool(r.low[1, 0] > 0), bool(r.low[0, 1] > 0)    # b responds to a, not a to b
        (True, False)
    """
    return _summarise_responses(s, direct_draws(s, days), days, level)


def direct_draws(s: FittedModel, days: float) -> FloatArray:
    """Direct responses draw by draw, shape (draw, k, j)."""
    out: FloatArray = s.W @ share_within(s.half_lives, days)
    return out


def total_responses(s: FittedModel, days: int = 30, *, level: float = 0.9) -> Responses:
    """Total responses: everything that one event of j sets off within `days` days, directly and indirectly.

    The smooth positive part is taken as the identity, so a strong negative response holds for a busy day.
    """
    return _summarise_responses(s, impulse_response(s, days).sum(axis=1) - np.eye(len(s.channels)), days, level)


def impulse_response(s: FittedModel, days: int) -> FloatArray:
    """Expected events of k on each day after one event of j, that event included: shape (draw, day, k, j).

    Day 0 is the day of the event.
    """
    half = np.array(s.half_lives)
    rho, share, c = 0.5 ** (1 / half), same_day_share(half), len(s.channels)
    out = np.empty((s.draws, days + 1, c, c))
    out[:, 0] = np.linalg.inv(np.eye(c) - (s.W * share).sum(axis=-1))
    memory = np.zeros((s.draws, c, c, len(half)))
    for d in range(days):
        memory = rho * memory + (1 - rho) * out[:, d, :, :, None]
        out[:, d + 1] = np.einsum("nklm,nljm->nkj", s.R, memory, optimize=True)
    return out


def criticality(s: FittedModel, *, level: float = 0.9) -> PosteriorInterval:
    """Events set off by one event, all rounds together; from 1 on, the process is self-sustaining."""
    return _summarise_draws(largest_growth(s.W.sum(axis=-1)), level)


def largest_growth(W: FloatArray) -> FloatArray:
    """Largest real part of an eigenvalue of each matrix, at least 0: shape (draw,) from (draw, c, c).

    Source:
        With a common kernel exp(-beta t) beta, an eigenvalue v of W gives the exponent beta (v - 1), which grows if the real
        part of v exceeds 1. For W without negative entries it is the spectral radius (Perron and Frobenius).

    Example:
        >>> largest_growth(np.array([[[0.2, 0.0], [0.0, -1.5]], [[0.0, 0.5], [0.5, 0.0]]])).round(9).tolist()
        [0.2, 0.5]
    """
    out: FloatArray = np.maximum(np.linalg.eigvals(W).real.max(axis=-1), 0.0)
    return out


def crisis_half_life(s: FittedModel, *, days: int = 365, level: float = 0.9) -> PosteriorInterval:
    """Days until the response to a crisis stays below half its level on the first day after.

    The crisis is a burst of events in the observed mix; the response on day d is `impulse_response` summed over channels.
    Infinite if criticality is 1 or more, or the response outlasts `days`. Draws with a negative response are left
    out; if all are, the result is NaN.
    """
    mix = s.events / s.events.sum()
    response = np.einsum("ndkj,j->nd", impulse_response(s, days)[:, 1:], mix)
    above = response >= 0.5 * response[:, :1]
    last = days - above[:, ::-1].argmax(axis=1)
    runaway = (largest_growth(s.W.sum(axis=-1)) >= 1) | (last == days)
    half_lives = np.where(runaway, np.inf, last)[runaway | (response[:, 0] > 0)]
    return _summarise_draws(half_lives, level) if len(half_lives) else PosteriorInterval(np.nan, np.nan, np.nan, level)


def _summarise_responses(s: FittedModel, draws: FloatArray, days: float, level: float) -> Responses:
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Responses(s.channels, days, level, draws.mean(axis=0), low, high, (draws > 0).mean(axis=0))


def _summarise_draws(draws: FloatArray, level: float) -> PosteriorInterval:
    low, median, high = np.quantile(draws, [(1 - level) / 2, 0.5, (1 + level) / 2], method="nearest")
    return PosteriorInterval(float(median), float(low), float(high), level)
