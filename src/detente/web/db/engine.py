"""Opening the database, and the two ways to use it: reading and writing.

SQLite keeps a write-ahead log and waits for the disk at every commit (`synchronous=FULL`): a comment whose
sender was told that it is kept, is kept, whatever is killed or unplugged afterwards. A writer asks for the lock
at once (`BEGIN IMMEDIATE`): two that read first and wrote later would refuse each other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from detente.web.db.errors import DatabaseUnreachable, NoDriver

TIMEOUT_S = 10  # for a lock or an answer


def open_database(url: URL) -> Engine:
    """The database at this address, reached once to see that it answers; the folder of a file is made.

    Errors never show values (`hide_parameters`): they would hold hashes and what people wrote.

    Raises:
        NoDriver: PostgreSQL without psycopg.
        Unreachable: it does not answer, or the file cannot be opened.
    """
    try:
        if url.get_backend_name() == "sqlite":
            engine = _open_sqlite(url)
        else:
            engine = create_engine(
                url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": TIMEOUT_S}
            )
        with engine.connect():
            pass
    except (ModuleNotFoundError, NoSuchModuleError) as e:
        raise NoDriver from e
    except DBAPIError as e:
        raise DatabaseUnreachable(url, str(e.orig).strip().split("\n")[0]) from e
    except OSError as e:
        raise DatabaseUnreachable(url, e.strerror or type(e).__name__) from e
    return engine


def _open_sqlite(url: URL) -> Engine:
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": TIMEOUT_S})

    @event.listens_for(engine, "connect")
    def _connect(raw: Any, _record: Any) -> None:
        # Python's driver begins transactions late and by its own rules; None leaves it to `_begin`.
        raw.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("detente_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database."""
    with engine.connect() as connection:
        yield connection


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """A connection whose changes are kept together at the end, or not at all."""
    with engine.connect().execution_options(detente_writes=True) as connection, connection.begin():
        yield connection
