"""The short answer: a question's demands and the evidence for each, within a word limit.

Required parts: an introduction, one point for each demand that can be answered, a line for each that cannot, and a
conclusion with the way forward. The remaining room goes to further points, one demand after the other, then to an example
for each point, then to further sentences, then to limits. No sentence is truncated; of an example's summary whole
clauses are given. Words are separated by white space. References are numbered; their list does not count.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from detente.brief.answer_points import (
    NO_PRECOMPUTED_FINDINGS,
    AnswerPart,
    AnswerPoint,
    PrecomputedFindings,
    build_case_parts,
    build_demand_parts,
    format_short_example,
)
from detente.brief.build import BriefRequest, build_opening, build_provenance
from detente.brief.document import Provenance, format_origin
from detente.brief.errors import WordLimitTooLow
from detente.brief.first_page import build_caution, build_recent_fighting, describe_record_age, summarise_ways
from detente.claims.context import ClaimContext
from detente.claims.force_text import name_latest_force
from detente.claims.reader_text import say_plain
from detente.claims.recommendations import list_recommendations
from detente.core.date_range import format_date, format_date_range
from detente.events.event import Event
from detente.questions.errors import NoAnswerableDemand
from detente.questions.phrase_match import Demand, list_answerable_questions
from detente.text.numbers import join_words
from detente.text.sentence import EventPiece, Sentence, SentencePiece, format_on_date, make_sentence

DEFAULT_WORD_LIMIT = 250
"""Word limit used if none is given."""
POINTS_FIRST = 6
"""Points that come before examples in a short answer; with more room than ALL_POINTS_FROM words, all points do."""
ALL_POINTS_FROM = 320
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
    summary: further sentences of the conclusion, given where there is room. record: how old the record is.
    """

    question: str
    introduction: tuple[Sentence, ...]
    parts: tuple[AnswerPart, ...]
    refused: tuple[Demand, ...]
    closing: tuple[Sentence, ...]
    examples: Mapping[str, Event]
    countries: Mapping[str, str]
    provenance: Provenance
    titled: bool = False
    summary: tuple[Sentence, ...] = ()
    record: str = ""


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """An answer of at most `limit` words: the material, and the points chosen from each part.

    `shown`, `full` and `limits` hold the keys of the points given with an example, with full text and with limits;
    `listed`: the demands are listed first.
    """

    material: AnswerMaterial
    limit: int
    chosen: tuple[tuple[AnswerPoint, ...], ...]
    conclusion: tuple[Sentence, ...]
    shown: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()
    limits: frozenset[str] = frozenset()
    listed: bool = True

    @property
    def parts(self) -> tuple[tuple[AnswerPart, tuple[AnswerPoint, ...]], ...]:
        """Return each part with its chosen points."""
        return tuple(zip(self.material.parts, self.chosen, strict=True))

    @property
    def words(self) -> int:
        """Return the word count of the answer without its references."""
        return count_words(render_answer_body(self))

    @property
    def points(self) -> tuple[AnswerPoint, ...]:
        """Return all chosen points, in order."""
        return tuple(p for points in self.chosen for p in points)

    @property
    def references(self) -> tuple[Event, ...]:
        """Return every event that the text names, in the order of their numbers."""
        keys = [x.event for s in self.material.introduction for x in s.pieces if isinstance(x, EventPiece)]
        for p in self.points:
            keys += [x.event for x_s in self.said(p) for x in x_s.pieces if isinstance(x, EventPiece)]
            keys += [p.example] if p.example and p.key in self.shown else []
        for s in self.conclusion:
            keys += [x.event for x in s.pieces if isinstance(x, EventPiece)]
        return tuple(self.material.examples[k] for k in dict.fromkeys(keys))

    @property
    def cited(self) -> tuple[Event, ...]:
        """Return every event that the text names, in order of day."""
        return tuple(sorted(self.references, key=lambda e: (e.day, e.id)))

    def said(self, p: AnswerPoint) -> tuple[Sentence, ...]:
        """Return the sentences shown for a point: the plain one, the further ones and the limits if they have room."""
        out = (p.text, p.full) if p.key in self.full and p.full != p.text else (p.text,)
        return (*out, p.limits) if p.limits and p.key in self.limits else out


