"""The server: its tools, its instructions, and how it runs: over standard input and output, or over HTTP on this machine.

Nothing is written but the cache of results. Over HTTP it listens on this machine only and answers to this machine's names only, so
that a web page in a browser cannot reach it under a name of its own (DNS rebinding).
"""

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import ValidationError

from detente.core.errors import nearest, quoted_choices
from detente.core.version import __version__
from detente.mcp import cautions
from detente.mcp.errors import PortTaken
from detente.mcp.result import to_error_result
from detente.mcp.served_cases import CaseRegistry
from detente.mcp.tools.catalogue import TOOLS, ToolEntry

HOST, PORT = "127.0.0.1", 8765
LOCAL_NAMES = ("127.0.0.1", "localhost")


class CaseServer(MCPServer[CaseRegistry]):
    """An MCP server whose refusals of arguments are plain sentences."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[CaseRegistry, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; an unknown tool or argument, or a value of a wrong kind, gets an answer that says so."""
        schemas = {t.name: t.input_schema for t in await self.list_tools()}
        if name not in schemas:
            return to_error_result(_unknown("tool", name, list(schemas)))
        known = list(schemas[name].get("properties", {}))
        strange = [a for a in arguments if a not in known]
        if strange:
            return to_error_result(_unknown(f"argument of {name}", strange[0], known))
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as e:
            if isinstance(e.__cause__, ValidationError):
                return to_error_result(_describe_bad_arguments(name, e.__cause__))
            raise


def _unknown(what: str, name: str, known: list[str]) -> str:
    near = quoted_choices(nearest(name[:80], known))
    return f"There is no {what} {name[:80]!r}. Nearest: {near}. Known: {', '.join(known) or 'none'}."


def _describe_bad_arguments(tool: str, error: ValidationError) -> str:
    parts = []
    for e in error.errors(include_url=False):
        where = ".".join(str(x) for x in e["loc"] if not isinstance(x, int)) or tool
        parts.append(f"{where} {str(e['input'])[:80]!r}: {e['msg'][:1].lower()}{e['msg'][1:]}.")
    return f"{' '.join(parts)} See the input schema of {tool}."


def build_server(served: CaseRegistry) -> CaseServer:
    """Build the server of some cases."""

    @asynccontextmanager
    async def lifespan(_: MCPServer[CaseRegistry]) -> AsyncIterator[CaseRegistry]:
        yield served

    return CaseServer(
        "detente", title="détente", version=__version__, instructions=cautions.INSTRUCTIONS, lifespan=lifespan, log_level="WARNING",
        subscriptions=False, tools=[_build_tool(t, served.ids) for t in TOOLS],
    )  # fmt: skip


def _build_tool(entry: ToolEntry, cases: Sequence[str]) -> Tool:
    """Build a tool; its schema names the served cases and allows no other arguments."""
    tool = Tool.from_function(
        entry.function, name=entry.name, title=entry.title, description=entry.description,
        annotations=ToolAnnotations(
            title=entry.title, read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )  # fmt: skip
    for schema in (tool.parameters, tool.fn_metadata.output_schema):
        _drop_titles(schema)
    tool.parameters["additionalProperties"] = False
    arguments = tool.parameters["properties"]
    if "case" in arguments:
        arguments["case"]["enum"] = list(cases)
    return tool


def _drop_titles(schema: Any) -> None:
    """Drop the titles that repeat the names of fields: clients read every schema before the first call."""
    if isinstance(schema, dict):
        if isinstance(schema.get("title"), str):
            del schema["title"]
        for inner in schema.values():
            _drop_titles(inner)
    elif isinstance(schema, list):
        for inner in schema:
            _drop_titles(inner)


def run_stdio(served: CaseRegistry) -> None:
    """Serve one client over standard input and output until it leaves."""
    build_server(served).run("stdio")


def run_http(served: CaseRegistry, port: int) -> None:
    """Serve clients on this machine over HTTP until the process is stopped.

    Raises:
        PortTaken: another program listens there, or this user may not.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as e:
            raise PortTaken(port, e.strerror or str(e)) from e
    build_server(served).run(
        "streamable-http", host=HOST, port=port, stateless_http=True, transport_security=allow_local_names(port)
    )


def allow_local_names(port: int) -> TransportSecuritySettings:
    """Return the host names and origins that are answered: this machine's, with the port.

    Example:
        >>> allow_local_names(8765).allowed_hosts
        ['127.0.0.1:8765', 'localhost:8765']
    """
    hosts = [f"{name}:{port}" for name in LOCAL_NAMES]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True, allowed_hosts=hosts, allowed_origins=[f"http://{h}" for h in hosts]
    )
