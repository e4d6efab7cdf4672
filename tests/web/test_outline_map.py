"""The map of a case whose file gives no geometry: places on country outlines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from starlette.applications import Starlette
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.api.events.filters import EventQuery
from detente.charts.inline.selection_bars import SelectionBar, draw_selection_bars
from detente.web.app import create_app
from detente.web.map.page import get_basemap, get_event_map
from support.chromium import NARROW, open_page, serve_app
from support.other_case import open_other_case
from support.workbench import make_settings


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A case of Kenya and Somalia without geometry."""
    return open_other_case(tmp_path_factory.mktemp("other"))


@pytest.fixture
def app(other: Case, tmp_path: Path) -> Starlette:
    """A workbench that serves it."""
    return create_app(make_settings(tmp_path, host_names=("*",)), {other.id: other})


@pytest.fixture
def client(app: Starlette) -> Iterator[TestClient]:
    """An HTTP client of it."""
    with TestClient(app) as c:
        yield c


def test_outline_map_holds_every_place(other: Case) -> None:
    """Each event with a place is on the map; the states and their neighbours are named; no border line is made up."""
    drawn, ground = get_event_map(other, EventQuery(channel=("attack", "unassigned"))), get_basemap(other)
    assert drawn is not None
    assert ground is not None
    assert (drawn.accounted.events, drawn.accounted.drawn) == (8, 8)
    assert {n.text for n in ground.names if n.kind == "country"} == {"Kenya", "Somalia"}
    assert (ground.border, ground.rivers, ground.towns) == ("", "", ())


def test_map_help_names_only_what_is_drawn(client: TestClient, other: Case) -> None:
    """A case without crossings has none in the help and the legend of its map."""
    html = client.get(f"/{other.id}/map").text
    assert "Squares" not in html
    assert "The map shows the events" in html


def test_event_page_offers_other_sources(client: TestClient, other: Case) -> None:
    """A case made of UCDP is not asked for UCDP."""
    html = client.get(f"/{other.id}/events/{other.g.events[0].id}").text
    assert "No other data source than UCDP has been added yet." in html
    assert "such as UCDP" not in html


def test_outline_map_script_runs_on_phone(app: Starlette, browser: Browser, other: Case) -> None:
    """The script starts without a border line, and the whole map is seen in a narrow window."""
    with serve_app(app) as address, open_page(browser, address, NARROW) as opened:
        opened.page.goto(f"/{other.id}/map")
        opened.page.wait_for_selector(".sheet.live")
        shown = opened.page.evaluate(
            "() => { const f = document.querySelector('.sheet').getBoundingClientRect();"
            " return [...document.querySelectorAll('.spot a:not(.off)')].every((a) => { const b = a.getBoundingClientRect();"
            " return b.left >= f.left && b.right <= f.right && b.top >= f.top && b.bottom <= f.bottom; }); }"
        )
        assert shown
        assert opened.fits()
        opened.page.goto(f"/{other.id}/events")
        assert opened.page.evaluate(
            "() => { const p = document.querySelector('.picture'); return p.scrollWidth <= p.clientWidth; }"
        )
        assert not opened.faults


@pytest.mark.parametrize("bars", [12, 60])
def test_last_year_label_stays_inside(bars: int) -> None:
    """A year that begins with the last bar is written before its line."""
    drawn = draw_selection_bars(
        [SelectionBar([("strike", 1)], "", "", "2026" if i == bars - 1 else "", 1.0) for i in range(bars)]
    )
    label = drawn[: drawn.index(">2026<")].rsplit("<text", 1)[1]
    assert ('text-anchor="end"' in label) == (bars == 60)
