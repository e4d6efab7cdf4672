"""Stated links: read from their file, checked against the chronology, and absent for other sources."""

import csv
import io
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow.parquet
import pytest
from click.testing import CliRunner

from detente.cases.case_file import find_shipped_cases, load_case_file
from detente.cases.errors import BadCase
from detente.cases.link_text import NO_LINKS_TEXT, describe_links
from detente.cases.load import CaseData, load_case_data
from detente.cases.stated_links import LINK_COLUMNS
from detente.cli.main import cli
from detente.events.export import export_events
from support.small_case import make_chronology, make_daily_lines, write_case_folder
from support.worlds import FLAGSHIP, make_world

FOLDER = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan"


def read_csv(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def small_case(folder: Path, *rows: str) -> CaseData:
    """Three events of January 2025 with these rows of links."""
    path = write_case_folder(folder, make_chronology(*make_daily_lines(3)))
    (folder / "links.csv").write_text("\n".join([",".join(LINK_COLUMNS), *rows]) + "\n", encoding="utf-8")
    path.write_text('links = "links.csv"\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    return load_case_data(load_case_file(str(path)))


def test_shipped_links_equal_their_file() -> None:
    """Every row of the shipped file is a link, in order and with every field."""
    rows = read_csv("responds_to.csv")
    assert [
        (k.event, k.responds_to or "outside", k.relation, k.basis, k.outside_kind, k.note, k.source)
        for k in FLAGSHIP.links
    ] == [tuple(r[c] for c in LINK_COLUMNS) for r in rows]
    assert (len(rows), Counter(r["relation"] for r in rows)) == (
        719, {"reaction": 522, "continuation": 144, "implementation": 53},
    )  # fmt: skip


def test_links_lead_both_ways() -> None:
    """A link is found from its event and from its trigger."""
    linked = [k for k in FLAGSHIP.links if k.responds_to]
    assert len(linked) > 500
    for k in linked:
        assert k in FLAGSHIP.links_of(k.event)
        assert k in FLAGSHIP.links_to(k.responds_to or "")


def test_links_are_those_known_on_the_day() -> None:
    """As known on a day, no link leads to an event that was not known yet."""
    g = load_case_data(FLAGSHIP.case, date(2025, 10, 12))
    ids = {e.id for e in g.events}
    assert 0 < len(g.links) < len(FLAGSHIP.links)
    assert all(k.event in ids and (k.responds_to is None or k.responds_to in ids) for k in g.links)


def test_source_without_links_says_so() -> None:
    """A source without links has none, and the text says that nothing is known."""
    g = make_world(list(FLAGSHIP.events[:3]))
    assert (g.links, g.has_links, g.link_columns) == ((), False, None)
    assert describe_links(g, g.events[0].id) == (NO_LINKS_TEXT,)


def test_link_to_outside_has_no_event(tmp_path: Path) -> None:
    """A trigger outside the chronology has a kind and no event."""
    (k,) = small_case(tmp_path, "DL-20250102-01,outside,reaction,stated,attack,,").links
    assert (k.event, k.responds_to, k.outside_kind) == ("DL-20250102-01", None, "attack")


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("DL-20250109-01,outside,reaction,stated,attack,,", "event_id", "DL-20250109-01"),
        ("DL-20250102-01,DL-20250109-01,reaction,stated,,,", "responds_to", "DL-20250109-01"),
        ("DL-20250102-01,DL-20250102-01,reaction,stated,,,", "responds_to", "DL-20250102-01"),
        ("DL-20250102-01,DL-20250101-01,answer,stated,,,", "relation", "answer"),
        ("DL-20250102-01,DL-20250101-01,reaction,guessed,,,", "basis", "guessed"),
        ("DL-20250102-01,DL-20250101-01,reaction,stated,attack,,", "outside_kind", "attack"),
        ("DL-20250102-01,outside,reaction,stated,,,", "outside_kind", ""),
        ("DL-20250102-01,DL-20250101-01,reaction,stated,,,a page", "source", "a page"),
        ("DL-20250102-01,DL-20250101-01,reaction", "event_id", "DL-20250102-01"),
    ],
)
def test_wrong_link_names_row_and_column(tmp_path: Path, row: str, column: str, value: str) -> None:
    """The error for a wrong link names row, column, value and remedy."""
    with pytest.raises(BadCase) as refusal:
        small_case(tmp_path, "DL-20250103-01,DL-20250101-01,reaction,stated,,,", row)
    assert f"row 3 {column}" in refusal.value.key
    assert (refusal.value.value, bool(refusal.value.remedy)) == (value, True)


def test_old_ids_lead_to_events() -> None:
    """Every id that moved leads to an event, and no old id is an event."""
    ids = {e.id for e in FLAGSHIP.events}
    moved = {r["old"]: r["new"] for r in read_csv("chronology_renamed.csv")}
    assert len(moved) == 6
    assert dict(FLAGSHIP.renamed) == moved
    assert set(moved.values()) <= ids
    assert ids.isdisjoint(moved)
    assert FLAGSHIP.current_id("DL-20251009-01") == "DL-20251009-01"


def test_command_follows_old_ids_and_links() -> None:
    """`detente events --id` takes an old id, and its JSON holds the links both ways."""
    out = CliRunner().invoke(cli, ["events", "--id", "DL-20220906-01", "--json"])
    assert json.loads(out.stdout)["id"] == "DL-20220905-01"
    trigger = next(k.responds_to for k in FLAGSHIP.links if k.responds_to)
    shown = json.loads(CliRunner().invoke(cli, ["events", "--id", str(trigger), "--json"]).stdout)
    rows = read_csv("responds_to.csv")
    assert {k["event"] for k in shown["answered_by"]} == {r["event_id"] for r in rows if r["responds_to"] == trigger}


def test_exports_hold_links_or_null() -> None:
    """CSV, JSON and Parquet hold the links; a source without links has null, not an empty list."""
    rows, listed = read_csv("responds_to.csv"), [(e, FLAGSHIP.channel(e)) for e in FLAGSHIP.events]
    expected: dict[str, list[str]] = {}
    for r in rows:
        named = r["responds_to"] if r["responds_to"] != "outside" else f"outside:{r['outside_kind']}"
        expected.setdefault(r["event_id"], []).append(named)
    files = {f: b"".join(export_events(listed, f, links=FLAGSHIP.link_columns)) for f in ("csv", "json", "parquet")}
    sheet = csv.DictReader(io.StringIO(files["csv"].decode()))
    assert {r["id"]: r["responds_to"].split(";") for r in sheet if r["responds_to"]} == expected
    records = json.loads(files["json"])
    assert {r["id"]: r["responds_to"] for r in records if r["responds_to"]} == expected
    assert sum(len(r["answered_by"]) for r in records) == sum(r["responds_to"] != "outside" for r in rows)
    table = pyarrow.parquet.read_table(io.BytesIO(files["parquet"]))
    assert table["responds_to"].null_count == 0
    without = pyarrow.parquet.read_table(io.BytesIO(b"".join(export_events(listed[:5], "parquet"))))
    assert without["responds_to"].null_count == 5
