"""Pages of a case whose source cannot record a kind of event give no zero for it."""

from dataclasses import replace

import pytest

from detente.api.case import Case
from detente.api.events.filters import EventQuery
from detente.web.map.page import get_event_map
from detente.web.pages.digest import build_digest_page
from detente.web.pages.event import build_event_page
from detente.web.pages.events import build_events_page
from support.ucdp_world import make_ucdp_world, open_world


@pytest.fixture(scope="module")
def ucdp() -> Case:
    """A case of UCDP alone."""
    return open_world(make_ucdp_world())


def test_map_months_leave_unrecorded_kinds_unknown(ucdp: Case) -> None:
    """The legend names the kinds that UCDP cannot record, and no month counts them as zero."""
    drawn = get_event_map(ucdp, EventQuery())
    assert drawn is not None
    at = {k: drawn.months[0].events[i] for i, k in enumerate(drawn.kinds)}
    assert (at["strike"], at["dialogue"]) == (0, None)
    assert "dialogue" in drawn.unrecorded
    assert "clash" not in drawn.unrecorded


def test_empty_list_names_unrecorded_kind(ucdp: Case) -> None:
    """An empty list of talks says that UCDP records none; one of clashes does not."""
    assert build_events_page(ucdp, EventQuery(channel=("dialogue",))).unrecorded == "UCDP does not record meetings."
    assert not build_events_page(ucdp, EventQuery(channel=("clash",))).unrecorded


def test_digest_watches_only_recorded_kinds(ucdp: Case) -> None:
    """That no crossing was reported closed is not said of a source that reports none."""
    page = build_digest_page(ucdp, None)
    assert page.no_closed_crossing == "UCDP does not record closed crossings."
    assert page.no_ending_truce == "UCDP does not record offers of truce."


def test_event_page_names_first_report() -> None:
    """An event without links to reports names the publisher and the day of the first one, if its source does."""
    g = make_ucdp_world()
    first, *others = g.events
    named = replace(g, events=(replace(first, addresses=(), first_report="Kabul Now, 2022-05-22"), *others))
    prepared = open_world(named)
    assert build_event_page(prepared, first.id).first_report == "Kabul Now, 22 May 2022"
    assert not build_event_page(prepared, others[0].id).first_report
    rows = {r.id: r.publishers for r in build_events_page(prepared, EventQuery()).rows}
    assert (rows[first.id], rows[others[0].id]) == ("Kabul Now", "example.org")
