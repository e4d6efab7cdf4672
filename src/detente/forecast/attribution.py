"""Attribution of the forecast to recent events.

The forecast depends on the past through the memories z alone. An event of channel j, a days old, on a day of coverage d,
adds (1 - rho_m) rho_m^a / d to memory m of j. The events of k that follow from this come from the same daily
recursion as every response (`model.summaries.impulse_response`), indirect effects included. The smooth positive
part is taken as the identity, so in a quiet channel the effect of a calming event is overstated. Only one of the forecast's members
has responses (`members.py`), so an event moves the forecast by the share of its response that this member has of the futures.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from detente.core.arrays import FloatArray
from detente.events.event import Event
from detente.forecast.case import FORCE, CaseForecast
from detente.forecast.members import SYSTEM
from detente.model.fit import FittedModel


@dataclass(frozen=True, slots=True)
class Driver:
    """One event and its change of expected acts of force: mean, and 90 % interval."""

    event: Event
    channel: str
    more: float
    low: float
    high: float


def compute_memory_effects(s: FittedModel, days: int) -> FloatArray:
    """Compute events of k over the next `days` days per unit of memory m of j today: shape (draw, k, j, m).

    Example:
        >>> from detente.model.fit import fit_model
        >>> from detente.model.synthetic import one_sided_response
        >>> s = fit_model(one_sided_response(np.random.default_rng(3), events=1500).y, rng=np.random.default_rng(0))
        >>> r = compute_memory_effects(s, 30)
        >>> bool(r[:, 1, 0, 0].mean() > 4 * abs(r[:, 0, 1, 0].mean()))    # b responds to a, not a to b
        True
    """
    rho = 0.5 ** (1 / np.asarray(s.half_lives))
    n, c, _, m = s.R.shape
    # Memory state of every channel for each starting unit (j, m): shape (draw, j, m, channel, memory).
    state = np.zeros((n, c, m, c, m))
    for j in range(c):
        for k in range(m):
            state[:, j, k, j, k] = 1.0
    total = np.zeros((n, c, m, c))
    flat = s.R.reshape(n, c, c * m)
    for _ in range(days):
        mean = np.matmul(state.reshape(n, c * m, c * m), flat.transpose(0, 2, 1)).reshape(n, c, m, c)
        total += mean
        state = rho * state + (1 - rho) * mean[..., None]
    return total.transpose(0, 3, 1, 2)


@dataclass(frozen=True, slots=True)
class DriverGroup:
    """All recent events of one channel and their change of expected acts of force: number, mean, and 90 % interval."""

    channel: str
    events: int
    more: float
    low: float
    high: float


def find_drivers(f: CaseForecast, days: int, *, most: int = 5, back: int = 120) -> tuple[Driver, ...]:
    """Find the recent events that change the forecast of force most, up or down, largest first."""
    out = []
    for e, channel, effect in _list_effects(f, days, back):
        low, high = np.quantile(effect, [0.05, 0.95])
        out.append(Driver(e, channel, float(effect.mean()), float(low), float(high)))
    return tuple(sorted(out, key=lambda d: -abs(d.more))[:most])


def group_drivers(f: CaseForecast, days: int, *, back: int = 120) -> tuple[DriverGroup, ...]:
    """Sum the effects of recent events by channel, largest first."""
    by_channel: dict[str, list[FloatArray]] = {}
    for _, channel, effect in _list_effects(f, days, back):
        by_channel.setdefault(channel, []).append(effect)
    out = []
    for channel, effects in by_channel.items():
        total = np.sum(effects, axis=0)
        low, high = np.quantile(total, [0.05, 0.95])
        out.append(DriverGroup(channel, len(effects), float(total.mean()), float(low), float(high)))
    return tuple(sorted(out, key=lambda d: -abs(d.more)))


def _list_effects(f: CaseForecast, days: int, back: int) -> list[tuple[Event, str, FloatArray]]:
    """List recent events with the draws of their effect on acts of force, shape (draw,)."""
    s, gap = f.system, (f.as_of - f.counts.first).days - len(f.counts.y) + 1
    rows = [s.channels.index(c) for c in FORCE if c in s.channels]
    effects = compute_memory_effects(s, days)[:, rows].sum(axis=1)
    rho = 0.5 ** (1 / np.asarray(s.half_lives))
    out = []
    for e in f.g.events:
        age = (f.as_of - e.day).days
        channel = f.g.channel(e)
        if channel not in s.channels or not 0 <= age < back or age < gap:
            continue
        k = s.channels.index(channel)
        coverage = s.by_channel[(e.day - f.g.coverage.first) // timedelta(days=1), k]
        if coverage <= 0:
            continue
        out.append((e, channel, f.weights.of[SYSTEM] * effects[:, k] @ ((1 - rho) * rho**age / coverage)))
    return out
