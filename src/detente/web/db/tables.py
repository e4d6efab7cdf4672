"""The tables, as the package of today wants them; `migrations/versions` says how earlier ones become so.

Times are UTC. Tokens are kept as SHA-256 only, so that a copy of the database opens no session. Nothing is
deleted: a comment is hidden, an account disabled, and `action`, the log, takes no change at all (triggers).
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its zone. SQLite has no zones: there it is kept as UTC, and given back as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without its zone is not known")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# `key` is the name folded (case, width), so that "Ann" and "ann" cannot be two people.
account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False),
    Column("key", String(80), nullable=False, unique=True),
    Column("password", String(200), nullable=False),  # Argon2id, with its salt and cost
    Column("role", String(10), nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("disabled", UtcDateTime),
    CheckConstraint("role IN ('reader', 'moderator')", name="role"),
)

session = Table(
    "session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("created", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False, index=True),
)

invitation = Table(
    "invitation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("role", String(10), nullable=False),
    Column("made_by", ForeignKey("account.id")),  # empty: made at the command line
    Column("created", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("used", UtcDateTime),
    Column("used_by", ForeignKey("account.id")),
    CheckConstraint("role IN ('reader', 'moderator')", name="role"),
)

# A comment is about one thing of a case: kind and key. `root_id` is the first comment of its exchange, so that an
# exchange is read by one index however deep it goes. `words` is what is searched (search.py).
comment = Table(
    "comment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("parent_id", ForeignKey("comment.id")),
    Column("root_id", ForeignKey("comment.id")),
    Column("case", String(120), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("key", String(200), nullable=False),
    Column("author_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("edited", UtcDateTime),
    Column("hidden", UtcDateTime),
    Column("hidden_why", Text),
    Column("words", Text, nullable=False, server_default=text("''")),
    CheckConstraint("kind IN ('brief', 'claim', 'point', 'event')", name="kind"),
    Index(None, "case", "id"),
    Index(None, "case", "kind", "key", "root_id", "id"),
    Index(None, "root_id", "id"),
)

report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("comment_id", ForeignKey("comment.id"), nullable=False, index=True),
    Column("by_id", ForeignKey("account.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("settled", UtcDateTime, index=True),
)

# What was done, by whom (empty: at the command line), to what, why, and what stood there before.
action = Table(
    "action",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_id", ForeignKey("account.id")),
    Column("what", String(20), nullable=False),
    Column("comment_id", ForeignKey("comment.id"), index=True),
    Column("account_id", ForeignKey("account.id")),
    Column("reason", Text, nullable=False),
    Column("before", Text),
)
