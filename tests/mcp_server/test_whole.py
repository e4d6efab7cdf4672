"""`whole` leads to what is left out: its commands and pages exist."""

import re
from typing import Any

import click
import pytest
from starlette.testclient import TestClient

from detente.cli.main import cli
from support.mcp_client import Call, read

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("list_cases", {}),
    ("status", {}),
    ("changes", {}),
    ("events", {"limit": 1}),
    ("claims", {}),
    ("claims", {"claim": "trust"}),
    ("responses", {"cause": "strike"}),
    ("forecast", {}),
    ("simulate", {"border": 0.8}),
    ("brief", {}),
    ("glossary", {}),
    ("ask", {"question": "How many attacks did the TTP carry out in 2023?"}),
]


def find_command(words: list[str]) -> click.Command:
    """Return the command that a line names, subcommands included."""
    found: click.Command = cli
    while isinstance(found, click.Group) and words:
        inner = found.get_command(click.Context(found), words[0])
        assert inner is not None, words
        found, words = inner, words[1:]
    return found


@pytest.mark.parametrize(("name", "arguments"), CALLS, ids=str)
def test_whole_names_commands_and_pages(call: Call, client: TestClient, name: str, arguments: dict[str, Any]) -> None:
    """Each command has the options that are named, and each page is served."""
    whole = read(call(name, **arguments)).whole
    lines = re.findall(r"detente ((?:[\w./=-]+ ?)+)", whole)
    assert lines
    for line in lines:
        command = find_command(line.split())
        options = {o for p in command.params for o in p.opts}
        assert [w for w in line.split() if w.startswith("--") and w not in options] == []
    for page in re.findall(r"page (/[\w/-]*)", whole):
        assert client.get(page).status_code == 200, page
