"""The tools by name: function, title, and a description that teaches what the result can and cannot bear."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from detente.mcp import cautions
from detente.mcp.tools.brief import brief
from detente.mcp.tools.evidence import ask, claims, responses
from detente.mcp.tools.future import counterfactual, forecast, simulate
from detente.mcp.tools.record import changes, events, glossary, list_cases, status


@dataclass(frozen=True, slots=True)
class ToolEntry:
    """One tool: the function that answers a call, its title, and the sentences of its description."""

    function: Callable[..., Awaitable[Any]]
    title: str
    sentences: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name that clients call."""
        return self.function.__name__

    @property
    def description(self) -> str:
        """What clients read before they call it."""
        return " ".join(self.sentences)


TOOLS: tuple[ToolEntry, ...] = (
    ToolEntry(
        list_cases, "List the cases",
        ("List the cases with question, parties, kinds of event, actors, claims, policy options and the age of the record.",
         "Of `kinds_not_recorded` no source of the case could tell: their absence is unknown, not zero.",
         "Call it first: the other tools take its ids and keys.", cautions.COUNTS),
    ),
    ToolEntry(
        ask, "Answer a question",
        ("Answer a question in plain English: how many, who, where, when; the present situation; what may come; what if; what a word",
         "means; or how one act bears on another. `parts` says how each part was understood and which words were not used.",
         cautions.COUNTS, cautions.REFUSALS),
    ),
    ToolEntry(
        status, "Situation of a case",
        ("Give the situation: relations, latest use of force, crises, border crossings, counts of the last thirty covered days.",
         cautions.AGE),
    ),
    ToolEntry(
        changes, "Recent changes",
        ("Compare the last thirty covered days with the thirty before: events by kind, what began and what ended, later reports.",
         "`expected` scales the earlier count to the later reporting coverage; a count is null where it is unknown, since days were not covered or no source records the kind.", cautions.AGE),
    ),
    ToolEntry(
        events, "Events",
        ("List reported events with day, place, parties, reported deaths, addresses of the reports and a text to cite each. Filters are",
         "combined; the number of matches is `rows_in_all`.", cautions.COUNTS, cautions.TOLLS, cautions.UNKNOWN),
    ),
    ToolEntry(
        claims, "Tested claims",
        ("Give the verdict on each common claim about the conflict, or on one with its estimates, robustness checks and events.",
         "The first call for a case may take a minute.", cautions.VERDICTS, cautions.ALARMS),
    ),
    ToolEntry(
        responses, "Responses between kinds of event",
        ("List how many extra events of one kind follow one event of another, with interval, probability, checks and verdict.",
         "The first call for a case may take a minute.", cautions.ASSOCIATIONS, cautions.CHANCE),
    ),
    ToolEntry(
        forecast, "Forecast",
        ("Forecast events and reported deaths within 30, 90 and 180 days of the day of knowledge.", cautions.FORECASTS, cautions.SCALE),
    ),
    ToolEntry(
        simulate, "Policy change",
        ("Simulate the next year with and without a policy change. What is assumed and what is estimated stand apart.",
         "Talks and concessions are no option: their effect is not identified.", cautions.SIMULATIONS),
    ),
    ToolEntry(
        counterfactual, "Past without some kinds of event",
        ("Simulate the past again from a day on, with and without some kinds of event.", cautions.SIMULATIONS),
    ),
    ToolEntry(
        brief, "Brief",
        ("Give a part of the brief on the case's question. The first page answers it; the others hold the evidence.",
         "The first call for a case may take some minutes.", cautions.VERDICTS, cautions.ALARMS),
    ),
    ToolEntry(
        glossary, "Glossary",
        ("Explain a word of the results, such as `criticality`, or a kind of event with what the record collects of it.",),
    ),
)  # fmt: skip
