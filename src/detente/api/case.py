"""One case prepared for reading: the view with its fitted system, its answers, its forecast, and the brief.

Fitting and attacking every claim takes a quarter of a minute; pages take milliseconds. So a case is prepared once, before
the first worker starts, and kept in the cache folder under a key of everything it was made from: the release, the case's files,
the day, and the code. What was made by other code or from other data is made again.
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

# Of this floor only these files shape what is kept.
CACHE_RELEVANT_FILES = {"study.py", "answered.py", "foreseen.py"}


@dataclass(frozen=True)
class PreparedCase:
    """A case as served: `key` names what it was made from, `view` holds the record and the fit, `brief` the whole brief.

    `named` is what was asked for: a shipped case's name, or a path. `answers` is None where no system could be fitted;
    `forecast` is the reason, in words, where there is none.
    """

    key: str
    named: str
    view: ClaimContext
    brief: Brief
    answers: ResponseTables | None
    forecast: ForecastSummary | str

    def __repr__(self) -> str:
        # Its parts hold the whole record: written out they are megabytes, and a failing test would write them for minutes.
        return f"Study({self.named!r}, as of {self.g.as_of}, {len(self.g.events)} events)"

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
        """The first part of every address of this case."""
        return self.case.id

    @property
    def system(self) -> FittedModel | None:
        """The fitted system, or None where the record is too short for one."""
        return self.view.system


def prepare_case(named: str, folder: Path, tell: Callable[[str], None] = lambda _: None) -> PreparedCase:
    """The case prepared: from the cache folder if it is there, else made and kept.

    Args:
        named: a shipped case or the path of a case file. folder: the cache. tell: hears what is being done.

    Raises:
        UnknownCase, BadCase, NothingBrought: the case cannot be used.
    """
    view = ClaimContext(load_case_data(load_case_file(named)))
    key = _cache_key(view)
    path = folder / f"{view.g.case.id}-{key[:24]}.study"
    found = cache_get(path, PreparedCase, key)
    if found is not None:
        return found
    tell(f"{view.g.case.title}: forecasting (once) ...")
    f = case_forecast(view)
    tell(f"{view.g.case.title}: measuring, fitting, checking each claim (once) ...")
    document = build_brief(BriefRequest(named, None, f"detente brief {named}"), view=view, foreseen=f)
    view = view.without_check_results()
    answers = compute_response_tables(view.system, view.seed) if view.system is not None else None
    made = PreparedCase(key, named, view, document, answers, summarize_forecast(f, view.seed))
    cache_put(path, made)
    return made


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
    """A digest of the package's own files: an editable checkout changes without changing its version."""
    h = hashlib.sha256()
    root = Path(str(files("detente")))
    for p in sorted(root.rglob("*")):
        at = p.relative_to(root)
        if p.suffix in {".py", ".toml", ".tsv", ".csv", ".json"} and (
            at.parts[0] not in {"cli", "web"} or at.name in CACHE_RELEVANT_FILES
        ):
            h.update(str(at).encode() + p.read_bytes())
    return h.hexdigest()
