"""The CSV scanner: every byte is in one record, for any content and chunk size."""

import csv
import io
import os
import subprocess
import sys
import tempfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detente.sources.csv_scanner import (
    CARRIAGE_RETURN,
    GOOD,
    NOT_UTF8,
    STRAY_QUOTE,
    TOO_LONG,
    UNCLOSED_QUOTE,
    WRONG_FIELD_COUNT,
    ZERO_BYTE,
    CsvDialect,
    scan_records,
)

COMMA = CsvDialect(ord(","), ord('"'), 3)
TAB = CsvDialect(ord("\t"), 0, 3)


def scan(data: bytes, layout: CsvDialect = COMMA, size: int | None = None) -> list[tuple[int, str, int]]:
    size = size or max(len(data), 1)
    blocks = [data[i : i + size] for i in range(0, len(data), size)]
    return [(int(r), t.raw(i), int(t.kind[i])) for t in scan_records(blocks, layout) for i, r in enumerate(t.row)]


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (b"1,2", WRONG_FIELD_COUNT),
        (b"1,2,3,4", WRONG_FIELD_COUNT),
        (b'1,"2"x,3', STRAY_QUOTE),
        (b"1,\x002,3", ZERO_BYTE),
        (b"1,2\r2,3", CARRIAGE_RETURN),
        (b"1,\xfa,3", NOT_UTF8),
        (b'1,"2,3', UNCLOSED_QUOTE),
    ],
)
def test_scanner_classifies_invalid_record(bad: bytes, kind: int) -> None:
    """An invalid record is classified, and its neighbours stay valid."""
    records = scan(b"a,b,c\n" + bad + b"\nd,e,f\ng,h,i\n")
    assert [(r, k) for r, _, k in records] == [(1, GOOD), (2, kind), (3, GOOD), (4, GOOD)]
    assert records[1][1] == bad.decode("utf-8", "backslashreplace")


def test_quoted_line_resembling_record_is_kept() -> None:
    """A quoted line that resembles a record is not split from a valid record."""
    assert scan(b'1,"x\na,b,c\ny",3\n') == [(1, '1,"x\na,b,c\ny",3', GOOD)]


def test_scanner_recovers_swallowed_row() -> None:
    """A row swallowed by a stray quotation mark is found by the form of its id."""
    records = scan(b'PAK1001,"x,3\nPAK1002,y",3\nPAK1003,2,3\n')
    assert [(r, k) for r, _, k in records] == [(1, UNCLOSED_QUOTE), (2, GOOD), (3, GOOD)]
    assert scan(b'1001,"x\n1002 dead",3\n') == [(1, '1001,"x\n1002 dead",3', GOOD)]


def test_empty_lines_count_as_rows() -> None:
    """Empty lines count as rows but not as records."""
    assert scan(b"\na,b,c\r\n\r\n\nd,e,f") == [(2, "a,b,c", GOOD), (5, "d,e,f", GOOD)]


def test_overlong_record_is_rejected() -> None:
    """A record above one megabyte is rejected, and the next ones are read."""
    records = scan(b"1,2,3\n1," + b"x" * (1 << 20) + b",3\n4,5,6\n", size=100_000)
    assert (records[0][2], records[-1][1:]) == (GOOD, ("4,5,6", GOOD))
    assert TOO_LONG in {k for _, _, k in records}


def test_unclosed_quote_rejects_one_record() -> None:
    """An unclosed quotation mark in a long file affects one record."""
    records = scan(b'1,"2,3\n' + b"4,5,6\n" * 400_000, size=1 << 18)
    assert (records[0][2], len(records)) == (UNCLOSED_QUOTE, 400_001)
    assert {k for _, _, k in records[1:]} == {GOOD}


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8), min_size=3, max_size=3),
        max_size=8,
    ),
    st.integers(1, 9),
)
def test_scanner_round_trips_csv_writer(table: list[list[str]], size: int) -> None:
    """Output of csv.writer is recovered for any chunk size."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(table)
    records = scan(out.getvalue().encode(), size=size)
    assert {k for _, _, k in records} <= {GOOD}
    assert [next(csv.reader(io.StringIO(raw, newline=""))) for _, raw, _ in records] == table


@given(
    st.binary(max_size=60) | st.text('ab,"\n\r\t', max_size=40).map(str.encode),
    st.integers(1, 7),
    st.sampled_from([COMMA, TAB]),
)
@example(b'"\n', 1, COMMA)
@example(b"a,b\r", 1, COMMA)
def test_scanner_covers_every_byte(data: bytes, size: int, layout: CsvDialect) -> None:
    """Every byte except line ends is in a record, for any chunk size."""
    whole = scan(data, layout)
    assert [(r, raw) for r, raw, _ in scan(data, layout, size)] == [(r, raw) for r, raw, _ in whole]
    text = "".join(raw for _, raw, _ in whole).replace("\r", "").replace("\n", "")
    assert text == data.decode("utf-8", "backslashreplace").replace("\r", "").replace("\n", "")


def test_select_good_returns_valid_records() -> None:
    """The valid records are selected with their rows."""
    records = list(scan_records([b'a,b,c\n1,2\n"d\n",e,f\n'], COMMA))
    assert [(bytes(t.select_good()[0]), t.select_good()[1].tolist()) for t in records] == [
        (b'a,b,c\n"d\n",e,f\n', [1, 3])
    ]


LONG_LINES = """
from detente.sources.csv_scanner import CsvDialect, scan_records
from detente.sources.csv_scanner import MAX_RECORD_BYTES as M
for size in (M - 1, M, M + 1, 2 * M, 3_300_000, 15_000_000):
    for quote in (b"", b'"'):
        for cut in (size, 1 << 16, M):
            data = quote + b"x" * size + quote + b"\\n1,2\\n"
            blocks = [data[i : i + cut] for i in range(0, len(data), cut)]
            found = list(scan_records(blocks, CsvDialect(44, 34, 2)))
            raws = [b.raw(i) for b in found for i in range(len(b.row))]
            assert raws[-1] == "1,2", (size, quote, cut, raws[-1][:40])
            assert sum(map(len, raws)) >= size, (size, quote, cut)
print("ok")
"""


def test_scanner_survives_very_long_lines() -> None:
    """Lines beyond the longest record are cut into several; with bounds checked, nothing is written out of place."""
    env = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": tempfile.mkdtemp()}
    code = LONG_LINES.replace("\\\\n", "\\n")
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "ok\n"), done.stderr[-2000:]
