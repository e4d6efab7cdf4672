"""What a lever would bring, in sentences that keep the assumed and the estimated apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detente.claims.context import ClaimContext
from detente.claims.estimate_text import probability_text
from detente.core.date_range import format_date
from detente.core.rng import make_rng
from detente.measures.quantity import Quantity
from detente.model.fit import FittedModel
from detente.model.intervention_spec import Intervention
from detente.model.interventions import InterventionEffect, summarise_effect
from detente.model.paired_simulation import (
    BaselinePaths,
    check_interventions,
    simulate_baseline,
    simulate_past_baseline,
    with_interventions,
    without_channels,
)
from detente.text.sentence import ConventionPiece, NumberPiece, Sentence, SentencePiece, make_sentence

DEADLY = ("attack", "operation", "strike", "clash")
PLURAL = {
    "attack": "attacks", "operation": "operations", "strike": "strikes", "clash": "clashes",
    "pressure": "acts of pressure", "defiance": "acts of defiance", "dialogue": "meetings",
    "concession": "concessions of the host", "truce": "acts of truce", "outside": "acts of outsiders", "deaths": "deaths",
}  # fmt: skip
PATHS = 1_000


@dataclass(frozen=True, slots=True)
class TraceableEffect:
    """An effect with what it rests on: the settings, the seed and number of paths."""

    settings: str
    effect: InterventionEffect
    view: ClaimContext
    few: tuple[str, ...] = ()
    paths: int = PATHS

    def number(self, channel: str, part: str, days: int) -> Quantity:
        """One traced number: `part` is `without`, `direct`, `estimated`, `whole` or `chance` (of fewer, whole)."""
        e = self.effect
        i, k = e.horizons.index(days), e.channels.index(channel)
        recipe = {
            "kind": "lever", "levers": self.settings, "days": days, "channel": channel, "part": part,
            "paths": self.paths, "horizons": list(e.horizons), "fit": "host", **self.view.recipe,
        }  # fmt: skip
        key = f"{self.settings} {channel} {part} {days}".replace("=", " ").replace("/", " ")
        how = (
            f"{PLURAL[channel]} within {days} days: {_PART_TEXT[part]}; {self.paths} paired paths of the fitted system, "
            f"seed {self.view.seed}, at the density of the thinnest window"
        )
        if part in ("without", "direct"):
            value = float((e.without if part == "without" else e.direct)[i, k])
            return Quantity(key, value, "events", how, recipe, ())
        if part == "chance":
            return Quantity(key, float(e.whole.fewer[i, k]), "share", how, recipe, ())
        c = e.estimated if part == "estimated" else e.whole
        return Quantity(
            key, float(c.mean[i, k]), "events", how, recipe, (), float(c.low[i, k]), float(c.high[i, k]), e.level
        )


_PART_TEXT = {
    "without": "expected as fitted",
    "direct": "what the assumption changes by itself",
    "estimated": "what follows through the fitted responses",
    "whole": "the whole difference",
    "chance": "probability that the whole difference is below nought",
}


def deaths_by_channel(view: ClaimContext, s: FittedModel) -> dict[str, NDArray[np.float64]]:
    """Lowest and highest deaths told of each deadly event, by channel, shape (event, 2).

    A channel of too few events is left out: its future is mostly prior, and deaths must not be.
    """
    out: dict[str, NDArray[np.float64]] = {}
    for c in [c for c in DEADLY if c not in s.too_few]:
        told = [e.tolls.range for e in view.g.of(c)]
        out[c] = np.array([t for t in told if t is not None], dtype=float).reshape(-1, 2)
    return out


def build_future_baseline(view: ClaimContext, s: FittedModel, days: int, paths: int = PATHS) -> BaselinePaths:
    """The next days as fitted, lived with the view's seed, ready for levers."""
    return simulate_baseline(s, days, make_rng(view.seed), paths=paths, tolls=deaths_by_channel(view, s))


def build_past_baseline(view: ClaimContext, s: FittedModel, first: date, paths: int = PATHS) -> BaselinePaths:
    """The watched days from `first` on as fitted, ready to be lived without some channels."""
    day = (first - view.g.coverage.first).days
    return simulate_past_baseline(s, day, make_rng(view.seed), paths=paths, tolls=deaths_by_channel(view, s))


