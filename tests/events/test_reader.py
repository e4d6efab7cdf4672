"""Reading releases: every row becomes an event, is merged or is rejected; values are the file's or unknown."""

import codecs
import gzip
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detente.cases.case_file import find_shipped_cases
from detente.core.errors import NoSuchFile
from detente.events.arrow import SCHEMA, from_table, to_table
from detente.events.errors import NothingRead
from detente.events.reader import read_release
from detente.events.row_account import RowAccount
from detente.events.vintage import WITHDRAWN_SCHEMA
from detente.sources.archive import EXCEL_97, OTHER_CONTENT
from detente.sources.errors import BadMapping, BrokenFile, EmptyFile, UnknownFormat, WrongColumnCount, WrongHeader
from support.provider_rows import (
    FORMATS,
    ID_COLUMNS,
    change_row,
    encode_file,
    encode_row,
    make_rows,
    write_file,
    write_zip,
)

SHARED = Path(__file__).parents[3] / "shared/data"
ALL = list(FORMATS)


def shared(name: str) -> Path:
    if not (SHARED / name).exists():
        pytest.skip("needs the folder ../shared/data")
    return SHARED / name


def read_all(path: Path, **options: Any) -> tuple[pa.Table, RowAccount]:
    """Read all events and the account, and check its sum."""
    reading = read_release(path, **options)
    events = reading.events.read_all()
    account = reading.account()
    assert account.rows == account.events + account.merged + account.set_aside.num_rows
    assert account.events == events.num_rows
    assert set(account.set_aside["release"].to_pylist()) <= {reading.release.name}
    return events, account


def read_one(tmp_path: Path, form: str, **values: str) -> dict[str, Any]:
    (good,) = make_rows(form, 1)
    events, _ = read_all(write_file(tmp_path, form, encode_file(form, [change_row(form, good, **values)])))
    (event,) = events.to_pylist()
    return dict(event)


# ---- Real files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "n", "day"),
    [("ucdp/GEDEvent_v26_0_1.csv", 1727, date(2026, 2, 28)), ("ucdp/GEDEvent_v23_0_10.csv", 2391, date(2023, 11, 30))],
)
def test_ucdp_candidate_releases_have_no_rejects(name: str, n: int, day: date) -> None:
    """Every row of the Candidate releases becomes an event."""
    reading = read_release(shared(name))
    events = reading.events.read_all()
    assert (events.num_rows, reading.account().rows, reading.account().set_aside.num_rows) == (n, n, 0)
    assert reading.release.known_on == day
    assert len(set(events["id"].to_pylist())) == n
    assert events.schema == SCHEMA


def test_ucdp_values_match_csv_module() -> None:
    """Values equal those read by the csv module."""
    import csv

    path = shared("ucdp/GEDEvent_v26_0_1.csv")
    with path.open(newline="", encoding="utf-8") as f:
        raw = {r["id"]: r for r in csv.DictReader(f)}
    events = {e["id"]: e for e in read_all(path)[0].to_pylist()}
    assert events.keys() == raw.keys()
    for k, r in raw.items():
        e = events[k]
        assert (e["deaths_best"], e["civilian_deaths"]) == (int(r["best"]), int(r["deaths_civilians"]))
        assert e["deaths_low"] <= e["deaths_best"] <= e["deaths_high"]
        assert e["provisional"] == (r["code_status"] != "Clear")
        assert str(e["first"]) == r["date_start"][:10]
        assert (e["latitude"], e["longitude"]) == (float(r["latitude"]), float(r["longitude"]))
        assert {*e["raw_initiators"], *e["raw_recipients"]} == {r["side_a"], r["side_b"]}
    disordered = [k for k, r in raw.items() if not int(r["low"]) <= int(r["best"]) <= int(r["high"])]
    assert len(disordered) == 5
    assert all(any("out of order" in d for d in events[k]["doubts"]) for k in disordered)
    assert sum(e["country"] == "PAK" for e in events.values()) == 87


