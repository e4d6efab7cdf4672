"""Fixtures of SQLite and PostgreSQL databases, empty or migrated."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from detente.web.db.engine import open_database
from detente.web.db.migrate import upgrade
from support import postgres


@pytest.fixture(scope="session")
def postgres_home() -> Iterator[Path]:
    """The socket folder of a PostgreSQL server, started for the first test that needs it."""
    binaries = postgres.find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed: no initdb in /usr/lib/postgresql or on PATH")
    with postgres.run_server(binaries) as home:
        yield home


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return URL.create("sqlite", database=str(tmp_path / "workbench.sqlite"))
    home: Path = request.getfixturevalue("postgres_home")
    return postgres.new_database(home)


@pytest.fixture
def empty_database(url: URL) -> Iterator[Engine]:
    """A database without tables."""
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def database(empty_database: Engine) -> Engine:
    """A migrated database without rows."""
    upgrade(empty_database)
    return empty_database
