"""One release being read: batches of events that stream, and the account of every row, given at the end."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from detente.sources.published import Release

SET_ASIDE = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("release", pa.string()),
        pa.field("row", pa.int64()),
        pa.field("column", pa.string()),
        pa.field("value", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("remedy", pa.string()),
        pa.field("raw", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Account:
    """Where every row of a release went. `rows == events + merged + set_aside.num_rows`, always.

    Fields:
        rows: rows read, the header apart.
        events: rows that became events.
        merged: rows folded into another row as its repeats, counted.
        set_aside: rows that could not be read, with the reason; schema `SET_ASIDE`, one row each.
    """

    rows: int
    events: int
    merged: int
    set_aside: pa.Table


@dataclass(frozen=True, slots=True)
class Reading:
    """One release being read.

    Fields:
        release: its source, name, the day it became known, and the hash of its bytes.
        events: batches of canonical events whose actors are still raw names.
        account: to be asked once `events` is exhausted.
    """

    release: Release
    events: pa.RecordBatchReader
    account: Callable[[], Account]
