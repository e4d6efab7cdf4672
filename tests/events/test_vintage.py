"""Data vintages: of each id, the row of the latest release published by a day is valid; withdrawn events are removed."""

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


def select_by_definition(rows: list[Row], on: ReleaseDays, day: date) -> list[Row]:
    """Select, for each id, the row of the highest-ranked release, unless withdrawn or dropped."""
    best: dict[tuple[str, str], tuple[tuple[object, ...], Row]] = {}
    for r in rows:
        published = on[r["source"], r["release"]]
        key, rank = (r["source"], r["id"]), (published <= day, published, r["release"])
        if r["known_on"] <= day and (key not in best or rank >= best[key][0]):
            best[key] = (rank, r)

    def dropped(r: Row) -> bool:
        own = on[r["source"], r["release"]]
        periods = [
            (
                ucdp.parse_covered_days(release),
                d,
                {x["country"] for x in rows if (x["source"], x["release"]) == (s, release)},
            )
            for (s, release), d in on.items()
            if s == r["source"] == "ucdp"
        ]
        return any(
            c and c[0] <= r["first"] <= c[1] and own < d <= day and r["country"] in held - {None}
            for c, d, held in periods
        )

    return [r for _, r in best.values() if not r["withdrawn"] and not dropped(r)]


@settings(max_examples=300)
@given(rows_strategy, release_days_strategy, st.integers(-1, 10).map(lambda n: DAY + timedelta(days=n)))
def test_select_as_of_matches_definition(rows: list[Row], on: ReleaseDays, day: date) -> None:
    """The selection equals the definition, computed row by row."""
    found = select_as_of(
        pa.Table.from_pylist(rows, SCHEMA), day, make_releases(on), find_release_coverage(make_releases(on))
    ).to_pylist()
    assert sort_rows(found) == sort_rows(select_by_definition(rows, on, day))


@given(rows_strategy, release_days_strategy)
def test_select_as_of_excludes_later_knowledge(rows: list[Row], on: ReleaseDays) -> None:
    """Rows known later do not affect the selection."""
    table = pa.Table.from_pylist(rows, SCHEMA)
    for day in {r["known_on"] for r in rows}:
        found = select_as_of(table, day, make_releases(on))
        assert found.equals(select_as_of(select_known(table, day), day, make_releases(on)))
        assert all(d <= day for d in found["known_on"].to_pylist())


def test_published_release_replaces_unpublished_one() -> None:
    """A published release takes precedence over an unpublished one."""
    early, late = date(2025, 2, 1), date(2025, 3, 1)
    row = {"id": "a", "source": "chronology", "known_on": date(2025, 1, 5), "first": date(2025, 1, 5)}
    table = pa.Table.from_pylist([{**row, "release": "new"}, {**row, "release": "old"}])
    on = [DatedRelease("chronology", "old", early), DatedRelease("chronology", "new", late)]
    assert select_as_of(table, date(2025, 2, 15), on)["release"].to_pylist() == ["old"]
    assert select_as_of(table, late, on)["release"].to_pylist() == ["new"]


def test_select_as_of_needs_publication_dates() -> None:
    """A row of a release without a publication date is rejected."""
    row = {"id": "a", "source": "made", "release": "r", "known_on": DAY, "first": DAY}
    with pytest.raises(ValueError, match="made/r"):
        select_as_of(pa.Table.from_pylist([row]), DAY, [])


def test_later_release_supersedes_and_withdraws(tmp_path: Path) -> None:
    """A later release supersedes an earlier one; a withdrawal removes the event."""
    (row,) = make_rows("acled-new", 1)
    second = change_row("acled-new", row, timestamp="1739232000", fatalities="9")
    (tmp_path / "d.csv").write_text(f"event_id_cnty,deleted_timestamp\n{row[0]},1741651200\n")
    readings = []
    for i, body in enumerate((row, second)):
        (tmp_path / str(i)).mkdir()
        readings.append(read_release(write_file(tmp_path / str(i), "acled-new", encode_file("acled-new", [body]))))
    readings.append(read_release(tmp_path / "d.csv"))
    # Two exports have the same file name, so each gets its own release name here.
    names = ["first", "second", "deleted"]
    tables = [_rename_release(r.events.read_all(), n) for r, n in zip(readings, names, strict=True)]
    on = [DatedRelease("acled", n, r.release.known_on) for r, n in zip(readings, names, strict=True)]
    both = pa.concat_tables(tables, promote_options="default")
    deaths = [
        select_as_of(both, d, on)["deaths_best"].to_pylist()
        for d in (date(2025, 1, 10), date(2025, 1, 11), date(2025, 2, 11), date(2025, 3, 11))
    ]
    assert deaths == [[], [5], [9], []]
    assert select_latest(both, on).num_rows == 0


