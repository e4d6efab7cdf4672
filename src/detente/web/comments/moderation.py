"""What moderators do: hide, restore, let stand; each with a reason, each in a log that takes no change."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from detente.web.accounts.account import Account
from detente.web.comments.commands import reason
from detente.web.comments.errors import NotYours
from detente.web.comments.queries import Kept, one
from detente.web.db.tables import account, action, comment, report

QUEUE = 50
LOG = 50


@dataclass(frozen=True, slots=True)
class Reported:
    """A comment that readers reported: by whom, why and when, oldest report first."""

    kept: Kept
    reports: tuple[tuple[str, str, datetime], ...]


@dataclass(frozen=True, slots=True)
class Done:
    """One line of the log. `actor` is empty for what was done at the command line; `before` is the text before an edit."""

    id: int
    at: datetime
    actor: str
    what: str
    comment: int | None
    account: str
    reason: str
    before: str | None


def hide(c: Connection, who: Account, number: int, why: str, *, now: datetime) -> None:
    """Take a comment out of sight, with a reason that readers see in its place; its reports are settled.

    Raises:
        NotYours: not a moderator, or it is hidden already. BadComment: no reason. NoComment: no such comment.
    """
    _may(who)
    if one(c, number).hidden:
        raise NotYours("it is hidden already")
    _change(c, who, number, "hide", reason(why), now, hidden=now)


def restore(c: Connection, who: Account, number: int, why: str, *, now: datetime) -> None:
    """Put a hidden comment back.

    Raises:
        NotYours: not a moderator, or it is not hidden. BadComment: no reason. NoComment: no such comment.
    """
    _may(who)
    if not one(c, number).hidden:
        raise NotYours("it is not hidden")
    _change(c, who, number, "restore", reason(why), now, hidden=None)


def let_stand(c: Connection, who: Account, number: int, why: str, *, now: datetime) -> None:
    """Settle the reports of a comment that stays.

    Raises:
        NotYours: not a moderator. BadComment: no reason. NoComment: no such comment.
    """
    _may(who)
    one(c, number)
    _settle(c, number, now)
    _log(c, who, number, "let stand", reason(why), now)


def queue(c: Connection) -> tuple[Reported, ...]:
    """Comments with reports that nobody has looked at, longest waiting first, fifty at most."""
    waiting = sa.select(report.c.comment_id).where(report.c.settled.is_(None)).group_by(report.c.comment_id)
    numbers = list(c.execute(waiting.order_by(sa.func.min(report.c.id)).limit(QUEUE)).scalars())
    query = (
        sa.select(report.c.comment_id, account.c.name, report.c.reason, report.c.created)
        .join(account, account.c.id == report.c.by_id)
        .where(report.c.comment_id.in_(numbers), report.c.settled.is_(None))
        .order_by(report.c.id)
    )
    told: dict[int, list[tuple[str, str, datetime]]] = {n: [] for n in numbers}
    for number, name, why, at in c.execute(query):
        told[number].append((name, why, at))
    return tuple(Reported(one(c, n), tuple(reports)) for n, reports in told.items())


def log(c: Connection, before: int | None = None, size: int = LOG) -> tuple[tuple[Done, ...], bool]:
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
        Done(r.id, r.at, r.actor or "", r.what, r.comment_id, r.whom or "", r.reason, r.before)
        for r in c.execute(query)
    ]
    return tuple(done[:size]), len(done) > size


def _may(who: Account) -> None:
    if not who.moderates:
        raise NotYours("only moderators hide, restore and settle")


def _change(
    c: Connection, who: Account, number: int, what: str, why: str, now: datetime, hidden: datetime | None
) -> None:
    values = {"hidden": hidden, "hidden_why": why if hidden else None}
    c.execute(sa.update(comment).where(comment.c.id == number).values(**values))
    _settle(c, number, now)
    _log(c, who, number, what, why, now)


def _settle(c: Connection, number: int, now: datetime) -> None:
    c.execute(sa.update(report).where(report.c.comment_id == number, report.c.settled.is_(None)).values(settled=now))


def _log(c: Connection, who: Account, number: int, what: str, why: str, now: datetime) -> None:
    c.execute(sa.insert(action).values(at=now, actor_id=who.id, what=what, comment_id=number, reason=why))
