"""Values of charts in a browser: by pointer, by keyboard and by tap, and charts of parts fetched later."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from detente.api.case import Case
from detente.web.app import create_app
from detente.web.config import ServerConfig
from support.chromium import PageRecord, open_page, serve_app
from support.workbench import CACHE_FOLDER

CASE = "/pakistan-afghanistan"


@pytest.fixture(scope="module")
def at(flagship: Case) -> Iterator[str]:
    """Serve the flagship."""
    with serve_app(create_app(ServerConfig(cache=CACHE_FOLDER), {flagship.id: flagship})) as address:
        yield address


@pytest.fixture
def page(window: PageRecord) -> Iterator[Page]:
    """The page of that window, which ends without faults."""
    window.forget()
    yield window.page
    assert window.faults == []


def test_chart_is_one_stop_with_arrow_keys(page: Page) -> None:
    """A chart is one stop; arrow keys, Home and End move between its values, and Escape takes them away."""
    page.goto(f"{CASE}/")
    chart = page.locator("figure svg").first
    box = page.locator("figure .value").first
    chart.focus()
    page.keyboard.press("Home")
    expect(box).to_contain_text("August 2021")
    page.keyboard.press("ArrowRight")
    expect(box).to_contain_text("September 2021")
    assert box.get_attribute("role") == "status"
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    assert page.locator("figure svg").first.locator("[tabindex]").count() == 0


def test_pointer_shows_value_and_leaves(page: Page) -> None:
    """The pointer shows a month's value; the box goes with the pointer and never leaves the window."""
    page.goto(f"{CASE}/map")
    zones = page.locator("figure .values rect")
    box = page.locator("figure .value").first
    zones.nth(1).hover(force=True)
    expect(box).to_contain_text("September 2021")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.mouse.move(2, 2)
    expect(box).to_be_hidden()


def test_rows_are_reached_by_up_and_down(page: Page) -> None:
    """In a chart of two curves the keys up and down change the curve."""
    page.goto(f"{CASE}/claims/third_parties")
    chart = page.locator("figure svg").last
    chart.focus()
    page.keyboard.press("Home")
    box = page.locator("figure .value").last
    expect(box).to_contain_text("Rounds")
    page.keyboard.press("ArrowDown")
    expect(box).to_contain_text("Truces")


def test_charts_fetched_later_have_values(page: Page) -> None:
    """The simulator's charts have values after they were fetched anew, and the cell beside the matrix is no stop."""
    page.goto(f"{CASE}/whatif?days=90")
    page.locator("#lever-border").fill("0.5")
    page.wait_for_url("**border=0.5**")
    chart = page.locator(".fans svg").first
    expect(chart).to_have_attribute("tabindex", "0")
    chart.focus()
    expect(page.locator(".fans .value").first).to_contain_text("with the change")
    page.goto(f"{CASE}/responses")
    page.locator(".matrix td a").first.hover()
    expect(page.locator("#cell svg .values rect").first).to_be_attached()
    assert page.locator("#cell [tabindex='0']").count() == 0


def test_tap_shows_value_on_phone(browser: Browser, at: str) -> None:
    """On a phone a tap shows a value, and a tap elsewhere takes it away."""
    context = browser.new_context(base_url=at, viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(f"{CASE}/forecast")
    zone = page.locator(".panels .values rect").nth(10)
    zone.scroll_into_view_if_needed()
    zone.tap(force=True)
    box = page.locator(".panels .value").first
    expect(box).to_contain_text("median")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("h2").last.tap()
    expect(box).to_be_hidden()
    context.close()


def test_titles_stay_without_script(browser: Browser, at: str) -> None:
    """Without script the values are titles, which the browser shows as tooltips."""
    with open_page(browser, at, 1280, scripts=False) as opened:
        opened.page.goto(f"{CASE}/map")
        assert opened.page.locator("figure .values rect title").count() > 50
        assert opened.page.locator("[role=application]").count() == 0
