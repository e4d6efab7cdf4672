r"""Learning the system: penalised likelihood, Laplace posterior over several smoothnesses, and a check of it.

Given the past, channels separate: each is one problem of its own (`likelihood.py`). For each candidate
smoothness sigma the mode is found by Newton's method and the posterior taken as Gaussian there; candidates
are mixed by their Laplace marginal likelihood (uniform beforehand). Draws from the mixture are weighted by
posterior / mixture, with Pareto smoothing. Where Pareto k is at most 0.7 and the weights are worth at least
a quarter of the draws, the draws are resampled by these weights; elsewhere they are left as they are. A
channel whose k is over 0.7 stands in `System.doubtful`.

Prior: responses R are Gaussian about 0, with deviation 0.3 for the first memory, 0.07 and 0.01 for the
next. What is slow is held tight: an answer that comes over months looks like a background that moves
over months, and two strangers under one unnamed upheaval would seem to answer each other. With 0.15 and
0.03 they did in two of five cases (`docs/replications/system_provocation.md` has the present figure).
log r is Gaussian about 2 with deviation 1.5.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve, solve_triangular
from threadpoolctl import threadpool_limits

from detente.system.background import SIGMAS, Background, background
from detente.system.faults import BadCounts, DidNotConverge, TooFewEvents
from detente.system.likelihood import Problem, log_likelihoods, log_posterior
from detente.system.pareto import smoothed
from detente.system.response import HALF_LIVES, branching, memories

Array = NDArray[np.float64]
FEW, ENOUGH_K, ENOUGH_SHARE = 30, 0.7, 4
SIZE_MEAN, SIZE_SD = 2.0, 1.5


@dataclass(frozen=True, slots=True)
class Mode:
    """One channel at one smoothness: the mode, the Cholesky factor of the negative Hessian, the evidence."""

    theta: Array
    factor: Array
    evidence: float


@dataclass(frozen=True, slots=True)
class Channel:
    """What was learned of one channel.

    Fields:
        theta: draws of (beta, R, log r), shape (draw, n). best: mean of the modes by weight, shape (n,).
        weights: of the candidate smoothnesses. pareto_k: of the importance weights. resampled: were they
            used?
        problem: the data as the likelihood saw them. modes: one for each smoothness.
    """

    theta: Array
    best: Array
    weights: Array
    pareto_k: float
    resampled: bool
    problem: Problem
    modes: tuple[Mode, ...]


@dataclass(frozen=True, slots=True)
class System:
    """The fitted whole; every answer is computed from it.

    Fields:
        channels: names, length c. half_lives: days, length m. y: counts, shape (day, c). density: shape
            (day,).
        R: draws of the day-by-day responses, shape (draw, k, j, m). W: draws of the branching matrix by
            memory, same shape.
        size: draws of the negative binomial's size, shape (draw, c). of: what was learned of each channel.
        background: the columns. z: memories after the last day, shape (c * m,). soft: of g, shape (c,).
        too_few: channels with under 30 events. doubtful: channels whose Pareto k is over 0.7.
        events: per channel.
    """

    channels: tuple[str, ...]
    half_lives: tuple[float, ...]
    y: NDArray[np.int64]
    density: Array
    R: Array
    W: Array
    size: Array
    of: tuple[Channel, ...]
    background: Background
    z: Array
    Z: Array
    soft: Array
    too_few: tuple[str, ...]
    doubtful: tuple[str, ...]
    events: NDArray[np.int64]

    def base(self, draws: slice | NDArray[np.int64] = slice(None)) -> Array:
        """Background per day at density 1, with its same-day company: shape (draw, day, channel)."""
        k = self.background.X.shape[1]
        b = [np.exp(np.clip(c.theta[draws, :k] @ self.background.X.T, -30, 30)) for c in self.of]
        return np.stack(b, axis=-1)

    def mean(self) -> Array:
        """Expected counts of each day given the days before, at the best parameters: shape (day, channel)."""
        k, out = self.background.X.shape[1], np.empty(self.y.shape)
        for i, c in enumerate(self.of):
            eta = self.density * (np.exp(np.clip(self.background.X @ c.best[:k], -30, 30)) + self.Z @ c.best[k:-1])
            out[:, i] = positive(eta, self.soft[i])
        return out


def positive(x: Array, soft: ArrayLike) -> Array:
    """The smooth positive part g(x) = c log(1 + exp(x / c)).

    Example:
        >>> positive(np.array([-1.0, 1.0]), 0.1).round(4).tolist()
        [0.0, 1.0]
    """
    out: Array = np.asarray(soft) * np.logaddexp(0, x / np.asarray(soft))
    return out


def mode(p: Problem, precision: Array, start: Array, channel: str, *, steps: int = 80) -> Mode:
    """Newton's method with halving; the expected Hessian stands in where the observed one fails."""
    theta, move = start.copy(), np.inf
    value, gradient, observed, expected = log_posterior(p, theta, precision)
    for _ in range(steps):
        try:
            step = cho_solve(cho_factor(observed), gradient)
        except LinAlgError:
            step = cho_solve(cho_factor(expected), gradient)
        move, size = float(gradient @ step), 1.0
        if abs(move) < 1e-5:
            break
        while size > 1e-6:
            tried = log_posterior(p, theta + size * step, precision)
            if np.isfinite(tried[0]) and tried[0] > value - 1e-9:
                break
            size /= 2
        else:
            break
        theta = theta + size * step
        value, gradient, observed, expected = tried
    if abs(move) > 0.1:
        raise DidNotConverge(channel, steps, theta)
    try:
        factor: Array = np.linalg.cholesky(observed).astype(float)
    except LinAlgError:
        factor = np.linalg.cholesky(expected).astype(float)
    half_logdet_prior = 0.5 * np.linalg.slogdet(precision)[1]
    return Mode(theta, factor, value + half_logdet_prior - float(np.log(np.diag(factor)).sum()))


