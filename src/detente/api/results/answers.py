"""The answer to a question: its parts, how each was understood, and what it rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

from detente.api.results.base import ResultHeader, result_data
from detente.questions.case_match import CaseMatch

if TYPE_CHECKING:
    from detente.brief.short_answer import ShortAnswer
    from detente.questions.phrase_match import Demand

AnswerValue = int | dict[str, int | None] | None
"""A count; deaths as `low`, `best` and `high`; None where the answer is not a number or the number is unknown."""


@dataclass(frozen=True, slots=True)
class UnderstoodPart:
    """How a part of a question was understood.

    Fields:
        kind: of answer. asks: what exactly, such as `count`. actors: keys of the cast. kinds: of event. places: names.
        first, last: of the period, None without a limit. deaths_from: least deaths of an event.
        labels: all of this in words, by `kind`, `actors`, `kinds`, `places`, `period`, `number`; only what is there.
    """

    kind: str
    asks: str = ""
    actors: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    deaths_from: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> tuple[str, ...]:
        """What was understood, in words: kind, actors, kind of event, place, period, number."""
        return tuple(self.labels.values())

    @property
    def period(self) -> str:
        """The period in words, empty if there is none."""
        return self.labels.get("period", "")

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values; the period is `from` and `to`."""
        return {
            "kind": self.kind, "asks": self.asks, "actors": list(self.actors), "kinds": list(self.kinds), "places": list(self.places),
            "from": str(self.first) if self.first else None, "to": str(self.last) if self.last else None,
            "deaths_from": self.deaths_from, "words": list(self.words), "labels": dict(self.labels),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class NotUsed:
    """Words of a question that its answer does not use, and why."""

    words: str
    why: str


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """A page that shows more."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class PartialAnswer:
    """The answer to one part of a question.

    Fields:
        asked: its words. understood: how it was understood. unused: words that were not used. sentences: the answer, a
            paragraph each. value: the number asked for. without_toll: events without reported deaths, where deaths are
            asked for. events: ids, in the order of the answer. links: pages that show more, nearest first.
    """

    asked: str
    understood: UnderstoodPart
    sentences: tuple[str, ...]
    unused: tuple[NotUsed, ...] = ()
    value: AnswerValue = None
    without_toll: int | None = None
    events: tuple[str, ...] = ()
    links: tuple[AnswerLink, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of answer."""
        return self.understood.kind

    @property
    def text(self) -> str:
        """What was understood, what was not used, and the answer."""
        head = [f"Understood: {' · '.join(self.understood.words)}."]
        if self.unused:
            head.append(f"Not used: {'; '.join(f'“{u.words}” ({u.why})' for u in self.unused)}.")
        return "\n\n".join(["\n".join(head), *self.sentences])

    def to_dict(self) -> dict[str, Any]:
        """The part as plain values."""
        return {
            "asked": self.asked, "kind": self.kind, "understood": self.understood.to_dict(),
            "unused": [{"words": u.words, "why": u.why} for u in self.unused], "text": self.text, "value": self.value,
            "events_without_toll": self.without_toll, "events": list(self.events),
            "links": [{"title": x.title, "address": x.address} for x in self.links],
        }  # fmt: skip


@dataclass(frozen=True)
class AnswerResult:
    """The answer to a question.

    Fields:
        parts: one for each kind of answer that the question needs, in order. about: how the case was found; None for a
            question that could not be read. demands, answer: of the part answered by the claims, if there is one.
        meanings: whether meanings were compared as well as phrases.
    """

    header: ResultHeader
    question: str
    parts: tuple[PartialAnswer, ...]
    about: CaseMatch | None = None
    demands: "tuple[Demand, ...]" = ()
    answer: "ShortAnswer | None" = None
    meanings: bool = False
    notices: tuple[str, ...] = field(default=())

    @property
    def kind(self) -> str:
        """The kind of answer: that of its parts, or `several`."""
        kinds = tuple(dict.fromkeys(p.kind for p in self.parts))
        return kinds[0] if len(kinds) == 1 else "several"

    @property
    def text(self) -> str:
        """The answer in plain words."""
        if len(self.parts) == 1:
            return self.parts[0].text
        return "\n\n".join(f"{n}. {p.asked}\n{p.text}" for n, p in enumerate(self.parts, 1))

    @property
    def value(self) -> AnswerValue:
        """The number asked for, where exactly one part has one."""
        values = [p.value for p in self.parts if p.value is not None]
        return values[0] if len(values) == 1 else None

    @property
    def events(self) -> tuple[str, ...]:
        """Ids of the events that the answer rests on."""
        return tuple(dict.fromkeys(e for p in self.parts for e in p.events))

    @property
    def answered(self) -> bool:
        """Whether any part is answered."""
        return any(p.kind != "refused" for p in self.parts)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<answer to {self.question!r}>"

    def understood(self) -> dict[str, Any]:
        """How the question was read, all parts together: actors, kinds of event, places, period; and the case and its demands."""
        u = [p.understood for p in self.parts]
        firsts, lasts = [x.first for x in u if x.period], [x.last for x in u if x.period]
        a = self.about
        about = (
            {"id": a.case.id, "named": a.named, "score": a.score, "ties": a.ties, "notices": a.notices} if a else None
        )
        return {
            "actors": _unique(x for p in u for x in p.actors), "kinds": _unique(x for p in u for x in p.kinds),
            "places": _unique(x for p in u for x in p.places),
            "from": None if not firsts or None in firsts else str(min(d for d in firsts if d)),
            "to": None if not lasts or None in lasts else str(max(d for d in lasts if d)),
            "case": about, "meanings_compared": self.meanings, "demands": [_demand_data(d) for d in self.demands],
        }  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain values; `analysis` holds points, numbers and events of the claims, as in a brief, or None."""
        analysis = None
        if self.answer is not None:
            from detente.brief.render.json import build_answer_data

            analysis = build_answer_data(self.answer)
        return result_data("answer", self.header, **self._content(), analysis=analysis) | {"format": "detente answer 4"}

    def _content(self) -> dict[str, Any]:
        return {
            "question": self.question, "kind": self.kind, "understood": self.understood(),
            "unused": [{"words": u.words, "why": u.why} for p in self.parts for u in p.unused], "text": self.text,
            "value": self.value, "events": list(self.events), "parts": [p.to_dict() for p in self.parts],
            "links": [{"title": x.title, "address": x.address} for x in dict.fromkeys(x for p in self.parts for x in p.links)],
        }  # fmt: skip

    def _repr_html_(self) -> str:
        out = [f"<h4>{escape(self.question)}</h4>"]
        for p in self.parts:
            chips = " ".join(f"<code>{escape(w)}</code>" for w in p.understood.words)
            unused = (
                f"<p><small>Not used: {escape('; '.join(u.words for u in p.unused))}</small></p>" if p.unused else ""
            )
            said = "".join(f"<p>{escape(s).replace(chr(10), '<br>')}</p>" for s in p.sentences)
            out.append(f"<p>{chips}</p>{unused}{said}")
        return "".join(out)


def _unique(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))


def _demand_data(d: "Demand") -> dict[str, Any]:
    hits = [{name: getattr(f, name) for name in f.__slots__} for f in d.found]
    return {
        "asked": d.asked, "from": d.start, "to": d.end, "claims": d.claims, "topic": d.topic or None, "way_forward": d.forward,
        "why_not": d.why or None, "told": d.told or None, "found": hits,
    }  # fmt: skip
