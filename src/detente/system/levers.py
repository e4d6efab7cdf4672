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

mu is the background without same-day company and W the branching matrix (`response.py`): with S = sum_m s_m W_m
the simulated base is (I - S)^-1 mu, so that a lever also takes the answers that would have come on the same day.

Numbers are events of a record as dense as the thinnest window (density 1). Deaths are events times deaths per
event, bootstrapped over past events that give a figure, each figure uniform between the lowest and the highest
told. Interval: over draws of the system, of means over the paths of each draw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.system.fit import System, positive
from detente.system.lever import FORCE, BadLever, Lever
from detente.system.response import memories
from detente.system.simulate import Paths, ahead, alone, simulate, together

Array = NDArray[np.float64]
MONTH = 30.0
HORIZONS = (30, 90, 180, 365)
HOSTILE = ("attack", "operation", "strike", "clash", "pressure", "defiance")


@dataclass(frozen=True, slots=True)
class Change:
    """A change of event counts: mean, interval, and probability that it is below 0; arrays of shape (horizon, c)."""

    mean: Array
    low: Array
    high: Array
    fewer: Array


@dataclass(frozen=True, slots=True)
class Effect:
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
    estimated: Change
    whole: Change
    level: float


def whatif(
    s: System, changes: Sequence[Lever], rng: np.random.Generator, *, horizons: Sequence[int] = HORIZONS,
    paths: int = 2_000, tolls: Mapping[str, Array] | None = None, level: float = 0.9,
) -> Effect:  # fmt: skip
    """Futures with and without the levers.

    Args:
        changes: from `levers`. horizons: days, in order. tolls: channel to the lowest and highest deaths
            told of past events, shape (event, 2).

    Raises:
        BadLever: the lever moves a channel that the system does not know.

    Example:
        >>> from detente.system.fit import fit
        >>> from detente.system.lever import levers
        >>> from detente.system.worlds import talks_that_calm
        >>> w = talks_that_calm(np.random.default_rng(4), days=3000)
        >>> s = fit(w.y, channels=("attack", "dialogue"), rng=np.random.default_rng(0))
        >>> e = whatif(s, levers(["dialogue=+6/month"]), np.random.default_rng(0), horizons=[180])
        >>> bool(e.whole.mean[0, 0] < 0), bool(e.direct[0, 0] == 0)    # talks calm, which nobody assumed
        (True, True)
    """
    for x in changes:
        missing = [c for c in x.kind.channels if c not in s.channels]
        if missing:
            raise BadLever(x.text, f"the record holds no event of {' or '.join(missing)}", "Pull another lever.")
    days = max(horizons)
    base, state = ahead(s, days), rng.bit_generator.state
    plain = _live(s, base, s.R, rng, paths)
    mu, W = alone(s, base), s.W.copy()
    for x in changes:
        _pull(s, x, mu, W)
    moved_base, moved = together(s, mu, W)
    rng.bit_generator.state = state  # the same draws and the same luck on every path
    changed = _live(s, moved_base, moved, rng, paths)
    direct = np.zeros(plain.y.shape)
    for x in changes:
        direct += _direct(s, x, plain, base)
    return _effect(s, plain, changed, direct, tuple(horizons), tolls, rng, level)


def relived(
    s: System, first: int, without: Sequence[str], rng: np.random.Generator, *, paths: int = 2_000,
    tolls: Mapping[str, Array] | None = None, level: float = 0.9,
) -> Effect:  # fmt: skip
    """The days from `first` on lived again, as fitted and without any event of some channels.

    The direct part is that these events do not happen; all else is estimated. The one horizon is the length
    of the stretch. Days keep the density with which they were watched.
    """
    base, z, state = s.base()[:, first:], memories(s.y, s.density, s.half_lives)[first], rng.bit_generator.state
    plain = _live(s, base, s.R, rng, paths, z, s.density[first:])
    mu, W, direct = alone(s, base), s.W.copy(), np.zeros(plain.y.shape)
    gone = [s.channels.index(name) for name in without]
    for k in gone:
        mu[:, :, k], W[:, k] = 0.0, 0.0
        direct[:, :, k] = -plain.y[:, :, k]
    moved_base, moved = together(s, mu, W)
    # The smooth positive part is not 0 at 0: only far below it is.
    moved_base[:, :, gone], moved[:, gone] = -1e9, 0.0
    rng.bit_generator.state = state
    changed = _live(s, moved_base, moved, rng, paths, z, s.density[first:])
    return _effect(s, plain, changed, direct, (base.shape[1],), tolls, rng, level)


