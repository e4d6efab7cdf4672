"""Effects of interventions as sentences that separate assumptions from estimates."""

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
    """An effect with its settings, seed and number of paths, which make its numbers traceable."""

    settings: str
    effect: InterventionEffect
    view: ClaimContext
    few: tuple[str, ...] = ()
    paths: int = PATHS

    def number(self, channel: str, part: str, days: int) -> Quantity:
        """One quantity: `part` is `without`, `direct`, `estimated`, `whole` or `chance` (that `whole` is below 0)."""
        e = self.effect
        i, k = e.horizons.index(days), e.channels.index(channel)
        recipe = {
            "kind": "lever", "levers": self.settings, "days": days, "channel": channel, "part": part,
            "paths": self.paths, "horizons": list(e.horizons), "fit": "host", **self.view.recipe,
        }  # fmt: skip
        key = f"{self.settings} {channel} {part} {days}".replace("=", " ").replace("/", " ")
        how = (
            f"{PLURAL[channel]} within {days} days: {_PART_TEXT[part]}; {self.paths} paired paths of the fitted system, "
            f"seed {self.view.seed}, at the density of the reference window"
        )
        if part in ("without", "direct"):
            return Quantity(key, float((e.without if part == "without" else e.direct)[i, k]), "events", how, recipe, ())
        if part == "chance":
            return Quantity(key, float(e.whole.fewer[i, k]), "share", how, recipe, ())
        c = e.estimated if part == "estimated" else e.whole
        mean, low, high = (float(x[i, k]) for x in (c.mean, c.low, c.high))
        return Quantity(key, mean, "events", how, recipe, (), low, high, e.level)


_PART_TEXT = {
    "without": "expected as fitted",
    "direct": "what the assumption changes by itself",
    "estimated": "what follows through the fitted responses",
    "whole": "the whole difference",
    "chance": "probability that the whole difference is below nought",
}


def deaths_by_channel(view: ClaimContext, s: FittedModel) -> dict[str, NDArray[np.float64]]:
    """Lowest and highest reported deaths of each deadly event, by channel, shape (event, 2).

    Channels with too few events are left out: the prior dominates their simulated events, and deaths must not rest on it.
    """
    out: dict[str, NDArray[np.float64]] = {}
    for c in [c for c in DEADLY if c not in s.too_few]:
        deaths = [e.tolls.range for e in view.g.of(c)]
        out[c] = np.array([d for d in deaths if d is not None], dtype=float).reshape(-1, 2)
    return out


def build_future_baseline(view: ClaimContext, s: FittedModel, days: int, paths: int = PATHS) -> BaselinePaths:
    """Simulate the next `days` days without intervention, with the context's seed."""
    return simulate_baseline(s, days, make_rng(view.seed), paths=paths, tolls=deaths_by_channel(view, s))


def build_past_baseline(view: ClaimContext, s: FittedModel, first: date, paths: int = PATHS) -> BaselinePaths:
    """Simulate the covered days from `first` on without intervention, with the context's seed."""
    day = (first - view.g.coverage.first).days
    return simulate_past_baseline(s, day, make_rng(view.seed), paths=paths, tolls=deaths_by_channel(view, s))


def run_intervention(
    view: ClaimContext,
    s: FittedModel,
    changes: Sequence[Intervention],
    horizons: Sequence[int],
    baseline: BaselinePaths | None = None,
) -> TraceableEffect:
    """Estimate the effect of interventions, with the context's seed.

    Args:
        baseline: paths from `build_future_baseline`, to be shared by several calls; simulated if None.

    Raises:
        BadIntervention: an intervention changes a channel without events on record.
    """
    check_interventions(s, changes)
    u = baseline or build_future_baseline(view, s, max(horizons))
    effect = summarise_effect(u, with_interventions(u, changes), horizons)
    return TraceableEffect(" ".join(x.text for x in changes), effect, view, s.too_few)


