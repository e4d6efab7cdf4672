"""A person with a phone adds an event, sees it in the digest and reads what changed; the forms are sound at both widths."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from detente.api.case import Case, open_case
from detente.core.disk_cache import DiskCache
from detente.web.app import create_app
from detente.web.config import ServerConfig
from support.chromium import (
    find_serious_violations,
    find_unreached_elements,
    load_axe_source,
    open_page,
    serve_app,
)
from support.comments_workbench import PASSWORD, Workbench
from support.databases import copy_migrated

CASE, OLD = "/pakistan-afghanistan", "DL-20251009-01"
WIDE, NARROW = 1440, 390
SUMMARY = "A bomb, made for a test, killed three policemen near Bannu."


@pytest.fixture(scope="module")
def as_shipped() -> Case:
    """The flagship's record as shipped, without results; it computes none."""
    return Case("pakistan-afghanistan", open_case(store=None).view, DiskCache(None), compute=False)


@pytest.fixture
def at(tmp_path: Path, as_shipped: Case) -> Iterator[str]:
    """The address of a workbench with the editor Ann."""
    config = ServerConfig(
        store=tmp_path / "store", uploads=tmp_path / "uploads", cache=tmp_path / "cache", host_names=("*",),
        database=copy_migrated(tmp_path / "w.db").render_as_string(),
    )  # fmt: skip
    app = create_app(config, {as_shipped.id: as_shipped})
    Workbench(app).account("Ann", "editor")
    with serve_app(app) as address:
        yield address
    app.state.database.dispose()


def log_in(page: Page) -> None:
    """Log in as Ann."""
    page.goto("/account/login")
    page.fill("#name", "Ann")
    page.fill("#password", PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with"])
def test_added_event_reaches_the_digest(browser: Browser, at: str, scripts: bool) -> None:
    """Log in, add an event by its place's name, see it in the month's digest, and read who added it; also without script."""
    with open_page(browser, at, NARROW, scripts=scripts) as opened:
        page = opened.page
        log_in(page)
        page.goto(f"{CASE}/events")
        page.get_by_role("link", name="Add an event").click()
        page.fill("[name=date_start]", "2026-03-20")
        page.select_option("[name=act]", "ASSAULT:explosives")
        page.select_option("[name=context]", "terrorism")
        page.select_option("[name=initiator_1]", "TTP")
        page.select_option("[name=target_1]", "PAK")
        page.fill("[name=place]", "Bannu")
        page.fill("[name=deaths_best]", "3")
        page.fill("[name=sources]", "https://example.org/report")
        # The sentence is forgotten first.
        page.locator("form > p.do button[value=preview]").click()
        expect(page.locator("#wrong-summary")).to_be_visible()
        page.fill("[name=summary]", SUMMARY)
        page.locator("form > p.do button[value=preview]").click()
        expect(page.get_by_text("1,414 events instead of 1,413")).to_be_visible()
        if scripts:
            assert find_serious_violations(page, load_axe_source()) == []
            assert opened.fits()
            opened.resize(WIDE)
            assert find_serious_violations(page, load_axe_source()) == []
            assert opened.fits()
        page.locator("button[value=save]").first.click()
        expect(page.locator("h1")).to_have_text(SUMMARY)
        page.goto(f"{CASE}/digest/2026-03")
        expect(page.get_by_text(SUMMARY)).to_have_count(1)
        page.goto(f"{CASE}/record")
        expect(page.locator(".changes li")).to_have_count(1)
        expect(page.locator(".changes .who b")).to_have_text("Ann")
        if scripts:
            assert opened.fits()
            opened.resize(NARROW)
            assert opened.fits()
        assert opened.left == []


def test_forms_are_accessible(browser: Browser, at: str) -> None:
    """Every form of the record loads without faults, passes axe, is reached by keyboard and fits, narrow and wide."""
    with open_page(browser, at, WIDE) as opened:
        page = opened.page
        log_in(page)
        for path in ("", "/add", "/import", f"/edit/{OLD}", f"/retract/{OLD}"):
            answer = page.goto(f"{CASE}/record{path}", wait_until="load")
            assert answer is not None
            assert (path, answer.status) == (path, 200)
            for width in (WIDE, NARROW):
                opened.resize(width)
                assert (path, width, find_unreached_elements(page)) == (path, width, [])
                page.wait_for_load_state("networkidle")
                assert (path, width, find_serious_violations(page, load_axe_source())) == (path, width, [])
                assert (path, width, opened.fits()) == (path, width, True)
        assert opened.faults == []
        assert opened.left == []


def test_map_click_fills_the_point(browser: Browser, at: str) -> None:
    """A tap on the small map fills in point and province without a script, and the map comes closer."""
    with open_page(browser, at, NARROW, scripts=False) as opened:
        page = opened.page
        log_in(page)
        page.goto(f"{CASE}/record/add")
        page.locator("input[type=image]").click(position={"x": 235, "y": 100})
        assert page.input_value("[name=latitude]") != ""
        assert page.input_value("[name=admin1]") != ""
        assert "zoom=4" in (page.locator("input[type=image]").get_attribute("src") or "")
