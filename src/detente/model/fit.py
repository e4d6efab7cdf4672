"""Fitting the model: given the past, channels are independent, and each is fitted alone (`posterior.py`)."""

import os
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from detente.core.arrays import FloatArray
from detente.model.background import SIGMAS, Background, build_background
from detente.model.changepoints import ChangePoint, common_coverage, find_changepoints
from detente.model.errors import BadCounts, TooFewEvents
from detente.model.kernels import HALF_LIVES, branching_matrix, compute_memories
from detente.model.likelihood import ChannelData
from detente.model.posterior import ChannelPosterior, sample_posterior
from detente.model.prior import build_prior, response_prior

MIN_EVENTS = 30


@dataclass(frozen=True, slots=True)
class FittedModel:
    """The fitted model; all results are computed from it.

    Fields:
        channels: names, length c. half_lives: days, length m. y: counts, shape (day, c).
        coverage: of all channels together, 0 on days not observed, shape (day,). by_channel: of each, shape (day, c).
        R: draws of the daily responses, shape (draw, k, j, m). W: draws of the branching matrix, same shape.
        size: draws of the negative binomial's size, shape (draw, c). of: posterior of each channel.
        background: the columns. z: memories after the last day, shape (c * m,). Z: memories by day, shape (day, c * m).
        soft: of g, shape (c,). too_few: channels with under 30 events. doubtful: channels whose draws did not converge.
        events: per channel. steps: change points that no regime names, in order.
    """

    channels: tuple[str, ...]
    half_lives: tuple[float, ...]
    y: NDArray[np.int64]
    coverage: FloatArray
    R: FloatArray
    W: FloatArray
    size: FloatArray
    of: tuple[ChannelPosterior, ...]
    background: Background
    z: FloatArray
    Z: FloatArray
    soft: FloatArray
    too_few: tuple[str, ...]
    doubtful: tuple[str, ...]
    events: NDArray[np.int64]
    by_channel: FloatArray
    steps: tuple[ChangePoint, ...] = ()

    def base(self, draws: slice | NDArray[np.int64] = slice(None)) -> FloatArray:
        """Background per day at coverage 1, with same-day responses: shape (draw, day, channel)."""
        k = self.background.X.shape[1]
        b = [np.exp(np.clip(c.theta[draws, :k] @ self.background.X.T, -30, 30)) for c in self.of]
        return np.stack(b, axis=-1)

    def mean(self) -> FloatArray:
        """Expected counts of each day given the days before, at the posterior mean: shape (day, channel)."""
        k, out = self.background.X.shape[1], np.empty(self.y.shape)
        for i, c in enumerate(self.of):
            eta = self.by_channel[:, i] * (
                np.exp(np.clip(self.background.X @ c.best[:k], -30, 30)) + self.Z @ c.best[k:-1]
            )
            out[:, i] = softplus(eta, self.soft[i])
        return out


def thin_draws(s: FittedModel, draws: int) -> FittedModel:
    """Keep evenly spaced draws: faster, with more simulation noise.

    Example:
        >>> from detente.model.synthetic import independent_actors
        >>> s = fit_model(independent_actors(np.random.default_rng(2)).y, rng=np.random.default_rng(0))
        >>> thin_draws(s, 50).W.shape[0], thin_draws(s, 9000).W.shape[0]
        (50, 500)
    """
    keep = np.linspace(0, len(s.W) - 1, min(draws, len(s.W))).round().astype(int)
    of = tuple(replace(c, theta=c.theta[keep]) for c in s.of)
    return replace(s, R=s.R[keep], W=s.W[keep], size=s.size[keep], of=of)


def softplus(x: FloatArray, soft: ArrayLike) -> FloatArray:
    """Compute the smooth positive part g(x) = c log(1 + exp(x / c)).

    Example:
        >>> softplus(np.array([-1.0, 1.0]), 0.1).round(4).tolist()
        [0.0, 1.0]
    """
    out: FloatArray = np.asarray(soft) * np.logaddexp(0, x / np.asarray(soft))
    return out


