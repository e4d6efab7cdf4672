"""The chronology's reader: what it sets aside, what it says of it, and that it loses nothing."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.cases.case_file import find_shipped_cases
from detente.core.errors import DetenteError, NoSuchFile
from detente.core.row_error import RowError
from detente.sources.chronology import read_chronology
from detente.sources.chronology_schema import COLUMNS
from detente.sources.errors import EmptyFile, WrongHeader
from support.small_case import GOOD_ROW, make_chronology, make_daily_lines, make_line

SHIPPED = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"


def put(folder: Path, data: bytes) -> Path:
    path = folder / "c.csv"
    path.write_bytes(data)
    return path


def faults(folder: Path, bad: str | bytes) -> list[RowError]:
    """Reads a good line, the bad one, and another good one; the good ones must come through."""
    raw = bad if isinstance(bad, bytes) else bad.encode()
    data = make_chronology(make_line()).rstrip(b"\n") + b"\n" + raw + b"\n" + make_line(**third).encode() + b"\n"
    published = read_chronology(put(folder, data))
    assert [r.row for r in published.rows] == [2, 4]
    (unread,) = published.unread
    assert unread.row == 3
    assert published.row_count == 3
    return list(unread.faults)


second = {"event_id": "DL-20250102-01", "date_start": "2025-01-02", "date_end": "2025-01-02"}
third = {"event_id": "DL-20250103-01", "date_start": "2025-01-03", "date_end": "2025-01-03"}


def test_the_shipped_chronology_is_read_whole() -> None:
    published = read_chronology(SHIPPED)
    assert (len(published.rows), len(published.unread), published.row_count) == (835, 0, 835)


def test_shipped_chronology_is_the_first_edition() -> None:
    """Its bytes are pinned: figures of the docs were made from them, and a changed line must be a decision."""
    digest = "c507875a566da219ff5cd477ea56ece84b6ff79af93a028beeb385d0eae35642"
    assert hashlib.sha256(SHIPPED.read_bytes()).hexdigest() == digest


@pytest.mark.parametrize(
    ("changes", "column", "value", "remedy"),
    [
        ({"date_start": "2025-02-30", "date_end": "2025-03-01"}, "date_start", "2025-02-30", "Write it as"),
        ({"date_start": "2.1.2025"}, "date_start", "2.1.2025", "Write it as"),
        ({"date_end": "2025-01-01"}, "date_end", "2025-01-01", "Swap or correct"),
        ({"event_id": "DL-20250105-01"}, "event_id", "DL-20250105-01", "agree"),
        ({"event_id": "20250102"}, "event_id", "20250102", "DL-20251009-01"),
        ({"event_type": "ATTACK"}, "event_type", "ATTACK", "ASSAULT"),
        ({"event_type": "ASSULT"}, "event_type", "ASSULT", "Nearest: 'ASSAULT'"),
        ({"mode": "close-crossing"}, "mode", "close-crossing", "airstrike"),
        ({"mode": ""}, "mode", "", "airstrike"),
        ({"event_type": "ACCUSE", "mode": "raid"}, "mode", "raid", "Leave it empty"),
        ({"context": "militray"}, "context", "militray", "Nearest: 'military'"),
        ({"date_precision": "exact"}, "date_precision", "exact", "day week month"),
        ({"geo_precision": "town"}, "geo_precision", "town", "place district province country"),
        ({"country": "Pakistan"}, "country", "Pakistan", "PAK"),
        ({"longitude": ""}, "longitude", "", "both, or neither"),
        ({"latitude": ""}, "latitude", "", "both, or neither"),
        ({"latitude": "170.6"}, "latitude", "170.6", "swapped"),
        ({"latitude": "thirty"}, "latitude", "thirty", "decimal degrees"),
        ({"latitude": "nan"}, "latitude", "nan", "decimal degrees"),
        ({"deaths_low": "9"}, "deaths_low", "9", "low ≤ best ≤ high"),
        ({"deaths_best": "7"}, "deaths_best", "7", "low ≤ best ≤ high"),
        ({"deaths_best": "", "deaths_low": "8"}, "deaths_low", "8", "low ≤ best ≤ high"),
        ({"deaths_best": "about 5"}, "deaths_best", "about 5", "digits, or nothing"),
        ({"deaths_best": "-5"}, "deaths_best", "-5", "digits, or nothing"),
        ({"civilian_deaths": "²"}, "civilian_deaths", "²", "digits, or nothing"),
        ({"initiator": ""}, "initiator", "", "UNK if nobody knows"),
        ({"disputed": "maybe"}, "disputed", "maybe", "yes no"),
        ({"confidence": "certain"}, "confidence", "certain", "high medium low"),
        ({"summary": ""}, "summary", "", "one sentence"),
        ({"summary": "word " * 51}, "summary", "word " * 51, "45 words"),
        ({"sources": ""}, "sources", "", "address of a page"),
        ({"sources": "a friend told me"}, "sources", "a friend told me", " | "),
    ],
)
def test_a_faulty_value_is_set_aside_by_row_column_value_and_remedy_and_the_rest_goes_on(
    tmp_path: Path, changes: dict[str, str], column: str, value: str, remedy: str
) -> None:
    found = faults(tmp_path, make_line(**{**second, **changes}))
    fault = next(f for f in found if f.column == column)
    assert (fault.row, fault.value) == (3, value)
    assert remedy in fault.remedy
    assert f"row 3, column {column}" in str(fault)


def test_every_fault_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    found = faults(tmp_path, make_line(**{**second, "event_type": "X", "disputed": "x", "confidence": "x"}))
    assert {f.column for f in found} >= {"event_type", "disputed", "confidence"}


def test_an_id_that_stands_twice_is_told_with_the_row_that_has_it_already(tmp_path: Path) -> None:
    published = read_chronology(put(tmp_path, make_chronology(make_line(), make_line(), make_line(**third))))
    (unread,) = published.unread
    assert "row 2 already has this id" in unread.faults[0].reason
    assert unread.faults[0].value == GOOD_ROW["event_id"]


def test_a_wrong_number_of_columns_costs_one_row(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, make_line(**second) + ",one more")
    assert "24 columns where the header has 23" in fault.reason


def test_a_quotation_mark_never_closed_costs_one_row_and_swallows_none_below_it(tmp_path: Path) -> None:
    (fault,) = faults(
        tmp_path, make_line(**second).replace("A raid", '"A raid').replace('""A', '"A').replace('test."', "test.")
    )
    assert "never closed" in fault.reason or "columns" in fault.reason


def test_a_byte_that_is_no_utf8_is_named_in_hex_with_its_column(tmp_path: Path) -> None:
    bad = make_line(**{**second, "place": "Bann_"}).encode().replace(b"Bann_", b"Bann\xfa")
    (fault,) = faults(tmp_path, bad)
    assert (fault.column, fault.reason) == ("place", "byte 0xfa is not UTF-8")
    assert "UTF-8" in fault.remedy


def test_byte_order_marks_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + make_chronology(*make_daily_lines(3)).replace(b"\n", b"\r\n")
    assert len(read_chronology(put(tmp_path, data)).rows) == 3


def test_a_line_separator_inside_a_summary_does_not_end_the_row(tmp_path: Path) -> None:
    published = read_chronology(
        put(tmp_path, make_chronology(make_line(summary="One\u2028sentence."), make_line(**second)))
    )
    assert published.rows[0].summary == "One\u2028sentence."


def test_a_file_that_does_not_end_in_a_line_end_keeps_its_last_row(tmp_path: Path) -> None:
    assert len(read_chronology(put(tmp_path, make_chronology(*make_daily_lines(2)).rstrip(b"\n"))).rows) == 2


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (",".join(c for c in COLUMNS if c != "mode"), "'mode' is missing"),
        (",".join([*COLUMNS, "note"]), "'note' is not a column"),
        (
            ",".join("event_typ" if c == "event_type" else c for c in COLUMNS),
            "'event_type' is missing (is it 'event_typ'?)",
        ),
        (",".join([COLUMNS[1], COLUMNS[0], *COLUMNS[2:]]), "'event_id' stands in another place"),
    ],
)
def test_a_changed_header_is_told_column_by_column_and_no_row_is_read(tmp_path: Path, header: str, told: str) -> None:
    with pytest.raises(WrongHeader) as refusal:
        read_chronology(put(tmp_path, make_chronology(*make_daily_lines(2), header=header)))
    assert told in str(refusal.value)
    assert "c.csv" in str(refusal.value)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"   "])
def test_an_empty_file_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(EmptyFile, match="not even a header"):
        read_chronology(put(tmp_path, data))


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile, match="nowhere"):
        read_chronology(tmp_path / "nowhere.csv")


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, len(COLUMNS) - 1), st.text(max_size=12) | st.binary(max_size=6)),
        max_size=6,
    )
)
def test_whatever_stands_in_a_cell_no_row_is_lost_and_no_other_error_escapes(
    tmp_path_factory: pytest.TempPathFactory, spoiled: list[tuple[int, int, str | bytes]]
) -> None:
    lines = [ln.split(",") for ln in make_daily_lines(10, summary="Plain.", sources="https://example.org/1")]
    raw = [[c.encode() for c in ln] for ln in lines]
    for row, column, value in spoiled:
        cell = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        # Line ends would make more rows; the codebook allows none inside a field.
        raw[row][column] = cell.replace(b"\n", b"").replace(b"\r", b"")
    data = ",".join(COLUMNS).encode() + b"\n" + b"\n".join(b",".join(ln) for ln in raw)
    path = put(tmp_path_factory.mktemp("c"), data)
    try:
        published = read_chronology(path)
    except DetenteError:
        pytest.fail("a bad cell is no bad file")
    assert published.row_count == 10
    assert {r.row for r in published.rows} | {u.row for u in published.unread} == set(range(2, 12))
    assert all(u.faults for u in published.unread)