def run_counterfactual(view: ClaimContext, s: FittedModel, first: date, without: Sequence[str]) -> TraceableEffect:
    """Re-simulate the covered days from `first` on without some channels."""
    u = build_past_baseline(view, s, first)
    e = summarise_effect(u, without_channels(u, without), (u.base.shape[1],))
    return TraceableEffect(f"from {first} without {' '.join(without)}", e, view, s.too_few)


def describe_assumption(o: TraceableEffect, changes: Sequence[Intervention], days: int) -> Sentence:
    """Describe the assumption and its direct effect."""
    pieces: list[SentencePiece] = ["Assumed, and not learned from data: "]
    for i, x in enumerate(changes):
        why = "a setting of the reader's; nothing in the data makes it this"
        pieces += [" and " if i else "", ConventionPiece(x.text, why), f" ({x.kind.assumes})"]
    return make_sentence(*pieces, *_direct_effect_pieces(o, days))


def describe_past_assumption(o: TraceableEffect, first: date, without: Sequence[str]) -> Sentence:
    """Describe the assumption of a counterfactual and its direct effect."""
    pieces: list[SentencePiece] = ["Assumed, and not learned from data: "]
    for i, c in enumerate(without):
        pieces.append(f"{' and ' if i else ''}no {PLURAL[c]}")
    pieces += [" from ", ConventionPiece(format_date(first), "a day of the reader's"), " on"]
    return make_sentence(*pieces, *_direct_effect_pieces(o, o.effect.horizons[-1]))


def _direct_effect_pieces(o: TraceableEffect, days: int) -> list[SentencePiece]:
    pieces: list[SentencePiece] = ["; by itself it changes, within ", _horizon_piece(days)]
    changed = [c for c in o.effect.channels if abs(o.number(c, "direct", days).value or 0.0) >= 0.05]
    for i, c in enumerate(changed):
        joint = ", " if i == 0 or i < len(changed) - 1 else " and "
        pieces += [joint, f"{PLURAL[c]} by ", change_text(o.number(c, "direct", days))]
    return [*pieces, "." if changed else ", nothing that can be counted."]


def describe_effect(
    o: TraceableEffect, days: int, channels: Sequence[str] = ("attack", "strike", "clash", "deaths")
) -> Sentence:
    """Describe the indirect effect, through the fitted responses."""
    named = [c for c in channels if c in o.effect.channels]
    pieces: list[SentencePiece] = ["Estimated to follow from it, through the fitted responses: "]
    for i, c in enumerate(named):
        pieces += [", " if i else "", f"{PLURAL[c]} ", change_interval_text(o.number(c, "estimated", days))]
    chance = probability_text(o.number(named[-1], "chance", days))
    return make_sentence(*pieces, f"; that there are fewer {PLURAL[named[-1]]} in all is ", chance, ".")


def change_text(m: Quantity) -> NumberPiece:
    """A change without interval: `+12`."""
    return NumberPiece(m, format_change(m.value or 0.0))


def change_interval_text(m: Quantity) -> NumberPiece:
    """A change with its interval: `−3.1 (90 % interval −8.0 to +1.2)`."""
    value, low, high = (format_change(x or 0.0) for x in (m.value, m.low, m.high))
    return NumberPiece(m, f"{value} ({100 * (m.level or 0):.0f}\u00a0% interval {low} to {high})")


def _horizon_piece(days: int) -> ConventionPiece:
    return ConventionPiece(f"{days}\u00a0days", "a horizon; others are given by detente whatif")


def format_change(x: float) -> str:
    """Format a change with its sign, to a tenth below 10 and to a whole from 10 on, where tenths would be false precision.

    Example:
        >>> format_change(-0.04), format_change(2.25), format_change(-115.1)
        ('+0.0', '+2.2', '−115')
    """
    text = f"{x:+.0f}" if abs(x) >= 9.95 else f"{x + 0.0 if abs(x) >= 0.05 else 0.0:+.1f}"
    return text.replace("-", "−")
