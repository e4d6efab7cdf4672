"""Opening the Delta Lake table of a store, with delta-rs errors translated into errors of the store."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detente.core.errors import CannotWrite
from detente.store.delta import CommitFailedError, DeltaError, DeltaProtocolError, DeltaTable, TableNotFoundError
from detente.store.errors import (
    CorruptStore,
    InvalidStorePath,
    NoStore,
    NoSuchVersion,
    NotAStore,
    StoreNotReadable,
    StoreTooNew,
)
from detente.store.paths import LOG_FOLDER, has_content
from detente.store.schema import FORMAT_VERSION, PARTITION_COLUMNS, initial_schema

FORMAT_PROPERTY = "detente.format"


@contextmanager
def wrap_write_errors(path: Path) -> Iterator[None]:
    """Translate errors of writing into `CannotWrite` or `StoreTooNew`.

    `CommitFailedError` passes through: another program committed first, and the caller retries.
    """
    try:
        yield
    except CommitFailedError:
        raise
    except OSError as e:
        raise CannotWrite(path, e.strerror or str(e), "--store") from e
    except DeltaProtocolError as e:
        raise StoreTooNew(path, f"a table protocol that cannot be written ({_first_line(e)})", "no such one") from e
    except DeltaError as e:
        raise CannotWrite(path, _first_line(e), "--store") from e


def table_uri(path: Path) -> str:
    """Return a folder as delta-rs takes it.

    Raises:
        InvalidStorePath: the path holds a %, which delta-rs would decode.
    """
    # delta-rs 1.6 writes to a folder a%20b and then reads from a b.
    if "%" in str(path.absolute()):
        raise InvalidStorePath(path)
    return str(path)


def open_table(path: Path, version: int | None = None) -> DeltaTable:
    """Open the table, at its newest version or at the one given.

    Raises:
        NoStore, NotAStore, StoreNotReadable, StoreTooNew, CorruptStore, NoSuchVersion.
    """
    if not has_content(path):
        raise NoStore(path)
    _check_access(path)
    if not _is_table(path):
        raise NotAStore(path, _describe_contents(path))
    try:
        table = DeltaTable(table_uri(path))
        # For a version that does not exist yet, delta-rs looks for a file of every version before it.
        if version is not None and version > (last := table.version()):
            raise NoSuchVersion(path, version, last)
        if version is not None and version != last:
            table = DeltaTable(table_uri(path), version=version)
    except DeltaProtocolError as e:
        raise StoreTooNew(path, f"a table protocol that cannot be read ({_first_line(e)})", "no such one") from e
    except (DeltaError, OSError, ValueError) as e:
        if "Unsupported" in str(e):  # delta-rs does not always raise its DeltaProtocolError
            raise StoreTooNew(path, f"a table protocol that cannot be read ({_first_line(e)})", "no such one") from e
        why = f"its log cannot be read ({_first_line(e)})"
        raise CorruptStore(path, why, "Restore the folder _delta_log from a copy, or ingest into a new store.") from e
    format_version = table.metadata().configuration.get(FORMAT_PROPERTY)
    if format_version is None:
        raise NotAStore(path, f"a Delta Lake table with other columns ({table.metadata().name or 'without a name'})")
    if not format_version.isdecimal() or int(format_version) > FORMAT_VERSION:
        raise StoreTooNew(path, f"format {format_version}", f"formats up to {FORMAT_VERSION}")
    # Data files are read without the log's column mapping. From protocol 2 on another engine may have renamed
    # columns or deleted rows in the log alone.
    if (reader := table.protocol().min_reader_version) > 1:
        raise StoreTooNew(path, f"Delta reader protocol {reader}", "protocol 1")
    return table


def open_or_create_table(path: Path) -> DeltaTable:
    """Open the table, creating it if absent; two programs may create it at the same time."""
    if path.is_dir() and has_content(path):
        return open_table(path)
    if path.exists() and not path.is_dir():
        raise NotAStore(path, "a single file")
    uri = table_uri(path)
    with wrap_write_errors(path):
        # Some providers forbid passing their data on, so other users of the machine cannot read a new store.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            DeltaTable.create(
                uri,
                initial_schema(),
                mode="ignore",
                partition_by=list(PARTITION_COLUMNS),
                name="detente",
                description="Events by source and release, with the account of every row that was read.",
                # A brief names the version it used, so versions stay until `clear` removes them.
                configuration={
                    FORMAT_PROPERTY: str(FORMAT_VERSION),
                    "delta.logRetentionDuration": "interval 36500 days",
                },
                raise_if_key_not_exists=False,
            )
        except DeltaError:
            # Another program may have created it in the meantime.
            if not _is_table(path):
                raise
    return open_table(path)


def _check_access(path: Path) -> None:
    for folder in (path, path / LOG_FOLDER):
        try:
            if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
                raise StoreNotReadable(path, f"no permission to read {folder}")
        except PermissionError as e:
            raise StoreNotReadable(path, f"no permission to read {folder}") from e


def _is_table(path: Path) -> bool:
    # A folder with an unreadable log is a damaged table, not a foreign folder.
    log = path / LOG_FOLDER
    if log.is_dir() and any(log.glob("*.json")):
        return True
    try:
        return path.is_dir() and DeltaTable.is_deltatable(table_uri(path))
    except (TableNotFoundError, DeltaError, OSError):
        return False


def _describe_contents(path: Path) -> str:
    if not path.is_dir():
        return "a single file"
    names = sorted(p.name for p in path.iterdir())
    return f"{len(names)} other thing{'s' * (len(names) > 1)}, such as {names[0]!r}"


def _first_line(e: Exception) -> str:
    return str(e).strip().splitlines()[0].strip() if str(e).strip() else type(e).__name__
