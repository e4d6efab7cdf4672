"""Moderation: hide, restore, dismiss reports. Every action has a reason and an entry in an append-only log."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from detente.web.accounts.account import UserAccount
from detente.web.comments.commands import clean_reason
from detente.web.comments.errors import CommentActionForbidden
from detente.web.comments.queries import StoredComment, load_comment
from detente.web.db.tables import account, action, comment, report

MAX_QUEUE_SIZE = 50
LOG_PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ReportedComment:
    """A reported comment. Each report is (account name, reason, time), oldest first."""

    kept: StoredComment
    reports: tuple[tuple[str, str, datetime], ...]


@dataclass(frozen=True, slots=True)
class ModerationLogEntry:
    """One entry of the log. `actor` is empty for the command line; `before` is the text before an edit."""

    id: int
    at: datetime
    actor: str
    what: str
    comment: int | None
    account: str
    reason: str
    before: str | None


def hide(c: Connection, who: UserAccount, number: int, why: str, *, now: datetime) -> None:
    """Hide a comment and settle its reports. Readers see the reason in its place.

    Raises:
        CommentActionForbidden: not a moderator, or already hidden. BadComment: no reason. NoComment: no such comment.
    """
    _require_moderator(who)
    if load_comment(c, number).hidden:
        raise CommentActionForbidden("this comment is already hidden")
    _set_hidden(c, who, number, "hide", clean_reason(why), now, hidden=now)


def restore(c: Connection, who: UserAccount, number: int, why: str, *, now: datetime) -> None:
    """Show a hidden comment again.

    Raises:
        CommentActionForbidden: not a moderator, or not hidden. BadComment: no reason. NoComment: no such comment.
    """
    _require_moderator(who)
    if not load_comment(c, number).hidden:
        raise CommentActionForbidden("this comment is not hidden")
    _set_hidden(c, who, number, "restore", clean_reason(why), now, hidden=None)


def dismiss_reports(c: Connection, who: UserAccount, number: int, why: str, *, now: datetime) -> None:
    """Settle the reports of a comment that stays.

    Raises:
        CommentActionForbidden: not a moderator. BadComment: no reason. NoComment: no such comment.
    """
    _require_moderator(who)
    load_comment(c, number)
    _resolve_reports(c, number, now)
    _log_action(c, who, number, "let stand", clean_reason(why), now)


def load_report_queue(c: Connection) -> tuple[ReportedComment, ...]:
    """Return comments with open reports, oldest first, at most 50."""
    waiting = sa.select(report.c.comment_id).where(report.c.settled.is_(None)).group_by(report.c.comment_id)
    numbers = list(c.execute(waiting.order_by(sa.func.min(report.c.id)).limit(MAX_QUEUE_SIZE)).scalars())
    query = (
        sa.select(report.c.comment_id, account.c.name, report.c.reason, report.c.created)
        .join(account, account.c.id == report.c.by_id)
        .where(report.c.comment_id.in_(numbers), report.c.settled.is_(None))
        .order_by(report.c.id)
    )
    reports: dict[int, list[tuple[str, str, datetime]]] = {n: [] for n in numbers}
    for number, name, why, at in c.execute(query):
        reports[number].append((name, why, at))
    return tuple(ReportedComment(load_comment(c, n), tuple(r)) for n, r in reports.items())


def load_moderation_log(
    c: Connection, before: int | None = None, size: int = LOG_PAGE_SIZE
) -> tuple[tuple[ModerationLogEntry, ...], bool]:
    """Return actions, newest first, and whether there are older ones."""
    actor, target = account.alias("actor"), account.alias("target")
    names = action.outerjoin(actor, actor.c.id == action.c.actor_id).outerjoin(
        target, target.c.id == action.c.account_id
    )
    query = sa.select(
        action.c.id, action.c.at, actor.c.name.label("actor"), action.c.what, action.c.comment_id,
        target.c.name.label("target"), action.c.reason, action.c.before,
    ).select_from(names).order_by(action.c.id.desc()).limit(size + 1)  # fmt: skip
    if before is not None:
        query = query.where(action.c.id < before)
    entries = [
        ModerationLogEntry(r.id, r.at, r.actor or "", r.what, r.comment_id, r.target or "", r.reason, r.before)
        for r in c.execute(query)
    ]
    return tuple(entries[:size]), len(entries) > size


def _require_moderator(who: UserAccount) -> None:
    if not who.moderates:
        raise CommentActionForbidden("only moderators can hide, restore or dismiss")


def _set_hidden(
    c: Connection, who: UserAccount, number: int, what: str, why: str, now: datetime, hidden: datetime | None
) -> None:
    values = {"hidden": hidden, "hidden_why": why if hidden else None}
    c.execute(sa.update(comment).where(comment.c.id == number).values(**values))
    _resolve_reports(c, number, now)
    _log_action(c, who, number, what, why, now)


def _resolve_reports(c: Connection, number: int, now: datetime) -> None:
    c.execute(sa.update(report).where(report.c.comment_id == number, report.c.settled.is_(None)).values(settled=now))


def _log_action(c: Connection, who: UserAccount, number: int, what: str, why: str, now: datetime) -> None:
    c.execute(sa.insert(action).values(at=now, actor_id=who.id, what=what, comment_id=number, reason=why))
