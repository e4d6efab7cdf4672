"""View models of comments: what a given reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from detente.api.case import Case
from detente.web.accounts.account import UserAccount
from detente.web.clock import utc_now
from detente.web.comments.commands import may_edit
from detente.web.comments.queries import Exchange, StoredComment
from detente.web.comments.sanitize import Paragraph, split_paragraphs
from detente.web.comments.subjects import CaseSubjects, CommentSubject, collect_subjects


@dataclass(frozen=True, slots=True)
class CommentView:
    """One comment; times are UTC.

    `case`, `kind` and `key` identify its subject, `about` describes it, and `where` is its page. `paragraphs` are runs of
    text, some with a link. `hidden` is the moderator's reason, or None. Text and author of a hidden comment are empty
    except for moderators. `can_edit` says whether the reader may change it now.
    """

    id: int
    parent: int | None
    permalink: str
    case: str
    kind: str
    key: str
    about: str
    where: str
    author: str
    created: datetime
    edited: datetime | None
    hidden: str | None
    paragraphs: tuple[Paragraph, ...]
    can_edit: bool


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """A comment and its replies, oldest first; `more` says that its own page has further replies."""

    first: CommentView
    replies: tuple[CommentView, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class ThreadView:
    """The comments of a page, newest exchange first.

    `all` is the address of the full list; `older` says that it has more. `parts` are (key, line) of subjects within the
    page. `unreadable` is True if the database failed, which is not the same as zero comments.
    """

    case: str
    kind: str
    key: str
    talks: tuple[ExchangeView, ...]
    older: bool
    all: str
    parts: tuple[tuple[str, str], ...] = ()
    unreadable: bool = False


def get_subjects(request: Request) -> Mapping[str, CaseSubjects]:
    """Return the subjects of each served case; each worker collects them once, and again once the brief is ready."""
    given: Mapping[str, CaseSubjects] | None = getattr(request.app.state, "subjects", None)
    studies: Mapping[str, Case] = request.app.state.studies
    return given or {name: collect_subjects(s, s.document_if_ready is not None) for name, s in studies.items()}


def describe_subject(request: Request, about: CommentSubject) -> str:
    """Describe a subject in one line; by its ids if the case is not served or the subject is gone."""
    case = get_subjects(request).get(about.case)
    return (case.line(about) if case else None) or f"{about.case}: {about.kind} {about.key}"


def build_comment_view(request: Request, stored: StoredComment) -> CommentView:
    """Build the view of a comment for the reader who sent the request."""
    who: UserAccount | None = getattr(request.state, "account", None)
    visible = stored.hidden is None or (who is not None and who.moderates)
    a = stored.about
    return CommentView(
        stored.id, stored.parent, f"/comments/{stored.id}", a.case, a.kind, a.key, describe_subject(request, a), a.address,
        stored.author if visible else "", stored.created, stored.edited,
        None if stored.hidden is None else stored.hidden_why or "",
        split_paragraphs(stored.body) if visible else (), may_edit(stored, who, now=utc_now()),
    )  # fmt: skip


def build_exchange_view(request: Request, exchange: Exchange) -> ExchangeView:
    """Build the view of an exchange for the reader who sent the request."""
    return ExchangeView(
        build_comment_view(request, exchange.first),
        tuple(build_comment_view(request, r) for r in exchange.replies),
        exchange.later is not None,
    )
