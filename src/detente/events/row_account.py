"""One release being read: events as a stream of Arrow batches, and an account of every row at the end."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from detente.sources.release import Release

REJECTS_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("release", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("column", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("remedy", pa.string(), nullable=False),
        pa.field("raw", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class RowAccount:
    """What became of every row: `rows == events + merged + set_aside.num_rows`, always.

    Fields:
        rows: rows of the release, headers and empty lines apart.
        events: events that came of them. merged: rows that repeat another and were folded into it.
        set_aside: one row of `SET_ASIDE` for each row that could not be read; its first fault is told.
    """

    rows: int
    events: int
    merged: int
    set_aside: pa.Table


@dataclass(frozen=True, slots=True)
class EventStream:
    """A release and the stream of its events, to be read once.

    `events` gives batches under `events.table.SCHEMA`, actors as raw names; a list of deleted events gives
    batches under `events.vintage.WITHDRAWN`. `account()` may be asked once `events` is exhausted.
    """

    release: Release
    events: pa.RecordBatchReader
    account: Callable[[], RowAccount]
