"""Simulated interventions on a prepared case; baselines and recent results are cached.

The live view simulates 500 paths, fewer than the command, so that it responds while a slider moves. Intervals are of the
expected change and do not depend on the number of paths (`model/interventions.py`).
"""

from dataclasses import dataclass
from datetime import date
from threading import Lock

from cachetools import LRUCache, cached

from detente.api.case import PreparedCase
from detente.claims.intervention_text import (
    PATHS,
    SIMULATED_DRAWS,
    TraceableEffect,
    build_future_baseline,
    build_past_baseline,
    describe_assumption,
    describe_effect,
    describe_past_assumption,
)
from detente.model.fit import FittedModel
from detente.model.intervention_spec import Intervention
from detente.model.interventions import HORIZONS, summarise_effect
from detente.model.paired_simulation import BaselinePaths, with_interventions, without_channels
from detente.model.quantile_bands import QuantileBands, compute_quantile_bands
from detente.text.sentence import Sentence

LIVE_PATHS, PATH_DAYS_BUDGET, GRID_STEPS = 500, 180_000, 48
DESCRIBED_CHANNELS = ("attack", "strike", "clash", "defiance", "dialogue", "deaths")

DEFAULT_DAYS = 180
DEFAULT_CHANNELS = ("attack", "strike", "clash", "defiance", "deaths")


@dataclass(frozen=True, slots=True)
class WhatIfQuery:
    """Settings of one simulation.

    Fields:
        levers: policy options that change, in the order of `INTERVENTION_KINDS`. first, without: first day of a
            counterfactual past and the channels removed; None and empty otherwise. days: horizon of charts and sentences.
        show: channels drawn. full: True for the command's number of paths, False for the live view's.
    """

    levers: tuple[Intervention, ...] = ()
    first: date | None = None
    without: tuple[str, ...] = ()
    days: int = DEFAULT_DAYS
    show: tuple[str, ...] = DEFAULT_CHANNELS
    full: bool = False

    @property
    def core(self) -> tuple[object, ...]:
        """The fields that the simulation depends on; the others only choose what is shown."""
        return tuple(x.text for x in self.levers), self.first, self.without, self.full


@dataclass(frozen=True, slots=True)
class InterventionResult:
    """Result of one simulation: the effect with its sources, and quantile bands with and without the change."""

    outlook: TraceableEffect
    fans: QuantileBands


@cached(LRUCache(128), key=lambda prepared, s, setting: (prepared.key, setting.core), lock=Lock())
def intervention_result(prepared: PreparedCase, s: FittedModel, setting: WhatIfQuery) -> InterventionResult:
    """Simulate the effect and quantile bands of a setting; the last 128 results are cached."""
    horizons: tuple[int, ...]
    if setting.first is None:
        u, horizons = _simulate_future_baseline(prepared, s, full=setting.full), HORIZONS
        changed, settings = (
            with_interventions(u, setting.levers),
            " ".join(x.text for x in setting.levers) or "as fitted",
        )
    else:
        u = _simulate_past_baseline(prepared, s, setting.first, full=setting.full)
        horizons = (u.base.shape[1],)
        changed = without_channels(u, setting.without)
        settings = f"from {setting.first} without {' '.join(setting.without)}"
    step = max(1, horizons[-1] // GRID_STEPS)
    grid = sorted({*range(step, horizons[-1], step), *horizons})
    o = TraceableEffect(settings, summarise_effect(u, changed, horizons), prepared.view, s.too_few, len(u.paths.y))
    return InterventionResult(o, compute_quantile_bands(u, changed, grid))


@cached(LRUCache(4), key=lambda prepared, s, *, full: (prepared.key, full), lock=Lock())
def _simulate_future_baseline(prepared: PreparedCase, s: FittedModel, *, full: bool) -> BaselinePaths:
    n = PATHS if full else LIVE_PATHS
    return build_future_baseline(prepared.view, s, max(HORIZONS), n)


@cached(LRUCache(4), key=lambda prepared, s, first, *, full: (prepared.key, first, full), lock=Lock())
def _simulate_past_baseline(prepared: PreparedCase, s: FittedModel, first: date, *, full: bool) -> BaselinePaths:
    days = len(s.y) - (first - prepared.g.coverage.first).days
    # At least two paths for each draw, so that the chance of single paths can be taken out of the interval.
    live = max(2 * SIMULATED_DRAWS, min(LIVE_PATHS, PATH_DAYS_BUDGET // max(days, 1)))
    n = PATHS if full else live
    return build_past_baseline(prepared.view, s, first, n)


def describe_intervention(setting: WhatIfQuery, o: TraceableEffect) -> tuple[Sentence | None, Sentence | None]:
    """Write the assumed and the estimated effect as separate sentences; None if nothing changes."""
    channels = [c for c in DESCRIBED_CHANNELS if c in o.effect.channels and c not in setting.without]
    if setting.first is not None:
        effect = describe_effect(o, o.effect.horizons[-1], channels)
        return describe_past_assumption(o, setting.first, setting.without), effect
    if not setting.levers:
        return None, None
    return describe_assumption(o, setting.levers, setting.days), describe_effect(o, setting.days, channels)