def test_partial_ucdp_file_needs_mapping(tmp_path: Path) -> None:
    """A file with few columns is rejected by column and read with a mapping."""
    path = shared("ucdp/candidate_2025_seven_columns.csv")
    with pytest.raises(WrongHeader) as refusal:
        read_release(path, source="ucdp")
    assert "side_a" in refusal.value.missing
    (tmp_path / "m.toml").write_text(
        'source = "candidate"\n[columns]\nid = "id"\nfirst = "date"\ndeaths_best = "best"\ncountry = "country"\n'
        '[constants]\ntype = "ASSAULT"\n'
    )
    events, account = read_all(path, mapping=tmp_path / "m.toml")
    assert (account.rows, account.events) == (28396, 28396)
    pakistan = events.filter(pc.equal(events["country"], "PAK"))
    afghanistan = events.filter(pc.equal(events["country"], "AFG"))
    assert (pakistan.num_rows, pc.sum(pakistan["deaths_best"]).as_py()) == (1132, 3351)
    assert (afghanistan.num_rows, pc.sum(afghanistan["deaths_best"]).as_py()) == (160, 335)


def test_gdelt_sample_matches_independent_count() -> None:
    """Events, merged and rejected rows equal an independent count."""
    path = shared("gdelt/sample.export.CSV")
    raw = [r.split("\t") for r in path.read_text(encoding="utf-8").rstrip("\n").split("\n")]
    events, account = read_all(path)
    assert account.rows == len(raw) == 6090
    coded = [r for r in raw if not r[26].startswith("01")]
    assert account.set_aside.num_rows == len(raw) - len(coded)
    assert set(account.set_aside["column"].to_pylist()) == {"EventCode"}
    keys = Counter(
        (r[59], r[1], r[5], r[15], r[26], r[51], r[52], r[58], "" if r[5] and r[15] else r[60]) for r in coded
    )
    assert (account.events, account.merged) == (len(keys), len(coded) - len(keys))
    assert sorted(events["reports"].to_pylist()) == sorted(keys.values())
    assert read_release(path).release.known_on == date(2017, 7, 1)


def test_chronology_reads_as_event_stream() -> None:
    """The chronology is read through the same interface."""
    file = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"
    events, account = read_all(file)
    assert (events.num_rows, account.rows) == (1413, 1413)
    assert from_table(to_table(from_table(events))) == from_table(events)


# ---- All formats, generated ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ALL)
def test_reader_detects_format(tmp_path: Path, form: str) -> None:
    """The format is detected from the content, with one event per row."""
    path = write_file(tmp_path, form, encode_file(form, make_rows(form, 9)))
    reading = read_release(path)
    events = reading.events.read_all()
    assert reading.release.source == FORMATS[form][0]
    assert reading.account().set_aside.to_pylist() == []
    assert events["row"].to_pylist() == [i + (2 if FORMATS[form][3] else 1) for i in range(9)]
    assert set(events["type"].to_pylist()) == {"ASSAULT"}
    assert set(events["country"].to_pylist()) == {"AFG" if form.startswith("gdelt") else "PAK"}
    assert from_table(to_table(from_table(events))) == from_table(events)


@pytest.mark.parametrize("form", ALL)
def test_reader_rejects_damaged_rows(tmp_path: Path, form: str) -> None:
    """Damaged rows are rejected with row number and text; the others are read."""
    body = make_rows(form, 4)
    lines = [encode_row(form, r) for r in body]
    head = encode_file(form, [])
    lines[1] = b"cut off" + FORMATS[form][2].encode() + b"here\n"
    lines[2] = lines[2].replace(b"ak", b"a\xfa", 1).replace(b"AK", b"A\xfa", 1)
    events, account = read_all(write_file(tmp_path, form, head + b"".join(lines)))
    assert events.num_rows == 2
    cut, foreign = account.set_aside.to_pylist()
    begin = 2 if FORMATS[form][3] else 1
    assert (cut["row"], foreign["row"]) == (begin + 1, begin + 2)
    assert re.findall(r"\d+", cut["reason"]) == ["2", str(len(FORMATS[form][1]))]
    assert cut["raw"] == lines[1].decode().rstrip("\n")
    assert "UTF-8" in foreign["reason"]
    assert "\\xfa" in foreign["raw"]


@pytest.mark.parametrize("form", [f for f in ALL if not f.startswith("gdelt")])
def test_reader_rejects_repeated_id(tmp_path: Path, form: str) -> None:
    """A repeated id is rejected with the row that has it first."""
    a, b = make_rows(form, 2)
    events, account = read_all(write_file(tmp_path, form, encode_file(form, [a, b, a])))
    assert events.num_rows == 2
    assert account.set_aside["reason"].to_pylist() == ["row 2 already has this id"]


