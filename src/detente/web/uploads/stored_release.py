"""The release in the store that an upload would replace."""

from pathlib import Path

from detente.store.errors import NoStore
from detente.store.snapshot import ReleaseAccount, open_version, read_account


def find_stored_release(store: Path, name: str) -> ReleaseAccount | None:
    """Return the release `source/release` in the store's newest version, or None.

    Raises:
        CorruptStore: its account cannot be read.
    """
    try:
        snapshot = open_version(store)
    except NoStore:
        return None
    size = sum(f.bytes for f in snapshot.files if f.name == name)
    return next((read_account(store, f, size) for f in snapshot.files_of("account", [name])), None)
