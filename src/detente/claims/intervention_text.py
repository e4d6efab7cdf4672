"""What a lever would bring, in sentences that keep the assumed and the estimated apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detente.claims.context import View
from detente.claims.estimate_text import chance
from detente.core.date_range import in_words
from detente.core.rng import generator
from detente.measures.quantity import Measured
from detente.model.fit import System
from detente.model.intervention_spec import Lever
from detente.model.interventions import Effect, effect
from detente.model.paired_simulation import (
    Unlevered,
    as_it_was,
    pulled,
    refuse_unknown,
    removed,
    unlevered,
)
from detente.text.sentence import Chosen, Piece, Said, Sentence, say

DEADLY = ("attack", "operation", "strike", "clash")
PLURAL = {
    "attack": "attacks", "operation": "operations", "strike": "strikes", "clash": "clashes",
    "pressure": "acts of pressure", "defiance": "acts of defiance", "dialogue": "meetings",
    "concession": "concessions of the host", "truce": "acts of truce", "outside": "acts of outsiders", "deaths": "deaths",
}  # fmt: skip
PATHS = 1_000


@dataclass(frozen=True, slots=True)
class Outlook:
    """An effect with what it rests on: the settings, the seed and number of paths."""

    settings: str
    effect: Effect
    view: View
    few: tuple[str, ...] = ()
    paths: int = PATHS

    def number(self, channel: str, part: str, days: int) -> Measured:
        """One traced number: `part` is `without`, `direct`, `estimated`, `whole` or `chance` (of fewer, whole)."""
        e = self.effect
        i, k = e.horizons.index(days), e.channels.index(channel)
        recipe = {
            "kind": "lever", "levers": self.settings, "days": days, "channel": channel, "part": part,
            "paths": self.paths, "horizons": list(e.horizons), "fit": "host", **self.view.recipe,
        }  # fmt: skip
        key = f"{self.settings} {channel} {part} {days}".replace("=", " ").replace("/", " ")
        how = (
            f"{PLURAL[channel]} within {days} days: {_TOLD[part]}; {self.paths} paired paths of the fitted system, "
            f"seed {self.view.seed}, at the density of the thinnest window"
        )
        if part in ("without", "direct"):
            value = float((e.without if part == "without" else e.direct)[i, k])
            return Measured(key, value, "events", how, recipe, ())
        if part == "chance":
            return Measured(key, float(e.whole.fewer[i, k]), "share", how, recipe, ())
        c = e.estimated if part == "estimated" else e.whole
        return Measured(
            key, float(c.mean[i, k]), "events", how, recipe, (), float(c.low[i, k]), float(c.high[i, k]), e.level
        )


_TOLD = {
    "without": "expected as fitted",
    "direct": "what the assumption changes by itself",
    "estimated": "what follows through the fitted responses",
    "whole": "the whole difference",
    "chance": "probability that the whole difference is below nought",
}


def tolls(view: View, s: System) -> dict[str, NDArray[np.float64]]:
    """Lowest and highest deaths told of each deadly event, by channel, shape (event, 2).

    A channel of too few events is left out: its future is mostly prior, and deaths must not be.
    """
    out: dict[str, NDArray[np.float64]] = {}
    for c in [c for c in DEADLY if c not in s.too_few]:
        told = [e.tolls.range for e in view.g.of(c)]
        out[c] = np.array([t for t in told if t is not None], dtype=float).reshape(-1, 2)
    return out


def ready(view: View, s: System, days: int, paths: int = PATHS) -> Unlevered:
    """The next days as fitted, lived with the view's seed, ready for levers."""
    return unlevered(s, days, generator(view.seed), paths=paths, tolls=tolls(view, s))


def ready_past(view: View, s: System, first: date, paths: int = PATHS) -> Unlevered:
    """The watched days from `first` on as fitted, ready to be lived without some channels."""
    day = (first - view.g.exposure.first).days
    return as_it_was(s, day, generator(view.seed), paths=paths, tolls=tolls(view, s))