@pytest.mark.parametrize(
    ("form", "values", "column", "remedy"),
    [
        ("ucdp-49", {"type_of_violence": "4"}, "type_of_violence", "one-sided"),
        ("ucdp-49", {"date_start": "2025-02-30 00:00:00.000"}, "date_start", "2025-10-09"),
        ("ucdp-49", {"date_end": "2025-01-01 00:00:00.000"}, "date_end", "Swap"),
        ("ucdp-49", {"latitude": "3_2.99"}, "latitude", "decimal"),
        ("ucdp-49", {"longitude": "nan"}, "longitude", "both, or neither"),
        ("ucdp-49", {"latitude": "170.6"}, "latitude", "swapped"),
        ("ucdp-49", {"longitude": ""}, "longitude", "both, or neither"),
        ("ucdp-49", {"best": "about 5"}, "best", "digits"),
        ("ucdp-49", {"best": "1.5"}, "best", "digits"),
        ("ucdp-49", {"high": "-1"}, "high", "digits"),
        ("ucdp-49", {"country_id": "0", "country": "Atlantis"}, "country_id", "country says"),
        ("ucdp-49", {"where_prec": ""}, "where_prec", "1 (the place)"),
        ("ucdp-42", {"date_prec": "9"}, "date_prec", "1 (the day)"),
        ("ucdp-42", {"side_b": " "}, "side_b", "XXX"),
        ("gdelt-2", {"EventCode": "999"}, "EventCode", "codes.md"),
        ("gdelt-2", {"EventCode": "010"}, "EventCode", "no act"),
        ("gdelt-2", {"QuadClass": "x"}, "QuadClass", "fetch"),
        ("gdelt-2", {"GoldsteinScale": "low"}, "GoldsteinScale", "fetch"),
        ("gdelt-1", {"SQLDATE": "20251301"}, "SQLDATE", "20251009"),
        ("gdelt-1", {"DATEADDED": ""}, "DATEADDED", "20251009143000"),
        ("acled-new", {"event_date": "2/1/2025"}, "event_date", "--dates"),
        ("acled-new", {"sub_event_type": "Suicide bom"}, "sub_event_type", "codes.md"),
        ("acled-new", {"time_precision": "0"}, "time_precision", "1 (the day)"),
        ("acled-old", {"fatalities": "many"}, "fatalities", "digits"),
        ("acled-old", {"country": "Pakistn", "iso": ""}, "country", "countries.tsv"),
        ("icews", {"CAMEO_Code": "10"}, "CAMEO Code", "first zero"),
        ("icews", {"CAMEO_Code": "42"}, "CAMEO Code", "first zero"),
        ("icews", {"Country": "Pakistn"}, "Country", "countries.tsv"),
        ("polecat", {"Event_Type": "ATTACK"}, "Event Type", "event-types.md"),
        ("polecat", {"Latitude": "None"}, "Latitude", "both"),
        ("polecat", {"Publication_Date": "soon"}, "Publication Date", "2023-10-09"),
    ],
)
def test_reader_rejects_invalid_value(
    tmp_path: Path, form: str, values: dict[str, str], column: str, remedy: str
) -> None:
    """An invalid value is rejected with its column and a remedy."""
    good, bad, third = make_rows(form, 3)
    events, account = read_all(
        write_file(tmp_path, form, encode_file(form, [good, change_row(form, bad, **values), third]))
    )
    (rejected,) = account.set_aside.to_pylist()
    given = values.get(column, values.get(column.replace(" ", "_")))
    assert events.num_rows == 2
    assert (rejected["column"], rejected["value"], rejected["row"]) == (column, given, 3 if FORMATS[form][3] else 2)
    assert remedy in rejected["remedy"]
    assert ID_COLUMNS[FORMATS[form][0]]
    assert rejected["raw"] == encode_row(form, change_row(form, bad, **values)).decode().rstrip("\n")


# ---- Provider-specific rules -------------------------------------------------------------------------


def test_ucdp_parties_become_initiators(tmp_path: Path) -> None:
    """Both parties of a fight are initiators; civilians are recipients."""
    e = read_one(tmp_path, "ucdp-49")
    assert (e["raw_initiators"], e["raw_recipients"]) == (["Government of Pakistan", "TTP"], [])
    assert e["initiator_codes"] == ["141", "325"]
    e = read_one(tmp_path, "ucdp-49", type_of_violence="3", side_b="Civilians")
    assert (e["raw_initiators"], e["raw_recipients"]) == (["Government of Pakistan"], ["Civilians"])


