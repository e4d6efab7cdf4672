"""Reading releases: every row is an event, merged into one, or set aside; values are what the file says or unknown."""

import gzip
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.cases.case_file import find_shipped_cases
from detente.core.errors import NoSuchFile
from detente.events.arrow import SCHEMA, from_table, to_table
from detente.events.errors import UnknownReleaseDate
from detente.events.reader import read_release
from detente.events.row_account import RowAccount
from detente.events.vintage import WITHDRAWN_SCHEMA
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
        pytest.skip("the folder shared/data is not beside the repository")
    return SHARED / name


def taken(path: Path, **options: Any) -> tuple[pa.Table, RowAccount]:
    """All events and the account, which must add up."""
    reading = read_release(path, **options)
    events = reading.events.read_all()
    account = reading.account()
    assert account.rows == account.events + account.merged + account.set_aside.num_rows
    assert account.events == events.num_rows
    assert set(account.set_aside["release"].to_pylist()) <= {reading.release.name}
    return events, account


def one(tmp_path: Path, form: str, **values: str) -> dict[str, Any]:
    (good,) = make_rows(form, 1)
    events, _ = taken(write_file(tmp_path, form, encode_file(form, [change_row(form, good, **values)])))
    (event,) = events.to_pylist()
    return dict(event)


# ---- Real files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "n", "day"),
    [("ucdp/GEDEvent_v26_0_1.csv", 1727, date(2026, 2, 28)), ("ucdp/GEDEvent_v23_0_10.csv", 2391, date(2023, 11, 30))],
)
def test_ucdp_candidate_releases_are_read_whole(name: str, n: int, day: date) -> None:
    reading = read_release(shared(name))
    events = reading.events.read_all()
    assert (events.num_rows, reading.account().rows, reading.account().set_aside.num_rows) == (n, n, 0)
    assert reading.release.known_on == day
    assert len(set(events["id"].to_pylist())) == n
    assert events.schema == SCHEMA


def test_ucdp_counts_are_those_of_other_code() -> None:
    import csv

    path = shared("ucdp/GEDEvent_v26_0_1.csv")
    with path.open(newline="", encoding="utf-8") as f:
        raw = {r["id"]: r for r in csv.DictReader(f)}
    events = {e["id"]: e for e in taken(path)[0].to_pylist()}
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


def test_a_file_of_a_few_columns_is_named_by_what_it_lacks_and_read_with_a_mapping(tmp_path: Path) -> None:
    path = shared("ucdp/candidate_2025_seven_columns.csv")
    with pytest.raises(WrongHeader, match="'side_a' is missing"):
        read_release(path, source="ucdp")
    (tmp_path / "m.toml").write_text(
        'source = "candidate"\n[columns]\nid = "id"\nfirst = "date"\ndeaths_best = "best"\ncountry = "country"\n'
        '[constants]\ntype = "ASSAULT"\n'
    )
    events, account = taken(path, mapping=tmp_path / "m.toml")
    assert (account.rows, account.events) == (28396, 28396)
    pakistan = events.filter(pc.equal(events["country"], "PAK"))
    afghanistan = events.filter(pc.equal(events["country"], "AFG"))
    assert (pakistan.num_rows, pc.sum(pakistan["deaths_best"]).as_py()) == (1132, 3351)
    assert (afghanistan.num_rows, pc.sum(afghanistan["deaths_best"]).as_py()) == (160, 335)


def test_the_gdelt_sample_is_accounted_for_by_other_code() -> None:
    path = shared("gdelt/sample.export.CSV")
    raw = [r.split("\t") for r in path.read_text(encoding="utf-8").rstrip("\n").split("\n")]
    events, account = taken(path)
    assert account.rows == len(raw) == 6090
    told = [r for r in raw if not r[26].startswith("01")]
    assert account.set_aside.num_rows == len(raw) - len(told)
    assert set(account.set_aside["column"].to_pylist()) == {"EventCode"}
    keys = Counter(
        (r[59], r[1], r[5], r[15], r[26], r[51], r[52], r[58], "" if r[5] and r[15] else r[60]) for r in told
    )
    assert (account.events, account.merged) == (len(keys), len(told) - len(keys))
    assert sorted(events["reports"].to_pylist()) == sorted(keys.values())
    assert read_release(path).release.known_on == date(2017, 7, 1)


