"""Releases supplied by the user for a case, read as streams and filtered to the rows that concern the case.

They come from the store, where `detente ingest` puts them. Files that the case file names are read where they lie. A
folder of files (`DETENTE_DATA`, or `data` in the working directory) is read only where the store has no release of the
source; that is deprecated.

A row concerns the case if it happened in one of its two countries or names two of its parties. Other rows are counted
as elsewhere; they are valid, so they do not count as rejected. A row that withdraws an event concerns the case if the
event does.
"""

import hashlib
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from detente.cases.actors import find_codebook
from detente.cases.case_file import CaseFile, UserDataSource
from detente.cases.data_folder import data_folder
from detente.cases.errors import MissingUserData
from detente.cases.release_scope import covers_case
from detente.cases.store_read import StoreRead
from detente.core.errors import NoSuchFile
from detente.core.row_error import RowError
from detente.events.arrow import SCHEMA
from detente.events.rejects import RejectedRow
from detente.events.vintage import DatedRelease, ReleaseCoverage, find_release_coverage
from detente.sources import gdelt
from detente.sources.archive import READABLE_SUFFIXES
from detente.sources.release import Release

if TYPE_CHECKING:
    from detente.store.snapshot import ReleaseAccount, Snapshot

WITHDRAWN_FIELD = pa.field("withdrawn", pa.bool_())
CASE_SCHEMA = SCHEMA.append(WITHDRAWN_FIELD)


@dataclass(frozen=True, slots=True)
class CaseReleases:
    """Rows of a case in its releases.

    `releases` have their dates of publication, `events` raw actors. `set_aside` holds rejected rows, `elsewhere` counts
    rows of other conflicts. `covered` lists the periods covered: a month without its file is unknown, not quiet, and
    an extract of other countries covers none. `recoded`
    lists the periods for which a release replaces all earlier rows. `store` says what was read from a store; None if
    nothing was.
    """

    release: Release
    releases: tuple[DatedRelease, ...]
    events: pa.Table
    set_aside: tuple[RejectedRow, ...]
    elsewhere: int
    covered: tuple[ReleaseCoverage, ...]
    recoded: tuple[ReleaseCoverage, ...]
    store: StoreRead | None = None


@dataclass(frozen=True, slots=True)
class _CaseRelease:
    """Rows of a case in one release. `rows` counts the events of all conflicts, `days` are their first and last day,
    `countries` the countries they lie in. `named`: the case file names the file."""

    release: Release
    events: pa.Table
    rows: int
    merged: int
    rejected: pa.Table
    days: tuple[date, date] | None
    countries: frozenset[str]
    named: bool = False

    @property
    def concerns_case(self) -> bool:
        """Whether a row of it concerns the case, or the case file names the file."""
        return self.named or bool(pc.any(pc.invert(pc.fill_null(self.events["withdrawn"], False))).as_py())


def find_release_files(brought: UserDataSource) -> list[Path]:
    """List the files of a source in the folder of user data, sorted by name."""
    folder = data_folder() / brought.source
    files = [p for p in sorted(folder.iterdir()) if p.is_file()] if folder.is_dir() else []
    return [p for p in files if p.suffix.lower() in READABLE_SUFFIXES and not p.name.startswith(".")]


def read_case_releases(case: CaseFile, now: "Snapshot | None" = None) -> CaseReleases:
    """Read the releases of all sources of a case.

    Args:
        now: a version of the store. None: no store is read.

    Raises:
        MissingUserData: neither the store nor the folder has a release of a source.
        NoSuchFile: a release named in the case file is missing. CorruptStore: a file of the store cannot be read.
        Also the errors of `read_release`.
    """
    parts: list[_CaseRelease] = []
    stored: list[str] = []
    for brought in case.brought:
        accounts = find_stored_releases(now, brought)
        if brought.files:
            for path in _list_named_files(case, brought):
                parts += [replace(p, named=True) for p in _read_file(case, brought, path)]
        elif now is not None and accounts:
            _warn_of_unread_files(brought, accounts)
            parts += [_read_stored(case, now, k) for k in accounts]
            stored += [k.name for k in accounts]
        else:
            for path in _list_folder_files(case, brought, now):
                parts += _read_file(case, brought, path)
    events = pa.concat_tables([p.events for p in parts]) if parts else CASE_SCHEMA.empty_table()
    events = _drop_foreign_withdrawals(events)
    covered, recoded = _find_coverage(case, parts)
    return CaseReleases(
        merge_releases([p.release for p in parts]),
        tuple(DatedRelease(p.release.source, p.release.name, p.release.known_on) for p in parts),
        events,
        tuple(r for p in parts for r in _list_rejected(p.rejected)),
        sum(p.rows + p.merged for p in parts) - events.num_rows,
        covered,
        recoded,
        StoreRead(now.path, now.version, tuple(sorted(stored))) if now is not None and stored else None,
    )