def test_ucdp_unidentified_party_keeps_name(tmp_path: Path) -> None:
    """An unidentified party keeps its code, and the summary says that it is not identified."""
    e = read_one(tmp_path, "ucdp-49", side_b="XXX770")
    assert e["raw_initiators"] == ["Government of Pakistan", "XXX770"]
    assert e["summary"].startswith("Government of Pakistan and an unidentified party (XXX770) fought, ")


@pytest.mark.parametrize(
    ("precision", "last", "expected"),
    [("1", "2025-01-02", "day"), ("2", "2025-01-05", "week"), ("3", "2025-01-08", "week"), ("4", "2025-01-31", "month"),
     ("5", "2025-04-30", "month"), ("0", "2025-01-04", "week"), ("0", "2025-02-20", "month")],
)  # fmt: skip
def test_ucdp_date_range_is_kept(tmp_path: Path, precision: str, last: str, expected: str) -> None:
    """The range of possible days and its precision are kept."""
    e = read_one(tmp_path, "ucdp-49", date_prec=precision, date_end=f"{last} 00:00:00.000")
    assert (str(e["first"]), str(e["last"]), e["date_precision"]) == ("2025-01-02", last, expected)


def test_ucdp_unchecked_row_is_provisional(tmp_path: Path) -> None:
    """A row under review is provisional; old releases do not say."""
    e = read_one(tmp_path, "ucdp-49", code_status="Check dyad")
    assert (e["provisional"], e["doubts"]) == (True, ["Check dyad"])
    assert read_one(tmp_path, "ucdp-49")["provisional"] is False
    assert read_one(tmp_path, "ucdp-42")["provisional"] is None


@pytest.mark.parametrize(
    ("article", "kept"),
    [
        ('"Kabul Now,2026-01-08,A man, named here";"Other,2026-01-09,Text"', "Kabul Now, 2026-01-08"),
        ('"Xinhua, China,2026-01-08,Group ""South"" hit"', "Xinhua, China, 2026-01-08"),
        ('"@somebody,2026-01-08,Text"', None),
        ('"A Name on Telegram,2026-01-08,Text"', None),
        ('"Kabul Now,2026-13-08,Text"', None),
        ("Kabul Now: Text", None),
        ("", None),
    ],
)
def test_ucdp_first_report_is_publisher_and_day(tmp_path: Path, article: str, kept: str | None) -> None:
    """The first report's publisher and day are kept, without headline; a private account, and what is not named so, is unknown."""
    for form in ("ucdp-49", "ucdp-42"):
        assert read_one(tmp_path, form, source_article=article)["first_report"] == kept


def test_ucdp_disordered_deaths_widen_bounds(tmp_path: Path) -> None:
    """Deaths outside their bounds widen them and add a doubt."""
    e = read_one(tmp_path, "ucdp-49", low="8002", best="8002", high="5511")
    assert (e["deaths_low"], e["deaths_best"], e["deaths_high"]) == (5511, 8002, 8002)
    assert e["doubts"] == ["deaths out of order: low 8002, best 8002, high 5511"]


def test_ucdp_empty_deaths_are_unknown(tmp_path: Path) -> None:
    """Empty deaths are unknown; 0 is 0."""
    e = read_one(tmp_path, "ucdp-49", best="", low="", high="7", deaths_civilians="0")
    assert (e["deaths_low"], e["deaths_best"], e["deaths_high"], e["civilian_deaths"]) == (None, None, 7, 0)


def test_gdelt_merges_duplicate_rows(tmp_path: Path) -> None:
    """Duplicate rows are merged with their count and addresses."""
    a, b, c = make_rows("gdelt-2", 3)
    again = change_row("gdelt-2", a, GLOBALEVENTID="77", SOURCEURL="https://example.org/2", NumMentions="9")
    same_page = change_row("gdelt-2", a, GLOBALEVENTID="78")
    later = change_row("gdelt-2", a, GLOBALEVENTID="79", DATEADDED="20250102144500")
    events, account = read_all(
        write_file(tmp_path, "gdelt-2", encode_file("gdelt-2", [a, b, again, same_page, later, c]))
    )
    assert (account.rows, account.merged, events.num_rows) == (6, 2, 4)
    first = next(e for e in events.to_pylist() if e["id"] == a[0])
    assert (first["reports"], first["addresses"]) == (3, ["https://example.org/1", "https://example.org/2"])


