"""The inputs of every claim: a case as known on a date, its periods, and measures computed once."""

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from detente.cases.actors import role_on
from detente.cases.channel_rule import CHANNELS
from detente.cases.coverage import assumption_factors
from detente.cases.geography import Geography, load_geography
from detente.cases.load import CaseData, is_against_unnamed
from detente.cases.testimony import CLOSED_MODES, collects, find_gaps
from detente.core.date_range import format_date
from detente.core.disk_cache import active_cache, content_key
from detente.core.rng import make_rng
from detente.core.version import code_stamp
from detente.measures.counts import Counts
from detente.measures.episodes import Episode, find_episodes
from detente.measures.errors import NotObserved
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity, follow_up_share, rate_ratio_quantity
from detente.measures.relation_index import WORD_CHANNELS, RelationIndex, fit_relation_index
from detente.measures.stated_responses import (
    StatedAnswers,
    StatedResponse,
    measure_stated_answers,
    measure_stated_response,
)
from detente.measures.truces import TruceDuration, find_mediated_rounds, find_truces
from detente.model.background import SIGMAS
from detente.model.errors import BadCounts, DidNotConverge
from detente.model.kernels import HALF_LIVES
from detente.model.version import MODEL_VERSION
from detente.sources.testimony import CIVILIAN_DEATHS, CLOSURE
from detente.text.sentence import ConventionPiece

if TYPE_CHECKING:
    from detente.model.fit import FittedModel

LEVEL, SEED, DRAWS = 0.9, 0, 500
# Fewer draws and two smoothnesses are enough for a check, which needs the sign of an estimate and not its interval.
CHECK_DRAWS, CHECK_SIGMAS = 200, (0.15, 0.4)
NEAR_KM, WEEK_DAYS = 50.0, 7
WEEK = ConventionPiece(f"{WEEK_DAYS}\u00a0days", "a week, within which governments have answered in the past")
STRIKE_WITH_CIVILIAN_DEATHS, OTHER_STRIKE = "strike with civilian deaths", "strike without civilian deaths"
STRIKE_WITHOUT_FIGURE = "strike without a figure of civilian deaths"
STRIKE_LABELS = (STRIKE_WITH_CIVILIAN_DEATHS, OTHER_STRIKE, STRIKE_WITHOUT_FIGURE)
T = TypeVar("T")


def recorded_kinds(labels: Iterable[str]) -> tuple[str, ...]:
    """The kinds of event that a source must record for these labels of a fit: strikes by harm need civilian deaths.

    Example:
        >>> recorded_kinds(["attack", OTHER_STRIKE])
        ('attack', 'strike', 'civilian_deaths')
    """
    kinds = [k for c in labels for k in (("strike", CIVILIAN_DEATHS) if c in STRIKE_LABELS else (c,))]
    return tuple(dict.fromkeys(kinds))


def effect_filter(view: "ClaimContext", kind: str) -> EventFilter:
    """The events of a kind as a response is asked about.

    Of concessions those of the host, of acts of restraint those towards the group, `closure` by its modes.
    """
    if kind == "concession":
        return view.host_concession
    if kind == "restraint":
        return EventFilter(channels=("restraint",), recipients=view.groups)
    return EventFilter(modes=tuple(sorted(CLOSED_MODES))) if kind == CLOSURE else view.channel(kind)