def find_stored_releases(now: "Snapshot | None", brought: UserDataSource) -> "tuple[ReleaseAccount, ...]":
    """Return a source's releases in a store, sorted by name; none for a source whose files the case file names."""
    if now is None or brought.files:
        return ()
    return tuple(sorted((k for k in now.releases() if k.source == brought.source), key=lambda k: k.release))


def find_covered_days(k: "ReleaseAccount") -> tuple[date, date] | None:
    """Find the days that a release covers: those that its name states, else those of its events; None without either."""
    named = find_release_coverage([k])
    if k.source == "gdelt" and (stated := gdelt.parse_covered_days(k.release)):
        return stated
    return (named[0].first, named[0].last) if named else ((k.first, k.last) if k.first and k.last else None)


def _find_coverage(
    case: CaseFile,
    parts: Iterable[_CaseRelease],
) -> tuple[tuple[ReleaseCoverage, ...], tuple[ReleaseCoverage, ...]]:
    covered: list[ReleaseCoverage] = []
    recoded: list[ReleaseCoverage] = []
    for p in parts:
        release = DatedRelease(p.release.source, p.release.name, p.release.known_on, *(p.days or ()))
        named = find_release_coverage([release])
        recoded += [replace(c, countries=p.countries) if c.countries is None else c for c in named]
        if not covers_case(case, p.release.source, p.release.name, concerns=p.concerns_case):
            continue
        if named:
            covered.append(named[0])
        elif p.days is not None:
            covered.append(ReleaseCoverage(p.release.source, *p.days, p.release.known_on))
    return tuple(covered), tuple(recoded)


def _list_named_files(case: CaseFile, brought: UserDataSource) -> list[Path]:
    for name in brought.files:
        if not (case.folder / name).exists():
            raise NoSuchFile(case.folder / name, f"release of {brought.source}")
    return [case.folder / name for name in brought.files]


def _list_folder_files(case: CaseFile, brought: UserDataSource, now: "Snapshot | None") -> list[Path]:
    files = find_release_files(brought)
    if not files:
        folder, store = (data_folder() / brought.source).absolute(), now.path if now else None
        raise MissingUserData(case.id, brought.source, folder, brought.where, store)
    message = (
        f"Case {case.id!r} reads {len(files)} {brought.source.upper()} files from {files[0].parent}. Reading this folder is "
        f"deprecated: put the files into the store with `detente ingest {files[0].parent}/*`."
    )
    warnings.warn(message, FutureWarning, stacklevel=2)
    return files


def _warn_of_unread_files(brought: UserDataSource, accounts: "Sequence[ReleaseAccount]") -> None:
    known = {k.release for k in accounts}
    unread = [p for p in find_release_files(brought) if p.name not in known]
    if unread:
        more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
        message = (
            f"{unread[0]}{more} not read: the store has releases of {brought.source.upper()}, which are read instead. "
            f"To read it too, run `detente ingest {unread[0]}`."
        )
        warnings.warn(message, FutureWarning, stacklevel=2)


def _read_file(case: CaseFile, brought: UserDataSource, path: Path) -> Iterator[_CaseRelease]:
    """Read the releases in a file, folder or archive, each with its own days."""
    from detente.events.reader import plan_releases  # imports the query engine

    for planned in plan_releases(path, source=brought.source).releases:
        reading = planned.open()
        events, rows, days, countries = _select_case_rows(case, brought.source, reading.events)
        account = reading.account()
        days = reading.release.covers if days and reading.release.covers else days
        yield _CaseRelease(reading.release, events, rows, account.merged, account.set_aside, days, countries)


def _read_stored(case: CaseFile, now: "Snapshot", k: "ReleaseAccount") -> _CaseRelease:
    events, rows, days, countries = _select_case_rows(case, k.source, now.events([k.name]))
    days = find_covered_days(k) if days and k.source == "gdelt" else days
    release = Release(k.source, k.release, k.known_on, k.sha256)
    # The files of a release are in no order; a reader yields its rows in that of the published file.
    ordered = events.sort_by("row")
    return _CaseRelease(release, ordered, rows, k.merged, now.rejects([k.name]).read_all(), days, countries)


