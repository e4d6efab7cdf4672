"""Fitting the model: given the past, channels are independent, and each is fitted alone (`posterior.py`)."""

import os
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.core.arrays import FloatArray
from detente.core.blas_threads import one_blas_thread
from detente.model.background import SIGMAS, Background, build_background
from detente.model.changepoints import ChangePoint, common_coverage, find_changepoints
from detente.model.errors import BadCounts, TooFewEvents
from detente.model.kernels import HALF_LIVES, branching_matrix, compute_memories
from detente.model.likelihood import ChannelData
from detente.model.posterior import ChannelPosterior, sample_posterior
from detente.model.prior import build_prior, response_prior

MIN_EVENTS = 30


class ChannelPosteriors(Sequence[ChannelPosterior]):
    """Posteriors of the channels of a fit. Given the past, channels are independent: each is sampled when first asked for.

    Each channel has its own generator, so what comes out depends neither on the order nor on the number of cores.

    Args:
        sample: samples channel k. n: number of channels.
    """

    def __init__(self, sample: Callable[[int], ChannelPosterior], n: int) -> None:
        self._sample, self._found, self._lock = sample, dict[int, ChannelPosterior](), Lock()
        self._n = n

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, at: int) -> ChannelPosterior: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[ChannelPosterior]: ...
    def __getitem__(self, at: int | slice) -> ChannelPosterior | Sequence[ChannelPosterior]:
        if isinstance(at, slice):
            return self.sample(range(*at.indices(self._n)))
        if not -self._n <= at < self._n:
            raise IndexError(at)
        found = self._found.get(at % self._n)
        return found if found is not None else self.sample([at % self._n])[0]

    def sample(self, which: Sequence[int] | None = None) -> tuple[ChannelPosterior, ...]:
        """Return the posteriors of some channels, or of all; those that are missing are sampled on all cores.

        Raises:
            DidNotConverge: carries the last point of Newton's method.
        """
        wanted = range(self._n) if which is None else which
        with self._lock:
            missing = [k for k in dict.fromkeys(wanted) if k not in self._found]
            if not missing:
                return tuple(self._found[k] for k in wanted)
            # Channels share the cores; matrices this small are 20 times slower if BLAS uses threads too.
            with one_blas_thread(), ThreadPoolExecutor(os.cpu_count()) as pool:
                self._found |= dict(zip(missing, pool.map(self._sample, missing), strict=True))
        return tuple(self._found[k] for k in wanted)


