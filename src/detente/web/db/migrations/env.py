"""How Alembic runs the steps: on the connection that `migrate.py` hands it, all of them or none."""

from alembic import context

from detente.web.db.tables import metadata


def run_migrations() -> None:
    """Run what was asked for."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        transactional_ddl=True,  # true of PostgreSQL, and of SQLite as `engine.py` opens it
    )
    with context.begin_transaction():
        context.run_migrations()


# Alembic loads this file under this name; a test runner that reads docstrings loads it under another.
if __name__ == "env_py":
    run_migrations()