def test_the_chronology_has_the_same_face() -> None:
    file = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"
    events, account = taken(file)
    assert (events.num_rows, account.rows) == (835, 835)
    assert from_table(to_table(from_table(events))) == from_table(events)


# ---- All formats, made ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ALL)
def test_a_release_is_recognised_by_its_content_and_gives_an_event_a_row(tmp_path: Path, form: str) -> None:
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
def test_a_damaged_row_is_set_aside_with_its_row_and_text_and_the_rest_is_read(tmp_path: Path, form: str) -> None:
    body = make_rows(form, 4)
    lines = [encode_row(form, r) for r in body]
    head = encode_file(form, [])
    lines[1] = b"cut off" + FORMATS[form][2].encode() + b"here\n"
    lines[2] = lines[2].replace(b"ak", b"a\xfa", 1).replace(b"AK", b"A\xfa", 1)
    events, account = taken(write_file(tmp_path, form, head + b"".join(lines)))
    assert events.num_rows == 2
    cut, foreign = account.set_aside.to_pylist()
    begin = 2 if FORMATS[form][3] else 1
    assert (cut["row"], foreign["row"]) == (begin + 1, begin + 2)
    assert f"2 columns where the file has {len(FORMATS[form][1])}" in cut["reason"]
    assert cut["raw"] == lines[1].decode().rstrip("\n")
    assert "UTF-8" in foreign["reason"]
    assert "\\xfa" in foreign["raw"]


@pytest.mark.parametrize("form", [f for f in ALL if not f.startswith("gdelt")])
def test_an_id_that_comes_again_is_told_by_the_row_that_has_it(tmp_path: Path, form: str) -> None:
    a, b = make_rows(form, 2)
    events, account = taken(write_file(tmp_path, form, encode_file(form, [a, b, a])))
    assert events.num_rows == 2
    assert account.set_aside["reason"].to_pylist() == ["row 2 already has this id"]


@pytest.mark.parametrize(
    ("form", "values", "column", "remedy"),
    [
        ("ucdp-49", {"type_of_violence": "4"}, "type_of_violence", "one-sided"),
        ("ucdp-49", {"date_start": "2025-02-30 00:00:00.000"}, "date_start", "2025-10-09"),
        ("ucdp-49", {"date_end": "2025-01-01 00:00:00.000"}, "date_end", "Swap"),
        ("ucdp-49", {"latitude": "3_2.99"}, "latitude", "decimal"),
        ("ucdp-49", {"longitude": "nan"}, "longitude", "decimal"),
        ("ucdp-49", {"latitude": "170.6"}, "latitude", "swapped"),
        ("ucdp-49", {"longitude": ""}, "longitude", "both, or neither"),
        ("ucdp-49", {"best": "about 5"}, "best", "digits"),
        ("ucdp-49", {"best": "1.5"}, "best", "digits"),
        ("ucdp-49", {"high": "-1"}, "high", "digits"),
        ("ucdp-49", {"country_id": "0"}, "country_id", "country says"),
        ("ucdp-49", {"where_prec": ""}, "where_prec", "1 (the place)"),
        ("ucdp-42", {"date_prec": "9"}, "date_prec", "1 (the day)"),
        ("ucdp-42", {"side_b": " "}, "side_b", "XXX"),
        ("gdelt-2", {"EventCode": "999"}, "EventCode", "codes.md"),
        ("gdelt-2", {"EventCode": "010"}, "EventCode", "no act"),
        ("gdelt-2", {"QuadClass": "x"}, "QuadClass", "fetch"),
        ("gdelt-2", {"GoldsteinScale": "low"}, "GoldsteinScale", "fetch"),
        ("gdelt-1", {"SQLDATE": "20251301"}, "SQLDATE", "20251009"),
        ("gdelt-1", {"DATEADDED": ""}, "DATEADDED", "20251009143000"),
        ("acled-new", {"event_date": "2.1.2025"}, "event_date", "2025-10-09"),
        ("acled-new", {"sub_event_type": "Suicide bom"}, "sub_event_type", "codes.md"),
        ("acled-new", {"time_precision": "0"}, "time_precision", "1 (the day)"),
        ("acled-old", {"fatalities": "many"}, "fatalities", "digits"),
        ("acled-old", {"country": "Pakistn", "iso": ""}, "country", "countries.tsv"),
        ("icews", {"CAMEO_Code": "10"}, "CAMEO Code", "first nought"),
        ("icews", {"CAMEO_Code": "42"}, "CAMEO Code", "first nought"),
        ("icews", {"Country": "Pakistn"}, "Country", "countries.tsv"),
        ("polecat", {"Event_Type": "ATTACK"}, "Event Type", "event-types.md"),
        ("polecat", {"Latitude": "None"}, "Latitude", "both"),
        ("polecat", {"Publication_Date": "soon"}, "Publication Date", "2023-10-09"),
    ],
)
def test_a_value_that_cannot_be_read_is_told_by_column_and_never_guessed(
    tmp_path: Path, form: str, values: dict[str, str], column: str, remedy: str
) -> None:
    good, bad, third = make_rows(form, 3)
    events, account = taken(
        write_file(tmp_path, form, encode_file(form, [good, change_row(form, bad, **values), third]))
    )
    (aside,) = account.set_aside.to_pylist()
    given = values.get(column, values.get(column.replace(" ", "_")))
    assert events.num_rows == 2
    assert (aside["column"], aside["value"], aside["row"]) == (column, given, 3 if FORMATS[form][3] else 2)
    assert remedy in aside["remedy"]
    assert ID_COLUMNS[FORMATS[form][0]]
    assert aside["raw"] == encode_row(form, change_row(form, bad, **values)).decode().rstrip("\n")


