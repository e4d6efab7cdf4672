"""Work that may take a minute: it runs in a thread of its own while the client is told which step is at work."""

import time
from collections.abc import Callable
from typing import Any

import anyio
from mcp.server.mcpserver import Context
from mcp.types import CallToolResult

from detente.api.case import Report
from detente.core.errors import DetenteError
from detente.mcp.result import ToolResult, to_call_result, to_error_result
from detente.mcp.served_cases import CaseRegistry

ToolContext = Context[CaseRegistry, Any]
INTERVAL_S = 2.0
"""Seconds between two notices to the client; work that is done sooner sends none."""


async def run_reporting(ctx: ToolContext, work: Callable[[Report], ToolResult]) -> CallToolResult:
    """Run the work of a tool and report its steps.

    The progress is the seconds since the start, which always rise; the message names the step.

    Returns:
        The result, or the message of an error of the Python API.
    """
    step = ["reading the record"]
    outcome: list[CallToolResult | Exception] = []

    def report(name: str, done: int, steps: int) -> None:
        if name:
            step[0] = f"{name} (step {done + 1} of {steps})"

    def run() -> CallToolResult | Exception:
        try:
            return to_call_result(work(report))
        except DetenteError as e:
            return to_error_result(str(e))
        except Exception as e:  # raised below: a task group would wrap it
            return e

    async with anyio.create_task_group() as group:
        group.start_soon(_send_progress, ctx, step)
        # A client that leaves does not wait; what was begun is kept in the cache all the same.
        outcome.append(await anyio.to_thread.run_sync(run, abandon_on_cancel=True))
        group.cancel_scope.cancel()
    found = outcome[0]
    if isinstance(found, Exception):
        raise found
    return found


async def _send_progress(ctx: ToolContext, step: list[str]) -> None:
    began = time.monotonic()
    while True:
        await anyio.sleep(INTERVAL_S)
        await ctx.report_progress(time.monotonic() - began, message=step[0])
