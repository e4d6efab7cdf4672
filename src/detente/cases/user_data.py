"""Releases that the user brings for a case: found, read as streams, and kept as far as they concern the case.

A row concerns the case where it happened in one of its two countries, or names two of its parties. The others are
counted and left out, which is another thing than setting them aside: nothing is wrong with them.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from detente.cases.case_file import CaseFile, UserDataSource
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
    """What the releases hold of a case: events of all of them, actors raw; rows set aside; how many rows were elsewhere;
    which days were covered at all, since a month without its file is unknown and not quiet; which releases tell whole
    stretches anew; and each release with the day it was out."""

    release: Release
    releases: tuple[DatedRelease, ...]
    events: pa.Table
    set_aside: tuple[RejectedRow, ...]
    elsewhere: int
    covered: tuple[ReleaseCoverage, ...]
    anew: tuple[ReleaseCoverage, ...]


def data_folder() -> Path:
    """Where releases are looked for: `DETENTE_DATA`, or `data` in the folder where the command is run."""
    return Path(os.environ.get("DETENTE_DATA") or "data")


def find_release_paths(case: CaseFile, brought: UserDataSource) -> list[Path]:
    """The releases of a source, in order of name.

    Raises:
        NothingBrought: there is none. NoSuchFile: the case names one that is not there.
    """
    if brought.files:
        for name in brought.files:
            if not (case.folder / name).exists():
                raise NoSuchFile(case.folder / name, f"release of {brought.source}")
        return [case.folder / name for name in brought.files]
    folder = data_folder() / brought.source
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    found = [p for p in there if p.is_file() and p.suffix.lower() in READABLE_SUFFIXES and not p.name.startswith(".")]
    if not found:
        raise MissingUserData(case.id, brought.source, folder.absolute(), brought.where)
    return found


def read_case_releases(case: CaseFile) -> CaseReleases:
    """Read the releases of all sources that a case is made from.

    Raises:
        NothingBrought, NoSuchFile: see `paths`. What `events.read.read` raises, for a release as a whole.
    """
    kept: list[pa.Table] = []
    aside: list[RejectedRow] = []
    releases: list[Release] = []
    covered: list[ReleaseCoverage] = []
    anew: list[ReleaseCoverage] = []
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
                kept.append(mine)
            told = ucdp.parse_covered_days(path.name) if brought.source == "ucdp" else None
            first, last = told or (min(days, default=date.max), max(days, default=date.min))
            if first <= last:
                covered.append(ReleaseCoverage(brought.source, first, last, reading.release.known_on))
            # A file whose name says nothing may be an extract: it replaces its own ids and no more.
            anew += covered[-1:] if told else []
            account = reading.account()
            elsewhere += account.merged
            aside += [
                RejectedRow(r["source"], r["release"], r["row"], (RowError(r["row"], r["column"], r["value"], r["reason"], r["remedy"]),), r["raw"])
                for r in account.set_aside.to_pylist()
            ]  # fmt: skip
    events = pa.concat_tables(kept) if kept else SCHEMA.empty_table()
    outs = tuple(DatedRelease(r.source, r.name, r.known_on) for r in releases)
    return CaseReleases(merge_releases(releases), outs, events, tuple(aside), elsewhere, tuple(covered), tuple(anew))


def _case_row_mask(case: CaseFile, source: str, table: pa.Table) -> pa.ChunkedArray:
    here = pc.fill_null(pc.is_in(table["country"], value_set=pa.array(list(case.countries.values()))), False)
    parties = [
        n.name for a in case.cast if a.role in ("target", "host", "group") for n in a.named(source) if not n.name.endswith("*")
    ]  # fmt: skip
    named = pc.add(
        _count_names_per_row(table["raw_initiators"], parties), _count_names_per_row(table["raw_recipients"], parties)
    )
    return pc.or_(here, pc.greater_equal(named, 2))


def _count_names_per_row(lists: pa.ChunkedArray, names: Sequence[str]) -> pa.Array:
    flat = lists.combine_chunks()
    flat = flat.chunk(0) if isinstance(flat, pa.ChunkedArray) else flat
    hit = pc.cast(pc.is_in(flat.flatten(), value_set=pa.array(names, pa.string())), pa.int64())
    total = pc.cumulative_sum(hit).to_numpy(zero_copy_only=False)
    ends = flat.offsets.to_numpy() - flat.offsets[0].as_py()

    run = np.concatenate([[0], total])
    return pa.array(run[ends[1:]] - run[ends[:-1]])


def merge_releases(releases: Sequence[Release]) -> Release:
    """Several releases as one: names side by side, the last day, a hash of their hashes."""
    if len(releases) == 1:
        return releases[0]
    return Release(
        source=" + ".join(dict.fromkeys(r.source for r in releases)),
        name=" + ".join(r.name for r in releases),
        known_on=max(r.known_on for r in releases),
        sha256=hashlib.sha256("\n".join(r.sha256 for r in releases).encode()).hexdigest(),
    )
