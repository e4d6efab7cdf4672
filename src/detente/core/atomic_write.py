"""Atomic writing of several files into one folder: all of them or none."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from detente.core.errors import CannotWrite


def write_files(files: Mapping[str, bytes | Iterable[bytes]], folder: Path, option: str = "--out") -> list[Path]:
    """Write files into a folder, created if needed. Files are replaced only after all have been written.

    Args:
        files: contents by file name, as bytes or as an iterable of chunks.
        option: command-line option that named the folder, for the error message.

    Raises:
        CannotWrite: the folder cannot be created or written; existing files are unchanged.
    """
    staged: list[tuple[str, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
            staged.append((temporary, folder / name))
            with os.fdopen(handle, "wb") as f:
                f.writelines([content] if isinstance(content, bytes) else content)
            # mkstemp creates files that only their owner can read; outputs are meant to be shared.
            Path(temporary).chmod(0o644)
        for _, path in staged:
            if path.is_dir():
                raise IsADirectoryError(f"{path.name} is a folder")
        for temporary, path in staged:
            Path(temporary).replace(path)
    except BaseException as e:
        for temporary, _ in staged:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(e, OSError):
            raise CannotWrite(folder, e.strerror or str(e), option) from e
        raise
    return [path for _, path in staged]
