"""A case prepared for serving: its data, fitted model, responses, forecast and brief.

Fitting the model and checking every claim takes about 15 seconds. So a case is prepared once, before the first worker starts,
and stored in the cache folder under a key of all inputs: the release, the case's files, the day and the code.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from detente.api.cache import cache_get, cache_put
from detente.api.forecast import ForecastSummary, summarize_forecast
from detente.api.responses import ResponseTables, compute_response_tables
from detente.brief.build import BriefRequest, build_brief
from detente.brief.document import Brief
from detente.brief.forecast_section import case_forecast
from detente.cases.case_file import CaseFile, load_case_file
from detente.cases.load import CaseData, load_case_data
from detente.claims.context import ClaimContext
from detente.core.version import __version__
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


def prepare_case(named: str, folder: Path, report: Callable[[str], None] = lambda _: None) -> PreparedCase:
    """Load a prepared case from the cache folder, or prepare and store it.

    Args:
        named: a shipped case or the path of a case file. folder: the cache. report: called with each step in words.

    Raises:
        UnknownCase, BadCase, MissingUserData: the case cannot be used.
    """
    view = ClaimContext(load_case_data(load_case_file(named)))
    key = _cache_key(view)
    path = folder / f"{view.g.case.id}-{key[:24]}.study"
    cached = cache_get(path, PreparedCase, key)
    if cached is not None:
        return cached
    report(f"{view.g.case.title}: forecasting (once) ...")
    f = case_forecast(view)
    report(f"{view.g.case.title}: fitting the model, running robustness checks (once) ...")
    document = build_brief(BriefRequest(named, None, f"detente brief {named}"), view=view, foreseen=f)
    view = view.without_check_results()
    answers = compute_response_tables(view.system, view.seed) if view.system is not None else None
    prepared = PreparedCase(key, named, view, document, answers, summarize_forecast(f, view.seed))
    cache_put(path, prepared)
    return prepared


def _cache_key(view: ClaimContext) -> str:
    g = view.g
    h = hashlib.sha256()
    for part in (__version__, _code_digest(), g.release.sha256, str(g.as_of), str(view.recipe)):
        h.update(part.encode() + b"\0")
    for file in sorted(p for p in g.case.folder.glob("*") if p.is_file() and p.stat().st_size < 5_000_000):
        h.update(file.name.encode() + b"\0" + file.read_bytes())
    return h.hexdigest()


@cache
def _code_digest() -> str:
    # An editable checkout changes without changing its version.
    h = hashlib.sha256()
    root = Path(str(files("detente")))
    for p in sorted(root.rglob("*")):
        at = p.relative_to(root)
        if p.suffix in {".py", ".toml", ".tsv", ".csv", ".json"} and at.parts[0] not in {"cli", "web"}:
            h.update(str(at).encode() + p.read_bytes())
    return h.hexdigest()
