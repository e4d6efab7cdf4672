"""Subjects of comments: a brief, claim, point or event of a case, and its page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.claims import CLAIMS
from detente.core.date_range import format_date

SUBJECT_KINDS = ("brief", "claim", "point", "event")
_CLAIM = re.compile(r"/([^/]+)/claims/([^/]+)")
_EVENT = re.compile(r"/([^/]+)/events/(.+)")  # event ids of some sources contain slashes
_BRIEF = re.compile(r"/([^/]+)/brief")


@dataclass(frozen=True, slots=True)
class CommentSubject:
    """`kind` is brief, claim, point or event; `key` is the claim's or point's id, the event's id, or `brief`."""

    case: str
    kind: str
    key: str

    @property
    def address(self) -> str:
        """The page of the subject."""
        case, key = quote(self.case, safe=""), quote(self.key, safe="")
        tail = {"claim": f"claims/{key}", "event": f"events/{key}", "point": f"brief#{key}"}
        return f"/{case}/{tail.get(self.kind, 'brief')}"


def parse_subject_path(path: str) -> CommentSubject | None:
    """Return the subject of the page at a decoded path, or None if the page takes no comments.

    Example:
        >>> parse_subject_path("/pakistan-afghanistan/claims/trust")
        CommentSubject(case='pakistan-afghanistan', kind='claim', key='trust')
        >>> parse_subject_path("/pakistan-afghanistan/claims") is None
        True
    """
    for kind, form in (("claim", _CLAIM), ("event", _EVENT)):
        if m := form.fullmatch(path):
            return CommentSubject(m[1], kind, m[2])
    if m := _BRIEF.fullmatch(path):
        return CommentSubject(m[1], "brief", "brief")
    return None


@dataclass(frozen=True, slots=True)
class CaseSubjects:
    """All subjects of a case: `lines[kind][key]` describes each in one line. `title` is the case's."""

    title: str
    lines: Mapping[str, Mapping[str, str]]

    def line(self, about: CommentSubject) -> str | None:
        """Return the line that describes a subject, or None if the case has no such subject."""
        return self.lines.get(about.kind, {}).get(about.key)


@cached_per_case()
def collect_subjects(prepared: Case, with_brief: bool = True) -> CaseSubjects:
    """Collect the subjects of a case; without the brief, claims are named by what they state."""
    brief = prepared.document if with_brief else None
    points = [f for s in brief.sections for f in s.points] if brief else []
    claims = {c: prepared.case.names.fill(CLAIMS[c].statement) for d in prepared.case.demands for c in d.claims} | {
        f.claim: f.headline for f in points
    }
    headings = {d.key: d.title for d in prepared.case.demands}
    interventions = {lever.key: lever.title for lever in brief.levers} if brief else {}
    return CaseSubjects(
        prepared.case.title,
        {
            "brief": {"brief": prepared.case.title},
            "claim": claims,
            "point": headings | claims | interventions,
            "event": {
                e.id: f"{format_date(e.day)}, {e.place.format_name(prepared.case.country_names)}: {e.summary}"
                for e in prepared.g.events
            },
        },
    )
