"""Other forms of the same file give the same events; what cannot be told apart is asked, never guessed."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.events.cell_forms import CellKinds, ReadingOptions, rewrite_cells
from detente.events.country_outlines import find_outside, has_outline
from detente.events.reader import plan_releases, read_release
from detente.events.registry import FORMATS as TRANSLATIONS
from detente.sources.text_encoding import looks_like_cp1252
from support.provider_rows import FORMATS, change_row, encode_file, make_rows, write_file, write_zip

WITH_HEADER = [f for f in FORMATS if FORMATS[f][3]]
DROPPED = ["release", "row", "doubts"]
KINDS = {t.source: TRANSLATIONS[t].kinds for t in TRANSLATIONS}

damages = st.fixed_dictionaries(
    {
        "capitals": st.booleans(),
        "extra": st.integers(-1, 20),
        "row_names": st.sampled_from(["none", "unnamed", "X", "no heading"]),
        "semicolons": st.booleans(),
        "floats": st.booleans(),
        "decimal_commas": st.booleans(),
        "words": st.sampled_from(["", "NA", "NULL"]),
        "days": st.sampled_from(["", "%d.%m.%Y", "%d/%m/%Y", "%Y/%m/%d"]),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        "line_end": st.sampled_from(["\n", "\r\n"]),
    }
)


def damage_cell(source: str, column: str, value: str, how: dict[str, Any]) -> str:
    """A cell as another program writes it."""
    kinds = KINDS[source]
    if how["words"] and not value and column in kinds.missing:
        return str(how["words"])
    if how["floats"] and column in kinds.whole and value.isdecimal() and len(value) < 10:
        return f"{value}.0"
    if how["decimal_commas"] and how["semicolons"] and column in kinds.decimal:
        return value.replace(".", ",")
    if how["days"] and column in kinds.days and value:
        return date.fromisoformat(value[:10]).strftime(how["days"])
    return value


def write_damaged(folder: Path, form: str, rows: list[list[str]], how: dict[str, Any]) -> Path:
    source, columns, separator, _ = FORMATS[form]
    body = [[damage_cell(source, c, v, how) for c, v in zip(columns, r, strict=True)] for r in rows]
    head = [c.upper() if how["capitals"] else c for c in columns]
    if (at := how["extra"]) >= 0:
        head, body = [*head[:at], "region_name_x", *head[at:]], [[*r[:at], "x", *r[at:]] for r in body]
    if how["row_names"] != "none":
        heading = {"unnamed": [""], "X": ["X"], "no heading": []}[how["row_names"]]
        head, body = [*heading, *head], [[str(i + 1), *r] for i, r in enumerate(body)]
    if how["semicolons"] and separator == ",":
        separator = ";"
    out = io.StringIO()
    if separator == "\t":
        out.write("".join("\t".join(r) + how["line_end"] for r in (head, *body)))
    else:
        csv.writer(out, delimiter=separator, lineterminator=how["line_end"]).writerows([head, *body])
    path = folder / f"{form}.csv"
    path.write_bytes(out.getvalue().encode(how["encoding"]))
    return path


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(WITH_HEADER), damages)
def test_other_forms_give_same_events(tmp_path_factory: pytest.TempPathFactory, form: str, how: dict[str, Any]) -> None:
    """Capitals, extra columns, row names, separators, number and day forms, encodings and words for missing change nothing."""
    folder = tmp_path_factory.mktemp("f")
    rows = make_rows(form, 3)
    expected = read_release(write_file(folder, form, encode_file(form, rows)), known_on=date(2026, 1, 1))
    plain = expected.events.read_all().drop_columns(DROPPED)
    reading = read_release(write_damaged(folder, form, rows, how), known_on=date(2026, 1, 1), dates="dmy")
    events = reading.events.read_all()
    assert reading.account().set_aside.to_pylist() == []
    assert events.drop_columns(DROPPED).equals(plain)
    if how["extra"] >= 0:
        assert any("region_name_x" in note for note in reading.account().parts[0].notes)


@pytest.mark.parametrize("separator", ["\t", ","])
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("form", ["gdelt-2", "gdelt-1"])
def test_gdelt_reads_header_and_commas(tmp_path: Path, form: str, header: bool, separator: str) -> None:
    """GDELT is read with or without a header line, with tabs or commas."""
    columns, rows = FORMATS[form][1], make_rows(form, 3)
    plain = read_release(write_file(tmp_path, form, encode_file(form, rows))).events.read_all()
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows([columns, *rows] if header else rows)
    (tmp_path / "other.csv").write_text(out.getvalue())
    events = read_release(tmp_path / "other.csv").events.read_all()
    assert events.drop_columns(DROPPED).equals(plain.drop_columns(DROPPED))


def test_gdelt_before_2013_needs_no_address(tmp_path: Path) -> None:
    """GDELT before April 2013 has 57 columns and no address; one damaged row does not change the format."""
    rows = [r[:-1] for r in make_rows("gdelt-1", 4)]
    body = "".join("\t".join(r) + "\n" for r in [rows[0][:-1], *rows[1:]])
    (tmp_path / "198301.csv").write_text(body)
    reading = read_release(tmp_path / "198301.csv")
    events = reading.events.read_all()
    assert (events.num_rows, reading.account().set_aside["row"].to_pylist()) == (3, [1])
    assert events["addresses"].to_pylist() == [[], [], []]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["dmy", "mdy", None]))
@settings(max_examples=20, deadline=None)
def test_days_follow_given_order_only(day: date, order: Any) -> None:
    """A day with slashes is read in the given order, and stays as it is without one."""
    text = f"{day.day}/{day.month}/{day.year}" if order != "mdy" else f"{day.month}/{day.day}/{day.year}"
    block = pa.table({"d": pa.array([text, f"{day:%d.%m.%Y} 00:00", f"{day:%d %B %Y}"])})
    rewritten = rewrite_cells(block, CellKinds(days=("d",)), ReadingOptions(order))
    slash, dotted, named = rewritten.block["d"].to_pylist()
    assert slash == (str(day) if order else text)
    assert named == str(day)
    if order != "mdy":
        assert dotted == str(day)


def test_impossible_days_are_rejected(tmp_path: Path) -> None:
    """Days before 1900, after tomorrow, or in another year than the row's own are rejected."""
    later = date.today() + timedelta(days=3)  # noqa: DTZ011
    rows = make_rows("ucdp-49", 4)
    days = [("1899-12-31", "1899"), (str(later), str(later.year)), ("2024-06-01", "2025"), ("2025-01-02", "2025")]
    body = [change_row("ucdp-49", r, date_start=d, date_end=d, year=y) for r, (d, y) in zip(rows, days, strict=True)]
    reading = read_release(write_file(tmp_path, "ucdp-49", encode_file("ucdp-49", body)))
    assert reading.events.read_all().num_rows == 1
    assert reading.account().set_aside["column"].to_pylist() == ["date_start"] * 3
    # A day that is impossible is no day of publication either.
    assert reading.release.known_on == date(2025, 1, 2)


