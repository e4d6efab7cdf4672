"""A case as known on a day. Nothing is fitted or tested until it is asked for; each result is made once and kept on disk.

Pages, commands and notebooks read the same object. Results are stages in the cache folder, keyed by what they were made from:
the posterior of each channel, each claim, the forecast, simulations, the brief.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from detente.cases.case_file import CaseFile, find_shipped_cases, load_case_file
from detente.cases.channel_names import list_table_channels
from detente.cases.edits.row import SOURCE as NOTES
from detente.cases.errors import AsOfOutOfRange
from detente.cases.load import CaseData, load_case_data
from detente.cases.testimony import find_uncounted_kinds
from detente.claims.context import ClaimContext
from detente.claims.load import load_claim_context
from detente.core.clock import today
from detente.core.disk_cache import (
    DiskCache,
    active_cache,
    content_key,
    default_cache_folder,
    is_cache_chosen,
    use_cache,
)
from detente.core.errors import DetenteError
from detente.core.version import code_stamp
from detente.forecast.usual_run import FORECAST_DAYS, FORECAST_PATHS
from detente.measures.record_age import RecordAge
from detente.measures.yardstick import Yardstick, find_yardstick, source_figures
from detente.sources.licences import licence_of
from detente.store.paths import find_store

# Reading what is in the cache needs neither the claims nor the forecast nor the texts: the methods below import what makes them.
if TYPE_CHECKING:
    from detente.api.forecast import ForecastRecord, ForecastSummary
    from detente.api.record_changes import ChangeRow
    from detente.api.responses import ResponseTables
    from detente.api.results.answers import AnswerResult
    from detente.api.results.base import ResultHeader, ResultTable
    from detente.api.results.claims import ClaimResults
    from detente.api.results.counts import CountTable
    from detente.api.results.digest import DigestResult
    from detente.api.results.events import EventTable
    from detente.api.results.fit import Fit, ResponseMatrix
    from detente.api.results.forecast import ForecastResult
    from detente.api.results.longer_view import LongerView
    from detente.api.results.measures import EpisodeRow, RelationTable
    from detente.api.results.simulation import SimulationResult
    from detente.api.results.texts import BriefResult, StatusResult
    from detente.brief.document import Brief, Dataset
    from detente.brief.forecast_section import ForecastFailure
    from detente.cases.background import CaseBackground
    from detente.cases.stated_links import StatedLink
    from detente.claims.finding import Finding
    from detente.forecast.case import CaseForecast
    from detente.measures.crossings import CrossingSpell
    from detente.measures.truces import TruceDuration
    from detente.model.fit import FittedModel

DEFAULT_CASE, OWN_STORE = "pakistan-afghanistan", "own"
ALL_STAGES = ("forecast", "responses", "claims", "brief")
T = TypeVar("T")
Report = Callable[[str, int, int], None]
"""Called with the step that begins, the number of steps done, and the number of all steps."""


class BeingComputed(DetenteError):
    """A result of a served case is still being computed by another process."""

    exit_code = 6

    def __init__(self, case: str, stage: str) -> None:
        self.case, self.stage = case, stage
        super().__init__(f"The {stage} of {case} is being computed. Try again in a minute.")


class Case:
    """A case as known on a day.

    Use `detente.open`. Every attribute and method gives a frozen result; none changes the case.

    Args:
        named: the requested name of a shipped case, or a path. view: the record and the settings of the model.
        cache: where results are kept. compute: False on a server, where another process makes the results:
            what is not in the cache yet raises `BeingComputed`. store: whose other sources were read.
    """

    def __init__(
        self, named: str, view: ClaimContext, cache: DiskCache, *, compute: bool = True, store: Path | None = None
    ) -> None:
        self.named, self.view, self.cache, self.store, self._compute = named, view, cache, store, compute
        self._memory: dict[str, Any] = {}
        self._locks: dict[str, RLock] = {}
        self._guard = RLock()

    def __repr__(self) -> str:
        # The default would print the whole record: megabytes, which take a failing test minutes to write.
        return f"<case {self.id} as of {self.g.as_of}: {len(self.g.events)} events>"

    # What the case is made of.

    @property
    def g(self) -> CaseData:
        """The record: events, channels, reporting coverage, rejected rows."""
        return self.view.g

    @property
    def case(self) -> CaseFile:
        """The case file."""
        return self.view.g.case

    @property
    def computes(self) -> bool:
        """Whether missing results are made here; False on a server, where another process makes them."""
        return self._compute

    @property
    def id(self) -> str:
        """The case's id, the first part of every address of this case."""
        return self.case.id

    @property
    def shown_name(self) -> str:
        """The requested name as a brief shows it: the folder of a file stays private."""
        return f"{self.id}.toml" if self.named.endswith(".toml") else self.named

    @property
    def as_of(self) -> date:
        """The day of knowledge."""
        return self.g.as_of

    @cached_property
    def key(self) -> str:
        """A digest of the case's data, settings and the code: results of equal keys are equal."""
        return content_key(code_stamp(), self.view.content_key)

    @cached_property
    def header(self) -> "ResultHeader":
        """What every result of this case was made from."""
        from detente.api.results.base import header_of

        return header_of(self.g)

    @property
    def age(self) -> RecordAge:
        """How old the record is: the last covered day, the latest event known, the days from the first to the day of reading."""
        return self.header.age

    # Stages.

    def _stage(self, stage: str, make: Callable[[], T], *settings: Any) -> T:
        """A result from memory, else from the cache, else made now and kept."""
        name = content_key(stage, *settings)
        with self._guard:
            lock = self._locks.setdefault(name, RLock())
        with lock:
            if name not in self._memory:
                self._memory[name] = self._load_or_make(stage, content_key(self.key, *settings), make)
            found: T = self._memory[name]
            return found

    def _load_or_make(self, stage: str, key: str, make: Callable[[], T]) -> T:
        with use_cache(self.cache):
            if not self._compute:
                stored = self.cache.stored_record(stage, key)
                if stored is None:
                    raise BeingComputed(self.id, stage)
                result: T = stored
                return result
            return self.cache.record(stage, key, make)

    @property
    def document(self) -> "Brief":
        """The whole brief: sections, findings, sentences, numbers."""
        return self._stage("brief document", self._build_document, self.named, self._scores)

    def _build_document(self) -> "Brief":
        from detente.brief.build import BriefRequest, build_brief

        request = BriefRequest(self.named, self.g.as_of, f"detente brief {self.shown_name}", store=self.store)
        return build_brief(request, view=self.view, foreseen=self._simulated_futures)

    @property
    def answers(self) -> "ResponseTables | None":
        """Tables and curves of all responses; None if no model could be fitted."""
        return self._stage("response tables", self._build_response_tables)[0]

    def _build_response_tables(self) -> "tuple[ResponseTables | None]":
        from detente.api.responses import compute_response_tables

        s = self.view.system
        return (compute_response_tables(s, self.view.seed) if s is not None else None,)

    @property
    def forecast_summary(self) -> "ForecastSummary | str":
        """The default forecast; the reason in words if there is none."""
        return self._forecast_stage(FORECAST_DAYS, self.view.seed, FORECAST_PATHS, 1.0)

    def _forecast_stage(self, days: tuple[int, ...], seed: int, paths: int, coverage: float) -> "ForecastSummary | str":
        def make() -> "ForecastSummary | str":
            from detente.api.forecast import summarize_forecast
            from detente.brief.forecast_section import case_forecast

            usual = (days, seed, paths, coverage) == (FORECAST_DAYS, self.view.seed, FORECAST_PATHS, 1.0)
            futures = self._simulated_futures if usual else case_forecast(self.view, days, seed, paths, coverage)
            return summarize_forecast(futures, seed)

        return self._stage("forecast", make, days, seed, paths, coverage, self._scores)

    @cached_property
    def _simulated_futures(self) -> "CaseForecast | ForecastFailure":
        from detente.brief.forecast_section import case_forecast

        return case_forecast(self.view)

    @cached_property
    def _scores(self) -> str:
        """A digest of past scores and the weights that follow from them; results depend on both."""
        from detente.forecast.scorecard_store import load_scorecard, load_weights

        return content_key("scores", load_scorecard(self.g), load_weights(self.g).of)

    @property
    def system(self) -> "FittedModel | None":
        """The fitted model, or None if the record is too short for one."""
        with self._guard, use_cache(self.cache):
            if not self._compute:
                self._stage("response tables", self._build_response_tables)  # raises while the model is being fitted
            return self.view.system

    @property
    def document_if_ready(self) -> "Brief | None":
        """The whole brief if it has been made, else None."""
        name = content_key("brief document", self.named, self._scores)
        if name not in self._memory:
            stored = self.cache.stored_record("brief document", content_key(self.key, self.named, self._scores))
            if stored is not None:
                self._memory[name] = stored
        found: Brief | None = self._memory.get(name)
        return found

    @property
    def forecast_if_ready(self) -> "ForecastSummary | str | None":
        """The default forecast if it has been made, the reason if there is none, else None."""
        settings = (FORECAST_DAYS, self.view.seed, FORECAST_PATHS, 1.0, self._scores)
        name = content_key("forecast", *settings)
        if name not in self._memory:
            stored = self.cache.stored_record("forecast", content_key(self.key, *settings))
            if stored is not None:
                self._memory[name] = stored
        found: ForecastSummary | str | None = self._memory.get(name)
        return found

    def prepare(self, report: Report = lambda *_: None, stages: Sequence[str] = ALL_STAGES) -> None:
        """Make results step by step, and keep them.

        Args:
            report: called with each step. stages: some of `ALL_STAGES`; what pages show by default.
        """
        claims = [c for d in self.case.demands for c in d.claims]
        makers: list[tuple[str, str, Callable[[], object]]] = [
            ("forecast", "forecast", lambda: self.forecast_summary),
            ("responses", "model", lambda: self.view.system),
            ("responses", "responses", lambda: self.answers),
            *(("claims", f"claim {c.replace('_', ' ')}", lambda c=c: self._evaluate(c)) for c in claims),
            ("brief", "brief", lambda: self.document),
        ]
        steps = [(step, make) for stage, step, make in makers if stage in stages]
        with use_cache(self.cache):
            for done, (step, make) in enumerate(steps):
                report(step, done, len(steps))
                make()
        report("", len(steps), len(steps))

    def _evaluate(self, claim: str) -> "Finding":
        from detente.claims import evaluate

        with use_cache(self.cache):  # which keeps the finding
            return self.view.cached(f"finding {claim}", lambda: evaluate(claim, self.view))

    @cached_property
    def datasets(self) -> "tuple[Dataset, ...]":
        """The datasets behind the results, each with its use, licence and citation; the record first."""
        from detente.brief.build import build_datasets

        return build_datasets(self.view)

    @cached_property
    def closed_sources(self) -> tuple[str, ...]:
        """Sources of the record whose licence forbids passing rows on, or is not known; chronologies and notes are the reader's own."""
        own = {"chronology", NOTES}
        found = {e.source for e in self.g.events} | {b.source for b in self.case.brought}
        return tuple(sorted(s for s in found - own if not licence_of(s).open))

    # Results.

    @cached_property
    def longer_view(self) -> "LongerView | None":
        """Another source's figures for both states by year and month; None where the case has none known on its day."""
        from detente.api.results.longer_view import LongerView
        from detente.charts.longer_view_data import list_view_marks, list_year_bars

        figures = source_figures(self.g)
        if figures is None:
            return None
        return LongerView(self.header, figures, list_year_bars(self.view), list_view_marks(self.view))

    def yardstick(
        self, channel: str, since: str | date | None = None, until: str | date | None = None
    ) -> Yardstick | None:
        """What another source counts of the kind nearest to a channel, beside the record's count over the same months.

        Args:
            since, until: the period; the last twelve months with figures if not given.

        Returns:
            None where that source counts nothing comparable, or has no month of the period.
        """
        days = [date.fromisoformat(d) if isinstance(d, str) else d for d in (since, until)]
        return find_yardstick(self.g, channel, days[0], days[1])

    @property
    def background(self) -> "CaseBackground | None":
        """Who is who, arguments, policy options, places and terms; None where the case gives none."""
        return self.g.background

    @cached_property
    def events(self) -> "EventTable":
        """Every event, in order of day."""
        from detente.api.events.table import get_event_columns
        from detente.api.results.events import EventTable

        channels = tuple(self.g.channel(e) for e in self.g.events)
        return EventTable("events", self.header, self.g.events, get_event_columns(self), channels)

    def counts(self, every: str = "day") -> "CountTable":
        """Events by day, week, month or year and channel, with the days observed."""
        from detente.api.results.counts import build_count_table
        from detente.measures.counts import daily_counts

        c = daily_counts(self.g, list_table_channels(self.case))
        return build_count_table(self.header, c, every, find_uncounted_kinds(self.g, c.channels))

    @cached_property
    def relation_index(self) -> "RelationTable":
        """Weekly relations between the governments, from hostile (-10) to friendly (+10)."""
        from detente.api.results.measures import build_relation_table

        return build_relation_table(self.header, self.view.index)

    @cached_property
    def episodes(self) -> "ResultTable[EpisodeRow]":
        """Crises: runs of strikes and clashes without a gap of more than two weeks."""
        from detente.api.results.measures import build_episode_table

        return build_episode_table(self.header, self.view.episodes)

    @cached_property
    def truces(self) -> "ResultTable[TruceDuration]":
        """Truces and mediated rounds of talks, with how long they held."""
        from detente.api.results.measures import build_truce_table

        return build_truce_table(self.header, self.view.truces, self.view.rounds)

    @cached_property
    def crossings(self) -> "ResultTable[CrossingSpell]":
        """Closures and restrictions of each border crossing."""
        from detente.api.crossings import spells_of
        from detente.api.results.measures import build_crossing_table

        return build_crossing_table(self.header, dict(spells_of(self)))

    @property
    def changes(self) -> "ResultTable[ChangeRow]":
        """What people changed in the record, newest first: author, time, reason, what differs, and decisions."""
        from detente.api.record_changes import ChangeRow, list_changes, read_case_journal
        from detente.api.results.base import ResultTable

        rows = list_changes(self.g, read_case_journal(self.g, self.store)) if self.store is not None else ()
        return ResultTable("changes", self.header, rows, row_type=ChangeRow)

    @cached_property
    def fit(self) -> "Fit":
        """The fitted model.

        Raises:
            BadCounts: the record has too few days or events for one.
        """
        from detente.api.results.fit import Fit

        return Fit(self.header, self.system or self.view.require_fit(), self.view.seed)

    @property
    def fit_warnings(self) -> tuple[str, ...]:
        """What to know before reading the responses, most important first."""
        from detente.model.report import describe_fit_problems

        counts = self.view.counts()
        return describe_fit_problems(self.fit.model, self.fit.diagnostics, counts, len(self.view.imprecise))

    def responses(self, days: int = 30) -> "ResponseMatrix":
        """Extra events of each kind within `days` days of one event of another kind, with checks and verdict."""
        from detente.api.results.fit import ResponseMatrix

        rows = self._stage("responses", lambda: self.fit.responses(days).rows, days)
        return ResponseMatrix(self.header, days, 0.9, self.fit.channels, rows)

    @property
    def links(self) -> "ResultTable[StatedLink]":
        """Which act its source presents as a reaction to which earlier one; empty where the source has no such links."""
        from detente.api.results.base import ResultTable
        from detente.cases.stated_links import StatedLink

        return ResultTable("stated links", self.header, self.g.links, row_type=StatedLink)

    @cached_property
    def claims(self) -> "ClaimResults":
        """The claims of the case's question, each tested when it is asked for."""
        from detente.api.results.claims import ClaimResults

        ids = tuple(c for d in self.case.demands for c in d.claims)
        return ClaimResults(self.header, ids, self._evaluate)

    def forecast(
        self, days: Sequence[int] = FORECAST_DAYS, *, seed: int | None = None, paths: int = FORECAST_PATHS, coverage: float = 1.0
    ) -> "ForecastResult":  # fmt: skip
        """Forecast the days after the day of knowledge.

        Args:
            days: horizons, 1 to 365. seed: of the simulation; the case's if not given. paths: simulated futures.
            coverage: reporting coverage assumed for the days ahead, 1 for that of the reference window.

        Raises:
            BadHorizon: a horizon outside 1 to 365. HistoryTooShort: too few observed days.
        """
        from detente.api.results.forecast import ForecastResult, NotForecast

        horizons, chosen = tuple(sorted(set(days))), self.view.seed if seed is None else seed
        f = self._forecast_stage(horizons, chosen, paths, float(coverage))
        if isinstance(f, str):
            from detente.brief.forecast_section import case_forecast

            failure = case_forecast(self.view, horizons, chosen, paths, float(coverage))
            raise failure if isinstance(failure, Exception) else NotForecast(f)
        return ForecastResult(self.header, f)

    def forecast_history(self) -> "ResultTable[ForecastRecord]":
        """Past monthly forecasts whose horizon has ended, with the number of events that the record shows; empty without a score card."""
        from detente.api.results.base import ResultTable
        from detente.forecast.scorecard import ForecastRecord
        from detente.forecast.scorecard_store import load_history

        return ResultTable("forecast history", self.header, load_history(self.g), row_type=ForecastRecord)

    def simulate(self, *changes: str) -> "SimulationResult":
        """Simulate the future with and without policy changes, such as `"border=0.8"`.

        Raises:
            BadIntervention: an unknown policy option or value. HistoryTooShort: less than a year is covered. BadCounts: no
                model can be fitted.
        """
        from detente.api.interventions import simulate_changes

        return self._stage("simulation", lambda: simulate_changes(self, changes), *changes, self._scores)

    def counterfactual(self, since: str | date, without: Sequence[str]) -> "SimulationResult":
        """Simulate the past from a day on with and without some kinds of event.

        Raises:
            NotObserved: the day lies outside the record, or a kind has no events.
        """
        from detente.api.interventions import simulate_past

        day = date.fromisoformat(since) if isinstance(since, str) else since
        return self._stage("simulation", lambda: simulate_past(self, day, tuple(without)), day, *without)

    def ask(self, question: str, *, words: int | None = None, meaning: bool | None = None) -> "AnswerResult":
        """Answer a question about this case in plain words.

        Args:
            words: at most this many; else the number in the question, else 250 or the least that is needed.
            meaning: compare meanings as well as phrases (extra `nlp`); if installed by default.
        """
        from detente.api.ask import answer_question

        with use_cache(self.cache):
            return answer_question(self, question, words=words, meaning=meaning)

    def brief(self) -> "BriefResult":
        """The brief: save it as a web page, PDF, Word, Markdown or JSON.

        Raises:
            MissingExtra: the extra `brief` is not installed.
        """
        from detente.api.results.texts import BriefResult
        from detente.core.extras import require_extra

        require_extra("brief")
        return BriefResult(self.header, self.document, self.cache)

    def digest(self, month: str | None = None) -> "DigestResult":
        """What happened in a month, whether it was better or worse than the months before, and what to watch.

        Args:
            month: such as "2025-10"; the latest month that can be judged if not given.

        Raises:
            BadMonth: the text is no month. NoDigest: the record does not reach the month.
        """
        from detente.api.digest.build import build_digest
        from detente.core.month import parse_month

        return build_digest(self, parse_month(month) if month else None)

    def status(self) -> "StatusResult":
        """The situation now: relations, latest crisis, crossings, changes of the last thirty covered days."""
        from detente.api.status import build_status

        return build_status(self)


def open_case(
    name: str = DEFAULT_CASE, *, as_of: str | date | None = None, store: str | Path | None = OWN_STORE, cache: bool = True,
    seed: int = 0, compare: bool = True,
) -> Case:  # fmt: skip
    """Open a case whose events are held in memory; see `detente.open` for the arguments and errors.

    Args:
        compare: False leaves the other sources of the store out, which takes less time.
    """
    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    file = load_case_file(name)
    if day is not None and day > max(today(), file.last):
        raise AsOfOutOfRange(day, file.first, max(today(), file.last))
    folder = find_store() if store == OWN_STORE else Path(store) if store else None
    view = (
        load_claim_context(file, day, folder, seed)[0]
        if compare
        else ClaimContext(load_case_data(file, day, folder), seed=seed)
    )
    keep = active_cache() if is_cache_chosen() else DiskCache(default_cache_folder() if cache else None)
    return Case(name, view, keep, store=folder)


def list_cases() -> dict[str, str]:
    """The shipped cases: title by name.

    Example:
        >>> "pakistan-afghanistan" in list_cases()
        True
    """
    return {name: load_case_file(name).title for name in find_shipped_cases()}
