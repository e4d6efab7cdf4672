"""A case opened from counts: an engine counts its events where they lie, and none is fetched.

It is the way into a case over tens of millions of rows. Counts and account equal those of `load_case_data` and
`daily_counts`, which hold every event in memory; tests compare the two.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from detente.cases.case_file import CaseFile
from detente.cases.channel_rule import CHANNELS
from detente.cases.coverage import ReportingCoverage, compute_coverage
from detente.cases.engine.backends import Engine, open_event_table
from detente.cases.engine.case_rows import (
    count_case_rows,
    find_case_accounts,
    find_silent_releases,
    select_known_rows,
)
from detente.cases.engine.classify import (
    EVENT,
    KNOWN_LATER,
    OUTSIDE_CASE,
    UNKNOWN_NAME,
    WITHDRAWN,
    classify_events,
    count_classified,
)
from detente.cases.errors import AsOfOutOfRange
from detente.cases.load import find_watched_end
from detente.cases.other_source import release_days
from detente.cases.store_read import StoreRead, open_store
from detente.cases.user_data import merge_releases
from detente.measures.counts import Counts
from detente.measures.store_counts import build_counts
from detente.sources.release import Release
from detente.store.errors import NoStore
from detente.store.paths import default_store_path


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """A case as known on `as_of`, from counts.

    `events + later + elsewhere + superseded + rejected == rows`, always; the numbers are those of `CaseData`.

    Fields:
        counts: as from `daily_counts`. coverage: by day, for `covered`, the last day that the releases cover.
        release, store: what was read. events: events of the case known by `as_of`; `assigned` of them have a channel.
        later: rows known only later. elsewhere: rows of other conflicts, and merged rows. superseded: rows that a newer
        release replaced or its source withdrew. rejected: rows that could not be read, name an unknown actor or lie
        outside the case's days.
    """

    case: CaseFile
    as_of: date
    release: Release
    counts: Counts
    coverage: ReportingCoverage
    events: int
    assigned: int
    later: int
    rejected: int
    elsewhere: int
    superseded: int
    covered: date | None
    store: StoreRead

    @property
    def rows(self) -> int:
        """Number of rows in the source files."""
        return self.events + self.later + self.rejected + self.elsewhere + self.superseded

    @property
    def watched_to(self) -> date:
        """The last covered day known on `as_of`: the end of the observation period."""
        return find_watched_end(self.case, self.as_of, self.covered)


def open_counts(
    case: CaseFile, store: Path | StoreRead | None, as_of: date | None = None, engine: str = "duckdb",
    master: str | None = None, *, channels: Iterable[str] = CHANNELS, precise: bool = False, memory: str | None = None,
    spark: Mapping[str, str] | None = None,
) -> CaseCounts:  # fmt: skip
    """Open a case from the counts of its releases in a store.

    Args:
        case: from `load_case_file`. A case made of releases reads those of its sources, a case with a chronology the
            chronology in the store.
        store: the store, such as `find_store()` returns.
        as_of: day of knowledge; default: as for `load_case_data`.
        engine: `duckdb` in this process, or `spark`. master: of Spark, such as `spark://host:7077`; `local[*]` if not given.
        spark: Spark settings, such as `{"spark.executor.memory": "4g"}`.
        channels: the channels, in the order of the result. precise: leave out events whose day is known only to the
            week or month.
        memory: memory limit of DuckDB, such as `1GB`; beyond it DuckDB uses the disk.

    Raises:
        NoStore: there is no store. MissingUserData: the store has no release of a source of the case.
        AsOfOutOfRange: the day is before the case begins. NoEngine: the engine cannot be used.
        NotAStore, StoreNotReadable, StoreTooNew, CorruptStore: the store cannot be used.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> open_counts(load_case_file("turkiye-iraq-pkk"), Path("/no/store"))
        Traceback (most recent call last):
        detente.store.errors.NoStore: No store found at /no/store. ...
    """
    now = open_store(store)
    if now is None:
        raise NoStore(default_store_path())
    accounts = find_case_accounts(case, now)
    chosen = Engine(engine, master=master, memory=memory, spark=spark or {})
    names = [k.name for k in accounts]
    day = as_of or (max(k.known_on for k in accounts) if case.brought else None)
    if day is not None and day < case.first:
        raise AsOfOutOfRange(day, case.first, case.last)
    with open_event_table(chosen, now, names) as rows:
        current = select_known_rows(rows, case, accounts, day)
        mine, later = count_case_rows(rows, case, day) if case.brought and day else (None, None)
        named = {b.source for b in case.brought if b.files}
        asked = [k for k in accounts if k.source not in named] if case.brought else []
        silent = find_silent_releases(rows, case, asked)
        cells = count_classified(classify_events(current, case, as_of=day)).to_pyarrow().to_pylist()
    sums = dict.fromkeys((EVENT, KNOWN_LATER, UNKNOWN_NAME, OUTSIDE_CASE, WITHDRAWN), 0)
    for c in cells:
        sums[c["status"]] += c["n"]
    day = day or max((c["known_on"] for c in cells if c["status"] == EVENT), default=case.last)
    if day < case.first:
        raise AsOfOutOfRange(day, case.first, case.last)
    telling = [k for k in accounts if (k.source, k.release) not in silent]
    covered = [(d, k.known_on) for k in telling if (d := release_days(k)) is not None] if case.brought else None
    days = None if covered is None else [d for d, known_on in covered if known_on <= day]
    later = sums[KNOWN_LATER] if later is None else later
    total, rejected = sum(k.events for k in accounts), sums[UNKNOWN_NAME] + sums[OUTSIDE_CASE]
    mine = total if mine is None else mine
    coverage = compute_coverage(case, day, days)
    return CaseCounts(
        case, day, merge_releases([Release(k.source, k.release, k.known_on, k.sha256) for k in accounts]),
        build_counts(coverage, cells, tuple(channels), precise), coverage, sums[EVENT],
        sum(c["n"] for c in cells if c["channel"] is not None), later, rejected + sum(k.set_aside for k in accounts),
        elsewhere=total - mine + sum(k.merged for k in accounts), superseded=mine - later - sums[EVENT] - rejected,
        covered=None if days is None else max((b for _, b in days), default=case.first),
        store=StoreRead(now.path, now.version, tuple(sorted(names))),
    )  # fmt: skip
