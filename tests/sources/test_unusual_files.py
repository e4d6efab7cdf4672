"""Chronology files with other line ends or encodings, truncated or damaged files, and files of other kinds."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.events.translations.chronology import translate_chronology
from detente.sources.chronology import read_chronology
from detente.sources.chronology_schema import COLUMNS, ChronologyRow
from detente.sources.errors import EmptyFile, WrongHeader
from detente.sources.release import ParsedRelease
from support.small_case import make_chronology, make_daily_lines, make_line

second = {"event_id": "DL-20250102-01", "date_start": "2025-01-02", "date_end": "2025-01-02"}
PLAIN = make_chronology(*make_daily_lines(6, sources="https://example.org/1"))
BODY = PLAIN.index(b"\n") + 1


def write_chronology(folder: Path, data: bytes) -> Path:
    path = folder / "c.csv"
    path.write_bytes(data)
    return path


def count_rows(data: bytes) -> int:
    """Count rows by the format's rule: a line end ends a row, and a blank line is not a row."""
    text = data.decode("utf-8-sig", errors="surrogateescape").replace("\r\n", "\n")
    return sum(bool(ln.strip()) for ln in text.split("\n")[1:])


def assert_all_rows(published: ParsedRelease[ChronologyRow], data: bytes) -> None:
    numbers = [r.row for r in published.rows] + [u.row for u in published.unread]
    assert len(set(numbers)) == len(numbers) == published.row_count == count_rows(data)
    assert all(u.faults for u in published.unread)
    assert all(f.row == u.row for u in published.unread for f in u.faults)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(BODY, len(PLAIN) - 1), st.binary(max_size=3)), max_size=5))
def test_overwritten_bytes_lose_no_row(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, bytes]]
) -> None:
    """Overwriting bytes below the header loses no row."""
    data = bytearray(PLAIN)
    for at, new in changes:
        data[at : at + len(new)] = new
    assert_all_rows(read_chronology(write_chronology(tmp_path_factory.mktemp("c"), bytes(data))), bytes(data))


@settings(max_examples=50)
@given(st.integers(BODY, len(PLAIN)))
def test_truncated_file_keeps_complete_rows(tmp_path_factory: pytest.TempPathFactory, end: int) -> None:
    """A file truncated anywhere keeps every complete row."""
    data = PLAIN[:end]
    published = read_chronology(write_chronology(tmp_path_factory.mktemp("c"), data))
    assert_all_rows(published, data)
    assert len(published.rows) >= data.count(b"\n") - 1
    assert [b.row - a.row for a, b in pairwise(published.rows)] == [1] * (len(published.rows) - 1)


@pytest.mark.parametrize(
    "header",
    [b"\r", b"event_id\rdate_start,", b"x" * 200_000, b'"', b"\x00", b"\xff\xfe"],
    ids=["carriage return", "carriage return inside", "very long", "quotation mark", "zero byte", "utf-16"],
)
def test_other_files_are_rejected(tmp_path: Path, header: bytes) -> None:
    """A file with any other first line is rejected."""
    with pytest.raises(WrongHeader, match=r"c\.csv"):
        read_chronology(write_chronology(tmp_path, header + b"\n" + make_line().encode() + b"\n"))


def test_carriage_return_line_ends_are_read(tmp_path: Path) -> None:
    """Lone carriage returns, as old spreadsheets write them, end lines."""
    data = make_chronology(*make_daily_lines(3)).replace(b"\n", b"\r")
    assert len(read_chronology(write_chronology(tmp_path, data)).rows) == 3


def test_utf16_file_is_rejected(tmp_path: Path) -> None:
    """A UTF-16 file is rejected with its name."""
    with pytest.raises(WrongHeader, match=r"c\.csv"):
        read_chronology(write_chronology(tmp_path, make_chronology(*make_daily_lines(2)).decode().encode("utf-16")))


def test_bom_alone_is_empty_file(tmp_path: Path) -> None:
    """A file with only a byte-order mark is empty."""
    with pytest.raises(EmptyFile):
        read_chronology(write_chronology(tmp_path, b"\xef\xbb\xbf"))


def test_duplicate_column_is_named(tmp_path: Path) -> None:
    """The error names a column that appears twice."""
    data = make_chronology(*make_daily_lines(2), header=",".join([*COLUMNS, "mode"]))
    with pytest.raises(WrongHeader) as refusal:
        read_chronology(write_chronology(tmp_path, data))
    assert refusal.value.twice == ["mode"]


@pytest.mark.parametrize("digits", [20, 5000])
def test_impossible_death_count_is_rejected(tmp_path: Path, digits: int) -> None:
    """A number of deaths above the world population is rejected."""
    published = read_chronology(
        write_chronology(tmp_path, make_chronology(make_line(), make_line(**second, deaths_high="9" * digits)))
    )
    assert [r.row for r in published.rows] == [2]
    assert [f.column for u in published.unread for f in u.faults] == ["deaths_high"]


def test_coordinate_with_underscore_is_rejected(tmp_path: Path) -> None:
    """A coordinate with an underscore is not a number."""
    published = read_chronology(write_chronology(tmp_path, make_chronology(make_line(latitude="3_2.99"))))
    assert [f.column for u in published.unread for f in u.faults] == ["latitude"]


@pytest.mark.parametrize(
    "sources", ["https://example.org/1|https://example.org/2", "https://[example.org/1", "https:///x"]
)
def test_invalid_address_is_rejected(tmp_path: Path, sources: str) -> None:
    """A source must be one complete web address."""
    published = read_chronology(
        write_chronology(tmp_path, make_chronology(make_line(), make_line(**second, sources=sources)))
    )
    assert [f.column for u in published.unread for f in u.faults] == ["sources"]


def test_last_calendar_day_is_accounted_for(tmp_path: Path) -> None:
    """An event on the last day of the calendar is accounted for."""
    last = make_line(event_id="DL-99991231-01", date_start="9999-12-31", date_end="9999-12-31", date_precision="month")
    assert (
        translate_chronology(read_chronology(write_chronology(tmp_path, make_chronology(make_line(), last)))).rows == 2
    )


@pytest.mark.parametrize("field", ["a carriage\rreturn", "B" * 140_000], ids=["carriage return", "very long"])
def test_error_matches_cause_without_quotes(tmp_path: Path, field: str) -> None:
    """A row without quotation marks is not reported for one."""
    bad = make_line(**second, summary="Plain.", place=field)
    assert '"' not in bad
    published = read_chronology(write_chronology(tmp_path, make_chronology(make_line(), bad)))
    (unread,) = published.unread
    assert "quotation" not in unread.faults[0].reason


def test_quote_inside_quoted_field_is_named(tmp_path: Path) -> None:
    """A quotation mark inside a quoted field is reported as such."""
    bad = make_line(**second).replace('"A raid, made', '"A "raid", made')
    (unread,) = read_chronology(write_chronology(tmp_path, make_chronology(make_line(), bad))).unread
    assert "double" in unread.faults[0].remedy


def test_unreadable_row_keeps_raw_text(tmp_path: Path) -> None:
    """An unreadable row keeps its original text."""
    bad = make_line(**second, disputed="perhaps").replace("no,https", "perhaps,https")
    (unread,) = read_chronology(write_chronology(tmp_path, make_chronology(make_line(), bad))).unread
    assert unread.raw == bad
