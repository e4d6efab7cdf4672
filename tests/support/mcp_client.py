"""A server of the prepared flagship, and a client that calls one tool of it.

The SDK is imported where it is used: every test run loads these fixtures.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from detente.api.case import Case
from detente.mcp.served_cases import CaseRegistry

if TYPE_CHECKING:
    from mcp.types import CallToolResult

    from detente.mcp.result import ToolResult

Call = Callable[..., "CallToolResult"]


@pytest.fixture(scope="session")
def served(flagship: Case) -> CaseRegistry:
    """Return the cases of the server: the prepared flagship, and one that needs releases it does not have."""
    return CaseRegistry([flagship.id, "turkiye-iraq-pkk"], store=None, opened={flagship.id: flagship})


@pytest.fixture
def call(served: CaseRegistry) -> Call:
    """Return a function that calls a tool as a client does, which holds the result to the tool's schema."""
    from mcp import Client

    from detente.mcp.server import build_server

    def call_tool(name: str, **arguments: Any) -> "CallToolResult":
        async def run() -> "CallToolResult":
            async with Client(build_server(served)) as client:
                return await client.call_tool(name, arguments)

        return asyncio.run(run())

    return call_tool


def read(found: "CallToolResult") -> "ToolResult":
    """Return the structured content of a call that succeeded."""
    from detente.mcp.result import ToolResult

    assert not found.is_error, found.content
    return ToolResult.model_validate(found.structured_content)


def message(found: "CallToolResult") -> str:
    """Return the message of a call that failed."""
    from mcp.types import TextContent

    assert found.is_error
    assert isinstance(found.content[0], TextContent)
    return found.content[0].text
