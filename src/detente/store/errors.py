"""Errors of the store. A change that raises one leaves the table unchanged."""

from collections.abc import Sequence
from pathlib import Path

from detente.core.errors import DetenteError, nearest, quoted_choices


class NoStore(DetenteError):
    """The folder holds no store."""

    exit_code = 3

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"No store found at {path}. Create one with `detente ingest FILE`, or name another with --store DIR or the "
            "environment variable DETENTE_STORE; --no-store reads none."
        )


class NotAStore(DetenteError):
    """The folder holds something other than a store."""

    exit_code = 7

    def __init__(self, path: Path, found: str) -> None:
        self.path, self.found = path, found
        super().__init__(
            f"{path} is not a détente store: it holds {found}. Nothing was changed; "
            "name an empty or new folder with --store."
        )


class InvalidStorePath(DetenteError):
    """The path contains a character that Delta Lake misreads."""

    exit_code = 7

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} cannot hold a store: Delta Lake reads the % in its path as an escape sequence. "
            "Nothing was changed; name another folder with --store."
        )


class StoreTooNew(DetenteError):
    """A newer version of détente wrote the store."""

    exit_code = 7

    def __init__(self, path: Path, found: str, known: str) -> None:
        self.path, self.found, self.known = path, found, known
        super().__init__(
            f"The store at {path} has {found}, but this version of détente reads {known}. "
            "Nothing was changed; install a newer détente, name another store with --store, or read none with --no-store."
        )


class StoreNotReadable(DetenteError):
    """The user may not read the store's folder."""

    exit_code = 5

    def __init__(self, path: Path, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(
            f"Cannot read the store at {path}: {why}. Ask its owner for access, name another with --store DIR, "
            "or leave it out with --no-store."
        )


class CorruptStore(DetenteError):
    """A file of the store is missing, truncated or altered."""

    exit_code = 5

    def __init__(self, path: Path, what: str, remedy: str = "") -> None:
        self.path, self.what = path, what
        super().__init__(
            f"The store at {path} is damaged: {what}. "
            + (remedy or "List the damaged releases with `detente store verify` and ingest their files again.")
        )


class NoSuchVersion(DetenteError):
    """The store has no such version, or its files were removed by `detente store clear`."""

    exit_code = 3

    def __init__(self, path: Path, version: int, last: int) -> None:
        self.path, self.version, self.last = path, version, last
        super().__init__(
            f"The store at {path} has no version {version}; its versions run from 0 to {last}. "
            "`detente store history` lists them."
        )


class UnknownRelease(DetenteError):
    """The store holds no release of that name, or more than one."""

    exit_code = 3

    def __init__(self, name: str, known: Sequence[str], several: Sequence[str] = ()) -> None:
        self.name, self.known, self.several = name, list(known), list(several)
        if several:
            message = f"{name!r} names several releases: {quoted_choices(several)}. Give the full name of one."
        else:
            message = (
                f"The store holds no release {name!r} among its {len(known)}. "
                f"Nearest: {quoted_choices(nearest(name, known))}; `detente store list` shows all."
            )
        super().__init__(message)


class IncompatibleColumns(DetenteError):
    """A column of a release does not fit the table."""

    exit_code = 5

    def __init__(self, release: str, column: str, found: str, kept: str) -> None:
        self.release, self.column, self.found, self.kept = release, column, found, kept
        super().__init__(
            f"{release}, column {column!r}: it is {found}, where the store needs {kept}. The release was not "
            "added; give the column another name or type, or ingest into a new store with --store."
        )


class UnbalancedAccount(DetenteError):
    """Rows read do not equal events, merged and rejected rows: a reader lost or duplicated rows."""

    exit_code = 5

    def __init__(self, release: str, rows: int, events: int, kept: int, merged: int, aside: int) -> None:
        self.release, self.rows, self.events, self.kept = release, rows, events, kept
        self.merged, self.set_aside = merged, aside
        super().__init__(
            f"{release}: {rows} rows were read, but {events} events, {merged} merged and {aside} rejected rows make "
            f"{events + merged + aside}, and {kept} events were returned, so the release was not added. "
            "This is a bug of the reader: please report it with the file's header."
        )


class StoreBusy(DetenteError):
    """Other programs changed the store at each attempt to write."""

    exit_code = 7

    def __init__(self, path: Path, tries: int) -> None:
        self.path, self.tries = path, tries
        super().__init__(
            f"Other programs changed the store at {path} during each of {tries} attempts to write, so nothing "
            "was changed. Run the command again when they have finished."
        )