def _select_case_rows(
    case: CaseFile, source: str, batches: Iterable[pa.RecordBatch]
) -> tuple[pa.Table, int, tuple[date, date] | None, frozenset[str]]:
    """Return the case's rows, with all withdrawals; of all conflicts the number of rows, first and last day, and countries."""
    tables = [CASE_SCHEMA.empty_table()]
    rows = 0
    first, last = date.max, date.min
    countries: set[str] = set()
    for batch in batches:
        table = _fill_columns(batch)
        withdrawn = pc.fill_null(table["withdrawn"], False)
        tables.append(table.filter(pc.or_(_case_row_mask(case, source, table), withdrawn)))
        rows += table.num_rows
        days = pc.min_max(table["first"].filter(pc.invert(withdrawn))).as_py()
        first, last = min(first, days["min"] or first), max(last, days["max"] or last)
        countries |= {c for c in table["country"].unique().to_pylist() if c}
    return pa.concat_tables(tables), rows, (first, last) if first <= last else None, frozenset(countries)


def _fill_columns(batch: pa.RecordBatch) -> pa.Table:
    """Return the columns of events and `withdrawn`; those that a release lacks are null."""
    names = set(batch.schema.names)
    columns = [
        batch.column(f.name).cast(f.type) if f.name in names else pa.nulls(batch.num_rows, f.type) for f in CASE_SCHEMA
    ]
    return pa.Table.from_arrays(columns, schema=CASE_SCHEMA)


def _drop_foreign_withdrawals(events: pa.Table) -> pa.Table:
    withdrawn = pc.fill_null(events["withdrawn"], False)
    if not pc.any(withdrawn).as_py():
        return events
    keys = pc.binary_join_element_wise(events["source"], events["id"], "\x00")
    mine = pc.is_in(keys, value_set=keys.filter(pc.invert(withdrawn)).combine_chunks())
    return events.filter(pc.or_(pc.invert(withdrawn), mine))


def _list_rejected(table: pa.Table) -> list[RejectedRow]:
    return [
        RejectedRow(r["source"], r["release"], r["row"], (RowError(r["row"], r["column"], r["value"], r["reason"], r["remedy"]),), r["raw"])
        for r in table.to_pylist()
    ]  # fmt: skip


def list_party_names(case: CaseFile, source: str) -> list[str]:
    """List a source's whole names of the target, the host and the groups, for any period and country."""
    parties = [a for a in case.cast if a.role in ("target", "host", "group")]
    names = [n.name for a in parties for n in a.named(find_codebook(case, source))]
    return [n for n in names if not n.endswith("*")]


def _case_row_mask(case: CaseFile, source: str, table: pa.Table) -> pa.ChunkedArray:
    in_country = pc.fill_null(pc.is_in(table["country"], value_set=pa.array(list(case.countries.values()))), False)
    parties = list_party_names(case, source)
    named = pc.add(*(_count_names_per_row(table[c], parties) for c in ("raw_initiators", "raw_recipients")))
    return pc.or_(in_country, pc.greater_equal(named, 2))


def _count_names_per_row(lists: pa.ChunkedArray, names: Sequence[str]) -> pa.Array:
    flat = lists.combine_chunks()
    flat = flat.chunk(0) if isinstance(flat, pa.ChunkedArray) else flat
    hit = pc.cast(pc.is_in(flat.flatten(), value_set=pa.array(names, pa.string())), pa.int64())
    total = pc.cumulative_sum(hit).to_numpy(zero_copy_only=False)
    ends = flat.offsets.to_numpy() - flat.offsets[0].as_py()
    run = np.concatenate([[0], total])
    return pa.array(run[ends[1:]] - run[ends[:-1]])


def merge_releases(releases: Sequence[Release]) -> Release:
    """Merge several releases into one: joined names, the latest day, a hash of their hashes."""
    if len(releases) == 1:
        return releases[0]
    return Release(
        source=" + ".join(dict.fromkeys(r.source for r in releases)),
        name=" + ".join(r.name for r in releases),
        known_on=max(r.known_on for r in releases),
        sha256=hashlib.sha256("\n".join(r.sha256 for r in releases).encode()).hexdigest(),
    )
