"""What was known when: the newest row of an id that was out by a day holds, and withdrawn ones are gone."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.events.read import read
from detente.events.vintage import Covers, as_of, known, latest
from made import changed, data, put, rows

DAY = date(2026, 1, 1)

told = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from("abc"),
            "source": st.sampled_from(["x", "y"]),
            "release": st.sampled_from(["r1", "r2"]),
            "row": st.integers(1, 9),
            "known_on": st.integers(0, 9).map(lambda n: DAY + timedelta(days=n)),
            "withdrawn": st.sampled_from([True, False, None]),
        }
    ),
    max_size=12,
)
SCHEMA = pa.schema(
    [("id", pa.string()), ("source", pa.string()), ("release", pa.string()), ("row", pa.int64()), ("known_on", pa.date32()), ("withdrawn", pa.bool_())]
)  # fmt: skip


@settings(max_examples=200)
@given(told, st.integers(-1, 10).map(lambda n: DAY + timedelta(days=n)))
def test_of_each_id_the_row_known_last_by_the_day_holds_as_the_definition_says(
    rows: list[dict[str, object]], day: date
) -> None:
    best: dict[tuple[object, object], tuple[tuple[object, ...], dict[str, object]]] = {}
    for r in rows:
        key, rank = (r["source"], r["id"]), (r["known_on"], r["release"], r["row"])
        if r["known_on"] <= day and (key not in best or rank >= best[key][0]):  # type: ignore[operator]
            best[key] = (rank, r)
    expected = [r for _, r in best.values() if not r["withdrawn"]]
    found = as_of(pa.Table.from_pylist(rows, SCHEMA), day).to_pylist()

    def plain(some: list[dict[str, object]]) -> list[list[str]]:
        return sorted([str(r[c]) for c in SCHEMA.names] for r in some)

    assert plain(found) == plain(expected)


@given(told)
def test_nothing_known_later_is_read(rows: list[dict[str, object]]) -> None:
    table = pa.Table.from_pylist(rows, SCHEMA)
    for day in {r["known_on"] for r in rows}:
        assert isinstance(day, date)
        assert as_of(table, day).equals(as_of(known(table, day), date.max))


def test_a_release_supersedes_an_earlier_one_and_a_deleted_event_is_gone_from_that_day(tmp_path: Path) -> None:
    (row,) = rows("acled-new", 1)
    second = changed("acled-new", row, timestamp="1739232000", fatalities="9")
    (tmp_path / "d.csv").write_text(f"event_id_cnty,deleted_timestamp\n{row[0]},1741651200\n")
    tables = []
    for i, body in enumerate((row, second)):
        (tmp_path / str(i)).mkdir()
        tables.append(read(put(tmp_path / str(i), "acled-new", data("acled-new", [body]))).events.read_all())
    tables.append(read(tmp_path / "d.csv").events.read_all())
    both = pa.concat_tables(tables, promote_options="default")
    deaths = [
        as_of(both, d)["deaths_best"].to_pylist()
        for d in (date(2025, 1, 10), date(2025, 1, 11), date(2025, 2, 11), date(2025, 3, 11))
    ]
    assert deaths == [[], [5], [9], []]
    assert latest(both).num_rows == 0


def test_what_a_release_of_the_whole_year_does_not_repeat_has_been_dropped() -> None:
    def row(key: str, first: date, known_on: date) -> dict[str, object]:
        return {"id": key, "source": "ucdp", "release": "r", "row": 2, "known_on": known_on, "first": first}

    month, year, out = date(2025, 2, 28), date(2026, 6, 30), date(2025, 1, 10)
    table = pa.Table.from_pylist(
        [
            row("kept", out, month),
            row("dropped", out, month),
            row("later", date(2026, 1, 5), month),
            row("kept", out, year),
        ]
    )
    covers = [Covers("ucdp", date(1989, 1, 1), date(2025, 12, 31), year)]
    assert sorted(as_of(table, year, covers)["id"].to_pylist()) == ["kept", "later"]
    assert sorted(as_of(table, date(2026, 6, 29), covers)["id"].to_pylist()) == ["dropped", "kept", "later"]
    assert as_of(table, year, [replace(covers[0], source="acled")]).num_rows == 3


def test_of_two_months_of_candidate_the_later_holds(tmp_path: Path) -> None:
    shared = Path(__file__).parents[3] / "shared/data/ucdp"
    if not shared.exists():
        pytest.skip("the folder shared/data is not beside the repository")
    both = pa.concat_tables(
        [read(shared / n).events.read_all() for n in ("GEDEvent_v23_0_10.csv", "GEDEvent_v26_0_1.csv")]
    )
    assert as_of(both, date(2023, 11, 29)).num_rows == 0
    assert as_of(both, date(2023, 11, 30)).num_rows == 2391
    assert as_of(both, date(2026, 2, 28)).num_rows == 2391 + 1727