def _rename_release(table: pa.Table, release: str) -> pa.Table:
    i = table.schema.get_field_index("release")
    return table.set_column(i, table.schema.field(i), pa.array([release] * table.num_rows))


def test_yearly_release_drops_unrepeated_rows() -> None:
    """Rows that a yearly release does not repeat are dropped."""

    def row(key: str, first: date, known_on: date) -> dict[str, object]:
        return {"id": key, "source": "ucdp", "release": str(known_on), "known_on": known_on, "first": first}

    month, year, day = date(2025, 2, 28), date(2026, 6, 30), date(2025, 1, 10)
    table = pa.Table.from_pylist(
        [
            row("repeated", day, month),
            row("dropped", day, month),
            row("later", date(2026, 1, 5), month),
            row("repeated", day, year),
        ]
    )
    covers = [ReleaseCoverage("ucdp", date(1989, 1, 1), date(2025, 12, 31), year)]
    on = [DatedRelease("ucdp", str(d), d) for d in (month, year)]
    assert sorted(select_as_of(table, year, on, covers)["id"].to_pylist()) == ["later", "repeated"]
    assert sorted(select_as_of(table, date(2026, 6, 29), on, covers)["id"].to_pylist()) == [
        "dropped",
        "later",
        "repeated",
    ]
    assert select_as_of(table, year, on, [replace(covers[0], source="acled")]).num_rows == 3


def test_candidate_releases_apply_from_publication(tmp_path: Path) -> None:
    """Candidate releases count from their publication dates."""
    shared = Path(__file__).parents[3] / "shared/data/ucdp"
    if not shared.exists():
        pytest.skip("needs the folder ../shared/data")
    readings = [read_release(shared / n) for n in ("GEDEvent_v23_0_10.csv", "GEDEvent_v26_0_1.csv")]
    both = pa.concat_tables([r.events.read_all() for r in readings])
    on = [DatedRelease(r.release.source, r.release.name, r.release.known_on) for r in readings]
    assert select_as_of(both, date(2023, 11, 29), on).num_rows == 0
    assert select_as_of(both, date(2023, 11, 30), on).num_rows == 2391
    assert select_as_of(both, date(2026, 2, 28), on).num_rows == 2391 + 1727


def test_extract_drops_only_own_countries_and_months() -> None:
    """An extract drops rows of its own country in its own months, whatever its name covers."""
    month, year = date(2024, 11, 30), date(2025, 6, 30)

    def row(key: str, release: str, known_on: date, country: str, first: date) -> dict[str, object]:
        return {
            "id": key,
            "source": "ucdp",
            "release": release,
            "known_on": known_on,
            "first": first,
            "country": country,
        }

    old, new = "GEDEvent_v24_0_10.csv", "ged251_pakistan.csv"
    day = date(2024, 10, 2)
    table = pa.Table.from_pylist(
        [
            row("repeated", old, month, "PAK", day),
            row("dropped", old, month, "PAK", day),
            row("other country", old, month, "UKR", day),
            row("other month", old, month, "PAK", date(2024, 9, 30)),
            row("repeated", new, year, "PAK", day),
        ]
    )
    on = [DatedRelease("ucdp", old, month), DatedRelease("ucdp", new, year, day, day)]
    left = select_as_of(table, year, on, find_release_coverage(on))
    assert sorted(left["id"].to_pylist()) == ["other country", "other month", "repeated"]


def test_api_file_covers_its_filter() -> None:
    """A file from UCDP's API covers the countries and days of its filter, also where it holds no row."""
    name = "GEDEvent_api_v25_1_countries-770-700_from-2024-01-01_to-2024-06-30.csv"
    (c,) = find_release_coverage([DatedRelease("ucdp", name, date(2025, 6, 30), date(2024, 3, 1), date(2024, 3, 2))])
    assert (c.first, c.last, c.countries) == (date(2024, 1, 1), date(2024, 6, 30), frozenset({"PAK", "AFG"}))
