"""Pipeline from text blocks to an event stream, with rejected rows on disk and every row counted."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from detente.events.deduplicate import Deduplicator
from detente.events.rejects_buffer import RejectsBuffer
from detente.events.row_account import REJECTS_SCHEMA, EventStream, RowAccount
from detente.events.sql_translator import Translation, Translator, build_rejects, to_batches
from detente.sources.archive import ReleaseFile
from detente.sources.arrow_columns import explain_rejection, find_good_records, parse_columns
from detente.sources.csv_scanner import GOOD, RecordBlock, scan_records
from detente.sources.detect import DetectedFormat
from detente.sources.release import Release

T = TypeVar("T")
DetectedFiles = tuple[tuple[ReleaseFile, DetectedFormat], ...]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """One block of a release as text columns.

    `block` contains the rows that could be split into fields; `raw(i)` is the original text of its row i.
    `broken` contains the others as (row, value, reason, remedy, raw).
    """

    block: pa.Table
    raw: Callable[[int], str]
    broken: list[tuple[int, str, str, str, str]]


def stream_events(blocks: Iterator[TextBlock], translation: Translation, release: Release) -> EventStream:
    """Translate the blocks of a release into an event stream."""
    rejects = RejectsBuffer()
    deduplicator = Deduplicator() if translation.repeats else None
    count = {"rows": 0, "events": 0}
    exhausted = False

    def count_events(events: pa.Table) -> Iterator[pa.RecordBatch]:
        count["events"] += events.num_rows
        yield from to_batches(events, translation.schema)

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal exhausted
        translator = Translator(translation, release)
        for block in _prefetch(blocks):
            count["rows"] += block.block.num_rows + len(block.broken)
            out = translator.translate(block.block)
            failed = build_rejects(out, block.block, release, block.raw)
            rejects.add(pa.concat_tables([failed, _build_rejects(block, release)]).sort_by("row"))
            if out.events.num_rows:
                yield from count_events(deduplicator.add(out.events) if deduplicator else out.events)
        if deduplicator:
            yield from count_events(deduplicator.flush(translation.schema))
        exhausted = True

    def account() -> RowAccount:
        if not exhausted:
            raise RuntimeError(f"The events of {release.name} are not all read yet. Read them before account().")
        return RowAccount(count["rows"], count["events"], deduplicator.merged if deduplicator else 0, rejects.table())

    return EventStream(release, pa.RecordBatchReader.from_batches(translation.schema, batches()), account)


def read_blocks(parts: DetectedFiles, needs: tuple[str, ...]) -> Iterator[TextBlock]:
    """Read delimited files block by block, with the columns in `needs`."""
    for records, detected in _read_records(parts):
        at = find_good_records(records)
        broken = []
        for i in np.flatnonzero(records.kind != GOOD).tolist():
            raw = records.raw(i)
            why = explain_rejection(records, i, detected.layout.fields)
            broken.append((int(records.row[i]), raw[:200], *why, raw))
        table = parse_columns(records, detected, needs)
        yield TextBlock(table, lambda i, records=records, at=at: records.raw(int(at[i])), broken)  # type: ignore[misc]


def find_last_day(blocks: Iterator[TextBlock], sql: str) -> date | None:
    """Find the last day of a release by SQL over its columns; None if no row has a date."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    last: date | None = None
    for block in blocks:
        connection.register("block", block.block)
        row = connection.execute(f"SELECT max({sql}) FROM block").fetchone()
        last = max((d for d in (last, row[0] if row else None) if d), default=None)
    return last


def _read_records(parts: DetectedFiles) -> Iterator[tuple[RecordBlock, DetectedFormat]]:
    row = 1
    for part, detected in parts:
        header = detected.format.header
        for records in scan_records(part.blocks(), detected.layout, first_row=row):
            row = int(records.row[-1]) + 1
            data = records.without_first() if header else records
            header = False
            if len(data.row):
                yield data, detected


def _build_rejects(block: TextBlock, release: Release) -> pa.Table:
    rows = [
        {"source": release.source, "release": release.name, "row": row, "column": "", "value": value,
         "reason": reason, "remedy": remedy, "raw": raw}
        for row, value, reason, remedy, raw in block.broken
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=REJECTS_SCHEMA)


def _prefetch(items: Iterator[T]) -> Iterator[T]:
    """Yield the items and prepare the next one in a thread, so that both cores are used."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(next, items, None)
        while (item := future.result()) is not None:
            future = pool.submit(next, items, None)
            yield item
