"""How often sources present events as reactions or state an answer to them: plain sentences with traced numbers.

Sources seldom name a motive, so every share is a lower limit. Limits and clusters stand in the sentences of
`claims/stated_evidence.py`; these have the same counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente.api.case import Case
from detente.cases.channel_names import channel_name
from detente.cases.channel_rule import COUNTED_CHANNELS
from detente.claims import stated_evidence
from detente.claims.context import effect_filter
from detente.claims.stated_evidence import MIN_DELAYS, StatedEvidence
from detente.measures.quantity import Quantity, tally_quantity
from detente.measures.stated_quantity import stated_quantity, stated_recipe
from detente.measures.stated_responses import CLOSURE, DelayQuantiles
from detente.text.numbers import count_or_none_text, count_text
from detente.text.sentence import NumberPiece, Sentence, SentencePiece, make_sentence


@dataclass(frozen=True, slots=True)
class StatedRates:
    """What sources state on the events of one kind, each None where nothing can be said.

    Fields:
        reactions: how many are presented as reactions to another event. answers: how many were answered.
    """

    reactions: Sentence | None
    answers: Sentence | None


def describe_stated_rates(prepared: Case, kind: str) -> StatedRates:
    """Describe how often events of one kind are presented as reactions, and how often an answer to them is stated.

    Example:
        >>> from detente.api.case import open_case
        >>> rates = describe_stated_rates(open_case("pakistan-afghanistan"), "strike")
        >>> rates.answers.text.startswith("Sources state an answer to")
        True
    """
    if kind not in COUNTED_CHANNELS:
        return StatedRates(None, None)
    found = prepared.view.stated_answers(kind)
    answers = None
    if found is not None:
        recipe = {"kind": "stated causes", "of": effect_filter(prepared.view, kind).as_data(), "answers": []}
        acts = _tally(f"{kind}_observed", found.total, "events on observed days", recipe, _ids(prepared, kind))
        n = _tally(
            f"{kind}_answered", found.answered + found.implied, "events with a stated or implied answer on observed days",
            recipe, (*found.events, *found.answering),
        )  # fmt: skip
        delay = _delay(f"{kind}_answered_delay", found.delay, recipe)
        answers = _tell_answers(n, acts, delay, name_acts(prepared, kind), "")
    return StatedRates(describe_stated_reactions(prepared, (*COUNTED_CHANNELS, CLOSURE), kind, "any"), answers)


def describe_stated_reactions(prepared: Case, causes: tuple[str, ...], effect: str, key: str) -> Sentence | None:
    """Describe how many events of one kind are presented as reactions to events of others.

    Args:
        key: names the causes in the keys of the numbers; `any` also leaves them out of the sentence.

    Returns:
        None where the source states no links, or no event of the kind is on record.
    """
    found = prepared.view.stated(causes, effect)
    if found is None:
        return None
    of = effect_filter(prepared.view, effect)
    total = _tally(
        f"{effect}_after_{key}_all",
        found.total,
        "events on record",
        {"kind": "count", "of": of.as_data()},
        _ids(prepared, effect),
    )
    n = stated_quantity(f"stated_{effect}_after_{key}", found, of)
    delay = _delay(f"{effect}_after_{key}_delay", found.delay, stated_recipe("delay", causes, of))
    to = "another event" if key == "any" else _join(prepared, causes)
    return _tell_reactions(n, total, delay, name_acts(prepared, effect), to)


def simplify_stated_evidence(prepared: Case, x: StatedEvidence) -> Sentence:
    """Say what a claim's stated evidence says in plain words, with its own counts."""
    numbers = {m.key: m for m in x.told.measured}
    if x.response is None and x.answers is None:
        return x.told
    total, delay = numbers[f"{x.key}_total"], numbers.get(f"{x.key}_delay")
    if x.response is not None:
        return _tell_reactions(
            numbers[f"{x.key}_linked"], total, delay, name_acts(prepared, x.effect), _join(prepared, x.causes)
        )
    harm = {True: " with reported civilian deaths", False: " without reported civilian deaths"}
    acts = name_acts(prepared, x.causes[0]) + harm.get(total.recipe["of"].get("civilians"), "")
    by = name_acts(prepared, x.effect) if x.effect else ""
    return _tell_answers(numbers[f"{x.key}_answered"], total, delay, acts, by)


def list_stated_sentences(prepared: Case) -> tuple[Sentence, ...]:
    """List the sentences of every kind and of every pair of kinds, so that their numbers can be found."""
    rates = [describe_stated_rates(prepared, k) for k in COUNTED_CHANNELS]
    pairs = [describe_stated_reactions(prepared, (a,), b, a) for a in COUNTED_CHANNELS for b in COUNTED_CHANNELS]
    return tuple(s for s in (*(r.reactions for r in rates), *(r.answers for r in rates), *pairs) if s is not None)


def name_acts(prepared: Case, kind: str) -> str:
    """Name the acts that are counted of a kind: of concessions those of the host, of restraint those towards the group."""
    return stated_evidence.name_acts(prepared.view, kind)


def _join(prepared: Case, causes: tuple[str, ...]) -> str:
    whole = ("concession", "restraint")  # any act of these kinds may be a trigger
    return " or ".join(channel_name(prepared.case, c) if c in whole else name_acts(prepared, c) for c in causes)


def _ids(prepared: Case, kind: str) -> tuple[str, ...]:
    return tuple(e.id for e in effect_filter(prepared.view, kind).of(prepared.g))


def _tally(key: str, n: int, how: str, recipe: Mapping[str, Any], events: tuple[str, ...]) -> Quantity:
    return tally_quantity(f"stated_{key}", n, "events", how, dict(recipe), tuple(dict.fromkeys(events)))


def _delay(key: str, d: DelayQuantiles | None, recipe: Mapping[str, Any]) -> Quantity | None:
    if d is None or d.n < MIN_DELAYS:
        return None
    how = f"median of {d.n} delays, with 95 % limits from resampled clusters"
    return Quantity(f"stated_{key}", d.median, "days", how, dict(recipe), (), d.median_low, d.median_high, 0.95)


def _tell_reactions(n: Quantity, total: Quantity, delay: Quantity | None, acts: str, to: str) -> Sentence:
    one = n.value in (0, 1)
    pieces: list[SentencePiece] = [
        "Sources present ", count_or_none_text(n), " of ", count_text(total), f" {acts} as {'a reaction' if one else 'reactions'} to {to}",
    ]  # fmt: skip
    if delay is not None:
        pieces += ["; half of those with a recorded trigger came ", _soon_text(delay)]
    return make_sentence(*pieces, ".")


def _tell_answers(n: Quantity, total: Quantity, delay: Quantity | None, acts: str, by: str) -> Sentence:
    if by:
        pieces: list[SentencePiece] = ["Sources state that ", count_or_none_text(n), " of ", count_text(total)]
        pieces.append(f" {acts} {'was' if n.value == 1 else 'were'} answered by {by}")
    else:
        pieces = ["Sources state an answer to ", count_or_none_text(n), " of ", count_text(total), f" {acts}"]
    if delay is not None:
        pieces += ["; half of the first answers came ", _soon_text(delay)]
    return make_sentence(*pieces, ".")


def _soon_text(delay: Quantity) -> NumberPiece:
    days = round(delay.value or 0.0)
    return NumberPiece(delay, "on the same day" if days == 0 else f"within {days} day{'s' if days != 1 else ''}")
