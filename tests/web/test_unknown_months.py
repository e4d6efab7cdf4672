"""Pages say what is not known of months without coverage, and of relations that no source records."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.web.app import create_app
from detente.web.pages.overview import build_overview_page
from support.ucdp_world import make_ucdp_world, open_world
from support.workbench import make_settings


@pytest.fixture(scope="module")
def ucdp() -> Case:
    """A case of UCDP alone."""
    return open_world(make_ucdp_world())


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
