"""What was made at some cost, kept in the cache folder from one start to the next, under a key of what it was made from."""

import os
import pickle
import tempfile
from pathlib import Path
from typing import Any, Protocol, TypeVar


class Cacheable(Protocol):
    """Something that knows what it was made from."""

    @property
    def key(self) -> Any: ...


K = TypeVar("K", bound=Cacheable)


def cache_get(path: Path, kind: type[K], key: object) -> K | None:
    """What is kept there, if it can be read, is of this kind and was made from the same; else None."""
    try:
        # The cache is the user's own folder; what others could have written there is not read.
        if path.stat().st_uid != os.getuid():
            return None
        made = pickle.loads(path.read_bytes())
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError):
        return None
    return made if isinstance(made, kind) and made.key == key else None


def cache_put(path: Path, made: Cacheable) -> None:
    """Keep it there; whoever reads meanwhile finds what was there before, whole.

    Raises:
        OSError: the folder cannot be made or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as f:
        f.write(pickle.dumps(made))
    Path(temporary).replace(path)
