"""The notebook in the docs runs, cell by cell."""

import contextlib
import io
import json
from pathlib import Path

import pytest

from detente.api.case import Case
from support.workbench import CACHE_FOLDER

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebooks" / "first-steps.ipynb"


def test_notebook_runs_to_a_saved_brief(flagship: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve cells go from opening a case to a saved brief."""
    monkeypatch.setenv("DETENTE_CACHE", str(CACHE_FOLDER))
    monkeypatch.chdir(tmp_path)
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert len(cells) == 12
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in (c for c in cells if c["cell_type"] == "code"):
            exec("".join(cell["source"]), names)
    assert (tmp_path / "out" / "brief.pdf").read_bytes().startswith(b"%PDF")
    assert isinstance(names["case"], Case)
