"""The short answer: a question's demands and the evidence for each, within a word limit.

Required parts: the demands, an introduction, one point for each demand that can be answered, a line for each that cannot, and
a conclusion. The remaining room is filled with further points, one demand after the other, then with a summary, then with the
full text of the points, then with their limits. Every point keeps its number, interval and dated example; none is truncated.
Words are separated by white space, and all of the text counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from detente.brief.answer_points import (
    NO_PRECOMPUTED_FINDINGS,
    AnswerPart,
    AnswerPoint,
    PrecomputedFindings,
    build_case_parts,
    build_demand_parts,
)
from detente.brief.build import BriefRequest, build_opening, build_provenance
from detente.brief.document import Provenance
from detente.brief.errors import WordLimitTooLow
from detente.claims.context import ClaimContext
from detente.claims.recommendations import list_recommendations
from detente.core.date_range import format_date_range
from detente.events.event import Event
from detente.questions.errors import NoAnswerableDemand
from detente.questions.phrase_match import Demand, list_answerable_questions
from detente.text.numbers import join_words
from detente.text.sentence import EventPiece, Sentence, make_sentence

# Short names of acts, by type, or by mode where the mode says more.
ACT_LABELS = {
    "AGREE": "agreement", "CONSULT": "talks", "SUPPORT": "support", "CONCEDE": "concession",
    "COOPERATE": "cooperation", "AID": "aid", "RETREAT": "withdrawal", "REQUEST": "demand",
    "ACCUSE": "accusation", "REJECT": "refusal", "THREATEN": "threat", "PROTEST": "protest",
    "SANCTION": "sanction", "MOBILIZE": "mobilisation", "COERCE": "coercion", "ASSAULT": "use of force",
    "arrest-militants": "arrests of fighters", "relocate-militants": "fighters moved",
    "close-crossing": "crossing shut", "reopen-crossing": "crossing reopened", "ceasefire": "ceasefire",
    "suspend-trade": "trade suspended", "terminate-ceasefire": "truce ended", "terminate-talks": "talks broken off",
    "airstrike": "air strike", "drone-strike": "drone strike", "suicide-attack": "suicide attack",
    "third-party-talks": "mediated talks", "joint-committee": "joint committee", "deport": "deportations",
    "clash": "clash", "raid": "raid", "artillery": "shelling", "firearms": "shooting", "explosives": "bombing",
}  # fmt: skip
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
CLOSING_SENTENCE = "Verdicts, and the checks behind them: the whole brief."
DEFAULT_WORD_LIMIT = 250
"""Word limit used if none is given."""
MAX_QUOTED_WORDS = 30
"""Words of a demand that are quoted."""
MAX_REPEATED_HEADLINES = 2
"""Points of an earlier part whose headlines are repeated."""


@dataclass(frozen=True, slots=True)
class AnswerMaterial:
    """Everything that an answer may contain, before it is fitted to a word limit.

    Fields:
        question: as asked. parts: all points for each demand that can be answered, in order.
        refused: the demands that cannot be answered, each with its reason.
        examples: events by id. countries: names for places known to country level only.
        titled: the headings state the demands already, so the list of demands is optional.
    """

    question: str
    introduction: Sentence
    parts: tuple[AnswerPart, ...]
    refused: tuple[Demand, ...]
    closing: Sentence
    examples: Mapping[str, Event]
    countries: Mapping[str, str]
    provenance: Provenance
    titled: bool = False


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """An answer of at most `limit` words: the material, and the points chosen from each part.

    `full` and `limits` hold the keys of the points shown with full text and with limits; `listed`: the demands are listed first.
    """

    material: AnswerMaterial
    limit: int
    chosen: tuple[tuple[AnswerPoint, ...], ...]
    conclusion: Sentence
    full: frozenset[str] = frozenset()
    limits: frozenset[str] = frozenset()
    listed: bool = True

    @property
    def parts(self) -> tuple[tuple[AnswerPart, tuple[AnswerPoint, ...]], ...]:
        """Return each part with its chosen points."""
        return tuple(zip(self.material.parts, self.chosen, strict=True))

    @property
    def words(self) -> int:
        """Return the word count of `render_answer_text`."""
        return count_words(render_answer_text(self))

    @property
    def points(self) -> tuple[AnswerPoint, ...]:
        """Return all chosen points, in order."""
        return tuple(p for points in self.chosen for p in points)

    @property
    def cited(self) -> tuple[Event, ...]:
        """Return every event that the text names, in order of day."""
        keys = {p.example for p in self.points if p.example}
        sentences = [self.material.introduction, self.conclusion, *(s for p in self.points for s in self.said(p))]
        keys |= {x.event for s in sentences for x in s.pieces if isinstance(x, EventPiece)}
        return tuple(e for e in self.material.examples.values() if e.id in keys)

    def said(self, p: AnswerPoint) -> tuple[Sentence, ...]:
        """Return the sentences shown for a point: short or full text, then its limits if they have room."""
        text = p.full if p.key in self.full else p.text
        return (text, p.limits) if p.limits and p.key in self.limits else (text,)


def count_words(text: str) -> int:
    """Count the words of a text, separated by white space.

    Example:
        >>> count_words("66 % (95 % limits)")
        5
    """
    return len(text.split())


def case_material(view: ClaimContext, request: BriefRequest) -> AnswerMaterial:
    """Build the material for the case's own question; its conclusion names the recommendations."""
    ways = "; ".join(w.title[0].lower() + w.title[1:] for w in list_recommendations(view))
    closing = make_sentence(f"Ways forward: {ways}. {CLOSING_SENTENCE}")
    material = _build_material(view, request, view.g.case.question, build_case_parts(view), (), closing)
    return replace(material, titled=True)


