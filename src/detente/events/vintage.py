"""Vintage: what was known when. A later release supersedes an earlier one by id; nothing is overwritten.

All rows of all releases are kept, each with the day on which it was known. What a reader of a given day could have
seen is worked out from them by one rule, here on a table and in `cases/engine/latest.py` on an engine:

    of the rows of one id that were known by the day, the row of the release with the highest place holds,

where releases that were out by the day come after those that were not, then go by the day they were out, then by name
(`places`); providers number their releases upwards. A release may tell of events older than itself, so a row can have been
known before its release was out; it then holds only where no release that was out tells of the id. What the row that
holds withdraws is an event no more. What a release tells anew as a whole stretch of days, it also drops (`Covers`).

An id stands once in a release: readers set a second row aside.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from detente.sources import ucdp

WITHDRAWN_SCHEMA = pa.schema(
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
class ReleaseCoverage:
    """A release that tells all its source knows of the days from `first` to `last`, and the day it was out."""

    source: str
    first: date
    last: date
    known_on: date


class ReleaseLike(Protocol):
    """What the rule asks of a release: whose it is, its name, and the day it was out."""

    @property
    def source(self) -> str: ...
    @property
    def release(self) -> str: ...
    @property
    def known_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class DatedRelease:
    """A release and the day it was out."""

    source: str
    release: str
    known_on: date


def rank_releases(releases: Iterable[ReleaseLike], day: date = date.max) -> dict[tuple[str, str], int]:
    """Releases by source and name, each with its place as seen from a day: of two rows of one id the higher place holds.

    Example:
        >>> first, second = DatedRelease("ucdp", "v26_0_1", date(2026, 2, 28)), DatedRelease("ucdp", "v26_0_2", date(2026, 3, 31))
        >>> rank_releases([second, first])[("ucdp", "v26_0_2")], rank_releases([second, first], date(2026, 3, 1))[("ucdp", "v26_0_2")]
        (1, 0)
    """
    order = sorted({(k.known_on <= day, k.known_on, k.release, k.source) for k in releases})
    return {(source, release): i for i, (_, _, release, source) in enumerate(order)}


def find_release_coverage(releases: Iterable[ReleaseLike]) -> tuple[ReleaseCoverage, ...]:
    """Which releases tell whole stretches of days anew: UCDP's, whose names say of which days.

    Example:
        >>> find_release_coverage([DatedRelease("ucdp", "GEDEvent_v25_1", date(2025, 6, 30)), DatedRelease("acled", "export", date(2025, 7, 1))])
        (ReleaseCoverage(source='ucdp', first=datetime.date(1989, 1, 1), last=datetime.date(2024, 12, 31), known_on=datetime.date(2025, 6, 30)),)
    """
    return tuple(
        ReleaseCoverage(k.source, *days, k.known_on)
        for k in releases
        if k.source == "ucdp" and (days := ucdp.parse_covered_days(k.release)) is not None
    )


def select_as_of(
    events: pa.Table, day: date, releases: Sequence[ReleaseLike], covers: Sequence[ReleaseCoverage] = ()
) -> pa.Table:
    """The events as they were known on a day, by the rule above, withdrawn ones left out.

    Args:
        events: rows of any number of releases, with `id`, `source`, `release` and `known_on`; a row that is true in a
            column `withdrawn` says that its id is an event no more (`WITHDRAWN`).
        day: nothing known later is read.
        releases: every release of the table, with the day it was out.
        covers: releases that tell whole stretches of days anew, as yearly UCDP GED does with the months of Candidate before it.
            A row of such a stretch from a release that was out earlier, which the later one does not repeat, has been
            dropped by its source.

    Returns:
        Rows of the table in their order.

    Raises:
        ValueError: a row is of a release that `releases` lacks.

    Example:
        >>> old = {"id": "7", "source": "ucdp", "release": "v1", "known_on": date(2026, 2, 1), "best": 3}
        >>> new = {**old, "release": "v2", "known_on": date(2026, 3, 1), "best": 5}
        >>> both, out = pa.Table.from_pylist([old, new]), [DatedRelease("ucdp", "v1", date(2026, 2, 1)), DatedRelease("ucdp", "v2", date(2026, 3, 1))]
        >>> [select_as_of(both, d, out)["best"].to_pylist() for d in (date(2026, 2, 28), date(2026, 3, 1))]
        [[3], [5]]
    """
    told = select_known(events, day)
    if not told.num_rows:
        return told
    out_on = {(k.source, k.release): k.known_on for k in releases}
    order = rank_releases(releases, day)
    # One look-up per pair of source and release, and not per row.
    pairs = pc.binary_join_element_wise(told["source"], told["release"], "\x00").combine_chunks()
    pairs = pc.dictionary_encode(pairs)
    pairs = pairs.combine_chunks() if isinstance(pairs, pa.ChunkedArray) else pairs
    keys = [tuple(p.split("\x00")) for p in pairs.dictionary.to_pylist()]
    for key in keys:
        if key not in order:
            raise ValueError(f"it is not said when {'/'.join(key)} was out; told of: {sorted(order)}")
    place = pa.array([order[k] for k in keys], pa.int64()).take(pairs.indices)
    since = pa.array([out_on[k] for k in keys], pa.date32()).take(pairs.indices)
    at = pa.table(
        {"source": told["source"], "id": told["id"], "place": place, "_at": pa.array(range(told.num_rows), pa.int64())}
    )
    at = at.take(pc.sort_indices(at, sort_keys=[("place", "ascending"), ("_at", "ascending")]))
    last = at.group_by(["source", "id"], use_threads=False).aggregate([("_at", "last")])
    rows = last["_at_last"].combine_chunks().sort()
    newest, since = told.take(rows), since.take(rows)
    keep = pa.array([True] * newest.num_rows)
    if "withdrawn" in newest.column_names:
        keep = pc.invert(pc.fill_null(newest["withdrawn"], False))
    for c in covers:
        if c.known_on <= day:
            within = pc.and_(
                pc.greater_equal(newest["first"], pa.scalar(c.first)), pc.less_equal(newest["first"], pa.scalar(c.last))
            )
            earlier = pc.and_(pc.equal(newest["source"], c.source), pc.less(since, pa.scalar(c.known_on)))
            keep = pc.and_(keep, pc.invert(pc.and_(within, earlier)))
    return newest.filter(keep)


def select_known(events: pa.Table, day: date) -> pa.Table:
    """All rows, superseded ones too, that were out by a day."""
    return events.filter(pc.less_equal(events["known_on"], pa.scalar(day, pa.date32())))


def select_latest(events: pa.Table, releases: Sequence[ReleaseLike]) -> pa.Table:
    """The events as they are known from all releases together."""
    return select_as_of(events, date.max, releases)
