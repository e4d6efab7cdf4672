r"""What the fitted system says: who answers whom, how near to running away, how long a crisis lasts.

    direct(n)[k, j] = sum_m W[k, j, m] (1 - 2^(-n / h_m))          children of one event of j within n days
    total[k, j] = ((I - W)^-1 - I)[k, j]                             with children's children, in the end

`total(n)` follows the day-by-day recursion from the event's day, its same-day company included, for n days.
Every answer is computed draw by draw, so an interval holds all that the posterior does not know:
smoothness of the background, other responses, the spread of counts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.model.fit import FittedModel
from detente.model.kernels import same_day_share

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Responses:
    """How many more events of k follow one event of j within `days` days; arrays have shape (k, j).

    Fields:
        mean, low, high: expected events, and the interval that should hold the truth at `level`.
        positive: probability that the response is above 0.
    """

    channels: tuple[str, ...]
    days: float
    level: float
    mean: Array
    low: Array
    high: Array
    positive: Array


@dataclass(frozen=True, slots=True)
class PosteriorInterval:
    """A number with its interval at `level`; `high` may be infinite."""

    median: float
    low: float
    high: float
    level: float


def direct_responses(s: FittedModel, days: float = 30.0, *, level: float = 0.9) -> Responses:
    """Direct responses: the children of one event, not theirs in turn.

    Example:
        >>> from detente.model.fit import fit_model
        >>> from detente.model.synthetic import one_sided_response
        >>> w = one_sided_response(np.random.default_rng(3), events=2000)
        >>> r = direct_responses(fit_model(w.y, rng=np.random.default_rng(0)))
        >>> bool(r.low[1, 0] > 0), bool(r.low[0, 1] > 0)    # b answers a; a does not answer b
        (True, False)
    """
    share = 1 - 0.5 ** (days / np.array(s.half_lives))
    return _summarise_responses(s, (s.W * share).sum(axis=-1), days, level)


def total_responses(s: FittedModel, days: int = 30, *, level: float = 0.9) -> Responses:
    """Responses through the whole chain: what one event of j sets off, and what that sets off, within
    `days` days.

    The smooth positive part is taken as the identity, so a strong negative answer is the answer on a busy
    day.
    """
    return _summarise_responses(s, impulse_response(s, days).sum(axis=1) - np.eye(len(s.channels)), days, level)


def impulse_response(s: FittedModel, days: int) -> Array:
    """Expected events of k on each day after one event of j, that event included: shape (draw, day, k, j).

    Day 0 is the event's own day.
    """
    half = np.array(s.half_lives)
    rho, share, c = 0.5 ** (1 / half), same_day_share(half), len(s.channels)
    out = np.empty((len(s.W), days + 1, c, c))
    out[:, 0] = np.linalg.inv(np.eye(c) - (s.W * share).sum(axis=-1))
    memory = np.zeros((len(s.W), c, c, len(half)))
    for d in range(days):
        memory = rho * memory + (1 - rho) * out[:, d, :, :, None]
        out[:, d + 1] = np.einsum("nklm,nljm->nkj", s.R, memory, optimize=True)
    return out


def criticality(s: FittedModel, *, level: float = 0.9) -> PosteriorInterval:
    """The largest modulus of an eigenvalue of W; at 1 and over, crises feed themselves."""
    return _summarise_draws(np.abs(np.linalg.eigvals(s.W.sum(axis=-1))).max(axis=-1), level)


def crisis_half_life(s: FittedModel, *, days: int = 365, level: float = 0.9) -> PosteriorInterval:
    """Days until the echo of a crisis has fallen for good under half of what it was on the day after.

    The crisis is a burst of events in the mix seen in the data; its echo on day d is what `impulse`
    expects, over all channels. Infinite where criticality is 1 or more or the echo outlasts `days`; draws
    in which fewer events than usual follow are left out, and where all are, the answer is not a number.
    """
    mix = s.events / s.events.sum()
    echo = np.einsum("ndkj,j->nd", impulse_response(s, days)[:, 1:], mix)
    above = echo >= 0.5 * echo[:, :1]
    last = days - above[:, ::-1].argmax(axis=1)
    runaway = (np.abs(np.linalg.eigvals(s.W.sum(axis=-1))).max(axis=-1) >= 1) | (last == days)
    answers = np.where(runaway, np.inf, last)[runaway | (echo[:, 0] > 0)]
    return _summarise_draws(answers, level) if len(answers) else PosteriorInterval(np.nan, np.nan, np.nan, level)


def _summarise_responses(s: FittedModel, draws: Array, days: float, level: float) -> Responses:
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Responses(s.channels, days, level, draws.mean(axis=0), low, high, (draws > 0).mean(axis=0))


def _summarise_draws(draws: Array, level: float) -> PosteriorInterval:
    low, median, high = np.quantile(draws, [(1 - level) / 2, 0.5, (1 + level) / 2], method="nearest")
    return PosteriorInterval(float(median), float(low), float(high), level)
