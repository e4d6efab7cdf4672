"""The folder of the user's own data, and which files a case file may name."""

import os
from pathlib import Path


def data_folder() -> Path:
    """Return the folder of user data: `DETENTE_DATA`, or `data` in the working directory."""
    return Path(os.environ.get("DETENTE_DATA") or "data")


def is_inside(path: Path, *folders: Path) -> bool:
    """Return whether a path, links followed, stays in one of the folders: a case file from others may name no other file.

    Example:
        >>> is_inside(Path("/srv/case/../secret.csv"), Path("/srv/case")), is_inside(Path("/srv/case/a.csv"), Path("/srv/case"))
        (False, True)
    """
    try:
        return any(path.resolve().is_relative_to(f.resolve()) for f in folders)
    except (OSError, ValueError, RuntimeError):  # too long for a path, a null byte, or a loop of links
        return False
