"""Queries of comments: the latest, those on one subject, one exchange. Each uses a few index look-ups.

Totals are not counted, since that would read every row. Pages are cut by comment number (`before`, `after`), so page 100
costs as much as page 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from detente.web.comments.errors import NoComment
from detente.web.comments.subjects import CommentSubject
from detente.web.db.search import build_search_condition
from detente.web.db.tables import account, comment

PAGE_SIZE = 30
MAX_EXCHANGES = 20  # exchanges shown on the page of a subject
MAX_REPLIES = 5  # replies of each of them; the exchange's own page has the rest
EXCHANGE_PAGE_SIZE = 100  # replies on one page of an exchange


@dataclass(frozen=True, slots=True)
class StoredComment:
    """A comment as stored. `root` is the number of the first comment of its exchange, possibly its own."""

    id: int
    parent: int | None
    root: int
    about: CommentSubject
    author_id: int
    author: str
    body: str
    created: datetime
    edited: datetime | None
    hidden: datetime | None
    hidden_why: str | None


@dataclass(frozen=True, slots=True)
class CommentSlice:
    """A page of a longer list; `older` and `newer` say whether there are such comments."""

    comments: tuple[StoredComment, ...]
    older: bool
    newer: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    """A comment and its replies, oldest first; `later` is the number of the next reply, or None."""

    first: StoredComment
    replies: tuple[StoredComment, ...]
    later: int | None


@dataclass(frozen=True, slots=True)
class CommentFilter:
    """Filter by case, subject, author and words; empty and None select all."""

    case: str = ""
    kind: str = ""
    key: str = ""
    by: str = ""
    words: str = ""
    before: int | None = None
    after: int | None = None


_COLUMNS = (
    comment.c.id, comment.c.parent_id, comment.c.root_id, comment.c.case, comment.c.kind, comment.c.key,
    comment.c.author_id, account.c.name, comment.c.body, comment.c.created, comment.c.edited, comment.c.hidden,
    comment.c.hidden_why,
)  # fmt: skip
_FROM = comment.join(account, comment.c.author_id == account.c.id)
_COMMENTS = sa.select(*_COLUMNS).select_from(_FROM)


def find_comments(c: Connection, wanted: CommentFilter, size: int = PAGE_SIZE) -> CommentSlice:
    """Return visible comments, newest first, `size` at most.

    Args:
        wanted: the filter; `before` and `after` are comment numbers, and `after` takes precedence.
    """
    conditions: list[sa.ColumnElement[bool]] = [comment.c.hidden.is_(None)]
    if wanted.case:
        conditions.append(comment.c.case == wanted.case)
    if wanted.kind and wanted.key:
        conditions += [comment.c.kind == wanted.kind, comment.c.key == wanted.key]
    if wanted.by:
        conditions.append(comment.c.author_id.in_(sa.select(account.c.id).where(account.c.name == wanted.by)))
    if (search := build_search_condition(c.dialect, wanted.words)) is not None:
        conditions.append(search)
    query = _COMMENTS.where(*conditions).limit(size + 1)
    if wanted.after is not None:
        rows = c.execute(query.where(comment.c.id > wanted.after).order_by(comment.c.id)).all()
        return CommentSlice(tuple(_comment_from_row(r) for r in rows[:size][::-1]), older=True, newer=len(rows) > size)
    if wanted.before is not None:
        query = query.where(comment.c.id < wanted.before)
    rows = c.execute(query.order_by(comment.c.id.desc())).all()
    comments = tuple(_comment_from_row(r) for r in rows[:size])
    return CommentSlice(comments, older=len(rows) > size, newer=wanted.before is not None)


def list_exchanges(c: Connection, about: CommentSubject, *, exchanges: int = MAX_EXCHANGES, replies: int = MAX_REPLIES) -> tuple[tuple[Exchange, ...], bool]:  # fmt: skip
    """Return the exchanges on a subject, newest first, and whether there are older ones.

    A brief includes the comments on its points. A hidden comment with visible replies keeps its place, so that the
    replies can be understood; one without such replies is left out.
    """
    kinds = ("brief", "point") if about.kind == "brief" else (about.kind,)
    conditions = [comment.c.case == about.case, comment.c.kind.in_(kinds), comment.c.root_id.is_(None)]
    if about.kind != "brief":
        conditions.append(comment.c.key == about.key)
    replied = sa.exists().where(reply_alias.c.root_id == comment.c.id, reply_alias.c.hidden.is_(None))
    conditions.append(sa.or_(comment.c.hidden.is_(None), replied))
    query = _COMMENTS.where(*conditions).order_by(comment.c.id.desc()).limit(exchanges + 1)
    roots = [_comment_from_row(r) for r in c.execute(query)]
    older, roots = len(roots) > exchanges, roots[:exchanges]
    by_root = _load_replies(c, [r.id for r in roots], replies + 1)
    return tuple(_build_exchange(r, by_root[r.id], replies) for r in roots), older


def load_comment(c: Connection, number: int) -> StoredComment:
    """Return one comment, hidden or not.

    Raises:
        NoComment: no comment has this number.
    """
    row = c.execute(_COMMENTS.where(comment.c.id == number)).one_or_none()
    if row is None:
        raise NoComment(number)
    return _comment_from_row(row)


def load_exchange(c: Connection, number: int, *, size: int = EXCHANGE_PAGE_SIZE) -> Exchange:
    """Return the exchange of a comment. If its page would not show the comment, the replies start at the comment.

    Raises:
        NoComment: no comment has this number.
    """
    asked = load_comment(c, number)
    first = asked if asked.root == asked.id else load_comment(c, asked.root)
    query = _COMMENTS.where(comment.c.root_id == first.id).order_by(comment.c.id)
    rows = [_comment_from_row(r) for r in c.execute(query.limit(size + 1))]
    if asked.id != first.id and asked.id not in {r.id for r in rows[:size]}:
        rows = [_comment_from_row(r) for r in c.execute(query.where(comment.c.id >= asked.id).limit(size + 1))]
    return _build_exchange(first, rows, size)


reply_alias = comment.alias("reply")


def _build_exchange(first: StoredComment, replies: Sequence[StoredComment], size: int) -> Exchange:
    return Exchange(first, tuple(replies[:size]), replies[size].id if len(replies) > size else None)


def _load_replies(c: Connection, roots: Sequence[int], most: int) -> dict[int, list[StoredComment]]:
    """Return the first replies of each root, by one query."""
    if not roots:
        return {}
    place = sa.func.row_number().over(partition_by=comment.c.root_id, order_by=comment.c.id).label("place")
    inner = sa.select(comment.c.id, place).where(comment.c.root_id.in_(roots)).subquery()
    query = sa.select(*_COLUMNS).select_from(_FROM.join(inner, inner.c.id == comment.c.id)).where(inner.c.place <= most)
    by_root: dict[int, list[StoredComment]] = {r: [] for r in roots}
    for row in c.execute(query.order_by(comment.c.id)):
        reply = _comment_from_row(row)
        by_root[reply.root].append(reply)
    return by_root


def _comment_from_row(r: Row[*tuple[Any, ...]]) -> StoredComment:
    return StoredComment(
        r.id, r.parent_id, r.root_id or r.id, CommentSubject(r.case, r.kind, r.key), r.author_id, r.name, r.body, r.created,
        r.edited, r.hidden, r.hidden_why,
    )  # fmt: skip
