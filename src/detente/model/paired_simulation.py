"""Paired simulation with common random numbers: as fitted, and under policy options or without some channels.

The baseline is half of the work and the same for every change, so it is simulated once (`BaselinePaths`). See
`interventions.py` for the policy options and the meaning of a difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.core.jit import parallel_jit, prange
from detente.model.fit import FittedModel, replace_responses
from detente.model.intervention_spec import STATE_FORCE_CHANNELS, BadIntervention, Intervention
from detente.model.kernels import compute_memories
from detente.model.lead_check import lead_checked_pairs
from detente.model.simulate import (
    SimulatedPaths,
    add_same_day_response,
    extend_background,
    remove_same_day_response,
    simulate,
)

HOSTILE_CHANNELS = ("attack", "operation", "strike", "clash", "pressure", "defiance")


@dataclass(frozen=True, slots=True)
class BaselinePaths:
    """Paths as fitted, simulated once, so that many changes can be applied to the same draws and random numbers.

    Fields:
        system: the fit. base: background with same-day responses, (draw, day, c); mu: without them. z: memories before the
            first day. coverage: of the days, (day, c), or None for ones. paths: as fitted. luck: state of the generator before them.
        each: deaths per event, bootstrapped, (draw, c), or None if no `tolls` were given.
        checked: the same for a model that keeps only responses that pass the lead check, or None.
    """

    system: FittedModel
    base: FloatArray
    mu: FloatArray
    z: FloatArray
    coverage: FloatArray | None
    paths: SimulatedPaths
    luck: Mapping[str, Any]
    each: FloatArray | None
    checked: "BaselinePaths | None" = None


@dataclass(frozen=True, slots=True)
class PairedPaths:
    """Paths without and with the change, and the direct effect of the assumption by day, shape (path, day, c).

    `checked` are the same for the model that keeps only responses that pass the lead check, or None.
    """

    plain: SimulatedPaths
    changed: SimulatedPaths
    direct: FloatArray
    checked: "PairedPaths | None" = None


def simulate_baseline(
    s: FittedModel,
    days: int,
    rng: np.random.Generator,
    *,
    paths: int = 2_000,
    tolls: Mapping[str, FloatArray] | None = None,
) -> BaselinePaths:
    """Simulate the next days as fitted, for `with_interventions`."""
    return _build_baseline(s, extend_background(s, days), s.z, None, rng, paths, tolls)


def simulate_past_baseline(
    s: FittedModel, first: int, rng: np.random.Generator, *, paths: int = 2_000,
    tolls: Mapping[str, FloatArray] | None = None,
) -> BaselinePaths:  # fmt: skip
    """Simulate the days from `first` on as fitted, for `without_channels`."""
    z = compute_memories(s.y, s.by_channel, s.half_lives)[first]
    return _build_baseline(s, s.base()[:, first:], z, s.by_channel[first:], rng, paths, tolls)


def _build_baseline(
    s: FittedModel, base: FloatArray, z: FloatArray, coverage: FloatArray | None, rng: np.random.Generator, paths: int,
    tolls: Mapping[str, FloatArray] | None,
) -> BaselinePaths:  # fmt: skip
    luck, mu = rng.bit_generator.state, remove_same_day_response(s, base)
    plain = _simulate_model(s, base, s.R, rng, paths, z, coverage)
    each = _bootstrap_deaths(s, tolls, s.draws, rng) if tolls else None
    u = BaselinePaths(s, base, mu, z, coverage, plain, luck, each)
    return replace(u, checked=_keep_checked_responses(u))


def _keep_checked_responses(u: BaselinePaths) -> BaselinePaths:
    """Simulate the same days without the responses that fail the lead check.

    Such a response becomes background at the mean rate of its cause, so that the level of the future stays about the same. A
    channel's response to itself is kept.
    """
    s = u.system
    keep = lead_checked_pairs(s) | np.eye(len(s.channels), dtype=bool)
    observed = s.coverage > 0
    rate = s.y[observed].sum(axis=0) / s.by_channel[observed].sum(axis=0)
    dropped = np.where(keep[:, :, None], 0.0, s.W).sum(axis=-1) @ rate
    mu, W = u.mu + dropped[:, None, :], np.where(keep[:, :, None], s.W, 0.0)
    base, R = add_same_day_response(s, mu, W)
    v = replace(u, system=replace_responses(s, R, W), base=base, mu=mu)
    return replace(v, paths=_resimulate(v, base, R))


def check_interventions(s: FittedModel, changes: Sequence[Intervention]) -> None:
    """Check that the model has the channels of all policy options.

    Raises:
        BadIntervention: it lacks one.
    """
    for x in changes:
        missing = [c for c in x.kind.channels if c not in s.channels]
        if missing:
            raise BadIntervention(
                x.text, f"the record holds no event of {' or '.join(missing)}", "Choose another policy option."
            )


def with_interventions(u: BaselinePaths, changes: Sequence[Intervention]) -> PairedPaths:
    """Simulate the same days again with policy options.

    Raises:
        BadIntervention: an option changes a channel that the model lacks.
    """
    s = u.system
    check_interventions(s, changes)
    mu, W = u.mu.copy(), s.W.copy()
    for x in changes:
        _apply_intervention(s, x, mu, W)
    direct = np.zeros(u.paths.y.shape)
    for x in changes:
        direct += _direct_effect(u, x)
    checked = with_interventions(u.checked, changes) if u.checked else None
    return PairedPaths(u.paths, _resimulate(u, *add_same_day_response(s, mu, W)), direct, checked)


def without_channels(u: BaselinePaths, without: Sequence[str]) -> PairedPaths:
    """Simulate the same days again without the events of some channels."""
    s, mu, W, direct = u.system, u.mu.copy(), u.system.W.copy(), np.zeros(u.paths.y.shape)
    removed = [s.channels.index(name) for name in without]
    for k in removed:
        mu[:, :, k], W[:, k] = 0.0, 0.0
        direct[:, :, k] = -u.paths.y[:, :, k]
    base, R = add_same_day_response(s, mu, W)
    # The smooth positive part is 0 only far below 0.
    base[:, :, removed], R[:, removed] = -1e9, 0.0
    checked = without_channels(u.checked, without) if u.checked else None
    return PairedPaths(u.paths, _resimulate(u, base, R), direct, checked)


def _resimulate(u: BaselinePaths, base: FloatArray, R: FloatArray) -> SimulatedPaths:
    rng = np.random.Generator(getattr(np.random, u.luck["bit_generator"])())
    rng.bit_generator.state = u.luck  # common random numbers on every path
    return _simulate_model(u.system, base, R, rng, len(u.paths.y), u.z, u.coverage)


def _simulate_model(
    s: FittedModel,
    base: FloatArray,
    R: FloatArray,
    rng: np.random.Generator,
    paths: int,
    z: FloatArray,
    coverage: FloatArray | None,
) -> SimulatedPaths:
    return simulate(base, R, s.size, s.half_lives, s.soft, z, rng, paths=paths, coverage=coverage, channels=s.channels)


def _apply_intervention(s: FittedModel, x: Intervention, mu: FloatArray, W: FloatArray) -> None:
    at = s.channels.index
    match x.kind.key:
        case "border":
            mu[:, :, at("attack")] *= x.value
            W[:, at("attack")] *= x.value
        case _:
            for k, j in _list_scaled_responses(s, x):
                W[:, k, j] *= x.value


def _list_scaled_responses(s: FittedModel, x: Intervention) -> list[tuple[int, int]]:
    """List the responses that an option multiplies, as (responding channel, channel responded to)."""
    pairs = [("defiance", "pressure")]
    if x.kind.key != "delink":
        pairs = [(k, j) for k in STATE_FORCE_CHANNELS for j in HOSTILE_CHANNELS]
    return [(s.channels.index(k), s.channels.index(j)) for k, j in pairs if j in s.channels]


def _direct_effect(u: BaselinePaths, x: Intervention) -> FloatArray:
    """Compute the direct effect by day on the path without the change, shape (path, day, c).

    For multiplied responses it is the change of the day's mean with all memories held fixed.
    """
    s, plain = u.system, u.paths
    out, at = np.zeros(plain.y.shape), s.channels.index
    if x.kind.key == "border":
        out[:, :, at("attack")] = (x.value - 1) * plain.y[:, :, at("attack")]
    else:
        rho, W = 0.5 ** (1 / np.array(s.half_lives)), s.W.copy()
        for k, j in _list_scaled_responses(s, x):
            W[:, k, j] *= x.value
        damped_base, damped = add_same_day_response(s, u.mu, W)
        busy = np.array(sorted({k for k, _ in _list_scaled_responses(s, x)}))
        n, c = s.draws, len(s.channels)
        _mean_differences(
            plain.y, plain.draw, np.ascontiguousarray(u.base[:, :, busy]), np.ascontiguousarray(damped_base[:, :, busy]),
            np.ascontiguousarray(s.R[:, busy].reshape(n, len(busy), -1)),
            np.ascontiguousarray(damped[:, busy].reshape(n, len(busy), -1)), s.soft, busy, rho, u.z.reshape(c, -1).ravel(), out,
        )  # fmt: skip
    return out


@parallel_jit
def _mean_differences(
    y: NDArray[np.int32], draw: NDArray[np.int64], base: FloatArray, damped_base: FloatArray, R: FloatArray, damped: FloatArray, soft: FloatArray,
    busy: NDArray[np.int64], rho: FloatArray, z0: FloatArray, out: FloatArray,
) -> None:  # fmt: skip
    """Change of the mean of every busy channel, day by day along the path without the change."""
    paths, days, c = y.shape
    m = len(rho)
    for i in prange(paths):
        d, z = draw[i], z0.copy()
        for t in range(days):
            for b in range(len(busy)):
                eta, damped_eta = base[d, t, b], damped_base[d, t, b]
                for q in range(c * m):
                    eta += R[d, b, q] * z[q]
                    damped_eta += damped[d, b, q] * z[q]
                soft_b = soft[busy[b]]
                x, x0 = damped_eta / soft_b, eta / soft_b
                out[i, t, busy[b]] = soft_b * (
                    max(x, 0.0) + np.log1p(np.exp(-abs(x))) - max(x0, 0.0) - np.log1p(np.exp(-abs(x0)))
                )
            for j in range(c):
                for h in range(m):
                    z[j * m + h] = rho[h] * z[j * m + h] + (1 - rho[h]) * y[i, t, j]


def _bootstrap_deaths(
    s: FittedModel, tolls: Mapping[str, FloatArray], draws: int, rng: np.random.Generator
) -> FloatArray:
    """Bootstrap deaths per event by channel, shape (draw, c); 0 for channels without reported figures."""
    out = np.zeros((draws, len(s.channels)))
    for name, figures in tolls.items():
        if name in s.channels and len(figures):
            i = rng.integers(len(figures), size=(draws, len(figures)))
            low, high = np.asarray(figures, dtype=float).T
            out[:, s.channels.index(name)] = (low[i] + (high - low)[i] * rng.random(i.shape)).mean(axis=1)
    return out