# ---- What single providers mean -------------------------------------------------------------------------


def test_ucdp_names_who_fought_and_not_who_began(tmp_path: Path) -> None:
    e = one(tmp_path, "ucdp-49")
    assert (e["raw_initiators"], e["raw_recipients"]) == (["Government of Pakistan", "TTP"], [])
    assert e["initiator_codes"] == ["141", "325"]
    e = one(tmp_path, "ucdp-49", type_of_violence="3", side_b="Civilians")
    assert (e["raw_initiators"], e["raw_recipients"]) == (["Government of Pakistan"], ["Civilians"])


def test_an_unidentified_party_of_ucdp_stays_unidentified(tmp_path: Path) -> None:
    e = one(tmp_path, "ucdp-49", side_b="XXX770")
    assert e["raw_initiators"] == ["Government of Pakistan", "XXX770"]


@pytest.mark.parametrize(
    ("precision", "last", "told"),
    [("1", "2025-01-02", "day"), ("2", "2025-01-05", "week"), ("3", "2025-01-08", "week"), ("4", "2025-01-31", "month"),
     ("5", "2025-04-30", "month"), ("0", "2025-01-04", "week"), ("0", "2025-02-20", "month")],
)  # fmt: skip
def test_the_stretch_in_which_a_ucdp_event_can_have_happened_is_kept(
    tmp_path: Path, precision: str, last: str, told: str
) -> None:
    e = one(tmp_path, "ucdp-49", date_prec=precision, date_end=f"{last} 00:00:00.000")
    assert (str(e["first"]), str(e["last"]), e["date_precision"]) == ("2025-01-02", last, told)


def test_a_row_that_ucdp_still_checks_is_provisional_and_an_old_release_does_not_say(tmp_path: Path) -> None:
    e = one(tmp_path, "ucdp-49", code_status="Check dyad")
    assert (e["provisional"], e["doubts"]) == (True, ["Check dyad"])
    assert one(tmp_path, "ucdp-49")["provisional"] is False
    assert one(tmp_path, "ucdp-42")["provisional"] is None


def test_a_toll_outside_its_own_bounds_is_kept_and_said(tmp_path: Path) -> None:
    e = one(tmp_path, "ucdp-49", low="8002", best="8002", high="5511")
    assert (e["deaths_low"], e["deaths_best"], e["deaths_high"]) == (5511, 8002, 8002)
    assert e["doubts"] == ["deaths out of order: low 8002, best 8002, high 5511"]


def test_an_empty_toll_is_unknown_and_a_nought_is_a_nought(tmp_path: Path) -> None:
    e = one(tmp_path, "ucdp-49", best="", low="", high="7", deaths_civilians="0")
    assert (e["deaths_low"], e["deaths_best"], e["deaths_high"], e["civilian_deaths"]) == (None, None, 7, 0)


