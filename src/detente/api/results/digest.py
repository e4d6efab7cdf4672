"""The monthly digest of a case as a result."""

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from detente.api.events.event_row import EventRow
from detente.api.recent_changes import Development
from detente.api.results.base import ResultHeader, result_data
from detente.core.date_range import format_date
from detente.measures.month_verdict import MonthWord, Reason
from detente.text.sentence import Sentence

WORD_TEXT = {"worse": "Worse", "better": "Better", "unchanged": "No clear change", "not known": "Not known"}
"""Each verdict on a month as readers see it."""


@dataclass(frozen=True, slots=True)
class DigestEvent:
    """An event of the month: its row, the addresses of its reports, and the day on which it became known if that was after the month's end."""

    row: EventRow
    sources: tuple[str, ...]
    known_later: str


@dataclass(frozen=True, slots=True)
class DigestKind:
    """The events of one kind, those with the most reported deaths first, then by day; the sentence counts them."""

    channel: str
    sentence: Sentence
    events: tuple[DigestEvent, ...]


@dataclass(frozen=True, slots=True)
class DigestMeasure:
    """One measure of the verdict: its name, the month's figure, the range in which nine of ten months lie, and what it alone says."""

    key: str
    name: str
    now: Sentence
    usual: Sentence
    word: MonthWord


@dataclass(frozen=True, slots=True)
class WatchItem:
    """Something to watch after the month: `forecast`, `crossing`, `truce` or `toll`, in a sentence."""

    kind: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class DigestResult:
    """The digest of one month.

    Fields:
        month: such as 2026-03. title: in words. word: worse, better, unchanged or not known, against the twelve covered months before.
        reason: why it is not known; empty if it is. headline: the verdict in a sentence. summary: what happened, in sentences.
        measures: of the verdict; empty if it is not known. evidence: how far they lie together; None likewise. kinds: the events by kind, the gravest kind first. developments: crossings
            that closed or opened, truces, crises and talks that began or ended. watch: what to watch in the next 30 days.
        later: events that became known after the month's end; None if the sources date their releases and not single events. covered, days: days collected systematically, and all days.
        before: the months of the comparison. updated: the latest day on which an event of the month, or of those before, became known.
    """

    header: ResultHeader
    month: str
    title: str
    word: MonthWord
    reason: Reason
    headline: Sentence
    summary: tuple[Sentence, ...]
    measures: tuple[DigestMeasure, ...]
    evidence: Sentence | None
    kinds: tuple[DigestKind, ...]
    developments: tuple[Development, ...]
    watch: tuple[WatchItem, ...]
    later: tuple[DigestEvent, ...] | None
    covered: int
    days: int
    before: tuple[str, ...]
    updated: date

    @property
    def verdict(self) -> str:
        """The verdict as readers see it."""
        return WORD_TEXT[self.word]

    @property
    def text(self) -> str:
        """The headline and what happened, as plain text."""
        return " ".join(s.text for s in (self.headline, *self.summary))

    def __repr__(self) -> str:
        return f"<digest of {self.header.case} for {self.month}: {self.word}>"

    def to_dict(self) -> dict[str, Any]:
        """The digest as plain values; sentences as text, events as ids with their summary and sources."""
        return result_data(
            "digest", self.header, month=self.month, title=self.title, verdict=self.word, reason=self.reason,
            headline=self.headline.text, summary=[s.text for s in self.summary],
            measures=[{"measure": m.key, "name": m.name, "now": m.now.text, "usual": m.usual.text, "verdict": m.word} for m in self.measures],
            evidence=self.evidence.text if self.evidence else None,
            kinds=[{"kind": k.channel, "text": k.sentence.text, "events": [_event_data(e) for e in k.events]} for k in self.kinds],
            developments=[{"kind": d.kind, "day": d.day, "text": d.said} for d in self.developments],
            watch=[{"kind": w.kind, "text": w.sentence.text} for w in self.watch],
            known_later=None if self.later is None else [_event_data(e) for e in self.later],
            covered_days=self.covered, days=self.days, compared_with=self.before, updated=self.updated,
        )  # fmt: skip

    def _repr_html_(self) -> str:
        kinds = "".join(f"<li>{escape(k.sentence.text)}</li>" for k in self.kinds)
        watch = "".join(f"<li>{escape(w.sentence.text)}</li>" for w in self.watch)
        return (
            f"<h3>{escape(self.title)}: {escape(self.verdict)}</h3><p>{escape(self.text)}</p><ul>{kinds}</ul>"
            f"<h4>To watch</h4><ul>{watch}</ul><p>As known on {format_date(self.header.as_of)}.</p>"
        )


def _event_data(e: DigestEvent) -> dict[str, Any]:
    r = e.row
    return {
        "id": r.id, "day": r.day, "summary": r.summary, "deaths": r.deaths, "disputed": r.disputed, "sources": list(e.sources),
        "known_later": e.known_later,
    }  # fmt: skip
