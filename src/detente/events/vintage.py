"""Vintage: what was known when. A later release supersedes an earlier one by id; nothing is overwritten.

All rows of all releases are kept, each with the day on which it was known. What a reader of a given day could have
seen is worked out from them: of each id the row known last by then, unless its provider had withdrawn it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

WITHDRAWN = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("release", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("known_on", pa.date32(), nullable=False),
        pa.field("first", pa.date32(), nullable=False),
        pa.field("withdrawn", pa.bool_(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class Covers:
    """A release that tells all its source knows of the days from `first` to `last`, and the day it was out."""

    source: str
    first: date
    last: date
    known_on: date


def as_of(events: pa.Table, day: date, covers: Sequence[Covers] = ()) -> pa.Table:
    """The events as they were known on a day: newest row of each id that was out by then, withdrawn ones left out.

    Args:
        events: rows of any number of releases, with `id`, `source`, `release` and `known_on`; a row that is true in a
            column `withdrawn` says that its id is an event no more (`WITHDRAWN`).
        day: nothing known later is read.
        covers: releases that tell whole stretches of days anew, as yearly UCDP GED does with the months of Candidate before it.
            An earlier row of such a stretch that the later release does not repeat has been dropped by its source.

    Returns:
        Rows of the table in their order. Of two rows known on one day the one of the release later in the alphabet
        holds, then the later row: providers number their releases upwards.

    Example:
        >>> old = {"id": "7", "source": "ucdp", "release": "v1", "row": 2, "known_on": date(2026, 2, 1), "best": 3}
        >>> new = {**old, "release": "v2", "known_on": date(2026, 3, 1), "best": 5}
        >>> both = pa.Table.from_pylist([old, new])
        >>> as_of(both, date(2026, 2, 28))["best"].to_pylist(), as_of(both, date(2026, 3, 1))["best"].to_pylist()
        ([3], [5])
    """
    told = known(events, day)
    keys = [c for c in ("source", "id", "known_on", "release", "row") if c in told.column_names]
    order = pc.sort_indices(told, sort_keys=[(c, "ascending") for c in keys])
    at = told.select(keys).append_column("_at", pa.array(range(told.num_rows), pa.int64())).take(order)
    last = at.group_by(["source", "id"], use_threads=False).aggregate([("_at", "last")])
    newest = told.take(last["_at_last"].combine_chunks().sort())
    if "withdrawn" in newest.column_names:
        newest = newest.filter(pc.invert(pc.fill_null(newest["withdrawn"], False)))
    for c in covers:
        if c.known_on <= day:
            within = pc.and_(
                pc.greater_equal(newest["first"], pa.scalar(c.first)), pc.less_equal(newest["first"], pa.scalar(c.last))
            )
            earlier = pc.and_(pc.equal(newest["source"], c.source), pc.less(newest["known_on"], pa.scalar(c.known_on)))
            newest = newest.filter(pc.invert(pc.and_(within, earlier)))
    return newest


def known(events: pa.Table, day: date) -> pa.Table:
    """All rows, superseded ones too, that were out by a day."""
    return events.filter(pc.less_equal(events["known_on"], pa.scalar(day, pa.date32())))


def latest(events: pa.Table) -> pa.Table:
    """The events as they are known from all releases together."""
    return as_of(events, date.max)