def test_gdelt_rows_that_tell_the_same_are_merged_with_a_count_and_all_their_pages(tmp_path: Path) -> None:
    a, b, c = make_rows("gdelt-2", 3)
    again = change_row("gdelt-2", a, GLOBALEVENTID="77", SOURCEURL="https://example.org/2", NumMentions="9")
    same_page = change_row("gdelt-2", a, GLOBALEVENTID="78")
    later = change_row("gdelt-2", a, GLOBALEVENTID="79", DATEADDED="20250102144500")
    events, account = taken(write_file(tmp_path, "gdelt-2", encode_file("gdelt-2", [a, b, again, same_page, later, c])))
    assert (account.rows, account.merged, events.num_rows) == (6, 2, 4)
    first = next(e for e in events.to_pylist() if e["id"] == a[0])
    assert (first["reports"], first["addresses"]) == (3, ["https://example.org/1", "https://example.org/2"])


def test_two_unknown_actors_are_not_taken_for_one(tmp_path: Path) -> None:
    a, b = make_rows("gdelt-2", 2)
    a, b = (change_row("gdelt-2", r, Actor1Code="", SOURCEURL=f"https://example.org/{i}") for i, r in enumerate((a, b)))
    events, account = taken(write_file(tmp_path, "gdelt-2", encode_file("gdelt-2", [a, b])))
    assert (events.num_rows, account.merged) == (2, 0)
    assert events["raw_initiators"].to_pylist() == [[], []]


def test_what_gdelt_leaves_empty_is_unknown(tmp_path: Path) -> None:
    e = one(tmp_path, "gdelt-2", ActionGeo_Type="0", ActionGeo_FullName="", ActionGeo_CountryCode="", ActionGeo_Lat="", ActionGeo_Long="",
            GoldsteinScale="", QuadClass="")  # fmt: skip
    assert [e[k] for k in ("country", "place", "latitude", "longitude", "deaths_best")] == [None] * 5
    assert e["known_on"] == date(2025, 1, 2)


def test_a_month_of_acled_is_the_whole_month_and_its_nought_is_not_reported(tmp_path: Path) -> None:
    e = one(tmp_path, "acled-new", event_date="2025-02-15", time_precision="3", fatalities="0")
    assert (str(e["first"]), str(e["last"]), e["date_precision"]) == ("2025-02-01", "2025-02-28", "month")
    assert e["deaths_best"] is None
    assert one(tmp_path, "acled-old", event_date="02 January 2025")["first"] == date(2025, 1, 2)


def test_in_acled_battles_nobody_is_said_to_have_begun(tmp_path: Path) -> None:
    e = one(tmp_path, "acled-new", event_type="Battles", sub_event_type="Armed clash")
    assert (len(e["raw_initiators"]), e["raw_recipients"], e["mode"]) == (2, [], "clash")
    e = one(tmp_path, "acled-new")
    assert (len(e["raw_initiators"]), len(e["raw_recipients"]), e["mode"]) == (1, 1, "suicide-attack")


def test_an_acled_row_is_known_since_its_own_time_stamp(tmp_path: Path) -> None:
    assert one(tmp_path, "acled-new")["known_on"] == date(2025, 1, 11)


