"""The version of the package, and a stamp of its code."""

import hashlib
from functools import cache
from pathlib import Path

__version__ = "0.3.0"  # pyproject.toml reads it from here


@cache
def code_stamp() -> str:
    """A digest of the version and of the package's files by name, size and time of change.

    An editable checkout changes without changing its version: results with texts are made again after an edit.
    """
    h = hashlib.sha256(__version__.encode())
    root = Path(__file__).parents[1]
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".toml", ".tsv", ".html", ".typ", ".css"}:
            at = path.stat()
            h.update(f"{path.relative_to(root)} {at.st_size} {at.st_mtime_ns}".encode())
    return h.hexdigest()[:20]
