"""Pipeline from text blocks to an event stream, with rejected rows on disk and every row counted."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
import pyarrow as pa

from detente.events.cell_forms import FIRST_DAY, ReadingOptions, rewrite_cells
from detente.events.deduplicate import Deduplicator
from detente.events.place_check import drop_implausible_places
from detente.events.rejects_buffer import RejectsBuffer
from detente.events.row_account import REJECTS_SCHEMA, EventStream, PartAccount, RowAccount
from detente.events.sql_translator import Translation, Translator, build_rejects, open_connection, to_batches
from detente.sources.archive import LeftOutFile, ReleaseFile
from detente.sources.arrow_columns import ROW_COLUMN, explain_rejection, find_good_records, parse_columns
from detente.sources.csv_scanner import GOOD, RecordBlock, scan_records
from detente.sources.detect import ROW_NAMES, DetectedFormat
from detente.sources.release import Release

T = TypeVar("T")
DetectedFiles = tuple[tuple[ReleaseFile, DetectedFormat], ...]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """One block of a release as text columns.

    `block` contains the rows that could be split into fields; `raw(i)` is the original text of its row i.
    `broken` contains the others as (row, value, reason, remedy, raw). `part` is the number of the file of the release.
    """

    block: pa.Table
    raw: Callable[[int], str]
    broken: list[tuple[int, str, str, str, str]]
    part: int = 0


class _PartCounts:
    """Counts of one file of a release."""

    def __init__(self) -> None:
        self.first_row: int | None = None
        self.rows = self.rejected = self.events = self.without_place = 0
        self.notes: Counter[str] = Counter()


def stream_events(
    blocks: Iterator[TextBlock], translation: Translation, release: Release, *, parts: DetectedFiles = (),
    left_out: Sequence[LeftOutFile] = (), options: ReadingOptions | None = None,
) -> EventStream:  # fmt: skip
    """Translate the blocks of a release into an event stream; `parts` names its files for the account."""
    rejects = RejectsBuffer()
    deduplicator = Deduplicator() if translation.repeats else None
    counts: dict[int, _PartCounts] = {}
    exhausted = False

    def count_events(events: pa.Table) -> Iterator[pa.RecordBatch]:
        _count_by_part(events, counts)
        yield from to_batches(events, translation.schema)

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal exhausted
        translator = Translator(translation, release, options)
        for block in _prefetch(blocks):
            count = counts.setdefault(block.part, _PartCounts())
            first = _first_row(block)
            starts_part = count.first_row is None
            count.first_row = first if starts_part else count.first_row
            count.rows += block.block.num_rows + len(block.broken)
            out = translator.translate(block.block)
            count.notes.update(out.notes)
            failed = build_rejects(out, block.block, release, block.raw)
            failed = pa.concat_tables([failed, _build_rejects(block, release)]).sort_by("row")
            count.rejected += failed.num_rows
            rejects.add(_explain_tag_row(failed, first) if starts_part else failed)
            events, without_place = drop_implausible_places(out.events)
            count.without_place += without_place
            if events.num_rows:
                yield from count_events(deduplicator.add(events) if deduplicator else events)
        if deduplicator:
            yield from count_events(deduplicator.flush(translation.schema))
        exhausted = True

    def account() -> RowAccount:
        if not exhausted:
            raise RuntimeError(f"The events of {release.name} are not all read yet. Read them before account().")
        return RowAccount(
            rows=sum(c.rows for c in counts.values()),
            events=sum(c.events for c in counts.values()),
            merged=deduplicator.merged if deduplicator else 0,
            set_aside=rejects.table(),
            parts=_build_part_accounts(parts, counts),
            left_out=tuple(left_out),
            without_place=sum(c.without_place for c in counts.values()),
        )

    return EventStream(release, pa.RecordBatchReader.from_batches(translation.schema, batches()), account)


def _first_row(block: TextBlock) -> int:
    rows = [r for r, *_ in block.broken[:1]]
    if block.block.num_rows:
        rows.append(block.block[ROW_COLUMN][0].as_py())
    return min(rows, default=0)


def _count_by_part(events: pa.Table, counts: dict[int, _PartCounts]) -> None:
    """Count events in their parts by row; a merged event counts where its first row stands."""
    if len(counts) == 1:
        next(iter(counts.values())).events += events.num_rows
        return
    known = [(c.first_row, c) for c in counts.values() if c.first_row is not None]
    begins = np.array([r for r, _ in known])
    which = np.searchsorted(begins, events["row"].to_numpy(), side="right") - 1
    for (_, c), n in zip(known, np.bincount(which, minlength=len(known)).tolist(), strict=True):
        c.events += n


def _build_part_accounts(parts: DetectedFiles, counts: dict[int, _PartCounts]) -> tuple[PartAccount, ...]:
    accounts = []
    for i, (part, detected) in enumerate(parts):
        c = counts.get(i, _PartCounts())
        notes = [*part.notes, *_describe_layout(detected)]
        notes += [f"{k} in {n:,} {'row' if n == 1 else 'rows'}" for k, n in c.notes.items()]
        if c.without_place:
            notes.append(
                f"{c.without_place:,} events taken without coordinates, which lie outside their country or are contradicted"
            )
        merged = c.rows - c.events - c.rejected
        accounts.append(PartAccount(part.name, c.first_row, c.rows, c.events, merged, c.rejected, tuple(notes)))
    return tuple(accounts)


def _describe_layout(detected: DetectedFormat) -> list[str]:
    notes = []
    if detected.format.header and chr(detected.layout.delimiter) != detected.format.delimiters[0]:
        notes.append(
            {";": "separated by semicolons", "\t": "separated by tabs", ",": "separated by commas"}[
                chr(detected.layout.delimiter)
            ]
        )
    if ROW_NAMES in detected.unused:
        notes.append("row names dropped")
    if others := [c for c in detected.unused if c != ROW_NAMES]:
        shown = ", ".join(others[:8]) + (f" and {len(others) - 8} more" if len(others) > 8 else "")
        notes.append(f"columns not used: {shown}")
    if detected.absent:
        notes.append(f"columns not in the file, so unknown: {len(detected.absent)}")
    return notes


def _explain_tag_row(rejected: pa.Table, first: int) -> pa.Table:
    """Say of a first row of HXL tags what it is; humanitarian exchanges put them below the header (hxlstandard.org)."""
    rows = rejected.to_pylist()
    for r in rows:
        cells = [x.strip(' "') for x in r["raw"].replace(";", ",").replace("\t", ",").split(",")]
        tags = [x for x in cells if x.startswith("#")]
        if r["row"] == first and len(tags) >= 2 and len(tags) >= sum(map(bool, cells)) / 2:
            r |= {
                "column": "",
                "value": tags[0],
                "reason": "it holds HXL tags of the columns, no event",
                "remedy": "Nothing to mend.",
            }
            return pa.Table.from_pylist(rows, schema=REJECTS_SCHEMA)
    return rejected


def read_blocks(parts: DetectedFiles, needs: tuple[str, ...]) -> Iterator[TextBlock]:
    """Read delimited files block by block, with the columns in `needs`."""
    for i, records, detected in _read_records(parts):
        at = find_good_records(records)
        broken = []
        for k in np.flatnonzero(records.kind != GOOD).tolist():
            raw = records.raw(k)
            why = explain_rejection(records, k, detected.layout.fields)
            broken.append((int(records.row[k]), raw[:200], *why, raw))
        table = parse_columns(records, detected, needs)
        yield TextBlock(table, lambda i, records=records, at=at: records.raw(int(at[i])), broken, i)  # type: ignore[misc]


def find_last_day(
    blocks: Iterator[TextBlock], translation: Translation, options: ReadingOptions | None = None
) -> date | None:
    """Find the last plausible day of a release; None if no row has one."""
    options = options or ReadingOptions()
    connection = open_connection()
    days = f"max(day) FILTER (day BETWEEN DATE '{FIRST_DAY}' AND DATE '{options.last_day}')"
    query = f"SELECT {days}, count(*) - count(day) FROM (SELECT {translation.last_day} AS day FROM block)"
    last: date | None = None
    for block in blocks:
        table = block.block
        for attempt in (table, None):
            if attempt is None:
                table = rewrite_cells(table, translation.kinds, options).block
            connection.register("block", table)
            row = connection.execute(query).fetchone() or (None, 0)
            last = max((d for d in (last, row[0]) if d), default=None)
            if not row[1] or not translation.kinds.days:
                break
    return last


def _read_records(parts: DetectedFiles) -> Iterator[tuple[int, RecordBlock, DetectedFormat]]:
    row = 1
    for i, (part, detected) in enumerate(parts):
        header = detected.header
        for records in scan_records(part.blocks(), detected.layout, first_row=row):
            row = int(records.row[-1]) + 1
            data = records.without_first() if header else records
            header = False
            if len(data.row):
                yield i, data, detected


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
