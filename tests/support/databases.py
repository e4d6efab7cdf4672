"""Fixtures of SQLite and PostgreSQL databases, empty or migrated.

Migrating an SQLite file waits for the disk at each step, so one is migrated and others are copies of it.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

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


@cache
def _read_migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "migrated.db"
        engine = open_database(URL.create("sqlite", database=str(file)))
        upgrade(engine)
        engine.dispose()
        return file.read_bytes()


def copy_migrated(file: Path) -> URL:
    """Write a migrated SQLite database without rows and return its URL."""
    file.touch(mode=0o600)
    file.write_bytes(_read_migrated())
    return URL.create("sqlite", database=str(file))


@pytest.fixture
def migrated_url(url: URL) -> URL:
    """The URL of a database without rows, once of each kind; of PostgreSQL an empty one, which is migrated when it is opened."""
    return copy_migrated(Path(str(url.database))) if url.get_backend_name() == "sqlite" else url


@pytest.fixture
def database(migrated_url: URL) -> Iterator[Engine]:
    """A migrated database without rows."""
    engine = open_database(migrated_url)
    upgrade(engine)
    yield engine
    engine.dispose()
