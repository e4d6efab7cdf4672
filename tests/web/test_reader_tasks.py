"""Typical tasks in a real browser, with and without scripts, and the pages of account holders."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from detente.api.case import Case
from detente.cases.case_file import find_shipped_cases
from detente.web.app import create_app
from support.chromium import NARROW, PageRecord, check_page, open_page, serve_app
from support.comments_workbench import PASSWORD, Workbench
from support.workbench import lift_limits, make_settings

CASE = "/pakistan-afghanistan"
# Pages of account holders with a comment of their own; an administrator can open all of them.
OWN_PAGES = (
    "/comments/1", "/comments/1/edit", "/comments/1/report", "/moderation", "/moderation/log", "/account", "/accounts",
    "/cases", "/cases/new", "/cases/new?copy=turkiye-iraq-pkk",
)  # fmt: skip
CHRONOLOGY = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"


@pytest.fixture(scope="module")
def at(flagship: Case, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one server for all these tests and return its address."""
    home = tmp_path_factory.mktemp("workbench")
    app = create_app(make_settings(home, case_folder=home / "cases"), {flagship.id: flagship})
    Workbench(app).account("Ada")
    Workbench(app).account("Mod", "admin")
    lift_limits(app)
    with serve_app(app) as address:
        yield address


@pytest.fixture(scope="module")
def own_window(browser: Browser, at: str) -> Iterator[PageRecord]:
    """One window of an administrator who has posted a comment."""
    with open_page(browser, at, NARROW) as opened:
        page = opened.page
        page.goto("/account/login")
        page.get_by_label("Name").fill("Mod")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        page.goto(f"{CASE}/claims/trust")
        page.get_by_label("Your comment").first.fill("Read with doubt.")
        page.get_by_role("button", name="Comment").first.click()
        expect(page.get_by_text("Read with doubt.").first).to_be_visible()
        assert opened.faults == []
        assert opened.left == []
        yield opened


# Of these, each kind of layout is checked narrow too.
NARROW_CHECKED = ("/comments/1", "/account", "/cases")


@pytest.mark.parametrize("path", OWN_PAGES)
def test_account_page_is_sound(own_window: PageRecord, path: str) -> None:
    """Pages for account holders hold to the same."""
    check_page(own_window, path, narrow=path in NARROW_CHECKED)


def test_question_by_keyboard_has_permalink(browser: Browser, at: str) -> None:
    """A question sent by keyboard is answered at an address that can be opened again."""
    with open_page(browser, at, 1280) as opened:
        page = opened.page
        page.goto("/ask")
        page.get_by_label("Question, in English").focus()
        page.keyboard.type("Has mediation between Kabul and Islamabad held?")
        page.keyboard.press("Tab")
        page.keyboard.type("200")
        page.keyboard.press("Enter")
        expect(page.locator("section.part").first).to_be_visible()
        permalink = page.url
        page.goto("/")
        page.goto(permalink)
        expect(page.locator("section.part").first).to_contain_text("words of 200")
        expect(page.get_by_label("Words of an analysis")).to_have_value("200")


def test_brief_contents_stay_visible(browser: Browser, at: str) -> None:
    """The contents of the brief stay visible and link to each point."""
    with open_page(browser, at, 1280) as opened:
        page = opened.page
        page.goto(f"{CASE}/brief")
        contents = page.get_by_role("navigation", name="Contents of the brief")
        contents.locator('a[href="#third_parties"]').click()
        expect(page.locator("#third_parties h3")).to_be_in_viewport()
        expect(contents).to_be_in_viewport()
        assert page.url.endswith("#third_parties")


def test_brief_page_links_pdf(browser: Browser, at: str) -> None:
    """The brief's page links to a PDF."""
    with open_page(browser, at, 1280, scripts=False) as opened:
        opened.page.goto(f"{CASE}/brief")
        address = opened.page.get_by_role("link", name="Print PDF").get_attribute("href")
        assert address is not None
        assert opened.page.request.get(address).body().startswith(b"%PDF")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_upload_is_parsed_and_stored(browser: Browser, at: str, tmp_path: Path, scripts: bool) -> None:
    """A file is uploaded, parsed and added to the store."""
    file = tmp_path / f"chronology_{scripts}.csv"
    file.write_bytes(CHRONOLOGY.read_bytes())
    with open_page(browser, at, 390, scripts=scripts) as opened:
        page = opened.page
        page.goto("/data")
        page.get_by_role("main").get_by_role("link", name="Log in").click()
        page.get_by_label("Name").fill("Mod")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        page.get_by_label("File from UCDP").set_input_files(file)
        page.get_by_role("button", name="Upload and check").click()
        # Without scripts the page reloads itself.
        # A process of its own reads the file; on a busy machine it starts late.
        expect(page.get_by_text("Checked; not saved yet.")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("1,413 rows = 1,413 events")).to_be_visible()
        page.get_by_role("button", name="Add to the data").click()
        expect(page.get_by_text("Saved.", exact=True)).to_be_visible(timeout=60_000)
        page.goto("/data")
        expect(page.get_by_role("region", name="Added releases")).to_contain_text(file.name)
        assert opened.faults == []
        assert opened.left == []
