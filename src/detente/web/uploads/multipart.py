"""Receiver of multipart forms with one file."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from python_multipart.exceptions import MultipartParseError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from detente.web.uploads.errors import UploadRefused
from detente.web.uploads.limits import MAX_BYTES, MAX_FIELD_BYTES, MIB
from detente.web.uploads.model import check_file_name


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """Name and size of the received file, and the other fields of its form."""

    name: str
    bytes: int
    fields: dict[str, str]


async def receive_file(request: Request, folder: Path, most: int = MAX_BYTES) -> ReceivedFile:
    """Write the file of a form into a folder under its own, checked name.

    The request is first spooled to the system's temporary folder (`TMPDIR`).

    Raises:
        HTTPException: 415 or 400, not a form with a file. UploadRefused: a bad name, an empty or too large file.
        The folder may then hold a part of the file; the caller removes it.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise HTTPException(415, "Files must be sent as multipart/form-data, as browsers send forms.")
    try:
        async with request.form(max_files=1, max_fields=20, max_part_size=MAX_FIELD_BYTES) as form:
            return await run_in_threadpool(_save, form, folder, most)
    except MultipartParseError as e:
        raise HTTPException(400, f"The form cannot be read ({e}). Send it again.") from e


def _save(form: FormData, folder: Path, most: int) -> ReceivedFile:
    files = [v for v in form.values() if isinstance(v, UploadFile)]
    if not files or files[0].filename is None:
        raise UploadRefused("", "no file was chosen", "Choose a file, then send it.")
    name = check_file_name(files[0].filename.replace("%22", '"'))
    if not files[0].size:
        raise UploadRefused(name, "it is empty", "Download it again; the download may have failed.")
    if files[0].size > most:
        remedy = "Compress it, send it in parts, or give it to those who run this workbench."
        raise UploadRefused(name, f"it is larger than {most // MIB:,} MiB", remedy)
    # O_EXCL and O_NOFOLLOW: never write through an existing file or link.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(folder / name, flags, 0o600), "wb") as target:
        shutil.copyfileobj(files[0].file, target, MIB)
    return ReceivedFile(name, files[0].size, {k: v for k, v in form.items() if isinstance(v, str)})
