"""Effects of policy options, by paired simulation of the fitted model.

Each future is simulated twice with common random numbers, with and without the change, and the difference is
taken path by path. A policy option is an assumption; its consequences are an estimate. They are reported separately:

    direct     effect of the assumption itself, all else as in the path without it
    estimated  effect through the fitted responses: the whole difference less the direct part

Five policy options, with x the value given:

    dialogue=+x/month    x more meetings a month                     mu_dialogue + x / 30 a day
    joint=+x/month       x more acts of the host against the group   mu_concession + x / 30 a day
    border=x             attacks times x (crossings made harder)     mu_attack and W[attack, .] times x
    delink=x             response of defiance to pressure times x    W[defiance, pressure] times x
    mediation=x          response of force to hostile acts times x   W[strike and clash, hostile] times x

mu is the background without same-day responses and W the branching matrix (`kernels.py`): with S = sum_m s_m W_m
the simulated base is (I - S)^-1 mu, so that an option also changes same-day responses.

Numbers are events at reporting coverage 1. Deaths are events times deaths per event, bootstrapped over past events
with a reported figure, each drawn uniformly between its lowest and highest figure. Intervals are over draws of the
model, of means over the paths of each draw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.model.fit import FittedModel
from detente.model.intervention_spec import Intervention
from detente.model.paired_simulation import (
    BaselinePaths,
    PairedPaths,
    check_interventions,
    simulate_baseline,
    simulate_past_baseline,
    with_interventions,
    without_channels,
)

HORIZONS = (30, 90, 180, 365)


@dataclass(frozen=True, slots=True)
class CountChange:
    """Change of event counts: mean, interval, probability that it is below 0, and simulation standard error of the mean; arrays
    of shape (horizon, c).
    """

    mean: FloatArray
    low: FloatArray
    high: FloatArray
    fewer: FloatArray
    error: FloatArray


@dataclass(frozen=True, slots=True)
class InterventionEffect:
    """Effect of policy options within each horizon.

    Fields:
        channels: names, length c, with `deaths` last if `tolls` were given. horizons: days, length h.
        without: expected counts without the change, shape (h, c). direct: effect of the assumption itself, shape (h, c).
        estimated: effect through the fitted responses. whole: both together. level: of the intervals.
    """

    channels: tuple[str, ...]
    horizons: tuple[int, ...]
    without: FloatArray
    direct: FloatArray
    estimated: CountChange
    whole: CountChange
    level: float


def estimate_interventions(
    s: FittedModel, changes: Sequence[Intervention], rng: np.random.Generator, *, horizons: Sequence[int] = HORIZONS,
    paths: int = 2_000, tolls: Mapping[str, FloatArray] | None = None, level: float = 0.9,
) -> InterventionEffect:  # fmt: skip
    """Simulate futures with and without policy options.

    Args:
        changes: from `parse_interventions`. horizons: days, in order. tolls: channel to the lowest and highest
            reported deaths of past events, shape (event, 2).

    Raises:
        BadIntervention: an option changes a channel that the model lacks.

    Example:
        >>> from detente.model.fit import fit_model
        >>> from detente.model.intervention_spec import parse_interventions
        >>> from detente.model.synthetic import calming_talks
        >>> w = calming_talks(np.random.default_rng(4), days=3000)
        >>> s = fit_model(w.y, channels=("attack", "dialogue"), rng=np.random.default_rng(0))
        >>> e = estimate_interventions(s, parse_interventions(["dialogue=+6/month"]), np.random.default_rng(0), horizons=[180])
        >>> bool(e.whole.mean[0, 0] < 0), bool(e.direct[0, 0] == 0)    # estimated, not assumed
        (True, True)
    """
    check_interventions(s, changes)
    u = simulate_baseline(s, max(horizons), rng, paths=paths, tolls=tolls)
    return summarise_effect(u, with_interventions(u, changes), horizons, level=level)


def estimate_without_channels(
    s: FittedModel, first: int, without: Sequence[str], rng: np.random.Generator, *, paths: int = 2_000,
    tolls: Mapping[str, FloatArray] | None = None, level: float = 0.9,
) -> InterventionEffect:  # fmt: skip
    """Run a counterfactual: the days from `first` on, simulated with and without the events of some channels.

    The direct part is the absence of these events; all else is estimated. The one horizon is the length of the period.
    Days keep their coverage.
    """
    u = simulate_past_baseline(s, first, rng, paths=paths, tolls=tolls)
    return summarise_effect(u, without_channels(u, without), (u.base.shape[1],), level=level)


def sum_within_days(x: NDArray[Any], days: Sequence[int]) -> FloatArray:
    """Sum a daily array of shape (path, day, c) within each number of days: shape (path, len(days), c).

    Example:
        >>> sum_within_days(np.ones((1, 5, 1)), [2, 5]).ravel().tolist()
        [2.0, 5.0]
    """
    parts = np.add.reduceat(x[:, : days[-1]], [0, *days[:-1]], axis=1, dtype=float)
    out: FloatArray = np.cumsum(parts, axis=1)
    return out


def summarise_effect(
    u: BaselinePaths, pair: PairedPaths, horizons: Sequence[int], *, level: float = 0.9
) -> InterventionEffect:
    """Summarise paired paths by horizon; `horizons` are days in order."""
    draw = pair.plain.draw
    a, b, d = (sum_within_days(x, list(horizons)) for x in (pair.plain.y, pair.changed.y, pair.direct))
    names = pair.plain.channels
    if u.each is not None:
        each = u.each[draw]
        a, b, d = (np.concatenate([x, np.einsum("phc,pc->ph", x, each)[:, :, None]], axis=2) for x in (a, b, d))
        names = (*names, "deaths")
    n = len(u.system.W)
    paths = np.bincount(draw, minlength=n)

    def by_draw(x: FloatArray) -> FloatArray:
        out = np.zeros((n, *x.shape[1:]))
        np.add.at(out, draw, x)
        return out[paths > 0] / paths[paths > 0, None, None]

    def change(x: FloatArray) -> CountChange:
        # Sums of deaths in another order differ in their last digits only.
        x = np.round(x, 9)
        low, high = np.quantile(x, [(1 - level) / 2, (1 + level) / 2], axis=0)
        # A draw without a difference has no sign: it counts half.
        fewer = (x < 0).mean(axis=0) + 0.5 * (x == 0).mean(axis=0)
        return CountChange(x.mean(axis=0), low, high, fewer, x.std(axis=0) / np.sqrt(len(x)))

    whole, direct = by_draw(b - a), by_draw(d)
    estimated, without = change(whole - direct), a.mean(axis=0)
    return InterventionEffect(names, tuple(horizons), without, d.mean(axis=0), estimated, change(whole), level)
