"""The result of a tool: the Python API's `to_dict()`, with what a reader needs to quote it.

The result comes as structured content, and as the same JSON in text for clients that read text only.
"""

import json
from typing import Any

from mcp.types import CallToolResult, TextContent
from pydantic import BaseModel, ConfigDict, Field


class DataSource(BaseModel):
    """A dataset behind a result."""

    model_config = ConfigDict(frozen=True)

    name: str
    use: str = Field(description="What it was used for.")
    licence: str
    cite: str


class ClaimRating(BaseModel):
    """The verdict on a claim, and how often such a verdict is a false alarm."""

    model_config = ConfigDict(frozen=True)

    claim: str
    statement: str = Field(description="What was tested.")
    headline: str = Field(description="The finding in one line; it says no more than the verdict.")
    verdict: str
    means: str = Field(description="The verdict in plain words.")
    checks: str = Field(description="How many robustness checks held.")
    evidence: list[str] = Field(
        description="A line for each necessary part: verdict, estimate, interval, probability, checks."
    )
    false_alarms: str = Field(
        description="How often a false claim of this kind is rated leaning or better, as measured."
    )
    cite: str = Field(description="Text to quote this verdict with.")


class ToolResult(BaseModel):
    """What every tool returns."""

    model_config = ConfigDict(frozen=True)

    cite: str = Field(description="Text to quote the result with. Name it wherever the result is used.")
    age: str = Field(
        description="How old the record is, in a sentence; empty where the result does not rest on a record."
    )
    cautions: list[str] = Field(description="What the result can and cannot bear.")
    sources: list[DataSource] = Field(description="The datasets behind the result, with licence and citation.")
    verdicts: list[ClaimRating] = Field(description="Every verdict in the result, with its measured false-alarm rate.")
    result: dict[str, Any] = Field(
        description="The result itself; `format` names its schema. null is unknown, never zero."
    )
    next: str | None = Field(
        description="Pass it as `next`, with equal arguments otherwise, to get the rest; null if this is all."
    )
    left_out: list[str] = Field(description="Parts of the result that were left out because of the size limit.")
    whole: str = Field(
        description="The command, or page of `detente serve`, that gives all of it, with the recipe of every number."
    )


def dump(data: object) -> str:
    """Write plain values as compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str, allow_nan=False)


def to_call_result(found: ToolResult) -> CallToolResult:
    """Build what is sent to the client."""
    data = found.model_dump(mode="json")
    return CallToolResult(content=[TextContent(type="text", text=dump(data))], structured_content=data)


def to_error_result(message: str) -> CallToolResult:
    """Build the answer to a call that failed; the message says what is wrong and what to do."""
    return CallToolResult(content=[TextContent(type="text", text=message)], is_error=True)
