"""The folder of the output is checked before long work, and nothing is created by the check."""

import os
from pathlib import Path

import pytest

from detente.core.atomic_write import check_folder
from detente.core.errors import CannotWrite


def test_check_folder_accepts_folder_to_be_made(tmp_path: Path) -> None:
    """A folder that does not exist yet can be written if the one above it can, and the check does not make it."""
    check_folder(tmp_path / "a/b")
    assert list(tmp_path.iterdir()) == []


def test_check_folder_refuses_file_in_the_way(tmp_path: Path) -> None:
    """A path through a file is refused with the option that named it."""
    (tmp_path / "file").write_text("untouched")
    with pytest.raises(CannotWrite, match="file is no folder") as error:
        check_folder(tmp_path / "file/deeper", "--save")
    assert error.value.option == "--save"


def test_check_folder_refuses_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be written is refused."""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(CannotWrite, match="cannot be written"):
        check_folder(tmp_path)


@pytest.mark.parametrize(
    "args", [("brief", "--out"), ("explain", "--out"), ("forecast", "--out"), ("answer", "why?", "--out")]
)
def test_commands_check_output_before_work(
    args: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command with a folder that cannot be written ends before it opens the case."""
    from click.testing import CliRunner

    from detente.api import case
    from detente.cli.main import cli

    opened: list[object] = []
    monkeypatch.setattr(case, "open_case", lambda *a, **k: opened.append(a))
    (tmp_path / "file").touch()
    done = CliRunner().invoke(cli, [*args, str(tmp_path / "file/out")])
    assert isinstance(done.exception, CannotWrite)
    assert opened == []
