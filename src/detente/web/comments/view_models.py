"""A comment as readers see it, and the comments beneath a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request

from detente.api.case import PreparedCase
from detente.web.accounts.account import UserAccount
from detente.web.comments.commands import may_edit
from detente.web.comments.queries import Exchange, StoredComment
from detente.web.comments.sanitize import Paragraph, split_paragraphs
from detente.web.comments.subjects import CaseSubjects, CommentSubject, collect_subjects


@dataclass(frozen=True, slots=True)
class CommentView:
    """One comment. Days and times are UTC.

    `case`, `kind` and `key` name what it is about, `about` says it in a line, `where` is its page. `paragraphs` are
    pieces of text, some with an address to follow. `hidden` is the moderators' reason, or None; text and author of a
    hidden comment are empty unless a moderator asks. `can_edit` tells whether who asks may change it now.
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
    """A comment and its replies, oldest first; `more` says that there are further replies on its own page."""

    first: CommentView
    replies: tuple[CommentView, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class ThreadView:
    """The comments beneath a page, newest exchange first.

    `all` is the address of all of them; `older` says that it holds more. `parts` are the things of this page that can be
    commented on apart, key and line. `unreadable` is True where the database did not answer: that is not "none".
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
    """What can be commented on in each case that is served; made once a worker."""
    found: dict[str, CaseSubjects] | None = getattr(request.app.state, "subjects", None)
    if found is None:
        studies: Mapping[str, PreparedCase] = request.app.state.studies
        found = request.app.state.subjects = {name: collect_subjects(s) for name, s in studies.items()}
    return found


def describe_subject(request: Request, about: CommentSubject) -> str:
    """What a comment is about, in a line; its bare name where the case is not served or the thing is gone."""
    case = get_subjects(request).get(about.case)
    return (case.line(about) if case else None) or f"{about.case}: {about.kind} {about.key}"


def build_comment_view(request: Request, kept: StoredComment) -> CommentView:
    """The comment as who asks may see it."""
    who: UserAccount | None = getattr(request.state, "account", None)
    open_ = kept.hidden is None or (who is not None and who.moderates)
    a = kept.about
    return CommentView(
        kept.id, kept.parent, f"/comments/{kept.id}", a.case, a.kind, a.key, describe_subject(request, a), a.address,
        kept.author if open_ else "", kept.created, kept.edited, None if kept.hidden is None else kept.hidden_why or "",
        split_paragraphs(kept.body) if open_ else (), may_edit(kept, who, now=datetime.now(UTC)),
    )  # fmt: skip


def build_exchange_view(request: Request, exchange: Exchange) -> ExchangeView:
    """The exchange as who asks may see it."""
    return ExchangeView(
        build_comment_view(request, exchange.first),
        tuple(build_comment_view(request, r) for r in exchange.replies),
        exchange.later is not None,
    )