def test_gdelt_unknown_actors_are_not_merged(tmp_path: Path) -> None:
    """Rows with unknown actors are not merged."""
    a, b = make_rows("gdelt-2", 2)
    a, b = (change_row("gdelt-2", r, Actor1Code="", SOURCEURL=f"https://example.org/{i}") for i, r in enumerate((a, b)))
    events, account = read_all(write_file(tmp_path, "gdelt-2", encode_file("gdelt-2", [a, b])))
    assert (events.num_rows, account.merged) == (2, 0)
    assert events["raw_initiators"].to_pylist() == [[], []]


def test_gdelt_empty_fields_are_unknown(tmp_path: Path) -> None:
    """Empty fields are unknown."""
    e = read_one(tmp_path, "gdelt-2", ActionGeo_Type="0", ActionGeo_FullName="", ActionGeo_CountryCode="", ActionGeo_Lat="", ActionGeo_Long="",
            GoldsteinScale="", QuadClass="")  # fmt: skip
    assert [e[k] for k in ("country", "place", "latitude", "longitude", "deaths_best")] == [None] * 5
    assert e["known_on"] == date(2025, 1, 2)


def test_acled_month_and_zero_deaths(tmp_path: Path) -> None:
    """Month precision spans the month; 0 deaths means not reported."""
    e = read_one(tmp_path, "acled-new", event_date="2025-02-15", time_precision="3", fatalities="0")
    assert (str(e["first"]), str(e["last"]), e["date_precision"]) == ("2025-02-01", "2025-02-28", "month")
    assert e["deaths_best"] is None
    assert read_one(tmp_path, "acled-old", event_date="02 January 2025")["first"] == date(2025, 1, 2)


def test_acled_battle_has_two_initiators(tmp_path: Path) -> None:
    """Both actors of a battle are initiators."""
    e = read_one(tmp_path, "acled-new", event_type="Battles", sub_event_type="Armed clash")
    assert (len(e["raw_initiators"]), e["raw_recipients"], e["mode"]) == (2, [], "clash")
    e = read_one(tmp_path, "acled-new")
    assert (len(e["raw_initiators"]), len(e["raw_recipients"]), e["mode"]) == (1, 1, "suicide-attack")


def test_acled_row_known_from_timestamp(tmp_path: Path) -> None:
    """A row is known from its time stamp."""
    assert read_one(tmp_path, "acled-new")["known_on"] == date(2025, 1, 11)


def test_acled_deletions_are_withdrawals(tmp_path: Path) -> None:
    """Deleted events become withdrawals."""
    (tmp_path / "d.csv").write_text("event_id_cnty,deleted_timestamp\nPAK1,1736553600\nPAK2,soon\n")
    events, account = read_all(tmp_path / "d.csv")
    assert events.schema == WITHDRAWN_SCHEMA
    assert events.to_pylist()[0] | {"release": "", "row": 2} == {
        "id": "PAK1", "source": "acled", "release": "", "row": 2, "known_on": date(2025, 1, 11), "first": date(2025, 1, 11),
        "withdrawn": True,
    }  # fmt: skip
    assert account.set_aside["value"].to_pylist() == ["soon"]


# ---- Containers, headers, invalid files -----------------------------------------------------------


def test_containers_match_plain_file(tmp_path: Path) -> None:
    """Zip, gzip, folder and spreadsheet give the events of the plain file."""
    body = encode_file("ucdp-49", make_rows("ucdp-49", 6))
    plain, _ = read_all(write_file(tmp_path, "ucdp-49", body))
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(body))
    write_zip(tmp_path / "b.zip", **{"ged.csv": body})
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "1.csv").write_bytes(encode_file("ucdp-49", make_rows("ucdp-49", 6)[:2]))
    write_zip(folder / "2.zip", **{"x.csv": encode_file("ucdp-49", make_rows("ucdp-49", 6)[2:])})
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(FORMATS["ucdp-49"][1])
    for r in make_rows("ucdp-49", 6):
        cells: list[Any] = [int(v) if v.isdecimal() else v for v in r]
        for c in ("date_start", "date_end"):
            cells[FORMATS["ucdp-49"][1].index(c)] = date(2025, 1, 2)
        sheet.append(cells)
    book.save(tmp_path / "c.xlsx")
    drop = ["release", "row"]
    for path in (tmp_path / "a.csv.gz", tmp_path / "b.zip", folder, tmp_path / "c.xlsx"):
        events, account = read_all(path)
        assert events.drop_columns(drop).equals(plain.drop_columns(drop)), path
        assert account.rows == 6


