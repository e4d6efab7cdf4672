"""Generate the JSON Schema of every result from its classes, and the page that lists them.

.venv/bin/python docs/make_schema.py
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, create_model
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from detente.api.results.measures import EpisodeRow, RelationWeek
from detente.api.results.simulation import SimulationRow
from detente.api.results.texts import CrossingStatus, PeriodChange
from detente.cases.longer_view import MonthFigure, YearFigure
from detente.cases.stated_links import StatedLink
from detente.charts.longer_view_data import ViewMark
from detente.events.arrow import SCHEMA
from detente.events.row_account import REJECTS_SCHEMA
from detente.forecast.scorecard import ForecastRecord
from detente.measures.crossings import CrossingSpell
from detente.measures.truces import TruceDuration
from detente.model.responses_table import ResponseRow
from detente.model.summaries import PosteriorInterval

HERE = Path(__file__).parent / "reference"
_ARROW = {
    "string": str,
    "int64": int,
    "double": float,
    "bool": bool,
    "date32[day]": date,
    "list<item: string>": list[str],
}


def _model(name: str, fields: Mapping[str, Any], *, extra: bool = False) -> type[BaseModel]:
    config = ConfigDict(extra="allow" if extra else "forbid")
    return create_model(name, __config__=config, **{k: (t, ...) for k, t in fields.items()})


def _arrow_model(name: str, schema: pa.Schema, **more: Any) -> type[BaseModel]:
    kinds = {f.name: _ARROW[str(f.type)] | None if f.nullable else _ARROW[str(f.type)] for f in schema}
    return _model(name, kinds | more)


RecordAge = _model("RecordAge", {
    "covered_to": date, "last_event": date | None, "read_on": date, "days": int, "sentence": str,
})  # fmt: skip
HEADER: dict[str, Any] = {"case": str, "as_of": date, "watched_to": date, "release": str, "age": RecordAge}
ClaimRow = _model("ClaimRow", {
    "claim": str, "verdict": str, "probability": float, "statement": str, "held": int, "failed": int,
})  # fmt: skip
ChangePointRow = _model("ChangePointRow", {"day": int, "ratio": float})
ResidualRow = _model("ResidualRow", {"channel": str, "echo_p": float, "normal_p": float})
LinkRow = _model("LinkRow", {"title": str, "address": str})
UnusedRow = _model("UnusedRow", {"words": str, "why": str})
PeriodCounts = _model("PeriodCounts", {"observed_days": int, "coverage": float}, extra=True)
EventRow = _arrow_model("EventRow", SCHEMA, channel=str | None)
ReleaseRow = _arrow_model("ReleaseRow", SCHEMA)
RejectedRow = _arrow_model("RejectedRow", REJECTS_SCHEMA)
AnyRow = dict[str, Any]


@dataclass(frozen=True)
class Format:
    """One format of `to_dict()`.

    Fields:
        name: as under the key `format`. python: the call that gives it. command: whose `--json` prints it, or "".
        fields: key to type, without the header. header: whether case, day of knowledge, release and age come first.
        open: further keys may come. says: what it holds.
    """

    name: str
    python: str
    says: str
    fields: Mapping[str, Any]
    command: str = ""
    header: bool = True
    open: bool = False
    optional_header: bool = field(default=False)

    @property
    def file(self) -> str:
        """Name of the schema's file."""
        return f"{self.name.replace(' ', '-')}.schema.json"


