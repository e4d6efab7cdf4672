"""Levers pulled on a study: days as fitted are lived once and kept, and what a setting brought is remembered.

The live view takes 500 paths of every second draw of the posterior, so that it answers while a slider is moved; a draw has two paths
as in the command, so that intervals mean the same. The full number of paths is the command's.
"""

from dataclasses import dataclass
from datetime import date
from threading import Lock

from cachetools import LRUCache, cached

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
from detente.model.intervention_spec import Lever
from detente.model.interventions import HORIZONS, effect
from detente.model.paired_simulation import Unlevered, pulled, removed
from detente.model.quantile_bands import Fans, fans
from detente.text.sentence import Sentence

LIVE, PER_DRAW, WORK, STEPS = 500, 2, 180_000, 48
TOLD = ("attack", "strike", "clash", "defiance", "dialogue", "deaths")

WITHIN = 180
SHOWN = ("attack", "strike", "clash", "defiance", "deaths")


@dataclass(frozen=True, slots=True)
class Setting:
    """What is asked.

    Fields:
        levers: those that are pulled, in the order of the house. first, without: of a past lived again; None and
            empty otherwise. days: of the pictures and sentences. show: channels drawn. full: all paths, as the command
            takes, and not the fewer of the live view.
    """

    levers: tuple[Lever, ...] = ()
    first: date | None = None
    without: tuple[str, ...] = ()
    days: int = WITHIN
    show: tuple[str, ...] = SHOWN
    full: bool = False

    @property
    def core(self) -> tuple[object, ...]:
        """What the simulation depends on: the rest is a way of looking at it."""
        return tuple(x.text for x in self.levers), self.first, self.without, self.full


@dataclass(frozen=True, slots=True)
class Seen:
    """What a setting brought: the effect with what it rests on, and both fans."""

    outlook: Outlook
    fans: Fans


@cached(LRUCache(128), key=lambda study, s, setting: (study.key, setting.core), lock=Lock())
def seen(study: Study, s: System, setting: Setting) -> Seen:
    """The effect and the fans of a setting; the last 128 are kept."""
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


@cached(LRUCache(4), key=lambda study, s, *, full: (study.key, full), lock=Lock())
def _ahead(study: Study, s: System, *, full: bool) -> Unlevered:
    n = PATHS if full else LIVE
    return ready(study.view, _thin(s, n, full=full), max(HORIZONS), n)


@cached(LRUCache(4), key=lambda study, s, first, *, full: (study.key, first, full), lock=Lock())
def _past(study: Study, s: System, first: date, *, full: bool) -> Unlevered:
    days = len(s.y) - (first - study.g.exposure.first).days
    n = PATHS if full else max(100, min(LIVE, WORK // max(days, 1)) // PER_DRAW * PER_DRAW)
    return ready_past(study.view, _thin(s, n, full=full), first, n)


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
