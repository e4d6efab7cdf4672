"""The server as a process: over standard input and output, and over HTTP on this machine."""

import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from mcp import Client, StdioServerParameters

from detente.api.case import Case
from support.mcp_client import read
from support.workbench import CACHE_FOLDER

COMMAND = ["-c", "from detente.cli.main import main; main()", "mcp", "--case", "pakistan-afghanistan", "--no-store"]
PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
START_S = 60


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a user whose folders all lie in `home`; the cache is that of the prepared flagship."""
    own = {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home),
        "XDG_CACHE_HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "TMPDIR": str(home),
    }
    return {**os.environ, **own, "DETENTE_CACHE": str(CACHE_FOLDER)}


def test_stdio_process_writes_the_cache_only(flagship: Case, tmp_path: Path) -> None:
    """A client over standard input and output gets results; no file is left outside the cache."""
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    parameters = StdioServerParameters(command=sys.executable, args=COMMAND, env=environment(home), cwd=work)

    async def run() -> tuple[str, ...]:
        async with Client(parameters) as client:
            names = tuple(t.name for t in (await client.list_tools()).tools)
            claim = read(await client.call_tool("claims", {"claim": "trust"}))
            events = read(await client.call_tool("events", {"kind": ["strike"]}))
            cases = read(await client.call_tool("list_cases", {}))
        assert claim.verdicts[0].verdict == flagship.claims["trust"].verdict
        assert events.result["rows_in_all"] == len(flagship.events.where(kind="strike"))
        assert [c["id"] for c in cases.result["cases"]] == [flagship.id]
        return names

    assert "claims" in asyncio.run(run())
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Start a server over HTTP on a free port, and stop it after the test."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        number: int = s.getsockname()[1]
    command = [sys.executable, *COMMAND, "--http", "--port", str(number)]
    with subprocess.Popen(command, env=environment(tmp_path), stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_until_open(number, process)
            yield number
        finally:
            process.terminate()
            process.wait(20)


def wait_until_open(number: int, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", number)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on port {number}")


def test_http_answers_this_machine_only(port: int, flagship: Case) -> None:
    """A client on this machine gets results; a foreign host name or web page is refused."""

    async def run() -> str:
        async with Client(f"http://127.0.0.1:{port}/mcp") as client:
            return read(await client.call_tool("claims", {"claim": "trust"})).verdicts[0].verdict

    assert asyncio.run(run()) == flagship.claims["trust"].verdict
    address = f"http://127.0.0.1:{port}/mcp"

    async def run_older() -> bool:
        async with Client(address, mode="legacy") as client:
            return (await client.call_tool("glossary", {"term": "interval"})).is_error

    assert asyncio.run(run_older()) is False
    own = httpx.post(address, json=PING, headers=HEADERS)
    assert own.status_code not in (421, 403)
    assert httpx.post(address, json=PING, headers={**HEADERS, "Host": "evil.example"}).status_code == 421
    assert httpx.post(address, json=PING, headers={**HEADERS, "Host": f"evil.example:{port}"}).status_code == 421
    assert httpx.post(address, json=PING, headers={**HEADERS, "Origin": "https://evil.example"}).status_code == 403
    assert listening_addresses(port) == {"127.0.0.1"}


def listening_addresses(number: int) -> set[str]:
    """Return the local addresses on which a port is open for connections, from the kernel's tables."""
    out = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            host, at = local.split(":")
            if int(at, 16) == number and state == "0A":
                out.add(
                    ".".join(str(b) for b in bytes.fromhex(host)[::-1]) if re.fullmatch("[0-9A-F]{8}", host) else host
                )
    return out
