"""Size limit, progress, and what is opened again when the data change."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from detente.api.case import Case, Report
from detente.core.errors import DetenteError
from detente.mcp.errors import BadArgument
from detente.mcp.result import ToolResult
from detente.mcp.served_cases import CaseRegistry
from detente.mcp.server import build_server
from detente.mcp.size_limit import MAX_BYTES, limit_size, measure_size, shorten
from detente.mcp.tools.catalogue import TOOLS
from support.small_case import make_chronology, make_daily_lines, write_case_folder


def make_result(**result: Any) -> ToolResult:
    return ToolResult(
        cite="c", age="", cautions=[], sources=[], verdicts=[], result={"format": "detente test 1", **result}, next=None, left_out=[],
        whole="w",
    )  # fmt: skip


def test_list_is_cut_at_the_limit() -> None:
    """A long list is cut so that the result fits, and `next` leads through all of it once."""
    rows = [{"n": i, "text": "é" * 400} for i in range(300)]
    seen, start = [], ""
    while True:
        found = limit_size(make_result(rows=rows), "rows", start)
        assert measure_size(found) <= MAX_BYTES
        assert found.result["rows_in_all"] == 300
        seen += [r["n"] for r in found.result["rows"]]
        if found.next is None:
            break
        start = found.next
    assert seen == list(range(300))
    assert start


def test_list_has_at_most_the_rows_wanted() -> None:
    """A list ends after the number of rows asked for, and goes on from there."""
    first = limit_size(make_result(rows=list(range(7))), "rows", most=3)
    assert (first.result["rows"], first.next) == ([0, 1, 2], "3")
    last = limit_size(make_result(rows=list(range(7))), "rows", "6", most=3)
    assert (last.result["rows"], last.next) == ([6], None)


def test_long_parts_are_left_out_by_name() -> None:
    """What is too long and no list is left out, longest first, and named."""
    found = limit_size(make_result(short="x", long="x" * 70_000, middle="x" * 20_000))
    assert found.left_out == ["long"]
    assert set(found.result) == {"format", "short", "middle"}


@pytest.mark.parametrize("start", ["3", "-1", "x", "９", "0"])
def test_next_outside_the_list_is_refused(start: str) -> None:
    """A position that no earlier result can have given is refused."""
    with pytest.raises(BadArgument):
        limit_size(make_result(rows=[1, 2, 3]), "rows", start)


def test_shorten_counts_the_events_it_drops() -> None:
    """Recipes and pieces go, and a number says how many events stand behind it."""
    number = {"value": 20, "recipe": {"kind": "tally"}, "events": [f"E{i}" for i in range(20)]}
    short = shorten({"numbers": [number], "said": {"text": "20 events", "pieces": []}})
    assert short["numbers"][0]["events_behind"] == 20
    assert len(short["numbers"][0]["events"]) < 20
    assert "recipe" not in short["numbers"][0]
    assert short["said"] == {"text": "20 events"}


def test_slow_work_reports_its_steps(served: CaseRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a slow tool works, the client gets rising seconds and the name of the step."""
    monkeypatch.setattr("detente.mcp.progress.INTERVAL_S", 0.02)

    def slow(self: Case, report: Report, stages: object = ()) -> None:
        report("claim trust", 1, 9)
        time.sleep(0.3)

    monkeypatch.setattr(Case, "prepare", slow)
    got: list[tuple[float, str | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        got.append((progress, message))

    async def run() -> None:
        async with Client(build_server(served)) as client:
            await client.call_tool("claims", {}, progress_callback=note)

    asyncio.run(run())
    assert len(got) >= 2
    assert [s for s, _ in got] == sorted({s for s, _ in got})
    assert "claim trust (step 2 of 9)" in {step for _, step in got}


def test_failure_of_ours_hides_its_text(served: CaseRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the program gives an error without its inner text; the server goes on."""

    def broken(self: Case) -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(Case, "status", broken)

    async def run() -> tuple[Any, Any]:
        async with Client(build_server(served)) as client:
            return await client.call_tool("status", {}), await client.call_tool("glossary", {"term": "interval"})

    failed, after = asyncio.run(run())
    assert failed.is_error
    assert "secret" not in failed.content[0].text
    assert not after.is_error


def test_case_is_opened_again_when_it_changes(tmp_path: Path) -> None:
    """An opened case is kept, and opened anew once its chronology has changed."""
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(28)))
    served = CaseRegistry([str(path)], store=None)
    first = served.open("")
    assert served.open("") is first
    os.utime(path.parent / served.file("").chronology, ns=(1, 1))
    assert served.open("") is not first


def test_bad_case_ends_the_start() -> None:
    """A case that cannot be used ends the command before a client connects."""
    with pytest.raises(DetenteError):
        CaseRegistry(["no-such-case"], store=None)


def test_no_cache_keeps_results_in_memory(tmp_path: Path) -> None:
    """Without a cache, an opened case writes no result to disk."""
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(28)))
    assert CaseRegistry([str(path)], store=None, cache=False).open("").cache.folder is None


def test_calls_side_by_side_are_answered(served: CaseRegistry) -> None:
    """Several calls of one client at once each get their own result."""

    async def run() -> list[str]:
        async with Client(build_server(served)) as client:
            calls = [
                client.call_tool("glossary", {"term": t}) for t in ("interval", "criticality", "Brier score", "strike")
            ]
            return [(c.structured_content or {})["result"]["entries"][0]["key"] for c in await asyncio.gather(*calls)]

    assert asyncio.run(run()) == ["interval", "criticality", "brier", "strike"]


def test_older_protocol_is_answered(served: CaseRegistry) -> None:
    """A client that begins with the handshake of earlier protocol versions gets the same results."""

    async def run() -> tuple[int, bool]:
        async with Client(build_server(served), mode="legacy") as client:
            tools = (await client.list_tools()).tools
            return len(tools), (await client.call_tool("glossary", {"term": "interval"})).is_error

    assert asyncio.run(run()) == (len(TOOLS), False)
