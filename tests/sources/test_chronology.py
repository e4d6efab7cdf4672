"""The chronology reader: rejected rows, their errors, and the account of all rows."""

import hashlib
import re
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


def write_chronology(folder: Path, data: bytes) -> Path:
    path = folder / "c.csv"
    path.write_bytes(data)
    return path


def read_bad_row(folder: Path, bad: str | bytes) -> list[RowError]:
    """Read a bad row between two good ones, which must be valid, and return its errors."""
    raw = bad if isinstance(bad, bytes) else bad.encode()
    data = make_chronology(make_line()).rstrip(b"\n") + b"\n" + raw + b"\n" + make_line(**third).encode() + b"\n"
    published = read_chronology(write_chronology(folder, data))
    assert [r.row for r in published.rows] == [2, 4]
    (unread,) = published.unread
    assert unread.row == 3
    assert published.row_count == 3
    return list(unread.faults)


second = {"event_id": "DL-20250102-01", "date_start": "2025-01-02", "date_end": "2025-01-02"}
third = {"event_id": "DL-20250103-01", "date_start": "2025-01-03", "date_end": "2025-01-03"}


def test_shipped_chronology_has_no_rejects() -> None:
    """Every row of the shipped chronology is valid."""
    published = read_chronology(SHIPPED)
    assert (len(published.rows), len(published.unread), published.row_count) == (1413, 0, 1413)


def test_shipped_chronology_checksum() -> None:
    """The file's hash is fixed because the numbers in the documentation depend on it."""
    digest = "41ca9272204f2327719b5023b32406a7508851bf551d0dbf41d7cce0cb2cdcec"
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
def test_reader_rejects_invalid_value(
    tmp_path: Path, changes: dict[str, str], column: str, value: str, remedy: str
) -> None:
    """An invalid value is reported with row, column, value and remedy; other rows are read."""
    found = read_bad_row(tmp_path, make_line(**{**second, **changes}))
    fault = next(f for f in found if f.column == column)
    assert (fault.row, fault.value) == (3, value)
    assert remedy in fault.remedy
    assert f"row 3, column {column}" in str(fault)


def test_reader_reports_all_errors(tmp_path: Path) -> None:
    """All errors of a row are reported together."""
    found = read_bad_row(tmp_path, make_line(**{**second, "event_type": "X", "disputed": "x", "confidence": "x"}))
    assert {f.column for f in found} >= {"event_type", "disputed", "confidence"}


def test_reader_rejects_duplicate_id(tmp_path: Path) -> None:
    """A duplicate id is reported with the row that has it first."""
    published = read_chronology(
        write_chronology(tmp_path, make_chronology(make_line(), make_line(), make_line(**third)))
    )
    (error,) = published.unread[0].faults
    assert (error.column, error.value) == ("event_id", GOOD_ROW["event_id"])
    assert "row 2" in error.reason


def test_reader_rejects_extra_column(tmp_path: Path) -> None:
    """A wrong number of columns affects one row only."""
    (fault,) = read_bad_row(tmp_path, make_line(**second) + ",one more")
    assert re.findall(r"\d+", fault.reason) == ["24", "23"]


def test_unclosed_quote_rejects_one_row(tmp_path: Path) -> None:
    """An unclosed quotation mark affects its own row only."""
    (fault,) = read_bad_row(tmp_path, make_line(**second).replace('test."', "test."))
    assert "never closed" in fault.reason


def test_invalid_utf8_names_byte_and_column(tmp_path: Path) -> None:
    """A byte that is not UTF-8 is reported in hexadecimal with its column."""
    bad = make_line(**{**second, "place": "Bann_"}).encode().replace(b"Bann_", b"Bann\xfa")
    (fault,) = read_bad_row(tmp_path, bad)
    assert (fault.column, fault.reason) == ("place", "byte 0xfa is not UTF-8")
    assert "UTF-8" in fault.remedy


def test_reader_accepts_bom_and_crlf(tmp_path: Path) -> None:
    """A byte-order mark and Windows line ends are accepted."""
    data = b"\xef\xbb\xbf" + make_chronology(*make_daily_lines(3)).replace(b"\n", b"\r\n")
    assert len(read_chronology(write_chronology(tmp_path, data)).rows) == 3


def test_line_separator_stays_in_field(tmp_path: Path) -> None:
    """U+2028 inside a summary does not end the row."""
    published = read_chronology(
        write_chronology(tmp_path, make_chronology(make_line(summary="One\u2028sentence."), make_line(**second)))
    )
    assert published.rows[0].summary == "One\u2028sentence."


def test_last_row_without_line_end(tmp_path: Path) -> None:
    """The last row is read without a final line end."""
    assert (
        len(read_chronology(write_chronology(tmp_path, make_chronology(*make_daily_lines(2)).rstrip(b"\n"))).rows) == 2
    )


@pytest.mark.parametrize(
    ("header", "missing", "extra", "moved"),
    [
        ([c for c in COLUMNS if c != "mode"], ["mode"], [], []),
        ([*COLUMNS, "note"], [], ["note"], []),
        (["event_typ" if c == "event_type" else c for c in COLUMNS], ["event_type"], ["event_typ"], []),
        ([COLUMNS[1], COLUMNS[0], *COLUMNS[2:]], [], [], [COLUMNS[0], COLUMNS[1]]),
    ],
)
def test_changed_header_is_rejected_by_column(
    tmp_path: Path, header: list[str], missing: list[str], extra: list[str], moved: list[str]
) -> None:
    """A changed header is rejected, and the error lists each differing column."""
    with pytest.raises(WrongHeader) as refusal:
        read_chronology(write_chronology(tmp_path, make_chronology(*make_daily_lines(2), header=",".join(header))))
    assert (refusal.value.missing, refusal.value.extra, refusal.value.moved) == (missing, extra, moved)
    assert "c.csv" in str(refusal.value)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"   "])
def test_empty_file_is_rejected(tmp_path: Path, data: bytes) -> None:
    """An empty file is rejected with its name."""
    with pytest.raises(EmptyFile, match=r"c\.csv"):
        read_chronology(write_chronology(tmp_path, data))


def test_missing_file_is_rejected(tmp_path: Path) -> None:
    """A missing file is rejected with its name."""
    with pytest.raises(NoSuchFile, match="nowhere"):
        read_chronology(tmp_path / "nowhere.csv")


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, len(COLUMNS) - 1), st.text(max_size=12) | st.binary(max_size=6)),
        max_size=6,
    )
)
def test_any_cell_content_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int, str | bytes]]
) -> None:
    """Arbitrary cell contents lose no row and raise no error."""
    lines = [ln.split(",") for ln in make_daily_lines(10, summary="Plain.", sources="https://example.org/1")]
    raw = [[c.encode() for c in ln] for ln in lines]
    for row, column, value in changes:
        cell = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        # Line ends would add rows; the codebook allows none inside a field.
        raw[row][column] = cell.replace(b"\n", b"").replace(b"\r", b"")
    data = ",".join(COLUMNS).encode() + b"\n" + b"\n".join(b",".join(ln) for ln in raw)
    path = write_chronology(tmp_path_factory.mktemp("c"), data)
    try:
        published = read_chronology(path)
    except DetenteError:
        pytest.fail("an invalid cell must not make the file unreadable")
    assert published.row_count == 10
    assert {r.row for r in published.rows} | {u.row for u in published.unread} == set(range(2, 12))
    assert all(u.faults for u in published.unread)