def build_question_material(
    view: ClaimContext, request: BriefRequest, question: str, demands: Sequence[Demand],
    prepared: PrecomputedFindings = NO_PRECOMPUTED_FINDINGS,
) -> AnswerMaterial:  # fmt: skip
    """Build the material for a question's demands.

    Args:
        prepared: findings and recommendations computed before for the same view.

    Raises:
        NoAnswerableDemand: none of the demands can be answered.
    """
    refused = tuple(d for d in demands if d.why)
    if len(refused) == len(demands):
        raise NoAnswerableDemand([(d.asked, d.told) for d in refused], list_answerable_questions(view.g.case))
    parts = build_demand_parts(view, demands, prepared)
    return _build_material(view, request, question, parts, refused, make_sentence(CLOSING_SENTENCE))


def _build_material(
    view: ClaimContext, request: BriefRequest, question: str, parts: tuple[AnswerPart, ...], refused: tuple[Demand, ...], closing: Sentence
) -> AnswerMaterial:  # fmt: skip
    events, provenance = {e.id: e for e in view.g.events}, build_provenance(view, request)
    countries = view.g.case.country_names
    return AnswerMaterial(question, build_opening(view), parts, refused, closing, events, countries, provenance)


def fit_to_length(material: AnswerMaterial, words: int | None = None) -> ShortAnswer:
    """Build the longest answer within a word limit. None means DEFAULT_WORD_LIMIT, or more if the required parts need more.

    Raises:
        WordLimitTooLow: the required parts do not fit; `needed` is the number of words that they take.
    """
    chosen = tuple(tuple(_select_reportable_points(part)[:1]) for part in material.parts)
    needed = ShortAnswer(material, 0, chosen, material.closing, listed=not material.titled).words
    limit = max(DEFAULT_WORD_LIMIT, needed) if words is None else words
    if needed > limit:
        raise WordLimitTooLow(limit, needed)
    listed = ShortAnswer(material, limit, chosen, material.closing).words <= limit
    for rank in range(1, max(len(part.points) for part in material.parts)):
        for i, part in enumerate(material.parts):
            reportable = _select_reportable_points(part)
            if rank < len(reportable):
                trial = (*chosen[:i], (*chosen[i], reportable[rank]), *chosen[i + 1 :])
                if ShortAnswer(material, limit, trial, material.closing, listed=listed).words <= limit:
                    chosen = trial
    best = ShortAnswer(material, limit, chosen, material.closing, listed=listed)
    with_summary = replace(best, conclusion=make_sentence(_build_summary(chosen), *material.closing.pieces))
    best = with_summary if with_summary.words <= limit else best
    for p in best.points:
        fuller = replace(best, full=best.full | {p.key})
        best = fuller if fuller.words <= limit and p.full != p.text else best
    for p in best.points:
        fuller = replace(best, limits=best.limits | {p.key})
        best = fuller if fuller.words <= limit and p.limits and p.enough else best
    return best


