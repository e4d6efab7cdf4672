"""Pickled objects in the cache folder, each with a key of the inputs that it was computed from."""

import os
import pickle
import tempfile
from pathlib import Path
from typing import Any, Protocol, TypeVar


class Cacheable(Protocol):
    """An object whose `key` identifies its inputs."""

    @property
    def key(self) -> Any: ...


K = TypeVar("K", bound=Cacheable)


def cache_get(path: Path, kind: type[K], key: object) -> K | None:
    """Load an object of this class with this key; None if there is none or the file cannot be read."""
    try:
        # Unpickling runs code, so files that another user wrote are not read.
        if path.stat().st_uid != os.getuid():
            return None
        value = pickle.loads(path.read_bytes())
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError):
        return None
    return value if isinstance(value, kind) and value.key == key else None


def cache_put(path: Path, value: Cacheable) -> None:
    """Store an object; the file is replaced whole, so concurrent readers see the old or the new one.

    Raises:
        OSError: the folder cannot be created or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as f:
        f.write(pickle.dumps(value))
    Path(temporary).replace(path)