def fit(
    y: ArrayLike, density: ArrayLike | None = None, regimes: dict[str, NDArray[np.bool_]] | None = None, *,
    rng: np.random.Generator, channels: Sequence[str] = (), half_lives: Sequence[float] = HALF_LIVES,
    harmonics: int = 3, draws: int = 500, weight: ArrayLike | None = None,
    sigmas: tuple[float, ...] = SIGMAS, response_sd: Sequence[float] | float | None = None,
    leave_out_unwatched: bool = False,
) -> System:  # fmt: skip
    """Learn the system from daily counts.

    Args:
        y: counts, whole numbers, shape (day, channel). density: collection effort, 0 where nobody watched,
            shape (day,); all ones if not given. Days of density 0 are left out of the likelihood (see
            `memories` for the past).
        regimes: name to the days on which it held. channels: names. half_lives: of the memories, days.
        draws: from the posterior. weight: marks, mean weight of a day's events, shape (day, channel).
        response_sd: the prior's deviation of R, by memory. 0 switches responses off (background only).
        leave_out_unwatched: forget events on days of density 0 instead of refusing them.

    Raises:
        BadCounts: NaN, negative or fractional counts; events on days of density 0; a channel without
            events; fewer watched days than the longest half-life.
        DidNotConverge: carries the last estimate.

    Warns:
        TooFewEvents: a channel has under 30 events; the system is returned and carried by the warning.

    Example:
        >>> from detente.system.worlds import one_sided
        >>> w = one_sided(np.random.default_rng(3), events=2000)
        >>> s = fit(w.y, channels=w.channels, rng=np.random.default_rng(0))
        >>> bool((s.W.sum(axis=-1)[:, 1, 0] > 0).mean() > 0.99)    # b answers a
        True
    """
    counts, effort = (
        np.asarray(y),
        np.asarray(np.ones(len(np.asarray(y))) if density is None else density, dtype=float),
    )
    names = tuple(channels) or tuple(f"channel {i}" for i in range(counts.shape[1]))
    if leave_out_unwatched:
        counts = np.where((effort > 0)[:, None], counts, 0)
    _refuse(counts, effort, names, max(half_lives))
    Z = memories(counts, effort, half_lives, weight)
    bg = background(len(counts), regimes, harmonics=harmonics, sigmas=sigmas)
    watched = effort > 0
    sd = _prior_sd(response_sd, len(half_lives))
    of, soft = [], np.empty(len(names))
    for k, name in enumerate(names):
        rate = counts[watched, k].sum() / effort[watched].sum()
        soft[k] = 0.1 * counts[watched, k].mean()
        p = Problem(bg.X[watched], Z[watched], counts[watched, k].astype(float), effort[watched], soft[k],
                    _centre(bg.X, Z, rate))  # fmt: skip
        # Matrices this small are 20 times slower when BLAS shares them between cores.
        with threadpool_limits(1, user_api="blas"):
            of.append(_solve(p, bg, np.tile(sd, len(names)), rng, draws, name))
    q, c, m = bg.X.shape[1], len(names), len(half_lives)
    R = np.stack([ch.theta[:, q:-1].reshape(draws, c, m) for ch in of], axis=1)
    size = np.stack([np.exp(np.clip(ch.theta[:, -1], -6, 12)) for ch in of], axis=1)
    events = counts[watched].sum(axis=0)
    last = memories(np.vstack([counts, counts[-1:]]), np.append(effort, effort[-1]), half_lives,
                    None if weight is None else np.vstack([weight, np.asarray(weight)[-1:]]))[-1]  # fmt: skip
    system = System(
        names, tuple(half_lives), counts, effort, R, branching(R, half_lives), size, tuple(of), bg, last, Z,
        soft,
        tuple(n for n, e in zip(names, events, strict=True) if e < FEW),
        tuple(n for n, ch in zip(names, of, strict=True) if ch.pareto_k > ENOUGH_K), events,
    )  # fmt: skip
    if system.too_few:
        warnings.warn(TooFewEvents(system.too_few, FEW, system), stacklevel=2)
    return system


