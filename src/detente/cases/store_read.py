"""The version of a store, and the releases in it, that a case was made from."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detente.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class StoreRead:
    """What was read from a store: its folder, its version, and the releases as `source/release`, sorted."""

    path: Path
    version: int
    releases: tuple[str, ...]


def open_store(store: "Path | StoreRead | None") -> "Snapshot | None":
    """Open a store: the newest version of a folder, or again the version that was read before; None stays None.

    Raises:
        NoStore, NotAStore, StoreNotReadable, StoreTooNew, CorruptStore, NoSuchVersion.
    """
    if store is None:
        return None
    from detente.store.snapshot import open_version  # imports the table format, which most cases never need

    return open_version(store.path, store.version) if isinstance(store, StoreRead) else open_version(store)
