"""Roles of editors and administrators, settings, requests for an account, and cases written in the browser."""

import sqlalchemy as sa
from alembic import op

from detente.web.db.tables import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROLES = "role IN ('reader', 'editor', 'moderator', 'admin')"


def upgrade() -> None:
    """Allow the new roles and create the new tables; accounts keep the role that they have."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("account", "invitation"):
            op.drop_constraint(op.f(f"ck_{table}_role"), table, type_="check")
            op.create_check_constraint(op.f(f"ck_{table}_role"), table, ROLES)
    else:
        _rewrite_account()
        _rewrite_invitation()
    _create_tables()


def _rewrite_account() -> None:
    """Make the table again with its new check, which SQLite cannot change in place.

    Sessions, comments and actions refer to accounts. Their references are checked at the end of the transaction, when
    every account is back in place under its number.
    """
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE account_before AS SELECT * FROM account")
    op.drop_table("account")
    op.create_table(
        "account",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("created", UtcDateTime, nullable=False),
        sa.Column("disabled", UtcDateTime),
        sa.CheckConstraint(ROLES, name=op.f("ck_account_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("key", name=op.f("uq_account_key")),
    )
    columns = "id, name, key, password, role, created, disabled"
    op.execute(f"INSERT INTO account ({columns}) SELECT {columns} FROM account_before")
    op.drop_table("account_before")


def _rewrite_invitation() -> None:
    op.execute("CREATE TABLE invitation_before AS SELECT * FROM invitation")
    op.drop_table("invitation")
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
        sa.CheckConstraint(ROLES, name=op.f("ck_invitation_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token", name=op.f("uq_invitation_token")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_invitation_made_by")),
        sa.ForeignKeyConstraint(["used_by"], ["account.id"], name=op.f("fk_invitation_used_by")),
    )
    columns = "id, token, role, made_by, created, expires, used, used_by"
    op.execute(f"INSERT INTO invitation ({columns}) SELECT {columns} FROM invitation_before")
    op.drop_table("invitation_before")


def _create_tables() -> None:
    op.create_table(
        "setting",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("changed", UtcDateTime, nullable=False),
        sa.Column("by_id", sa.Integer),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_setting_by_id")),
    )
    op.create_table(
        "account_request",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("password", sa.String(200)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created", UtcDateTime, nullable=False),
        sa.Column("settled", UtcDateTime),
        sa.Column("accepted", sa.Boolean),
        sa.Column("settled_by", sa.Integer),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_request")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_account_request_settled_by")),
    )
    op.create_index(op.f("ix_account_request_settled"), "account_request", ["settled"])
    op.create_table(
        "case_version",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case", sa.String(120), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("author_id", sa.Integer, nullable=False),
        sa.Column("created", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_version")),
        sa.UniqueConstraint("case", "number", name=op.f("uq_case_version_case_number")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_case_version_author_id")),
    )