def _prior_sd(response_sd: Sequence[float] | float | None, m: int) -> Array:
    if response_sd is None:
        return np.array([0.3, 0.07, 0.01, *([0.01] * m)])[:m]
    sd: Array = np.maximum(np.broadcast_to(np.asarray(response_sd, dtype=float), (m,)), 1e-6)
    return sd


def _centre(X: Array, Z: Array, rate: float) -> Array:
    mean = np.zeros(X.shape[1] + Z.shape[1] + 1)
    mean[0], mean[-1] = np.log(0.7 * rate), SIZE_MEAN
    return mean


def _solve(p: Problem, bg: Background, sd: Array, rng: np.random.Generator, draws: int, name: str) -> Channel:
    k = p.X.shape[1]
    modes, precisions, start = [], [], p.mean
    for inner in bg.precision:
        precision = np.zeros((len(p.mean), len(p.mean)))
        precision[:k, :k] = inner
        precision[k:-1, k:-1] = np.diag(1 / sd**2)
        precision[-1, -1] = 1 / SIZE_SD**2
        modes.append(mode(p, precision, start, name))
        precisions.append(precision)
        start = modes[-1].theta
    evidence = np.array([m.evidence for m in modes])
    weights = np.exp(evidence - evidence.max())
    weights /= weights.sum()
    which = rng.choice(len(modes), size=draws, p=weights)
    noise = rng.standard_normal((draws, len(p.mean)))
    theta = np.empty_like(noise)
    for s, m in enumerate(modes):
        rows = which == s
        theta[rows] = m.theta + solve_triangular(m.factor.T, noise[rows].T, lower=False).T
    prior, proposal = np.full((len(modes), draws), -np.inf), np.full((len(modes), draws), -np.inf)
    for s, (m, precision) in enumerate(zip(modes, precisions, strict=True)):
        off = theta - p.mean
        prior[s] = 0.5 * np.linalg.slogdet(precision)[1] - 0.5 * np.einsum(
            "di,ij,dj->d", off, precision, off, optimize=True
        )
        apart = (theta - m.theta) @ m.factor
        with np.errstate(divide="ignore"):
            proposal[s] = np.log(weights[s]) + np.log(np.diag(m.factor)).sum() - 0.5 * (apart**2).sum(axis=1)
    ratio = log_likelihoods(p, theta) + np.logaddexp.reduce(prior) - np.logaddexp.reduce(proposal)
    importance, pareto_k = smoothed(ratio)
    # A few draws copied many times would make an interval out of accidents, whatever k says of the tail.
    good = pareto_k <= ENOUGH_K and 1 / float((importance**2).sum()) >= draws / ENOUGH_SHARE
    if good:
        # Systematic resampling: one uniform number, so that equal weights give every draw back once.
        edges = (np.arange(draws) + rng.random()) / draws
        theta = theta[np.minimum(np.searchsorted(np.cumsum(importance), edges), draws - 1)]
        theta = theta[rng.permutation(draws)]
    best = np.einsum("s,si->i", weights, np.array([m.theta for m in modes]))
    return Channel(theta, best, weights, pareto_k, good, p, tuple(modes))


def _refuse(y: NDArray[np.int64], density: Array, names: tuple[str, ...], longest: float) -> None:
    if y.ndim != 2 or density.shape != (len(y),) or len(names) != y.shape[1]:
        raise BadCounts(names, "y needs shape (day, channel), density (day,), and one name per channel")
    if not np.isfinite(y).all() or (y < 0).any() or (y != np.floor(y)).any():
        bad = [
            n
            for n, c in zip(names, y.T, strict=True)
            if not np.isfinite(c).all() or (c < 0).any() or (c % 1 != 0).any()
        ]
        raise BadCounts(bad, "counts must be whole numbers of at least 0; an unknown day is density 0, not NaN")
    if not np.isfinite(density).all() or (density < 0).any():
        raise BadCounts(names, "density must be a number of at least 0 on every day")
    if (y[density == 0] > 0).any():
        bad = [n for n, c in zip(names, y[density == 0].T, strict=True) if c.sum()]
        raise BadCounts(bad, "there are events on days that nobody watched (density 0); "
                             "drop these events or state the days' density")  # fmt: skip
    if (density > 0).sum() < max(longest, 30):
        raise BadCounts(names, f"{int((density > 0).sum())} watched days are fewer than the longest "
                               f"half-life, {longest:g} days; take more days")  # fmt: skip
    silent = [n for n, c in zip(names, y.T, strict=True) if c.sum() == 0]
    if silent:
        raise BadCounts(silent, "no events at all, so nothing can be learned of them; leave them out")
