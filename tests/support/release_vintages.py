"""Random releases of two sources: rows of few ids, and the day each release was out."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from detente.events.vintage import DatedRelease

DAY = date(2026, 1, 1)
SOURCES, RELEASES = ("x", "ucdp"), ("GED_v23_1", "GED_v24_1", "GED_v24_0_3", "any")
day_strategy = st.integers(0, 9).map(lambda n: DAY + timedelta(days=n))
# Of a release an id stands once, and the day it was out may be before or after the days of its rows.
release_days_strategy = st.fixed_dictionaries({(s, r): day_strategy for s in SOURCES for r in RELEASES})
rows_strategy = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from("abc"),
            "source": st.sampled_from(SOURCES),
            "release": st.sampled_from(RELEASES),
            "known_on": day_strategy,
            "first": st.sampled_from([date(1990, 1, 1), date(2024, 3, 5), date(2025, 5, 1)]),
            "country": st.sampled_from(["PAK", "UKR", None]),
            "withdrawn": st.sampled_from([True, False, None]),
        }
    ),
    max_size=14,
    unique_by=lambda r: (r["id"], r["source"], r["release"]),
)
SCHEMA = pa.schema(
    [("id", pa.string()), ("source", pa.string()), ("release", pa.string()), ("known_on", pa.date32()), ("first", pa.date32()), ("country", pa.string()), ("withdrawn", pa.bool_())]
)  # fmt: skip
Row = dict[str, Any]
ReleaseDays = dict[tuple[str, str], date]


def make_releases(on: ReleaseDays) -> list[DatedRelease]:
    return [DatedRelease(s, r, d) for (s, r), d in on.items()]


def sort_rows(some: list[Row]) -> list[list[str]]:
    return sorted([str(r[c]) for c in SCHEMA.names] for r in some)
