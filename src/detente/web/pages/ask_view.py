"""What the question page shows of an answer: fields of what was understood, linked text, and the points of an analysis."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from detente.api.ask_changes import ANYTHING, CHOOSABLE_KINDS, NO_CHANGES, UnderstandingChanges
from detente.api.ask_parts import KIND_NAMES, actor_name, is_choosable, place_choices
from detente.api.case import Case
from detente.api.events.event_row import build_event_address
from detente.api.results.answers import AnswerResult, PartialAnswer
from detente.brief.answer_points import format_short_example
from detente.brief.short_answer import ShortAnswer, render_answer_text
from detente.claims.verdict import VERDICT_SYMBOLS
from detente.core.date_range import format_date_range
from detente.questions.event_kind import load_event_kinds

_LINKED = re.compile(r"\b(?P<event>[A-Z]{2,}-[\w-]*\d)\b|(?P<page>https?://[^\s;]+?)(?=[.;,)]*(?:\s|$))")
MAX_BASIS = 12
"""Events that an answer rests on without naming them in its text, as many as are linked under it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a reader can choose, and its text."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was understood: its name in the address, its label, the value chosen, and what can be chosen.

    The first choice, whose value is empty, is what the question itself says. `set`: there is something to show.
    """

    name: str
    label: str
    value: str
    choices: tuple[Choice, ...]
    set: bool


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A piece of an answer's text; `address` is that of its event, or empty."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class AnswerParagraph:
    """A paragraph of an answer and the list under it; of each line its pieces."""

    lead: tuple[TextPiece, ...]
    items: tuple[tuple[TextPiece, ...], ...]


@dataclass(frozen=True, slots=True)
class AskedPart:
    """One part of the question on the page.

    Fields:
        number: of the part, from 1. answer: as computed. chips: what was understood, as fields. first, last: its period, ISO.
        blocks: the text, without what the claims answer; `analysed`: they do, and `AskPage.answer` holds the points.
        basis: events behind the text that it does not name.
    """

    number: int
    answer: PartialAnswer
    chips: tuple[Chip, ...]
    first: str
    last: str
    blocks: tuple[AnswerParagraph, ...]
    analysed: bool
    basis: tuple[TextPiece, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """What the page shows beside its data: the case, the parts, the changes, and the points of an analysis.

    Fields:
        verdicts: by claim. examples: of each point, the event in a few words, by id. references: number, id, date and source
            addresses of each event that the analysis names, in order.
    """

    case: Case
    parts: tuple[AskedPart, ...]
    changed: bool
    verdicts: Mapping[str, str]
    examples: Mapping[str, str]
    references: tuple[tuple[int, str, str, tuple[str, ...]], ...]


def show_answer(case: Case, result: AnswerResult, changes: UnderstandingChanges) -> ShownAnswer:
    """Prepare an answer for the page: its parts with their fields, and the points of an analysis."""
    changed = changes != NO_CHANGES
    known = {e.id for e in case.g.events}
    a = result.answer
    rendered = set(render_answer_text(a).strip().split("\n\n")) if a is not None else set()
    parts = tuple(
        _show_part(case, changes.part if changed else n, p, changes, known, rendered if p.kind == "analysis" else set())
        for n, p in enumerate(result.parts, 1)
    )
    if a is None:
        return ShownAnswer(case, parts, changed, {}, {}, ())
    references = tuple((n, e.id, format_date_range(e.span), e.addresses) for n, e in enumerate(a.references, 1))
    return ShownAnswer(case, parts, changed, _verdicts(a), _examples(a), references)


def _verdicts(a: ShortAnswer) -> dict[str, str]:
    findings = {p.key: p.finding for p in a.points}
    return {k: f.verdict.word for k, f in findings.items() if f and f.verdict and f.verdict.word in VERDICT_SYMBOLS}


def _examples(a: ShortAnswer) -> dict[str, str]:
    m = a.material
    return {p.example: format_short_example(m.examples[p.example], m.countries) for p in a.points if p.example}


def _show_part(
    case: Case, number: int, p: PartialAnswer, changes: UnderstandingChanges, known: set[str], rendered: set[str]
) -> AskedPart:  # fmt: skip
    """Prepare a part; `rendered` are the paragraphs that the page shows as headings and points instead."""
    u = p.understood
    blocks = tuple(_build_block(case, s, known) for s in p.sentences if s not in rendered)
    first, last = (str(d) if d else "" for d in (u.first, u.last))
    return AskedPart(
        number, p, _build_chips(case, p, changes), first, last, blocks, bool(rendered), _list_basis(case, p)
    )


def _build_chips(case: Case, p: PartialAnswer, changes: UnderstandingChanges) -> tuple[Chip, ...]:
    u = p.understood

    def chip(name: str, label: str, key: str, value: str, none: str, choices: list[Choice]) -> Chip:
        named = bool(u.labels.get(key) or value)
        anything = [Choice(ANYTHING, none)] if key != "kind" and named else []
        return Chip(
            name,
            label,
            value,
            (Choice("", "as asked" if value else u.labels.get(key, none)), *anything, *choices),
            named,
        )

    kinds = [Choice(k, KIND_NAMES[k]) for k in CHOOSABLE_KINDS if k != u.kind or changes.kind]
    actors = [Choice(a.key, actor_name(case, a.key)) for a in case.case.cast if is_choosable(a)]
    events = sorted((Choice(k.key, k.many) for k in load_event_kinds()), key=lambda c: c.text)
    places = [Choice(name, name) for name in place_choices(case)]
    return (
        chip("kind", "Answer from", "kind", changes.kind, "", kinds),
        chip("actor", "Actor", "actors", changes.actor, "any actor", actors),
        chip("event", "Kind of event", "kinds", changes.event_kind, "any kind", events),
        chip("place", "Place", "places", changes.place, "any place", places),
    )


def _build_block(case: Case, text: str, known: set[str]) -> AnswerParagraph:
    """Split a paragraph into its lead and its list, and link the events that it names."""
    lines = text.split("\n")
    lead = [x for x in lines if not x.startswith("- ")]
    items = [x.removeprefix("- ") for x in lines if x.startswith("- ")]
    return AnswerParagraph(
        _link_events(case, " ".join(lead), known), tuple(_link_events(case, x, known) for x in items)
    )


def _link_events(case: Case, text: str, known: set[str]) -> tuple[TextPiece, ...]:
    out, at = [], 0
    for m in _LINKED.finditer(text):
        address = m["page"] or (build_event_address(case, m["event"]) if m["event"] in known else "")
        if address:
            out += [TextPiece(text[at : m.start()]), TextPiece(m.group(), address)]
            at = m.end()
    return tuple(p for p in (*out, TextPiece(text[at:])) if p.text)


def _list_basis(case: Case, p: PartialAnswer) -> tuple[TextPiece, ...]:
    """Link the events behind an answer that does not name them, by day; a list of events has its own page."""
    if p.kind in ("record", "analysis") or any(e in s for s in p.sentences for e in p.events):
        return ()
    days = {e.id: format_date_range(e.span) for e in case.g.events if e.id in p.events[:MAX_BASIS]}
    return tuple(TextPiece(days[e], build_event_address(case, e)) for e in p.events[:MAX_BASIS] if e in days)
