"""Current tables of the database; `migrations/versions` creates them.

Times are UTC. Tokens are stored as SHA-256 hashes, so a copy of the database opens no session. Comments are hidden and
accounts disabled, never deleted. Triggers make the log `action` append-only.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite has no time zones, so it stores the UTC time."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("The datetime has no time zone. Pass an aware datetime.")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# `key` is the name with case and width folded, so "Ann" and "ann" cannot be two accounts.
account = sa.Table(
    "account",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("key", sa.String(80), nullable=False, unique=True),
    sa.Column("password", sa.String(200), nullable=False),  # Argon2id, with its salt and cost
    sa.Column("role", sa.String(10), nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("disabled", UtcDateTime),
    sa.CheckConstraint("role IN ('reader', 'editor', 'moderator', 'admin')", name="role"),
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("token", sa.String(64), nullable=False, unique=True),
    sa.Column("account_id", sa.ForeignKey("account.id"), nullable=False, index=True),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("expires", UtcDateTime, nullable=False, index=True),
)

invitation = sa.Table(
    "invitation",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("token", sa.String(64), nullable=False, unique=True),
    sa.Column("role", sa.String(10), nullable=False),
    sa.Column("made_by", sa.ForeignKey("account.id")),  # NULL: created on the command line
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("expires", UtcDateTime, nullable=False),
    sa.Column("used", UtcDateTime),
    sa.Column("used_by", sa.ForeignKey("account.id")),
    sa.CheckConstraint("role IN ('reader', 'editor', 'moderator', 'admin')", name="role"),
)

# `case`, `kind` and `key` are the subject. `root_id` is the first comment of the exchange (NULL for itself), so one index
# serves exchanges of any depth. `words` holds the search terms (search.py).
comment = sa.Table(
    "comment",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("parent_id", sa.ForeignKey("comment.id")),
    sa.Column("root_id", sa.ForeignKey("comment.id")),
    sa.Column("case", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("key", sa.String(200), nullable=False),
    sa.Column("author_id", sa.ForeignKey("account.id"), nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("edited", UtcDateTime),
    sa.Column("hidden", UtcDateTime),
    sa.Column("hidden_why", sa.Text),
    sa.Column("words", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.CheckConstraint("kind IN ('brief', 'claim', 'point', 'event')", name="kind"),
    sa.Index(None, "case", "id"),
    sa.Index(None, "case", "kind", "key", "root_id", "id"),
    sa.Index(None, "root_id", "id"),
)

report = sa.Table(
    "report",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("comment_id", sa.ForeignKey("comment.id"), nullable=False, index=True),
    sa.Column("by_id", sa.ForeignKey("account.id"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("settled", UtcDateTime, index=True),
)

# The log: `actor_id` is NULL for the command line; `before` is the previous text or role.
action = sa.Table(
    "action",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor_id", sa.ForeignKey("account.id")),
    sa.Column("what", sa.String(20), nullable=False),
    sa.Column("comment_id", sa.ForeignKey("comment.id"), index=True),
    sa.Column("account_id", sa.ForeignKey("account.id")),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("before", sa.Text),
)

# What an administrator sets in the browser; a name that is absent has its default (`accounts/settings.py`).
setting = sa.Table(
    "setting",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("changed", UtcDateTime, nullable=False),
    sa.Column("by_id", sa.ForeignKey("account.id")),
)

# Requests for an account. The password's hash is removed once the request is settled.
account_request = sa.Table(
    "account_request",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("key", sa.String(80), nullable=False),
    sa.Column("password", sa.String(200)),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.Column("settled", UtcDateTime, index=True),
    sa.Column("accepted", sa.Boolean),
    sa.Column("settled_by", sa.ForeignKey("account.id")),
)

# Case files written in the browser, every version whole. The newest one is also a file, which the server reads.
case_version = sa.Table(
    "case_version",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case", sa.String(120), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("author_id", sa.ForeignKey("account.id"), nullable=False),
    sa.Column("created", UtcDateTime, nullable=False),
    sa.UniqueConstraint("case", "number"),
)
