"""From blocks of text to a reading: translated one by one, what is set aside kept on disk, every row counted."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import duckdb
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
    """A stretch of a release, as columns of text.

    `block` holds the rows that could be cut into fields; `raw(i)` is what stood in the file for row i of the block.
    `broken` holds the others, without source and release: (row, value, reason, remedy, raw).
    """

    block: pa.Table
    raw: Callable[[int], str]
    broken: list[tuple[int, str, str, str, str]]


def stream_events(stretches: Iterator[TextBlock], translation: Translation, release: Release) -> EventStream:
    """A reading of a release; rows are counted through its files in order of name."""
    spool = RejectsBuffer()
    repeats = Deduplicator() if translation.repeats else None
    count = {"rows": 0, "events": 0}
    ended: list[bool] = []

    def given(events: pa.Table) -> Iterator[pa.RecordBatch]:
        count["events"] += events.num_rows
        yield from to_batches(events, translation.schema)

    def batches() -> Iterator[pa.RecordBatch]:
        translator = Translator(translation, release)
        for stretch in _prefetch(stretches):
            count["rows"] += stretch.block.num_rows + len(stretch.broken)
            out = translator.translate(stretch.block)
            faulty = build_rejects(out, stretch.block, release, stretch.raw)
            spool.add(pa.concat_tables([faulty, _build_rejects(stretch, release)]).sort_by("row"))
            if out.events.num_rows:
                yield from given(repeats.add(out.events) if repeats else out.events)
        if repeats:
            yield from given(repeats.flush(translation.schema))
        ended.append(True)

    def account() -> RowAccount:
        if not ended:
            raise RuntimeError("what became of a release's rows is known when all its events have been read")
        return RowAccount(count["rows"], count["events"], repeats.merged if repeats else 0, spool.table())

    return EventStream(release, pa.RecordBatchReader.from_batches(translation.schema, batches()), account)


def read_blocks(parts: DetectedFiles, needs: tuple[str, ...]) -> Iterator[TextBlock]:
    """Delimited files, stretch by stretch."""
    for told, like in _read_records(parts):
        at = find_good_records(told)
        broken = []
        if not told.whole:
            for i in range(len(told.row)):
                if told.kind[i] != GOOD:
                    raw = told.raw(i)
                    broken.append((int(told.row[i]), raw[:200], *explain_rejection(told, i, like.layout.fields), raw))
        yield TextBlock(parse_columns(told, like, needs), lambda i, told=told, at=at: told.raw(int(at[i])), broken)  # type: ignore[misc]


def find_last_day(found: Iterator[TextBlock], sql: str) -> date | None:
    """The last day that a release speaks of, by SQL over its columns."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    last: date | None = None
    for stretch in found:
        connection.register("block", stretch.block)
        row = connection.execute(f"SELECT max({sql}) FROM block").fetchone()
        last = max((d for d in (last, row[0] if row else None) if d), default=None)
    return last


def _read_records(parts: DetectedFiles) -> Iterator[tuple[RecordBlock, DetectedFormat]]:
    row = 1
    for part, like in parts:
        header = like.format.header
        for told in scan_records(part.blocks(), like.layout, first_row=row):
            row = int(told.row[-1]) + 1
            data = told.without_first() if header else told
            header = False
            if len(data.row):
                yield data, like


def _build_rejects(stretch: TextBlock, release: Release) -> pa.Table:
    named = [
        {"source": release.source, "release": release.name, "row": row, "column": "", "value": value,
         "reason": reason, "remedy": remedy, "raw": raw}
        for row, value, reason, remedy, raw in stretch.broken
    ]  # fmt: skip
    return pa.Table.from_pylist(named, schema=REJECTS_SCHEMA)


def _prefetch(items: Iterator[T]) -> Iterator[T]:
    """The same items; the next is made ready in a thread while the last is used, since both leave a core idle."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item
