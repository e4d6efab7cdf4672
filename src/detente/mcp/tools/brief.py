"""The tool that reads the brief, part by part: it is a megabyte, and a client needs a page of it."""

from collections.abc import Mapping
from typing import Annotated, Any

from mcp.types import CallToolResult

from detente.api.case import Case, Report
from detente.mcp import cautions
from detente.mcp.arguments import AsOf, CaseArgument, Next, enum_field, require_choice
from detente.mcp.citation import cite_text, list_ready_ratings, list_sources
from detente.mcp.progress import ToolContext, run_reporting
from detente.mcp.result import ToolResult
from detente.mcp.size_limit import limit_size, shorten

Result = Annotated[CallToolResult, ToolResult]

FIRST_PAGE = "first_page"
PARTS: Mapping[str, tuple[str, ...]] = {
    FIRST_PAGE: ("answer", "caution", "marks", "findings"),
    "background": ("background", "no_background"),
    "introduction": ("introduction", "changes"),
    "claims": ("points",),
    "forecast": ("outlook",),
    "options": ("way_forward",),
    "conclusion": ("conclusion",),
    "limits": ("alternatives", "unseen"),
    "method": ("method", "provenance"),
    "sources": ("sources", "datasets"),
}
"""Parts of the brief, and what of its JSON each holds."""
LISTS = {"claims": "points", "options": "way_forward", "sources": "sources"}
"""The list of a part that may be too long for one result."""
WITH_VERDICTS = (FIRST_PAGE, "introduction", "claims", "conclusion", "limits")
"""Parts that rest on verdicts."""
WITH_FORECAST = (FIRST_PAGE, "forecast")
_CAUTIONS = (
    cautions.VERDICTS, cautions.MARKS, cautions.ALARMS, cautions.ASSOCIATIONS, cautions.COUNTS, cautions.TOLLS, cautions.FORECASTS,
    cautions.SIMULATIONS,
)  # fmt: skip
HEAD = ("format", "title", "question", "as_of", "record_age", "age")

Part = Annotated[str, enum_field("Which part; the first page answers the question in two minutes.", tuple(PARTS))]


async def brief(
    ctx: ToolContext, case: CaseArgument = "", part: Part = FIRST_PAGE, as_of: AsOf = "", next: Next = ""
) -> Result:
    """Give a part of the brief."""
    served = ctx.request_context.lifespan_context

    def work(report: Report) -> ToolResult:
        chosen = require_choice("part", part, tuple(PARTS)) or FIRST_PAGE
        opened = served.open(case, as_of)
        opened.prepare(report)
        return _build_part(opened, chosen, next)

    return await run_reporting(ctx, work)


def _build_part(case: Case, part: str, start: str) -> ToolResult:
    data = shorten(case.brief().to_dict())
    # The numbers of each claim are what `claims` gives; with them one claim would fill a result.
    points = [{"demand": s["title"], **p} for s in data["sections"] for p in s["points"]]
    data["points"] = [{k: v for k, v in p.items() if k != "numbers"} for p in points]
    result: dict[str, Any] = {k: data[k] for k in HEAD} | {"part": part, "parts": list(PARTS)}
    result |= {k: data[k] for k in PARTS[part]}
    found = ToolResult(
        cite=cite_text(case, case.case.question, f"Brief, {part.replace('_', ' ')}."), age=case.age.sentence,
        cautions=[*(cautions.state_elapsed(case) if part in WITH_FORECAST else ()), *_CAUTIONS],
        sources=list_sources(case, scale=True), verdicts=list_ready_ratings(case) if part in WITH_VERDICTS else [],
        result=result, next=None, left_out=["points.numbers"] if part == "claims" else [],
        whole=f"detente brief {case.named}; page /{case.id}/brief",
    )  # fmt: skip
    return limit_size(found, rows=LISTS.get(part, ""), start=start)
