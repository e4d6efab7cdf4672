"""A brief and its sources as entries for a reference manager.

The record holds no title of a report. Its title is therefore a description in square brackets, as cataloguers write for
untitled works. Its day is left out too, except of a first report that the source names with its day and without address.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from detente.brief.document import Brief
from detente.core.date_range import format_date_range
from detente.core.publishers import publisher_name, split_first_report
from detente.events.event import Event
from detente.sources.testimony import format_source_name


@dataclass(frozen=True, slots=True)
class BibliographyEntry:
    """One work to cite.

    Fields:
        key: ASCII letters, digits and hyphens; unique within a brief.
        title: in square brackets where it is a description and not the work's own title.
        by: the author, as one name. day: None where unknown. address: empty where there is none.
        version: of the brief or dataset. note: further information for the reader.
    """

    key: str
    kind: Literal["brief", "dataset", "report"]
    title: str
    by: str
    day: date | None
    address: str
    version: str
    note: str


def build_entries(brief: Brief, address: str = "") -> tuple[BibliographyEntry, ...]:
    """Build entries for the brief, its datasets, and each report that it names, once, in order of first use.

    Args:
        address: where the brief is published, or empty.
    """
    p = brief.provenance
    day = date.fromisoformat(p.as_of)
    out = [
        BibliographyEntry(
            key=f"detente-{_slugify(p.case)}-{p.as_of}",
            kind="brief",
            title=f"{brief.question} Brief on {brief.title}, as of {p.as_of}",
            by="détente",
            day=day,
            address=address,
            version=p.version,
            note=f"What was known on {p.as_of}; made by {p.package} {p.version} from {p.release} (SHA-256 {p.sha256}); `{p.command}`",
        )
    ]
    for n, d in enumerate(brief.datasets):
        is_chronology = n == 0
        out.append(
            BibliographyEntry(
                key=f"dataset-{_slugify(d.name)}",
                kind="dataset",
                title=d.name,
                by="détente"
                if d.name.startswith("Chronology ")
                else d.name.split(" ")[0].rstrip(":")
                if d.name.startswith("UCDP")
                else d.name.split(": ")[0],
                day=day if is_chronology else None,
                address="",
                version=p.release if is_chronology else "",
                note=f"Used for {d.use}. {d.cite} Licence: {d.licence}.",
            )
        )
    return (*out, *_build_report_entries(brief))


def _build_report_entries(brief: Brief) -> list[BibliographyEntry]:
    events_by_address: dict[str, list[Event]] = {}
    for e in brief.cited:
        for a in e.addresses:
            events_by_address.setdefault(a, []).append(e)
    out = []
    for n, (address, events) in enumerate(events_by_address.items(), 1):
        first = events[0]
        states = "; ".join(f"{e.id}, {format_date_range(e.span)}, {brief.where(e)}" for e in events)
        out.append(
            BibliographyEntry(
                key=f"report-{n}-{_slugify(publisher_name(address))}",
                kind="report",
                title=f"[Report: {first.summary}]",
                by=publisher_name(address),
                day=None,
                address=address,
                version="",
                note=f"States the event{'s' if len(events) > 1 else ''} {states}. Its own title and day are not recorded.",
            )
        )
    for e in brief.cited:
        publisher, day = split_first_report(e.first_report)
        if e.addresses or day is None:
            continue
        source = format_source_name(e.source)
        out.append(
            BibliographyEntry(
                key=f"report-{len(out) + 1}-{_slugify(publisher)}",
                kind="report",
                title=f"[Report: {e.summary}]",
                by=publisher,
                day=day,
                address="",
                version="",
                note=f"States the event {e.id}, {format_date_range(e.span)}, {brief.where(e)}. The first report that {source} names for it; "
                "its own title is not recorded.",
            )
        )
    return out


def _slugify(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", ascii_only).strip("-").lower()