def _live(
    s: System, base: Array, R: Array, rng: np.random.Generator, paths: int, z: Array | None = None,
    density: Array | None = None,
) -> Paths:  # fmt: skip
    return simulate(
        base, R, s.size, s.half_lives, s.soft, s.z if z is None else z, rng, paths=paths, density=density,
        channels=s.channels,
    )  # fmt: skip


def _pull(s: System, x: Lever, mu: Array, W: Array) -> None:
    at = s.channels.index
    match x.kind.key:
        case "dialogue" | "joint":
            mu[:, :, at(x.kind.channels[0])] += x.value / MONTH
        case "border":
            mu[:, :, at("attack")] *= x.value
            W[:, at("attack")] *= x.value
        case _:
            for k, j in _damped(s, x):
                W[:, k, j] *= x.value


def _damped(s: System, x: Lever) -> list[tuple[int, int]]:
    """Answers that a lever multiplies: (answering, answered)."""
    pairs = [("defiance", "pressure")] if x.kind.key == "delink" else [(k, j) for k in FORCE for j in HOSTILE]
    return [(s.channels.index(k), s.channels.index(j)) for k, j in pairs if j in s.channels]


def _direct(s: System, x: Lever, plain: Paths, base: Array) -> Array:
    """The change by day that the assumption makes by itself on the path without it, shape (path, day, c).

    For answers that are multiplied it is the change of the day's mean, all memories staying as they were.
    """
    out, at = np.zeros(plain.y.shape), s.channels.index
    if x.kind.monthly:
        out[:, :, at(x.kind.channels[0])] = x.value / MONTH
    elif x.kind.key == "border":
        out[:, :, at("attack")] = (x.value - 1) * plain.y[:, :, at("attack")]
    else:
        rho, W = 0.5 ** (1 / np.array(s.half_lives)), s.W.copy()
        for k, j in _damped(s, x):
            W[:, k, j] *= x.value
        damped_base, damped = together(s, alone(s, base), W)
        busy = sorted({k for k, _ in _damped(s, x)})
        z = np.repeat(s.z.reshape(1, len(s.channels), -1), len(plain.y), axis=0)
        was, now = s.R[:, busy][plain.draw], damped[:, busy][plain.draw]
        for t in range(plain.y.shape[1]):
            means = [
                positive(b[plain.draw, t][:, busy] + np.einsum("pkjm,pjm->pk", r, z), s.soft[busy])
                for b, r in ((base, was), (damped_base, now))
            ]
            out[:, t, busy] = means[1] - means[0]
            z = rho * z + (1 - rho) * plain.y[:, t, :, None]
    return out


def _effect(
    s: System, plain: Paths, changed: Paths, direct: Array, horizons: tuple[int, ...],
    tolls: Mapping[str, Array] | None, rng: np.random.Generator, level: float,
) -> Effect:  # fmt: skip
    at = np.array(horizons) - 1
    a, b, d = (np.cumsum(x, axis=1)[:, at].astype(float) for x in (plain.y, changed.y, direct))
    names = plain.channels
    if tolls:
        each = _per_event(s, tolls, len(s.W), rng)[plain.draw]
        a, b, d = (np.concatenate([x, np.einsum("phc,pc->ph", x, each)[:, :, None]], axis=2) for x in (a, b, d))
        names = (*names, "deaths")
    n = len(s.W)
    paths = np.bincount(plain.draw, minlength=n)

    def by_draw(x: Array) -> Array:
        out = np.zeros((n, *x.shape[1:]))
        np.add.at(out, plain.draw, x)
        return out[paths > 0] / paths[paths > 0, None, None]

    def change(x: Array) -> Change:
        # Sums of deaths in another order differ in their last digits: that is no difference.
        x = np.round(x, 9)
        low, high = np.quantile(x, [(1 - level) / 2, (1 + level) / 2], axis=0)
        # A draw without any difference says nothing of its sign: it counts half.
        return Change(x.mean(axis=0), low, high, (x < 0).mean(axis=0) + 0.5 * (x == 0).mean(axis=0))

    whole, alone = by_draw(b - a), by_draw(d)
    return Effect(names, horizons, a.mean(axis=0), d.mean(axis=0), change(whole - alone), change(whole), level)


def _per_event(s: System, tolls: Mapping[str, Array], draws: int, rng: np.random.Generator) -> Array:
    """Deaths per event of each channel, bootstrapped, shape (draw, c); 0 for channels without any figure."""
    out = np.zeros((draws, len(s.channels)))
    for name, told in tolls.items():
        if name in s.channels and len(told):
            i = rng.integers(len(told), size=(draws, len(told)))
            low, high = np.asarray(told, dtype=float).T
            out[:, s.channels.index(name)] = (low[i] + (high - low)[i] * rng.random(i.shape)).mean(axis=1)
    return out
