"""Tests of the guard against formulas in CSV files."""

import pyarrow as pa
import pytest

from detente.core.formula_guard import guard_table, guard_text


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("x")', "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=", "-"]
)
def test_formula_gets_an_apostrophe(text: str) -> None:
    """A text that a spreadsheet would run is guarded."""
    assert guard_text(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Kabul", "-3.5", "+7", "-1e-05", "-.5", "a=1", " =1", "'=1", "\u2212-"])
def test_other_text_is_unchanged(text: str) -> None:
    """Numbers and texts that begin with something else stay as they are."""
    assert guard_text(text) == text


def test_table_keeps_nulls_and_numbers() -> None:
    """Only columns of texts change, and an unknown text stays unknown."""
    table = pa.table({"text": ["=1", None, "x"], "number": [-1.5, None, 2.0]})
    assert guard_table(table).to_pydict() == {"text": ["'=1", None, "x"], "number": [-1.5, None, 2.0]}
