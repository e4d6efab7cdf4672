"""Where each record of a delimited file begins and ends, whether it can be read, and how many there are.

A CSV reader that meets a stray quotation mark may swallow the rows below it, and one that skips bad lines
does not say which. So every byte is looked at once, before any reader is asked: the file is cut into
records, each is good or has a named fault, and together they are the file. The rules are RFC 4180's:

- a field may stand between quotation marks, which are doubled inside it; then it may hold line ends;
- a mark inside a field that began without one is a plain character;
- a line end is `\\n` or `\\r\\n`; an empty line is no record.

A record that cannot be read ends where the next readable one begins, at the latest where it ends by the
rules above. So a mark that is never closed costs its own row and none below it. A line inside a field that begins
with an id of the same form as the record's is taken for a row that a stray mark has swallowed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from detente.core.jit import jit

GOOD, WRONG_FIELD_COUNT, UNCLOSED_QUOTE, STRAY_QUOTE, ZERO_BYTE, CARRIAGE_RETURN, TOO_LONG, NOT_UTF8, BLANK = range(9)

MAX_RECORD_BYTES = 1 << 20  # bytes of one record: no provider's row comes near a megabyte
_NEEDS_MORE_BYTES = -1


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """How a file is cut: the byte between fields, the quotation mark (0: none) and the number of fields."""

    delimiter: int
    mark: int
    fields: int


@dataclass(frozen=True, slots=True)
class RecordBlock:
    """Records of one stretch of a file, in order.

    `data` is the stretch; record i is `data[start[i]:stop[i]]`, without its line end, and stands in row
    `row[i]` of the file. `kind[i]` is GOOD or one of the faults; `found[i]` is its number of fields.
    `whole` says that the stretch holds good records and nothing else, not even an empty line.
    """

    data: NDArray[np.uint8]
    row: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    kind: NDArray[np.int8]
    found: NDArray[np.int32]
    whole: bool

    def raw(self, i: int) -> str:
        """What stood there, as text; a byte that is no UTF-8 as `\\xfa`."""
        return bytes(self.data[self.start[i] : self.stop[i]]).decode("utf-8", "backslashreplace")

    def without_first(self) -> "RecordBlock":
        """The same without the first record: what follows a header."""
        if len(self.row) > 1:
            begin = self.start[1]
            return RecordBlock(
                self.data[begin:], self.row[1:], self.start[1:] - begin, self.stop[1:] - begin, self.kind[1:],
                self.found[1:], self.whole,
            )  # fmt: skip
        return RecordBlock(
            self.data[:0], self.row[:0], self.start[:0], self.stop[:0], self.kind[:0], self.found[:0], True
        )  # fmt: skip

    def select_good(self) -> tuple[bytes | memoryview, NDArray[np.int64]]:
        """The bytes of the good records alone, each with its line end, and their rows."""
        if self.whole:
            return self.data.data, self.row
        kept = self.kind == GOOD
        parts = [bytes(self.data[a:b]) for a, b in zip(self.start[kept], self.stop[kept], strict=True)]
        return (b"\n".join(parts) + b"\n" if parts else b""), self.row[kept]


def scan_records(blocks: Iterable[bytes], layout: CsvDialect, *, first_row: int = 1) -> Iterator[RecordBlock]:
    """Cut a stream of bytes into records, block by block; memory holds one block and one record more.

    Args:
        blocks: the file's bytes in order, in pieces of any size.
        layout: how it is cut.
        first_row: the row of the first record; empty lines take a row and are no record.

    Example:
        >>> told = list(scan_records([b'1,"a\\n', b'b",2\\n3,4\\n\\n5,6,7'], CsvDialect(ord(","), ord('"'), 3)))
        >>> [(int(r), t.raw(i), int(t.kind[i])) for t in told for i, r in enumerate(t.row)]
        [(1, '1,"a\\nb",2', 0), (2, '3,4', 1), (4, '5,6,7', 0)]
    """
    rest = b""
    row = first_row
    for block in blocks:
        data = rest + block
        told, used = _scan_block(data, layout, row, last=False)
        rest = data[used:]
        if told is not None:
            row = told[1]
            if len(told[0].row):
                yield told[0]
    told, _ = _scan_block(rest, layout, row, last=True)
    if told is not None and len(told[0].row):
        yield told[0]


def _scan_block(data: bytes, layout: CsvDialect, row: int, *, last: bool) -> tuple[tuple[RecordBlock, int] | None, int]:
    if not data:
        return None, 0
    array = np.frombuffer(data, dtype=np.uint8)
    room = 1 + data.count(b"\n")
    start, stop = np.empty(room, np.int64), np.empty(room, np.int64)
    kind, found = np.empty(room, np.int8), np.empty(room, np.int32)
    n, used = _scan(array, layout.delimiter, layout.mark, layout.fields, last, start, stop, kind, found)
    start, stop, kind, found = start[:n], stop[:n], kind[:n], found[:n]
    rows = row + np.arange(n, dtype=np.int64)
    _mark_foreign_bytes(data, used, start, stop, kind)
    whole = bool((kind == GOOD).all())
    real = kind != BLANK
    if not real.all():
        start, stop, kind, found, rows = start[real], stop[real], kind[real], found[real], rows[real]
    return (RecordBlock(array[:used], rows, start, stop, kind, found, whole), row + n), used


def _mark_foreign_bytes(
    data: bytes, used: int, start: NDArray[np.int64], stop: NDArray[np.int64], kind: NDArray[np.int8]
) -> None:
    if _is_text(data, 0, used):
        return
    for i in range(len(start)):
        if kind[i] != BLANK and not _is_text(data, int(start[i]), int(stop[i])):
            kind[i] = NOT_UTF8


def _is_text(data: bytes, start: int, stop: int) -> bool:
    """Is it UTF-8? Arrow's check is seven times as fast as Python's decoding and keeps no copy."""
    ends = pa.py_buffer(np.array([start, stop], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(data)]).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


@jit
def _scan_record(
    data: NDArray[np.uint8], i: int, delimiter: int, mark: int, last: bool, stops: NDArray[np.uint8]
) -> tuple[int, int, int, int, bool]:
    """One record from byte i: (next record, stop, fields, kind, several lines?); next is _MORE where the bytes end."""
    end = min(len(data), i + MAX_RECORD_BYTES)
    first, fields, kind, several = i, 1, 0, False
    while True:
        # At the first byte of a field.
        quoted = mark != 0 and i < end and data[i] == mark
        if quoted:
            i += 1
            while True:
                if i >= end:
                    if end < len(data):
                        return end, end, fields, TOO_LONG, several
                    if last:
                        return end, end, fields, UNCLOSED_QUOTE, several
                    return _NEEDS_MORE_BYTES, i, fields, kind, several
                b = data[i]
                if stops[b] == 0:
                    i += 1
                    continue
                if b == mark:
                    if i + 1 < end and data[i + 1] == mark:
                        i += 2
                        continue
                    if i + 1 >= end and not last and end == len(data):
                        return _NEEDS_MORE_BYTES, i, fields, kind, several
                    i += 1
                    break
                if b == 0:
                    kind = ZERO_BYTE
                elif b == 10:
                    several = True
                i += 1
            if i < end and data[i] != delimiter and data[i] != 10 and data[i] != 13 and kind == 0:
                kind = STRAY_QUOTE
        while True:
            if i >= end:
                if end < len(data):
                    return end, end, fields, TOO_LONG, several
                if last:
                    return end, end, fields, kind, several
                return _NEEDS_MORE_BYTES, i, fields, kind, several
            b = data[i]
            if stops[b] == 0:
                i += 1
                continue
            if b == delimiter:
                fields += 1
                i += 1
                break
            if b == 10:
                stop = i
                # One before it belongs to the line end.
                if stop > first and data[stop - 1] == 13:
                    stop -= 1
                return i + 1, stop, fields, kind, several
            if b == 13 and not (i + 1 < end and data[i + 1] == 10):
                if i + 1 >= end and end == len(data):
                    if not last:
                        return _NEEDS_MORE_BYTES, i, fields, kind, several
                    return end, i, fields, kind, several
                kind = CARRIAGE_RETURN
            elif b == 0:
                kind = ZERO_BYTE
            i += 1


@jit
def _have_same_form(data: NDArray[np.uint8], i: int, j: int, end: int, delimiter: int) -> bool:
    """Do two lines begin with a field of one form: as long, with digits and letters at the same places?"""
    n = 0
    while j + n < end:
        a, b = data[i + n], data[j + n]
        if a == delimiter or b == delimiter:
            return a == b and n >= 4
        digits = 48 <= a <= 57 and 48 <= b <= 57
        letters = 65 <= a <= 90 and 65 <= b <= 90
        if not (digits or letters or (a == b and a != 32)):
            return False
        n += 1
    return False


@jit
def _scan(
    data: NDArray[np.uint8], delimiter: int, mark: int, expected: int, last: bool,
    start: NDArray[np.int64], stop: NDArray[np.int64], kind: NDArray[np.int8], found: NDArray[np.int32],
) -> tuple[int, int]:  # fmt: skip
    stops = np.zeros(256, np.uint8)  # 1 where a byte may mean more than itself
    for b in (0, 10, 13, delimiter, mark):
        stops[b] = 1
    n, i, size = 0, 0, len(data)
    while i < size:
        following, end, fields, bad, several = _scan_record(data, i, delimiter, mark, last, stops)
        if following == _NEEDS_MORE_BYTES:
            if size - i < MAX_RECORD_BYTES:
                break
            following, end, bad = size, size, TOO_LONG
        if bad == 0 and fields != expected:
            bad = WRONG_FIELD_COUNT
        if end == i and bad == WRONG_FIELD_COUNT and fields == 1:
            bad = BLANK
        if several or bad == TOO_LONG:
            j = i
            while j < end:
                if data[j] == 10 and j + 1 < end:
                    # A row swallowed by a mark of the one before it begins as that one does: with an id of its form.
                    begins = several and _have_same_form(data, i, j + 1, end, delimiter)
                    if not begins and bad != 0:
                        # Only where the rules are broken: a line in a headline may by chance look like a whole record.
                        after, _, inside, ill, _ = _scan_record(data, j + 1, delimiter, mark, last, stops)
                        if after == _NEEDS_MORE_BYTES and not last and size - j < MAX_RECORD_BYTES:
                            # Whether the next line is whole is not known before more bytes have come.
                            return n, i
                        begins = after != _NEEDS_MORE_BYTES and ill == 0 and inside == expected
                    if begins:
                        following, end = j + 1, j
                        if data[j - 1] == 13:
                            end -= 1
                        if bad == 0 or bad == TOO_LONG:
                            bad = UNCLOSED_QUOTE
                        break
                j += 1
        start[n], stop[n], kind[n], found[n] = i, end, bad, fields
        n += 1
        i = following
    return n, i
