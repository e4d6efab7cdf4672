"""Database URL: `DETENTE_DATABASE_URL`, or a file in the user's data folder."""

import os
from pathlib import Path

from platformdirs import user_data_path
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from detente.web.db.errors import BadDatabaseUrl

DATABASE_URL_VARIABLE = "DETENTE_DATABASE_URL"


def default_file(folder: Path | None = None) -> Path:
    """Return the default SQLite file in this folder, or in the user's data folder."""
    return (folder or user_data_path("detente", appauthor=False)) / "workbench.db"


def database_url(named: str = "", folder: Path | None = None) -> URL:
    """Return the URL of the database.

    Args:
        named: such as `postgresql://reader@db.example/detente` or `sqlite:////srv/workbench.sqlite`; empty for
            `DETENTE_DATABASE_URL` or, if that is not set, the file in `folder`.
        folder: of the SQLite file; by default the user's data folder.

    Raises:
        BadDatabaseUrl: not a URL, or of an unsupported database.

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
        raise BadDatabaseUrl("it is not a database URL") from e
    backend = url.drivername.partition("+")[0]
    # Many hosting services use the old scheme postgres://, which SQLAlchemy no longer accepts.
    if backend in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise BadDatabaseUrl("an in-memory database would lose all comments at exit")
        return url.set(drivername="sqlite")
    raise BadDatabaseUrl(f"{backend!r} is not supported")
