"""Zero events of a kind that no source of the case records is unknown, and never written as zero."""

from dataclasses import replace

import pytest

import detente
from detente.api.case import Case
from detente.api.events.facets import FacetChoice, count_channels, count_types
from detente.api.events.filters import EventQuery, build_filter_masks
from detente.api.events.table import UNASSIGNED, get_event_columns
from detente.api.recent_changes import compare_recent_periods, describe_no_development, describe_unknown_counts
from detente.measures.counts import daily_counts
from detente.model.errors import BadCounts
from support.ucdp_world import make_ucdp_world, open_world
from support.worlds import make_world


@pytest.fixture(scope="module")
def ucdp() -> Case:
    """A case of UCDP alone."""
    return open_world(make_ucdp_world())


def _facets(prepared: Case) -> dict[str, FacetChoice]:
    query, columns = EventQuery(), get_event_columns(prepared)
    masks = build_filter_masks(columns, query)
    found = (*count_channels(prepared, columns, query, masks), *count_types(prepared, columns, query, masks))
    return {c.value: c for c in found}


def test_facets_of_unrecorded_kinds_are_unknown(ucdp: Case) -> None:
    """The filters count what UCDP records and give no number for the rest."""
    found = _facets(ucdp)
    assert (found["strike"].events, found["clash"].events, found[UNASSIGNED].events) == (2, 0, 0)
    assert {found[k].events for k in ("dialogue", "operation", "restraint", "REJECT")} == {None}
    assert found["ASSAULT"].events == 3


def test_facets_keep_zero_of_chronologies() -> None:
    """A chronology records every kind, so its zeros are counts."""
    found = _facets(open_world(make_world([], days=40)))
    assert {c.events for c in found.values()} == {0}


def test_recent_changes_leave_unrecorded_kinds_unknown(ucdp: Case) -> None:
    """Both periods were covered, and still no number is given of talks."""
    recent = compare_recent_periods(ucdp)
    at = {c.channel: c for c in recent.channels}
    assert (at["strike"].now, at["strike"].before, at["strike"].expected) == (2, 0, 0.0)
    assert (at["clash"].now, at["dialogue"].now, at["dialogue"].before, at["dialogue"].expected) == (
        0,
        None,
        None,
        None,
    )
    assert "UCDP does not record operations" in describe_unknown_counts(ucdp.g, recent)


def test_no_development_names_recorded_kinds(ucdp: Case) -> None:
    """Of UCDP only the lack of a new crisis is said; of a source of none of it, nothing."""
    assert describe_no_development(ucdp.g) == (
        "No crisis is recorded as new. UCDP does not record closed crossings, offers of truce or meetings."
    )
    gdelt = replace(ucdp.g, release=replace(ucdp.g.release, source="gdelt"))
    assert describe_no_development(gdelt) == (
        "No truce, crisis or round of talks is recorded as new. GDELT does not record closed crossings."
    )


def test_count_table_has_no_unrecorded_zero(ucdp: Case) -> None:
    """Rows, pandas and notebooks hold no zero of a kind that UCDP cannot record."""
    table = ucdp.counts("year")
    (row,) = table.to_dict()["rows"]
    assert (row["strike"], row["clash"], row["dialogue"]) == (2, 0, None)
    frame = table.to_pandas()
    assert frame["dialogue"].isna().all()
    assert frame["strike"].tolist() == [2]
    assert daily_counts(ucdp.g).channels == table.channels
    assert "<td></td>" in table._repr_html_()


def test_uncollected_period_has_no_zero(flagship: Case) -> None:
    """A month without a collected day counts what is known of it, and nothing else of it is zero."""
    table = flagship.counts("month")
    rows = [r for r in table.to_dict()["rows"] if not r["observed_days"]]
    assert rows
    shown = [r[c] for r in rows for c in table.channels]
    assert None in shown
    assert 0 not in shown
    assert table.to_pandas()["strike"].isna().sum() == sum(r["strike"] is None for r in rows)
    with pytest.raises(BadCounts):
        detente.fit(flagship.counts().to_pandas()[["attack", "strike"]])
