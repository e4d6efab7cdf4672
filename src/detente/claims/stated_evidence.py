"""Stated evidence for claims about responses, and whether it agrees with the counts.

Two kinds of evidence bear on "X brings Y". Counts of days show whether Y comes more often after X than before it and at other
times (`estimate_response`, with the checks that decide). Stated links show how many Y their own sources present as reactions
to X. Counts cannot tell a response from a shock that both share. Reports name a motive seldom, and name motives that
were not the cause. So neither replaces the other, and the verdict of a claim rests on counts alone.

    counts find it   the verdict on the response by its probability and the deciding checks is leaning or supported
    stated           at least `MIN_CLUSTERS` independent clusters of Y are stated, not only implied, as reactions to X
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, Protocol

from detente.cases.channel_names import channel_name
from detente.cases.testimony import KIND_WORDS
from detente.claims.checks import CHECKS, run_checks
from detente.claims.checks.base import EstimateFunction
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext, effect_filter
from detente.claims.estimate import Estimate, estimate_response
from detente.claims.verdict import DECIDING, VerdictLabel, decide_part_verdict
from detente.measures.quantity import Quantity, tally_quantity
from detente.measures.rate import Interval
from detente.measures.stated_quantity import stated_quantity, stated_recipe
from detente.measures.stated_responses import CLOSURE, DelayQuantiles, StatedAnswers, StatedResponse
from detente.text.numbers import count_or_none_text, count_text, join_words, median_text, share_text
from detente.text.sentence import NumberPiece, Sentence, SentencePiece, make_sentence

Agreement = Literal["both", "stated only", "counts only", "neither", "not applicable"]
MIN_CLUSTERS, MIN_DELAYS = 3, 3
NO_LINKS = "the source states no links between events"
_DECIDING_CHECKS = tuple(c for c in CHECKS if c.key in DECIDING)
COMPARED = {
    "both": "Counts of days show such a response too.",
    "stated only": "Counts of days do not confirm such a response.",
    "counts only": "Counts of days show such a response.",
    "neither": "Counts of days show no such response.",
}
STATED_NOTE = (
    "Reports name few motives: where no link is stated, there may have been a trigger, or an answer, all the same."
)
"""What shares of stated reactions and answers cannot show."""


@dataclass(frozen=True, slots=True)
class StatedQuestion:
    """What stated links are asked for a claim.

    Fields:
        key: its name within the claim. causes, effect: kinds of event; an effect of "" asks for any answer to the causes.
        civilians: only causes with (True) or without (False) reported civilian deaths; None for all.
        counted: key of the claim's estimate to compare with; empty: the response of the effect to the first cause.
    """

    key: str
    causes: tuple[str, ...]
    effect: str = ""
    civilians: bool | None = None
    counted: str = ""

    @property
    def asks_answers(self) -> bool:
        """Whether it asks how many causes were answered, not how many effects are reactions."""
        return not self.effect or self.civilians is not None


@dataclass(frozen=True, slots=True)
class StatedEvidence:
    """What sources state on one response, and whether counts agree.

    Fields:
        key, causes, effect: of the question. response: how many effects are stated as reactions; answers: how many causes
            were answered; one of them, or None where nothing can be said, and `why_not` says why.
        agreement: of stated and counted evidence; None where the question has no counterpart in counts.
        counted: verdict on the counted response by its probability and deciding checks, None without counterpart.
        told: in a sentence with traced numbers.
    """

    key: str
    causes: tuple[str, ...]
    effect: str
    response: StatedResponse | None
    answers: StatedAnswers | None
    agreement: Agreement | None
    counted: VerdictLabel | None
    why_not: str
    told: Sentence

    @property
    def compared(self) -> str:
        """What counts of days say of the same response, in a sentence; empty where nothing is compared."""
        if self.agreement == "stated only" and self.counted == "contradicted":
            return "Counts of days show the contrary."
        return COMPARED.get(self.agreement or "", "")


@dataclass(frozen=True, slots=True)
class StatedAndCounted:
    """Both kinds of evidence on one response.

    Fields:
        agreement: whether both, one or neither finds it; `not applicable` where the source states no links, or does not
            record one of the two kinds. stated: None without links or acts. counted: the estimate from counts.
        verdict: on the counted response. outcomes: of its deciding checks. clusters: independent clusters of acts that
            are stated as reactions.
    """

    agreement: Agreement
    stated: StatedResponse | None
    counted: Estimate
    verdict: VerdictLabel
    outcomes: tuple[CheckOutcome, ...]
    clusters: int


@dataclass(frozen=True, slots=True)
class _CountedClaim:
    id: str
    estimates: EstimateFunction


def stated_and_counted(view: ClaimContext, cause: str, effect: str) -> StatedAndCounted:
    """Compare what sources state with what counts show on one response.

    Args:
        cause, effect: channels of the model.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> view = ClaimContext(load_case_data(load_case_file("pakistan-afghanistan")))
        >>> stated_and_counted(view, "strike", "defiance").stated.stated > 10
        True
    """
    return view.cached(f"stated and counted {cause} {effect}", lambda: _compare(view, cause, effect))


def _compare(view: ClaimContext, cause: str, effect: str) -> StatedAndCounted:
    part = f"{KIND_WORDS[cause]} bring {KIND_WORDS[effect]}"
    terms = ((1.0, cause, effect),)
    estimate = partial(estimate_response, key=f"{cause}_{effect}", part=part, terms=terms, what=KIND_WORDS[effect])
    e = estimate(view)
    outcomes = run_checks(_CountedClaim("", lambda v: (estimate(v),)), e, view, _DECIDING_CHECKS)
    verdict, stated = decide_part_verdict(e, outcomes), view.stated(cause, effect)
    return StatedAndCounted(
        _agree(stated, verdict), stated, e, verdict, outcomes, stated.stated_clusters if stated else 0
    )


def _agree(stated: StatedResponse | None, counted: VerdictLabel) -> Agreement:
    if stated is None or counted == "not applicable":
        return "not applicable"
    found = counted in ("leaning", "supported")
    if stated.stated_clusters >= MIN_CLUSTERS:
        return "both" if found else "stated only"
    return "counts only" if found else "neither"


class _Claim(Protocol):
    """The fields of a claim that are used here."""

    @property
    def id(self) -> str: ...
    @property
    def estimates(self) -> EstimateFunction: ...
    @property
    def stated(self) -> tuple[StatedQuestion, ...]: ...


def collect_stated_evidence(
    claim: _Claim, view: ClaimContext, estimates: Sequence[Estimate], outcomes: Sequence[CheckOutcome]
) -> tuple[StatedEvidence, ...]:
    """Answer the questions of a claim on stated links, and compare with its estimates from counts.

    A response that the claim has not checked, since it decides nothing there, is checked here by the deciding checks.
    """
    questions = claim.stated if view.g.has_links else claim.stated[:1]  # one reason for all
    return tuple(_answer(claim, view, q, estimates, outcomes) for q in questions)


def _answer(
    claim: _Claim, view: ClaimContext, q: StatedQuestion, estimates: Sequence[Estimate], outcomes: Sequence[CheckOutcome]
) -> StatedEvidence:  # fmt: skip
    if not view.g.has_links:
        told = make_sentence(f"Stated reactions are not applicable: {NO_LINKS}.")
        return StatedEvidence(q.key, q.causes, q.effect, None, None, "not applicable", None, NO_LINKS, told)
    if q.asks_answers:
        answers = view.stated_answers(q.causes[0], q.effect, q.civilians)
        if answers is None:
            return _nothing(q, f"no {KIND_WORDS[q.causes[0]]} are on record on observed days", None)
        return StatedEvidence(q.key, q.causes, q.effect, None, answers, None, None, "", _tell_answers(view, q, answers))
    response = view.stated(q.causes, q.effect)
    counted = _judge_counts(claim, view, q, estimates, outcomes)
    if response is None:
        return _nothing(q, f"no {KIND_WORDS[q.effect]} are on record", counted)
    told = _tell_response(view, q, response)
    return StatedEvidence(q.key, q.causes, q.effect, response, None, _agree(response, counted), counted, "", told)


def _judge_counts(
    claim: _Claim, view: ClaimContext, q: StatedQuestion, estimates: Sequence[Estimate], outcomes: Sequence[CheckOutcome]
) -> VerdictLabel:  # fmt: skip
    if not q.counted:
        return stated_and_counted(view, q.causes[0], q.effect).verdict
    e = next(x for x in estimates if x.key == q.counted)
    own = [o for o in outcomes if o.part == e.key] or run_checks(claim, e, view, _DECIDING_CHECKS)
    return decide_part_verdict(e, own)


def _nothing(q: StatedQuestion, why: str, counted: VerdictLabel | None) -> StatedEvidence:
    told = make_sentence(f"Stated reactions are not applicable: {why}.")
    return StatedEvidence(q.key, q.causes, q.effect, None, None, "not applicable", counted, why, told)


def _share_quantity(key: str, s: Interval, how: str, recipe: dict[str, Any], events: tuple[str, ...]) -> Quantity:
    return Quantity(key, s.value, "share", how, recipe, events, s.low, s.high, s.level)


def _delay_quantity(key: str, d: DelayQuantiles, recipe: dict[str, Any], events: tuple[str, ...]) -> Quantity:
    how = f"median of {d.n} delays, with 95 % limits from resampled clusters"
    return Quantity(key, d.median, "days", how, recipe, events, d.median_low, d.median_high, 0.95)


def _delay_pieces(m: Quantity, of: str = "") -> list[SentencePiece]:
    return ["within ", median_text(m, "days"), of] if m.value else [NumberPiece(m, "on the same day")]


def _tell_response(view: ClaimContext, q: StatedQuestion, r: StatedResponse) -> Sentence:
    of = effect_filter(view, q.effect)
    all_ids = tuple(e.id for e in of.of(view.g))
    total = tally_quantity(
        f"{q.key}_total", r.total, "events", "events on record", {"kind": "count", "of": of.as_data()}, all_ids
    )
    n = stated_quantity(f"{q.key}_linked", r, of)
    share = _share_quantity(
        f"{q.key}_share", r.share, "share of these, limits with events of a cluster and of a quarter dependent",
        stated_recipe("share", r.causes, of), r.stated_events,
    )  # fmt: skip
    clusters = tally_quantity(
        f"{q.key}_clusters", r.clusters, "clusters", "independent clusters of these events: with one trigger, or within three days",
        stated_recipe("clusters", r.causes, of), all_ids,
    )  # fmt: skip
    effects, causes = name_acts(view, q.effect), join_words([name_acts(view, c) for c in q.causes], "or")
    pieces: list[SentencePiece] = [
        "Of ", count_text(total), f" {effects} in ", count_text(clusters, "independent cluster", "independent clusters"), ", ",
        count_or_none_text(n), ", or ", share_text(share),
        ", is presented by its source as a reaction to " if n.value == 1 else ", are presented by their sources as reactions to ", causes,
    ]  # fmt: skip
    if r.implied:
        implied = tally_quantity(
            f"{q.key}_implied", r.implied, "events", "events linked to one of the causes by implication alone",
            stated_recipe("implied reactions", r.causes, of), tuple(i for i in r.events if i not in r.stated_events),
        )  # fmt: skip
        pieces += [", and ", count_text(implied), " more by implication"]
    if r.delay and r.delay.n >= MIN_DELAYS:
        recipe, ids = stated_recipe("delay", r.causes, of), (*r.events, *r.triggers)
        delay = _delay_quantity(f"{q.key}_delay", r.delay, recipe, ids)
        pieces += ["; half of those whose trigger is on record came ", *_delay_pieces(delay, " of the latest one")]
    return make_sentence(*pieces, ".")


def _tell_answers(view: ClaimContext, q: StatedQuestion, a: StatedAnswers) -> Sentence:
    of = replace(effect_filter(view, q.causes[0]), civilians=q.civilians)
    acts = tuple(e.id for e in of.of(view.g) if view.g.coverage.watched(e.day))
    ids = (*a.events, *a.answering)

    def recipe(what: str) -> dict[str, Any]:
        return {"kind": f"stated {what}", "of": of.as_data(), "answers": list(a.answers)}

    total = tally_quantity(f"{q.key}_total", a.total, "events", "events on observed days", recipe("causes"), acts)
    n = tally_quantity(
        f"{q.key}_answered", a.answered + a.implied, "events", "of these, events with a stated or implied answer on observed days",
        recipe("answered"), ids,
    )  # fmt: skip
    share = _share_quantity(
        f"{q.key}_share", a.share, "share of these, limits with events of a cluster and of a quarter dependent",
        recipe("answered share"), ids,
    )  # fmt: skip
    harm = {True: " with reported civilian deaths", False: " without reported civilian deaths", None: ""}[q.civilians]
    by = f" by {name_acts(view, q.effect)}" if q.effect else ""
    pieces: list[SentencePiece] = [
        "Of ", count_text(total), f" {name_acts(view, q.causes[0])}{harm} on observed days, ", count_or_none_text(n), ", or ", share_text(share),
        f", {'was' if n.value == 1 else 'were'} answered{by}, as sources state it",
    ]  # fmt: skip
    if a.delay and a.delay.n >= MIN_DELAYS:
        delay = _delay_quantity(f"{q.key}_delay", a.delay, recipe("answered delay"), ids)
        pieces += ["; half of the first answers came ", *_delay_pieces(delay)]
    return make_sentence(*pieces, ".")


def describe_agreement(view: ClaimContext, evidence: Sequence[StatedEvidence]) -> Sentence | None:
    """Say in one sentence where stated and counted evidence on the responses of a claim disagree; None where they do not.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> view = ClaimContext(load_case_data(load_case_file("pakistan-afghanistan")))
        >>> told = make_sentence("")
        >>> found = StatedEvidence("x", ("attack",), "strike", None, None, "stated only", "not supported", "", told)
        >>> describe_agreement(view, [found]).text    # doctest: +ELLIPSIS
        'Reports present some Pakistani strikes in Afghanistan as reactions to TTP attacks in Pakistan; counts of days do ...'
    """
    stated, counted = (_pair_names(view, evidence, a) for a in ("stated only", "counts only"))
    clauses = []
    if stated:
        some = [(causes, join_words([f"some {e}" for e in effects])) for causes, effects in stated]
        reactions = join_words([f"{effects} as reactions to {causes}" for causes, effects in some])
        clauses.append(f"reports present {reactions}; counts of days do not confirm {_them(stated)}")
    if counted:
        rises = join_words([f"more {join_words(effects)} after {causes}" for causes, effects in counted])
        clauses.append(f"counts of days show {rises}; few reports state {_them(counted)}")
    text = ". ".join(c[0].upper() + c[1:] for c in clauses)
    return make_sentence(f"{text}.") if clauses else None


def _pair_names(
    view: ClaimContext, evidence: Sequence[StatedEvidence], agreement: Agreement
) -> list[tuple[str, list[str]]]:
    """Names of the causes, and of each effect with these causes."""
    effects: dict[tuple[str, ...], list[str]] = {}
    for x in evidence:
        if x.agreement == agreement:
            effects.setdefault(x.causes, []).append(name_acts(view, x.effect))
    return [(join_words([name_acts(view, c) for c in causes], "or"), names) for causes, names in effects.items()]


def _them(pairs: Sequence[tuple[str, list[str]]]) -> str:
    return "this" if len(pairs) == 1 else "these"


def name_acts(view: ClaimContext, kind: str) -> str:
    """The reader's name of the events of a kind that `effect_filter` selects, as a plural."""
    names = view.g.case.names
    if kind == "restraint":
        return f"acts by {names.host_government} against {names.group}"
    if kind == "concession":
        return f"concessions by {names.host_government}"
    if kind == CLOSURE:
        return "closures of crossings or trade"
    name = channel_name(view.g.case, kind)
    return f"acts of {name}" if kind == "pressure" else name
