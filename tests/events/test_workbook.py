"""The Excel export: typed cells, a frozen header, what a reader must know, and no text that runs as a formula."""

import io
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pytest

from detente.core.date_range import DateRange
from detente.events.event import ReportedDeaths
from detente.events.export import EXPORT_SCHEMA
from detente.events.export_columns import COLUMN_MEANINGS
from detente.events.workbook import export_workbook
from support.second_source import FLAGSHIP_DATA


def load(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_workbook_cells_equal_events() -> None:
    """Each row is an event with days as dates, numbers as numbers, and empty cells for unknown values."""
    events = FLAGSHIP_DATA.events[:200]
    book = load(export_workbook([(e, FLAGSHIP_DATA.channel(e)) for e in events], [("Licence", "CC BY 4.0")]))
    sheet = book["Events"]
    names = [c.value for c in sheet[1]]
    assert names == EXPORT_SCHEMA.names
    assert sheet.freeze_panes == "A2"
    assert sheet.max_row == len(events) + 1
    for row, e in zip(sheet.iter_rows(min_row=2, values_only=True), events, strict=True):
        r = dict(zip(names, row, strict=True))
        assert r["first"] == datetime.combine(e.day, datetime.min.time())
        assert (r["deaths_low"], r["deaths_high"]) == (e.tolls.low, e.tolls.high)
        assert r["disputed"] is e.disputed
        assert (r["latitude"], r["channel"]) == (e.place.latitude, FLAGSHIP_DATA.channel(e))
        assert r["addresses"] == (";".join(e.addresses) or None)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_formula_stays_text(text: str) -> None:
    """A text that begins like a formula is a quoted text in every sheet."""
    e = replace(FLAGSHIP_DATA.events[0], summary=text, raw_initiators=(text,))
    book = load(export_workbook([(e, None)], [("Filter", text)]))
    cells = [
        *(book["Events"].cell(2, EXPORT_SCHEMA.names.index(n) + 1) for n in ("summary", "raw_initiators")),
        book["About"].cell(1, 2),
    ]
    for cell in cells:
        assert cell.data_type == "s"
        assert cell.quotePrefix
        assert cell.value.strip() == text.strip()


def test_control_characters_are_left_out() -> None:
    """Characters that XML cannot hold do not break the file."""
    e = replace(FLAGSHIP_DATA.events[0], summary="a\x00b\x0bc" + "x" * 40_000)
    cell = load(export_workbook([(e, None)], []))["Events"].cell(2, EXPORT_SCHEMA.names.index("summary") + 1)
    assert cell.value.startswith("abcx")
    assert len(cell.value) <= 32_767


def test_early_days_are_texts() -> None:
    """A day before 1900, which Excel cannot hold as a date, is a text; a zero stays a zero."""
    e = replace(
        FLAGSHIP_DATA.events[0],
        span=DateRange(date(1893, 11, 12), date(1893, 11, 12)),
        tolls=ReportedDeaths(0, 0, 0),
    )
    sheet = load(export_workbook([(e, None)], []))["Events"]
    assert sheet.cell(2, EXPORT_SCHEMA.names.index("first") + 1).value == "1893-11-12"
    assert sheet.cell(2, EXPORT_SCHEMA.names.index("deaths_low") + 1).value == 0


def test_about_sheet_explains_every_column() -> None:
    """The second sheet has the notes and a meaning for every column."""
    about = load(export_workbook([], [("Licence", "CC BY 4.0")]))["About"]
    rows = {r[0]: r[1] for r in about.iter_rows(values_only=True) if r[0]}
    assert rows["Licence"] == "CC BY 4.0"
    assert set(EXPORT_SCHEMA.names) == set(COLUMN_MEANINGS)
    assert all(rows[n] == COLUMN_MEANINGS[n] for n in EXPORT_SCHEMA.names)