FORMATS = (
    Format("detente status 1", "case.status()", "The situation in sentences, crossings, changes and verdicts.", {
        "title": str, "age_days": int, "sentences": list[str], "crossings": list[CrossingStatus], "changes": list[PeriodChange],
        "changes_text": str, "verdicts": dict[str, str],
    }, command="detente status"),
    Format("detente answer 4", "case.ask(question)", "The answer to a question, part by part.", {
        "question": str, "kind": str, "understood": AnyRow, "unused": list[UnusedRow], "text": str,
        "value": int | dict[str, int | None] | None, "events": list[str], "parts": list[AnyRow], "links": list[LinkRow],
        "analysis": AnyRow | None,
    }, command="detente answer"),
    Format("detente events 1", "case.events", "Events, by the names of the exports.", {"rows": list[EventRow]}),
    Format("detente counts 1", 'case.counts(every="week")', "Events of each kind by day, week, month or year.", {
        "every": str, "channels": list[str], "rows": list[PeriodCounts],
    }),
    Format("detente relation index 1", "case.relation_index", "Relations between the governments by week.", {"rows": list[RelationWeek]}),
    Format("detente episodes 1", "case.episodes", "Crises: runs of strikes and clashes.", {"rows": list[EpisodeRow]}),
    Format("detente truces 1", "case.truces", "Truces and mediated rounds, and how they ended.", {"rows": list[TruceDuration]}),
    Format("detente crossings 1", "case.crossings", "Closures and restrictions of each crossing.", {"rows": list[CrossingSpell]}),
    Format("detente stated links 1", "case.links", "Which act its source presents as a reaction to which.", {"rows": list[StatedLink]}),
    Format("detente longer view 1", "case.longer_view", "Another source's figures by month and year.", {
        "source": str, "licence": str, "cite": str, "years": list[YearFigure], "months": list[MonthFigure], "marks": list[ViewMark],
    }),
    Format("detente responses 1", "case.responses(days=30)", "Extra events of each kind after one event of another.", {
        "days": int, "level": float, "channels": list[str], "rows": list[ResponseRow],
    }, optional_header=True),
    Format("detente fit 1", "case.fit, detente.fit(counts)", "The fitted model: responses, criticality, tests of the residuals.", {
        "channels": list[str], "events": list[int], "seed": int, "draws": int, "half_lives": list[float], "too_few": list[str], "estimated": bool,
        "doubtful": list[str], "criticality": PosteriorInterval, "half_life": PosteriorInterval,
        "change_points": list[ChangePointRow], "residuals": list[ResidualRow], "responses": list[ResponseRow],
    }, command="detente explain (with `days` and `warnings`)", optional_header=True),
    Format("detente claims 1", "case.claims", "Every claim with its verdict.", {"rows": list[ClaimRow]}),
    Format("detente claim 1", 'case.claims["trust"]', "One claim: parts, checks, sentences, numbers with their events.", {
        "claim": str, "statement": str, "verdict": AnyRow, "parts": list[AnyRow], "checks": list[AnyRow], "numbers": list[AnyRow],
    }, open=True),
    Format("detente forecast 1", "case.forecast()", "Probabilities and amounts by kind of event and horizon.", {
        "coverage": float, "days": list[int], "paths": int, "seed": int, "sentences": list[str], "any": list[AnyRow],
        "amounts": list[AnyRow], "drivers": list[AnyRow],
    }, command="detente forecast", open=True),
    Format("detente forecast history 1", "case.forecast_history()", "Past forecasts and what the record then showed.", {
        "rows": list[ForecastRecord],
    }),
    Format("detente simulation 1", 'case.simulate("border=0.8")', "The future with and without a policy change.", {
        "change": str, "level": float, "paired_paths": int, "seed": int, "too_few": list[str], "effects": list[SimulationRow],
        "sentences": list[str], "basis": list[str],
    }),
    Format("detente release 1", "detente.read_events(path)", "The events and rejected rows of a published file.", {
        "source": str, "release": str, "known_on": date, "total_rows": int, "merged": int, "rejected": list[RejectedRow],
        "rows": list[ReleaseRow],
    }, header=False),
    Format("detente brief 2", "case.brief()", "The whole brief, as in `brief.json`.", {
        "title": str, "question": str, "as_of": date, "answer": AnyRow, "findings": list[AnyRow], "sections": list[AnyRow],
    }, header=False, open=True),
)  # fmt: skip


class _Generator(GenerateJsonSchema):
    """Schemas of the values as `to_dict()` gives them: a number that is not finite is null."""

    def float_schema(self, schema: core_schema.FloatSchema) -> dict[str, Any]:
        return {"type": ["number", "null"]}

    def tuple_schema(self, schema: core_schema.TupleSchema) -> dict[str, Any]:
        return {k: v for k, v in super().tuple_schema(schema).items() if k not in ("minItems", "maxItems")}


def build_schema(f: Format) -> dict[str, Any]:
    """Build the JSON Schema (draft 2020-12) of a format."""
    head = HEADER if f.header else {}
    model = _model("Result", {"format": str, **head, **f.fields}, extra=f.open)
    schema = model.model_json_schema(schema_generator=_Generator)
    if f.optional_header:
        schema["required"] = [k for k in schema["required"] if k not in HEADER]
    schema["properties"]["format"] = {"const": f.name}
    _clean(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f.name,
        "description": f.says,
        **schema,
    } | {"title": f.name}


def _clean(node: Any) -> None:
    """Leave out the titles that repeat a key, and Python's docstrings."""
    if isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        if isinstance(node.get("description"), str):
            node["description"] = node["description"].split("\n")[0]
        for value in node.values():
            _clean(value)
    elif isinstance(node, list):
        for value in node:
            _clean(value)


def page() -> str:
    """Return the page that lists the formats."""
    rows = "\n".join(
        f"| [`{f.name}`](schema/{f.file}) | {f.says} | `{f.python}` | {f'`{f.command}`' if f.command and '`' not in f.command else f.command} |"
        for f in FORMATS
    )
    return (
        "# JSON\n\n"
        "`to_dict()` of a result and the command's `--json` give the same plain values. The key `format` names the kind of result and its "
        "version. A version rises when a key changes its meaning or goes; new keys may come without it.\n\n"
        "| format | holds | Python | command with `--json` |\n| --- | --- | --- | --- |\n"
        f"{rows}\n\n"
        "Conventions:\n\n"
        "- Days are text such as `2025-10-08`. Probabilities and shares are numbers from 0 to 1.\n"
        "- `null` is unknown, never zero. A number that is not finite is `null`.\n"
        "- `as_of` is the day of knowledge, `watched_to` the last covered day, `age` how old the record is on the day of reading.\n"
        "- In `detente counts 1` each kind of event is a key of the row, and the first key is the period.\n\n"
        "Each page of the workbench is JSON too, with `.json` behind its address. `/openapi.json` of a running workbench describes those.\n\n"
        "Made by `docs/make_schema.py` from the classes of the results; a test holds the results to it.\n"
    )


def write_schemas() -> dict[Path, str]:
    """Return every file with its text."""
    files = {
        HERE / "schema" / f.file: json.dumps(build_schema(f), indent=1, ensure_ascii=False) + "\n" for f in FORMATS
    }
    return {HERE / "json.md": page()} | files


def main() -> None:
    """Write the page and the schemas."""
    (HERE / "schema").mkdir(exist_ok=True)
    for path, text in write_schemas().items():
        path.write_text(text, encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
