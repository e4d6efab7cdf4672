"""The database gets the tables that the code declares, whole or not at all."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from detente.web.db.engine import read_transaction, write_transaction
from detente.web.db.errors import NewerDatabase
from detente.web.db.migrate import migration_history, upgrade
from detente.web.db.tables import action, metadata

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_the_steps_lead_to_the_tables_that_the_code_declares(database: Engine) -> None:
    def ours(_thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        # Each database searches by means of its own, which no table of ours declares.
        return not (name or "").startswith("search_")

    with read_transaction(database) as c:
        context = MigrationContext.configure(
            c, opts={"compare_type": True, "compare_server_default": True, "include_object": ours}
        )
        assert compare_metadata(context, metadata) == []


def test_taking_the_steps_again_changes_nothing(database: Engine) -> None:
    assert upgrade(database) == []
    assert all(s.done for s in migration_history(database))


def test_a_database_of_a_later_package_is_left_alone(database: Engine) -> None:
    with write_transaction(database) as c:
        c.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="'9999'"):
        upgrade(database)


@pytest.mark.parametrize("change", ["UPDATE action SET reason = 'other'", "DELETE FROM action"])
def test_the_log_of_actions_takes_no_change(database: Engine, change: str) -> None:
    with write_transaction(database) as c:
        c.execute(sa.insert(action).values(at=NOON, what="hide", reason="off topic"))
    with pytest.raises(DBAPIError, match="takes no change"), write_transaction(database) as c:
        c.execute(sa.text(change))


def test_a_moment_comes_back_as_it_was_whatever_its_zone(database: Engine) -> None:
    kabul = datetime(2026, 3, 4, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=4, minutes=30)))
    with write_transaction(database) as c:
        c.execute(sa.insert(action).values(at=kabul, what="hide", reason=""))
        assert c.execute(sa.select(action.c.at)).scalar_one() == kabul


def test_failed_migration_leaves_database_unchanged(empty_database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It breaks off after the first tables; none of them stays."""

    def fails(*_args: object, **_named: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("alembic.op.create_index", fails)
    with pytest.raises(RuntimeError, match="in the middle"):
        upgrade(empty_database)
    assert not any(s.done for s in migration_history(empty_database))
    assert sa.inspect(empty_database).get_table_names() in ([], ["alembic_version"])


def test_sqlite_waits_for_the_disk_at_every_commit(database: Engine) -> None:
    if database.dialect.name != "sqlite":
        return
    with read_transaction(database) as c:
        pragma = {p: c.exec_driver_sql(f"PRAGMA {p}").scalar_one() for p in ("journal_mode", "synchronous")}
    assert pragma == {"journal_mode": "wal", "synchronous": 2}
