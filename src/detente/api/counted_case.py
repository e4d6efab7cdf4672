"""A case over a large store: counts are made by an engine where the events lie, and events are fetched only to be shown."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detente.api.results.base import ResultHeader
from detente.cases.case_file import load_case_file
from detente.cases.engine.backends import Engine
from detente.cases.engine.fetch import fetch_case_events
from detente.cases.testimony import find_unrecorded_kinds
from detente.claims.context import DRAWS
from detente.core.disk_cache import DiskCache, active_cache, default_cache_folder, is_cache_chosen, use_cache
from detente.core.rng import make_rng
from detente.measures.open_counts import CaseCounts, open_counts
from detente.measures.record_age import RecordAge
from detente.model.report import regime_indicators
from detente.store.paths import find_store

if TYPE_CHECKING:
    from detente.api.results.counts import CountTable
    from detente.api.results.fit import Fit, ResponseMatrix
    from detente.events.event import Event


class CountedCase:
    """A case opened from counts; use `detente.open(name, engine="duckdb")`.

    Args:
        counted: the counts and the account of the rows. engine: that made them. cache: where fits are kept. seed: of draws.
        as_of_given: whether the day of knowledge was asked for.
    """

    def __init__(
        self, counted: CaseCounts, engine: Engine, cache: DiskCache, seed: int = 0, *, as_of_given: bool = False
    ) -> None:
        self.counted, self.engine, self.cache, self.seed = counted, engine, cache, seed
        self.as_of_given = as_of_given

    def __repr__(self) -> str:
        c = self.counted
        return f"<case {c.case.id} as of {c.as_of}, from counts: {c.events:,} events of {c.rows:,} rows>"

    @property
    def id(self) -> str:
        """The case's id."""
        return self.counted.case.id

    @cached_property
    def header(self) -> ResultHeader:
        """What every result was made from."""
        c = self.counted
        with_events = np.flatnonzero(c.counts.y.sum(axis=1))
        last = c.counts.days[with_events[-1]] if len(with_events) else None
        first = c.coverage.first
        missing = c.coverage.missing_days(first, c.watched_to)
        return ResultHeader(c.case.id, c.as_of, c.watched_to, c.release.name, last, self.as_of_given, first, missing)

    @property
    def age(self) -> RecordAge:
        """How old the record is; the latest event is that of the counted kinds."""
        return self.header.age

    def counts(self, every: str = "day") -> "CountTable":
        """Events by day, week, month or year and channel, with the days observed."""
        from detente.api.results.counts import build_count_table

        c = self.counted
        unrecorded = find_unrecorded_kinds(c.release.source.split(" + "), c.counts.channels)
        return build_count_table(self.header, c.counts, every, unrecorded)

    def events(
        self, *, kind: str | Sequence[str] = (), since: date | None = None, until: date | None = None, limit: int = 100
    ) -> "tuple[tuple[Event, str | None], ...]":
        """Fetch the newest events of some kinds, with their channels, in order of day."""
        kinds = (kind,) if isinstance(kind, str) else tuple(kind)
        c = self.counted
        return fetch_case_events(
            c.case, c.store, c.as_of, channels=kinds, first=since, last=until, limit=limit, engine=self.engine
        )

    @cached_property
    def fit(self) -> "Fit":
        """The fitted model of all channels with events on observed days.

        Raises:
            BadCounts: too few observed days, or no events.
        """
        from detente.api.results.fit import Fit
        from detente.model.fit import fit_model

        c = self.counted.counts
        seen = c.y[c.coverage > 0].sum(axis=0) > 0
        regimes = [r for r in self.counted.case.regimes if r.first <= self.counted.as_of]
        with use_cache(self.cache):
            model = fit_model(
                c.y[:, seen], c.by_channel[:, seen], regime_indicators(c, regimes), rng=make_rng(self.seed), draws=DRAWS,
                channels=tuple(n for n, s in zip(c.channels, seen, strict=True) if s), leave_out_unwatched=True,
            )  # fmt: skip
        return Fit(self.header, model, self.seed)

    def responses(self, days: int = 30) -> "ResponseMatrix":
        """Extra events of each kind within `days` days of one event of another kind."""
        return self.fit.responses(days)


def open_counted_case(
    name: str, *, as_of: date | None = None, store: Path | None = None, engine: str = "duckdb", master: str | None = None,
    seed: int = 0, cache: bool = True, spark: Mapping[str, str] | None = None,
) -> CountedCase:  # fmt: skip
    """Open a case from counts that an engine makes in a store; see `open_counts` for the errors.

    Args:
        store: the user's own if not given. engine: `duckdb` or `spark`. master: of Spark, such as `spark://host:7077`.
        spark: Spark settings, such as `{"spark.executor.memory": "4g"}`.
    """
    counted = open_counts(
        load_case_file(name), store or find_store(), as_of, engine, master, precise=True, spark=spark
    )  # a model of days needs the day
    keep = active_cache() if is_cache_chosen() else DiskCache(default_cache_folder() if cache else None)
    chosen = Engine(engine, master=master, spark=spark or {})
    return CountedCase(counted, chosen, keep, seed, as_of_given=as_of is not None)
