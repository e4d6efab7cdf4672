"""A release being read: a stream of event batches, and an account of every row at its end."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from detente.sources.archive import LeftOutFile
from detente.sources.release import Release

REJECTS_SCHEMA = pa.schema(
    [
        pa.field(name, pa.int64() if name == "row" else pa.string(), nullable=False)
        for name in "source release row column value reason remedy raw".split()
    ]
)


@dataclass(frozen=True, slots=True)
class PartAccount:
    """Account of one sheet or member: `rows == events + merged + set_aside`.

    `first_row` is the number of its first row in the release, None without rows. `notes` say how it was read.
    """

    name: str
    first_row: int | None
    rows: int
    events: int
    merged: int
    set_aside: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowAccount:
    """Account of all rows: `rows == events + merged + set_aside.num_rows`.

    Fields:
        rows: rows of the release without headers and empty lines.
        events: events created. merged: duplicate rows merged into another.
        set_aside: rejected rows in `REJECTS_SCHEMA`, each with its first error.
        parts: the same by sheet and member, in order. left_out: files that were not read, and why.
        without_place: events whose coordinates were not used, with the reason among their doubts.
    """

    rows: int
    events: int
    merged: int
    set_aside: pa.Table
    parts: tuple[PartAccount, ...] = ()
    left_out: tuple[LeftOutFile, ...] = ()
    without_place: int = 0


@dataclass(frozen=True, slots=True)
class EventStream:
    """A release and the stream of its events, readable once.

    `events` yields batches of `events.arrow.SCHEMA` with raw actor names; a list of deleted events yields batches of
    `events.vintage.WITHDRAWN_SCHEMA`. Call `account()` after `events` is exhausted.
    """

    release: Release
    events: pa.RecordBatchReader
    account: Callable[[], RowAccount]
