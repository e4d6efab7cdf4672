"""Synthetic conflicts in which something other than a response moves several channels for days.

Each world has channels a, b (and more, if W is larger), about 900 events over five years, and direct responses W with a
half-life of two days. `SHOCK_WORLDS` lists them by name:

    plain               a constant background
    media bursts        25 bursts of 3 to 10 days in which reporting rises to 100 %, from 25 % at other times
    mild media bursts   the same, from 50 %
    crises              25 crises of 5 days, in which all backgrounds are four times as high
    political weather   a shared level that steps every 20 to 60 days, by a deviation of 0.6 in logarithms
    late dates          30 % of events are dated a day late
    week dates          30 % of events are put on the first day of their week
    uneven coverage     coverage of channel b triples at half-time, untold
    near critical       channel a sets itself off: 0.9 children an event
    late response       a response comes after exactly `late_days` days instead of with a half-life of two
    weekly rhythm       both backgrounds and reporting follow the days of the week
    fading crises       20 crises that begin at once and fade with a half-life of six days, in all channels alike

`hidden_driver` is one more: unseen events set off a at once and b after days. In worlds of reporting each event is missed on its own, so a true response looks smaller.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.core.arrays import FloatArray
from detente.model.synthetic import SyntheticData, bin_by_day, simulate_hawkes

DAYS, EVENTS, OWN, DECAY = 1826, 900, 0.2, 0.35
NAMES = "abcdefghij"


@dataclass(frozen=True, slots=True)
class _Plan:
    """Backgrounds relative to each other, shape (day, c), and what is done to the events afterwards."""

    shape: FloatArray
    keep: FloatArray | None = None  # share of events reported by day, shape (day, c)
    shift: Callable[[FloatArray, np.random.Generator], FloatArray] | None = None
    own: tuple[float, ...] = ()


def branching(channels: int = 2, answers: dict[tuple[str, str], float] | None = None, own: float = OWN) -> FloatArray:
    """Build W from (cause, effect) pairs, shape (effect, cause).

    Example:
        >>> branching(2, {("a", "b"): 0.3}).tolist()
        [[0.2, 0.0], [0.3, 0.2]]
    """
    w = np.eye(channels) * own
    for (j, k), children in (answers or {}).items():
        w[NAMES.index(k), NAMES.index(j)] = children
    return w


def simulate_shock_world(
    name: str, rng: np.random.Generator, *, W: ArrayLike | None = None, events: float = EVENTS, days: int = DAYS,
    late_days: float = 14.0,
) -> SyntheticData:  # fmt: skip
    """Simulate one world of `SHOCK_WORLDS`.

    Args:
        name: of the world. W: children of k per event of j, shape (k, j); two channels without responses if None.
        events: expected number over all channels. days: length.
        late_days: delay of the responses in the world of late responses.

    Example:
        >>> w = simulate_shock_world("crises", np.random.default_rng(0))
        >>> w.y.shape, bool(700 < w.y.sum() < 1200)
        ((1826, 2), True)
    """
    w = branching() if W is None else np.asarray(W, dtype=float)
    plan = SHOCK_WORLDS[name](rng, days, len(w))
    if plan.own:
        w = w.copy()
        np.fill_diagonal(w, (*plan.own, *np.diag(w)[len(plan.own) :]))
    # Every channel has the same number of expected events before reporting, whatever it sets off.
    shape = plan.shape / plan.shape.mean(axis=0)
    level = np.maximum((np.eye(len(w)) - w).sum(axis=1), 0.05)
    expected = np.linalg.inv(np.eye(len(w)) - w) @ level
    reported = 1.0 if plan.keep is None else (shape * plan.keep).mean(axis=0)
    base = shape * level / (expected * reported).sum() * events / days
    if name == "late response":
        times, who = _simulate_late(base, w, late_days, rng)
    else:
        times, who = simulate_hawkes(base, w, DECAY, rng)
    if plan.shift is not None:
        times = plan.shift(times, rng)
        inside = (times >= 0) & (times < days)
        times, who = times[inside], who[inside]
    if plan.keep is not None:
        seen = rng.random(len(times)) < plan.keep[np.floor(times).astype(int), who]
        times, who = times[seen], who[seen]
    return SyntheticData(name, tuple(NAMES[: len(w)]), bin_by_day(times, who, days, len(w)), np.ones(days), w, DECAY)


def hidden_driver(rng: np.random.Generator, *, events: float = EVENTS, days: int = DAYS) -> SyntheticData:
    """Unseen events: each sets off 0.5 events of a at once and 0.5 of b with a half-life of two days."""
    w = branching(2)
    unseen = np.full((days, 1), events / days * 0.5)
    drivers, _ = simulate_hawkes(unseen, [[0.0]], DECAY, rng)
    own = np.full((days, 2), 0.25 * events * (1 - OWN) / days)
    times, who = simulate_hawkes(own, w, DECAY, rng)
    at_once, later = (drivers[rng.random(len(drivers)) < 0.5] for _ in range(2))
    later = later + rng.exponential(1 / DECAY, len(later))
    times, who = np.concatenate([times, at_once, later]), np.concatenate([who, 0 * at_once, 0 * later + 1]).astype(int)
    inside = times < days
    y = bin_by_day(times[inside], who[inside], days, 2)
    return SyntheticData("hidden driver", ("a", "b"), y, np.ones(days), w, DECAY)


def _simulate_late(
    base: FloatArray, w: FloatArray, delay: float, rng: np.random.Generator
) -> tuple[FloatArray, NDArray[np.int64]]:
    """Responses to other channels come after exactly `delay` days, responses to oneself as elsewhere."""
    own = np.diag(np.diag(w))
    times, who = simulate_hawkes(base, own, DECAY, rng)
    out, by = [times], [who]
    for k, j in zip(*np.nonzero(w - own), strict=True):
        parent = times[who == j]
        late = np.repeat(parent, rng.poisson(w[k, j], len(parent))) + delay
        out.append(late)
        by.append(np.full(len(late), k))
    times, who = np.concatenate(out), np.concatenate(by)
    inside = times < len(base)
    return times[inside], who[inside]


def _marked(rng: np.random.Generator, days: int, number: int, shortest: int, longest: int) -> NDArray[np.bool_]:
    """Mark the days of `number` stretches that begin at random."""
    on = np.zeros(days, dtype=bool)
    for first in rng.integers(0, days - longest, number):
        on[first : first + int(rng.integers(shortest, longest + 1))] = True
    return on


def _plain(rng: np.random.Generator, days: int, c: int) -> _Plan:
    return _Plan(np.ones((days, c)))


def _media(low: float) -> Callable[[np.random.Generator, int, int], _Plan]:
    def plan(rng: np.random.Generator, days: int, c: int) -> _Plan:
        seen = np.where(_marked(rng, days, 25, 3, 10), 1.0, low)
        return _Plan(np.ones((days, c)), keep=np.repeat(seen[:, None], c, axis=1))

    return plan


def _crises(rng: np.random.Generator, days: int, c: int) -> _Plan:
    level = np.where(_marked(rng, days, 25, 5, 5), 4.0, 1.0)
    return _Plan(np.repeat(level[:, None], c, axis=1))


def _weather(rng: np.random.Generator, days: int, c: int) -> _Plan:
    level, t = np.empty(days), 0
    while t < days:
        n = int(rng.integers(20, 61))
        level[t : t + n] = np.exp(0.6 * rng.standard_normal())
        t += n
    return _Plan(np.repeat(level[:, None], c, axis=1))


def _late_dates(rng: np.random.Generator, days: int, c: int) -> _Plan:
    return _Plan(np.ones((days, c)), shift=lambda t, r: t + (r.random(len(t)) < 0.3))


def _week_dates(rng: np.random.Generator, days: int, c: int) -> _Plan:
    return _Plan(np.ones((days, c)), shift=lambda t, r: np.where(r.random(len(t)) < 0.3, np.floor(t / 7) * 7 + 0.5, t))


def _uneven(rng: np.random.Generator, days: int, c: int) -> _Plan:
    keep = np.full((days, c), 0.6)
    keep[: days // 2, 1], keep[days // 2 :, 1] = 0.3, 0.9
    return _Plan(np.ones((days, c)), keep=keep)


def _near_critical(rng: np.random.Generator, days: int, c: int) -> _Plan:
    return _Plan(np.ones((days, c)), own=(0.9,))


def _weekly(rng: np.random.Generator, days: int, c: int) -> _Plan:
    level = np.array([1.0, 1.3, 1.3, 1.3, 1.0, 0.5, 0.6])[np.arange(days) % 7]
    keep = np.array([0.8, 0.8, 0.8, 0.8, 0.8, 0.4, 0.4])[np.arange(days) % 7]
    return _Plan(np.repeat(level[:, None], c, axis=1), keep=np.repeat(keep[:, None], c, axis=1))


def _fading(rng: np.random.Generator, days: int, c: int) -> _Plan:
    level = np.ones(days)
    for first in rng.integers(0, days, 20):
        level[first:] += 5.0 * 0.5 ** (np.arange(days - first) / 6)
    return _Plan(np.repeat(level[:, None], c, axis=1))


SHOCK_WORLDS: dict[str, Callable[[np.random.Generator, int, int], _Plan]] = {
    "plain": _plain,
    "media bursts": _media(0.25),
    "mild media bursts": _media(0.5),
    "crises": _crises,
    "political weather": _weather,
    "late dates": _late_dates,
    "week dates": _week_dates,
    "uneven coverage": _uneven,
    "near critical": _near_critical,
    "late response": _plain,
    "weekly rhythm": _weekly,
    "fading crises": _fading,
}
