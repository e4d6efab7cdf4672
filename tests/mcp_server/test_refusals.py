"""Calls that cannot be answered get a message that says what is wrong, what is known and what to do."""

import socket
import sys
from typing import Any

import pytest
from click.testing import CliRunner

from detente.cli.main import cli
from detente.core.extras import MissingExtra
from detente.mcp.errors import PortTaken, UnservedCase
from detente.mcp.served_cases import CaseRegistry
from support.mcp_client import Call, message


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("status", {"case": "pakistan-afganistan"}, "pakistan-afghanistan"),
        ("events", {"kind": ["strikes"]}, "'strike'"),
        ("events", {"type": "ASSAULTS"}, "'ASSAULT'"),
        ("events", {"place": "PAK/Nowhere"}, "PAK/Balochistan"),
        ("events", {"since": "yesterday"}, "YYYY-MM-DD"),
        ("events", {"since": "2026-01-01", "until": "2025-01-01"}, "Swap"),
        ("events", {"order": "deadliest"}, "newest, oldest"),
        ("events", {"limit": 0}, "limit"),
        ("events", {"id": "DL-20251009-99"}, "DL-20251009"),
        ("events", {"next": "1000000"}, "first row"),
        ("events", {"next": "-1"}, "first row"),
        ("events", {"from": "2025-01-01"}, "since"),
        ("claims", {"claim": "trusts"}, "'trust'"),
        ("responses", {"cause": "restraint"}, "attack"),
        ("responses", {"days": 12}, "7, 30, 90"),
        ("forecast", {"days": 31}, "30, 90, 180"),
        ("forecast", {"days": "soon"}, "integer"),
        ("forecast", {"kind": "rumour"}, "strike"),
        ("simulate", {}, "border, delink, mediation"),
        ("simulate", {"border": 2}, "border"),
        ("simulate", {"border": float("nan")}, "border"),
        ("simulate", {"dialogue": 2}, "mediation"),
        ("counterfactual", {"since": "2025-10-09", "without": []}, "without"),
        ("counterfactual", {"since": "2025-10-09", "without": ["strikes"]}, "'strike'"),
        ("counterfactual", {"since": "2035-10-09", "without": ["strike"]}, "2035-10-09"),
        ("brief", {"part": "claim"}, "'claims'"),
        ("glossary", {"term": "no such word"}, "detente glossary"),
        ("ask", {"question": ""}, ""),
        ("ask", {"question": "x" * 100_000}, ""),
        ("ask", {"question": "Who wins the war in Ukraine?"}, ""),
        ("ask", {}, "question"),
        ("status", {"as_of": "2035-01-01"}, "future"),
        ("status", {"as_of": "tomorrow"}, "YYYY-MM-DD"),
        ("claim", {}, "'claims'"),
    ],
    ids=str,
)
def test_refusal_names_what_is_known(call: Call, name: str, arguments: dict[str, Any], named: str) -> None:
    """A refused call names the argument's right values or form, in a short message without a traceback."""
    text = message(call(name, **arguments))
    assert named in text
    assert 20 < len(text) < 800
    assert "Traceback" not in text
    assert "pydantic" not in text


def test_server_serves_named_cases_only(served: CaseRegistry) -> None:
    """A shipped case that was not named is not served."""
    with pytest.raises(UnservedCase) as caught:
        served.find("rwanda-drcongo-fdlr")
    assert caught.value.served == served.ids


def test_command_names_the_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package, the command says which extra to install."""
    monkeypatch.setitem(sys.modules, "mcp", None)
    result = CliRunner().invoke(cli, ["mcp"])
    assert isinstance(result.exception, MissingExtra)
    assert result.exception.extra == "mcp"


def test_taken_port_is_named() -> None:
    """A port on which another program listens is an error that names it."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = other.getsockname()[1]
        result = CliRunner().invoke(
            cli, ["mcp", "--case", "pakistan-afghanistan", "--no-store", "--http", "--port", str(number)]
        )
    assert isinstance(result.exception, PortTaken)
    assert result.exception.port == number


def test_port_needs_http() -> None:
    """A port without HTTP is refused, since nothing would listen on it."""
    result = CliRunner().invoke(cli, ["mcp", "--port", "9000"])
    assert result.exit_code == 2
    assert "--http" in result.output
