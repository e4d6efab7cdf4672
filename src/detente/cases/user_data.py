"""Releases supplied by the user for a case, read as streams and filtered to the rows that concern the case.

A row concerns the case if it happened in one of its two countries or names two of its parties. Other rows are counted
as elsewhere; they are valid, so they do not count as rejected.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from detente.cases.case_file import CaseFile, UserDataSource
from detente.cases.data_folder import data_folder
from detente.cases.errors import MissingUserData
from detente.core.errors import NoSuchFile
from detente.core.row_error import RowError
from detente.events.arrow import SCHEMA
from detente.events.reader import read_release
from detente.events.rejects import RejectedRow
from detente.events.vintage import DatedRelease, ReleaseCoverage
from detente.sources import ucdp
from detente.sources.archive import READABLE_SUFFIXES
from detente.sources.release import Release


@dataclass(frozen=True, slots=True)
class CaseReleases:
    """Rows of a case in its releases.

    `releases` have their dates of publication, `events` raw actors. `set_aside` holds rejected rows, `elsewhere` counts
    rows of other conflicts. `covered` lists the periods covered: a month without its file is unknown, not quiet. `recoded`
    lists the periods for which a release replaces all earlier rows.
    """

    release: Release
    releases: tuple[DatedRelease, ...]
    events: pa.Table
    set_aside: tuple[RejectedRow, ...]
    elsewhere: int
    covered: tuple[ReleaseCoverage, ...]
    recoded: tuple[ReleaseCoverage, ...]


def find_release_paths(case: CaseFile, brought: UserDataSource) -> list[Path]:
    """Find the releases of a source, in the case file's order or sorted by name.

    Raises:
        MissingUserData: the folder has no release. NoSuchFile: a release named in the case is missing.
    """
    if brought.files:
        for name in brought.files:
            if not (case.folder / name).exists():
                raise NoSuchFile(case.folder / name, f"release of {brought.source}")
        return [case.folder / name for name in brought.files]
    folder = data_folder() / brought.source
    files = [p for p in sorted(folder.iterdir()) if p.is_file()] if folder.is_dir() else []
    releases = [p for p in files if p.suffix.lower() in READABLE_SUFFIXES and not p.name.startswith(".")]
    if not releases:
        raise MissingUserData(case.id, brought.source, folder.absolute(), brought.where)
    return releases


def read_case_releases(case: CaseFile) -> CaseReleases:
    """Read the releases of all sources of a case.

    Raises:
        MissingUserData, NoSuchFile: see `find_release_paths`. Also the errors of `read_release`.
    """
    tables: list[pa.Table] = []
    rejected: list[RejectedRow] = []
    releases: list[Release] = []
    covered: list[ReleaseCoverage] = []
    recoded: list[ReleaseCoverage] = []
    elsewhere = 0
    for brought in case.brought:
        for path in find_release_paths(case, brought):
            reading = read_release(path, source=brought.source)
            releases.append(reading.release)
            days: list[date] = []
            for batch in reading.events:
                table = pa.Table.from_batches([batch])
                mine = table.filter(_case_row_mask(case, brought.source, table))
                elsewhere += table.num_rows - mine.num_rows
                days += [d for d in (pc.min(table["first"]).as_py(), pc.max(table["first"]).as_py()) if d]
                tables.append(mine)
            named_days = ucdp.parse_covered_days(path.name) if brought.source == "ucdp" else None
            first, last = named_days or (min(days, default=date.max), max(days, default=date.min))
            if first <= last:
                covered.append(ReleaseCoverage(brought.source, first, last, reading.release.known_on))
            # A file whose name gives no period may be an extract: it replaces only its own ids.
            recoded += covered[-1:] if named_days else []
            account = reading.account()
            elsewhere += account.merged
            rejected += [
                RejectedRow(r["source"], r["release"], r["row"], (RowError(r["row"], r["column"], r["value"], r["reason"], r["remedy"]),), r["raw"])
                for r in account.set_aside.to_pylist()
            ]  # fmt: skip
    events = pa.concat_tables(tables) if tables else SCHEMA.empty_table()
    dated = tuple(DatedRelease(r.source, r.name, r.known_on) for r in releases)
    return CaseReleases(
        merge_releases(releases), dated, events, tuple(rejected), elsewhere, tuple(covered), tuple(recoded)
    )


def _case_row_mask(case: CaseFile, source: str, table: pa.Table) -> pa.ChunkedArray:
    in_country = pc.fill_null(pc.is_in(table["country"], value_set=pa.array(list(case.countries.values()))), False)
    aliases = [n.name for a in case.cast if a.role in ("target", "host", "group") for n in a.named(source)]
    parties = [n for n in aliases if not n.endswith("*")]
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
