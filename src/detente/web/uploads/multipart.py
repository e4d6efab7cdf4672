"""A form with a file, written to the disk as it comes: memory holds a piece of it at a time."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from detente.web.uploads.errors import UploadRefused
from detente.web.uploads.limits import MIB, MOST_BYTES
from detente.web.uploads.model import checked_name

MOST_FIELD = 4096
"""Bytes of a field that is no file."""


@dataclass(frozen=True, slots=True)
class Received:
    """The file's own name and size, and the other fields of its form."""

    name: str
    bytes: int
    fields: dict[str, str]


async def receive(request: Request, folder: Path, most: int = MOST_BYTES) -> Received:
    """Write the form's file into a folder, under its own name once that was checked.

    Raises:
        HTTPException: 415 or 400, it is no form with a file. UploadRefused: its name, its size, or nothing in it.
        In each case the folder may hold a part of it, for the caller to remove.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise HTTPException(415, "A file is taken as multipart/form-data, as a browser's form sends it.")
    told = _Form(folder, most)
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": told.part_begin, "on_header_field": told.header_field, "on_header_value": told.header_value,
            "on_header_end": told.header_end, "on_headers_finished": told.headers_finished,
            "on_part_data": told.part_data, "on_part_end": told.part_end, "on_end": told.end,
        },
    )  # fmt: skip
    try:
        async for piece in request.stream():
            await run_in_threadpool(parser.write, piece)
    except MultipartParseError as e:
        raise HTTPException(400, f"The form cannot be read ({e}). Send it again.") from e
    finally:
        told.close()
    if not told.ended:
        raise UploadRefused(told.name or "the file", "it was cut off on its way", "Send it again.")
    if told.name is None:
        raise UploadRefused("", "no file was chosen", "Choose one, then send it.")
    if not told.bytes:
        raise UploadRefused(told.name, "it is empty", "Was the download cut off? Fetch it again.")
    return Received(told.name, told.bytes, told.fields)


class _Form:
    """What of the form has come so far."""

    def __init__(self, folder: Path, most: int) -> None:
        self.folder, self.most = folder, most
        self.name: str | None = None
        self.bytes = 0
        self.fields: dict[str, str] = {}
        self.ended = False
        self._file: int | None = None
        self._field, self._value = b"", b""
        self._header: list[bytes] = [b"", b""]

    def part_begin(self) -> None:
        self._field, self._value, self._header = b"", b"", [b"", b""]

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._header[0] += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1] += data[start:end]

    def header_end(self) -> None:
        if self._header[0].lower() == b"content-disposition":
            _, options = parse_options_header(self._header[1])
            self._field = options.get(b"name", b"")
            if b"filename" in options:
                # As it was sent: the parser would drop what stands before a stroke.
                given = re.search(rb'filename="((?:[^"\\]|\\.)*)"', self._header[1])
                raw = given[1] if given else options[b"filename"]
                self._open(raw.decode("utf-8", "replace").replace("%22", '"'))
        self._header = [b"", b""]

    def headers_finished(self) -> None:
        if not self._field:
            raise HTTPException(400, "A part of the form has no name.")

    def part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self.bytes += end - start
            if self.bytes > self.most:
                raise UploadRefused(
                    self.name or "", f"it is larger than {self.most // MIB:,} MiB",
                    "Compress it, send it in parts, or read it with `detente ingest`.",
                )  # fmt: skip
            view = memoryview(data)[start:end]
            while view:
                view = view[os.write(self._file, view) :]
            return
        self._value += data[start:end]
        if len(self._value) > MOST_FIELD:
            raise HTTPException(413, "A field of the form is too long.")

    def part_end(self) -> None:
        if self._file is not None:
            self.close()
        elif len(self.fields) < 20:
            self.fields[self._field.decode("utf-8", "replace")] = self._value.decode("utf-8", "replace")

    def end(self) -> None:
        self.ended = True

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self, name: str) -> None:
        if self.name is not None:
            raise UploadRefused(
                name, "one file is taken at a time", "Send them one after the other, or in a zip archive."
            )
        self.name = checked_name(name)
        # Made anew and nowhere else: a link that stood there would not be followed.
        how = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        self._file = os.open(self.folder / self.name, how, 0o600)
