"""Database migrations: upgrade and history."""

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
MIGRATION_LOCK_ID = 0x0DE7E97E  # arbitrary key of PostgreSQL's advisory lock


@dataclass(frozen=True, slots=True)
class MigrationStep:
    """One migration; `done` says whether this database has it."""

    revision: str
    what: str
    done: bool


def upgrade(engine: Engine, to: str = "head") -> list[str]:
    """Apply the missing migrations. Several processes may call this at once; one applies them.

    Returns:
        The applied revisions in order; empty if the database was up to date.

    Raises:
        NewerDatabase: a later version of the package has migrated it.
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
    """Return all migrations in order and whether this database has them.

    Raises:
        NewerDatabase: a later version of the package has migrated it.
    """
    script = ScriptDirectory.from_config(_config(None))
    steps = list(script.walk_revisions())[::-1]
    with read_transaction(engine) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    names = [s.revision for s in steps]
    if current is not None and current not in names:
        raise NewerDatabase(engine.url, current, names[-1])
    applied = names.index(current) + 1 if current else 0
    return [MigrationStep(s.revision, (s.doc or "").strip().split("\n")[0], i < applied) for i, s in enumerate(steps)]


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