def outlook(
    view: View, s: System, changes: Sequence[Lever], horizons: Sequence[int], lived: Unlevered | None = None
) -> Outlook:
    """The effect of some levers on the case's system, with the view's seed.

    Args:
        lived: the days as fitted, from `ready`, where several levers are asked about; lived anew if not given.

    Raises:
        BadLever: a lever moves a channel that the record does not hold.
    """
    refuse_unknown(s, changes)
    u = lived or ready(view, s, max(horizons))
    return Outlook(" ".join(x.text for x in changes), effect(u, pulled(u, changes), horizons), view, s.too_few)


def hindsight(view: View, s: System, first: date, without: Sequence[str]) -> Outlook:
    """The watched days from `first` on lived again without some channels."""
    u = ready_past(view, s, first)
    e = effect(u, removed(u, without), (u.base.shape[1],))
    return Outlook(f"from {first} without {' '.join(without)}", e, view, s.too_few)


def assumed(o: Outlook, changes: Sequence[Lever], days: int) -> Sentence:
    """What is assumed, and what it does by itself."""
    pieces: list[Piece] = ["Assumed, and not learned from data: "]
    for i, x in enumerate(changes):
        why = "a setting of the reader's; nothing in the data makes it this"
        pieces += [" and " if i else "", Chosen(x.text, why), f" ({x.kind.assumes})"]
    return say(*pieces, *_by_itself(o, days))


def assumed_past(o: Outlook, first: date, without: Sequence[str]) -> Sentence:
    """What is assumed of the past, and what that takes away by itself."""
    pieces: list[Piece] = ["Assumed, and not learned from data: "]
    for i, c in enumerate(without):
        pieces.append(f"{' and ' if i else ''}no {PLURAL[c]}")
    pieces += [" from ", Chosen(in_words(first), "a day of the reader's"), " on"]
    return say(*pieces, *_by_itself(o, o.effect.horizons[-1]))


def _by_itself(o: Outlook, days: int) -> list[Piece]:
    pieces: list[Piece] = ["; by itself it changes, within ", _days(days)]
    touched = [c for c in o.effect.channels if abs(o.number(c, "direct", days).value or 0.0) >= 0.05]
    for i, c in enumerate(touched):
        joint = ", " if i == 0 or i < len(touched) - 1 else " and "
        pieces += [joint, f"{PLURAL[c]} by ", plain(o.number(c, "direct", days))]
    return [*pieces, "." if touched else ", nothing that can be counted."]


def estimated(o: Outlook, days: int, channels: Sequence[str] = ("attack", "strike", "clash", "deaths")) -> Sentence:
    """What follows through the fitted responses."""
    told = [c for c in channels if c in o.effect.channels]
    pieces: list[Piece] = ["Estimated to follow from it, through the fitted responses: "]
    for i, c in enumerate(told):
        pieces += [", " if i else "", f"{PLURAL[c]} ", ranged(o.number(c, "estimated", days))]
    last = told[-1]
    return say(
        *pieces, f"; that there are fewer {PLURAL[last]} in all is ", chance(o.number(last, "chance", days)), "."
    )


def plain(m: Measured) -> Said:
    """A change without interval: `+12`."""
    return Said(m, change(m.value or 0.0))


def ranged(m: Measured) -> Said:
    """A change with its interval: `−3.1 (90 % interval −8.0 to +1.2)`."""
    level = f"{100 * (m.level or 0):.0f}\u00a0%"
    return Said(m, f"{change(m.value or 0.0)} ({level} interval {change(m.low or 0.0)} to {change(m.high or 0.0)})")


def _days(days: int) -> Chosen:
    return Chosen(f"{days}\u00a0days", "a horizon; others are given by detente whatif")


def change(x: float) -> str:
    """A change with its sign, to a tenth, and from ten on to a whole: tenths of a death beside an interval of hundreds would claim
    what nobody knows.

    Example:
        >>> change(-0.04), change(2.25), change(-115.1)
        ('+0.0', '+2.2', '−115')
    """
    shown = f"{x:+.0f}" if abs(x) >= 9.95 else f"{x + 0.0 if abs(x) >= 0.05 else 0.0:+.1f}"
    return shown.replace("-", "−")