def fit_model(
    y: ArrayLike, coverage: ArrayLike | None = None, regimes: dict[str, NDArray[np.bool_]] | None = None, *,
    rng: np.random.Generator, channels: Sequence[str] = (), half_lives: Sequence[float] = HALF_LIVES,
    harmonics: int = 3, draws: int = 500, weight: ArrayLike | None = None,
    sigmas: tuple[float, ...] = SIGMAS, response_sd: Sequence[float] | float | None = None,
    leave_out_unwatched: bool = False, look_for_upheavals: bool = True,
) -> FittedModel:  # fmt: skip
    """Fit the model to daily counts.

    Args:
        y: counts, whole numbers, shape (day, channel). coverage: reporting coverage, 0 on days not observed, shape
            (day,), or (day, channel) where kinds differ; a day is observed for all channels or for none. Ones if None. Days of coverage 0 are left out of the likelihood (`compute_memories` for the past).
        regimes: name to the days in it. channels: names. half_lives: of the memories, days.
        draws: from the posterior. weight: marks, mean weight of a day's events, shape (day, channel).
        response_sd: prior deviation of R about 0, by memory; None for the default prior (`prior.py`).
            0 switches responses off (background only).
        leave_out_unwatched: drop events on days of coverage 0 instead of rejecting them.
        look_for_upheavals: include change points that no regime names (`changepoints.py`).

    Raises:
        BadCounts: NaN, negative or fractional counts; events on days of coverage 0; a channel without events; fewer
            observed days than the longest half-life.
        DidNotConverge: carries the last estimate.

    Warns:
        TooFewEvents: a channel has under 30 events; the model is returned and carried by the warning.

    Example:
        >>> from detente.model.synthetic import one_sided_response
        >>> w = one_sided_response(np.random.default_rng(3), events=2000)
        >>> s = fit_model(w.y, channels=w.channels, rng=np.random.default_rng(0))
        >>> bool((s.W.sum(axis=-1)[:, 1, 0] > 0).mean() > 0.99)    # b responds to a
        True
    """
    counts = np.asarray(y)
    efforts = np.ones(len(counts)) if coverage is None else np.asarray(coverage, dtype=float)
    names = tuple(channels) or tuple(f"channel {i}" for i in range(counts.shape[1]))
    if leave_out_unwatched:
        counts = np.where(efforts > 0 if efforts.ndim == 2 else (efforts > 0)[:, None], counts, 0)
    _check_counts(counts, efforts, names, max(half_lives))
    by_channel = efforts if efforts.ndim == 2 else np.repeat(efforts[:, None], counts.shape[1], axis=1)
    effort = efforts if efforts.ndim == 1 else common_coverage(counts, efforts)
    Z = compute_memories(counts, by_channel, half_lives, weight)
    bg = build_background(len(counts), regimes, harmonics=harmonics, sigmas=sigmas)
    steps = find_changepoints(counts, effort, bg) if look_for_upheavals else ()
    if steps:
        level_shifts = {f"step on day {s.day}": np.arange(len(counts)) >= s.day for s in steps}
        bg = build_background(len(counts), {**(regimes or {}), **level_shifts}, harmonics=harmonics, sigmas=sigmas)
    observed = effort > 0
    soft = 0.1 * counts[observed].mean(axis=0)
    rates = counts[observed].sum(axis=0) / by_channel[observed].sum(axis=0)
    X, memories, efforts_observed = bg.X[observed], Z[observed], np.ascontiguousarray(by_channel[observed].T)

    def fit_channel(k: int, rng: np.random.Generator) -> ChannelPosterior:
        y_k = counts[observed, k].astype(float)
        p = ChannelData(X, memories, y_k, efforts_observed[k], float(soft[k]))
        response = response_prior(response_sd, len(half_lives), len(names), own=k)
        return sample_posterior(p, build_prior(bg, *response, rate=float(rates[k])), rng, draws, names[k])

    # Channels share the cores; matrices this small are 20 times slower if BLAS uses threads too. Each channel has its
    # own generator, so the result does not depend on the number of cores.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
        posteriors = list(pool.map(fit_channel, range(len(names)), rng.spawn(len(names))))
    q, c, m = bg.X.shape[1], len(names), len(half_lives)
    R = np.stack([ch.theta[:, q:-1].reshape(draws, c, m) for ch in posteriors], axis=1)
    size = np.stack([np.exp(np.clip(ch.theta[:, -1], -6, 12)) for ch in posteriors], axis=1)
    events = counts[observed].sum(axis=0)
    z_last = compute_memories(np.vstack([counts, counts[-1:]]), np.vstack([by_channel, by_channel[-1:]]), half_lives,
                    None if weight is None else np.vstack([weight, np.asarray(weight)[-1:]]))[-1]  # fmt: skip
    system = FittedModel(
        names, tuple(half_lives), counts, effort, R, branching_matrix(R, half_lives), size, tuple(posteriors), bg, z_last, Z,
        soft, tuple(n for n, e in zip(names, events, strict=True) if e < MIN_EVENTS),
        tuple(n for n, ch in zip(names, posteriors, strict=True) if not ch.settled), events, by_channel, steps,
    )  # fmt: skip
    if system.too_few:
        warnings.warn(TooFewEvents(system.too_few, MIN_EVENTS, system), stacklevel=2)
    return system


def _check_counts(y: NDArray[np.int64], coverage: FloatArray, names: tuple[str, ...], longest: float) -> None:
    if y.ndim != 2 or coverage.shape not in ((len(y),), y.shape) or len(names) != y.shape[1]:
        raise BadCounts(
            names, "y needs shape (day, channel), coverage (day,) or (day, channel), and one name per channel"
        )
    if not np.isfinite(y).all() or (y < 0).any() or (y != np.floor(y)).any():
        bad = [
            n
            for n, c in zip(names, y.T, strict=True)
            if not np.isfinite(c).all() or (c < 0).any() or (c % 1 != 0).any()
        ]
        raise BadCounts(bad, "counts must be whole numbers of at least 0. Give a day without data coverage 0, not NaN")
    if not np.isfinite(coverage).all() or (coverage < 0).any():
        raise BadCounts(names, "coverage must be a number of at least 0 on every day")
    if coverage.ndim == 2:
        if ((coverage > 0).any(axis=1) != (coverage > 0).all(axis=1)).any():
            raise BadCounts(
                names, "a day must have coverage for all channels or for none. Give a small one, or none at all"
            )
        coverage = coverage.max(axis=1)
    if (y[coverage == 0] > 0).any():
        bad = [n for n, c in zip(names, y[coverage == 0].T, strict=True) if c.sum()]
        raise BadCounts(bad, "there are events on days of coverage 0. "
                             "Drop these events or state the days' coverage")  # fmt: skip
    if (coverage > 0).sum() < max(longest, 30):
        raise BadCounts(names, f"{int((coverage > 0).sum())} covered days are fewer than the longest "
                               f"half-life, {longest:g} days. Take more days")  # fmt: skip
    empty = [n for n, c in zip(names, y.T, strict=True) if c.sum() == 0]
    if empty:
        raise BadCounts(empty, "there are no events. Leave these channels out")
