"""The short form: a question's demands and the evidence for each, in no more words than were asked for.

Required parts are the demands, an introduction, one point for each demand that can be answered, a line for each that
cannot, and a conclusion. What room is left is filled with further points, one demand after the other, then with a summary,
then with all that is told of each point, then with what it cannot show. Every point keeps its number, its limits and its dated example; none is cut in the middle. Words are what white space
separates, and all of the text counts.
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

# What an act is called in a few words: by its mode where the type's name would say less.
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
"""Words, where nobody says how many."""
MAX_QUOTED_WORDS = 30
"""Words of a demand that are repeated."""
MAX_REPEATED_HEADLINES = 2
"""Points of an earlier part that are repeated by their headlines."""


@dataclass(frozen=True, slots=True)
class AnswerMaterial:
    """All that an answer may say, before its words are counted.

    Fields:
        question: as asked. parts: for each demand that can be answered, in order, all its points.
        refused: the demands that cannot be, each with its reason.
        examples: the events that may be shown, by id. countries: names for places known no better.
        titled: the headings say the demands already, so that listing them first may wait for room.
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
    """An answer in no more than `limit` words: the material, and of each part the points that found room.

    `full` and `limits` name the points that are told in full, and with what they cannot show; `listed` says that the
    demands are listed first.
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
        """Each part with the points that found room."""
        return tuple(zip(self.material.parts, self.chosen, strict=True))

    @property
    def words(self) -> int:
        """How many words `as_text` has."""
        return count_words(render_answer_text(self))

    @property
    def points(self) -> tuple[AnswerPoint, ...]:
        """All points that found room, in order."""
        return tuple(p for points in self.chosen for p in points)

    @property
    def cited(self) -> tuple[Event, ...]:
        """Every event that the text names, in order of day."""
        keys = {p.example for p in self.points if p.example}
        told = [self.material.introduction, self.conclusion, *(s for p in self.points for s in self.said(p))]
        keys |= {x.event for s in told for x in s.pieces if isinstance(x, EventPiece)}
        return tuple(e for e in self.material.examples.values() if e.id in keys)

    def said(self, p: AnswerPoint) -> tuple[Sentence, ...]:
        """What is told of a point: in short or in full, and perhaps what it cannot show."""
        told = p.full if p.key in self.full else p.text
        return (told, p.limits) if p.limits and p.key in self.limits else (told,)


def count_words(text: str) -> int:
    """Words of a text: what white space separates.

    Example:
        >>> count_words("66 % (95 % limits)")
        5
    """
    return len(text.split())


def case_material(view: ClaimContext, request: BriefRequest) -> AnswerMaterial:
    """What answers the case's own question; its conclusion names the ways forward."""
    ways = "; ".join(w.title[0].lower() + w.title[1:] for w in list_recommendations(view))
    closing = make_sentence(f"Ways forward: {ways}. {CLOSING_SENTENCE}")
    return replace(
        _build_material(view, request, view.g.case.question, build_case_parts(view), (), closing), titled=True
    )


def build_question_material(
    view: ClaimContext,
    request: BriefRequest,
    question: str,
    demands: Sequence[Demand],
    prepared: PrecomputedFindings = NO_PRECOMPUTED_FINDINGS,
) -> AnswerMaterial:
    """What answers a question's demands.

    Args:
        prepared: findings and levers of the same view that were made before, which saves making them.

    Raises:
        NothingToAnswer: none of the demands can be answered.
    """
    refused = tuple(d for d in demands if d.why)
    if len(refused) == len(demands):
        raise NoAnswerableDemand([(d.asked, d.told) for d in refused], list_answerable_questions(view.g.case))
    return _build_material(
        view, request, question, build_demand_parts(view, demands, prepared), refused, make_sentence(CLOSING_SENTENCE)
    )


def _build_material(
    view: ClaimContext,
    request: BriefRequest,
    question: str,
    parts: tuple[AnswerPart, ...],
    refused: tuple[Demand, ...],
    closing: Sentence,
) -> AnswerMaterial:
    events = {e.id: e for e in view.g.events}
    names = view.g.case.country_names
    return AnswerMaterial(
        question, build_opening(view), parts, refused, closing, events, names, build_provenance(view, request)
    )


