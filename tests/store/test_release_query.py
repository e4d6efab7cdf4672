"""Questions to a release: filters, counts, orders and pages against pandas over the same rows."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from detente.events.arrow import SCHEMA
from detente.store.errors import CorruptStore
from detente.store.release_query import (
    RELEASE_SORTS,
    ReleaseFilter,
    count_frequent_actors,
    read_release_rows,
    summarize_release,
)
from detente.store.snapshot import Snapshot, open_version
from detente.store.writer import add_release
from support.releases import make_reading, make_table

N = 400
NAME = "made/A"


def make_varied_table() -> pa.Table:
    """Events that differ in every column that can be asked for; some values are unknown."""
    rows: list[dict[str, Any]] = make_table([f"e{i:03}" for i in range(N)]).to_pylist()
    for i, r in enumerate(rows):
        day = date(2024, 1, 1) + timedelta(days=(i * 37) % 500)
        r |= {
            "first": day, "last": day, "country": ("PAK", "AFG", None)[i % 3], "place": ("Quetta", None)[i % 2],
            "type": ("ASSAULT", "CONSULT")[i % 5 == 0], "raw_initiators": [["TTP"], ["Pakistan", "ISKP"], []][i % 3],
            "raw_recipients": [["Civilians"], []][i % 2], "deaths_low": (None, 1, None)[i % 3], "deaths_best": (i % 7, None)[i % 2],
            "deaths_high": (None, None, 30, 40)[i % 4], "summary": f"Event {i} near 50% of_Tank", "row": i + 2,
        }  # fmt: skip
    return pa.Table.from_pylist(rows, schema=SCHEMA)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    path = tmp_path_factory.mktemp("release") / "store"
    add_release(path, make_reading(make_varied_table()))
    add_release(path, make_reading(make_table(["x1", "x2"], release="B"), release="B"))
    return open_version(path)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    f = make_varied_table().to_pandas()
    figures = f[["deaths_low", "deaths_best", "deaths_high"]].astype(float)
    only_high = figures[["deaths_low", "deaths_best"]].isna().all(axis=1) & figures["deaths_high"].notna()
    f["low"] = figures.min(axis=1).where(~only_high, 0)
    f["high"] = figures.max(axis=1)
    f["who"] = f["raw_initiators"].map("; ".join)
    f["names"] = [[*a, *b] for a, b in zip(f["raw_initiators"], f["raw_recipients"], strict=True)]
    return f


def choose(f: pd.DataFrame, asked: ReleaseFilter) -> pd.DataFrame:
    """Apply the filters by their definition."""
    fields = ["id", "summary", "place", "province", "country"]
    text = f[fields].fillna("").agg(" ".join, axis=1).str.lower() + f["names"].map(" ".join).str.lower()
    keep = pd.Series(True, index=f.index)
    for word in asked.text.lower().split():
        keep &= text.str.contains(word, regex=False)
    if asked.actor:
        keep &= f["names"].map("; ".join).str.lower().str.contains(asked.actor.lower(), regex=False)
    if asked.country:
        keep &= f["country"].isin(asked.country)
    if asked.type:
        keep &= f["type"].isin(asked.type)
    if asked.first:
        keep &= f["first"] >= asked.first
    if asked.last:
        keep &= f["first"] <= asked.last
    return f[keep]


FILTERS = (
    ReleaseFilter(), ReleaseFilter(text="event 12"), ReleaseFilter(text="50% of_tank"), ReleaseFilter(text="' OR 1=1 --"),
    ReleaseFilter(actor="iskp"), ReleaseFilter(country=("PAK",), type=("CONSULT",)), ReleaseFilter(country=("USA",)),
    ReleaseFilter(first=date(2024, 3, 1), last=date(2024, 9, 1)), ReleaseFilter(text="quetta", actor="civ", country=("AFG", "PAK")),
)  # fmt: skip


@pytest.mark.parametrize("asked", FILTERS, ids=range(len(FILTERS)))
def test_summary_matches_pandas(store: Snapshot, frame: pd.DataFrame, asked: ReleaseFilter) -> None:
    """Counts by month, country and type equal those of pandas; a filter does not narrow its own choices."""
    s = summarize_release(store, NAME, asked)
    chosen = choose(frame, asked)
    months = pd.to_datetime(chosen["first"]).dt.to_period("M").dt.start_time.dt.date
    wanted = {
        m: (len(g), int(g["low"].sum()), int(g["high"].sum()), int(g["high"].isna().sum()))
        for m, g in chosen.groupby(months)
    }
    assert {m.month: (m.events, m.deaths_low, m.deaths_high, m.without_toll) for m in s.months} == wanted
    for column, counted in (("country", s.countries), ("type", s.types)):
        others = ReleaseFilter(**{n: getattr(asked, n) for n in asked.__slots__ if n != column})
        assert dict(counted) == choose(frame, others)[column].value_counts().to_dict()


@pytest.mark.parametrize("asked", FILTERS, ids=range(len(FILTERS)))
def test_pages_hold_every_row_once(store: Snapshot, frame: pd.DataFrame, asked: ReleaseFilter) -> None:
    """The pages together hold each matching row once, newest first."""
    rows: list[dict[str, Any]] = []
    while page := read_release_rows(store, NAME, asked, start=len(rows), count=33):
        rows += page
    assert sorted(r["id"] for r in rows) == sorted(choose(frame, asked)["id"])
    assert [r["first"] for r in rows] == sorted((r["first"] for r in rows), reverse=True)


@pytest.mark.parametrize("sort", RELEASE_SORTS)
def test_orders_put_unknown_last(store: Snapshot, frame: pd.DataFrame, sort: str) -> None:
    """Each order sorts its column up or down, and unknown values come last in both directions."""
    rows = read_release_rows(store, NAME, ReleaseFilter(), sort=sort, count=N)
    column, _, way = {"newest": "date-down", "oldest": "date-up", "deaths": "deaths-down"}.get(sort, sort).partition(
        "-"
    )
    value: Callable[[dict[str, Any]], Any] = {
        "date": lambda r: r["first"], "deaths": lambda r: r["high"], "country": lambda r: r["country"], "place": lambda r: r["place"],
        "type": lambda r: r["type"], "who": lambda r: "; ".join(r["raw_initiators"]) or None,
        "whom": lambda r: "; ".join(r["raw_recipients"]) or None, "row": lambda r: r["row"],
    }[column]  # fmt: skip
    values = [value(r) for r in rows]
    known = [v for v in values if v is not None]
    assert len(values) == N
    assert values[: len(known)] == known == sorted(known, reverse=way == "down")


def test_rows_equal_stored_rows(store: Snapshot, frame: pd.DataFrame) -> None:
    """A row has the values of the file, and None where it has none."""
    rows = {r["id"]: r for r in read_release_rows(store, NAME, ReleaseFilter(), count=N)}
    for r in make_varied_table().to_pylist():
        assert all(
            rows[r["id"]][k] == r[k] for k in ("row", "country", "place", "raw_initiators", "deaths_best", "summary")
        )


def test_frequent_actors_match_pandas(store: Snapshot, frame: pd.DataFrame) -> None:
    """The most frequent names are counted once for each event, as the source writes them."""
    wanted = frame["names"].map(lambda n: sorted(set(n))).explode().dropna().value_counts().to_dict()
    assert dict(count_frequent_actors(store, NAME)) == wanted


def test_other_release_is_not_read(store: Snapshot) -> None:
    """A question to one release does not see the rows of another."""
    assert {r["id"] for r in read_release_rows(store, "made/B", ReleaseFilter())} == {"x1", "x2"}


def test_damaged_file_is_reported(tmp_path: Path) -> None:
    """A damaged file gives the error of a damaged store."""
    path = tmp_path / "store"
    add_release(path, make_reading(make_table(["a"])))
    snapshot = open_version(path)
    (file,) = snapshot.files_of("events", [NAME])
    file.path.write_bytes(b"not a table")
    with pytest.raises(CorruptStore):
        summarize_release(snapshot, NAME, ReleaseFilter())
    file.path.unlink()
    with pytest.raises(CorruptStore):
        read_release_rows(snapshot, NAME, ReleaseFilter())
