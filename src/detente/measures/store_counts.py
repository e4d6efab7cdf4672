"""Daily counts of a case from the releases of a store, for any number of events.

The engine counts and returns one row for each day and channel. On the flagship's chronology the counts equal those of
`counts.daily_counts`; a test checks it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from detente.cases.case_file import CaseFile
from detente.cases.channel_rule import CHANNELS
from detente.cases.coverage import ReportingCoverage, compute_coverage
from detente.cases.engine.backends import Engine, open_event_table
from detente.cases.engine.classify import (
    EVENT,
    KNOWN_LATER,
    OUTSIDE_CASE,
    UNKNOWN_NAME,
    WITHDRAWN,
    classify_events,
    count_classified,
    count_unknown_names,
)
from detente.cases.engine.latest import select_latest
from detente.cases.errors import AsOfOutOfRange
from detente.measures.counts import Counts
from detente.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """Counts, and an account of every event in the store.

    `events + later + strangers + outside + withdrawn + replaced == read`, always; `assigned` events have a channel.

    Fields:
        counts: as from `counts.daily_counts`. as_of: the day of knowledge.
        version: the version of the store; None for another engine's own table. read: events in the releases.
        events: events of the case known by `as_of`. later: events known only after `as_of`.
        strangers: events that name an actor not in the cast. outside: events on days outside the case.
        withdrawn: rows by which a source retracts an event.
        replaced: events reported again by a later release of the same source.
        unknown: source, name and number of events of the unknown actors, most frequent first.
    """

    counts: Counts
    as_of: date
    version: int | None
    read: int
    events: int
    assigned: int
    later: int
    strangers: int
    outside: int
    withdrawn: int
    replaced: int
    unknown: tuple[tuple[str, str, int], ...]


def count_store_events(
    case: CaseFile, now: Snapshot | None, engine: Engine | None = None, *, releases: Iterable[str] | None = None,
    as_of: date | None = None, channels: Iterable[str] = CHANNELS, precise: bool = False, most_unknown: int = 20,
    told: Callable[[str], None] | None = None,
) -> StoreCounts:  # fmt: skip
    """Count a case's events in a store by day and channel.

    Args:
        case: from `load_case_file`; its cast needs aliases for the sources in the store.
        now: a version of the store; None where another engine holds the events.
        engine: DuckDB in this process if not given.
        releases: full names; all if not given.
        as_of: day of knowledge; if not given, the first day on which every event was known.
        channels: the channels, in the order of the result.
        precise: leave out events whose day is known only to the week or month.
        most_unknown: maximum number of unknown names returned.
        told: progress callback, called with a description of each step.

    Raises:
        NoEngine, CorruptStore, AsOfOutOfRange.
    """
    if as_of is not None and as_of < case.first:
        raise AsOfOutOfRange(as_of, case.first, case.last)
    say = told or (lambda what: None)
    names = None if releases is None else sorted(set(releases))
    accounts = () if now is None else tuple(k for k in now.releases() if names is None or k.name in names)
    with open_event_table(engine or Engine(), now, names) as rows:
        say("coding events")
        current = select_latest(rows, accounts, as_of)
        cells = count_classified(classify_events(current, case, as_of=as_of)).to_pyarrow().to_pylist()
        say("names that the cast does not know")
        any_unknown = any(c["status"] == UNKNOWN_NAME for c in cells)
        unknown = count_unknown_names(current, case).limit(most_unknown).to_pyarrow().to_pylist() if any_unknown else []
    sums = dict.fromkeys((EVENT, KNOWN_LATER, UNKNOWN_NAME, OUTSIDE_CASE, WITHDRAWN), 0)
    for c in cells:
        sums[c["status"]] += c["n"]
    day = as_of or max((c["known_on"] for c in cells if c["status"] == EVENT), default=case.last)
    if day < case.first:
        raise AsOfOutOfRange(day, case.first, case.last)
    total = sum(sums.values()) if now is None else sum(k.events for k in accounts)
    return StoreCounts(
        counts=build_counts(compute_coverage(case, day), cells, tuple(channels), precise), as_of=day,
        version=None if now is None else now.version, read=total, events=sums[EVENT],
        assigned=sum(c["n"] for c in cells if c["channel"] is not None), later=sums[KNOWN_LATER], strangers=sums[UNKNOWN_NAME],
        outside=sums[OUTSIDE_CASE], withdrawn=sums[WITHDRAWN], replaced=total - sum(sums.values()),
        unknown=tuple((u["source"], u["name"], u["n"]) for u in unknown),
    )  # fmt: skip


def build_counts(
    coverage: ReportingCoverage, cells: list[dict[str, object]], names: tuple[str, ...], precise: bool
) -> Counts:
    """Build daily counts from the rows of `count_classified`, for the days of a case's coverage."""
    y = np.zeros((len(coverage.by_day), len(names)), dtype=np.int64)
    imprecise = np.zeros(len(names), dtype=np.int64)
    for c in cells:
        day, channel, n = c["day"], c["channel"], c["n"]
        if channel not in names or not isinstance(day, date) or not isinstance(n, int):
            continue
        i, k = (day - coverage.first).days, names.index(str(channel))
        if not 0 <= i < len(y):
            continue
        if not c["precise"]:
            imprecise[k] += n
            if precise:
                continue
        y[i, k] += n
    return Counts(coverage.first, names, y, coverage.by_day, imprecise, coverage.matrix(names))
