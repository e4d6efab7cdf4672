"""Effects of interventions as sentences that separate assumptions from estimates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detente.cases.case_file import CaseFile
from detente.cases.channel_names import channel_name, counts_fights
from detente.claims.context import ClaimContext
from detente.claims.estimate_text import probability_text
from detente.core.date_range import format_date
from detente.core.rng import make_rng
from detente.measures.quantity import Quantity
from detente.model.fit import FittedModel, thin_draws
from detente.model.intervention_spec import Intervention
from detente.model.interventions import MIN_CHANGE, InterventionEffect, summarise_effect
from detente.model.paired_simulation import (
    BaselinePaths,
    check_interventions,
    simulate_baseline,
    simulate_past_baseline,
    with_interventions,
    without_channels,
)
from detente.text.numbers import join_words
from detente.text.sentence import ConventionPiece, NumberPiece, Sentence, SentencePiece, make_sentence

DEADLY = ("attack", "operation", "strike", "clash")
PLURAL = {
    "attack": "attacks", "operation": "operations", "strike": "strikes", "clash": "clashes",
    "pressure": "acts of pressure", "defiance": "rejections and threats", "dialogue": "meetings",
    "concession": "concessions of the host", "truce": "acts of truce", "outside": "acts of outsiders", "deaths": "reported deaths",
}  # fmt: skip
PATHS, SIMULATED_DRAWS = 4_000, 100


@dataclass(frozen=True, slots=True)
class TraceableEffect:
    """An effect with its settings, seed and number of paths, which make its numbers traceable.

    `few`: what is not estimated, since it has fewer than 30 events.
    """

    settings: str
    effect: InterventionEffect
    view: ClaimContext
    few: tuple[str, ...] = ()
    paths: int = PATHS

    def number(self, channel: str, part: str, days: int) -> Quantity:
        """One quantity.

        Args:
            part: `without`, `direct`, `estimated`, `checked`, `whole`, `chance` (that `whole` is below 0), or `single` (the
                spread of single futures about `whole`).
        """
        e = self.effect
        i, k = e.horizons.index(days), e.channels.index(channel)
        recipe = {
            "kind": "lever", "levers": self.settings, "days": days, "channel": channel, "part": part,
            "paths": self.paths, "simulated draws": SIMULATED_DRAWS, "horizons": list(e.horizons), "fit": "host",
            **self.view.recipe,
        }  # fmt: skip
        key = f"{self.settings} {channel} {part} {days}".replace("=", " ").replace("/", " ")
        how = (
            f"{PLURAL[channel]} within {days} days: {_PART_TEXT[part]}; {self.paths} paired paths over {SIMULATED_DRAWS} draws of the "
            f"fitted model, seed {self.view.seed}, at the reporting coverage of the reference window"
        )
        if part in ("without", "direct"):
            return Quantity(key, float((e.without if part == "without" else e.direct)[i, k]), "events", how, recipe, ())
        if part == "chance":
            return Quantity(key, float(e.whole.fewer[i, k]), "share", how, recipe, ())
        c = e.estimated if part == "estimated" else e.checked if part == "checked" else e.whole
        limits = (c.single_low, c.single_high) if part == "single" else (c.low, c.high)
        mean, low, high = (float(x[i, k]) for x in (c.mean, *limits))
        return Quantity(key, mean, "events", how, recipe, (), low, high, e.level)


_PART_TEXT = {
    "without": "number without the change",
    "direct": "what the assumption changes by itself",
    "estimated": "expected change through the fitted responses",
    "checked": "expected change if only the responses that pass the lead check are effects",
    "whole": "expected change if every association is an effect",
    "chance": "probability that the expected change is below 0, if every association is an effect",
    "single": "change in a single future, if every association is an effect",
}


def deaths_by_channel(view: ClaimContext, s: FittedModel) -> dict[str, NDArray[np.float64]]:
    """Reported deaths of each deadly event by the highest figures, by channel, shape (event, 2), both columns alike.

    An event without a figure adds no reported deaths, as in the forecast.
    Channels with too few events are left out: the prior dominates their simulated events, and deaths must not rest on it.
    """
    out: dict[str, NDArray[np.float64]] = {}
    for c in [c for c in DEADLY if c not in s.too_few]:
        highest = [e.tolls.range[1] if e.tolls.range else 0 for e in view.g.of(c)]
        out[c] = np.repeat(np.array(highest, dtype=float)[:, None], 2, axis=1)
    return out


def list_not_estimated(s: FittedModel) -> tuple[str, ...]:
    """List the channels with fewer than 30 events, and deaths where all deadly channels are among them."""
    deadly = {c for c in DEADLY if c in s.channels}
    return (*s.too_few, "deaths") if deadly <= set(s.too_few) else s.too_few


def build_future_baseline(view: ClaimContext, s: FittedModel, days: int, paths: int = PATHS) -> BaselinePaths:
    """Simulate the next `days` days without intervention, with the context's seed."""
    thin = thin_draws(s, SIMULATED_DRAWS)
    return simulate_baseline(thin, days, make_rng(view.seed), paths=paths, tolls=deaths_by_channel(view, s))


def build_past_baseline(view: ClaimContext, s: FittedModel, first: date, paths: int = PATHS) -> BaselinePaths:
    """Simulate the covered days from `first` on without intervention, with the context's seed."""
    day = (first - view.g.coverage.first).days
    thin = thin_draws(s, SIMULATED_DRAWS)
    return simulate_past_baseline(thin, day, make_rng(view.seed), paths=paths, tolls=deaths_by_channel(view, s))


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
    return TraceableEffect(" ".join(x.text for x in changes), effect, view, list_not_estimated(s))


