"""`--no-cache` keeps nothing on disk."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.cli.main import cli
from support.small_case import make_chronology, make_daily_lines, write_case_folder


@pytest.mark.parametrize(("option", "kept"), [((), True), (("--no-cache",), False)])
def test_no_cache_writes_no_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: tuple[str, ...], kept: bool
) -> None:
    """A command keeps its results in the cache folder, and with --no-cache none at all."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("DETENTE_CACHE", str(cache))
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(28)))
    question = "Do the border clashes destabilise relations?"
    result = CliRunner().invoke(cli, ["answer", question, "--case", str(path), "--no-store", *option])
    assert result.exit_code in (0, 6), result.output
    assert any(p.is_file() for p in cache.rglob("*")) == kept
