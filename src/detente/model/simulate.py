"""Simulation of many paths from one fitted model, compiled and on all cores.

Each path uses one draw of the parameters and proceeds day by day: mean g(coverage (b + sum R z)), a
negative-binomial count, then the memories are updated. Each path has its own random stream (splitmix64, seeded
from the generator given), so the same seed gives the same paths on any number of cores.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.core.arrays import FloatArray
from detente.core.jit import jit, parallel_jit, prange
from detente.model.fit import FittedModel
from detente.model.kernels import compute_memories, daily_response_matrix, same_day_share


@dataclass(frozen=True, slots=True)
class SimulatedPaths:
    """Simulated counts, shape (path, day, channel); `draw` is the parameter draw of each path: (path,)."""

    channels: tuple[str, ...]
    y: NDArray[np.int32]
    draw: NDArray[np.int64]

    def totals(self) -> NDArray[np.int64]:
        """Events per path and channel over the whole period."""
        out: NDArray[np.int64] = self.y.sum(axis=1, dtype=np.int64)
        return out


@jit
def _draw_uniform(state: NDArray[np.uint64]) -> float:
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    x = state[0]
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x = x ^ (x >> np.uint64(31))
    out: float = ((x >> np.uint64(11)) + 0.5) / 9007199254740992.0
    return out


@jit
def _draw_negative_binomial(mean: float, size: float, state: NDArray[np.uint64]) -> int:
    # Inversion, in pieces of mean 20 so that the first term never underflows.
    total, mean_left = 0, mean
    while mean_left > 0:
        part = min(mean_left, 20.0)
        r = size * part / mean
        mean_left -= part
        u, k = _draw_uniform(state), 0
        # The probability of 0 is at least 1 - part: most days are quiet, and need no logarithm.
        if u <= 1.0 - part:
            continue
        q = part / (r + part)
        p = np.exp(r * np.log1p(-q))
        while u > p and k < 10_000:
            u -= p
            p *= q * (r + k) / (k + 1)
            k += 1
        total += k
    return total


@parallel_jit
def _simulate_paths(
    base: FloatArray, coverage: FloatArray, R: FloatArray, size: FloatArray, rho: FloatArray, soft: FloatArray, z0: FloatArray,
    draw: NDArray[np.int64], seeds: NDArray[np.uint64], out: NDArray[np.int32],
) -> None:  # fmt: skip
    paths, days, c = out.shape
    m = len(rho)
    for i in prange(paths):
        state = np.empty(1, dtype=np.uint64)
        state[0] = seeds[i]
        d = draw[i]
        z, eta, answers = z0.copy(), np.empty(c), R[d]
        for t in range(days):
            eta[:] = base[d, t]
            for q in range(c * m):
                for k in range(c):
                    eta[k] += answers[q, k] * z[q]
            for k in range(c):
                x = eta[k] * coverage[t, k] / soft[k]
                mean = 0.0 if x < -30 else soft[k] * (max(x, 0.0) + np.log1p(np.exp(-abs(x))))
                out[i, t, k] = (
                    _draw_negative_binomial(min(mean, 1000.0), size[d, k], state) if coverage[t, k] > 0 else 0
                )
            for j in range(c):
                count = out[i, t, j] / coverage[t, j] if coverage[t, j] > 0 else z[j * m]
                for h in range(m):
                    z[j * m + h] = rho[h] * z[j * m + h] + (1 - rho[h]) * count


def simulate(
    base: FloatArray, R: FloatArray, size: FloatArray, half_lives: ArrayLike, soft: FloatArray, z: FloatArray,
    rng: np.random.Generator, *,
    paths: int = 10_000, coverage: ArrayLike | None = None, channels: tuple[str, ...] = (),
) -> SimulatedPaths:  # fmt: skip
    """Simulate paths of a model given by its draws.

    Args:
        base: background at coverage 1, shape (draw, day, c). R: shape (draw, k, j, m). size: shape (draw, c).
        soft: c of the smooth positive part, shape (c,). z: memories before the first day, shape (c * m,).
        coverage: of the simulated days, shape (day,) or (day, c); ones if None. Means are capped at 1,000 a day: beyond that a path has diverged.

    Example:
        >>> p = simulate(np.full((1, 50, 1), 2.0), np.zeros((1, 1, 1, 1)), np.full((1, 1), 1e4), [2.0],
        ...              np.array([0.01]), np.zeros(1), np.random.default_rng(0), paths=2000)
        >>> p.y.shape, bool(abs(p.y.mean() - 2) < 0.03)
        ((2000, 50, 1), True)
    """
    n, days, c = base.shape
    draw = rng.permutation(np.arange(paths) % n)
    out = np.empty((paths, days, c), dtype=np.int32)
    seeds = rng.integers(0, 2**63, paths, dtype=np.int64).astype(np.uint64)
    efforts = np.ones(days) if coverage is None else np.asarray(coverage, dtype=float)
    effort = np.ascontiguousarray(efforts if efforts.ndim == 2 else np.repeat(efforts[:, None], c, axis=1))
    rho = 0.5 ** (1 / np.asarray(half_lives, dtype=float))
    # The responding channel comes last in memory, so that the processor sums those of a day together.
    base, flat, size = (np.ascontiguousarray(a) for a in (base, R.reshape(n, c, -1).transpose(0, 2, 1), size))
    _simulate_paths(base, effort, flat, size, rho, soft, z.astype(float), draw, seeds, out)
    return SimulatedPaths(channels, out, draw)


def simulate_future(
    s: FittedModel, days: int, rng: np.random.Generator, *, paths: int = 10_000, year: float = 365.25
) -> SimulatedPaths:
    """Simulate the days after the last one, with the background of `extend_background`.

    Example:
        >>> from detente.model.fit import fit_model
        >>> from detente.model.synthetic import independent_actors
        >>> s = fit_model(independent_actors(np.random.default_rng(2)).y, rng=np.random.default_rng(0))
        >>> simulate_future(s, 30, np.random.default_rng(0), paths=100).y.shape
        (100, 30, 2)
    """
    base = extend_background(s, days, year=year)
    return simulate(base, s.R, s.size, s.half_lives, s.soft, s.z, rng, paths=paths, channels=s.channels)


def extend_background(s: FittedModel, days: int, *, year: float = 365.25) -> FloatArray:
    """Background of the days after the last one, with same-day responses, shape (draw, day, channel).

    Regimes and trend stay as on the last day; the season continues.
    """
    X = np.repeat(s.background.X[-1:], days, axis=0)
    t = len(s.y) + np.arange(days)
    for i, name in enumerate(s.background.names):
        if name[:4] in ("cos ", "sin "):
            wave = np.cos if name[:3] == "cos" else np.sin
            X[:, i] = wave(2 * np.pi * int(name[4:]) * t / year)
    p = X.shape[1]
    return np.stack([np.exp(np.clip(c.theta[:, :p] @ X.T, -30, 30)) for c in s.of], axis=-1)


def remove_same_day_response(s: FittedModel, base: FloatArray) -> FloatArray:
    """Background without same-day responses, shape as `base`: (draw, day, c)."""
    S = (s.W * same_day_share(s.half_lives)).sum(axis=-1)
    out: FloatArray = base @ (np.eye(len(s.channels)) - S).transpose(0, 2, 1)
    return out


def add_same_day_response(s: FittedModel, mu: FloatArray, W: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Base with same-day responses, and R, from the bare background and W."""
    cohort = np.linalg.inv(np.eye(len(s.channels)) - (W * same_day_share(s.half_lives)).sum(axis=-1))
    return mu @ cohort.transpose(0, 2, 1), daily_response_matrix(W, s.half_lives)


def simulate_past(
    s: FittedModel, rng: np.random.Generator, *, first: int = 0, without: tuple[tuple[str, str], ...] = (),
    paths: int = 2_000,
) -> SimulatedPaths:  # fmt: skip
    """Simulate the days from `first` on with some responses removed, same-day ones included: a counterfactual past.

    Args:
        without: pairs (j, k): k does not respond to j. Empty: the past as fitted, for comparison.
    """
    W = s.W.copy()
    for j, k in without:
        W[:, s.channels.index(k), s.channels.index(j)] = 0.0
    base, R = add_same_day_response(s, remove_same_day_response(s, s.base()[:, first:]), W)
    z = compute_memories(s.y, s.by_channel, s.half_lives)[first]
    coverage = s.by_channel[first:]
    return simulate(base, R, s.size, s.half_lives, s.soft, z, rng, paths=paths, coverage=coverage, channels=s.channels)
