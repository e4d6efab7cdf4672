"""Accounts, sessions, invitations, comments with their search index, reports, and a log that takes no change."""

import sqlalchemy as sa
from alembic import op

from detente.web.db.tables import UtcDateTime

# Databases from before the first release are at this revision already.
revision = "0002"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create all tables."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("created", UtcDateTime, nullable=False),
        sa.Column("disabled", UtcDateTime),
        sa.CheckConstraint("role IN ('reader', 'moderator')", name=op.f("ck_account_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("key", name=op.f("uq_account_key")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("created", UtcDateTime, nullable=False),
        sa.Column("expires", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token", name=op.f("uq_session_token")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id")),
    )
    op.create_index(op.f("ix_session_account_id"), "session", ["account_id"])
    op.create_index(op.f("ix_session_expires"), "session", ["expires"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("made_by", sa.Integer),
        sa.Column("created", UtcDateTime, nullable=False),
        sa.Column("expires", UtcDateTime, nullable=False),
        sa.Column("used", UtcDateTime),
        sa.Column("used_by", sa.Integer),
        sa.CheckConstraint("role IN ('reader', 'moderator')", name=op.f("ck_invitation_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token", name=op.f("uq_invitation_token")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_invitation_made_by")),
        sa.ForeignKeyConstraint(["used_by"], ["account.id"], name=op.f("fk_invitation_used_by")),
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("parent_id", sa.Integer),
        sa.Column("root_id", sa.Integer),
        sa.Column("case", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("author_id", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created", UtcDateTime, nullable=False),
        sa.Column("edited", UtcDateTime),
        sa.Column("hidden", UtcDateTime),
        sa.Column("hidden_why", sa.Text),
        sa.Column("words", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.CheckConstraint("kind IN ('brief', 'claim', 'point', 'event')", name=op.f("ck_comment_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id")),
        sa.ForeignKeyConstraint(["root_id"], ["comment.id"], name=op.f("fk_comment_root_id")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_comment_author_id")),
    )
    op.create_index(op.f("ix_comment_author_id"), "comment", ["author_id"])
    op.create_index(op.f("ix_comment_case_id"), "comment", ["case", "id"])
    op.create_index(op.f("ix_comment_case_kind_key_root_id_id"), "comment", ["case", "kind", "key", "root_id", "id"])
    op.create_index(op.f("ix_comment_root_id_id"), "comment", ["root_id", "id"])
    op.create_table(
        "report",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("comment_id", sa.Integer, nullable=False),
        sa.Column("by_id", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created", UtcDateTime, nullable=False),
        sa.Column("settled", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_report_comment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_report_by_id")),
    )
    op.create_index(op.f("ix_report_comment_id"), "report", ["comment_id"])
    op.create_index(op.f("ix_report_settled"), "report", ["settled"])
    op.create_table(
        "action",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor_id", sa.Integer),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("comment_id", sa.Integer),
        sa.Column("account_id", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f("fk_action_actor_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_action_comment_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_action_account_id")),
    )
    op.create_index(op.f("ix_action_comment_id"), "action", ["comment_id"])
    _index_words()
    _only_append()


def _only_append() -> None:
    """Forbid changes of the log, so that it can serve as evidence."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION action_stays() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the log of actions takes no change'; END $$"
        )
        op.execute(
            "CREATE TRIGGER action_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON action "
            "FOR EACH STATEMENT EXECUTE FUNCTION action_stays()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER action_stays_{verb.lower()} BEFORE {verb} ON action "
            "BEGIN SELECT RAISE(ABORT, 'the log of actions takes no change'); END"
        )


def _index_words() -> None:
    """Create the search index of comments for the database in use."""
    if op.get_bind().dialect.name == "postgresql":
        # Readers search more often than they write, so the index has no pending list (fastupdate).
        op.execute(
            "CREATE INDEX search_comment_words ON comment USING gin "
            "(array_to_tsvector(string_to_array(words, ' '))) WITH (fastupdate = off)"
        )
        return
    # "ascii" keeps every non-ASCII letter and does not fold it: `extract_terms` has folded the terms already.
    op.execute(
        "CREATE VIRTUAL TABLE search_comment USING fts5(words, content='comment', content_rowid='id', tokenize='ascii')"
    )
    remove = "INSERT INTO search_comment(search_comment, rowid, words) VALUES ('delete', old.id, old.words);"
    add = "INSERT INTO search_comment(rowid, words) VALUES (new.id, new.words);"
    op.execute(f"CREATE TRIGGER search_insert AFTER INSERT ON comment BEGIN {add} END")
    op.execute(f"CREATE TRIGGER search_delete AFTER DELETE ON comment BEGIN {remove} END")
    op.execute(f"CREATE TRIGGER search_update AFTER UPDATE OF words ON comment BEGIN {remove} {add} END")
