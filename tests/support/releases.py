"""Releases made for a test, as a reader would hand them on: as many events and rows set aside as are asked for."""

from collections.abc import Iterator
from datetime import date, timedelta

import pyarrow as pa

from detente.events.arrow import SCHEMA
from detente.events.row_account import REJECTS_SCHEMA, EventStream, RowAccount
from detente.sources.release import Release

FIRST_DAY = date(2025, 1, 1)


def make_table(
    ids: list[str], source: str = "made", release: str = "A", deaths: int | None = 3, days: int = 300
) -> pa.Table:
    """Events with these ids, a day after one another, in the schema that readers hand on."""
    rows = []
    for i, key in enumerate(ids):
        day = FIRST_DAY + timedelta(days=i % days)
        rows.append(
            {"id": key, "source": source, "release": release, "row": i + 2, "known_on": day, "first": day, "last": day,
             "date_precision": "day", "country": "AFG", "province": None, "place": None, "latitude": None, "longitude": None,
             "geo_precision": "unknown", "raw_initiators": ["PAK"], "raw_recipients": ["AFG", "TTP"], "initiators": [],
             "recipients": [], "type": "ASSAULT", "quad": "material conflict", "mode": "airstrike", "context": None,
             "deaths_low": None, "deaths_best": deaths, "deaths_high": None, "civilian_deaths": None, "disputed": False,
             "confidence": None, "addresses": ["https://example.org/1"], "summary": "Made for a test."}
        )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def make_rejects(n: int, source: str = "made", release: str = "A") -> pa.Table:
    """n rows set aside."""
    rows = [
        {"source": source, "release": release, "row": 1000 + i, "column": "best", "value": "x", "reason": "it is no number",
         "remedy": "Write digits.", "raw": f"raw line {i}"}
        for i in range(n)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=REJECTS_SCHEMA)


def make_reading(
    events: pa.Table | Iterator[pa.RecordBatch], set_aside: int = 0, *, source: str = "made", release: str = "A",
    sha: str = "00", merged: int = 0, rows: int | None = None, count: int | None = None, known_on: date = FIRST_DAY,
    schema: pa.Schema = SCHEMA,
) -> EventStream:  # fmt: skip
    """A reading of these events, whose account adds up unless `rows` or `count` say otherwise."""
    if isinstance(events, pa.Table):
        stream, count = events.to_reader(max_chunksize=7), events.num_rows if count is None else count
    else:
        stream = pa.RecordBatchReader.from_batches(schema, events)
    n = count or 0
    account = RowAccount(
        n + merged + set_aside if rows is None else rows, n, merged, make_rejects(set_aside, source, release)
    )
    return EventStream(Release(source, release, known_on, sha), stream, lambda: account)


def make_release(n: int, set_aside: int = 0, *, release: str = "A", sha: str = "00", merged: int = 0) -> EventStream:
    """A release of n events whose ids begin with its name."""
    events = make_table([f"{release}-{i}" for i in range(n)], release=release)
    return make_reading(events, set_aside, release=release, sha=sha, merged=merged)
