"""Table, pivot and chart of the events page in a real browser, with and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from detente.api.case import Case
from detente.web.app import create_app
from detente.web.config import ServerConfig
from support.chromium import NARROW, WIDE, PageRecord, open_page, serve_app
from support.workbench import CACHE_FOLDER

HERE = "/pakistan-afghanistan/events"


@pytest.fixture(scope="module")
def at(flagship: Case, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("views")
    settings = ServerConfig(store=home / "store", uploads=home / "uploads", cache=CACHE_FOLDER)
    with serve_app(create_app(settings, {flagship.id: flagship})) as address:
        yield address


@pytest.fixture(scope="module")
def plain_window(browser: Browser, at: str) -> Iterator[PageRecord]:
    """One window without scripts for these tests."""
    with open_page(browser, at, WIDE, scripts=False) as opened:
        yield opened


@pytest.fixture
def windows(window: PageRecord, plain_window: PageRecord) -> dict[bool, PageRecord]:
    """Both windows at their width, by whether they run scripts."""
    for opened in (window, plain_window):
        opened.forget().resize(WIDE)
    return {True: window, False: plain_window}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_chosen_column_appears(windows: dict[bool, PageRecord], scripts: bool) -> None:
    """A ticked column appears in the table and in the address; without scripts after the button."""
    opened = windows[scripts]
    page = opened.page
    page.goto(f"{HERE}?view=table&channel=strike")
    heads = page.locator("table.grid thead th")
    expect(heads).to_have_count(7)
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Confidence").check()
    if not scripts:
        page.get_by_role("button", name="Show these columns").click()
    expect(heads).to_have_count(8)
    expect(page.locator("table.grid thead")).to_contain_text("Confidence")
    assert "column=confidence" in page.url
    assert "channel=strike" in page.url
    assert "view=table" in page.url
    assert opened.faults == []


def test_keyboard_sorts_table(windows: dict[bool, PageRecord]) -> None:
    """A header is a link that the keyboard follows, and its column says the order."""
    opened = windows[False]
    page = opened.page
    page.goto(f"{HERE}?view=table&channel=strike")
    for order in ("ascending", "descending"):
        page.locator("table.grid thead a", has_text="Place").focus()
        page.keyboard.press("Enter")
        expect(page.locator(f'table.grid th[aria-sort="{order}"]')).to_contain_text("Place")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_pivot_choices_change_table(windows: dict[bool, PageRecord], scripts: bool) -> None:
    """The choices above a pivot change its columns and cells."""
    opened = windows[scripts]
    page = opened.page
    page.goto(f"{HERE}?view=pivot&channel=clash")
    page.get_by_label("Columns").select_option("year")
    if not scripts:
        page.locator(".choose.row button").click()
    expect(page.locator("table.pivot thead")).to_contain_text("2025")
    expect(page.locator("table.pivot thead")).not_to_contain_text("2025-10")
    assert "per=year" in page.url
    assert "channel=clash" in page.url


def test_bar_opens_its_month(windows: dict[bool, PageRecord]) -> None:
    """A click on a bar lists the events of its month."""
    opened = windows[True]
    page = opened.page
    page.goto(f"{HERE}?channel=strike")
    bar = page.locator(".by-month svg a").last
    title = bar.locator("title").text_content() or ""
    bar.click(force=True)
    page.wait_for_url("**from=**")
    count = title.partition(": ")[2].split()[0]
    expect(page.locator(".above p b").first).to_have_text(count)
    expect(page.locator("ol.events > li")).to_have_count(int(count))


def test_phone_folds_filters_and_map(windows: dict[bool, PageRecord]) -> None:
    """On a phone filters and map wait under their names, also after the selection changed."""
    opened = windows[True]
    opened.resize(NARROW)
    page = opened.page
    page.goto(HERE)
    expect(page.locator("details.area .locator")).to_be_hidden()
    page.locator("#fold > summary").click()
    page.locator('input[name="channel"][value="strike"]').check()
    page.wait_for_url("**channel=strike**")
    expect(page.locator("details.area .locator")).to_be_hidden()
    page.locator("details.area > summary").click()
    expect(page.locator("details.area .locator")).to_be_visible()
    assert opened.fits()
    assert opened.faults == []


def test_wide_page_shows_map(windows: dict[bool, PageRecord]) -> None:
    """On a wide page the map stands open beside the chart."""
    opened = windows[True]
    opened.page.goto(HERE)
    expect(opened.page.locator("details.area .locator")).to_be_visible()


def test_choices_stay_open_and_focused(windows: dict[bool, PageRecord]) -> None:
    """After a choice the columns stay open, and the control keeps the focus for the keyboard."""
    opened = windows[True]
    page = opened.page
    page.goto(f"{HERE}?view=table&channel=strike")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Identifier").focus()
    page.keyboard.press("Space")
    page.wait_for_url("**column=id**")
    expect(page.get_by_label("Identifier")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(page.locator("table.grid thead th")).to_have_count(7)