@pytest.mark.parametrize(
    ("form", "values", "used"),
    [
        ("ucdp-49", {"geom_wkt": ""}, True),
        ("ucdp-49", {"latitude": "70.60", "longitude": "32.99", "geom_wkt": ""}, False),
        ("ucdp-49", {"geom_wkt": "POINT (71.5 34.0)"}, False),
        ("ucdp-49", {"geom_wkt": "POINT (0 0)"}, True),
        ("ucdp-49", {"latitude": "0", "longitude": "0.0"}, False),
        ("acled-new", {"latitude": "51.5", "longitude": "-0.1"}, False),
        ("gdelt-2", {"ActionGeo_Lat": "69.92", "ActionGeo_Long": "33.34"}, False),
        ("icews", {"Latitude": "34.0", "Longitude": "-71.5"}, False),
        ("polecat", {"Latitude": "0", "Longitude": "0"}, False),
    ],
)
def test_implausible_coordinates_are_not_used(tmp_path: Path, form: str, values: dict[str, str], used: bool) -> None:
    """Coordinates far outside the country, 0/0 or contradicted are not used; the event stays, with the reason."""
    (row,) = make_rows(form, 1)
    reading = read_release(write_file(tmp_path, form, encode_file(form, [change_row(form, row, **values)])))
    (event,) = reading.events.read_all().to_pylist()
    assert (event["latitude"] is not None) == used
    assert reading.account().without_place == (not used)
    if not used:
        assert any("coordinates not used" in d for d in event["doubts"])
        assert event["country"] in ("PAK", "AFG")


