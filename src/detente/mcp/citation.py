"""How results are quoted: the sources, the day of knowledge, the verdict with its false-alarm rate, and the events."""

from collections.abc import Sequence

from detente.api.case import Case
from detente.brief.render.json import format_check_results
from detente.claims.evidence_line import list_evidence
from detente.claims.finding import Finding
from detente.claims.reader_text import MARK_WORDS
from detente.core.date_range import format_date, format_date_range
from detente.core.publishers import format_publishers
from detente.core.version import __version__
from detente.events.event import Event
from detente.mcp.result import ClaimRating, DataSource

NAME = "détente"
NOT_MEASURED = "How often a false claim of this kind is rated leaning or better was not measured."
MAX_EVIDENCE = 6
"""Events that a citation names."""


def cite_record(case: Case) -> str:
    """Cite the record of a case: program, case, day of knowledge, release, licence."""
    main = case.datasets[0]
    return (
        f"Source: {NAME} {__version__}, case “{case.case.title}”, known on {format_date(case.as_of)}, collected systematically to "
        f"{format_date(case.g.watched_to)}. Data: {main.name} ({main.licence}). {main.cite}"
    )


def cite_text(case: Case, text: str, note: str = "", events: Sequence[str] = ()) -> str:
    """Cite a text of a result, with a note on it and the events that it rests on."""
    named = f"Events: {', '.join(events[:MAX_EVIDENCE])}{' and more' * (len(events) > MAX_EVIDENCE)}." if events else ""
    return " ".join(filter(None, (f"“{text}”", note, named, cite_record(case))))


def cite_event(event: Event) -> str:
    """Cite an event: its id, day and the publishers of its reports.

    Example:
        >>> from types import SimpleNamespace as N
        >>> from datetime import date
        >>> from detente.core.date_range import DateRange
        >>> cite_event(N(id="DL-1", span=DateRange(date(2025, 10, 9), date(2025, 10, 9)), addresses=("https://www.dawn.com/a",), first_report=""))
        'DL-1, 9 October 2025, reported by dawn.com'
    """
    publishers = format_publishers(event.addresses, event.first_report)
    reported = f"reported by {publishers}" if publishers else "no report named"
    return f"{event.id}, {format_date_range(event.span)}, {reported}"


def list_sources(case: Case, *, scale: bool = False) -> list[DataSource]:
    """List the datasets behind a case's results.

    Args:
        scale: also the source whose figures stand beside the record's counts.
    """
    out = [DataSource(name=d.name, use=d.use, licence=d.licence, cite=d.cite) for d in case.datasets]
    view = case.longer_view if scale else None
    if view is not None:
        f = view.figures
        out.append(
            DataSource(
                name=f"Figures of {f.source}", use="scale beside the record's counts", licence=f.licence, cite=f.cite
            )
        )
    return out


def rate_claim(case: Case, f: Finding) -> ClaimRating:
    """State the verdict on a claim with its false-alarm rate, and how to quote it."""
    v = f.verdict
    word = v.word if v else "too little data"
    checks = format_check_results(v) if v else "not checked"
    alarms = f.false_alarms.text if f.false_alarms else NOT_MEASURED
    parts = [e.key for e in f.estimates if e.necessary]
    lines = [m.sentence.text for m in list_evidence(f)]
    # The part that decides the verdict; lines after those of the parts are about other evidence.
    deciding = next((line for key, line in zip(parts, lines, strict=False) if v and key == v.weakest), "")
    note = " ".join(filter(None, (f"Verdict: {word} ({MARK_WORDS[word]}); {checks}.", deciding, alarms)))
    events = tuple(dict.fromkeys(f.examples or (pool[0] for pool in f.pools if pool)))
    return ClaimRating(
        claim=f.claim, statement=f.statement, headline=f.headline, verdict=word, means=MARK_WORDS[word], checks=checks,
        evidence=lines, false_alarms=alarms, cite=cite_text(case, f.headline, note, events),
    )  # fmt: skip


def list_ready_ratings(case: Case) -> list[ClaimRating]:
    """List the verdicts of a case whose brief has been made; no claim is tested for it."""
    brief = case.document_if_ready
    return [rate_claim(case, f) for s in brief.sections for f in s.points if f.verdict] if brief else []
