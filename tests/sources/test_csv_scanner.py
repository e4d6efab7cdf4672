"""Cutting a file into records: every byte is in one of them, however the file comes in and whatever is in it."""

import csv
import io

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


def cut(data: bytes, layout: CsvDialect = COMMA, size: int | None = None) -> list[tuple[int, str, int]]:
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
def test_a_bad_record_is_named_and_the_good_ones_around_it_come_through(bad: bytes, kind: int) -> None:
    told = cut(b"a,b,c\n" + bad + b"\nd,e,f\ng,h,i\n")
    assert [(r, k) for r, _, k in told] == [(1, GOOD), (2, kind), (3, GOOD), (4, GOOD)]
    assert told[1][1] == bad.decode("utf-8", "backslashreplace")


def test_a_line_inside_marks_that_looks_like_a_record_by_chance_is_not_cut_out_of_a_whole_one() -> None:
    assert cut(b'1,"x\na,b,c\ny",3\n') == [(1, '1,"x\na,b,c\ny",3', GOOD)]


def test_a_row_swallowed_by_a_mark_of_the_row_before_it_is_found_though_the_two_make_a_whole_record() -> None:
    told = cut(b'PAK1001,"x,3\nPAK1002,y",3\nPAK1003,2,3\n')
    assert [(r, k) for r, _, k in told] == [(1, UNCLOSED_QUOTE), (2, GOOD), (3, GOOD)]
    assert cut(b'1001,"x\n1002 dead",3\n') == [(1, '1001,"x\n1002 dead",3', GOOD)]


def test_empty_lines_take_a_row_and_are_no_record() -> None:
    assert cut(b"\na,b,c\r\n\r\n\nd,e,f") == [(2, "a,b,c", GOOD), (5, "d,e,f", GOOD)]


def test_a_record_of_more_than_a_megabyte_is_told_and_the_next_ones_are_read() -> None:
    told = cut(b"1,2,3\n1," + b"x" * (1 << 20) + b",3\n4,5,6\n", size=100_000)
    assert (told[0][2], told[-1][1:]) == (GOOD, ("4,5,6", GOOD))
    assert TOO_LONG in {k for _, _, k in told}


def test_a_mark_never_closed_in_a_long_file_costs_one_record() -> None:
    told = cut(b'1,"2,3\n' + b"4,5,6\n" * 400_000, size=1 << 18)
    assert (told[0][2], len(told)) == (UNCLOSED_QUOTE, 400_001)
    assert {k for _, _, k in told[1:]} == {GOOD}


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8), min_size=3, max_size=3),
        max_size=8,
    ),
    st.integers(1, 9),
)
def test_what_a_csv_writer_wrote_comes_back_whole_whatever_the_size_of_the_pieces(
    table: list[list[str]], size: int
) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(table)
    told = cut(out.getvalue().encode(), size=size)
    assert {k for _, _, k in told} <= {GOOD}
    assert [next(csv.reader(io.StringIO(raw, newline=""))) for _, raw, _ in told] == table


@given(
    st.binary(max_size=60) | st.text('ab,"\n\r\t', max_size=40).map(str.encode),
    st.integers(1, 7),
    st.sampled_from([COMMA, TAB]),
)
@example(b'"\n', 1, COMMA)
@example(b"a,b\r", 1, COMMA)
def test_every_byte_but_line_ends_is_in_a_record_and_pieces_change_nothing(
    data: bytes, size: int, layout: CsvDialect
) -> None:
    whole = cut(data, layout)
    assert [(r, raw) for r, raw, _ in cut(data, layout, size)] == [(r, raw) for r, raw, _ in whole]
    kept = "".join(raw for _, raw, _ in whole).replace("\r", "").replace("\n", "")
    assert kept == data.decode("utf-8", "backslashreplace").replace("\r", "").replace("\n", "")


def test_the_good_records_alone_are_those_bytes() -> None:
    told = list(scan_records([b'a,b,c\n1,2\n"d\n",e,f\n'], COMMA))
    assert [(bytes(t.select_good()[0]), t.select_good()[1].tolist()) for t in told] == [(b'a,b,c\n"d\n",e,f\n', [1, 3])]