def run_intervention(
    view: ClaimContext,
    s: FittedModel,
    changes: Sequence[Intervention],
    horizons: Sequence[int],
    lived: BaselinePaths | None = None,
) -> TraceableEffect:
    """The effect of some levers on the case's system, with the view's seed.

    Args:
        lived: the days as fitted, from `ready`, where several levers are asked about; lived anew if not given.

    Raises:
        BadLever: a lever moves a channel that the record does not hold.
    """
    check_interventions(s, changes)
    u = lived or build_future_baseline(view, s, max(horizons))
    return TraceableEffect(
        " ".join(x.text for x in changes),
        summarise_effect(u, with_interventions(u, changes), horizons),
        view,
        s.too_few,
    )


def run_counterfactual(view: ClaimContext, s: FittedModel, first: date, without: Sequence[str]) -> TraceableEffect:
    """The watched days from `first` on lived again without some channels."""
    u = build_past_baseline(view, s, first)
    e = summarise_effect(u, without_channels(u, without), (u.base.shape[1],))
    return TraceableEffect(f"from {first} without {' '.join(without)}", e, view, s.too_few)


def describe_assumption(o: TraceableEffect, changes: Sequence[Intervention], days: int) -> Sentence:
    """What is assumed, and what it does by itself."""
    pieces: list[SentencePiece] = ["Assumed, and not learned from data: "]
    for i, x in enumerate(changes):
        why = "a setting of the reader's; nothing in the data makes it this"
        pieces += [" and " if i else "", ConventionPiece(x.text, why), f" ({x.kind.assumes})"]
    return make_sentence(*pieces, *_direct_effect_pieces(o, days))


def describe_past_assumption(o: TraceableEffect, first: date, without: Sequence[str]) -> Sentence:
    """What is assumed of the past, and what that takes away by itself."""
    pieces: list[SentencePiece] = ["Assumed, and not learned from data: "]
    for i, c in enumerate(without):
        pieces.append(f"{' and ' if i else ''}no {PLURAL[c]}")
    pieces += [" from ", ConventionPiece(format_date(first), "a day of the reader's"), " on"]
    return make_sentence(*pieces, *_direct_effect_pieces(o, o.effect.horizons[-1]))


def _direct_effect_pieces(o: TraceableEffect, days: int) -> list[SentencePiece]:
    pieces: list[SentencePiece] = ["; by itself it changes, within ", _horizon_piece(days)]
    touched = [c for c in o.effect.channels if abs(o.number(c, "direct", days).value or 0.0) >= 0.05]
    for i, c in enumerate(touched):
        joint = ", " if i == 0 or i < len(touched) - 1 else " and "
        pieces += [joint, f"{PLURAL[c]} by ", change_text(o.number(c, "direct", days))]
    return [*pieces, "." if touched else ", nothing that can be counted."]


def describe_effect(
    o: TraceableEffect, days: int, channels: Sequence[str] = ("attack", "strike", "clash", "deaths")
) -> Sentence:
    """What follows through the fitted responses."""
    told = [c for c in channels if c in o.effect.channels]
    pieces: list[SentencePiece] = ["Estimated to follow from it, through the fitted responses: "]
    for i, c in enumerate(told):
        pieces += [", " if i else "", f"{PLURAL[c]} ", change_interval_text(o.number(c, "estimated", days))]
    last = told[-1]
    return make_sentence(
        *pieces,
        f"; that there are fewer {PLURAL[last]} in all is ",
        probability_text(o.number(last, "chance", days)),
        ".",
    )


def change_text(m: Quantity) -> NumberPiece:
    """A change without interval: `+12`."""
    return NumberPiece(m, format_change(m.value or 0.0))


def change_interval_text(m: Quantity) -> NumberPiece:
    """A change with its interval: `−3.1 (90 % interval −8.0 to +1.2)`."""
    level = f"{100 * (m.level or 0):.0f}\u00a0%"
    return NumberPiece(
        m,
        f"{format_change(m.value or 0.0)} ({level} interval {format_change(m.low or 0.0)} to {format_change(m.high or 0.0)})",
    )


def _horizon_piece(days: int) -> ConventionPiece:
    return ConventionPiece(f"{days}\u00a0days", "a horizon; others are given by detente whatif")


def format_change(x: float) -> str:
    """A change with its sign, to a tenth, and from ten on to a whole: tenths of a death beside an interval of hundreds would claim
    what nobody knows.

    Example:
        >>> format_change(-0.04), format_change(2.25), format_change(-115.1)
        ('+0.0', '+2.2', '−115')
    """
    shown = f"{x:+.0f}" if abs(x) >= 9.95 else f"{x + 0.0 if abs(x) >= 0.05 else 0.0:+.1f}"
    return shown.replace("-", "−")
