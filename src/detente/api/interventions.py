"""Levers pulled on a study: days as fitted are lived once and kept, and what a setting brought is remembered.

The live view takes 500 paths of every second draw of the posterior, so that it answers while a slider is moved; a draw has two paths
as in the command, so that intervals mean the same. The full number of paths is the command's.
"""

from dataclasses import dataclass
from datetime import date

from detente.api.case import Study
from detente.claims.intervention_text import (
    PATHS,
    Outlook,
    assumed,
    assumed_past,
    estimated,
    ready,
    ready_past,
)
from detente.model.fit import System, thinned
from detente.model.interventions import HORIZONS, effect
from detente.model.paired_simulation import Unlevered, pulled, removed
from detente.model.quantile_bands import Fans, fans
from detente.text.sentence import Sentence
from detente.web.pages.whatif_query import Setting
from detente.web.remembered import Remembered

LIVE, PER_DRAW, WORK, STEPS = 500, 2, 180_000, 48
TOLD = ("attack", "strike", "clash", "defiance", "dialogue", "deaths")

_READY = Remembered[Unlevered](8)
_SEEN = Remembered["Seen"](128)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a setting brought: the effect with what it rests on, and both fans."""

    outlook: Outlook
    fans: Fans


def seen(study: Study, s: System, setting: Setting) -> Seen:
    """The effect and the fans of a setting, made now or remembered."""
    return _SEEN.get((study.key, setting.core), lambda: _see(study, s, setting))


def _see(study: Study, s: System, setting: Setting) -> Seen:
    horizons: tuple[int, ...]
    if setting.first is None:
        u, horizons = _ahead(study, s, full=setting.full), HORIZONS
        lived, settings = pulled(u, setting.levers), " ".join(x.text for x in setting.levers) or "as fitted"
    else:
        u = _past(study, s, setting.first, full=setting.full)
        horizons = (u.base.shape[1],)
        lived, settings = removed(u, setting.without), f"from {setting.first} without {' '.join(setting.without)}"
    grid = sorted({*range(max(1, horizons[-1] // STEPS), horizons[-1], max(1, horizons[-1] // STEPS)), *horizons})
    o = Outlook(settings, effect(u, lived, horizons), study.view, s.too_few, len(u.paths.y))
    return Seen(o, fans(u, lived, grid))


def _ahead(study: Study, s: System, *, full: bool) -> Unlevered:
    n = PATHS if full else LIVE
    return _READY.get((study.key, "ahead", full), lambda: ready(study.view, _thin(s, n, full=full), max(HORIZONS), n))


def _past(study: Study, s: System, first: date, *, full: bool) -> Unlevered:
    days = len(s.y) - (first - study.g.exposure.first).days
    n = PATHS if full else max(100, min(LIVE, WORK // max(days, 1)) // PER_DRAW * PER_DRAW)
    return _READY.get((study.key, first, full), lambda: ready_past(study.view, _thin(s, n, full=full), first, n))


def _thin(s: System, paths: int, *, full: bool) -> System:
    return s if full else thinned(s, paths // PER_DRAW)


def sentences(setting: Setting, o: Outlook) -> tuple[Sentence | None, Sentence | None]:
    """What is assumed and what is estimated, apart; None where nothing is changed."""
    told = [c for c in TOLD if c in o.effect.channels and c not in setting.without]
    if setting.first is not None:
        return assumed_past(o, setting.first, setting.without), estimated(o, o.effect.horizons[-1], told)
    if not setting.levers:
        return None, None
    return assumed(o, setting.levers, setting.days), estimated(o, setting.days, told)
