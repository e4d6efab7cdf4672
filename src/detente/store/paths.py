"""Default path of the store."""

import os
from pathlib import Path

from platformdirs import user_data_path

ENVIRONMENT_VARIABLE = "DETENTE_STORE"


def default_store_path() -> Path:
    """Return `DETENTE_STORE` if it is set, else `detente/store` in the user's data folder.

    Example:
        >>> os.environ["DETENTE_STORE"] = "/data/conflicts"
        >>> default_store_path().as_posix()
        '/data/conflicts'
        >>> del os.environ["DETENTE_STORE"]
    """
    named = os.environ.get(ENVIRONMENT_VARIABLE, "").strip()
    return Path(named).expanduser() if named else user_data_path("detente", appauthor=False) / "store"
