"""What was known when: of an id the row of the newest release that was out by a day holds, and withdrawn ones are gone."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.events.reader import read_release
from detente.events.vintage import (
    DatedRelease,
    ReleaseCoverage,
    find_release_coverage,
    select_as_of,
    select_known,
    select_latest,
)
from detente.sources import ucdp
from support.provider_rows import change_row, encode_file, make_rows, write_file
from support.release_vintages import (
    DAY,
    SCHEMA,
    ReleaseDays,
    Row,
    make_releases,
    release_days_strategy,
    rows_strategy,
    sort_rows,
)


def by_definition(rows: list[Row], on: ReleaseDays, day: date) -> list[Row]:
    """Of each id the row of the release with the highest place, less what is withdrawn or was dropped."""
    best: dict[tuple[str, str], tuple[tuple[object, ...], Row]] = {}
    for r in rows:
        out_on = on[r["source"], r["release"]]
        key, rank = (r["source"], r["id"]), (out_on <= day, out_on, r["release"])
        if r["known_on"] <= day and (key not in best or rank >= best[key][0]):
            best[key] = (rank, r)

    def dropped(r: Row) -> bool:
        mine = on[r["source"], r["release"]]
        stretches = [
            (ucdp.parse_covered_days(release), d) for (s, release), d in on.items() if s == r["source"] == "ucdp"
        ]
        return any(c and c[0] <= r["first"] <= c[1] and mine < d <= day for c, d in stretches)

    return [r for _, r in best.values() if not r["withdrawn"] and not dropped(r)]


@settings(max_examples=300)
@given(rows_strategy, release_days_strategy, st.integers(-1, 10).map(lambda n: DAY + timedelta(days=n)))
def test_of_each_id_the_row_of_the_highest_release_holds_as_the_definition_says(
    rows: list[Row], on: ReleaseDays, day: date
) -> None:
    found = select_as_of(
        pa.Table.from_pylist(rows, SCHEMA), day, make_releases(on), find_release_coverage(make_releases(on))
    ).to_pylist()
    assert sort_rows(found) == sort_rows(by_definition(rows, on, day))


@given(rows_strategy, release_days_strategy)
def test_nothing_known_later_is_read(rows: list[Row], on: ReleaseDays) -> None:
    table = pa.Table.from_pylist(rows, SCHEMA)
    for day in {r["known_on"] for r in rows}:
        found = select_as_of(table, day, make_releases(on))
        assert found.equals(select_as_of(select_known(table, day), day, make_releases(on)))
        assert all(d <= day for d in found["known_on"].to_pylist())


def test_a_release_that_was_not_out_yet_gives_way_to_one_that_was_though_its_row_is_of_a_known_day() -> None:
    early, late = date(2025, 2, 1), date(2025, 3, 1)
    row = {"id": "a", "source": "chronology", "known_on": date(2025, 1, 5), "first": date(2025, 1, 5)}
    table = pa.Table.from_pylist([{**row, "release": "new"}, {**row, "release": "old"}])
    on = [DatedRelease("chronology", "old", early), DatedRelease("chronology", "new", late)]
    assert select_as_of(table, date(2025, 2, 15), on)["release"].to_pylist() == ["old"]
    assert select_as_of(table, late, on)["release"].to_pylist() == ["new"]


def test_a_row_of_a_release_of_which_nobody_says_when_it_was_out_is_refused() -> None:
    row = {"id": "a", "source": "made", "release": "r", "known_on": DAY, "first": DAY}
    with pytest.raises(ValueError, match="made/r"):
        select_as_of(pa.Table.from_pylist([row]), DAY, [])


def test_a_release_supersedes_an_earlier_one_and_a_deleted_event_is_gone_from_that_day(tmp_path: Path) -> None:
    (row,) = make_rows("acled-new", 1)
    second = change_row("acled-new", row, timestamp="1739232000", fatalities="9")
    (tmp_path / "d.csv").write_text(f"event_id_cnty,deleted_timestamp\n{row[0]},1741651200\n")
    readings = []
    for i, body in enumerate((row, second)):
        (tmp_path / str(i)).mkdir()
        readings.append(read_release(write_file(tmp_path / str(i), "acled-new", encode_file("acled-new", [body]))))
    readings.append(read_release(tmp_path / "d.csv"))
    # Two exports under one name: here each is named for its folder.
    names = ["first", "second", "deleted"]
    tables = [_named(r.events.read_all(), n) for r, n in zip(readings, names, strict=True)]
    on = [DatedRelease("acled", n, r.release.known_on) for r, n in zip(readings, names, strict=True)]
    both = pa.concat_tables(tables, promote_options="default")
    deaths = [
        select_as_of(both, d, on)["deaths_best"].to_pylist()
        for d in (date(2025, 1, 10), date(2025, 1, 11), date(2025, 2, 11), date(2025, 3, 11))
    ]
    assert deaths == [[], [5], [9], []]
    assert select_latest(both, on).num_rows == 0


def _named(table: pa.Table, release: str) -> pa.Table:
    i = table.schema.get_field_index("release")
    return table.set_column(i, table.schema.field(i), pa.array([release] * table.num_rows))


def test_what_a_release_of_the_whole_year_does_not_repeat_has_been_dropped() -> None:
    def row(key: str, first: date, known_on: date) -> dict[str, object]:
        return {"id": key, "source": "ucdp", "release": str(known_on), "known_on": known_on, "first": first}

    month, year, out = date(2025, 2, 28), date(2026, 6, 30), date(2025, 1, 10)
    table = pa.Table.from_pylist(
        [
            row("kept", out, month),
            row("dropped", out, month),
            row("later", date(2026, 1, 5), month),
            row("kept", out, year),
        ]
    )
    covers = [ReleaseCoverage("ucdp", date(1989, 1, 1), date(2025, 12, 31), year)]
    on = [DatedRelease("ucdp", str(d), d) for d in (month, year)]
    assert sorted(select_as_of(table, year, on, covers)["id"].to_pylist()) == ["kept", "later"]
    assert sorted(select_as_of(table, date(2026, 6, 29), on, covers)["id"].to_pylist()) == ["dropped", "kept", "later"]
    assert select_as_of(table, year, on, [replace(covers[0], source="acled")]).num_rows == 3


def test_of_two_months_of_candidate_the_later_holds(tmp_path: Path) -> None:
    shared = Path(__file__).parents[3] / "shared/data/ucdp"
    if not shared.exists():
        pytest.skip("the folder shared/data is not beside the repository")
    readings = [read_release(shared / n) for n in ("GEDEvent_v23_0_10.csv", "GEDEvent_v26_0_1.csv")]
    both = pa.concat_tables([r.events.read_all() for r in readings])
    on = [DatedRelease(r.release.source, r.release.name, r.release.known_on) for r in readings]
    assert select_as_of(both, date(2023, 11, 29), on).num_rows == 0
    assert select_as_of(both, date(2023, 11, 30), on).num_rows == 2391
    assert select_as_of(both, date(2026, 2, 28), on).num_rows == 2391 + 1727
