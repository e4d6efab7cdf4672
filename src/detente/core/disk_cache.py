"""A cache of results on disk: one file an entry, keyed by the content that it was made from.

An entry is data (arrays, records or bytes), never code. A damaged entry is made again, with a warning. Where the folder cannot be used,
everything is made and nothing is kept.
"""

import atexit
import errno
import hashlib
import io
import os
import shutil
import stat
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import platformdirs
from numpy.typing import NDArray

from detente.core.atomic_write import replace_file
from detente.core.record_codec import decode_record, encode_record

T = TypeVar("T")
Arrays = dict[str, NDArray[Any]]

MAX_BYTES = 1 << 30
LOCK_LIFETIME_S = 86_400
DIGEST_LENGTH = 64


class CacheWarning(UserWarning):
    """A cache entry or the cache folder could not be used; the result is right all the same."""


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """One entry: the stage that made it, its size in bytes, and when it was last used, in seconds since 1970."""

    stage: str
    key: str
    size: int
    used: float


class DiskCache:
    """Results that were costly to make, by stage and key.

    Args:
        folder: made at the first write; None keeps nothing. max_bytes: the entries not used for longest are removed beyond it.
    """

    def __init__(self, folder: Path | None, max_bytes: int = MAX_BYTES) -> None:
        self.folder, self.max_bytes, self._warned = folder, max_bytes, False

    def arrays(self, stage: str, key: str, make: Callable[[], Arrays]) -> Arrays:
        """The arrays of an entry, made if they are not there."""
        return self._get_or_make(stage, f"{key}.npz", make, _encode_arrays, _decode_arrays)

    def record(self, stage: str, key: str, make: Callable[[], T]) -> T:
        """The frozen result of an entry (`record_codec.py`), made if it is not there."""
        found: T = self._get_or_make(stage, f"{key}.npz", make, _encode_record, _decode_record)
        return found

    def file(self, stage: str, key: str, make: Callable[[], bytes]) -> bytes:
        """The bytes of an entry, such as a rendered file, made if they are not there."""
        return self._get_or_make(stage, f"{key}.bin", make, bytes, bytes)

    def stored_record(self, stage: str, key: str) -> Any | None:
        """The frozen result of an entry, or None if there is none."""
        found = self._read(self.folder / stage / f"{key}.npz", _decode_record) if self.folder else None
        return found[0] if found else None

    def entries(self) -> list[CacheEntry]:
        """Every entry, the longest unused first."""
        found = []
        for path in self.folder.glob("*/*.*") if self.folder else ():
            with suppress(OSError):
                if path.suffix in (".npz", ".bin") and not path.name.startswith("."):
                    at = path.stat()
                    found.append(CacheEntry(path.parent.name, path.name, at.st_size, at.st_mtime))
        return sorted(found, key=lambda e: e.used)

    def clear(self, stage: str | None = None) -> int:
        """Remove the entries of a stage, or all; how many bytes they held."""
        gone = [e for e in self.entries() if stage in (None, e.stage)]
        for e in gone:
            self._remove(e)
        return sum(e.size for e in gone)

    def _remove(self, e: CacheEntry) -> None:
        if self.folder:
            with suppress(OSError):
                (self.folder / e.stage / e.key).unlink()

    def _get_or_make(
        self, stage: str, name: str, make: Callable[[], T], encode: Callable[[T], bytes], decode: Callable[[bytes], T]
    ) -> T:
        if self.folder is None:
            return make()
        path = self.folder / stage / name
        found = self._read(path, decode)
        if found is not None:
            return found[0]
        with self._lock(path) as locked:
            found = self._read(path, decode) if locked else None
            if found is not None:  # another process made it meanwhile
                return found[0]
            made = make()
            if locked:
                self._write(path, encode(made))
            return made

    def _read(self, path: Path, decode: Callable[[bytes], T]) -> tuple[T] | None:
        try:
            self._require_private(path.parent)
            # What others could have written, or a link to it, is not read.
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(handle, "rb") as f:
                at = os.fstat(handle)
                if (
                    at.st_uid != os.geteuid()
                    or at.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
                    or not stat.S_ISREG(at.st_mode)
                ):
                    raise ValueError("others may write it")
                content = f.read()
            digest, payload = content[:DIGEST_LENGTH], content[DIGEST_LENGTH:]
            if hashlib.sha256(payload).hexdigest().encode() != digest:
                raise ValueError("its digest differs")
            value = decode(payload)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return None
        except Exception as e:  # whatever is wrong with it, it is made again
            warnings.warn(f"The cache entry {path} cannot be used ({e}). It is made again.", CacheWarning, stacklevel=2)
            with suppress(OSError):
                path.unlink()
            return None
        with suppress(OSError):
            os.utime(path)
        return (value,)

    def _require_private(self, folder: Path) -> None:
        """Refuse a folder that others may write, of another owner, or, below the cache's own, a link."""
        for f in {self.folder, folder}:
            assert f is not None
            at = f.stat() if f == self.folder else f.lstat()
            if at.st_uid != os.geteuid() or at.st_mode & (stat.S_IWGRP | stat.S_IWOTH) or not stat.S_ISDIR(at.st_mode):
                raise PermissionError(errno.EACCES, "others may write there, or it is a link")

    @contextmanager
    def _lock(self, path: Path) -> Iterator[bool]:
        """Hold the entry's lock, so that one process makes it; False where the folder cannot be written."""
        from filelock import FileLock  # only a command that makes a result waits for its import

        assert self.folder is not None
        locks = self.folder / "locks"
        try:
            for folder in (self.folder, path.parent, locks):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._require_private(folder)
            lock = FileLock(locks / f"{path.parent.name}-{path.name}.lock", mode=0o600)
            lock.acquire()
        except OSError as e:
            self._warn(e)
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def _write(self, path: Path, payload: bytes) -> None:
        try:
            replace_file(path, hashlib.sha256(payload).hexdigest().encode() + payload, 0o600)
        except OSError as e:
            self._warn(e)
            return
        self._prune()

    def _prune(self) -> None:
        """Remove the entries not used for longest, beyond the allowed size, and what killed processes left."""
        assert self.folder is not None
        entries = self.entries()
        total = sum(e.size for e in entries)
        for e in entries[:-1]:
            if total <= self.max_bytes:
                break
            self._remove(e)
            total -= e.size
        old = time.time() - LOCK_LIFETIME_S
        for path in (*self.folder.glob("locks/*.lock"), *self.folder.glob("*/.*")):
            with suppress(OSError):
                if path.stat().st_mtime < old:
                    path.unlink()

    def _warn(self, e: OSError) -> None:
        if not self._warned:
            self._warned = True
            why = e.strerror or str(e)
            warnings.warn(
                f"The cache folder {self.folder} cannot be written ({why}). Nothing is kept.",
                CacheWarning,
                stacklevel=4,
            )


