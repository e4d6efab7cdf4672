"""Alembic environment: runs all migrations in one transaction on the connection from `migrate.py`."""

from alembic import context

from detente.web.db.tables import metadata


def run_migrations() -> None:
    """Run the requested migrations."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        transactional_ddl=True,  # holds for PostgreSQL, and for SQLite as opened by `engine.py`
    )
    with context.begin_transaction():
        context.run_migrations()


# Alembic imports this file as `env_py`; pytest imports it for its doctests.
if __name__ == "env_py":
    run_migrations()
