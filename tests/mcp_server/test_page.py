"""The page docs/mcp.md is held to the server."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import pytest
from mcp import Client

from detente.api.case import Case
from detente.mcp.result import ToolResult
from detente.mcp.served_cases import CaseRegistry
from detente.mcp.server import build_server
from support.workbench import CACHE_FOLDER

PAGE = (Path(__file__).parents[2] / "docs/mcp.md").read_text(encoding="utf-8")


def block(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", PAGE, flags=re.S)
    assert found is not None
    return found[1]


def test_page_names_tools_and_arguments(served: CaseRegistry) -> None:
    """The table of the page has every tool with every argument, and no other."""

    async def run() -> dict[str, list[str]]:
        async with Client(build_server(served)) as client:
            return {t.name: list(t.input_schema["properties"]) for t in (await client.list_tools()).tools}

    rows = re.findall(r"^\| `(\w+)` \|.*?\| ([^|]*) \|$", PAGE, flags=re.M)
    table = {name: re.findall(r"`(\w+)`", arguments) for name, arguments in rows}
    tools = asyncio.run(run())
    assert {name: sorted(table.get(name, [])) for name in tools} == {
        name: sorted(found) for name, found in tools.items()
    }


def test_page_names_every_field() -> None:
    """Each field of a result is explained."""
    assert [f for f in ToolResult.model_fields if f"| `{f}` |" not in PAGE] == []


def test_configuration_starts_the_server() -> None:
    """The configuration of the page is JSON that calls an existing command."""
    server = json.loads(block("json"))["mcpServers"]["detente"]
    assert [server["command"], *server["args"][:1]] == ["detente", "mcp"]


def test_example_prints_what_is_written(
    flagship: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example of the page runs against a server process, and prints what the page says."""
    command = tmp_path / "detente"
    command.write_text(f"#!{sys.executable}\nfrom detente.cli.main import main\nmain()\n", encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ.get('PATH', '')}")
    monkeypatch.setenv("DETENTE_CACHE", str(CACHE_FOLDER))
    code = (
        block("python")
        .replace('"--no-store"])', '"--no-store"], env=dict(os.environ))')
        .replace("import asyncio", "import asyncio, os")
    )
    exec(code, {})
    assert capsys.readouterr().out.split() == block("text").split()
