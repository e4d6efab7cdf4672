"""A case opened from counts equals the case in memory: counts, account, coverage, and the events that are shown."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from detente.cases.case_file import CaseFile, load_case_file
from detente.cases.engine.fetch import fetch_case_events
from detente.cases.errors import AsOfOutOfRange, MissingUserData
from detente.cases.load import CaseData, load_case_data
from detente.core.errors import DetenteError
from detente.events.arrow import to_table
from detente.events.event import Event
from detente.events.reader import read_release
from detente.measures.counts import daily_counts
from detente.measures.open_counts import CaseCounts, open_counts
from detente.store.errors import NoStore
from detente.store.writer import add_release, remove_release
from support.releases import make_reading
from support.second_source import CASE, UCDP_CASE, make_ucdp_event


def assert_equal(g: CaseData, o: CaseCounts, *, precise: bool = False) -> None:
    here = daily_counts(g, precise=precise)
    np.testing.assert_array_equal(o.counts.y, here.y)
    np.testing.assert_array_equal(o.counts.imprecise, here.imprecise)
    np.testing.assert_array_equal(o.counts.coverage, here.coverage)
    np.testing.assert_array_equal(o.coverage.by_day, g.coverage.by_day)
    assert (o.counts.first, o.counts.channels) == (here.first, here.channels)
    assert (o.events, o.assigned) == (len(g.events), len(g.events) - len(g.unassigned))
    assert (o.later, o.elsewhere, o.superseded) == (g.later, g.elsewhere, g.superseded)
    assert (o.rejected, o.rows) == (len(g.set_aside), g.rows)
    assert (o.as_of, o.covered, o.watched_to) == (g.as_of, g.covered, g.watched_to)


def add_release_of(store: Path, events: list[Event], name: str, known_on: date, rejected: int = 0) -> None:
    named = [replace(e, release=name) for e in events]
    reading = make_reading(
        to_table(named), rejected, source="ucdp", release=name, sha=name, known_on=known_on, merged=rejected
    )
    add_release(store, reading)


@pytest.fixture(scope="module")
def flagship_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("flagship") / "store"
    add_release(store, read_release(CASE.folder / CASE.chronology))
    return store


@pytest.mark.parametrize(
    ("as_of", "precise"), [(None, False), (None, True), (date(2021, 8, 20), False), (date(2025, 10, 8), True)]
)
def test_flagship_counts_equal_those_in_memory(flagship_store: Path, as_of: date | None, precise: bool) -> None:
    """The flagship's rows in a store give the counts and the account of the flagship in memory."""
    o = open_counts(CASE, flagship_store, as_of, precise=precise)
    assert_equal(load_case_data(CASE, as_of), o, precise=precise)
    assert (o.rows, o.store.releases) == (1413, ("chronology/chronology.csv",))


NAMES = ("Government of Pakistan", "TTP", "Government of Afghanistan", "Civilians", "IS", "A name nobody knows")
made_rows = st.tuples(
    st.integers(0, 40), st.dates(date(2024, 12, 20), date(2025, 4, 10)), st.sampled_from(["PAK", "AFG", "UKR", ""]),
    st.lists(st.sampled_from(NAMES), max_size=2), st.integers(0, 60),
)  # fmt: skip


# A store is written and read for each example, so a failure is shown as found.
@settings(max_examples=4, deadline=None, phases=[Phase.generate])
@given(
    st.lists(st.lists(made_rows, min_size=1, max_size=25, unique_by=lambda r: r[0]), min_size=1, max_size=3),
    st.sampled_from([None, date(2025, 2, 10), date(2025, 3, 20), date(2026, 1, 1)]),
)
def test_made_releases_equal_those_in_memory(
    tmp_path_factory: pytest.TempPathFactory, releases: list[list[tuple[int, date, str, list[str], int]]], as_of: date | None
) -> None:  # fmt: skip
    """Made releases that correct one another give the same counts and account as in memory."""
    store = tmp_path_factory.mktemp("made") / "store"
    for n, rows in enumerate(releases, start=1):
        name, known_on = f"GEDEvent_v25_0_{n}.csv", date(2025, n + 1, 28)
        events = [
            make_ucdp_event(str(i), day, country, tuple(names), name, day + timedelta(days=delay))
            for i, day, country, names, delay in rows
        ]
        add_release_of(store, events, name, known_on, rejected=n)
    g = load_case_data(UCDP_CASE, as_of, store)
    o = open_counts(UCDP_CASE, store, as_of)
    assert_equal(g, o)
    assert o.store == g.store
    assert o.release == g.release


