"""Synthetic conflicts with known truth, to test estimates.

Events arise in continuous time and are rounded down to days, as published data are. A background event arrives at
a uniform moment of its day; each event of channel j has Poisson(W[k, j]) children of channel k, each after an
exponential delay of mean 1 / decay days (Hawkes and Oakes 1974). Only `calming_talks` is simulated day by day, since a
branching process cannot have a negative number of children.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.core.arrays import FloatArray

YEAR = 365.25


@dataclass(frozen=True, slots=True)
class SyntheticData:
    """Observed counts and the truth behind them.

    Fields:
        name: of the world. channels: names, length c. y: counts, shape (day, c). coverage: shape (day,).
        W: true number of direct children of channel k per event of j, shape (k, j) = (c, c).
        decay: per day. regimes: name to the days in it, shape (day,), True or False.
    """

    name: str
    channels: tuple[str, ...]
    y: NDArray[np.int64]
    coverage: FloatArray
    W: FloatArray
    decay: float
    regimes: dict[str, NDArray[np.bool_]] = field(default_factory=dict)

    @property
    def criticality(self) -> float:
        """Largest modulus of an eigenvalue of W."""
        return float(np.abs(np.linalg.eigvals(self.W)).max())


def simulate_hawkes(
    background: ArrayLike, W: ArrayLike, decay: float, rng: np.random.Generator
) -> tuple[FloatArray, NDArray[np.int64]]:
    """Simulate times and channels of a Hawkes process, generation by generation.

    Args:
        background: expected background events per day and channel, shape (day, c), none negative.
        W: children per event, shape (c, c), none negative, spectral radius under 1.
        decay: of the exponential delay, per day.

    Returns:
        times in days from the first day, sorted, and the channel of each. The background of the first day is extended
        backwards for 30 mean delays, so children of earlier events are included.

    Raises:
        ValueError: a negative background or W, or a spectral radius of 1 or more.

    Source:
        Hawkes and Oakes (1974), J. Appl. Prob. 11, 493-503.

    Example:
        >>> times, who = simulate_hawkes(np.ones((1000, 1)), [[0.5]], 1.0, np.random.default_rng(1))
        >>> bool(1700 < len(times) < 2300)    # 1000 / (1 - 0.5) are expected
        True
    """
    b, w = np.asarray(background, dtype=float), np.asarray(W, dtype=float)
    if (b < 0).any() or (w < 0).any() or np.abs(np.linalg.eigvals(w)).max() >= 1:
        raise ValueError("background and W must be at least 0, and the spectral radius of W below 1")
    before = int(np.ceil(30 / decay))
    b = np.vstack([np.repeat(b[:1], before, axis=0), b])
    arrivals = rng.poisson(b)
    day, who = np.nonzero(arrivals)
    n = arrivals[day, who]
    day, who = np.repeat(day, n), np.repeat(who, n)
    times = day - before + rng.random(len(day))
    all_times, all_who = [times], [who]
    while len(times):
        children, channels_of = [], []
        for k in range(len(w)):
            parent = np.repeat(times, rng.poisson(w[k, who]))
            children.append(parent + rng.exponential(1 / decay, len(parent)))
            channels_of.append(np.full(len(parent), k))
        times, who = np.concatenate(children), np.concatenate(channels_of)
        within = times < len(b) - before
        times, who = times[within], who[within]
        all_times.append(times)
        all_who.append(who)
    times, who = np.concatenate(all_times), np.concatenate(all_who)
    after_start = times >= 0
    times, who = times[after_start], who[after_start]
    order = np.argsort(times)
    return times[order], who[order]


def bin_by_day(times: ArrayLike, who: ArrayLike, days: int, channels: int) -> NDArray[np.int64]:
    """Count events by day and channel, shape (day, channel).

    Example:
        >>> bin_by_day([0.2, 0.9, 2.5], [0, 1, 1], 3, 2).tolist()
        [[1, 1], [0, 0], [0, 1]]
    """
    y = np.zeros((days, channels), dtype=np.int64)
    np.add.at(y, (np.floor(times).astype(int), np.asarray(who)), 1)
    return y


def three_actors(events: int, rng: np.random.Generator, *, days: int = 5000) -> SyntheticData:
    """Three actors, constant background, spectral radius 0.565, decay 1 per day, about `events` events."""
    w = np.array([[0.3, 0.25, 0.0], [0.2, 0.3, 0.15], [0.1, 0.1, 0.25]])
    w *= 0.565 / np.abs(np.linalg.eigvals(w)).max()
    share = np.linalg.inv(np.eye(3) - w) @ np.ones(3)
    b = np.full((days, 3), events / days / share.sum())
    times, who = simulate_hawkes(b, w, 1.0, rng)
    return SyntheticData("hawkes", ("a", "b", "c"), bin_by_day(times, who, days, 3), np.ones(days), w, 1.0)


def two_actors(
    rng: np.random.Generator, *, events: int = 900, days: int = 1500, answer: float = 0.0,
    answer_back: float = 0.0, own: float = 0.2, season: float = 0.0, regime: float = 1.0,
    decay: float = 0.35, name: str = "two actors",
) -> SyntheticData:  # fmt: skip
    """Two actors with a common background.

    Args:
        events: expected total. answer: children of b per event of a (W[1, 0]). answer_back: W[0, 1].
        own: W[0, 0] and W[1, 1]. season: relative amplitude of the yearly cycle, 0 to 1.
        regime: factor on both backgrounds during days 40 % to 60 %, a regime named `surge`.
        decay: per day; 0.35 is a half-life of two days.

    Example:
        >>> w = two_actors(np.random.default_rng(0), season=0.9, regime=3.0)
        >>> w.y.shape, w.criticality
        ((1500, 2), 0.2)
    """
    w = np.array([[own, answer_back], [answer, own]])
    t = np.arange(days)
    in_regime = (t >= 0.4 * days) & (t < 0.6 * days)
    shape = (1 + season * np.cos(2 * np.pi * t / YEAR)) * np.where(in_regime, regime, 1.0)
    total = np.linalg.inv(np.eye(2) - w).sum()
    b = np.repeat((shape / shape.sum() * events / total)[:, None], 2, axis=1)
    times, who = simulate_hawkes(b, w, decay, rng)
    regimes = {"surge": in_regime} if regime != 1 else {}
    return SyntheticData(name, ("a", "b"), bin_by_day(times, who, days, 2), np.ones(days), w, decay, regimes)


def independent_actors(rng: np.random.Generator, *, events: int = 900) -> SyntheticData:
    """Two independent actors under a constant background."""
    return two_actors(rng, events=events, name="plain")


def shared_background(rng: np.random.Generator, *, events: int = 900) -> SyntheticData:
    """Two independent actors with a common season of 90 % and a common tripling: no responses."""
    return two_actors(rng, events=events, season=0.9, regime=3.0, name="shared sky")


def one_sided_response(rng: np.random.Generator, *, events: int = 500, answer: float = 0.3) -> SyntheticData:
    """b responds to a, not a to b (the finding of Jaeger and Paserman 2008)."""
    return two_actors(rng, events=events, answer=answer, name="one-sided")


def bilateral_response(rng: np.random.Generator, *, events: int = 500, answer: float = 0.3) -> SyntheticData:
    """Each responds to the other (the finding of Haushofer, Biletzki and Kanwisher 2010)."""
    return two_actors(rng, events=events, answer=answer, answer_back=answer, name="bilateral")


def near_critical(rng: np.random.Generator, *, events: int = 2000) -> SyntheticData:
    """Each event has 0.9 children: crises that last very long."""
    return two_actors(rng, events=events, answer=0.45, answer_back=0.45, own=0.45, name="near-critical")


def few_events(rng: np.random.Generator, *, events: int = 60) -> SyntheticData:
    """Too few events to estimate responses."""
    return two_actors(rng, events=events, answer=0.3, name="few")


def uneven_coverage(rng: np.random.Generator, *, events: int = 900, answer: float = 0.3) -> SyntheticData:
    """One-sided response, with three times the coverage on days 40 % to 60 %.

    Whole chains are reported or missed: a source that reports a raid reports the reply. If single events were missed
    at random, responses to missed events would look like background, and W would be smaller.
    """
    days, w = 1500, np.array([[0.2, 0.0], [answer, 0.2]])
    t = np.arange(days)
    coverage = np.where((t >= 0.4 * days) & (t < 0.6 * days), 3.0, 1.0)
    level = events / coverage.sum() / np.linalg.inv(np.eye(2) - w).sum()
    times, who = simulate_hawkes(np.repeat(level * coverage[:, None], 2, axis=1), w, 0.35, rng)
    return SyntheticData("uneven", ("a", "b"), bin_by_day(times, who, days, 2), coverage, w, 0.35)


def uneven_kind(
    rng: np.random.Generator, *, events: int = 900, answer: float = 0.3, coverage: float = 3.0
) -> SyntheticData:  # fmt: skip
    """One-sided response, with another coverage of b alone on days 40 % to 60 %; `coverage` has shape (day, c).

    Simulated day by day as the model defines it: counts of a day are Poisson with the coverage of each channel times the
    expected cohort of the day (`kernels`), and memories hold counts divided by that coverage.
    """
    days, w, decay = 1500, np.array([[0.2, 0.0], [answer, 0.2]]), 0.35
    t = np.arange(days)
    d = np.ones((days, 2))
    d[(t >= 0.4 * days) & (t < 0.6 * days), 1] = coverage
    rho, same_day = np.exp(-decay), 1 - (1 - np.exp(-decay)) / decay
    cohort = np.linalg.inv(np.eye(2) - same_day * w)
    level = np.full(2, events / (d @ np.linalg.inv(np.eye(2) - w)).sum())
    y, z = np.zeros((days, 2), dtype=np.int64), np.linalg.inv(np.eye(2) - w) @ level
    for day in range(days):
        y[day] = rng.poisson(d[day] * (cohort @ (level + (1 - same_day) * (w @ z))))
        z = rho * z + (1 - rho) * y[day] / d[day]
    return SyntheticData("uneven kind", ("a", "b"), y, d, w, decay)


def calming_talks(rng: np.random.Generator, *, days: int = 1500, effect: float = -0.5) -> SyntheticData:
    """Violence at 0.6 a day and talks at 0.15 a day, each preventing half an act (half-life 2 days)."""
    decay = 0.35
    rho, z = np.exp(-decay), np.zeros(2)
    w = np.array([[0.2, effect], [0.0, 0.0]])
    y = np.zeros((days, 2), dtype=np.int64)
    for t in range(days):
        y[t] = rng.poisson(np.maximum(np.array([0.6, 0.15]) + w @ z, 0.0))
        z = rho * z + (1 - rho) * y[t]
    return SyntheticData("talks that calm", ("violence", "talks"), y, np.ones(days), w, decay)
