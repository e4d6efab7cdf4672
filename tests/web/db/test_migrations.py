"""Tests of the migrations, the tables and the engine."""

import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError

from detente.web.db.engine import open_database, read_transaction, write_transaction
from detente.web.db.errors import NewerDatabase
from detente.web.db.migrate import migration_history, upgrade
from detente.web.db.tables import action, metadata

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_migrations_create_declared_tables(database: Engine) -> None:
    """The migrated schema equals the declared metadata."""

    def is_declared(_thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        # The search index is specific to each database and not declared in the metadata.
        return not (name or "").startswith("search_")

    with read_transaction(database) as c:
        context = MigrationContext.configure(
            c, opts={"compare_type": True, "compare_server_default": True, "include_object": is_declared}
        )
        assert compare_metadata(context, metadata) == []


def test_upgrade_is_idempotent(database: Engine) -> None:
    """A second upgrade applies no migration."""
    assert upgrade(database) == []
    assert all(s.done for s in migration_history(database))


def test_upgrade_rejects_newer_database(database: Engine) -> None:
    """A database at an unknown revision is not changed."""
    with write_transaction(database) as c:
        c.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase) as error:
        upgrade(database)
    assert error.value.revision == "9999"


@pytest.mark.parametrize("change", ["UPDATE action SET reason = 'other'", "DELETE FROM action"])
def test_action_log_is_append_only(database: Engine, change: str) -> None:
    """Updates and deletions of the log fail."""
    with write_transaction(database) as c:
        c.execute(sa.insert(action).values(at=NOON, what="hide", reason="off topic"))
    with pytest.raises(DBAPIError, match="takes no change"), write_transaction(database) as c:
        c.execute(sa.text(change))


def test_datetime_survives_round_trip(database: Engine) -> None:
    """A datetime of any zone is read back as the same instant."""
    kabul = datetime(2026, 3, 4, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=4, minutes=30)))
    with write_transaction(database) as c:
        c.execute(sa.insert(action).values(at=kabul, what="hide", reason=""))
        assert c.execute(sa.select(action.c.at)).scalar_one() == kabul


def test_failed_migration_leaves_database_unchanged(empty_database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that fails after the first tables leaves none of them."""

    def fail(*_args: object, **_named: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("alembic.op.create_index", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        upgrade(empty_database)
    assert not any(s.done for s in migration_history(empty_database))
    assert sa.inspect(empty_database).get_table_names() in ([], ["alembic_version"])


def test_sqlite_syncs_to_disk_at_commit(database: Engine) -> None:
    """SQLite uses a write-ahead log and full synchronisation."""
    if database.dialect.name != "sqlite":
        return
    with read_transaction(database) as c:
        pragma = {p: c.exec_driver_sql(f"PRAGMA {p}").scalar_one() for p in ("journal_mode", "synchronous")}
    assert pragma == {"journal_mode": "wal", "synchronous": 2}


@pytest.mark.parametrize("there", ["new", "open to all"])
def test_database_files_are_private(tmp_path: Path, there: str) -> None:
    """Only the owner can read the database, its log and its folder, whatever the umask; older files are tightened."""
    file = tmp_path / "home" / "workbench.db"
    before = os.umask(0o000)
    try:
        if there != "new":
            file.parent.mkdir()
            file.touch()
        engine = open_database(URL.create("sqlite", database=str(file)))
        with write_transaction(engine) as c:
            c.exec_driver_sql("CREATE TABLE secret (x)")
        modes = {p.name: p.stat().st_mode & 0o777 for p in file.parent.iterdir()}
        engine.dispose()
    finally:
        os.umask(before)
    assert modes == {"workbench.db": 0o600, "workbench.db-wal": 0o600, "workbench.db-shm": 0o600}
    if there == "new":
        assert file.parent.stat().st_mode & 0o777 == 0o700


def test_roles_migration_keeps_rows(empty_database: Engine) -> None:
    """Accounts, sessions, invitations and comments keep their numbers; the new roles are allowed, others are not."""
    upgrade(empty_database, "0002")
    rows = {
        "account": "(7, 'Ann', 'ann', 'hash', 'moderator', '2026-03-04 12:00:00', NULL)",
        "session": "(1, 't', 7, '2026-03-04 12:00:00', '2026-03-05 12:00:00')",
        "invitation": "(3, 'i', 'reader', 7, '2026-03-04 12:00:00', '2026-03-05 12:00:00', NULL, NULL)",
    }
    with write_transaction(empty_database) as c:
        for table, row in rows.items():
            c.exec_driver_sql(f"INSERT INTO {table} VALUES {row}")
    upgrade(empty_database)
    with read_transaction(empty_database) as c:
        assert c.exec_driver_sql("SELECT id, role FROM account").all() == [(7, "moderator")]
        assert c.exec_driver_sql("SELECT account_id FROM session").scalar_one() == 7
        assert c.exec_driver_sql("SELECT made_by FROM invitation").scalar_one() == 7
    with write_transaction(empty_database) as c:
        c.exec_driver_sql("UPDATE account SET role = 'admin'")
    for bad in ("UPDATE account SET role = 'king'", "DELETE FROM account"):
        with pytest.raises(DBAPIError), write_transaction(empty_database) as c:
            c.exec_driver_sql(bad)
