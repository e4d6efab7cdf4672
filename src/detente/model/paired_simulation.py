"""Days lived twice with the same luck: once as fitted, and once more under levers or without some channels.

Living them as fitted is half of the work and the same for every lever, so it is done once (`Unlevered`) and every change is made
to that. See `interventions.py` for what a lever is and how a difference is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from detente.core.jit import parallel_jit
from detente.model.fit import FittedModel
from detente.model.intervention_spec import STATE_FORCE_CHANNELS, BadIntervention, Intervention
from detente.model.kernels import compute_memories
from detente.model.simulate import (
    SimulatedPaths,
    add_same_day_response,
    extend_background,
    remove_same_day_response,
    simulate,
)

Array = NDArray[np.float64]
DAYS_PER_MONTH = 30.0
HOSTILE_CHANNELS = ("attack", "operation", "strike", "clash", "pressure", "defiance")


@dataclass(frozen=True, slots=True)
class BaselinePaths:
    """Days lived as fitted, once, so that many levers can be pulled on the same draws and the same luck.

    Fields:
        system: the fit. base: background with same-day company, (draw, day, c); mu: without it. z: memories before the
            first day. density: of the days, or None for ones. paths: as lived. luck: state of the generator before they were.
        each: deaths per event, bootstrapped, (draw, c), or None where no tolls were given.
    """

    system: FittedModel
    base: Array
    mu: Array
    z: Array
    coverage: Array | None
    paths: SimulatedPaths
    luck: Mapping[str, Any]
    each: Array | None


@dataclass(frozen=True, slots=True)
class PairedPaths:
    """The same days lived twice, path by path: as fitted and otherwise, and what the assumption changes by itself by
    day, shape (path, day, c)."""

    plain: SimulatedPaths
    changed: SimulatedPaths
    direct: Array


def simulate_baseline(
    s: FittedModel, days: int, rng: np.random.Generator, *, paths: int = 2_000, tolls: Mapping[str, Array] | None = None
) -> BaselinePaths:
    """The next days as fitted, ready for levers (`pulled`)."""
    return _build_baseline(s, extend_background(s, days), s.z, None, rng, paths, tolls)


def simulate_past_baseline(
    s: FittedModel,
    first: int,
    rng: np.random.Generator,
    *,
    paths: int = 2_000,
    tolls: Mapping[str, Array] | None = None,
) -> BaselinePaths:
    """The days from `first` on as fitted, ready to be lived without some channels (`removed`)."""
    z = compute_memories(s.y, s.coverage, s.half_lives)[first]
    return _build_baseline(s, s.base()[:, first:], z, s.coverage[first:], rng, paths, tolls)


def _build_baseline(
    s: FittedModel, base: Array, z: Array, coverage: Array | None, rng: np.random.Generator, paths: int,
    tolls: Mapping[str, Array] | None,
) -> BaselinePaths:  # fmt: skip
    luck = rng.bit_generator.state
    plain = _simulate_model(s, base, s.R, rng, paths, z, coverage)
    each = _bootstrap_deaths(s, tolls, len(s.W), rng) if tolls else None
    return BaselinePaths(s, base, remove_same_day_response(s, base), z, coverage, plain, luck, each)


def check_interventions(s: FittedModel, changes: Sequence[Intervention]) -> None:
    """Refuse levers on channels that the record does not hold.

    Raises:
        BadLever: there is one.
    """
    for x in changes:
        missing = [c for c in x.kind.channels if c not in s.channels]
        if missing:
            raise BadIntervention(x.text, f"the record holds no event of {' or '.join(missing)}", "Pull another lever.")


def with_interventions(u: BaselinePaths, changes: Sequence[Intervention]) -> PairedPaths:
    """The same days once more with the levers.

    Raises:
        BadLever: a lever moves a channel that the system does not know.
    """
    s = u.system
    check_interventions(s, changes)
    mu, W = u.mu.copy(), s.W.copy()
    for x in changes:
        _apply_intervention(s, x, mu, W)
    direct = np.zeros(u.paths.y.shape)
    for x in changes:
        direct += _direct_effect(u, x)
    return PairedPaths(u.paths, _resimulate(u, *add_same_day_response(s, mu, W)), direct)


def without_channels(u: BaselinePaths, without: Sequence[str]) -> PairedPaths:
    """The same days once more without any event of some channels."""
    s, mu, W, direct = u.system, u.mu.copy(), u.system.W.copy(), np.zeros(u.paths.y.shape)
    gone = [s.channels.index(name) for name in without]
    for k in gone:
        mu[:, :, k], W[:, k] = 0.0, 0.0
        direct[:, :, k] = -u.paths.y[:, :, k]
    base, R = add_same_day_response(s, mu, W)
    # The smooth positive part is not 0 at 0: only far below it is.
    base[:, :, gone], R[:, gone] = -1e9, 0.0
    return PairedPaths(u.paths, _resimulate(u, base, R), direct)


def _resimulate(u: BaselinePaths, base: Array, R: Array) -> SimulatedPaths:
    rng = np.random.Generator(getattr(np.random, u.luck["bit_generator"])())
    rng.bit_generator.state = u.luck  # the same draws and the same luck on every path
    return _simulate_model(u.system, base, R, rng, len(u.paths.y), u.z, u.coverage)


def _simulate_model(
    s: FittedModel, base: Array, R: Array, rng: np.random.Generator, paths: int, z: Array, coverage: Array | None
) -> SimulatedPaths:
    return simulate(base, R, s.size, s.half_lives, s.soft, z, rng, paths=paths, coverage=coverage, channels=s.channels)


def _apply_intervention(s: FittedModel, x: Intervention, mu: Array, W: Array) -> None:
    at = s.channels.index
    match x.kind.key:
        case "dialogue" | "joint":
            mu[:, :, at(x.kind.channels[0])] += x.value / DAYS_PER_MONTH
        case "border":
            mu[:, :, at("attack")] *= x.value
            W[:, at("attack")] *= x.value
        case _:
            for k, j in _list_scaled_responses(s, x):
                W[:, k, j] *= x.value


def _list_scaled_responses(s: FittedModel, x: Intervention) -> list[tuple[int, int]]:
    """Answers that a lever multiplies: (answering, answered)."""
    pairs = (
        [("defiance", "pressure")]
        if x.kind.key == "delink"
        else [(k, j) for k in STATE_FORCE_CHANNELS for j in HOSTILE_CHANNELS]
    )
    return [(s.channels.index(k), s.channels.index(j)) for k, j in pairs if j in s.channels]


def _direct_effect(u: BaselinePaths, x: Intervention) -> Array:
    """The change by day that the assumption makes by itself on the path without it, shape (path, day, c).

    For answers that are multiplied it is the change of the day's mean, all memories staying as they were.
    """
    s, plain = u.system, u.paths
    out, at = np.zeros(plain.y.shape), s.channels.index
    if x.kind.monthly:
        out[:, :, at(x.kind.channels[0])] = x.value / DAYS_PER_MONTH
    elif x.kind.key == "border":
        out[:, :, at("attack")] = (x.value - 1) * plain.y[:, :, at("attack")]
    else:
        rho, W = 0.5 ** (1 / np.array(s.half_lives)), s.W.copy()
        for k, j in _list_scaled_responses(s, x):
            W[:, k, j] *= x.value
        damped_base, damped = add_same_day_response(s, u.mu, W)
        busy = np.array(sorted({k for k, _ in _list_scaled_responses(s, x)}))
        n, c = len(s.W), len(s.channels)
        _mean_differences(
            plain.y, plain.draw, np.ascontiguousarray(u.base[:, :, busy]), np.ascontiguousarray(damped_base[:, :, busy]),
            np.ascontiguousarray(s.R[:, busy].reshape(n, len(busy), -1)),
            np.ascontiguousarray(damped[:, busy].reshape(n, len(busy), -1)), s.soft, busy, rho, u.z.reshape(c, -1).ravel(), out,
        )  # fmt: skip
    return out


@parallel_jit
def _mean_differences(
    y: NDArray[np.int32], draw: NDArray[np.int64], base: Array, damped_base: Array, R: Array, damped: Array, soft: Array,
    busy: NDArray[np.int64], rho: Array, z0: Array, out: Array,
) -> None:  # fmt: skip
    """The damped mean less the plain one of every busy channel, day by day along the path as it was lived."""
    paths, days, c = y.shape
    m = len(rho)
    for i in prange(paths):
        d, z = draw[i], z0.copy()
        for t in range(days):
            for b in range(len(busy)):
                was, now = base[d, t, b], damped_base[d, t, b]
                for q in range(c * m):
                    was += R[d, b, q] * z[q]
                    now += damped[d, b, q] * z[q]
                soft_b = soft[busy[b]]
                x, w = now / soft_b, was / soft_b
                out[i, t, busy[b]] = soft_b * (
                    max(x, 0.0) + np.log1p(np.exp(-abs(x))) - max(w, 0.0) - np.log1p(np.exp(-abs(w)))
                )
            for j in range(c):
                for h in range(m):
                    z[j * m + h] = rho[h] * z[j * m + h] + (1 - rho[h]) * y[i, t, j]


def _bootstrap_deaths(s: FittedModel, tolls: Mapping[str, Array], draws: int, rng: np.random.Generator) -> Array:
    """Deaths per event of each channel, bootstrapped, shape (draw, c); 0 for channels without any figure."""
    out = np.zeros((draws, len(s.channels)))
    for name, told in tolls.items():
        if name in s.channels and len(told):
            i = rng.integers(len(told), size=(draws, len(told)))
            low, high = np.asarray(told, dtype=float).T
            out[:, s.channels.index(name)] = (low[i] + (high - low)[i] * rng.random(i.shape)).mean(axis=1)
    return out
