"""`detente digest`."""

import json

import pytest
from click.testing import CliRunner

from detente.api.case import open_case
from detente.cli.main import cli


def run(*args: str) -> str:
    result = CliRunner().invoke(cli, ["digest", *args, "--no-store"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_digest_command_equals_api() -> None:
    """The command prints the digest of the API, as JSON and as text."""
    d = open_case(store=None, compare=False).digest("2025-10")
    data = json.loads(run("--month", "2025-10", "--json"))
    assert data == json.loads(json.dumps(d.to_dict(), default=str))
    text = run("--month", "2025-10")
    assert d.headline.text in text
    assert all(k.sentence.text in text for k in d.kinds)


def test_digest_archive_lists_every_month() -> None:
    """The archive lists each month with its verdict."""
    rows = json.loads(run("--archive", "--json"))["rows"]
    text = run("--archive")
    assert len(rows) > 50
    assert all(r["month"] in text for r in rows)
    assert {r["word"] for r in rows} >= {"worse", "better", "unchanged", "not known"}


@pytest.mark.parametrize(
    ("args", "code"),
    [(["--month", "2025-13"], 2), (["--month", "1990-01"], 6), (["--archive", "--month", "2025-10"], 2)],
)
def test_digest_command_refuses_bad_months(args: list[str], code: int) -> None:
    """A bad month ends the command with its exit code."""
    result = CliRunner().invoke(cli, ["digest", *args, "--no-store"])
    got = getattr(result.exception, "exit_code", result.exit_code)
    assert got == code