_active = [DiskCache(None)]


def active_cache() -> DiskCache:
    """The cache in use by this process; one that keeps nothing unless `use_cache` says otherwise."""
    return _active[-1]


def is_cache_chosen() -> bool:
    """Whether `use_cache` chose the cache in use, also if that one keeps nothing."""
    return len(_active) > 1


@contextmanager
def use_cache(cache: DiskCache) -> Iterator[DiskCache]:
    """Use a cache for everything that is made within, in all threads."""
    _active.append(cache)
    try:
        yield cache
    finally:
        _active.remove(cache)


def default_cache_folder() -> Path | None:
    """The user's cache folder, or what `DETENTE_CACHE` names; None if that is `off`."""
    named = os.environ.get("DETENTE_CACHE", "")
    if named == "off":
        return None
    return Path(named) if named else Path(platformdirs.user_cache_dir("detente", appauthor=False)) / "results"


def usable_folder(folder: Path | None) -> Path:
    """The folder if it can be written, else a temporary one for the life of this process, with a warning."""
    if folder is not None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError as e:
            why = e.strerror or str(e)
            warnings.warn(
                f"The cache folder {folder} cannot be written ({why}). Results are kept until the end only.",
                CacheWarning,
                stacklevel=2,
            )
    temporary = Path(tempfile.mkdtemp(prefix="detente-results-"))
    atexit.register(shutil.rmtree, temporary, ignore_errors=True)
    return temporary


def content_key(*parts: Any) -> str:
    """A digest of values: arrays, numbers, text, dates, containers and dataclasses of these.

    Example:
        >>> content_key(np.arange(3), {"a": 1}) == content_key(np.arange(3), {"a": 1})
        True
        >>> content_key(np.arange(3)) == content_key(np.arange(3.0))
        False
    """
    h = hashlib.sha256()
    for part in parts:
        _feed(h, part)
    return h.hexdigest()[:40]


_PLAIN = frozenset({str, bytes, int, float, bool, date, type(None)})


def _feed(h: Any, x: Any) -> None:
    kind = type(x)
    if kind in _PLAIN:
        h.update(f"{kind.__name__} {x!r}".encode())
    elif kind is list or kind is tuple:
        h.update(f"sequence {len(x)}".encode())
        for inner in x:
            _feed(h, inner)
    elif isinstance(x, np.ndarray):
        h.update(f"array {x.dtype.str} {x.shape}".encode() + np.ascontiguousarray(x).tobytes())
    elif (names := _field_names(kind)) is not None:
        h.update(f"object {kind.__name__}".encode())
        for name in names:
            _feed(h, getattr(x, name))
    elif isinstance(x, Mapping):
        h.update(f"mapping {len(x)}".encode())
        for k in sorted(x):
            _feed(h, k)
            _feed(h, x[k])
    elif isinstance(x, frozenset | set):
        _feed(h, sorted(x))
    elif isinstance(x, list | tuple):
        _feed(h, list(x))
    elif isinstance(x, str | bytes | int | float | date | np.generic | Path) and not isinstance(x, type):
        h.update(f"{kind.__name__} {x!r}".encode())
    else:
        raise TypeError(f"{kind.__name__} has no content key")


_FIELD_NAMES: dict[type, tuple[str, ...] | None] = {}


def _field_names(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass; None for another type."""
    if kind not in _FIELD_NAMES:
        _FIELD_NAMES[kind] = tuple(f.name for f in fields(kind)) if is_dataclass(kind) else None
    return _FIELD_NAMES[kind]


def _encode_record(value: Any) -> bytes:
    return _encode_arrays(encode_record(value))


def _decode_record(payload: bytes) -> Any:
    return decode_record(_decode_arrays(payload))


def _encode_arrays(arrays: Arrays) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def _decode_arrays(payload: bytes) -> Arrays:
    with np.load(io.BytesIO(payload), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
