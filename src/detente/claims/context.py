"""What every claim looks at: a case as known on a day, its periods, and measures made once."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from detente.cases.actors import role_on
from detente.cases.channel_rule import CHANNELS
from detente.cases.geography import Geography, load_geography
from detente.cases.load import CaseData
from detente.core.date_range import format_date
from detente.core.rng import make_rng
from detente.measures.counts import Counts
from detente.measures.episodes import Episode, find_episodes
from detente.measures.errors import NotObserved
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity, follow_up_share, rate_ratio_quantity
from detente.measures.relation_index import RelationIndex, fit_relation_index
from detente.measures.truces import TruceDuration, find_mediated_rounds, find_truces
from detente.model.background import SIGMAS
from detente.model.errors import BadCounts, DidNotConverge
from detente.model.fit import FittedModel, fit_model
from detente.model.kernels import HALF_LIVES
from detente.model.report import regime_indicators
from detente.text.sentence import ConventionPiece

LEVEL, SEED, DRAWS = 0.9, 0, 500
STRIKE_WITH_CIVILIAN_DEATHS, OTHER_STRIKE = "strike with civilian deaths", "other strike"


@dataclass(frozen=True)
class ClaimContext:
    """A case with the keys of its roles; measures are made at first use and kept.

    `half_lives`, `draws` and `sigmas` are those of the fitted system, `seed` that of its draws. `changes`
    says what an attack changed: `without` (actor), `left_out` (first and last day), `even` (density ignored), `record` (another
    source's). `others` are the same case as other sources tell it, for claims to be held against.
    """

    g: CaseData
    half_lives: tuple[float, ...] = HALF_LIVES
    draws: int = DRAWS
    sigmas: tuple[float, ...] = SIGMAS
    seed: int = SEED
    changes: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[CaseData, ...] = ()

    @property
    def recipe(self) -> dict[str, Any]:
        """What a fit of this view rests on beside its events."""
        return {
            "seed": self.seed, "draws": self.draws, "half_lives": list(self.half_lives),
            "sigmas": list(self.sigmas), "level": LEVEL, **self.changes,
        }  # fmt: skip

    @cached_property
    def _cache(self) -> dict[str, Any]:
        return {}

    def labels(self, kind: str) -> dict[str, str]:
        """Event id to the channel it counts in for a fit.

        `host`: the ten channels, of concessions those in which the host gave, alone or with the target; the
        target's own are left out. `harm`: strikes in two, by whether a report gives civilian deaths.
        """
        key = f"labels {kind}"
        if key not in self._cache:
            out = {}
            for e in self.g.events:
                c = self.g.channel(e)
                if c is None or (c == "concession" and set(self.host).isdisjoint(e.initiators)):
                    continue
                if kind == "harm" and c == "strike":
                    c = STRIKE_WITH_CIVILIAN_DEATHS if e.tolls.civilian else OTHER_STRIKE
                out[e.id] = c
            self._cache[key] = out
        found: dict[str, str] = self._cache[key]
        return found

    def counts(self, kind: str = "host") -> Counts:
        """Daily counts by these labels."""
        names = (
            CHANNELS
            if kind == "host"
            else (*(c for c in CHANNELS if c != "strike"), STRIKE_WITH_CIVILIAN_DEATHS, OTHER_STRIKE)
        )
        labels, coverage = self.labels(kind), self.g.coverage
        y = np.zeros((len(coverage.by_day), len(names)), dtype=np.int64)
        imprecise = np.zeros(len(names), dtype=np.int64)
        for e in self.g.events:
            day = (e.day - coverage.first).days
            if e.id in labels and 0 <= day < len(y):
                y[day, names.index(labels[e.id])] += 1
                imprecise[names.index(labels[e.id])] += e.span.precision != "day"
        return Counts(coverage.first, tuple(names), y, coverage.by_day, imprecise)

    def fit_system(self, kind: str = "host") -> FittedModel | None:
        """The system fitted to these counts, once; None where the record is too short or too thin."""
        key = f"fit {kind}"
        if key not in self._cache:
            self._cache[key] = self._fit(kind)
        found: FittedModel | None = self._cache[key]
        return found

    @cached_property
    def system(self) -> FittedModel | None:
        """The fit from which all responses come."""
        return self.fit_system()

    def _fit(self, kind: str) -> FittedModel | None:
        c = self.counts(kind)
        heard = c.y[c.coverage > 0].sum(axis=0) > 0
        if not heard.any():
            return None
        regimes = [r for r in self.g.case.regimes if r.first <= self.g.as_of]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # too few events are told by the verdict
            try:
                return fit_model(
                    c.y[:, heard], c.coverage, regime_indicators(c, regimes), rng=make_rng(self.seed),
                    channels=tuple(n for n, h in zip(c.channels, heard, strict=True) if h), draws=self.draws,
                    half_lives=self.half_lives, sigmas=self.sigmas, leave_out_unwatched=True,
                )  # fmt: skip
            except (BadCounts, DidNotConverge):
                return None

    @cached_property
    def watched_days(self) -> list[date]:
        """Days that were collected systematically, in order."""
        e = self.g.coverage
        return [e.first + timedelta(days=int(i)) for i in np.flatnonzero(e.by_day > 0)]

    def with_changes(self, name: str, **how: Any) -> "ClaimContext":
        """The same case after an attack: fewer draws and two smoothnesses, since a sign is asked and no interval.

        Args:
            name: kept under it. how: `without` an actor's events; `left_out`, two days between which nobody
                is taken to have watched; `even`, density of collection ignored; `half_lives`.
        """
        key = f"changed {name}"
        if key not in self._cache:
            g, half_lives = self.g, tuple(how.get("half_lives", self.half_lives))
            changes = {k: v for k, v in how.items() if k != "half_lives"}
            coverage = g.coverage.by_day.copy()
            if "without" in how:
                kept = tuple(e for e in g.events if how["without"] not in e.actors)
                g = replace(g, events=kept)
            if "left_out" in how:
                a, b = (date.fromisoformat(d) for d in how["left_out"])
                i = (a - g.coverage.first).days
                coverage[max(i, 0) : max(i + (b - a).days + 1, 0)] = 0.0
            if how.get("even"):
                coverage = (coverage > 0).astype(float)
            g = replace(g, coverage=replace(g.coverage, by_day=coverage))
            made = ClaimContext(g, half_lives, 200, (0.15, 0.4), self.seed, changes)
            if not changes.keys() & {"without", "left_out"}:
                # Neither kernel nor density enters the index.
                made.__dict__["index"] = self.index
            self._cache[key] = made
        found: ClaimContext = self._cache[key]
        return found

    def without_check_results(self) -> "ClaimContext":
        """The same view with its fit and its index alone, without what checks made of it: 13 MB of the flagship's 92."""
        made = replace(self)
        if "fit host" in self._cache:
            made._cache["fit host"] = self._cache["fit host"]
        if "index" in self.__dict__:
            made.__dict__["index"] = self.index
        return made

    def from_source(self, other: CaseData) -> "ClaimContext":
        """The case as another source tells it, kept; fewer draws, as for an attack."""
        key = f"record {other.release.source}"
        if key not in self._cache:
            record = {"record": other.release.source}
            self._cache[key] = ClaimContext(other, self.half_lives, 200, (0.15, 0.4), self.seed, record)
        found: ClaimContext = self._cache[key]
        return found

    @property
    def target(self) -> tuple[str, ...]:
        """The target's key, as selections want it."""
        return self.g.case.keys("target")

    @property
    def host(self) -> tuple[str, ...]:
        """The host's key."""
        return self.g.case.keys("host")

    @property
    def groups(self) -> tuple[str, ...]:
        """The keys of the armed group and its allies."""
        return self.g.case.keys("group")

    @cached_property
    def recent_from(self) -> date:
        """Where *recent* begins: the first named stretch of fighting, or the last year if none is known."""
        fighting = [r.first for r in self.g.case.regimes if r.kind == "fighting" and r.first < self.g.as_of]
        return min(fighting, default=max(self.g.case.first, self.g.as_of - timedelta(days=365)))

    @property
    def since_piece(self) -> ConventionPiece:
        """`since 9 October 2025`."""
        return ConventionPiece(
            f"since {format_date(self.recent_from)}", "the first stretch of fighting named in the case file"
        )

    @property
    def recent_period(self) -> tuple[date, date]:
        """The recent stretch."""
        return self.recent_from, self.g.watched_to

    @property
    def earlier_period(self) -> tuple[date, date]:
        """The stretch before it."""
        return self.g.case.first, self.recent_from - timedelta(days=1)

    @cached_property
    def geography(self) -> Geography | None:
        """Border, placebo borders, provinces; None where the case comes without a map."""
        return load_geography(self.g.case) if self.g.case.geometry else None

    @cached_property
    def index(self) -> RelationIndex | None:
        """The relation index, or None while there is too little for one."""
        try:
            return fit_relation_index(self.g)
        except NotObserved:
            return None

    @cached_property
    def episodes(self) -> tuple[Episode, ...]:
        """Crisis episodes."""
        return find_episodes(self.g)

    @cached_property
    def truces(self) -> tuple[TruceDuration, ...]:
        """Truces, both pairs."""
        return find_truces(self.g)

    @cached_property
    def rounds(self) -> tuple[TruceDuration, ...]:
        """Mediated rounds."""
        return find_mediated_rounds(self.g)

    def follow_up(
        self, key: str, first: EventFilter, then: EventFilter, within: int, what: str
    ) -> tuple[Quantity, Quantity] | None:
        """What followed what, or None while no occasion has its following days fully watched."""
        try:
            return follow_up_share(self.g, key, first, then, within, what)
        except NotObserved:
            return None

    def ratio(self, key: str, sel: EventFilter) -> Quantity | None:
        """How many times as often now as then, or None where one stretch was not watched or both are empty."""
        try:
            return rate_ratio_quantity(self.g, key, sel, self.recent_period, self.earlier_period)
        except NotObserved:
            return None

    def channel(self, *channels: str) -> EventFilter:
        """All events of some channels."""
        return EventFilter(channels=channels)

    @cached_property
    def counter_terrorism(self) -> EventFilter:
        """Contacts and joint acts of the two governments about terrorism or intelligence."""
        return EventFilter(
            channels=("dialogue", "concession"),
            types=("AGREE", "CONSULT", "COOPERATE"),
            contexts=("terrorism", "intelligence"),
        )

    @cached_property
    def host_concession(self) -> EventFilter:
        """What the host gave, alone or with the target."""
        return EventFilter(channels=("concession",), initiators=self.host)

    def keys(self, role: str) -> tuple[str, ...]:
        """Keys of everybody who has a role at the end."""
        return tuple(a.key for a in self.g.case.cast if role_on(a, self.g.as_of) == role)
