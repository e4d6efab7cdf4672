"""The notebooks in the docs run, cell by cell."""

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import altair as alt
import pytest

from detente.api.case import Case
from detente.api.results.fit import Fit, ResponseMatrix
from support.workbench import CACHE_FOLDER

DOCS = Path(__file__).parents[2] / "docs"
NOTEBOOK = DOCS / "notebooks" / "first-steps.ipynb"
MODEL_NOTEBOOK = DOCS / "tutorials" / "daily-model.ipynb"


@pytest.fixture(autouse=True)
def default_renderer() -> Iterator[None]:
    """Undo the renderer that a notebook chooses."""
    before = alt.renderers.active
    yield
    alt.renderers.enable(before)


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


def test_model_notebook_finds_the_true_response() -> None:
    """The tutorial on counts of one's own runs, and its sentences hold: the true 0.3 is in the interval, b brings no a."""
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in json.loads(MODEL_NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
            assert not cell.get("outputs"), "outputs are not committed"
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)
    responses = names["responses"]
    assert isinstance(responses, ResponseMatrix)
    found = responses["a", "b"]
    assert found.low < 0.3 < found.high
    assert (found.verdict, responses["b", "a"].verdict) == ("supported", "not supported")
    assert isinstance(names["right"], Fit)
    assert isinstance(names["wrong"], Fit)
    assert names["right"].criticality.median < names["wrong"].criticality.median
    assert isinstance(names["blind"], Fit)
    assert len(names["blind"].model.steps) == 2
