"""Commands on comments: post, reply, edit, report.

Each function runs inside one transaction, which is on disk before the response is sent.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from detente.web.accounts.account import UserAccount
from detente.web.clock import MAX_SKEW, is_from_future
from detente.web.comments.errors import BadComment, CommentActionForbidden
from detente.web.comments.queries import StoredComment, load_comment
from detente.web.comments.sanitize import clean_comment
from detente.web.comments.subjects import CommentSubject
from detente.web.db.search_terms import extract_terms
from detente.web.db.tables import action, comment, report

EDIT_WINDOW = timedelta(minutes=15)
DUPLICATE_WINDOW = timedelta(minutes=2)  # a form that is sent twice within this time is one comment
NOT_EDITABLE_MESSAGE = "you can edit only your own visible comments, for 15 minutes"
MAX_REASON_LENGTH = 500  # characters


def post_comment(c: Connection, who: UserAccount, about: CommentSubject, body: str, *, now: datetime) -> int:
    """Store a comment and return its number. A duplicate within two minutes returns the number of the first.

    Raises:
        BadComment: nothing was stored.
    """
    return _insert_comment(c, who, about, body, None, None, now)


def post_reply(c: Connection, who: UserAccount, to: int, body: str, *, now: datetime) -> int:
    """Store a reply and return its number.

    Raises:
        BadComment, NoComment: nothing was stored. CommentActionForbidden: a moderator has hidden the parent.
    """
    parent = load_comment(c, to)
    if parent.hidden:
        raise CommentActionForbidden("a moderator has hidden the comment that you reply to")
    return _insert_comment(c, who, parent.about, body, parent.id, parent.root, now)


def may_edit(stored: StoredComment, who: UserAccount | None, *, now: datetime) -> bool:
    """Return whether the account wrote the comment, less than 15 minutes ago, and it is not hidden."""
    in_time = now - stored.created < EDIT_WINDOW and not is_from_future(stored.created, now)
    return who is not None and stored.author_id == who.id and in_time and stored.hidden is None


def edit_comment(c: Connection, who: UserAccount, number: int, body: str, *, now: datetime) -> None:
    """Change the account's own comment and log its previous text.

    Raises:
        CommentActionForbidden: another's, too old, or hidden. BadComment, NoComment: nothing was changed.
    """
    stored, text = load_comment(c, number), clean_comment(body)
    if not may_edit(stored, who, now=now):
        raise CommentActionForbidden(NOT_EDITABLE_MESSAGE)
    if text == stored.body:
        return
    values = {"body": text, "words": " ".join(extract_terms(text)), "edited": now}
    c.execute(sa.update(comment).where(comment.c.id == number).values(**values))
    entry = {"at": now, "actor_id": who.id, "what": "edit", "comment_id": number, "reason": "", "before": stored.body}
    c.execute(sa.insert(action).values(**entry))


def report_comment(c: Connection, who: UserAccount, number: int, why: str, *, now: datetime) -> None:
    """Report a comment to the moderators. A second report by the same account while the first is open is ignored.

    Raises:
        BadComment: no reason is given. NoComment: no comment has this number.
    """
    stored, why = load_comment(c, number), clean_reason(why)
    is_open = (report.c.comment_id == stored.id, report.c.by_id == who.id, report.c.settled.is_(None))
    if stored.hidden is None and c.execute(sa.select(report.c.id).where(*is_open)).first() is None:
        c.execute(sa.insert(report).values(comment_id=stored.id, by_id=who.id, reason=why, created=now))


def clean_reason(text: str) -> str:
    """Clean a reason and put it on one line.

    Raises:
        BadComment: it is empty or longer than 500 characters.
    """
    line = " ".join(clean_comment(text).split())
    if len(line) > MAX_REASON_LENGTH:
        raise BadComment(f"the maximum for a reason is {MAX_REASON_LENGTH} characters")
    return line


def _insert_comment(
    c: Connection, who: UserAccount, about: CommentSubject, body: str, parent: int | None, root: int | None, now: datetime
) -> int:  # fmt: skip
    text = clean_comment(body)
    duplicate = (
        comment.c.author_id == who.id, comment.c.created > now - DUPLICATE_WINDOW, comment.c.created <= now + MAX_SKEW,
        comment.c.body == text,
        comment.c.case == about.case, comment.c.kind == about.kind, comment.c.key == about.key,
        comment.c.parent_id.is_not_distinct_from(parent),
    )  # fmt: skip
    earlier = c.execute(sa.select(comment.c.id).where(*duplicate).order_by(comment.c.id.desc()).limit(1))
    if (number := earlier.scalar_one_or_none()) is not None:
        return int(number)
    row = {
        "parent_id": parent, "root_id": root, "case": about.case, "kind": about.kind, "key": about.key,
        "author_id": who.id, "body": text, "created": now, "words": " ".join(extract_terms(text)),
    }  # fmt: skip
    return int(c.execute(sa.insert(comment).values(**row).returning(comment.c.id)).scalar_one())
