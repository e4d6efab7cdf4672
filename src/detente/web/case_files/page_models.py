"""What the pages of cases show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from detente.web.case_files.draft import CaseDraft, StoredSource
from detente.web.case_files.folder import MAX_TEXT_LENGTH
from detente.web.case_files.later_releases import LaterReleases
from detente.web.case_files.versions import CaseVersion
from detente.web.preparation import PreparationProgress

CaseState = Literal["being read", "served", "not readable", "withdrawn"]


@dataclass(frozen=True, slots=True)
class CaseListRow:
    """A case of this server. `own`: written here, so it can be changed; `copies`: its text can be copied."""

    case: str
    title: str
    state: CaseState
    own: bool
    copies: bool
    version: int
    author: str
    saved: datetime | None


@dataclass(frozen=True, slots=True)
class CaseListPage:
    """The cases that this server has: those of its settings, then those written here."""

    cases: tuple[CaseListRow, ...]


@dataclass(frozen=True, slots=True)
class NewCasePage:
    """The form of a new case, and its draft. `fields`: the entries; `sources`: of the store; `draft`: None before it is asked for."""

    fields: dict[str, str]
    sources: tuple[StoredSource, ...]
    draft: CaseDraft | None
    problem: str
    longest: int = MAX_TEXT_LENGTH


@dataclass(frozen=True, slots=True)
class CaseTextPage:
    """The text of a case in a form. `case`: its id, empty for a new one; `base`: the version it was made from, 0 for none.

    `checked`: the text is valid, and was not saved.
    """

    case: str
    base: int
    text: str
    problem: str
    checked: bool
    longest: int = MAX_TEXT_LENGTH


@dataclass(frozen=True, slots=True)
class CaseStatePage:
    """One case: its state on this server, how far its results are, and its versions, newest first.

    `prepared`: all results are there. `why` says why it cannot be read. `again`: seconds after which the page loads again, 0 for never.
    `later`: releases in the store that go on after the last day of the case.
    """

    case: str
    title: str
    state: CaseState
    why: str
    prepared: bool
    progress: PreparationProgress
    versions: tuple[CaseVersion, ...]
    withdraws: bool
    again: int
    later: tuple[LaterReleases, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseVersionPage:
    """The text of an earlier version."""

    case: str
    number: int
    text: str