@dataclass(frozen=True)
class FittedModel:
    """The fitted model; all results are computed from it.

    Fields:
        channels: names, length c. half_lives: days, length m. y: counts, shape (day, c).
        coverage: of all channels together, 0 on days not observed, shape (day,). by_channel: of each, shape (day, c).
        of: posterior of each channel, sampled at first use. draws: from each. background: the columns.
        z: memories after the last day, shape (c * m,). Z: memories by day, shape (day, c * m).
        soft: of g, shape (c,). too_few: channels with under 30 events. events: per channel. steps: change points that no
        regime names, in order.
    """

    channels: tuple[str, ...]
    half_lives: tuple[float, ...]
    y: NDArray[np.int64]
    coverage: FloatArray
    of: Sequence[ChannelPosterior]
    draws: int
    background: Background
    z: FloatArray
    Z: FloatArray
    soft: FloatArray
    too_few: tuple[str, ...]
    events: NDArray[np.int64]
    by_channel: FloatArray
    steps: tuple[ChangePoint, ...] = ()

    def daily_responses_of(self, k: int) -> FloatArray:
        """Draws of the daily responses of channel k, shape (draw, j, m); samples that channel alone."""
        q, c, m = self.background.X.shape[1], len(self.channels), len(self.half_lives)
        return self.of[k].theta[:, q:-1].reshape(self.draws, c, m)

    @cached_property
    def R(self) -> FloatArray:  # noqa: N802 - the letter of the formulas
        """Draws of the daily responses, shape (draw, k, j, m)."""
        self.of[:]  # sampled together, on all cores
        return np.stack([self.daily_responses_of(k) for k in range(len(self.channels))], axis=1)

    @cached_property
    def W(self) -> FloatArray:  # noqa: N802 - the letter of the formulas
        """Draws of the branching matrix, shape (draw, k, j, m)."""
        return branching_matrix(self.R, self.half_lives)

    @cached_property
    def size(self) -> FloatArray:
        """Draws of the negative binomial's size, shape (draw, c)."""
        return np.stack([np.exp(np.clip(ch.theta[:, -1], -6, 12)) for ch in self.of[:]], axis=1)

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Channels whose draws did not converge."""
        return tuple(n for n, ch in zip(self.channels, self.of[:], strict=True) if not ch.settled)

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


def responses_beside(s: FittedModel, effects: Sequence[str], base: FittedModel) -> FloatArray:
    """Draws of the branching matrix with only some channels fitted anew: shape (draw, k, j, m).

    Same-day responses tie the channels: a row of W depends on the daily responses of all. Those of the other channels are taken from
    `base`, a fit of nearly the same data, which changes a row of W by a second-order amount.

    Args:
        s: a lazy fit with at most as many draws as `base`. effects: the channels whose rows are wanted; only these are sampled.

    Example:
        >>> from detente.model.synthetic import one_sided_response
        >>> w = one_sided_response(np.random.default_rng(3), events=500)
        >>> s = fit_model(w.y, channels=w.channels, rng=np.random.default_rng(0))
        >>> bool(np.allclose(responses_beside(s, ["b"], s), s.W))
        True
    """
    wanted = {s.channels.index(e) for e in effects}
    wanted |= {k for k, name in enumerate(s.channels) if name not in base.channels}
    if isinstance(s.of, ChannelPosteriors):
        s.of.sample(sorted(wanted))  # together, on all cores
    at = [base.channels.index(n) if n in base.channels else -1 for n in s.channels]
    R = np.zeros((s.draws, len(s.channels), len(s.channels), len(s.half_lives)))
    for k in range(len(s.channels)):
        if k in wanted:
            R[:, k] = s.daily_responses_of(k)
        else:
            known = [j for j, i in enumerate(at) if i >= 0]
            R[:, k, known] = base.R[: s.draws, at[k]][:, [at[j] for j in known]]
    return branching_matrix(R, s.half_lives)


def replace_responses(s: FittedModel, R: FloatArray, W: FloatArray | None = None) -> FittedModel:
    """Return the model with other draws of the responses, all else equal.

    Args:
        R: daily responses, shape (draw, k, j, m). W: branching matrix of the same shape, from R by default.

    Example:
        >>> from detente.model.synthetic import independent_actors
        >>> s = fit_model(independent_actors(np.random.default_rng(2)).y, rng=np.random.default_rng(0))
        >>> float(replace_responses(s, 0 * s.R).W.max())
        0.0
    """
    out = replace(s)
    # Set what the properties would compute from the posteriors.
    out.__dict__.update(R=R, W=branching_matrix(R, s.half_lives) if W is None else W)
    return out


def thin_draws(s: FittedModel, draws: int) -> FittedModel:
    """Keep evenly spaced draws: faster, with more simulation noise.

    Example:
        >>> from detente.model.synthetic import independent_actors
        >>> s = fit_model(independent_actors(np.random.default_rng(2)).y, rng=np.random.default_rng(0))
        >>> thin_draws(s, 50).W.shape[0], thin_draws(s, 9000).W.shape[0]
        (50, 500)
    """
    keep = np.linspace(0, s.draws - 1, min(draws, s.draws)).round().astype(int)
    return replace(s, of=tuple(replace(c, theta=c.theta[keep]) for c in s.of[:]), draws=len(keep))


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
    leave_out_unwatched: bool = False, look_for_upheavals: bool = True, lazy: bool = False,
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
        lazy: sample each channel when it is first used, with the same result; DidNotConverge is then raised at that use.

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

    generators = rng.spawn(len(names))

    def sample_channel(k: int) -> ChannelPosterior:
        y_k = counts[observed, k].astype(float)
        p = ChannelData(X, memories, y_k, efforts_observed[k], float(soft[k]))
        response = response_prior(response_sd, len(half_lives), len(names), own=k)
        return sample_posterior(p, build_prior(bg, *response, rate=float(rates[k])), generators[k], draws, names[k])

    posteriors = ChannelPosteriors(sample_channel, len(names))
    if not lazy:
        posteriors.sample()
    events = counts[observed].sum(axis=0)
    z_last = compute_memories(np.vstack([counts, counts[-1:]]), np.vstack([by_channel, by_channel[-1:]]), half_lives,
                    None if weight is None else np.vstack([weight, np.asarray(weight)[-1:]]))[-1]  # fmt: skip
    system = FittedModel(
        names, tuple(half_lives), counts, effort, posteriors, draws, bg, z_last, Z, soft,
        tuple(n for n, e in zip(names, events, strict=True) if e < MIN_EVENTS), events, by_channel, steps,
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