@pytest.mark.parametrize("case", ["turkiye-iraq-pkk", "rwanda-drcongo-fdlr"])
def test_published_files_equal_those_in_memory(tmp_path: Path, case: str) -> None:
    """Published UCDP files give the same counts and account as in memory."""
    files = sorted((Path(__file__).parents[3] / "shared/data/ucdp").glob("GEDEvent_*.csv"))
    if not files:
        pytest.skip("needs the UCDP files ../shared/data/ucdp/GEDEvent_*.csv")
    for file in files:
        add_release(tmp_path / "store", read_release(file))
    loaded = load_case_file(case)
    for as_of in (None, date(2025, 6, 1)):
        g = load_case_data(loaded, as_of, tmp_path / "store")
        assert_equal(g, open_counts(loaded, tmp_path / "store", as_of))


def test_shown_events_equal_those_in_memory(flagship_store: Path) -> None:
    """Events fetched to be shown are those in memory, with their channels."""
    g, o = load_case_data(CASE, date(2025, 10, 8)), open_counts(CASE, flagship_store, date(2025, 10, 8))
    newest = fetch_case_events(CASE, o.store, o.as_of, limit=30)
    assert newest == tuple((e, g.channel(e)) for e in g.events[-30:])
    first, last = date(2024, 12, 1), date(2025, 3, 31)
    strikes = fetch_case_events(CASE, o.store, o.as_of, channels=["strike", "clash"], first=first, last=last)
    assert [e for e, _ in strikes] == [e for e in g.of("strike", "clash") if first <= e.day <= last]
    assert fetch_case_events(CASE, o.store, o.as_of, first=date(2025, 10, 9)) == ()


def test_counts_follow_requested_channels(flagship_store: Path) -> None:
    """Only the requested channels are counted, in the requested order."""
    here = daily_counts(load_case_data(CASE), ["clash", "attack"])
    there = open_counts(CASE, flagship_store, channels=["clash", "attack"]).counts
    assert there.channels == ("clash", "attack")
    np.testing.assert_array_equal(there.y, here.y)


@pytest.mark.parametrize(
    ("case", "as_of", "error"),
    [
        (CASE, date(2021, 8, 14), AsOfOutOfRange),
        (UCDP_CASE, date(2021, 8, 14), MissingUserData),
        (UCDP_CASE, None, MissingUserData),
    ],
)
def test_impossible_opening_is_rejected(
    flagship_store: Path, case: CaseFile, as_of: date | None, error: type[DetenteError]
) -> None:
    """A day before the case, and a source that the store lacks, are errors."""
    with pytest.raises(error):
        open_counts(case, flagship_store, as_of)


def test_day_before_releases_case_is_rejected(tmp_path: Path) -> None:
    """A day before a case made of releases is an error."""
    add_release_of(tmp_path / "s", [make_ucdp_event("1", date(2025, 1, 2))], "GEDEvent_v25_0_1.csv", date(2025, 2, 28))
    with pytest.raises(AsOfOutOfRange) as refusal:
        open_counts(UCDP_CASE, tmp_path / "s", date(2021, 8, 14))
    assert (refusal.value.as_of, refusal.value.first) == (date(2021, 8, 14), UCDP_CASE.first)


def test_opening_without_store_is_rejected(tmp_path: Path) -> None:
    """Without a store there is nothing to count."""
    for store in (None, tmp_path / "missing"):
        with pytest.raises(NoStore):
            open_counts(UCDP_CASE, store)


def test_opened_version_is_read_again(tmp_path: Path) -> None:
    """What was opened can be opened again from the same version, also after a change."""
    store = tmp_path / "store"
    add_release_of(store, [make_ucdp_event("1", date(2025, 1, 2))], "GEDEvent_v25_0_1.csv", date(2025, 2, 28))
    first = open_counts(UCDP_CASE, store)
    remove_release(store, "GEDEvent_v25_0_1.csv")
    assert open_counts(UCDP_CASE, first.store).events == first.events == 1
    with pytest.raises(MissingUserData):
        open_counts(UCDP_CASE, store)
