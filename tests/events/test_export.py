"""Exported files: their chunks equal the file written at once, and a truncated file is unreadable."""

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

SPECIAL_TEXTS = (
    'a comma, and "a quotation"', "two\nlines", "a\r\nreturn", "پشاور، خیبر پختونخوا", "کابل", "back\\slash \\n", "tab\t", "", " ",
    "\x1f\x7f", "\u2028", "😀", '"events": []', "], ", "é;ü",
)  # fmt: skip
METADATA = {"licence": "CC BY 4.0", "citation": 'Who, "What", کابل'}


@pytest.fixture(scope="module")
def listed() -> list[EventWithChannel]:
    """The shipped events, every third with special characters in its texts and names."""
    g = load_case_data(load_case_file("pakistan-afghanistan"))
    out = []
    for i, e in enumerate(g.events):
        word = SPECIAL_TEXTS[i // 3 % len(SPECIAL_TEXTS)]
        if i % 3 == 0:
            e = replace(
                e, summary=word, place=replace(e.place, name=word), raw_initiators=(word, "b"), doubts=(word,) * (i % 2)
            )
        out.append((e, g.channel(g.events[i])))
    return out


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small blocks and row groups, so that the events fill many of them."""
    monkeypatch.setattr(export, "EVENTS_PER_BLOCK", 7)
    monkeypatch.setattr(export, "EVENTS_PER_ROW_GROUP", 21)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("metadata", [METADATA, {}], ids=["metadata", "no metadata"])
@pytest.mark.parametrize("n", [0, 1, 6, 7, 8, 21, 22, 1413])
@pytest.mark.parametrize("form", EXPORT_FORMATS)
def test_export_chunks_equal_whole_file(
    listed: list[EventWithChannel], form: str, n: int, metadata: dict[str, str]
) -> None:
    """The joined chunks equal the file written at once."""
    joined = b"".join(export_events(iter(listed[:n]), form, metadata))
    expected = export_whole(listed[:n], form, metadata)
    if form == "parquet" and n > export.EVENTS_PER_ROW_GROUP:
        # With several row groups the bytes differ and the content is the same.
        a, b = (pyarrow.parquet.read_table(io.BytesIO(x)) for x in (joined, expected))
        assert a.equals(b, check_metadata=True)
    else:
        assert joined == expected


@pytest.mark.usefixtures("small_blocks")
def test_export_preserves_special_characters(
    listed: list[EventWithChannel],
) -> None:
    """Commas, quotation marks, line ends and other scripts survive the export."""
    expected = [(e.summary, ";".join(e.raw_initiators)) for e, _ in listed]
    assert {*SPECIAL_TEXTS} <= {summary for summary, _ in expected}
    sheet = b"".join(export_events(listed, "csv")).decode()
    assert [(r["summary"], r["raw_initiators"]) for r in csv.DictReader(io.StringIO(sheet, newline=""))] == expected
    features = json.loads(b"".join(export_events(listed, "geojson")))["features"]
    for rows in [f["properties"] for f in features], json.loads(b"".join(export_events(listed, "json"))):
        assert [(r["summary"], ";".join(r["raw_initiators"])) for r in rows] == expected


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("form", ["json", "geojson", "parquet"])
def test_truncated_export_is_unreadable(listed: list[EventWithChannel], form: str) -> None:
    """A file without its last chunk cannot be read."""
    chunks = list(export_events(listed[:50], form, METADATA))
    read = json.loads if form != "parquet" else lambda b: pyarrow.parquet.read_table(io.BytesIO(b))
    read(b"".join(chunks))
    assert chunks[-1]
    for n in range(len(chunks)):
        with pytest.raises((ValueError, pa.ArrowInvalid)):
            read(b"".join(chunks[:n]))


@pytest.mark.parametrize("form", EXPORT_FORMATS)
def test_export_reads_one_block_at_a_time(
    listed: list[EventWithChannel], form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events are read one block at a time."""
    monkeypatch.setattr(export, "EVENTS_PER_BLOCK", 100)
    count = 0

    def count_events() -> Iterator[EventWithChannel]:
        nonlocal count
        for x in listed:
            count += 1
            yield x

    chunks = export_events(count_events(), form, METADATA)
    assert count == 0
    for n in (100, 200, 300):
        next(chunks)
        assert count == n
    chunks.close()
    assert count == 300


@pytest.mark.usefixtures("small_blocks")
def test_parquet_row_groups_are_bounded(listed: list[EventWithChannel]) -> None:
    """No row group exceeds the limit."""
    file = pyarrow.parquet.ParquetFile(io.BytesIO(b"".join(export_events(listed, "parquet")))).metadata
    groups = [file.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert sum(groups) == len(listed)
    assert {*groups[:-1]} == {export.EVENTS_PER_ROW_GROUP}
    assert 0 < groups[-1] <= export.EVENTS_PER_ROW_GROUP


@pytest.mark.parametrize("form", ["json", "geojson"])
@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_export_rejects_nan_in_json(listed: list[EventWithChannel], form: str, number: float) -> None:
    """A number that JSON cannot represent is rejected."""
    e, channel = listed[0]
    with pytest.raises(ValueError, match="JSON"):
        b"".join(export_events([(replace(e, intensity=number), channel)], form))


def test_export_rejects_unknown_format(listed: list[EventWithChannel]) -> None:
    """An unknown format is rejected."""
    with pytest.raises(KeyError):
        export_events(listed, "xlsx")
