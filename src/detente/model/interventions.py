r"""Levers: what a change would bring, by paired futures of the fitted system.

Each future is lived twice with the same random numbers, as fitted and with the lever, and the difference is
taken path by path. A lever is an assumption; what follows from it is an estimate. The two are kept apart:

    direct     what the assumption changes by itself, all else staying as in the path without it
    estimated  what follows through the fitted responses: the whole difference less the direct part

Five levers, with x the value given:

    dialogue=+x/month    x more meetings a month                     mu_dialogue + x / 30 a day
    joint=+x/month       x more acts of the host against the group   mu_concession + x / 30 a day
    border=x             attacks times x (crossings made harder)     mu_attack and W[attack, .] times x
    delink=x             answers of defiance to pressure times x     W[defiance, pressure] times x
    mediation=x          answers of force to hostile acts times x    W[strike and clash, hostile] times x

mu is the background without same-day company and W the branching matrix (`kernels.py`): with S = sum_m s_m W_m
the simulated base is (I - S)^-1 mu, so that a lever also takes the answers that would have come on the same day.

Numbers are events of a record as dense as the thinnest window (density 1). Deaths are events times deaths per
event, bootstrapped over past events that give a figure, each figure uniform between the lowest and the highest
told. Interval: over draws of the system, of means over the paths of each draw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

Array = NDArray[np.float64]
HORIZONS = (30, 90, 180, 365)


@dataclass(frozen=True, slots=True)
class CountChange:
    """A change of event counts: mean, interval, probability that it is below 0, and the standard error of the mean that
    comes from the number of paths; arrays of shape (horizon, c)."""

    mean: Array
    low: Array
    high: Array
    fewer: Array
    error: Array


@dataclass(frozen=True, slots=True)
class InterventionEffect:
    """What levers bring within so many days.

    Fields:
        channels: names, length c, and `deaths` last where tolls were given. horizons: days, length h.
        without: expected counts as fitted, shape (h, c). direct: what the assumption changes by itself,
            shape (h, c). estimated: what follows through the fitted responses. whole: both together.
        level: of the intervals.
    """

    channels: tuple[str, ...]
    horizons: tuple[int, ...]
    without: Array
    direct: Array
    estimated: CountChange
    whole: CountChange
    level: float


def estimate_interventions(
    s: FittedModel, changes: Sequence[Intervention], rng: np.random.Generator, *, horizons: Sequence[int] = HORIZONS,
    paths: int = 2_000, tolls: Mapping[str, Array] | None = None, level: float = 0.9,
) -> InterventionEffect:  # fmt: skip
    """Futures with and without the levers.

    Args:
        changes: from `levers`. horizons: days, in order. tolls: channel to the lowest and highest deaths
            told of past events, shape (event, 2).

    Raises:
        BadLever: the lever moves a channel that the system does not know.

    Example:
        >>> from detente.model.fit import fit_model
        >>> from detente.model.intervention_spec import parse_interventions
        >>> from detente.model.synthetic import calming_talks
        >>> w = calming_talks(np.random.default_rng(4), days=3000)
        >>> s = fit_model(w.y, channels=("attack", "dialogue"), rng=np.random.default_rng(0))
        >>> e = estimate_interventions(s, parse_interventions(["dialogue=+6/month"]), np.random.default_rng(0), horizons=[180])
        >>> bool(e.whole.mean[0, 0] < 0), bool(e.direct[0, 0] == 0)    # talks calm, which nobody assumed
        (True, True)
    """
    check_interventions(s, changes)
    u = simulate_baseline(s, max(horizons), rng, paths=paths, tolls=tolls)
    return summarise_effect(u, with_interventions(u, changes), horizons, level=level)


def estimate_without_channels(
    s: FittedModel, first: int, without: Sequence[str], rng: np.random.Generator, *, paths: int = 2_000,
    tolls: Mapping[str, Array] | None = None, level: float = 0.9,
) -> InterventionEffect:  # fmt: skip
    """The days from `first` on lived again, as fitted and without any event of some channels.

    The direct part is that these events do not happen; all else is estimated. The one horizon is the length
    of the stretch. Days keep the density with which they were watched.
    """
    u = simulate_past_baseline(s, first, rng, paths=paths, tolls=tolls)
    return summarise_effect(u, without_channels(u, without), (u.base.shape[1],), level=level)


def sum_within_days(x: NDArray[Any], days: Sequence[int]) -> Array:
    """What a day-by-day array of shape (path, day, c) adds up to within so many days: shape (path, len(days), c).

    Example:
        >>> sum_within_days(np.ones((1, 5, 1)), [2, 5]).ravel().tolist()
        [2.0, 5.0]
    """
    parts = np.add.reduceat(x[:, : days[-1]], [0, *days[:-1]], axis=1, dtype=float)
    out: Array = np.cumsum(parts, axis=1)
    return out


def summarise_effect(
    u: BaselinePaths, twins: PairedPaths, horizons: Sequence[int], *, level: float = 0.9
) -> InterventionEffect:
    """What the change comes to within each horizon.

    Args:
        horizons: days, in order.
    """
    draw = twins.plain.draw
    a, b, d = (sum_within_days(x, list(horizons)) for x in (twins.plain.y, twins.changed.y, twins.direct))
    names = twins.plain.channels
    if u.each is not None:
        each = u.each[draw]
        a, b, d = (np.concatenate([x, np.einsum("phc,pc->ph", x, each)[:, :, None]], axis=2) for x in (a, b, d))
        names = (*names, "deaths")
    n = len(u.system.W)
    paths = np.bincount(draw, minlength=n)

    def by_draw(x: Array) -> Array:
        out = np.zeros((n, *x.shape[1:]))
        np.add.at(out, draw, x)
        return out[paths > 0] / paths[paths > 0, None, None]

    def change(x: Array) -> CountChange:
        # Sums of deaths in another order differ in their last digits: that is no difference.
        x = np.round(x, 9)
        low, high = np.quantile(x, [(1 - level) / 2, (1 + level) / 2], axis=0)
        # A draw without any difference says nothing of its sign: it counts half.
        fewer = (x < 0).mean(axis=0) + 0.5 * (x == 0).mean(axis=0)
        return CountChange(x.mean(axis=0), low, high, fewer, x.std(axis=0) / np.sqrt(len(x)))

    whole, alone = by_draw(b - a), by_draw(d)
    return InterventionEffect(
        names, tuple(horizons), a.mean(axis=0), d.mean(axis=0), change(whole - alone), change(whole), level
    )
