"""Which database: the one that `DETENTE_DATABASE_URL` names, else a file in the user's data folder."""

import os
from pathlib import Path

from platformdirs import user_data_path
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from detente.web.db.errors import BadDatabaseUrl

DATABASE_URL_VARIABLE = "DETENTE_DATABASE_URL"


def default_file(folder: Path | None = None) -> Path:
    """The SQLite file used where no address is given: in this folder, or in the user's data folder."""
    return (folder or user_data_path("detente", appauthor=False)) / "workbench.db"


def database_url(named: str = "", folder: Path | None = None) -> URL:
    """The address of the database.

    Args:
        named: an address such as `postgresql://reader@db.example/detente` or `sqlite:////srv/workbench.sqlite`;
            empty for `DETENTE_DATABASE_URL`, and if that is not set, for the file in `folder`.
        folder: where the file is; the user's data folder if not given.

    Raises:
        BadAddress: it is no address, or of a database that is not supported.

    Example:
        >>> database_url("postgres://ann@localhost/detente").drivername
        'postgresql+psycopg'
    """
    text = named or os.environ.get(DATABASE_URL_VARIABLE, "").strip()
    if not text:
        return URL.create("sqlite", database=str(default_file(folder)))
    try:
        url = make_url(text)
    except ArgumentError as e:
        raise BadDatabaseUrl("it cannot be read as an address") from e
    backend = url.drivername.partition("+")[0]
    # Many hosts hand out postgres://, an old name that SQLAlchemy no longer knows.
    if backend in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise BadDatabaseUrl("a database in memory would lose every comment at the end")
        return url.set(drivername="sqlite")
    raise BadDatabaseUrl(f"{backend!r} is not supported")
