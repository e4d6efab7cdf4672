"""What a comment is about: one thing of a case, and where it stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from detente.api.case import PreparedCase
from detente.core.date_range import format_date

SUBJECT_KINDS = ("brief", "claim", "point", "event")
_CLAIM = re.compile(r"/([^/]+)/claims/([^/]+)")
_EVENT = re.compile(r"/([^/]+)/events/(.+)")  # sources number their events as they like, with strokes too
_BRIEF = re.compile(r"/([^/]+)/brief")


@dataclass(frozen=True, slots=True)
class CommentSubject:
    """`kind` is brief, claim, point or event; `key` is the claim's or point's id, the event's id, or `brief`."""

    case: str
    kind: str
    key: str

    @property
    def address(self) -> str:
        """The page on which it stands."""
        case, key = quote(self.case, safe=""), quote(self.key, safe="")
        tail = {"claim": f"claims/{key}", "event": f"events/{key}", "point": f"brief#{key}"}
        return f"/{case}/{tail.get(self.kind, 'brief')}"


def parse_subject_path(path: str) -> CommentSubject | None:
    """What readers comment on at this page, or None where they do not. `path` is decoded, as the server hands it on.

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
    """What can be commented on in a case: a line for each key of each kind. `title` is the case's."""

    title: str
    lines: Mapping[str, Mapping[str, str]]

    def line(self, about: CommentSubject) -> str | None:
        """What the thing says in a line, or None if it is not here."""
        return self.lines.get(about.kind, {}).get(about.key)


def collect_subjects(study: PreparedCase) -> CaseSubjects:
    """Everything that can be commented on in a case."""
    points = [f for s in study.brief.sections for f in s.points]
    heads = {s.key: s.title for s in study.brief.sections}
    return CaseSubjects(
        study.case.title,
        {
            "brief": {"brief": study.brief.title},
            "claim": {f.claim: f.headline for f in points},
            "point": heads
            | {f.claim: f.headline for f in points}
            | {lever.key: lever.title for lever in study.brief.levers},
            "event": {e.id: f"{format_date(e.day)}, {study.brief.where(e)}: {e.summary}" for e in study.g.events},
        },
    )