def run_counterfactual(view: ClaimContext, s: FittedModel, first: date, without: Sequence[str]) -> TraceableEffect:
    """Re-simulate the covered days from `first` on without some channels."""
    u = build_past_baseline(view, s, first)
    e = summarise_effect(u, without_channels(u, without), (u.base.shape[1],))
    return TraceableEffect(f"from {first} without {' '.join(without)}", e, view, list_not_estimated(s))


def describe_assumption(o: TraceableEffect, changes: Sequence[Intervention], days: int) -> Sentence:
    """Describe the assumption and its direct effect."""
    pieces: list[SentencePiece] = ["Assumed, not learned from data: "]
    for i, x in enumerate(changes):
        why = "a setting of the reader's; nothing in the data makes it this"
        pieces += [" and " if i else "", ConventionPiece(x.text, why), f" ({x.kind.assumes})"]
    return make_sentence(*pieces, *_direct_effect_pieces(o, days))


def describe_past_assumption(o: TraceableEffect, first: date, without: Sequence[str]) -> Sentence:
    """Describe the assumption of a counterfactual and its direct effect."""
    pieces: list[SentencePiece] = ["Assumed, not learned from data: "]
    for i, c in enumerate(without):
        pieces.append(f"{' and ' if i else ''}no {_name(o, c)}")
    pieces += [" from ", ConventionPiece(format_date(first), "a day of the reader's"), " on"]
    return make_sentence(*pieces, *_direct_effect_pieces(o, o.effect.horizons[-1]))


def _direct_effect_pieces(o: TraceableEffect, days: int) -> list[SentencePiece]:
    changed = [c for c in o.effect.channels if abs(o.number(c, "direct", days).value or 0.0) >= 0.05]
    if not changed:
        return [". By itself this changes no count within ", _horizon_piece(days), "."]
    few, changed = [c for c in changed if c in o.few], [c for c in changed if c not in o.few]
    if not changed:
        return [". How much this changes by itself is not estimated", *_few_pieces(o, few)]
    pieces: list[SentencePiece] = [". By itself this changes, within ", _horizon_piece(days)]
    for i, c in enumerate(changed):
        joint = ", " if i == 0 or i < len(changed) - 1 else " and "
        pieces += [joint, f"{_name(o, c)} by ", change_text(o.number(c, "direct", days))]
    return [*pieces, *([". Not estimated", *_few_pieces(o, few)] if few else ["."])]


def _few_pieces(o: TraceableEffect, few: Sequence[str]) -> list[SentencePiece]:
    needed = ConventionPiece("30", "below it the system's answer is mostly prior")
    return [", with fewer than ", needed, f" events: {join_words([_name(o, c) for c in few])}."]


def describe_effect(
    o: TraceableEffect, days: int, channels: Sequence[str] = ("attack", "strike", "clash", "deaths")
) -> Sentence:
    """Describe the change if all associations, or only those that pass the lead check, were effects.

    A direction is given only where the columns agree (`InterventionEffect.agreed_sign`). Nothing is said of a channel with too
    few events.
    """
    few = [c for c in channels if c in o.effect.channels and c in o.few]
    named = [c for c in channels if c in o.effect.channels and c not in o.few]
    if not named:
        return make_sentence("What would change is not estimated", *_few_pieces(o, few))
    pieces: list[SentencePiece] = [
        "If every association in this record were an effect and stayed so under a new policy, the expected change within ",
        _horizon_piece(days), " would be: ",
    ]  # fmt: skip
    for i, c in enumerate(named):
        pieces += ["; " if i else "", f"{_name(o, c)} ", change_interval_text(o.number(c, "whole", days))]
    pieces.append(". If only the responses that pass the lead check were effects: ")
    for i, c in enumerate(named):
        pieces += ["; " if i else "", f"{_name(o, c)} ", change_text(o.number(c, "checked", days))]
    last = named[-1]
    pieces += [
        f". If none is, nothing changes beyond what is assumed. A single future varies more: {_name(o, last)} ",
        single_future_text(o.number(last, "single", days)), ". ",
    ]  # fmt: skip
    if few:
        pieces += ["Not estimated", *_few_pieces(o, few), " "]
    if o.effect.agreed_sign(o.effect.horizons.index(days), o.effect.channels.index(last)):
        chance = probability_text(o.number(last, "chance", days))
        return make_sentence(*pieces, f"If every association were an effect, fewer {_name(o, last)} would be ", chance, ".")  # fmt: skip
    if max(abs(o.number(last, part, days).value or 0.0) for part in ("whole", "checked")) < MIN_CHANGE:
        return make_sentence(*pieces, f"In both, the expected change of {_name(o, last)} rounds to zero.")
    return make_sentence(*pieces, f"These disagree on whether there would be more or fewer {_name(o, last)}.")


def _name(o: TraceableEffect, channel: str) -> str:
    """The reader's name of a channel, from the case file where it gives one."""
    return name_channel(o.view.g.case, channel)


def name_channel(case: CaseFile, channel: str) -> str:
    """The reader's name of a channel: from the case file where it names the channel or counts fights in it, else a short one."""
    named = case.channel_name(channel) != channel or counts_fights(case, channel)
    return channel_name(case, channel) if named else PLURAL[channel]


def single_future_text(m: Quantity) -> NumberPiece:
    """The spread of a change over single futures: `−40 to +32`."""
    low, high = (format_change(x or 0.0) for x in (m.low, m.high))
    return NumberPiece(m, f"{low} to {high}")


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
        ('0.0', '+2.2', '−115')
    """
    text = f"{x:+.0f}" if abs(x) >= 9.95 else f"{x:+.1f}" if abs(x) >= 0.05 else "0.0"
    return text.replace("-", "−")
