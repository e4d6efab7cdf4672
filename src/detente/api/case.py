"""A case prepared for serving: its data, fitted model, responses, forecast and brief.

Fitting the model and checking every claim takes about 15 seconds. So a case is prepared once, before the first worker starts,
and kept in the cache folder, keyed by its data and the code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from detente.api.forecast import ForecastSummary, summarize_forecast
from detente.api.responses import ResponseTables, compute_response_tables
from detente.brief.build import BriefRequest, build_brief
from detente.brief.document import Brief
from detente.brief.forecast_section import case_forecast
from detente.cases.case_file import CaseFile, load_case_file
from detente.cases.load import CaseData, load_case_data
from detente.claims.context import ClaimContext
from detente.core.disk_cache import DiskCache, content_key, use_cache
from detente.core.version import code_stamp
from detente.forecast.scorecard_store import load_scorecard
from detente.model.fit import FittedModel


@dataclass(frozen=True)
class PreparedCase:
    """A case as served: `key` identifies its inputs, `view` holds the record and the fit, `brief` the whole brief.

    `named` is the requested name of a shipped case, or a path. `answers` is None if no model could be fitted;
    `forecast` is the reason in words if there is none.
    """

    key: str
    named: str
    view: ClaimContext
    brief: Brief
    answers: ResponseTables | None
    forecast: ForecastSummary | str

    def __repr__(self) -> str:
        # The default would print the whole record: megabytes, which take a failing test minutes to write.
        return f"PreparedCase({self.named!r}, as of {self.g.as_of}, {len(self.g.events)} events)"

    @property
    def g(self) -> CaseData:
        """The record."""
        return self.view.g

    @property
    def case(self) -> CaseFile:
        """The case file."""
        return self.view.g.case

    @property
    def id(self) -> str:
        """The case's id, the first part of every address of this case."""
        return self.case.id

    @property
    def system(self) -> FittedModel | None:
        """The fitted model, or None if the record is too short for one."""
        return self.view.system


def prepare_case(
    named: str, folder: Path | None, report: Callable[[str], None] = lambda _: None, store: Path | None = None
) -> PreparedCase:
    """Load a prepared case from the cache folder, or prepare and store it.

    Args:
        named: a shipped case or the path of a case file. folder: the cache. report: called with each step in words.
        store: the store with the releases of a case that brings its own; None if there is none.

    Raises:
        UnknownCase, BadCase, MissingUserData: the case cannot be used.
    """
    view = ClaimContext(load_case_data(load_case_file(named), store=store))
    key = content_key(code_stamp(), view.content_key)
    with use_cache(DiskCache(folder)) as cache:
        parts = cache.record(
            "prepared", content_key(key, named, load_scorecard(view.g)), lambda: _compute_parts(view, named, report)
        )
        _ = view.system  # fitted or loaded now, so that no page waits for it
    return PreparedCase(key, named, view, *parts)


def _compute_parts(
    view: ClaimContext, named: str, report: Callable[[str], None]
) -> tuple[Brief, ResponseTables | None, ForecastSummary | str]:
    title = view.g.case.title
    report(f"{title}: forecasting (once) ...")
    forecast = case_forecast(view)
    report(f"{title}: fitting the model, running robustness checks (once) ...")
    brief = build_brief(BriefRequest(named, None, f"detente brief {named}"), view=view, foreseen=forecast)
    answers = compute_response_tables(view.system, view.seed) if view.system is not None else None
    return brief, answers, summarize_forecast(forecast, view.seed)
