"""What moderators do: hide, restore, let stand; each with a reason, each in a log that takes no change."""

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
    """A comment that readers reported: by whom, why and when, oldest report first."""

    kept: StoredComment
    reports: tuple[tuple[str, str, datetime], ...]


@dataclass(frozen=True, slots=True)
class ModerationLogEntry:
    """One line of the log. `actor` is empty for what was done at the command line; `before` is the text before an edit."""

    id: int
    at: datetime
    actor: str
    what: str
    comment: int | None
    account: str
    reason: str
    before: str | None


def hide(c: Connection, who: UserAccount, number: int, why: str, *, now: datetime) -> None:
    """Take a comment out of sight, with a reason that readers see in its place; its reports are settled.

    Raises:
        NotYours: not a moderator, or it is hidden already. BadComment: no reason. NoComment: no such comment.
    """
    _require_moderator(who)
    if load_comment(c, number).hidden:
        raise CommentActionForbidden("it is hidden already")
    _set_hidden(c, who, number, "hide", clean_reason(why), now, hidden=now)


def restore(c: Connection, who: UserAccount, number: int, why: str, *, now: datetime) -> None:
    """Put a hidden comment back.

    Raises:
        NotYours: not a moderator, or it is not hidden. BadComment: no reason. NoComment: no such comment.
    """
    _require_moderator(who)
    if not load_comment(c, number).hidden:
        raise CommentActionForbidden("it is not hidden")
    _set_hidden(c, who, number, "restore", clean_reason(why), now, hidden=None)


def dismiss_reports(c: Connection, who: UserAccount, number: int, why: str, *, now: datetime) -> None:
    """Settle the reports of a comment that stays.

    Raises:
        NotYours: not a moderator. BadComment: no reason. NoComment: no such comment.
    """
    _require_moderator(who)
    load_comment(c, number)
    _resolve_reports(c, number, now)
    _log_action(c, who, number, "let stand", clean_reason(why), now)


def load_report_queue(c: Connection) -> tuple[ReportedComment, ...]:
    """Comments with reports that nobody has looked at, longest waiting first, fifty at most."""
    waiting = sa.select(report.c.comment_id).where(report.c.settled.is_(None)).group_by(report.c.comment_id)
    numbers = list(c.execute(waiting.order_by(sa.func.min(report.c.id)).limit(MAX_QUEUE_SIZE)).scalars())
    query = (
        sa.select(report.c.comment_id, account.c.name, report.c.reason, report.c.created)
        .join(account, account.c.id == report.c.by_id)
        .where(report.c.comment_id.in_(numbers), report.c.settled.is_(None))
        .order_by(report.c.id)
    )
    told: dict[int, list[tuple[str, str, datetime]]] = {n: [] for n in numbers}
    for number, name, why, at in c.execute(query):
        told[number].append((name, why, at))
    return tuple(ReportedComment(load_comment(c, n), tuple(reports)) for n, reports in told.items())


def load_moderation_log(
    c: Connection, before: int | None = None, size: int = LOG_PAGE_SIZE
) -> tuple[tuple[ModerationLogEntry, ...], bool]:
    """What was done, newest first, and whether there is more."""
    actor, whom = account.alias("actor"), account.alias("whom")
    query = (
        sa.select(
            action.c.id, action.c.at, actor.c.name.label("actor"), action.c.what, action.c.comment_id,
            whom.c.name.label("whom"), action.c.reason, action.c.before,
        )
        .select_from(
            action.outerjoin(actor, actor.c.id == action.c.actor_id).outerjoin(whom, whom.c.id == action.c.account_id)
        )
        .order_by(action.c.id.desc())
        .limit(size + 1)
    )  # fmt: skip
    if before is not None:
        query = query.where(action.c.id < before)
    done = [
        ModerationLogEntry(r.id, r.at, r.actor or "", r.what, r.comment_id, r.whom or "", r.reason, r.before)
        for r in c.execute(query)
    ]
    return tuple(done[:size]), len(done) > size


def _require_moderator(who: UserAccount) -> None:
    if not who.moderates:
        raise CommentActionForbidden("only moderators hide, restore and settle")


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
