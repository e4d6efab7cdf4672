"""Write several files into a folder: all of them or none."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from detente.core.errors import CannotWrite


def write_files(files: Mapping[str, bytes | Iterable[bytes]], folder: Path, option: str = "--out") -> list[Path]:
    """Write files into a folder, made if needed. Each is replaced whole, after all are on the disk.

    Args:
        files: by name, each as a whole or as pieces that are made while it is written.
        option: the one by which a person named the place, for the error to name it.

    Raises:
        CannotWrite: the folder cannot be made or written; what stood there is untouched.
    """
    staged: list[tuple[str, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
            staged.append((temporary, folder / name))
            with os.fdopen(handle, "wb") as f:
                f.writelines([content] if isinstance(content, bytes) else content)
            # mkstemp makes files that only their owner can read; a brief is meant to be passed on.
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
