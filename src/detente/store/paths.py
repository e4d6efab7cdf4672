"""Path of the store that a command reads: the one named, or the user's own."""

import os
from pathlib import Path

from platformdirs import user_data_path

from detente.store.errors import NoStore

ENVIRONMENT_VARIABLE = "DETENTE_STORE"
LOG_FOLDER = "_delta_log"


def default_store_path() -> Path:
    """Return `DETENTE_STORE` if it is set, else `detente/store` in the user's data folder.

    Example:
        >>> named = os.environ.get("DETENTE_STORE")
        >>> os.environ["DETENTE_STORE"] = "/data/conflicts"
        >>> default_store_path().as_posix()
        '/data/conflicts'
        >>> del os.environ["DETENTE_STORE"]
        >>> if named is not None: os.environ["DETENTE_STORE"] = named
    """
    return _path_from_environment() or user_data_path("detente", appauthor=False) / "store"


def find_store(named: Path | None = None) -> Path | None:
    """Return the store to read by default: the one named, else that of `DETENTE_STORE`, else the user's own.

    Args:
        named: the folder that a person named, as with --store.

    Returns:
        The folder. None if nobody named one and the user has none: there is then nothing to read.

    Raises:
        NoStore: the folder that was named, or that `DETENTE_STORE` names, holds no store.
    """
    named = named or _path_from_environment()
    path = named or default_store_path()
    if has_content(path):
        return path
    if named is not None:
        raise NoStore(path)
    return None


def has_content(path: Path) -> bool:
    """Return whether a path holds anything that may be a store; a folder without files holds none."""
    log = path / LOG_FOLDER
    try:
        if not path.is_dir():
            return path.exists()
        # A program killed while it created a store leaves an empty log.
        return any(p.name != LOG_FOLDER for p in path.iterdir()) or (log.is_dir() and any(log.glob("*.json")))
    except OSError:
        return True  # it cannot be looked into: opening it gives the reason


def _path_from_environment() -> Path | None:
    named = os.environ.get(ENVIRONMENT_VARIABLE, "").strip()
    return Path(named).expanduser() if named else None
