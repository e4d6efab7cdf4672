"""Files that came out of other programs: other line ends, other encodings, cut off, or no chronology at all."""

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


def put(folder: Path, data: bytes) -> Path:
    path = folder / "c.csv"
    path.write_bytes(data)
    return path


def rows_of(data: bytes) -> int:
    """The rows by the format's own rule: a line end ends a row, and a line of white space is none."""
    text = data.decode("utf-8-sig", errors="surrogateescape").replace("\r\n", "\n")
    return sum(bool(ln.strip()) for ln in text.split("\n")[1:])


def all_there(published: ParsedRelease[ChronologyRow], data: bytes) -> None:
    numbers = [r.row for r in published.rows] + [u.row for u in published.unread]
    assert len(set(numbers)) == len(numbers) == published.row_count == rows_of(data)
    assert all(u.faults for u in published.unread)
    assert all(f.row == u.row for u in published.unread for f in u.faults)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(BODY, len(PLAIN) - 1), st.binary(max_size=3)), max_size=5))
def test_whatever_bytes_are_overwritten_below_the_header_no_row_is_lost(
    tmp_path_factory: pytest.TempPathFactory, blows: list[tuple[int, bytes]]
) -> None:
    data = bytearray(PLAIN)
    for at, new in blows:
        data[at : at + len(new)] = new
    all_there(read_chronology(put(tmp_path_factory.mktemp("c"), bytes(data))), bytes(data))


@settings(max_examples=50)
@given(st.integers(BODY, len(PLAIN)))
def test_a_file_cut_off_anywhere_keeps_every_whole_row(tmp_path_factory: pytest.TempPathFactory, end: int) -> None:
    data = PLAIN[:end]
    published = read_chronology(put(tmp_path_factory.mktemp("c"), data))
    all_there(published, data)
    assert len(published.rows) >= data.count(b"\n") - 1
    assert [b.row - a.row for a, b in pairwise(published.rows)] == [1] * (len(published.rows) - 1)


@pytest.mark.parametrize(
    "header",
    [b"\r", b"event_id\rdate_start,", b"x" * 200_000, b'"', b"\x00", b"\xff\xfe"],
    ids=["carriage return", "carriage return inside", "very long", "mark", "nought", "utf-16"],
)
def test_a_file_that_is_no_chronology_is_refused_as_such_whatever_its_first_line(tmp_path: Path, header: bytes) -> None:
    with pytest.raises((WrongHeader, EmptyFile), match=r"c\.csv"):
        read_chronology(put(tmp_path, header + b"\n" + make_line().encode() + b"\n"))


def test_carriage_returns_alone_as_old_spreadsheets_wrote_them_are_read_or_refused_by_file(tmp_path: Path) -> None:
    try:
        published = read_chronology(put(tmp_path, make_chronology(*make_daily_lines(3)).replace(b"\n", b"\r")))
    except WrongHeader as refusal:
        assert "c.csv" in str(refusal)
        assert "line end" in str(refusal)
        return
    assert len(published.rows) == 3


def test_a_file_in_utf16_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(WrongHeader, match=r"c\.csv"):
        read_chronology(put(tmp_path, make_chronology(*make_daily_lines(2)).decode().encode("utf-16")))


def test_a_byte_order_mark_alone_is_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(EmptyFile):
        read_chronology(put(tmp_path, b"\xef\xbb\xbf"))


def test_a_column_that_stands_twice_in_the_header_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongHeader, match=r"'mode'"):
        read_chronology(put(tmp_path, make_chronology(*make_daily_lines(2), header=",".join([*COLUMNS, "mode"]))))


@pytest.mark.parametrize("digits", [20, 5000])
def test_a_toll_of_more_people_than_live_is_set_aside_by_column(tmp_path: Path, digits: int) -> None:
    published = read_chronology(
        put(tmp_path, make_chronology(make_line(), make_line(**second, deaths_high="9" * digits)))
    )
    assert [r.row for r in published.rows] == [2]
    assert [f.column for u in published.unread for f in u.faults] == ["deaths_high"]


def test_a_coordinate_with_an_underscore_is_no_number(tmp_path: Path) -> None:
    published = read_chronology(put(tmp_path, make_chronology(make_line(latitude="3_2.99"))))
    assert [f.column for u in published.unread for f in u.faults] == ["latitude"]


@pytest.mark.parametrize(
    "sources", ["https://example.org/1|https://example.org/2", "https://[example.org/1", "https:///x"]
)
def test_what_is_not_one_whole_address_is_set_aside(tmp_path: Path, sources: str) -> None:
    published = read_chronology(put(tmp_path, make_chronology(make_line(), make_line(**second, sources=sources))))
    assert [f.column for u in published.unread for f in u.faults] == ["sources"]


def test_a_day_at_the_end_of_the_calendar_is_set_aside_or_read_but_never_breaks_what_follows(tmp_path: Path) -> None:
    last = make_line(event_id="DL-99991231-01", date_start="9999-12-31", date_end="9999-12-31", date_precision="month")
    assert translate_chronology(read_chronology(put(tmp_path, make_chronology(make_line(), last)))).rows == 2


@pytest.mark.parametrize("field", ["a carriage\rreturn", "B" * 140_000], ids=["carriage return", "very long"])
def test_a_row_without_any_quotation_mark_is_not_blamed_for_one(tmp_path: Path, field: str) -> None:
    bad = make_line(**second, summary="Plain.", place=field)
    assert '"' not in bad
    published = read_chronology(put(tmp_path, make_chronology(make_line(), bad)))
    for unread in published.unread:
        assert "quotation" not in unread.faults[0].reason


def test_a_quotation_mark_inside_a_quoted_field_is_told_as_such(tmp_path: Path) -> None:
    bad = make_line(**second).replace('"A raid, made', '"A "raid", made')
    (unread,) = read_chronology(put(tmp_path, make_chronology(make_line(), bad))).unread
    assert "double" in unread.faults[0].remedy


def test_unread_rows_keep_what_stood_there(tmp_path: Path) -> None:
    bad = make_line(**second, disputed="perhaps").replace("no,https", "perhaps,https")
    (unread,) = read_chronology(put(tmp_path, make_chronology(make_line(), bad))).unread
    assert unread.raw == bad
