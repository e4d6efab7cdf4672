"""Pages of a case whose source cannot record a kind of event give no zero for it."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.api.events.filters import EventQuery
from detente.web.app import create_app
from detente.web.map.page import get_event_map
from detente.web.pages.digest import build_digest_page
from detente.web.pages.events import build_events_page
from detente.web.pages.overview import build_overview_page
from support.ucdp_world import make_ucdp_world, open_world
from support.workbench import make_settings


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


def test_overview_names_what_no_index_can_use(ucdp: Case) -> None:
    """That no index is drawn is told of the source, and not as too few acts."""
    page = build_overview_page(ucdp)
    assert page.index is None
    assert page.no_index.startswith("There is no index of relations: UCDP does not record acts of pressure")


def test_event_months_without_coverage_are_unknown(ucdp: Case, tmp_path: Path) -> None:
    """A month of which no day was covered has no number of events; a covered one without events has zero."""
    g = ucdp.g
    partly = open_world(replace(g, coverage=g.coverage.without(date(2022, 4, 1), date(2022, 4, 30))))
    app = create_app(make_settings(tmp_path, host_names=("*",)), {partly.id: partly})
    with TestClient(app) as client:
        html = client.get(f"/{partly.id}/events?from=2022-03-01").text
    rows = {
        r.split("<")[0]: re.findall(r'<td class="num"[^>]*>([^<]*)', r)
        for r in re.split(r"<tr><td[^>]*>(?:<a[^>]*>)?", html)
    }
    assert rows["April 2022"][:4] == ["?", "?", "?", "0 of 30"]
    assert rows["May 2022"][0] == "2"
