"""Reading comments: the latest, those about one thing, one exchange. Each is a few look-ups in an index.

Nothing is counted: how many comments there are in all is asked by nobody, and would be read from every row.
Pages are cut by number (`before`, `after`), so the hundredth page costs what the first does.
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
MAX_EXCHANGES = 20  # first comments shown beneath a page
MAX_REPLIES = 5  # of each of them there; the rest on the exchange's own page
EXCHANGE_PAGE_SIZE = 100  # replies on one page of it


@dataclass(frozen=True, slots=True)
class StoredComment:
    """A comment as it is kept. `root` is the number of the first comment of its exchange, its own if it is the first."""

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
    """A page of a longer list: are there older ones, are there newer ones?"""

    comments: tuple[StoredComment, ...]
    older: bool
    newer: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    """A comment and what was said to it, oldest first; `later` is the number of the first reply after these, or None."""

    first: StoredComment
    replies: tuple[StoredComment, ...]
    later: int | None


@dataclass(frozen=True, slots=True)
class CommentFilter:
    """Which comments: of a case, about one thing, by one writer, holding some words; empty and None ask for all."""

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


def find_comments(c: Connection, wanted: CommentFilter, size: int = PAGE_SIZE) -> CommentSlice:
    """The newest comments that nobody hid, newest first.

    Args:
        wanted: which; `before` and `after` cut a page at a comment's number, and `after` wins over `before`.
    """
    found: list[sa.ColumnElement[bool]] = [comment.c.hidden.is_(None)]
    if wanted.case:
        found.append(comment.c.case == wanted.case)
    if wanted.kind and wanted.key:
        found += [comment.c.kind == wanted.kind, comment.c.key == wanted.key]
    if wanted.by:
        found.append(comment.c.author_id.in_(sa.select(account.c.id).where(account.c.name == wanted.by)))
    condition = build_search_condition(c.dialect, wanted.words)
    if condition is not None:
        found.append(condition)
    query = sa.select(*_COLUMNS).select_from(_FROM).where(*found).limit(size + 1)
    if wanted.after is not None:
        rows = c.execute(query.where(comment.c.id > wanted.after).order_by(comment.c.id)).all()
        return CommentSlice(tuple(_comment_from_row(r) for r in rows[:size][::-1]), older=True, newer=len(rows) > size)
    if wanted.before is not None:
        query = query.where(comment.c.id < wanted.before)
    rows = c.execute(query.order_by(comment.c.id.desc())).all()
    return CommentSlice(
        tuple(_comment_from_row(r) for r in rows[:size]), older=len(rows) > size, newer=wanted.before is not None
    )


def list_exchanges(c: Connection, about: CommentSubject, *, exchanges: int = MAX_EXCHANGES, replies: int = MAX_REPLIES) -> tuple[tuple[Exchange, ...], bool]:  # fmt: skip
    """What was said about one thing, newest exchange first, and whether there are older ones.

    About a brief, what was said of its points is told too. A hidden comment stands as a gap, so that replies
    to it can be understood; a hidden one without replies is left out.
    """
    kinds = ("brief", "point") if about.kind == "brief" else (about.kind,)
    found = [comment.c.case == about.case, comment.c.kind.in_(kinds), comment.c.root_id.is_(None)]
    if about.kind != "brief":
        found.append(comment.c.key == about.key)
    replied = sa.exists().where(reply_alias.c.root_id == comment.c.id, reply_alias.c.hidden.is_(None))
    found.append(sa.or_(comment.c.hidden.is_(None), replied))
    query = sa.select(*_COLUMNS).select_from(_FROM).where(*found).order_by(comment.c.id.desc()).limit(exchanges + 1)
    roots = [_comment_from_row(r) for r in c.execute(query)]
    older, roots = len(roots) > exchanges, roots[:exchanges]
    by_root = _load_replies(c, [r.id for r in roots], replies + 1)
    made = (Exchange(r, tuple(by_root[r.id][:replies]), _next_number(by_root[r.id], replies)) for r in roots)
    return tuple(made), older


def load_comment(c: Connection, number: int) -> StoredComment:
    """One comment, hidden or not.

    Raises:
        NoComment: no comment has this number.
    """
    row = c.execute(sa.select(*_COLUMNS).select_from(_FROM).where(comment.c.id == number)).one_or_none()
    if row is None:
        raise NoComment(number)
    return _comment_from_row(row)


def load_exchange(c: Connection, number: int, *, size: int = EXCHANGE_PAGE_SIZE) -> Exchange:
    """The exchange that a comment belongs to. Where it is longer than a page, it begins at the comment asked for.

    Raises:
        NoComment: no comment has this number.
    """
    asked = load_comment(c, number)
    first = asked if asked.root == asked.id else load_comment(c, asked.root)
    query = sa.select(*_COLUMNS).select_from(_FROM).where(comment.c.root_id == first.id).order_by(comment.c.id)
    rows = [_comment_from_row(r) for r in c.execute(query.limit(size + 1))]
    if asked.id != first.id and asked.id not in {r.id for r in rows[:size]}:
        rows = [_comment_from_row(r) for r in c.execute(query.where(comment.c.id >= asked.id).limit(size + 1))]
    return Exchange(first, tuple(rows[:size]), _next_number(rows, size))


reply_alias = comment.alias("reply")


def _next_number(rows: Sequence[StoredComment], size: int) -> int | None:
    return rows[size].id if len(rows) > size else None


def _load_replies(c: Connection, roots: Sequence[int], most: int) -> dict[int, list[StoredComment]]:
    """The first replies to each, by one query."""
    if not roots:
        return {}
    place = sa.func.row_number().over(partition_by=comment.c.root_id, order_by=comment.c.id).label("place")
    inner = sa.select(comment.c.id, place).where(comment.c.root_id.in_(roots)).subquery()
    query = (
        sa.select(*_COLUMNS)
        .select_from(_FROM.join(inner, inner.c.id == comment.c.id))
        .where(inner.c.place <= most)
        .order_by(comment.c.id)
    )
    found: dict[int, list[StoredComment]] = {r: [] for r in roots}
    for row in c.execute(query):
        kept = _comment_from_row(row)
        found[kept.root].append(kept)
    return found


def _comment_from_row(r: Row[*tuple[Any, ...]]) -> StoredComment:
    return StoredComment(
        r.id, r.parent_id, r.root_id or r.id, CommentSubject(r.case, r.kind, r.key), r.author_id, r.name, r.body, r.created,
        r.edited, r.hidden, r.hidden_why,
    )  # fmt: skip
