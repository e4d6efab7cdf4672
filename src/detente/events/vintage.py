"""Data vintages: the events as known on a given day. A later release supersedes an earlier one by id.

All rows of all releases are stored with the day on which they were known. The events as of a day follow from one rule,
implemented here on a table and in `cases/engine/latest.py` on an engine:

    of the rows of one id that were known by the day, the row of the release with the highest rank is valid.

`rank_releases` ranks releases published by the day above the others, then by publication date, then by name, since
providers number releases upwards. A row may be known before its release is published; it is then valid only if no
published release has the id. A valid row that is a withdrawal removes the event. A release that covers whole periods
(`ReleaseCoverage`) also removes earlier rows of the countries that it holds, which it does not repeat: an extract of one
country says nothing of others. Readers ensure that an id occurs once per release.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from detente.events.arrow import SCHEMA
from detente.events.countries import load_country_codes
from detente.sources import ucdp

WITHDRAWN_SCHEMA = pa.schema(
    [SCHEMA.field(name) for name in ("id", "source", "release", "row", "known_on", "first")]
    + [pa.field("withdrawn", pa.bool_(), nullable=False)]
)


@dataclass(frozen=True, slots=True)
class ReleaseCoverage:
    """A release that contains all its source's events from `first` to `last` in its countries, and its publication date.

    `countries` are ISO alpha-3 codes; None means those of the rows of `release`, or all if `release` is empty.
    """

    source: str
    first: date
    last: date
    known_on: date
    release: str = ""
    countries: frozenset[str] | None = None


class ReleaseLike(Protocol):
    """Protocol of a release: source, name and publication date."""

    @property
    def source(self) -> str: ...
    @property
    def release(self) -> str: ...
    @property
    def known_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class DatedRelease:
    """A release with its publication date, and the first and last day of its events where known."""

    source: str
    release: str
    known_on: date
    first: date | None = None
    last: date | None = None


def rank_releases(releases: Iterable[ReleaseLike], day: date = date.max) -> dict[tuple[str, str], int]:
    """Rank releases, by source and name, as of a day; of two rows of one id, the higher rank is valid.

    Example:
        >>> first, second = DatedRelease("ucdp", "v26_0_1", date(2026, 2, 28)), DatedRelease("ucdp", "v26_0_2", date(2026, 3, 31))
        >>> rank_releases([second, first])[("ucdp", "v26_0_2")], rank_releases([second, first], date(2026, 3, 1))[("ucdp", "v26_0_2")]
        (1, 0)
    """
    order = sorted({(k.known_on <= day, k.known_on, k.release, k.source) for k in releases})
    return {(source, release): i for i, (_, _, release, source) in enumerate(order)}


def find_release_coverage(releases: Iterable[ReleaseLike]) -> tuple[ReleaseCoverage, ...]:
    """Find the releases that cover whole periods: UCDP's, whose names state the period.

    The months of a release's own events narrow the period, where the release knows them: the name of an extract says more than it
    holds. The filter in the name of a file from UCDP's API gives countries and days.

    Example:
        >>> find_release_coverage([DatedRelease("ucdp", "GEDEvent_v25_1", date(2025, 6, 30)), DatedRelease("acled", "export", date(2025, 7, 1))])[0].last
        datetime.date(2024, 12, 31)
        >>> extract = DatedRelease("ucdp", "ged251_pakistan.csv", date(2025, 6, 30), date(2024, 10, 1), date(2024, 10, 3))
        >>> [(c.first.isoformat(), c.last.isoformat()) for c in find_release_coverage([extract])]
        [('2024-10-01', '2024-10-31')]
    """
    found = []
    for k in releases:
        named = ucdp.parse_covered_days(k.release) if k.source == "ucdp" else None
        if named is None:
            continue
        first, last = named
        countries: frozenset[str] | None = None
        if api := ucdp.parse_api_filter(k.release):
            numbers, start, end = api
            first, last = max(first, start or first), min(last, end or last)
            codes = load_country_codes("gwno")
            countries = frozenset(codes.get(n, n) for n in numbers) or None
        else:
            begin, end = getattr(k, "first", None), getattr(k, "last", None)
            if begin and end:
                first, last = (
                    max(first, begin.replace(day=1)),
                    min(last, end.replace(day=monthrange(end.year, end.month)[1])),
                )
        if first <= last:
            found.append(ReleaseCoverage(k.source, first, last, k.known_on, k.release, countries))
    return tuple(found)


def select_as_of(
    events: pa.Table, day: date, releases: Sequence[ReleaseLike], covers: Sequence[ReleaseCoverage] = ()
) -> pa.Table:
    """Select the events as known on a day, by the rule of this module, without withdrawn events.

    Args:
        events: rows of any number of releases, with `id`, `source`, `release` and `known_on`; a true value in an optional
            column `withdrawn` withdraws the id (`WITHDRAWN_SCHEMA`).
        day: later knowledge is excluded.
        releases: every release of the table with its publication date.
        covers: releases that cover whole periods, as yearly UCDP GED covers earlier Candidate months. A row of such a period
            and of their countries in an earlier release that the later one does not repeat has been dropped by its source.

    Returns:
        Rows of the table in their order.

    Raises:
        ValueError: `releases` lacks the release of a row.

    Example:
        >>> old = {"id": "7", "source": "ucdp", "release": "v1", "known_on": date(2026, 2, 1), "best": 3}
        >>> new = {**old, "release": "v2", "known_on": date(2026, 3, 1), "best": 5}
        >>> both, out = pa.Table.from_pylist([old, new]), [DatedRelease("ucdp", "v1", date(2026, 2, 1)), DatedRelease("ucdp", "v2", date(2026, 3, 1))]
        >>> [select_as_of(both, d, out)["best"].to_pylist() for d in (date(2026, 2, 28), date(2026, 3, 1))]
        [[3], [5]]
    """
    known = select_known(events, day)
    if not known.num_rows:
        return known
    published = {(k.source, k.release): k.known_on for k in releases}
    ranks = rank_releases(releases, day)
    # One lookup per pair of source and release, not per row.
    pairs = pc.binary_join_element_wise(known["source"], known["release"], "\x00").combine_chunks()
    pairs = pc.dictionary_encode(pairs)
    pairs = pairs.combine_chunks() if isinstance(pairs, pa.ChunkedArray) else pairs
    keys = [tuple(p.split("\x00")) for p in pairs.dictionary.to_pylist()]
    for key in keys:
        if key not in ranks:
            raise ValueError(f"No publication date for release {'/'.join(key)}; known: {sorted(ranks)}")
    rank = pa.array([ranks[k] for k in keys], pa.int64()).take(pairs.indices)
    since = pa.array([published[k] for k in keys], pa.date32()).take(pairs.indices)
    index = pa.array(range(known.num_rows), pa.int64())
    at = pa.table({"source": known["source"], "id": known["id"], "rank": rank, "_at": index})
    at = at.take(pc.sort_indices(at, sort_keys=[("rank", "ascending"), ("_at", "ascending")]))
    last = at.group_by(["source", "id"], use_threads=False).aggregate([("_at", "last")])
    rows = last["_at_last"].combine_chunks().sort()
    newest, since = known.take(rows), since.take(rows)
    keep = pa.array([True] * newest.num_rows)
    if "withdrawn" in newest.column_names:
        keep = pc.invert(pc.fill_null(newest["withdrawn"], False))
    for c in covers:
        if c.known_on <= day:
            within = pc.and_(
                pc.greater_equal(newest["first"], pa.scalar(c.first)), pc.less_equal(newest["first"], pa.scalar(c.last))
            )
            if (countries := _find_countries(events, c)) is not None:
                within = pc.and_(within, pc.fill_null(pc.is_in(newest["country"], value_set=countries), False))
            earlier = pc.and_(pc.equal(newest["source"], c.source), pc.less(since, pa.scalar(c.known_on)))
            keep = pc.and_(keep, pc.invert(pc.and_(within, earlier)))
    return newest.filter(keep)


def _find_countries(events: pa.Table, c: ReleaseCoverage) -> pa.Array | None:
    if c.countries is not None:
        return pa.array(sorted(c.countries), pa.string())
    if not c.release:
        return None
    own = events.filter(pc.and_(pc.equal(events["source"], c.source), pc.equal(events["release"], c.release)))
    return pa.array(own["country"].unique().drop_null(), pa.string())


def select_known(events: pa.Table, day: date) -> pa.Table:
    """Select all rows that were known by a day, including superseded ones."""
    return events.filter(pc.less_equal(events["known_on"], pa.scalar(day, pa.date32())))


def select_latest(events: pa.Table, releases: Sequence[ReleaseLike]) -> pa.Table:
    """Select the events as known from all releases."""
    return select_as_of(events, date.max, releases)
