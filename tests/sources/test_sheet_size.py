"""A spreadsheet with one far cell is refused before room is made for the cells up to it."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from detente.events.reader import read_release
from detente.sources import sheet_size
from detente.sources.errors import SheetTooLarge
from detente.sources.sheet_size import check_sheet_size


def _write_sheet(path: Path, *cells: str) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cell in ("A1", *cells):
        sheet[cell] = 1
    book.save(path)
    return path


@pytest.mark.parametrize("quote", ['"', "'"])
def test_far_cell_is_refused(tmp_path: Path, quote: str) -> None:
    """The error names sheet, row and column, however the XML is quoted."""
    path = _write_sheet(tmp_path / "far.xlsx", "XFD1048576")
    if quote == "'":
        with zipfile.ZipFile(path) as z:
            members = {n: z.read(n) for n in z.namelist()}
        with zipfile.ZipFile(path, "w") as z:
            for name, content in members.items():
                z.writestr(name, content.replace(b'"', b"'") if "worksheets" in name else content)
    with pytest.raises(SheetTooLarge) as error:
        read_release(path)
    assert (error.value.rows, error.value.columns) == (1_048_576, 16_384)


def test_cell_across_blocks_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell's name that two reads share is found."""
    path = _write_sheet(tmp_path / "far.xlsx", "XFD1048576")
    for size in range(40, 60):
        monkeypatch.setattr(sheet_size, "_BLOCK_BYTES", size)
        with pytest.raises(SheetTooLarge):
            check_sheet_size(str(path), lambda: path.open("rb"))


def test_ordinary_sheet_passes(tmp_path: Path) -> None:
    """A sheet of ordinary size is not refused for its size."""
    near = _write_sheet(tmp_path / "near.xlsx", "AX4000")
    check_sheet_size(str(near), lambda: near.open("rb"))


def test_ingest_refuses_far_cell_cleanly(tmp_path: Path) -> None:
    """`detente ingest` ends with a message and exit code 5, and not by an abort."""
    path = _write_sheet(tmp_path / "far.xlsx", "XFD1048576")
    command = [sys.executable, "-m", "detente", "ingest", str(path), "--store", str(tmp_path / "store"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert json.loads(done.stdout)["files"][0]["what"] == "failed"
    assert "Traceback" not in done.stderr
