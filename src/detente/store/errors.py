"""What a store refuses, and why; in every case the table is as it was before."""

from collections.abc import Sequence
from pathlib import Path

from detente.core.errors import DetenteError, nearest, quoted_choices


class NoStore(DetenteError):
    """There is no store where one was looked for."""

    exit_code = 3

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"There is no store at {path}. `detente ingest FILE` makes one there; --store DIR or the "
            "environment variable DETENTE_STORE names another place."
        )


class NotAStore(DetenteError):
    """The folder holds something else, which is left alone."""

    exit_code = 7

    def __init__(self, path: Path, found: str) -> None:
        self.path, self.found = path, found
        super().__init__(
            f"{path} is not a store of détente: it holds {found}. Nothing was changed there. "
            "Name an empty or a new folder with --store."
        )


class InvalidStorePath(DetenteError):
    """The path of the folder holds a character that the table's format cannot take."""

    exit_code = 7

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} cannot hold a store: there is a % in its path, which Delta Lake reads as the beginning of an "
            "escaped character. Nothing was changed there. Name another folder with --store."
        )


class StoreTooNew(DetenteError):
    """A later version of the program wrote the store."""

    exit_code = 7

    def __init__(self, path: Path, found: str, known: str) -> None:
        self.path, self.found, self.known = path, found, known
        super().__init__(
            f"The store at {path} has {found}, and this version of détente knows {known}. Nothing was "
            "changed there. Install a newer détente, or keep another store with --store."
        )


class CorruptStore(DetenteError):
    """A file of the store is missing, cut short or altered."""

    exit_code = 5

    def __init__(self, path: Path, what: str, remedy: str = "") -> None:
        self.path, self.what = path, what
        super().__init__(
            f"The store at {path} is damaged: {what}. "
            + (remedy or "`detente data verify` names every damaged release; ingest those files again.")
        )


class NoSuchVersion(DetenteError):
    """The store has no such version, or its files were cleared away."""

    exit_code = 3

    def __init__(self, path: Path, version: int, last: int) -> None:
        self.path, self.version, self.last = path, version, last
        super().__init__(
            f"The store at {path} has no version {version}: they run from 0 to {last}. "
            "`detente data history` lists what each one changed."
        )


class UnknownRelease(DetenteError):
    """The store holds no release of that name, or several."""

    exit_code = 3

    def __init__(self, name: str, known: Sequence[str], several: Sequence[str] = ()) -> None:
        self.name, self.known, self.several = name, list(known), list(several)
        if several:
            told = f"{name!r} is the name of several releases: {quoted_choices(several)}. Name one of them in full."
        else:
            told = (
                f"The store holds no release {name!r}. Nearest: {quoted_choices(nearest(name, known))}. "
                f"It holds {len(known)}: `detente data list` shows them."
            )
        super().__init__(told)


class IncompatibleColumns(DetenteError):
    """The columns of a release cannot be kept beside those that the store holds."""

    exit_code = 5

    def __init__(self, release: str, column: str, found: str, kept: str) -> None:
        self.release, self.column, self.found, self.kept = release, column, found, kept
        super().__init__(
            f"{release}, column {column!r}: it is {found}, where the store needs {kept}. Nothing of this "
            "release was kept. Give the column another name or type, or ingest into a new store with --store."
        )


class UnbalancedAccount(DetenteError):
    """A reader's account does not add up, so rows were lost or counted twice."""

    exit_code = 5

    def __init__(self, release: str, rows: int, events: int, kept: int, merged: int, aside: int) -> None:
        self.release, self.rows, self.events, self.kept = release, rows, events, kept
        self.merged, self.set_aside = merged, aside
        super().__init__(
            f"{release}: {rows} rows were read, but {events} events, {merged} merged and {aside} set aside make "
            f"{events + merged + aside}, and {kept} events came out. Nothing of this release was kept. "
            "This is a fault of the reader: please report it with the file's header."
        )


class StoreBusy(DetenteError):
    """Others kept changing the store while this change was being written."""

    exit_code = 7

    def __init__(self, path: Path, tries: int) -> None:
        self.path, self.tries = path, tries
        super().__init__(
            f"The store at {path} was changed by others at each of {tries} tries to write. Nothing of this "
            "change was kept. Run the command again when they have finished."
        )
