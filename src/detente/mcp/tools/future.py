"""Tools that look ahead: the forecast, simulated policy changes, and a past without some kinds of event."""

from collections.abc import Sequence
from typing import Annotated, Any

from mcp.types import CallToolResult
from pydantic import Field

from detente.api.case import Case, Report
from detente.api.results.simulation import SimulationResult
from detente.cases.channel_names import channel_name
from detente.cases.channel_rule import CHANNELS
from detente.forecast.usual_run import FORECAST_DAYS
from detente.mcp import cautions
from detente.mcp.arguments import (
    AsOf,
    CaseArgument,
    ForecastDays,
    ForecastKind,
    Kinds,
    SimulationDays,
    parse_day,
    require_choice,
    require_number,
)  # fmt: skip
from detente.mcp.citation import cite_text, list_sources
from detente.mcp.errors import BadArgument
from detente.mcp.progress import ToolContext, run_reporting
from detente.mcp.result import ToolResult
from detente.mcp.size_limit import limit_size, shorten
from detente.model.intervention_spec import INTERVENTION_KINDS
from detente.model.interventions import HORIZONS

Result = Annotated[CallToolResult, ToolResult]
Factor = Annotated[float | None, Field(ge=0, le=1)]


def _assumes(key: str) -> Any:
    kind = next(k for k in INTERVENTION_KINDS if k.key == key)
    return Field(description=f"From 0 to 1; 1 changes nothing. Assumes: {kind.assumes}.")


async def forecast(
    ctx: ToolContext, case: CaseArgument = "", kind: ForecastKind = "", days: ForecastDays = 0, as_of: AsOf = "",
) -> Result:  # fmt: skip
    """Forecast events within 30, 90 and 180 days."""
    served = ctx.request_context.lifespan_context

    def work(report: Report) -> ToolResult:
        opened = served.open(case, as_of)
        require_number("days", days, FORECAST_DAYS)
        report("forecast", 0, 1)
        found = opened.forecast()
        require_choice("kind", kind, found.kinds)
        data = _choose(found.to_dict(), ("any", "statements"), "kind", kind)
        data = _choose(_choose(data, ("any", "statements"), "days", days), ("amounts",), "days", days)
        names = {c: channel_name(opened.case, c) for c in found.kinds}
        return limit_size(
            ToolResult(
                cite=cite_text(opened, found.outlook), age=opened.age.sentence, sources=list_sources(opened, scale=True), verdicts=[],
                cautions=[*cautions.state_elapsed(opened), cautions.FORECASTS, cautions.SCALE, cautions.COUNTS, cautions.TOLLS, cautions.AGE],
                result=shorten(data | {"names": names}), next=None, left_out=[],
                whole=f"detente forecast case {opened.named} --json; page /{opened.id}/forecast",
            )
        )  # fmt: skip

    return await run_reporting(ctx, work)


def _choose(data: dict[str, Any], keys: Sequence[str], column: str, value: Any) -> dict[str, Any]:
    """Keep the rows of some lists in which a column has a value; all if the value is empty."""
    return data | {k: [r for r in data[k] if r[column] == value] for k in keys} if value else data


async def simulate(
    ctx: ToolContext, case: CaseArgument = "",
    border: Annotated[Factor, _assumes("border")] = None,
    delink: Annotated[Factor, _assumes("delink")] = None,
    mediation: Annotated[Factor, _assumes("mediation")] = None,
    days: SimulationDays = 0, as_of: AsOf = "",
) -> Result:  # fmt: skip
    """Simulate the next year with and without policy changes."""
    served = ctx.request_context.lifespan_context
    given = {"border": border, "delink": delink, "mediation": mediation}
    options = [f"{name}={value:g}" for name, value in given.items() if value is not None]

    def work(report: Report) -> ToolResult:
        require_number("days", days, HORIZONS)
        if not options:
            raise BadArgument(
                "simulate", "", "no policy option is given", f"Give one or more of {', '.join(given)}, from 0 to 1."
            )
        opened = served.open(case, as_of)
        report("simulation", 0, 1)
        return _build_simulation(opened, opened.simulate(*options), days, " ".join(f"--lever {o}" for o in options))

    return await run_reporting(ctx, work)


async def counterfactual(
    ctx: ToolContext,
    since: Annotated[str, Field(description="First day of the past that is simulated again, YYYY-MM-DD.")],
    without: Kinds,
    case: CaseArgument = "", as_of: AsOf = "",
) -> Result:  # fmt: skip
    """Simulate the past with and without some kinds of event."""
    served = ctx.request_context.lifespan_context

    def work(report: Report) -> ToolResult:
        opened, day = served.open(case, as_of), parse_day("since", since)
        if day is None or not without:
            raise BadArgument("without", without, "a day and a kind of event are needed", "Give since and without.")
        for kind in without:
            require_choice("without", kind, CHANNELS)
        report("simulation", 0, 1)
        found = opened.counterfactual(day, without)
        return _build_simulation(opened, found, 0, f"--from {day} {' '.join(f'--without {k}' for k in without)}")

    return await run_reporting(ctx, work)


def _build_simulation(case: Case, found: SimulationResult, days: int, options: str) -> ToolResult:
    data = _choose(found.to_dict(), ("effects",), "days", days)
    data |= {"names": {c: channel_name(case.case, c) for c in found.effect.channels}}
    return limit_size(
        ToolResult(
            cite=cite_text(case, found.text), age=case.age.sentence, sources=list_sources(case), verdicts=[],
            cautions=[cautions.SIMULATIONS, cautions.ASSOCIATIONS, cautions.FORECASTS, cautions.SCALE],
            result=shorten(data), next=None, left_out=[],
            whole=f"detente whatif {case.named} {options} --json; page /{case.id}/whatif",
        ),
        rows="effects",
    )  # fmt: skip
