"""Writing comments: say, reply, change within a quarter of an hour, report.

Each function is called inside one transaction, which is on the disk before anybody is told that it is done.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from detente.web.accounts.account import UserAccount
from detente.web.comments.errors import BadComment, CommentActionForbidden
from detente.web.comments.queries import StoredComment, load_comment
from detente.web.comments.sanitize import clean_comment
from detente.web.comments.subjects import CommentSubject
from detente.web.db.search_terms import extract_terms
from detente.web.db.tables import action, comment, report

EDIT_WINDOW = timedelta(minutes=15)
DUPLICATE_WINDOW = timedelta(minutes=2)  # a form that was sent twice within this is one comment
NOT_EDITABLE_MESSAGE = "only your own comment can be changed, within 15 minutes, and not once it is hidden"
MAX_REASON_LENGTH = 500  # characters


def post_comment(c: Connection, who: UserAccount, about: CommentSubject, body: str, *, now: datetime) -> int:
    """Keep a comment and return its number. Sent twice by an impatient finger, it is kept once.

    Raises:
        BadComment: nothing was kept.
    """
    return _insert_comment(c, who, about, body, None, None, now)


def post_reply(c: Connection, who: UserAccount, to: int, body: str, *, now: datetime) -> int:
    """Keep a reply and return its number.

    Raises:
        BadComment, NoComment: nothing was kept. NotYours: what it answers was hidden meanwhile.
    """
    parent = load_comment(c, to)
    if parent.hidden:
        raise CommentActionForbidden("the comment you answer was hidden by a moderator")
    return _insert_comment(c, who, parent.about, body, parent.id, parent.root, now)


def may_edit(kept: StoredComment, who: UserAccount | None, *, now: datetime) -> bool:
    """Is it one's own, young enough, and not hidden?"""
    return who is not None and kept.author_id == who.id and now - kept.created < EDIT_WINDOW and kept.hidden is None


def edit_comment(c: Connection, who: UserAccount, number: int, body: str, *, now: datetime) -> None:
    """Change one's own comment; what stood there before goes to the log.

    Raises:
        NotYours: another's, too old, or hidden. BadComment, NoComment: nothing was changed.
    """
    kept, text = load_comment(c, number), clean_comment(body)
    if not may_edit(kept, who, now=now):
        raise CommentActionForbidden(NOT_EDITABLE_MESSAGE)
    if text == kept.body:
        return
    c.execute(
        sa.update(comment)
        .where(comment.c.id == number)
        .values(body=text, words=" ".join(extract_terms(text)), edited=now)
    )
    c.execute(
        sa.insert(action).values(at=now, actor_id=who.id, what="edit", comment_id=number, reason="", before=kept.body)
    )


def report_comment(c: Connection, who: UserAccount, number: int, why: str, *, now: datetime) -> None:
    """Report a comment to the moderators; telling it twice while nobody has looked is telling it once.

    Raises:
        BadComment: no reason is given. NoComment: there is no such comment.
    """
    kept, why = load_comment(c, number), clean_reason(why)
    waits = (report.c.comment_id == kept.id, report.c.by_id == who.id, report.c.settled.is_(None))
    if kept.hidden is None and c.execute(sa.select(report.c.id).where(*waits)).first() is None:
        c.execute(sa.insert(report).values(comment_id=kept.id, by_id=who.id, reason=why, created=now))


def clean_reason(text: str) -> str:
    """A reason as it is kept, on one line.

    Raises:
        BadComment: it is empty or longer than 500 characters.
    """
    line = " ".join(clean_comment(text).split())
    if len(line) > MAX_REASON_LENGTH:
        raise BadComment(f"a reason has {MAX_REASON_LENGTH} characters at most")
    return line


def _insert_comment(
    c: Connection, who: UserAccount, about: CommentSubject, body: str, parent: int | None, root: int | None, now: datetime
) -> int:  # fmt: skip
    text = clean_comment(body)
    same = (
        comment.c.author_id == who.id, comment.c.created > now - DUPLICATE_WINDOW, comment.c.body == text,
        comment.c.case == about.case, comment.c.kind == about.kind, comment.c.key == about.key,
        comment.c.parent_id.is_not_distinct_from(parent),
    )  # fmt: skip
    twice = c.execute(sa.select(comment.c.id).where(*same).order_by(comment.c.id.desc()).limit(1)).scalar_one_or_none()
    if twice is not None:
        return int(twice)
    row = {
        "parent_id": parent, "root_id": root, "case": about.case, "kind": about.kind, "key": about.key,
        "author_id": who.id, "body": text, "created": now, "words": " ".join(extract_terms(text)),
    }  # fmt: skip
    made: int = c.execute(sa.insert(comment).values(**row).returning(comment.c.id)).scalar_one()
    return made
