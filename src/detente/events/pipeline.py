"""From blocks of text to a reading: translated one by one, what is set aside kept on disk, every row counted."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import duckdb
import pyarrow as pa

from detente.events.deduplicate import Repeats
from detente.events.rejects_buffer import Spool
from detente.events.row_account import SET_ASIDE, Account, Reading
from detente.events.sql_translator import Translation, Translator, as_batches, set_aside
from detente.sources.archive import Part
from detente.sources.arrow_columns import columns, good_at, why
from detente.sources.csv_scanner import GOOD, Records, records
from detente.sources.detect import Recognised
from detente.sources.release import Release

T = TypeVar("T")
Parts = tuple[tuple[Part, Recognised], ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a release, as columns of text.

    `block` holds the rows that could be cut into fields; `raw(i)` is what stood in the file for row i of the block.
    `broken` holds the others, without source and release: (row, value, reason, remedy, raw).
    """

    block: pa.Table
    raw: Callable[[int], str]
    broken: list[tuple[int, str, str, str, str]]


def stream(stretches: Iterator[Stretch], translation: Translation, release: Release) -> Reading:
    """A reading of a release; rows are counted through its files in order of name."""
    spool = Spool()
    repeats = Repeats() if translation.repeats else None
    count = {"rows": 0, "events": 0}
    ended: list[bool] = []

    def given(events: pa.Table) -> Iterator[pa.RecordBatch]:
        count["events"] += events.num_rows
        yield from as_batches(events, translation.schema)

    def batches() -> Iterator[pa.RecordBatch]:
        translator = Translator(translation, release)
        for stretch in _one_ahead(stretches):
            count["rows"] += stretch.block.num_rows + len(stretch.broken)
            out = translator.translate(stretch.block)
            faulty = set_aside(out, stretch.block, release, stretch.raw)
            spool.add(pa.concat_tables([faulty, _broken(stretch, release)]).sort_by("row"))
            if out.events.num_rows:
                yield from given(repeats.add(out.events) if repeats else out.events)
        if repeats:
            yield from given(repeats.rest(translation.schema))
        ended.append(True)

    def account() -> Account:
        if not ended:
            raise RuntimeError("what became of a release's rows is known when all its events have been read")
        return Account(count["rows"], count["events"], repeats.merged if repeats else 0, spool.table())

    return Reading(release, pa.RecordBatchReader.from_batches(translation.schema, batches()), account)


def stretches(parts: Parts, needs: tuple[str, ...]) -> Iterator[Stretch]:
    """Delimited files, stretch by stretch."""
    for told, like in _cut(parts):
        at = good_at(told)
        broken = []
        if not told.whole:
            for i in range(len(told.row)):
                if told.kind[i] != GOOD:
                    raw = told.raw(i)
                    broken.append((int(told.row[i]), raw[:200], *why(told, i, like.layout.fields), raw))
        yield Stretch(columns(told, like, needs), lambda i, told=told, at=at: told.raw(int(at[i])), broken)  # type: ignore[misc]


def last_day(found: Iterator[Stretch], sql: str) -> date | None:
    """The last day that a release speaks of, by SQL over its columns."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    last: date | None = None
    for stretch in found:
        connection.register("block", stretch.block)
        row = connection.execute(f"SELECT max({sql}) FROM block").fetchone()
        last = max((d for d in (last, row[0] if row else None) if d), default=None)
    return last


def _cut(parts: Parts) -> Iterator[tuple[Records, Recognised]]:
    row = 1
    for part, like in parts:
        header = like.format.header
        for told in records(part.blocks(), like.layout, first_row=row):
            row = int(told.row[-1]) + 1
            data = told.rest() if header else told
            header = False
            if len(data.row):
                yield data, like


def _broken(stretch: Stretch, release: Release) -> pa.Table:
    named = [
        {"source": release.source, "release": release.name, "row": row, "column": "", "value": value,
         "reason": reason, "remedy": remedy, "raw": raw}
        for row, value, reason, remedy, raw in stretch.broken
    ]  # fmt: skip
    return pa.Table.from_pylist(named, schema=SET_ASIDE)


def _one_ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items; the next is made ready in a thread while the last is used, since both leave a core idle."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item