def _select_reportable_points(part: AnswerPart) -> list[AnswerPoint]:
    """Return the points with enough on record, or else one point, which reports too little data."""
    return [p for p in part.points if p.enough] or list(part.points[:1])


def _build_summary(chosen: Sequence[Sequence[AnswerPoint]]) -> str:
    heads = [r[0].headline if r and r[0].enough and r[0].finding else "" for r in chosen]
    ranked = [(_ORDINALS[n], h[0].lower() + h[1:]) for n, h in enumerate(heads) if h and n < len(_ORDINALS)]
    return f"In short: {'; '.join(f'on the {n}, {h}' for n, h in ranked)}. " if len(ranked) > 1 else ""


def format_short_example(event: Event, countries: Mapping[str, str]) -> str:
    """Format an event in a few words: act, day, place and id."""
    what = ACT_LABELS.get(event.mode) or ACT_LABELS.get(event.type) or event.mode.replace("-", " ")
    disputed = "disputed; " if event.disputed else ""
    return f"e.g. {what}, {format_date_range(event.span)}, {event.place.format_name(countries)} ({disputed}{event.id})"


def render_answer_text(answer: ShortAnswer) -> str:
    """Render the answer as Markdown without a title. All of it counts against the limit."""
    asked = [f"“{_truncate_demand(part.asked)}”" for part in answer.material.parts]
    numbered = "; ".join(f"({n}) {x}" for n, x in enumerate(asked, 1))
    head = f"Core demand: {asked[0]}." if len(asked) == 1 else f"Core demands: {numbered}."
    out = [*([head] if answer.listed else []), answer.material.introduction.text]
    for n, (part, points) in enumerate(answer.parts, 1):
        out.append(f"**{n}. {part.title}**" if len(asked) > 1 else f"**{part.title}**")
        out += [*(_render_point(p, answer) for p in points), *_render_repeated_points(part)]
    if answer.material.refused:
        out.append("**Not answered**")
        out += [f"- “{_truncate_demand(d.asked)}”: {d.told}." for d in answer.material.refused]
    out.append(answer.conclusion.text)
    return "\n\n".join(out) + "\n"


def _render_point(p: AnswerPoint, answer: ShortAnswer) -> str:
    text, *limits = (s.text for s in answer.said(p))
    limits_text = f" *What this cannot show.* {limits[0]}" if limits else ""
    if not p.example:
        return f"- **{p.headline}.** {text}{limits_text}"
    example = format_short_example(answer.material.examples[p.example], answer.material.countries)
    joint = (
        f"{text} {example[0].upper()}{example[1:]}" if p.key in answer.full else f"{text.removesuffix('.')}; {example}"
    )
    return f"- **{p.headline}.** {joint}.{limits_text}"


def _render_repeated_points(part: AnswerPart) -> list[str]:
    """Refer to points given in an earlier part; repeat their headlines where the part has no point of its own."""
    numbers = join_words([str(n) for n in dict.fromkeys(n for n, _ in part.earlier)])
    if not part.earlier:
        return []
    if part.points:
        return [f"- See also {numbers}."]
    heads = "; ".join(h[0].lower() + h[1:] for _, h in part.earlier[:MAX_REPEATED_HEADLINES])
    return [f"- As under {numbers}: {heads}."]


def _truncate_demand(asked: str) -> str:
    """Return a demand, truncated to MAX_QUOTED_WORDS words."""
    words = asked.split()
    return " ".join(words) if len(words) <= MAX_QUOTED_WORDS else " ".join(words[:MAX_QUOTED_WORDS]) + " …"
