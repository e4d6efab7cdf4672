"""Bringing the database to this package's shape, and telling what steps it has seen."""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from detente.web.db.engine import read_transaction, write_transaction
from detente.web.db.errors import NewerDatabase

MIGRATIONS_FOLDER = Path(__file__).parent / "migrations"
MIGRATION_LOCK_ID = 0x0DE7E97E  # any number of our own: the key of PostgreSQL's advisory lock


@dataclass(frozen=True, slots=True)
class MigrationStep:
    """One step of the database's shape."""

    revision: str
    what: str
    done: bool  # has this database seen it


def upgrade(engine: Engine, to: str = "head") -> list[str]:
    """Take the steps that are missing; several processes may ask at once, and one does it.

    Returns:
        The revisions that were taken, in order; empty if the database was up to date.

    Raises:
        NewerDatabase: it was made by a later package.
    """
    before = {s.revision for s in migration_history(engine) if s.done}
    if before == {s.revision for s in migration_history(engine)}:
        return []
    with write_transaction(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK_ID})
        command.upgrade(_config(connection), to)
    return [s.revision for s in migration_history(engine) if s.done and s.revision not in before]


def migration_history(engine: Engine) -> list[MigrationStep]:
    """All steps, first to last, and which of them this database has seen.

    Raises:
        NewerDatabase: it was made by a later package.
    """
    script = ScriptDirectory.from_config(_config(None))
    steps = list(script.walk_revisions())[::-1]
    with read_transaction(engine) as connection:
        now = MigrationContext.configure(connection).get_current_revision()
    names = [s.revision for s in steps]
    if now is not None and now not in names:
        raise NewerDatabase(engine.url, now, names[-1])
    seen = names.index(now) + 1 if now else 0
    return [MigrationStep(s.revision, (s.doc or "").strip().split("\n")[0], i < seen) for i, s in enumerate(steps)]


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
