"""Atomic writing: a file is replaced whole or not at all, and several files all or none."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from detente.core.errors import CannotWrite


def stage_file(path: Path, content: bytes | Iterable[bytes], mode: int = 0o644) -> Path:
    """Write a temporary file next to a path, on the disk when this returns; whoever calls replaces the path with it.

    Args:
        content: bytes, or an iterable of chunks. mode: the file's permissions.

    Raises:
        OSError: it cannot be written; nothing is left of it.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as f:
            f.writelines([content] if isinstance(content, bytes) else content)
            f.flush()
            os.fsync(f.fileno())
        temporary.chmod(mode)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def replace_file(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Replace a file whole.

    Raises:
        OSError: it cannot be written; the old file is unchanged.
    """
    temporary = stage_file(path, content, mode)
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def check_folder(folder: Path, option: str = "--out") -> None:
    """Check, before long work, that files can be written into a folder that may not exist yet. Nothing is created.

    Raises:
        CannotWrite: the folder, or the first one above it that exists, is a file or cannot be written.
    """
    there = folder.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise CannotWrite(folder, f"{there} is no folder", option)
    if not os.access(there, os.W_OK | os.X_OK):
        raise CannotWrite(folder, f"{there} cannot be written", option)


def write_files(files: Mapping[str, bytes | Iterable[bytes]], folder: Path, option: str = "--out") -> list[Path]:
    """Write files into a folder, created if needed. Files are replaced only after all have been written.

    Args:
        files: contents by file name, as bytes or as an iterable of chunks.
        option: command-line option that named the folder, for the error message.

    Raises:
        CannotWrite: the folder cannot be created or written; existing files are unchanged.
    """
    staged: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            staged.append((stage_file(folder / name, content), folder / name))
        for _, path in staged:
            if path.is_dir():
                raise IsADirectoryError(f"{path.name} is a folder")
        for temporary, path in staged:
            temporary.replace(path)
    except BaseException as e:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)
        if isinstance(e, OSError):
            raise CannotWrite(folder, e.strerror or str(e), option) from e
        raise
    return [path for _, path in staged]