def count_words(text: str) -> int:
    """Count the words of a text, separated by white space.

    Example:
        >>> count_words("66 % (95 % limits)")
        5
    """
    return len(text.split())


def case_material(
    view: ClaimContext, request: BriefRequest, prepared: PrecomputedFindings = NO_PRECOMPUTED_FINDINGS
) -> AnswerMaterial:
    """Build the material for the case's own question; its conclusion names the policy options."""
    ways = summarise_ways(prepared.levers or list_recommendations(view))
    parts = build_case_parts(view, prepared)
    closing = (make_sentence("Way forward: ", *_lower_first(ways.pieces)),)
    material = _build_material(view, request, view.g.case.question, parts, (), closing)
    findings = [p.finding for part in parts for p in part.points if p.finding]
    caution = build_caution(findings)
    return replace(material, titled=True, summary=(caution,) if caution else ())


def _lower_first(pieces: Sequence[SentencePiece]) -> list[SentencePiece]:
    first, *rest = pieces
    return [first[0].lower() + first[1:] if isinstance(first, str) and first else first, *rest]


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
    return _build_material(view, request, question, parts, refused, ())


def _build_material(
    view: ClaimContext, request: BriefRequest, question: str, parts: tuple[AnswerPart, ...], refused: tuple[Demand, ...],
    closing: tuple[Sentence, ...],
) -> AnswerMaterial:  # fmt: skip
    events, provenance = {e.id: e for e in view.g.events}, build_provenance(view, request)
    introduction = _build_introduction(view)
    record = f"Known on {format_date(view.g.as_of)}. {describe_record_age(view).text}"
    return AnswerMaterial(
        question, introduction, parts, refused, closing, events, view.g.case.country_names, provenance, record=record
    )


def _build_introduction(view: ClaimContext) -> tuple[Sentence, ...]:
    """The recent fighting and the latest use of force; without any, who fights whom."""
    fighting = build_recent_fighting(view)
    known = view.g.of("strike", "clash")
    if not known:
        return (build_opening(view),)
    last = max(known, key=lambda e: (e.span.last, e.id))
    latest = say_plain(f"{name_latest_force(view.g, last)} was last recorded ", format_on_date(last), ".")
    return (fighting, latest) if fighting else (latest,)


def fit_to_length(material: AnswerMaterial, words: int | None = None) -> ShortAnswer:
    """Build the longest answer within a word limit. None means DEFAULT_WORD_LIMIT, or more if the required parts need more.

    Raises:
        WordLimitTooLow: the required parts do not fit; `needed` is the number of words that they take.
    """
    chosen = tuple(tuple(_select_reportable_points(part)[:1]) for part in material.parts)
    best = ShortAnswer(material, 0, chosen, material.closing, listed=not material.titled)
    needed = best.words
    limit = max(DEFAULT_WORD_LIMIT, needed) if words is None else words
    if needed > limit:
        raise WordLimitTooLow(limit, needed)
    best = replace(best, limit=limit)

    def accept(trial: ShortAnswer) -> None:
        nonlocal best
        if trial.words <= limit:
            best = trial

    wanted = POINTS_FIRST if limit < ALL_POINTS_FROM else sum(len(part.points) for part in material.parts)
    _add_points(best, wanted, accept, lambda: best)
    for p in _list_by_example_length(best):
        accept(replace(best, shown=best.shown | {p.key}))
    _add_points(best, sum(len(part.points) for part in material.parts), accept, lambda: best)
    for p in _list_by_example_length(best):
        accept(replace(best, shown=best.shown | {p.key}))
    for s in material.summary:
        accept(replace(best, conclusion=(s, *best.conclusion)))
    for p in best.points:
        if p.full != p.text:
            accept(replace(best, full=best.full | {p.key}))
    for p in best.points:
        if p.limits and p.enough:
            accept(replace(best, limits=best.limits | {p.key}))
    accept(replace(best, listed=True))
    return best