def test_gdelt_folder_is_one_release(tmp_path: Path) -> None:
    """A folder of GDELT files is one release."""
    for i in range(3):
        name = f"20250102{i:02d}0000.export.CSV"
        body = encode_file("gdelt-2", [change_row("gdelt-2", r, DATEADDED=name[:14]) for r in make_rows("gdelt-2", 3)])
        write_zip(tmp_path / f"{name}.zip", **{name: body})
    reading = read_release(tmp_path)
    assert reading.events.read_all()["row"].to_pylist() == list(range(1, 10))
    assert reading.release.known_on == date(2025, 1, 2)


@pytest.mark.parametrize("form", ["ucdp-49", "acled-new", "icews", "polecat"])
def test_changed_header_names_columns(tmp_path: Path, form: str) -> None:
    """A changed header is rejected by column."""
    _, columns, separator, _ = FORMATS[form]
    name = columns[7]
    body = encode_file(form, make_rows(form, 2)).replace(
        f"{separator}{name}{separator}".encode(), f"{separator}{name}x{separator}".encode(), 1
    )
    with pytest.raises(WrongHeader) as refusal:
        read_release(write_file(tmp_path, form, body))
    assert (refusal.value.missing, refusal.value.extra) == ([name], [f"{name}x"])


def test_ucdp_column_order_is_free(tmp_path: Path) -> None:
    """Columns may have any order."""
    columns = FORMATS["ucdp-49"][1]
    (row,) = make_rows("ucdp-49", 1)
    turned = encode_row("ucdp-49", columns[::-1]) + encode_row("ucdp-49", row[::-1])
    assert read_all(write_file(tmp_path, "ucdp-49", turned))[0]["deaths_best"].to_pylist() == [5]


def test_line_ends_and_bom_change_nothing(tmp_path: Path) -> None:
    """A byte-order mark and other line ends change nothing."""
    plain = encode_file("acled-new", make_rows("acled-new", 3))
    expected = read_all(write_file(tmp_path, "acled-new", plain))[0]
    for body in (b"\xef\xbb\xbf" + plain, plain.replace(b"\n", b"\r\n"), plain.replace(b"\n", b"\r")):
        assert read_all(write_file(tmp_path, "acled-new", body))[0].equals(expected)


