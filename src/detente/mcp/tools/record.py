"""Tools that read the record: which cases there are, the situation, recent changes, events, and what words mean."""

from dataclasses import asdict
from typing import Annotated, Any

from mcp.types import CallToolResult
from pydantic import Field

from detente.api.case import Case, Report
from detente.api.recent_changes import compare_recent_periods
from detente.api.results.base import result_data, to_plain
from detente.api.results.events import EventTable
from detente.cases.case_file import CaseFile
from detente.cases.channel_names import channel_name, channel_rule
from detente.cases.channel_rule import COUNTED_CHANNELS
from detente.cases.testimony import find_missing_kinds
from detente.core.errors import DetenteError
from detente.core.version import __version__
from detente.events.arrow import to_record
from detente.mcp import cautions
from detente.mcp.arguments import (
    ORDERS,
    Actors,
    AsOf,
    CaseArgument,
    EventTypes,
    Kinds,
    Limit,
    Next,
    Order,
    Places,
    Since,
    Text,
    Until,
    require_choice,
)  # fmt: skip
from detente.mcp.citation import NAME, cite_event, cite_record, list_ready_ratings, list_sources
from detente.mcp.errors import NoSuchEvent
from detente.mcp.progress import ToolContext, run_reporting
from detente.mcp.result import ToolResult
from detente.mcp.served_cases import CaseRegistry
from detente.mcp.size_limit import limit_size, shorten
from detente.model.intervention_spec import INTERVENTION_KINDS
from detente.text.glossary import find_entry, list_general_entries, list_kinds

Result = Annotated[CallToolResult, ToolResult]


async def list_cases(ctx: ToolContext) -> Result:
    """List the cases: title, question, parties, kinds of event, claims, policy options, age of the record."""
    served = ctx.request_context.lifespan_context

    def work(report: Report) -> ToolResult:
        rows = [_describe_case(served, key) for key in served.ids]
        found = ToolResult(
            cite=f"{NAME} {__version__}", age="", cautions=[cautions.COUNTS, cautions.UNKNOWN], sources=[], verdicts=[],
            result=result_data("cases", None, default=served.default, cases=rows), next=None, left_out=[],
            whole="detente case list; detente case show CASE",
        )  # fmt: skip
        return limit_size(found)

    return await run_reporting(ctx, work)


def _describe_case(served: CaseRegistry, key: str) -> dict[str, Any]:
    file = served.file(key)
    about: dict[str, Any] = {
        "id": key, "title": file.title, "question": file.question, "parties": file.names.model_dump(),
        "kinds": [{"kind": c, "name": channel_name(file, c), "collects": _describe_rule(file, c)} for c in COUNTED_CHANNELS],
        "actors": {a.key: a.name for a in file.cast},
        "claims": [c for d in file.demands for c in d.claims],
        "policy_options": {k.key: k.assumes for k in INTERVENTION_KINDS},
    }  # fmt: skip
    try:
        case = served.open(key)
    except DetenteError as e:  # such as releases that are missing
        return about | {"usable": False, "why_not": str(e)}
    return about | {
        "usable": True, **case.header.to_dict(), "events": len(case.g.events),
        "kinds_not_recorded": find_missing_kinds(case.g, COUNTED_CHANNELS), "cite": cite_record(case),
    }  # fmt: skip


def _describe_rule(file: CaseFile, kind: str) -> str | None:
    """Say what the record collects of a kind; None where the case file does not say."""
    rule = channel_rule(file, kind)
    return "all that are reported" if rule == "any" else rule or None


async def status(ctx: ToolContext, case: CaseArgument = "", as_of: AsOf = "") -> Result:
    """Give the situation of a case."""
    served = ctx.request_context.lifespan_context

    def work(report: Report) -> ToolResult:
        opened = served.open(case, as_of)
        found = opened.status()
        whole = f"detente status {opened.named} --json; page /{opened.id}/"
        ratings = list_ready_ratings(opened)
        on_verdicts = [cautions.VERDICTS, cautions.ALARMS] if ratings else [cautions.NOT_TESTED]
        return limit_size(
            ToolResult(
                cite=cite_record(opened), age=opened.age.sentence, sources=list_sources(opened), verdicts=ratings,
                cautions=[cautions.AGE, cautions.COUNTS, cautions.TOLLS, *on_verdicts],
                result=found.to_dict(), next=None, left_out=[], whole=whole,
            )
        )  # fmt: skip

    return await run_reporting(ctx, work)


