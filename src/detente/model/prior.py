"""Prior of one channel's parameters.

    beta, R, log r ~ sum_s share_s N(mean, precision_s^-1),

one Gaussian for each smoothness sigma_s of the background (`background.py`), with equal shares.

- Responses to other channels: mean 0, deviation 0.3 for the first memory, 0.07 and 0.01 for the next. Slow responses
  are held tight, since a response over months looks like a background that moves over months.
- A channel's response to itself: mean 0.3, deviation 0.2 at the first memory. Events of one kind come in bursts, and
  a flexible background absorbs part of a burst.
- Level of the background: mean 1.5 times the channel's mean rate, deviation 1 in logarithms. No background is expected to be so
  high: a low level leaves season and trend more freedom, so the posterior leans to low levels with many responses, and the
  mean leans the other way. With a deviation of 0.5, as until version 1, a channel that sets itself off could not have the low
  background that it needs: the memory of a steady neighbour served as a negative constant, and the neighbour seemed to
  prevent. With more than 1 responses that are not there grow. The lead check, not this prior, keeps false responses out.
- log r: mean 2, deviation 1.5.

The values were chosen from a dozen settings on 15 to 60 synthetic worlds each; `docs/replications/` reports the results on
other worlds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.core.arrays import FloatArray
from detente.model.background import Background

SIZE_MEAN, SIZE_SD = 2.0, 1.5  # of log r
RESPONSE_SD = (0.3, 0.07, 0.01)
SELF_RESPONSE_MEAN, SELF_RESPONSE_SD = 0.3, 0.2  # of a channel to itself, first memory
LEVEL_TO_RATE, LEVEL_SD = 1.5, 1.0  # level of the background: multiple of the rate, deviation of its log


@dataclass(frozen=True, slots=True)
class Prior:
    """A mixture of Gaussians with one mean.

    Fields:
        mean: shape (n,). precisions: shape (s, n, n). log_shares: of the mixture, shape (s,).
        half_log_dets: half the logarithm of each precision's determinant, shape (s,).
    """

    mean: FloatArray
    precisions: FloatArray
    log_shares: FloatArray
    half_log_dets: FloatArray

    def log_density(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Log density without n log(2 pi) / 2, and its gradient: shapes (draw,) and (draw, n) from (draw, n)."""
        off = theta - self.mean
        pulls = np.array([off @ q for q in self.precisions])
        each = (self.log_shares + self.half_log_dets)[:, None] - 0.5 * (pulls * off).sum(axis=-1)
        top = each.max(axis=0)
        share = np.exp(each - top)
        sums = share.sum(axis=0)
        return top + np.log(sums), -np.einsum("sd,sdi->di", share / sums, pulls)


def build_prior(bg: Background, response_mean: FloatArray, response_sd: FloatArray, rate: float) -> Prior:
    """Build the prior of one channel.

    Args:
        bg: columns of the background. response_mean, response_sd: shape (q,), from `response_prior`.
        rate: events per observed day at coverage 1.

    Example:
        >>> from detente.model.background import build_background
        >>> prior = build_prior(build_background(400), *response_prior(None, 3, 2, own=0), rate=0.5)
        >>> prior.precisions.shape, round(float(np.exp(prior.log_shares).sum()), 9)
        ((4, 21, 21), 1.0)
    """
    k, q, s = bg.X.shape[1], len(response_sd), len(bg.sigmas)
    precisions = np.zeros((s, k + q + 1, k + q + 1))
    precisions[:, :k, :k] = bg.precision
    precisions[:, 0, 0] = 1 / LEVEL_SD**2
    precisions[:, k:-1, k:-1] = np.diag(1 / response_sd**2)
    precisions[:, -1, -1] = 1 / SIZE_SD**2
    mean = np.concatenate([[np.log(LEVEL_TO_RATE * rate)], np.zeros(k - 1), response_mean, [SIZE_MEAN]])
    return Prior(mean, precisions, np.full(s, -np.log(s)), 0.5 * np.linalg.slogdet(precisions)[1])


def response_prior(
    asked: Sequence[float] | float | None, memories: int, channels: int, own: int
) -> tuple[FloatArray, FloatArray]:
    """Return prior mean and deviation of a channel's responses, by channel and memory, each of shape (q,).

    Args:
        asked: deviation by memory, about 0, for all responses; None for the default prior. 0 becomes 1e-6, which
            leaves no response. own: index of the responding channel.

    Example:
        >>> [x.tolist() for x in response_prior(None, 2, 2, own=1)]
        [[0.0, 0.0, 0.3, 0.0], [0.3, 0.07, 0.2, 0.07]]
        >>> [x.tolist() for x in response_prior(0.5, 1, 2, own=1)]
        [[0.0, 0.0], [0.5, 0.5]]
    """
    mean = np.zeros((channels, memories))
    if asked is not None:
        each = np.maximum(np.broadcast_to(np.asarray(asked, dtype=float), (memories,)), 1e-6)
        return mean.ravel(), np.tile(each, channels)
    sd = np.tile(np.array([*RESPONSE_SD, *(RESPONSE_SD[-1:] * memories)])[:memories], (channels, 1))
    mean[own, 0], sd[own, 0] = SELF_RESPONSE_MEAN, SELF_RESPONSE_SD
    return mean.ravel(), sd.ravel()