def test_outline_distances_match_known_places() -> None:
    """Distances to outlines are those of an atlas, to some tens of kilometres."""
    # Kabul lies about 170 km from Pakistan by road to Torkham; Delhi about 370 km from Lahore's border at Wagah.
    km = find_outside("PAK", np.array([33.68, 34.53, 28.61]), np.array([73.05, 69.17, 77.21]))
    assert km[0] == 0
    assert 70 < km[1] < 170
    assert 250 < km[2] < 400
    assert np.isnan(find_outside("ZZZ", np.array([1.0]), np.array([1.0]))[0])
    # Former territory counts: events of the Soviet Union in Dushanbe, of Yugoslavia in Sarajevo.
    assert find_outside("RUS", np.array([38.56]), np.array([68.77]))[0] == 0
    assert find_outside("SRB", np.array([43.86]), np.array([18.41]))[0] == 0
    assert not has_outline("ZZZ")


def test_ucdp_api_page_is_read_and_told(tmp_path: Path) -> None:
    """A page of UCDP's API is read as it came; that other pages are missing is told."""
    columns, rows = FORMATS["ucdp-49"][1], make_rows("ucdp-49", 2)
    page = {"TotalCount": 5, "TotalPages": 3, "Result": [dict(zip(columns, r, strict=True)) for r in rows]}
    (tmp_path / "page.json").write_text(json.dumps(page))
    reading = read_release(tmp_path / "page.json")
    assert reading.events.read_all().num_rows == 2
    assert "counts 5 rows and holds 2" in reading.account().parts[0].notes[0]


def test_folder_and_archives_nest(tmp_path: Path) -> None:
    """Files in folders in a folder, and archives in an archive, are read and named."""
    deep = tmp_path / "data" / "a" / "b"
    deep.mkdir(parents=True)
    rows = make_rows("acled-new", 4)
    (deep / "one.csv").write_bytes(encode_file("acled-new", rows[:2]))
    inner = write_zip(tmp_path / "inner.zip", **{"two.csv": encode_file("acled-new", rows[2:])})
    write_zip(tmp_path / "data" / "outer.zip", **{"in.zip": inner.read_bytes(), "notes.pdf": b"%PDF-1.4 x"})
    reading = read_release(tmp_path / "data")
    assert reading.events.read_all().num_rows == 4
    account = reading.account()
    assert [(p.name, p.rows) for p in account.parts] == [("a/b/one.csv", 2), ("two.csv", 2)]
    assert [f.name for f in account.left_out] == ["notes.pdf"]


def test_mixed_archive_gives_release_per_file(tmp_path: Path) -> None:
    """An archive of several providers gives a release for each file, named by the file."""
    path = write_zip(
        tmp_path / "mix.zip",
        **{f"{f}.csv": encode_file(f, make_rows(f, 2)) for f in ("ucdp-49", "acled-new", "icews")},
    )
    plan = plan_releases(path)
    assert [r.name for r in plan.releases] == ["acled-new.csv", "icews.csv", "ucdp-49.csv"]
    assert [r.open().release.source for r in plan.releases] == ["acled", "icews", "ucdp"]
    assert read_release(path, members=["icews.csv"]).release.source == "icews"


def test_damaged_bytes_are_not_taken_for_encoding() -> None:
    """Only text whose every byte beyond ASCII is plausible counts as Windows-1252."""
    german = "Übergang, Straße\nMünchen – „Zitat“\n".encode("cp1252")
    assert looks_like_cp1252(iter([german]))
    assert not looks_like_cp1252(iter([german + b"ab\xff\x00\n"]))
    assert not looks_like_cp1252(iter([german + "Köln\n".encode()]))
    assert not looks_like_cp1252(iter([b"one damaged b\xfate\n"]))


def test_one_wider_row_is_no_row_names(tmp_path: Path) -> None:
    """A damaged first row with a cell more is rejected; it does not make the header lack a column of row names."""
    rows = make_rows("acled-new", 4)
    body = encode_file("acled-new", [["x", *rows[0]], *rows[1:]])
    reading = read_release(write_file(tmp_path, "acled-new", body))
    assert reading.events.read_all().num_rows == 3
    assert reading.account().set_aside["row"].to_pylist() == [2]
