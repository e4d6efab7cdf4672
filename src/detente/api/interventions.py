"""Levers pulled on a study: days as fitted are lived once and kept, and what a setting brought is remembered.

The live view takes 500 paths of every second draw of the posterior, so that it answers while a slider is moved; a draw has two paths
as in the command, so that intervals mean the same. The full number of paths is the command's.
"""

from dataclasses import dataclass
from datetime import date
from threading import Lock

from cachetools import LRUCache, cached

from detente.api.case import PreparedCase
from detente.claims.intervention_text import (
    PATHS,
    TraceableEffect,
    build_future_baseline,
    build_past_baseline,
    describe_assumption,
    describe_effect,
    describe_past_assumption,
)
from detente.model.fit import FittedModel, thin_draws
from detente.model.intervention_spec import Intervention
from detente.model.interventions import HORIZONS, summarise_effect
from detente.model.paired_simulation import BaselinePaths, with_interventions, without_channels
from detente.model.quantile_bands import QuantileBands, compute_quantile_bands
from detente.text.sentence import Sentence

LIVE_PATHS, PATHS_PER_DRAW, PATH_DAYS_BUDGET, GRID_STEPS = 500, 2, 180_000, 48
DESCRIBED_CHANNELS = ("attack", "strike", "clash", "defiance", "dialogue", "deaths")

DEFAULT_DAYS = 180
DEFAULT_CHANNELS = ("attack", "strike", "clash", "defiance", "deaths")


@dataclass(frozen=True, slots=True)
class WhatIfQuery:
    """What is asked.

    Fields:
        levers: those that are pulled, in the order of the house. first, without: of a past lived again; None and
            empty otherwise. days: of the pictures and sentences. show: channels drawn. full: all paths, as the command
            takes, and not the fewer of the live view.
    """

    levers: tuple[Intervention, ...] = ()
    first: date | None = None
    without: tuple[str, ...] = ()
    days: int = DEFAULT_DAYS
    show: tuple[str, ...] = DEFAULT_CHANNELS
    full: bool = False

    @property
    def core(self) -> tuple[object, ...]:
        """What the simulation depends on: the rest is a way of looking at it."""
        return tuple(x.text for x in self.levers), self.first, self.without, self.full


@dataclass(frozen=True, slots=True)
class InterventionResult:
    """What a setting brought: the effect with what it rests on, and both fans."""

    outlook: TraceableEffect
    fans: QuantileBands


@cached(LRUCache(128), key=lambda study, s, setting: (study.key, setting.core), lock=Lock())
def intervention_result(study: PreparedCase, s: FittedModel, setting: WhatIfQuery) -> InterventionResult:
    """The effect and the fans of a setting; the last 128 are kept."""
    horizons: tuple[int, ...]
    if setting.first is None:
        u, horizons = _simulate_future_baseline(study, s, full=setting.full), HORIZONS
        lived, settings = with_interventions(u, setting.levers), " ".join(x.text for x in setting.levers) or "as fitted"
    else:
        u = _simulate_past_baseline(study, s, setting.first, full=setting.full)
        horizons = (u.base.shape[1],)
        lived, settings = (
            without_channels(u, setting.without),
            f"from {setting.first} without {' '.join(setting.without)}",
        )
    grid = sorted(
        {*range(max(1, horizons[-1] // GRID_STEPS), horizons[-1], max(1, horizons[-1] // GRID_STEPS)), *horizons}
    )
    o = TraceableEffect(settings, summarise_effect(u, lived, horizons), study.view, s.too_few, len(u.paths.y))
    return InterventionResult(o, compute_quantile_bands(u, lived, grid))


@cached(LRUCache(4), key=lambda study, s, *, full: (study.key, full), lock=Lock())
def _simulate_future_baseline(study: PreparedCase, s: FittedModel, *, full: bool) -> BaselinePaths:
    n = PATHS if full else LIVE_PATHS
    return build_future_baseline(study.view, _thin_posterior(s, n, full=full), max(HORIZONS), n)


@cached(LRUCache(4), key=lambda study, s, first, *, full: (study.key, first, full), lock=Lock())
def _simulate_past_baseline(study: PreparedCase, s: FittedModel, first: date, *, full: bool) -> BaselinePaths:
    days = len(s.y) - (first - study.g.coverage.first).days
    n = (
        PATHS
        if full
        else max(100, min(LIVE_PATHS, PATH_DAYS_BUDGET // max(days, 1)) // PATHS_PER_DRAW * PATHS_PER_DRAW)
    )
    return build_past_baseline(study.view, _thin_posterior(s, n, full=full), first, n)


def _thin_posterior(s: FittedModel, paths: int, *, full: bool) -> FittedModel:
    return s if full else thin_draws(s, paths // PATHS_PER_DRAW)


def describe_intervention(setting: WhatIfQuery, o: TraceableEffect) -> tuple[Sentence | None, Sentence | None]:
    """What is assumed and what is estimated, apart; None where nothing is changed."""
    told = [c for c in DESCRIBED_CHANNELS if c in o.effect.channels and c not in setting.without]
    if setting.first is not None:
        return describe_past_assumption(o, setting.first, setting.without), describe_effect(
            o, o.effect.horizons[-1], told
        )
    if not setting.levers:
        return None, None
    return describe_assumption(o, setting.levers, setting.days), describe_effect(o, setting.days, told)
