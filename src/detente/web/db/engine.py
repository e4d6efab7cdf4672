"""Database engine with read and write transactions.

SQLite uses a write-ahead log and syncs to disk at every commit (`synchronous=FULL`): a confirmed comment survives a crash
or power cut. Writers take the lock at once (`BEGIN IMMEDIATE`), since upgrading a read lock can deadlock two writers.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from detente.core.extras import MissingExtra
from detente.web.db.errors import DatabaseUnreachable

TIMEOUT_S = 10  # for a lock or a connection


def open_database(url: URL) -> Engine:
    """Open the database and test the connection; creates the folder of a file.

    Errors never show values (`hide_parameters`), which may be password hashes or comments.

    Raises:
        MissingExtra: PostgreSQL without psycopg.
        DatabaseUnreachable: no response, or the file cannot be opened.
    """
    try:
        if url.get_backend_name() == "sqlite":
            engine = _open_sqlite(url)
        else:
            timeout = {"connect_timeout": TIMEOUT_S}
            engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=timeout)
        with engine.connect():
            pass
    except (ModuleNotFoundError, NoSuchModuleError) as e:
        raise MissingExtra("postgres", "psycopg") from e
    except DBAPIError as e:
        raise DatabaseUnreachable(url, str(e.orig).strip().split("\n")[0]) from e
    except OSError as e:
        raise DatabaseUnreachable(url, e.strerror or type(e).__name__) from e
    return engine


def _open_sqlite(url: URL) -> Engine:
    make_private(Path(str(url.database)))
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": TIMEOUT_S})

    @event.listens_for(engine, "connect")
    def _connect(raw: Any, _record: Any) -> None:
        # Python's driver begins transactions late; None leaves it to `_begin`.
        raw.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("detente_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def make_private(file: Path) -> None:
    """Let only its owner read a database file; it and its folder are created if absent.

    SQLite gives its log and its shared memory the permissions of the database.

    Raises:
        OSError: the file cannot be created.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    own_folder = user_data_path("detente", appauthor=False)
    # Earlier versions left these open to all. A folder that the user named may be shared on purpose.
    for path in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm")), own_folder):
        if (path != own_folder or path == file.parent) and path.exists():
            mode = path.stat()
            if mode.st_uid == os.geteuid() and mode.st_mode & 0o077:
                path.chmod(mode.st_mode & 0o700)


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a connection that sees one snapshot of the database."""
    with engine.connect() as connection:
        yield connection


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a connection that commits all its changes at the end, or none on an error."""
    with engine.connect().execution_options(detente_writes=True) as connection, connection.begin():
        yield connection
