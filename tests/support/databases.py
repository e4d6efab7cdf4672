"""Both databases, empty or brought to today's shape, for every test of the workbench that keeps something."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from detente.web.db.engine import open_database
from detente.web.db.migrate import upgrade
from support import postgres


@pytest.fixture(scope="session")
def postgres_home() -> Iterator[Path]:
    """A PostgreSQL server, started when the first test asks for it."""
    found = postgres.find_binaries()
    if found is None:
        pytest.skip("PostgreSQL is not installed: no initdb in /usr/lib/postgresql or on the path")
    with postgres.run_server(found) as home:
        yield home


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return URL.create("sqlite", database=str(tmp_path / "workbench.sqlite"))
    home: Path = request.getfixturevalue("postgres_home")
    return postgres.new_database(home)


@pytest.fixture
def empty_database(url: URL) -> Iterator[Engine]:
    """A database without a table."""
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def database(empty_database: Engine) -> Engine:
    """A database of today's shape without a row."""
    upgrade(empty_database)
    return empty_database