def fit_to_length(material: AnswerMaterial, words: int | None = None) -> ShortAnswer:
    """The longest answer in no more than some words; USUAL, or what is needed, where None is said.

    Raises:
        TooFewWords: the required parts do not fit; the error says how many words they take.
    """
    rooms = tuple(tuple(_select_reportable_points(part)[:1]) for part in material.parts)
    needed = ShortAnswer(material, 0, rooms, material.closing, listed=not material.titled).words
    limit = max(DEFAULT_WORD_LIMIT, needed) if words is None else words
    if needed > limit:
        raise WordLimitTooLow(limit, needed)
    listed = ShortAnswer(material, limit, rooms, material.closing).words <= limit
    for rank in range(1, max(len(part.points) for part in material.parts)):
        for i, part in enumerate(material.parts):
            told = _select_reportable_points(part)
            if rank < len(told):
                trial = (*rooms[:i], (*rooms[i], told[rank]), *rooms[i + 1 :])
                if ShortAnswer(material, limit, trial, material.closing, listed=listed).words <= limit:
                    rooms = trial
    best = ShortAnswer(material, limit, rooms, material.closing, listed=listed)
    summed = replace(best, conclusion=make_sentence(_build_summary(rooms), *material.closing.pieces))
    best = summed if summed.words <= limit else best
    for p in best.points:
        fuller = replace(best, full=best.full | {p.key})
        best = fuller if fuller.words <= limit and p.full != p.text else best
    for p in best.points:
        fuller = replace(best, limits=best.limits | {p.key})
        best = fuller if fuller.words <= limit and p.limits and p.enough else best
    return best


def _select_reportable_points(part: AnswerPart) -> list[AnswerPoint]:
    """The points worth telling: those with enough on record, or one that says that there is too little."""
    return [p for p in part.points if p.enough] or list(part.points[:1])


def _build_summary(rooms: Sequence[Sequence[AnswerPoint]]) -> str:
    heads = [r[0].headline if r and r[0].enough and r[0].finding else "" for r in rooms]
    told = [(_ORDINALS[n], h[0].lower() + h[1:]) for n, h in enumerate(heads) if h and n < len(_ORDINALS)]
    return f"In short: {'; '.join(f'on the {n}, {h}' for n, h in told)}. " if len(told) > 1 else ""


def format_short_example(event: Event, countries: Mapping[str, str]) -> str:
    """An event in a few words: what, when, where, and its id."""
    what = ACT_LABELS.get(event.mode) or ACT_LABELS.get(event.type) or event.mode.replace("-", " ")
    disputed = "disputed; " if event.disputed else ""
    return f"e.g. {what}, {format_date_range(event.span)}, {event.place.format_name(countries)} ({disputed}{event.id})"


def render_answer_text(answer: ShortAnswer) -> str:
    """The answer as Markdown, without a title: all of it counts against the limit."""
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
    told, *limits = (s.text for s in answer.said(p))
    cannot = f" *What this cannot show.* {limits[0]}" if limits else ""
    if not p.example:
        return f"- **{p.headline}.** {told}{cannot}"
    shown = format_short_example(answer.material.examples[p.example], answer.material.countries)
    joint = f"{told} {shown[0].upper()}{shown[1:]}" if p.key in answer.full else f"{told.removesuffix('.')}; {shown}"
    return f"- **{p.headline}.** {joint}.{cannot}"


def _render_repeated_points(part: AnswerPart) -> list[str]:
    """What answers a part and was told in an earlier one: in full where the part has nothing else."""
    numbers = join_words([str(n) for n in dict.fromkeys(n for n, _ in part.earlier)])
    if not part.earlier:
        return []
    if part.points:
        return [f"- See also {numbers}."]
    heads = "; ".join(h[0].lower() + h[1:] for _, h in part.earlier[:MAX_REPEATED_HEADLINES])
    return [f"- As under {numbers}: {heads}."]


def _truncate_demand(asked: str) -> str:
    """The words of a demand, the first of them where they are many."""
    words = asked.split()
    return " ".join(words) if len(words) <= MAX_QUOTED_WORDS else " ".join(words[:MAX_QUOTED_WORDS]) + " …"
