"""Simulated interventions on a prepared case; baselines and recent results are cached.

The baseline of a future is the case's forecast (`api/forecast.py`): the same paths, so the same figures on both pages. A change is
estimated with the fitted responses, and added to it.

The live view simulates 500 paths, fewer than the command, so that it responds while a slider moves. Intervals are of the
expected change and do not depend on the number of paths (`model/interventions.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock

import numpy as np
from cachetools import LRUCache, cached

from detente.api.case import Case
from detente.api.forecast import BASELINE_GRID, BaselineSeries
from detente.api.results.simulation import SimulationResult
from detente.claims.intervention_text import (
    PATHS,
    SIMULATED_DRAWS,
    TraceableEffect,
    build_future_baseline,
    build_past_baseline,
    describe_assumption,
    describe_effect,
    describe_past_assumption,
    list_not_estimated,
    run_counterfactual,
    run_intervention,
)
from detente.claims.recommendations import has_year
from detente.core.date_range import format_date
from detente.forecast.case import history_too_short, last_observed_day
from detente.measures.errors import NotObserved
from detente.measures.history import count_covered_days
from detente.model.fit import FittedModel
from detente.model.intervention_spec import Intervention, parse_interventions
from detente.model.interventions import HORIZONS, InterventionEffect, summarise_effect
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


def check_history(case: Case) -> None:
    """Refuse a simulation where the forecast refuses: with less than a year of covered days.

    Raises:
        HistoryTooShort: there are fewer covered days.
    """
    if not has_year(case.view):
        raise history_too_short(case.g, count_covered_days(case.g))


@cached(LRUCache(128), key=lambda prepared, s, setting: (prepared.key, setting.core), lock=Lock())
def intervention_result(prepared: Case, s: FittedModel, setting: WhatIfQuery) -> InterventionResult:
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
    grid = list(BASELINE_GRID) if setting.first is None else sorted({*range(step, horizons[-1], step), *horizons})
    effect, bands = summarise_effect(u, changed, horizons), compute_quantile_bands(u, changed, grid)
    baseline = forecast_baseline(prepared) if setting.first is None else None
    if baseline is not None:
        effect, bands = start_from_forecast(effect, baseline), shift_bands(bands, baseline)
    return InterventionResult(
        TraceableEffect(settings, effect, prepared.view, list_not_estimated(s), len(u.paths.y)), bands
    )


def forecast_baseline(prepared: Case) -> BaselineSeries | None:
    """The cumulative counts of the case's forecast; None if there is no forecast."""
    f = prepared.forecast_summary
    return None if isinstance(f, str) else f.baseline


def start_from_forecast(effect: InterventionEffect, baseline: BaselineSeries) -> InterventionEffect:
    """Give an effect the forecast's medians as its counts without the change, so that forecast and simulator show equal figures."""
    without = effect.without.copy()
    for k, c in enumerate(effect.channels):
        if c in baseline.channels:
            without[:, k] = [baseline.median(c, d) for d in effect.horizons]
    return replace(effect, without=without)


def shift_bands(bands: QuantileBands, baseline: BaselineSeries) -> QuantileBands:
    """Put the forecast's quantiles in place of the bands without the change, and move those with the change as far.

    Each quantile of the forecast changes by as much as the same quantile of the simulated pairs; no count falls below 0.
    """
    plain, changed = bands.plain.copy(), bands.changed.copy()
    for k, c in enumerate(bands.channels):
        if c in baseline.channels:
            plain[:, 1:, k] = baseline.quantiles[:, :, baseline.channels.index(c)]
    changed = np.maximum(plain + (bands.changed - bands.plain), 0)
    # Neither a lower level nor an earlier day has the higher count.
    changed = np.maximum.accumulate(np.maximum.accumulate(changed, axis=0), axis=1)
    return replace(bands, plain=plain, changed=changed)


@cached(LRUCache(4), key=lambda prepared, s, *, full: (prepared.key, full), lock=Lock())
def _simulate_future_baseline(prepared: Case, s: FittedModel, *, full: bool) -> BaselinePaths:
    n = PATHS if full else LIVE_PATHS
    return build_future_baseline(prepared.view, s, max(HORIZONS), n)


@cached(LRUCache(4), key=lambda prepared, s, first, *, full: (prepared.key, first, full), lock=Lock())
def _simulate_past_baseline(prepared: Case, s: FittedModel, first: date, *, full: bool) -> BaselinePaths:
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


def simulate_changes(case: Case, changes: Sequence[str]) -> SimulationResult:
    """Simulate the next year with and without policy changes, typed as `border=0.8`.

    Raises:
        BadIntervention: none, an unknown one, or a bad value. HistoryTooShort: too few covered days. BadCounts: no model can
            be fitted.
    """
    parsed = parse_interventions(changes)
    check_history(case)
    s = case.fit.model
    o = run_intervention(case.view, s, parsed, HORIZONS, _simulate_future_baseline(case, s, full=True))
    baseline = forecast_baseline(case)
    if baseline is not None:
        o = replace(o, effect=start_from_forecast(o.effect, baseline))
    texts = (describe_assumption(o, parsed, DEFAULT_DAYS).text, describe_effect(o, DEFAULT_DAYS).text)
    f = case.forecast_summary
    basis = () if isinstance(f, str) else tuple(x.text for x in f.basis)
    return SimulationResult(case.header, o.settings, o.effect, o.few, o.paths, case.view.seed, texts, basis)


def simulate_past(case: Case, first: date, without: tuple[str, ...]) -> SimulationResult:
    """Simulate the past from a day on with and without some kinds of event.

    Raises:
        NotObserved: the day is outside the observed days, or a kind has no events. HistoryTooShort: too few covered days.
    """
    check_history(case)
    s, g = case.fit.model, case.g
    silent = [n for n in without if n not in s.channels]
    if silent or not g.case.first <= first < g.watched_to:
        outside = f"{first} is not between {g.case.first} and {g.watched_to}"
        raise NotObserved([f"no {' or '.join(silent)} on record" if silent else outside])
    o = run_counterfactual(case.view, s, first, without)
    shown = [c for c in DESCRIBED_CHANNELS if c not in without]
    effect = describe_effect(o, o.effect.horizons[0], shown).text
    texts = (describe_past_assumption(o, first, without).text, effect)
    end = format_date(last_observed_day(g))
    basis = (
        f"The past is simulated again from {format_date(first)} to {end}, the last day with systematic collection.",
        "Days keep their reporting coverage.",
    )
    return SimulationResult(case.header, o.settings, o.effect, o.few, o.paths, case.view.seed, texts, basis)