def test_deleted_acled_events_are_withdrawals(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("event_id_cnty,deleted_timestamp\nPAK1,1736553600\nPAK2,soon\n")
    events, account = taken(tmp_path / "d.csv")
    assert events.schema == WITHDRAWN_SCHEMA
    assert events.to_pylist()[0] | {"release": "", "row": 2} == {
        "id": "PAK1", "source": "acled", "release": "", "row": 2, "known_on": date(2025, 1, 11), "first": date(2025, 1, 11),
        "withdrawn": True,
    }  # fmt: skip
    assert account.set_aside["value"].to_pylist() == ["soon"]


# ---- Containers, headers, files that are none -----------------------------------------------------------


def test_zip_gzip_folder_and_spreadsheet_give_what_the_plain_file_gives(tmp_path: Path) -> None:
    body = encode_file("ucdp-49", make_rows("ucdp-49", 6))
    plain, _ = taken(write_file(tmp_path, "ucdp-49", body))
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
        events, account = taken(path)
        assert events.drop_columns(drop).equals(plain.drop_columns(drop)), path
        assert account.rows == 6


def test_quarter_hours_of_gdelt_in_a_folder_are_one_release(tmp_path: Path) -> None:
    for i in range(3):
        name = f"20250102{i:02d}0000.export.CSV"
        body = encode_file("gdelt-2", [change_row("gdelt-2", r, DATEADDED=name[:14]) for r in make_rows("gdelt-2", 3)])
        write_zip(tmp_path / f"{name}.zip", **{name: body})
    reading = read_release(tmp_path)
    assert reading.events.read_all()["row"].to_pylist() == list(range(1, 10))
    assert reading.release.known_on == date(2025, 1, 2)


@pytest.mark.parametrize("form", ["ucdp-49", "acled-new", "icews", "polecat"])
def test_a_changed_header_is_told_column_by_column(tmp_path: Path, form: str) -> None:
    _, columns, separator, _ = FORMATS[form]
    name = columns[7]
    body = encode_file(form, make_rows(form, 2)).replace(
        f"{separator}{name}{separator}".encode(), f"{separator}{name}x{separator}".encode(), 1
    )
    with pytest.raises(WrongHeader) as refusal:
        read_release(write_file(tmp_path, form, body))
    told = str(refusal.value)
    assert f"'{name}x' is not a column" in told
    assert f"'{name}' is missing (is it '{name}x'?)" in told or name in ("year",)


def test_ucdp_columns_may_come_in_another_order(tmp_path: Path) -> None:
    columns = FORMATS["ucdp-49"][1]
    (row,) = make_rows("ucdp-49", 1)
    turned = encode_row("ucdp-49", columns[::-1]) + encode_row("ucdp-49", row[::-1])
    assert taken(write_file(tmp_path, "ucdp-49", turned))[0]["deaths_best"].to_pylist() == [5]


def test_a_byte_order_mark_and_windows_or_old_line_ends_change_nothing(tmp_path: Path) -> None:
    plain = encode_file("acled-new", make_rows("acled-new", 3))
    expected = taken(write_file(tmp_path, "acled-new", plain))[0]
    for body in (b"\xef\xbb\xbf" + plain, plain.replace(b"\n", b"\r\n"), plain.replace(b"\n", b"\r")):
        assert taken(write_file(tmp_path, "acled-new", body))[0].equals(expected)


def test_what_is_no_release_is_refused_by_name(tmp_path: Path) -> None:
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


def test_gdelt_rows_of_another_width_are_told_by_number(tmp_path: Path) -> None:
    path = write_file(tmp_path, "gdelt-2", b"".join(encode_row("gdelt-2", r[:-1]) for r in make_rows("gdelt-2", 3)))
    with pytest.raises(WrongColumnCount, match=r"58 or 61 columns of GDELT events; the first has 60"):
        read_release(path)


@pytest.mark.parametrize("name", ["z.zip", "z.csv.gz", "z.xlsx"])
def test_an_archive_that_is_cut_off_is_told_and_not_taken_for_a_short_one(tmp_path: Path, name: str) -> None:
    body = encode_file("ucdp-49", make_rows("ucdp-49", 400))
    if name.endswith("gz"):
        (tmp_path / name).write_bytes(gzip.compress(body)[:-20])
    else:
        whole = write_zip(tmp_path / "whole", **{"ged.csv": body}).read_bytes()
        (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BrokenFile, match="Fetch or copy"):
        taken(tmp_path / name)


def test_a_release_whose_day_nobody_says_is_refused_until_it_is_given(tmp_path: Path) -> None:
    bad = [change_row("ucdp-49", r, date_end="?") for r in make_rows("ucdp-49", 2)]
    path = write_file(tmp_path, "ucdp-49", encode_file("ucdp-49", bad))
    with pytest.raises(UnknownReleaseDate, match="never assumed"):
        read_release(path)
    assert taken(path, known_on=date(2026, 1, 1))[1].set_aside.num_rows == 2


def test_the_account_is_not_given_before_the_end(tmp_path: Path) -> None:
    reading = read_release(write_file(tmp_path, "icews", encode_file("icews", make_rows("icews", 2))))
    with pytest.raises(RuntimeError, match="when all its events have been read"):
        reading.account()


@pytest.mark.parametrize("form", ALL)
def test_a_file_that_comes_in_small_blocks_is_read_as_one_that_comes_whole(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = make_rows(form, 20)
    body += [change_row(form, body[i], **{ID_COLUMNS[FORMATS[form][0]]: str(i)}) for i in (0, 1, 2)] * 2
    path = write_file(tmp_path, form, encode_file(form, body).replace(b"PAK", b"P\xc3\x84K", 3) + b"cut off")
    whole, told = taken(path)
    for size in (211, 5_000):
        monkeypatch.setattr("detente.sources.archive.BLOCK_BYTES", size)
        events, account = taken(path)
        assert events.equals(whole)
        assert account.set_aside.equals(told.set_aside)
        assert (account.rows, account.merged) == (told.rows, told.merged)


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


def test_a_csv_and_the_same_parquet_are_read_by_one_mapping(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(TABLE)
    (tmp_path / "t.csv").write_text("no,on,what,land,dead,who,spare\n1,02.01.2025,shoot-out,Pakistan,3,A; B,x\n2,03.01.2025,talk,Pakistan,,A,y\n"
                                    "3,04.01.2025,CONSULT,AFG,,C,z\n")  # fmt: skip
    events, account = taken(tmp_path / "t.csv", mapping=tmp_path / "m.toml")
    assert [(e["id"], e["type"], e["country"], e["deaths_best"], e["raw_initiators"]) for e in events.to_pylist()] == [
        ("1", "ASSAULT", "PAK", 3, ["A", "B"]), ("3", "CONSULT", "AFG", None, ["C"]),
    ]  # fmt: skip
    (aside,) = account.set_aside.to_pylist()
    assert (aside["row"], aside["column"], aside["value"]) == (3, "what", "talk")
    pa.parquet.write_table(
        pa.table({"no": [1, 2, 3], "on": ["02.01.2025", "03.01.2025", "04.01.2025"], "what": ["shoot-out", "talk", "CONSULT"],
                  "land": ["Pakistan", "Pakistan", "AFG"], "dead": [3, None, None], "who": ["A; B", "A", "C"]}),
        tmp_path / "t.parquet",
    )  # fmt: skip
    same, told = taken(tmp_path / "t.parquet", mapping=tmp_path / "m.toml")
    assert same.drop_columns(["release"]).equals(events.drop_columns(["release"]))
    assert told.set_aside["row"].to_pylist() == [3]


@pytest.mark.parametrize(
    ("old", "new", "key", "told"),
    [
        ('id = "no"', 'ident = "no"', "columns.ident", "Nearest: 'id'"),
        ('"ASSAULT"', '"ASSULT"', "types.shoot-out", "Nearest: 'ASSAULT'"),
        ('first = "on"\n', "", "columns.first", "every event needs one"),
        ('source = "mine"\n', "", "source", "name"),
        ("[columns]", "[column]", "column", "Nearest: 'columns'"),
        ('date = "%d', 'date = "', "(the whole file)", ""),
    ],
)
def test_a_bad_mapping_is_told_by_key(tmp_path: Path, old: str, new: str, key: str, told: str) -> None:
    (tmp_path / "t.csv").write_text("no,on,what,land,dead,who\n")
    (tmp_path / "m.toml").write_text(TABLE.replace(old, new) if told else "source = ")
    with pytest.raises(BadMapping) as refusal:
        read_release(tmp_path / "t.csv", mapping=tmp_path / "m.toml")
    assert refusal.value.key == key
    assert told in str(refusal.value)


# ---- Nothing is lost ------------------------------------------------------------------------------------


@settings(max_examples=12)
@given(st.sampled_from(ALL), st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), max_size=12))
def test_whatever_bytes_are_overwritten_every_row_is_accounted_for_and_no_other_error_escapes(
    tmp_path_factory: pytest.TempPathFactory, form: str, blows: list[tuple[float, bytes]]
) -> None:
    body = bytearray(encode_file(form, make_rows(form, 12)))
    begin = body.index(b"\n") + 1 if FORMATS[form][3] else 0
    for where, new in blows:
        at = begin + int(where * (len(body) - begin))
        body[at : at + len(new)] = new
    path = write_file(tmp_path_factory.mktemp("f"), form, bytes(body))
    try:
        events, account = taken(path, source=FORMATS[form][0], known_on=date(2026, 1, 1))
    except BrokenFile:
        assert bytes(body).startswith(b"\x1f\x8b")  # the blow made it begin as an archive does
        return
    # Rows come apart where line ends are written into them; none vanishes with what is not hit.
    assert account.rows >= 12 - len(blows) * 2
    assert sorted(set(events["row"].to_pylist()) | set(account.set_aside["row"].to_pylist()))
