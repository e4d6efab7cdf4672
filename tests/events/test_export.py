"""Events as files: made in pieces they are what they would be made whole, and without their last piece they are nothing."""

import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet
import pytest

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.events import export
from detente.events.export import EXPORT_FORMATS, EventWithChannel, export_events
from support.reference_export import export_whole

AWKWARD = (
    'a comma, and "a quotation"', "two\nlines", "a\r\nreturn", "پشاور، خیبر پختونخوا", "کابل", "back\\slash \\n", "tab\t", "", " ",
    "\x1f\x7f", "\u2028", "😀", '"events": []', "], ", "é;ü",
)  # fmt: skip
TOLD = {"licence": "CC BY 4.0", "citation": 'Who, "What", کابل'}


@pytest.fixture(scope="module")
def listed() -> list[EventWithChannel]:
    """The flagship's events, every third with awkward words in its texts and names."""
    g = load_case_data(load_case_file("pakistan-afghanistan"))
    out = []
    for i, e in enumerate(g.events):
        word = AWKWARD[i // 3 % len(AWKWARD)]
        if i % 3 == 0:
            e = replace(
                e, summary=word, place=replace(e.place, name=word), raw_initiators=(word, "b"), doubts=(word,) * (i % 2)
            )
        out.append((e, g.channel(g.events[i])))
    return out


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Borders between blocks and between groups stand close together."""
    monkeypatch.setattr(export, "EVENTS_PER_BLOCK", 7)
    monkeypatch.setattr(export, "EVENTS_PER_ROW_GROUP", 21)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("told", [TOLD, {}], ids=["told", "untold"])
@pytest.mark.parametrize("n", [0, 1, 6, 7, 8, 21, 22, 835])
@pytest.mark.parametrize("form", EXPORT_FORMATS)
def test_the_pieces_joined_are_the_file_made_whole(
    listed: list[EventWithChannel], form: str, n: int, told: dict[str, str]
) -> None:
    made, wanted = b"".join(export_events(iter(listed[:n]), form, told)), export_whole(listed[:n], form, told)
    if form == "parquet" and n > export.EVENTS_PER_ROW_GROUP:
        # Its rows stand in several groups, so its bytes are others; what it says is the same.
        a, b = (pyarrow.parquet.read_table(io.BytesIO(x)) for x in (made, wanted))
        assert a.equals(b, check_metadata=True)
    else:
        assert made == wanted


@pytest.mark.usefixtures("small_blocks")
def test_texts_with_commas_quotations_line_ends_and_other_scripts_come_back_as_they_were(
    listed: list[EventWithChannel],
) -> None:
    wanted = [(e.summary, ";".join(e.raw_initiators)) for e, _ in listed]
    assert {*AWKWARD} <= {summary for summary, _ in wanted}
    sheet = b"".join(export_events(listed, "csv")).decode()
    assert [(r["summary"], r["raw_initiators"]) for r in csv.DictReader(io.StringIO(sheet, newline=""))] == wanted
    features = json.loads(b"".join(export_events(listed, "geojson")))["features"]
    told = [f["properties"] for f in features], json.loads(b"".join(export_events(listed, "json")))
    for rows in told:
        assert [(r["summary"], ";".join(r["raw_initiators"])) for r in rows] == wanted


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("form", ["json", "geojson", "parquet"])
def test_a_file_without_its_last_piece_cannot_be_read(listed: list[EventWithChannel], form: str) -> None:
    made = list(export_events(listed[:50], form, TOLD))
    read = json.loads if form != "parquet" else lambda b: pyarrow.parquet.read_table(io.BytesIO(b))
    read(b"".join(made))
    assert made[-1]
    for n in range(len(made)):
        with pytest.raises((ValueError, pa.ArrowInvalid)):
            read(b"".join(made[:n]))


@pytest.mark.parametrize("form", EXPORT_FORMATS)
def test_events_are_taken_a_block_at_a_time(
    listed: list[EventWithChannel], form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "EVENTS_PER_BLOCK", 100)
    taken = 0

    def counted() -> Iterator[EventWithChannel]:
        nonlocal taken
        for x in listed:
            taken += 1
            yield x

    made = export_events(counted(), form, TOLD)
    assert taken == 0
    for n in (100, 200, 300):
        next(made)
        assert taken == n
    made.close()
    assert taken == 300


@pytest.mark.usefixtures("small_blocks")
def test_no_group_of_a_parquet_file_is_larger_than_what_may_be_held(listed: list[EventWithChannel]) -> None:
    file = pyarrow.parquet.ParquetFile(io.BytesIO(b"".join(export_events(listed, "parquet")))).metadata
    groups = [file.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert sum(groups) == len(listed)
    assert {*groups[:-1]} == {export.EVENTS_PER_ROW_GROUP}
    assert 0 < groups[-1] <= export.EVENTS_PER_ROW_GROUP


@pytest.mark.parametrize("form", ["json", "geojson"])
@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_number_that_json_has_no_word_for_is_refused_and_not_written(
    listed: list[EventWithChannel], form: str, number: float
) -> None:
    e, channel = listed[0]
    with pytest.raises(ValueError, match="JSON"):
        b"".join(export_events([(replace(e, intensity=number), channel)], form))


def test_a_form_that_is_unknown_is_refused_before_anything_is_made(listed: list[EventWithChannel]) -> None:
    with pytest.raises(KeyError):
        export_events(listed, "xlsx")