def _list_by_example_length(answer: ShortAnswer) -> list[AnswerPoint]:
    """The points with an example, the shortest example first, so that as many as possible have one."""
    m = answer.material

    def length(p: AnswerPoint) -> int:
        return len(format_short_example(m.examples[p.example], m.countries).split()) if p.example else 0

    return sorted((p for p in answer.points if p.example), key=length)


def _add_points(
    start: ShortAnswer, most: int, accept: Callable[[ShortAnswer], None], current: Callable[[], ShortAnswer]
) -> None:
    """Try further points by rank, one demand after the other, up to `most` in all."""
    parts = start.material.parts
    for rank in range(1, max((len(part.points) for part in parts), default=0)):
        for i, part in enumerate(parts):
            reportable, now = _select_reportable_points(part), current()
            if rank < len(reportable) and reportable[rank] not in now.chosen[i] and len(now.points) < most:
                accept(replace(now, chosen=(*now.chosen[:i], (*now.chosen[i], reportable[rank]), *now.chosen[i + 1 :])))


def _select_reportable_points(part: AnswerPart) -> list[AnswerPoint]:
    """Return the points with enough on record, or else one point, which reports too little data."""
    return [p for p in part.points if p.enough] or list(part.points[:1])


def render_answer_text(answer: ShortAnswer) -> str:
    """Render the answer as plain text, with the list of references, which does not count against the limit."""
    numbers = {e.id: i for i, e in enumerate(answer.references, 1)}
    lines = [
        f"[{numbers[e.id]}] {e.id}, {format_date_range(e.span)}: {' '.join(e.addresses) or format_origin(e)}"
        for e in answer.references
    ]
    heading = ["References"] if lines else []
    return "\n\n".join([render_answer_body(answer), "\n".join([*heading, *lines, answer.material.record])]) + "\n"


def render_answer_body(answer: ShortAnswer) -> str:
    """Render the answer as plain text without its references. All of it counts against the limit."""
    numbers = {e.id: i for i, e in enumerate(answer.references, 1)}
    parts = answer.material.parts
    asked = [f"“{_truncate_demand(part.asked)}”" for part in parts]
    numbered = "; ".join(f"({n}) {x}" for n, x in enumerate(asked, 1))
    head = f"Core demand: {asked[0]}." if len(asked) == 1 else f"Core demands: {numbered}."
    introduction = " ".join(_mark_events(s, numbers) for s in answer.material.introduction)
    out = [*([head] if answer.listed else []), introduction]
    for n, (part, points) in enumerate(answer.parts, 1):
        lines = [f"{n}. {part.title}" if len(asked) > 1 else part.title]
        lines += [*(_render_point(p, answer, numbers) for p in points), *_render_repeated_points(part)]
        out.append("\n".join(lines))
    if answer.material.refused:
        lines = [f"- “{_truncate_demand(d.asked)}”: {d.told}." for d in answer.material.refused]
        out.append("\n".join(["Not answered", *lines]))
    if answer.conclusion:
        out.append("Conclusion\n" + " ".join(_mark_events(s, numbers) for s in answer.conclusion))
    return "\n\n".join(out)


def _mark_events(sentence: Sentence, numbers: Mapping[str, int]) -> str:
    """Return a sentence with the number of its reference after each event."""
    return "".join(
        p if isinstance(p, str) else f"{p.text} [{numbers[p.event]}]" if isinstance(p, EventPiece) else p.text
        for p in sentence.pieces
    )


def _render_point(p: AnswerPoint, answer: ShortAnswer, numbers: Mapping[str, int]) -> str:
    said = list(answer.said(p))
    limits = f" What this cannot show: {said.pop().text}" if p.limits and p.key in answer.limits else ""
    text = " ".join(_mark_events(s, numbers) for s in said)
    if not p.example or p.key not in answer.shown:
        return f"- {text}{limits}"
    example = format_short_example(answer.material.examples[p.example], answer.material.countries)
    return f"- {text} Example: {example} [{numbers[p.example]}].{limits}"


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