@dataclass(frozen=True)
class ClaimContext:
    """A case with the keys of its roles. Measures are computed at first use and cached.

    `half_lives`, `draws` and `sigmas` are those of the fitted model, `seed` that of its draws. `changes` says what a
    robustness check changed: `without` (actor), `left_out` (first and last day), `even` (reporting coverage ignored),
    `record` (another source). `others` are the same case from other sources, for comparison. `base` is the case that a check
    changed: responses of channels that an estimate does not ask about are taken from its fit.
    """

    g: CaseData
    half_lives: tuple[float, ...] = HALF_LIVES
    draws: int = DRAWS
    sigmas: tuple[float, ...] = SIGMAS
    seed: int = SEED
    changes: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[CaseData, ...] = ()
    base: "ClaimContext | None" = None

    @property
    def recipe(self) -> dict[str, Any]:
        """The settings of a fit, apart from its events."""
        return {
            "seed": self.seed, "draws": self.draws, "half_lives": list(self.half_lives),
            "sigmas": list(self.sigmas), "level": LEVEL, **self.changes,
        }  # fmt: skip

    @cached_property
    def content_key(self) -> str:
        """A digest of everything that results of this case depend on: case file, map, data, settings, other sources."""
        g = self.g
        case = g.case.model_dump_json(exclude={"file"})
        map_file = g.case.folder / (g.case.geometry or "")
        geometry = map_file.read_bytes() if map_file.is_file() else b""  # a missing map is reported where it is drawn
        figures = (g.case.folder / g.case.longer_view.months).read_bytes() if g.case.longer_view else b""
        assignments = sorted((i, a.channel) for i, a in g.assignments.items())
        others = [(o.release.source, o.release.name, o.events, o.coverage) for o in self.others]
        return content_key(
            MODEL_VERSION, case, geometry, g.as_of, g.release, g.events, g.set_aside, g.later, g.elsewhere, g.superseded,
            g.covered, assignments, g.coverage, g.links, g.background.model_dump_json() if g.background else "", self.recipe, others,
            figures,
        )  # fmt: skip

    @cached_property
    def _cache(self) -> dict[str, Any]:
        return {}

    def cached(self, key: str, compute: Callable[[], T]) -> T:
        """A result by name, computed at first use."""
        if key not in self._cache:
            self._cache[key] = compute()
        value: T = self._cache[key]
        return value

    def keep(self, stage: str, make: Callable[[], T], *settings: Any) -> T:
        """A result from the cache in use, by the code, this case and the settings; just made where nothing is kept."""
        if active_cache().folder is None:
            return make()
        return active_cache().record(stage, content_key(code_stamp(), self.content_key, *settings), make)

    def collects(self, kind: str) -> bool:
        """Whether a source of the case records a kind of event; if not, its absence is unknown and not zero.

        Args:
            kind: a channel, `closure`, `deaths` or `civilian_deaths`.
        """
        return self.cached(f"collects {kind}", lambda: collects(self.g, kind))

    def labels(self, kind: str) -> dict[str, str]:
        """The channel of each event in a fit, by event id.

        `host`: the ten channels, but only concessions that the host made, alone or with the target.
        `harm`: the same, with strikes split by whether a report gives civilian deaths, gives none, or gives no figure.

        Events known only to the week or month are left out (`imprecise`): a model of days would take the first day of
        their span for the day on which they happened, and see prevention where there is none.
        """
        return self.cached(f"labels {kind}", lambda: self._label_events(kind))

    @cached_property
    def imprecise(self) -> tuple[str, ...]:
        """Ids of observed events of the ten channels that fits leave out, since their day is not known."""
        return tuple(
            e.id
            for e in self.g.events
            if e.span.precision != "day" and self.g.channel(e) and self.g.coverage.watched(e.day)
        )

    def _label_events(self, kind: str) -> dict[str, str]:
        out = {}
        for e in self.g.events:
            c = self.g.channel(e)
            if e.span.precision != "day":
                continue
            if c not in CHANNELS or (c == "concession" and set(self.host).isdisjoint(e.initiators)):
                continue
            if kind == "harm" and c == "strike":
                known, none = e.tolls.civilian, OTHER_STRIKE  # no figure is not zero deaths
                c = STRIKE_WITHOUT_FIGURE if known is None else STRIKE_WITH_CIVILIAN_DEATHS if known else none
            out[e.id] = c
        return out

    def counts(self, kind: str = "host") -> Counts:
        """Daily counts of events by these labels; events without a known day are left out."""
        harm = (
            *(c for c in CHANNELS if c != "strike"),
            STRIKE_WITH_CIVILIAN_DEATHS,
            OTHER_STRIKE,
            STRIKE_WITHOUT_FIGURE,
        )
        names = CHANNELS if kind == "host" else harm
        labels, coverage = self.labels(kind), self.g.coverage
        y = np.zeros((len(coverage.by_day), len(names)), dtype=np.int64)
        imprecise = np.zeros(len(names), dtype=np.int64)
        for e in self.g.events:
            day = (e.day - coverage.first).days
            if e.id in labels and 0 <= day < len(y):
                y[day, names.index(labels[e.id])] += 1
        strikes = dict.fromkeys((STRIKE_WITH_CIVILIAN_DEATHS, OTHER_STRIKE, STRIKE_WITHOUT_FIGURE), "strike")
        by_channel = coverage.matrix([strikes.get(n, n) for n in names])
        return Counts(coverage.first, tuple(names), y, coverage.by_day, imprecise, by_channel)

    def fit_system(self, kind: str = "host") -> "FittedModel | None":
        """The model fitted to these counts, cached; None where too few days or events are recorded."""

        def attempt() -> "FittedModel | None":
            try:
                return self.require_fit(kind)
            except (BadCounts, DidNotConverge):
                return None

        return self.cached(f"fit {kind}", attempt)

    @cached_property
    def system(self) -> "FittedModel | None":
        """The fitted model that gives all responses."""
        return self.fit_system()

    def require_fit(self, kind: str = "host") -> "FittedModel":
        """Fit the model to these counts; channels are sampled when they are first used.

        Raises:
            BadCounts: too few covered days, or no events on them.
        """
        from detente.model.fit import fit_model  # a command that reads its results from the cache fits nothing
        from detente.model.report import regime_indicators

        c = self.counts(kind)
        observed = c.y[c.coverage > 0].sum(axis=0) > 0
        if not observed.any():
            raise BadCounts(c.channels, "there are no events on days with systematic coverage")
        regimes = [r for r in self.g.case.regimes if r.first <= self.g.as_of]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the verdict reports channels with too few events
            return fit_model(
                c.y[:, observed], c.by_channel[:, observed], regime_indicators(c, regimes), rng=make_rng(self.seed),
                channels=tuple(n for n, o in zip(c.channels, observed, strict=True) if o), draws=self.draws,
                half_lives=self.half_lives, sigmas=self.sigmas, leave_out_unwatched=True, lazy=True,
            )  # fmt: skip

    @cached_property
    def watched_days(self) -> list[date]:
        """Days with systematic reporting coverage, in order."""
        e = self.g.coverage
        return [e.first + timedelta(days=int(i)) for i in np.flatnonzero(e.by_day > 0)]

    def with_changes(self, name: str, **how: Any) -> "ClaimContext":
        """The same case with one change, for a robustness check; cached under `name`.

        Args:
            how: `without`, an actor whose events are left out; `left_out`, the first and last of the days to treat as
                not covered; `even`, treat all covered days alike; `assumed`, the name of an assumption about coverage and
                the factor to change it by; `named_only`, leave out operations against unnamed fighters; `half_lives`.
        """
        return self.cached(f"changed {name}", lambda: self._change(how))

    def _change(self, how: Mapping[str, Any]) -> "ClaimContext":
        g, half_lives = self.g, tuple(how.get("half_lives", self.half_lives))
        changes = {k: v for k, v in how.items() if k != "half_lives"}
        coverage = g.coverage
        if "without" in how:
            g = replace(g, events=tuple(e for e in g.events if how["without"] not in e.actors))
        if "left_out" in how:
            a, b = (date.fromisoformat(d) for d in how["left_out"])
            coverage = coverage.without(a, b)
        if how.get("even"):
            coverage = coverage.even()
        if "assumed" in how:
            name, factor = how["assumed"]
            coverage = coverage.scaled(assumption_factors(g.case, coverage, name, factor))
        if how.get("named_only"):
            g = replace(g, events=tuple(e for e in g.events if not is_against_unnamed(g, e)))
        if g.events is not self.g.events:
            ids = {None, *(e.id for e in g.events)}
            g = replace(g, links=tuple(k for k in g.links if {k.event, k.responds_to} <= ids))
        g = replace(g, coverage=coverage)
        changed = ClaimContext(g, half_lives, CHECK_DRAWS, CHECK_SIGMAS, self.seed, changes, base=self)
        if not changes.keys() & {"without", "left_out", "named_only"}:
            # The index depends on neither the kernel nor the reporting coverage.
            changed.__dict__["index"] = self.index
        return changed

    def from_source(self, other: CaseData) -> "ClaimContext":
        """The case from another source, cached; fewer draws, as for a robustness check."""
        source = other.release.source
        context = ClaimContext(other, self.half_lives, CHECK_DRAWS, CHECK_SIGMAS, self.seed, {"record": source})
        return self.cached(f"record {source}", lambda: context)

    @property
    def target(self) -> tuple[str, ...]:
        """The target's key, in a tuple as `EventFilter` takes it."""
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
        """First day of the recent period: the first named period of fighting, or a year before `as_of` if there is none."""
        fighting = [r.first for r in self.g.case.regimes if r.kind == "fighting" and r.first < self.g.as_of]
        return min(fighting, default=max(self.g.case.first, self.g.as_of - timedelta(days=365)))

    @property
    def recent_is_named(self) -> bool:
        """Whether the case file names the recent period as one of fighting; else it is the last year."""
        return any(r.kind == "fighting" and r.first == self.recent_from for r in self.g.case.regimes)

    @property
    def since_piece(self) -> ConventionPiece:
        """`since 9 October 2025`."""
        why = "the first stretch of fighting named in the case file"
        if not self.recent_is_named:
            why = "the first day of the case, or a year before the day of knowledge if that is later"
        return ConventionPiece(f"since {format_date(self.recent_from)}", why)

    @property
    def recent_period(self) -> tuple[date, date]:
        """First and last day of the recent period."""
        return self.recent_from, self.g.watched_to

    @property
    def earlier_period(self) -> tuple[date, date]:
        """First and last day of the period before the recent one."""
        return self.g.case.first, self.recent_from - timedelta(days=1)

    @cached_property
    def geography(self) -> Geography | None:
        """Border, placebo borders and provinces; None where the case has no map."""
        return load_geography(self.g.case) if self.g.case.geometry else None

    @cached_property
    def index(self) -> RelationIndex | None:
        """The relation index, or None where too few weeks are recorded, or no words of the governments are collected.

        The index of a source that records force alone would show relations at their worst, always.
        """
        if not all(self.collects(c) for c in WORD_CHANNELS):
            return None
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
        """Truces of both pairs."""
        return find_truces(self.g)

    @cached_property
    def rounds(self) -> tuple[TruceDuration, ...]:
        """Mediated rounds."""
        return find_mediated_rounds(self.g)

    def follow_up(
        self, key: str, first: EventFilter, then: EventFilter, within: int, what: str
    ) -> tuple[Quantity, Quantity] | None:
        """Share of days with `first` followed by `then`, and that of nearby days.

        None where no such day has its following days covered, or where no source of the case records such events.
        """
        if find_gaps(self.g, first.as_data()) or find_gaps(self.g, then.as_data()):
            return None
        try:
            return follow_up_share(self.g, key, first, then, within, what)
        except NotObserved:
            return None

    def stated(self, causes: str | tuple[str, ...], effect: str) -> StatedResponse | None:
        """How many acts of one kind are presented by their sources as reactions to acts of another, and how soon.

        Args:
            causes, effect: channels, or `closure`. Of concessions those of the host count.

        None where the source states no links, or no such act is on record.
        """
        kinds = (causes,) if isinstance(causes, str) else causes

        def measure() -> StatedResponse | None:
            try:
                return measure_stated_response(self.g, kinds, effect_filter(self, effect).of(self.g), effect)
            except NotObserved:
                return None

        return self.cached(f"stated {kinds} {effect}", measure)

    def stated_answers(self, cause: str, effect: str = "", civilians: bool | None = None) -> StatedAnswers | None:
        """How many acts were answered, by what and how soon, as sources state it.

        Args:
            cause: kind of act. effect: kind of answer, any if empty. civilians: only acts with (True) or without (False)
                reported civilian deaths.

        None where the source states no links, or no such act is on an observed day.
        """

        def measure() -> StatedAnswers | None:
            acts = replace(effect_filter(self, cause), civilians=civilians).of(self.g)
            try:
                return measure_stated_answers(self.g, acts, (cause,), (effect,) if effect else ())
            except NotObserved:
                return None

        return self.cached(f"stated answers {cause} {effect} {civilians}", measure)

    def ratio(self, key: str, sel: EventFilter) -> Quantity | None:
        """Rate ratio of the recent to the earlier period.

        None where one was not covered, both have no events, or no source of the case records such events.
        """
        if find_gaps(self.g, sel.as_data()):
            return None
        try:
            return rate_ratio_quantity(self.g, key, sel, self.recent_period, self.earlier_period)
        except NotObserved:
            return None

    def channel(self, *channels: str) -> EventFilter:
        """All events of some channels."""
        return EventFilter(channels=channels)

    @cached_property
    def counter_terrorism(self) -> EventFilter:
        """Contacts and joint acts of the two governments about terrorism, intelligence or military matters."""
        types, contexts = ("AGREE", "CONSULT", "COOPERATE"), ("terrorism", "intelligence", "military")
        return EventFilter(channels=("dialogue", "concession"), types=types, contexts=contexts)

    @cached_property
    def host_concession(self) -> EventFilter:
        """Concessions of the host, alone or with the target."""
        return EventFilter(channels=("concession",), initiators=self.host)

    def keys(self, role: str) -> tuple[str, ...]:
        """Keys of all actors that have a role on the last day."""
        return tuple(a.key for a in self.g.case.cast if role_on(a, self.g.as_of) == role)
