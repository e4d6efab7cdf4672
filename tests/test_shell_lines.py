"""Every shell line of the README, the tutorials and the how-to guides runs, in order, in an empty folder.

A line that is a call of `detente` and nothing more runs within the process of the test, with the words, folder and variables that
a shell would give it: a new process spends most of its time on imports. Every other line runs in a shell.
"""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from detente.api.case import Case
from support.command_line import run_main
from support.provider_rows import change_row, encode_file, make_rows
from support.workbench import CACHE_FOLDER

ROOT = Path(__file__).parents[1]
PAGES = sorted(p for g in ("README.md", "docs/tutorials/*.md", "docs/howto/*.md") for p in ROOT.glob(g))
NETWORK = "# needs the network"
# The environment that these lines make is the one that runs the tests.
ENVIRONMENT = re.compile(r"(?:python3 -m venv|\. \.venv/bin/activate$|pip install) ?")
SERVER = re.compile(r"detente serve\b")
# `detente mcp` reads its standard input, which belongs to a process.
PLAIN_CALL = re.compile(r"""detente (?!mcp\b)(?:[\w ./=-]|"[^"$`\\!]*")+""")
# What a reader has already: a downloaded file of UCDP, which `FILE` may be too.
BROUGHT = "GEDEvent_v26_0_1.csv"


def read_shell_lines(text: str) -> list[str]:
    """The lines of a page's shell blocks, those without a language included; comments and blank lines are left out."""
    fences = re.findall(r"^```([^\n`]*)\n(.*?)^```$", text, flags=re.M | re.S)
    blocks = [body for label, body in fences if label in ("", "sh")]
    return [line for b in blocks for line in b.splitlines() if line.strip() and not line.startswith("#")]


def split_comment(line: str) -> tuple[str, str]:
    """A line's command and its comment."""
    command, mark, comment = line.partition("  #")
    return command.strip(), f"#{comment}" if mark else ""


def linked_files(page: Path) -> list[Path]:
    """Files beside a page that it tells the reader to save, or shows."""
    names = re.findall(
        r"\]\(([\w-]+\.(?:py|csv|toml))\)|\{literalinclude\} ([\w.-]+)", page.read_text(encoding="utf-8")
    )
    return [page.parent / (a or b) for a, b in dict.fromkeys(names)]


def write_brought_file(folder: Path) -> None:
    """Write a small file in UCDP's form with events in Iraq and Türkiye."""
    rows = []
    for n, row in enumerate(make_rows("ucdp-49", 40)):
        soil = {"country": "Iraq", "country_id": "645"} if n % 2 else {"country": "Turkey", "country_id": "640"}
        day = f"2026-01-{n % 28 + 1:02d} 00:00:00.000"
        place = {
            "latitude": "",
            "longitude": "",
            "geom_wkt": "",
            "where_prec": "6",
            "adm_1": "",
            "adm_2": "",
            "where_coordinates": "",
        }
        sides = {
            "side_a": "Government of Turkey",
            "side_b": "PKK",
            "dyad_name": "Government of Turkey - PKK",
            "gwnoa": "640",
        }
        rows.append(change_row("ucdp-49", row, year="2026", date_start=day, date_end=day, **soil, **place, **sides))
    (folder / BROUGHT).write_bytes(encode_file("ucdp-49", rows))


def environment(folder: Path) -> dict[str, str]:
    """The variables of a reader who has activated the environment: results shared with other tests, a store of one's own."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "DETENTE_CACHE": str(CACHE_FOLDER), "XDG_DATA_HOME": str(folder / ".data")}


def run_line(command: str, folder: Path) -> None:
    """Run a line as a shell does; its exit status must be 0."""
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=400, check=False
    )  # fmt: skip
    assert done.returncode == 0, (
        f"{command}\nexit status {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
    )


def call_command(words: list[str], folder: Path) -> None:
    """Call the command of a line in this process, as from that folder; its exit code must be 0."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, value in environment(folder).items():
            patch.setenv(name, value)
        done = run_main(*words)
    assert done.code == 0, f"{words}\nexit code {done.code}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"


def ask_server(command: str, folder: Path) -> int:
    """Start a server on a free port, ask it once, stop it; return the status of its answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            ["bash", "-c", f"exec {command} --port {port}"], cwd=folder, env=environment(folder), stdout=out, stderr=out
        )  # fmt: skip
        try:
            for _ in range(600):
                assert server.poll() is None, f"{command}\n{log.read_text()[-1500:]}"
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                        return int(answer.status)
                except (urllib.error.URLError, ConnectionError, TimeoutError):
                    time.sleep(0.2)
            raise AssertionError(f"{command}: no answer within two minutes\n{log.read_text()[-1500:]}")
        finally:
            server.terminate()
            server.wait(timeout=60)


@pytest.mark.parametrize(
    "page", [p for p in PAGES if read_shell_lines(p.read_text(encoding="utf-8"))], ids=lambda p: p.stem
)
def test_shell_lines_of_page_run(page: Path, tmp_path: Path, flagship: Case) -> None:
    """What a page tells a reader to type works as written, in the order of the page."""
    write_brought_file(tmp_path)
    for file in linked_files(page):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    for line in read_shell_lines(page.read_text(encoding="utf-8")):
        command, comment = split_comment(line)
        if ENVIRONMENT.match(command) or comment.startswith(NETWORK.removesuffix(" ")):
            continue
        command = re.sub(r"\bFILE\b", BROUGHT, command)
        if SERVER.match(command):
            assert ask_server(command, tmp_path) == 200
        elif PLAIN_CALL.fullmatch(command):
            call_command(shlex.split(command)[1:], tmp_path)
        else:
            run_line(command, tmp_path)


def test_shell_lines_are_found() -> None:
    """The README and the tutorials have lines to run, and few are skipped."""
    lines = [line for p in PAGES for line in read_shell_lines(p.read_text(encoding="utf-8"))]
    skipped = [x for x in lines if NETWORK in x or ENVIRONMENT.match(x)]
    assert len(lines) >= 40
    assert len(skipped) <= 8


def test_failing_line_is_reported(tmp_path: Path) -> None:
    """A line that fails is named, with its exit status and output."""
    with pytest.raises(AssertionError, match="exit status 3"):
        run_line("echo said; exit 3", tmp_path)


def test_failing_call_is_reported(tmp_path: Path) -> None:
    """A call that fails is named, with its exit code and error."""
    with pytest.raises(AssertionError, match=r"(?s)exit code 3\n.*atlantis"):
        call_command(["case", "show", "atlantis"], tmp_path)


def test_shell_syntax_is_left_to_shell() -> None:
    """A line with a pipe, a variable or a pattern is no plain call; quoted words are."""
    for line in (
        'detente answer "x?" || echo $?',
        "detente events > f.txt",
        "detente ingest *.csv",
        'detente answer "$X"',
    ):
        assert not PLAIN_CALL.fullmatch(line)
    assert PLAIN_CALL.fullmatch('detente answer "Is Torkham open, or not?" --words 200')
    assert PLAIN_CALL.fullmatch("detente whatif --lever border=0.8")


def test_comment_is_no_part_of_command() -> None:
    """A comment begins after two spaces, so that an address with # stays whole."""
    assert split_comment("detente serve --private          # for readers") == (
        "detente serve --private",
        "# for readers",
    )
    assert split_comment("echo a#b") == ("echo a#b", "")