async def changes(ctx: ToolContext, case: CaseArgument = "", as_of: AsOf = "") -> Result:
    """Compare the last thirty covered days with the thirty before."""
    served = ctx.request_context.lifespan_context

    def work(report: Report) -> ToolResult:
        opened = served.open(case, as_of)
        recent = compare_recent_periods(opened)
        names = {c: channel_name(opened.case, c) for c in COUNTED_CHANNELS}
        data = result_data("changes", opened.header, names=names, **{k: getattr(recent, k) for k in recent.__slots__})
        return limit_size(
            ToolResult(
                cite=cite_record(opened), age=opened.age.sentence, sources=list_sources(opened), verdicts=[],
                cautions=[cautions.COUNTS, cautions.AGE, cautions.TOLLS], result=data, next=None, left_out=[],
                whole=f"detente status {opened.named}; page /{opened.id}/",
            ),
            rows="later",
        )  # fmt: skip

    return await run_reporting(ctx, work)


async def events(
    ctx: ToolContext, case: CaseArgument = "", kind: Kinds = [], actor: Actors = [], type: EventTypes = [],  # noqa: B006
    place: Places = [], since: Since = "", until: Until = "",  # noqa: B006
    disputed: Annotated[bool | None, Field(description="Whether the parties' accounts contradict each other.")] = None,
    text: Text = "", id: Annotated[str, Field(description="Id of one event, such as DL-20251009-01; other filters are left out.")] = "",
    order: Order = "newest", limit: Limit = 25, as_of: AsOf = "", next: Next = "",
) -> Result:  # fmt: skip
    """List the events that match every filter."""
    served = ctx.request_context.lifespan_context

    def work(report: Report) -> ToolResult:
        opened = served.open(case, as_of)
        newest = require_choice("order", order, ORDERS) != "oldest"
        if id:
            return _list_events(opened, _find_event(opened, id), newest=newest, start=next, most=limit, links=True)
        table = opened.events.where(
            kind=kind, actor=actor, type=type, place=place, since=since, until=until, disputed=disputed, text=text
        )
        return _list_events(opened, table, newest=newest, start=next, most=limit)

    return await run_reporting(ctx, work)


def _find_event(case: Case, key: str) -> EventTable:
    """Return the table of one event, also under its former id."""
    table, known = case.events, [e.id for e in case.g.events]
    current = case.g.current_id(key)
    if current not in known:
        raise NoSuchEvent(key, case.id, case.as_of, known)
    at = known.index(current)
    return EventTable(table.kind, table.header, (table.rows[at],), table.columns, (table.channels[at],))


def _list_events(
    case: Case, table: EventTable, *, newest: bool, start: str, most: int, links: bool = False
) -> ToolResult:
    step = -1 if newest else 1
    pairs = list(zip(table.rows, table.channels, strict=True))[::step]
    rows = [to_record(e) | {"channel": c, "cite": cite_event(e)} for e, c in pairs]
    data = table.to_dict() | {
        "rows": [
            {k: v if isinstance(v, bool | int | float | list | None) else str(v) for k, v in r.items()} for r in rows
        ],
        "without_reported_deaths": sum(e.tolls.range is None for e in table.rows),
        "names": {c: channel_name(case.case, c) for c in dict.fromkeys(c for _, c in pairs if c)},
    }
    if links and case.g.has_links:
        key = table.rows[0].id
        data |= to_plain({"responds_to": case.g.links_of(key), "answered_by": case.g.links_to(key)})
    found = ToolResult(
        cite=f"{len(rows)} event{'s' * (len(rows) != 1)}. {cite_record(case)}", age=case.age.sentence,
        cautions=[cautions.COUNTS, cautions.TOLLS, cautions.UNKNOWN, cautions.AGE], sources=list_sources(case), verdicts=[],
        result=data, next=None, left_out=[],
        whole=f"detente events list {case.named} --save events.csv; page /{case.id}/events, and /{case.id}/events/ID for one event",
    )  # fmt: skip
    return limit_size(found, rows="rows", start=start, most=most)


async def glossary(
    ctx: ToolContext,
    term: Annotated[str, Field(description="A word or its key, such as `Brier score`; every entry if not given.")] = "",
    case: CaseArgument = "",
) -> Result:
    """Explain a word, or list all."""
    served = ctx.request_context.lifespan_context

    def work(report: Report) -> ToolResult:
        file: CaseFile = served.file(case)
        entries = (find_entry(term, file),) if term else (*list_general_entries([file]), *list_kinds(file))
        found = ToolResult(
            cite=f"{NAME} {__version__}, glossary", age="", cautions=[], sources=[], verdicts=[],
            result=shorten(result_data("glossary", None, case=file.id, entries=[asdict(e) for e in entries])), next=None, left_out=[],
            whole="detente glossary; page /glossary",
        )  # fmt: skip
        return limit_size(found, rows="entries")

    return await run_reporting(ctx, work)