def test_unreadable_paths_are_rejected(tmp_path: Path) -> None:
    """Other files, empty files and missing files are rejected."""
    (tmp_path / "x.csv").write_text("one,two\n1,2\n")
    with pytest.raises(UnknownFormat, match="'one,two'"):
        read_release(tmp_path / "x.csv")
    (tmp_path / "e.csv").write_text("\n\n")
    with pytest.raises(EmptyFile):
        read_release(tmp_path / "e.csv")
    with pytest.raises(NoSuchFile):
        read_release(tmp_path / "none.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(EmptyFile):
        read_release(tmp_path / "empty")


def test_gdelt_wrong_width_is_rejected(tmp_path: Path) -> None:
    """Rows of another width are rejected with their number of columns."""
    path = write_file(tmp_path, "gdelt-2", b"".join(encode_row("gdelt-2", r[:-1]) for r in make_rows("gdelt-2", 3)))
    with pytest.raises(WrongColumnCount) as refusal:
        read_release(path)
    assert (refusal.value.widths, refusal.value.found) == ([57, 58, 61], 60)


@pytest.mark.parametrize("name", ["z.zip", "z.csv.gz", "z.xlsx"])
def test_truncated_archive_is_rejected(tmp_path: Path, name: str) -> None:
    """A truncated archive is rejected."""
    body = encode_file("ucdp-49", make_rows("ucdp-49", 400))
    if name.endswith("gz"):
        (tmp_path / name).write_bytes(gzip.compress(body)[:-20])
    else:
        whole = write_zip(tmp_path / "whole", **{"ged.csv": body}).read_bytes()
        (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BrokenFile, match=name):
        read_all(tmp_path / name)


def test_release_without_readable_row_is_rejected(tmp_path: Path) -> None:
    """A release of which no row can be read is rejected with one row and the remedy, not with a question of its date."""
    bad = [change_row("ucdp-49", r, date_end="?") for r in make_rows("ucdp-49", 2)]
    path = write_file(tmp_path, "ucdp-49", encode_file("ucdp-49", bad))
    with pytest.raises(NothingRead) as refusal:
        read_release(path)
    assert (refusal.value.row, refusal.value.column, refusal.value.value, refusal.value.same) == (2, "date_end", "?", 2)
    assert read_all(path, known_on=date(2026, 1, 1))[1].set_aside.num_rows == 2


def test_account_needs_exhausted_stream(tmp_path: Path) -> None:
    """The account is available only after all events are read."""
    reading = read_release(write_file(tmp_path, "icews", encode_file("icews", make_rows("icews", 2))))
    with pytest.raises(RuntimeError, match=r"account\(\)"):
        reading.account()


def test_releases_read_at_once_stay_apart(tmp_path: Path) -> None:
    """Releases read in several threads at once, which share one database, give the events that each gives alone."""
    paths = []
    for form in ("ucdp-49", "acled-new", "icews", "polecat"):
        (tmp_path / form).mkdir()
        paths.append(write_file(tmp_path / form, form, encode_file(form, make_rows(form, 50))))
    alone = [read_all(p)[0] for p in paths]
    with ThreadPoolExecutor(4) as pool:
        for events, expected in zip(pool.map(lambda p: read_all(p)[0], paths * 2), alone * 2, strict=True):
            assert events.equals(expected)


@pytest.mark.parametrize("form", ALL)
def test_block_size_changes_nothing(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The result does not depend on the block size."""
    body = make_rows(form, 8)
    body += [change_row(form, body[i], **{ID_COLUMNS[FORMATS[form][0]]: str(i)}) for i in (0, 1, 2)] * 2
    path = write_file(tmp_path, form, encode_file(form, body).replace(b"PAK", b"P\xc3\x84K", 3) + b"cut off")
    whole, expected = read_all(path)
    for size in (211, 5_000):
        monkeypatch.setattr("detente.sources.archive.BLOCK_BYTES", size)
        events, account = read_all(path)
        assert events.equals(whole)
        assert account.set_aside.equals(expected.set_aside)
        assert (account.rows, account.merged) == (expected.rows, expected.merged)


# ---- Any table ------------------------------------------------------------------------------------------

TABLE = """source = "mine"
date = "%d.%m.%Y"
[columns]
id = "no"
first = "on"
type = "what"
country = "land"
deaths_best = "dead"
initiators = "who"
[types]
"shoot-out" = "ASSAULT"
"""


def test_mapping_reads_csv_and_parquet(tmp_path: Path) -> None:
    """CSV and Parquet give the same events by one mapping."""
    (tmp_path / "m.toml").write_text(TABLE)
    (tmp_path / "t.csv").write_text("no,on,what,land,dead,who,spare\n1,02.01.2025,shoot-out,Pakistan,3,A; B,x\n2,03.01.2025,talk,Pakistan,,A,y\n"
                                    "3,04.01.2025,CONSULT,AFG,,C,z\n")  # fmt: skip
    events, account = read_all(tmp_path / "t.csv", mapping=tmp_path / "m.toml")
    assert [(e["id"], e["type"], e["country"], e["deaths_best"], e["raw_initiators"]) for e in events.to_pylist()] == [
        ("1", "ASSAULT", "PAK", 3, ["A", "B"]), ("3", "CONSULT", "AFG", None, ["C"]),
    ]  # fmt: skip
    (rejected,) = account.set_aside.to_pylist()
    assert (rejected["row"], rejected["column"], rejected["value"]) == (3, "what", "talk")
    pa.parquet.write_table(
        pa.table({"no": [1, 2, 3], "on": ["02.01.2025", "03.01.2025", "04.01.2025"], "what": ["shoot-out", "talk", "CONSULT"],
                  "land": ["Pakistan", "Pakistan", "AFG"], "dead": [3, None, None], "who": ["A; B", "A", "C"]}),
        tmp_path / "t.parquet",
    )  # fmt: skip
    same, same_account = read_all(tmp_path / "t.parquet", mapping=tmp_path / "m.toml")
    assert same.drop_columns(["release"]).equals(events.drop_columns(["release"]))
    assert same_account.set_aside["row"].to_pylist() == [3]


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ('id = "no"', 'ident = "no"', "columns.ident", "Nearest: 'id'"),
        ('"ASSAULT"', '"ASSULT"', "types.shoot-out", "Nearest: 'ASSAULT'"),
        ('first = "on"\n', "", "columns.first", "first"),
        ('source = "mine"\n', "", "source", "name"),
        ("[columns]", "[column]", "column", "Nearest: 'columns'"),
        ('date = "%d', 'date = "', "(the whole file)", ""),
    ],
)
def test_invalid_mapping_names_key(tmp_path: Path, old: str, new: str, key: str, message: str) -> None:
    """An invalid mapping is rejected with its key."""
    (tmp_path / "t.csv").write_text("no,on,what,land,dead,who\n")
    (tmp_path / "m.toml").write_text(TABLE.replace(old, new) if message else "source = ")
    with pytest.raises(BadMapping) as refusal:
        read_release(tmp_path / "t.csv", mapping=tmp_path / "m.toml")
    assert refusal.value.key == key
    assert message in str(refusal.value)


# ---- Completeness ------------------------------------------------------------------------------------


def find_refusal(body: bytes) -> type[BrokenFile] | type[WrongColumnCount] | None:
    """Return how a text that now begins like another kind of file is refused: its bytes cannot be read as that kind."""
    begin = body[:16]
    if begin.startswith((*OTHER_CONTENT, EXCEL_97, b"\x1f\x8b", b"PK", b"PAR1")):
        return BrokenFile
    if begin.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return BrokenFile
    return WrongColumnCount if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


@settings(max_examples=12)
@given(st.sampled_from(ALL), st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), max_size=12))
@example("gdelt-2", [(0.0, b"%PDF")])
@example("gdelt-2", [(0.0, b"\x1f\x8b")])
@example("gdelt-2", [(0.0, b"PAR1")])
@example("gdelt-2", [(0.0, b"\n[")])
@example("gdelt-2", [(0.0, b"\xff\xfe")])
def test_overwritten_bytes_are_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, form: str, changes: list[tuple[float, bytes]]
) -> None:
    """Overwritten bytes lose no row; a file is refused exactly where it begins like another kind of file."""
    body = bytearray(encode_file(form, make_rows(form, 12)))
    begin = body.index(b"\n") + 1 if FORMATS[form][3] else 0
    for where, new in changes:
        at = begin + int(where * (len(body) - begin))
        body[at : at + len(new)] = new
    path = write_file(tmp_path_factory.mktemp("f"), form, bytes(body))
    if refusal := find_refusal(bytes(body)):
        with pytest.raises(refusal):
            read_all(path, source=FORMATS[form][0], known_on=date(2026, 1, 1))
        return
    events, account = read_all(path, source=FORMATS[form][0], known_on=date(2026, 1, 1))
    # Overwritten line ends may join rows; every other row must be counted.
    assert account.rows >= 12 - len(changes) * 2
    assert sorted(set(events["row"].to_pylist()) | set(account.set_aside["row"].to_pylist()))


def test_equal_figures_of_ucdp_are_told_once(tmp_path: Path) -> None:
    """A summary gives one figure where lowest, best and highest agree, and all three where they differ."""
    body = [
        change_row("ucdp-49", row, low=low, best="28", high=high, where_coordinates="Shebaa")
        for row, (low, high) in zip(make_rows("ucdp-49", 2), (("28", "28"), ("20", "30")), strict=True)
    ]
    file = write_file(tmp_path, "ucdp-49", encode_file("ucdp-49", body))
    told = [s.as_py() for b in read_release(file).events for s in b["summary"]]
    assert [x.split("; deaths: ")[1] for x in told] == ["28.", "best 28, 20 to 30."]


def test_ucdp_summary_writes_civilians_small(tmp_path: Path) -> None:
    """Civilians are no name: a summary of one-sided violence does not write them with a capital letter."""
    body = [change_row("ucdp-49", row, type_of_violence="3", side_b="Civilians") for row in make_rows("ucdp-49", 1)]
    file = write_file(tmp_path, "ucdp-49", encode_file("ucdp-49", body))
    (told,) = [s.as_py() for b in read_release(file).events for s in b["summary"]]
    assert " killed civilians, " in told
