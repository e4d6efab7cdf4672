"""The workbench in a real browser: every page, wide and narrow, with and without scripts, and typical tasks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from detente.api.case import Case
from detente.cases.case_file import find_shipped_cases
from detente.events.event import ReportedDeaths
from detente.events.matching.decisions import decisions_path, record_decision
from detente.events.matching.linkage import pair_id
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.middleware.token_bucket import RateLimit
from support.chromium import (
    PageRecord,
    find_serious_violations,
    find_unreached_elements,
    launch_chromium,
    load_axe_source,
    open_page,
    serve_app,
)
from support.comments_workbench import PASSWORD, Workbench
from support.second_source import FLAGSHIP_DATA, add_events, copy_as_ucdp_event
from support.workbench import CACHE_FOLDER

CASE = "/pakistan-afghanistan"
MATCHED_EVENT = "DL-20260112-02"
# Every page of a reader; add new pages here.
PAGES = (
    "/",
    "/ask",
    "/ask?q=Has+mediation+between+Kabul+and+Islamabad+held%3F+Who+will+win%3F",
    "/data",
    "/data/verify",
    "/data/set-aside",
    f"{CASE}/",
    f"{CASE}/map",
    "/glossary",
    "/how-to-read",
    f"{CASE}/events",
    f"{CASE}/events?channel=strike",
    f"{CASE}/events?channel=strike&view=table&sort=deaths",
    f"{CASE}/events?view=pivot&per=year&cells=deaths",
    "/data/releases/ucdp/made",
    "/data/releases/ucdp/made?view=table",
    f"{CASE}/events/DL-20251009-01",
    f"{CASE}/events/{MATCHED_EVENT}",
    f"{CASE}/responses",
    f"{CASE}/responses/strike/attack",
    f"{CASE}/claims",
    f"{CASE}/claims/trust",
    f"{CASE}/claims/third_parties",
    f"{CASE}/whatif?border=0.5",
    f"{CASE}/forecast",
    f"{CASE}/forecast/archive",
    f"{CASE}/record",
    f"{CASE}/digest",
    f"{CASE}/digest/2025-10",
    f"{CASE}/digest/archive",
    "/comments",
    "/account/login",
    "/account/sign-up",
    f"{CASE}/numbers/episodes",
    f"{CASE}/brief",
)
# Pages of account holders with a comment of their own; an administrator can open all of them.
OWN_PAGES = (
    "/comments/1", "/comments/1/edit", "/comments/1/report", "/moderation", "/moderation/log", "/account", "/accounts",
    "/cases", "/cases/new", "/cases/new?copy=turkiye-iraq-pkk",
)  # fmt: skip
WIDE, NARROW = 1280, 390
# Pages whose charts show values to the pointer and to keys.
CHARTED = (
    f"{CASE}/",
    f"{CASE}/map",
    f"{CASE}/forecast",
    f"{CASE}/whatif?border=0.5",
    f"{CASE}/responses",
    f"{CASE}/claims/third_parties",
)
# axe and Tab find the same at both widths but where the layout changes: these have each kind of layout.
NARROW_CHECKED = ("/", "/ask", f"{CASE}/events", f"{CASE}/claims/trust", "/account", "/comments/1", "/cases", *CHARTED)
CHRONOLOGY = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"


@pytest.fixture(scope="module")
def at(flagship: Case, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one server for all these tests and return its address."""
    home = tmp_path_factory.mktemp("workbench")
    settings = ServerConfig(
        store=home / "store",
        uploads=home / "uploads",
        case_folder=home / "cases",
        cache=CACHE_FOLDER,
        database=f"sqlite:///{home / 'workbench.db'}",
    )
    event = FLAGSHIP_DATA.event(MATCHED_EVENT)
    reports = [
        copy_as_ucdp_event(MATCHED_EVENT, str(i), tolls=ReportedDeaths(n, n, n))
        for i, n in ((1, 9), (2, 7), (3, 40), (4, 50))
    ]
    add_events(settings.store, reports)
    record_decision(decisions_path(settings.store), pair_id(event, reports[0]), "accept")
    record_decision(decisions_path(settings.store), pair_id(event, reports[3]), "refuse")
    app = create_app(settings, {flagship.id: flagship})
    app.state.beside.read(flagship)
    Workbench(app).account("Ada")
    # The page of the check shows its result to everybody once somebody with an account has asked for it.
    moderator = Workbench(app).reader("Mod", "admin", base="http://127.0.0.1:8000")
    assert moderator.get("/data/verify").status_code == 200
    # All requests come from one machine, faster than any reader's.
    for buckets in vars(app.state.limits).values():
        buckets.rate = RateLimit(burst=100_000, every_s=0.001)
    with serve_app(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch_chromium() as b:
        yield b


@pytest.fixture(scope="module")
def window(browser: Browser, at: str) -> Iterator[PageRecord]:
    """One window with scripts for all pages: Chromium keeps fonts, scripts and its own process."""
    with open_page(browser, at, WIDE) as opened:
        yield opened


@pytest.fixture(scope="module")
def plain_window(browser: Browser, at: str) -> Iterator[PageRecord]:
    """One narrow window without scripts."""
    with open_page(browser, at, NARROW, scripts=False) as opened:
        yield opened


def check_page(opened: PageRecord, path: str) -> None:
    """Hold a page to everything: no error, no other host, both widths, axe, and each control within reach of Tab."""
    page = opened.forget().page
    opened.resize(WIDE)
    answer = page.goto(path, wait_until="load")
    assert answer is not None
    assert answer.status == 200
    expect(page.locator("main h1")).to_have_count(1)
    assert find_unreached_elements(page) == []
    # What scripts fetch after loading has come while the keys were pressed.
    page.wait_for_load_state("networkidle")
    assert opened.fits()
    assert find_serious_violations(page, load_axe_source()) == []
    opened.resize(NARROW)
    assert opened.fits()
    if path in NARROW_CHECKED:
        # Some scripts ask for the width once, when the page loads.
        page.reload(wait_until="load")
        assert find_unreached_elements(page) == []
        page.wait_for_load_state("networkidle")
        assert opened.fits()
        assert find_serious_violations(page, load_axe_source()) == []
    if path in CHARTED:
        assert page.locator("svg[role=application]").count() > 0
    assert opened.faults == []
    assert opened.left == []


@pytest.mark.parametrize("path", PAGES)
def test_page_is_sound_with_scripts(window: PageRecord, path: str) -> None:
    """A page loads without errors, asks no other host, fits the window, passes axe, and Tab reaches every control."""
    check_page(window, path)


@pytest.mark.parametrize("path", PAGES)
def test_page_is_whole_without_scripts(plain_window: PageRecord, path: str) -> None:
    """Without scripts a page loads without errors, on a phone, and asks no other host."""
    opened = plain_window.forget()
    answer = opened.page.goto(path, wait_until="load")
    assert answer is not None
    assert answer.status == 200
    expect(opened.page.locator("main h1")).to_have_count(1)
    assert opened.faults == []
    assert opened.left == []


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


@pytest.mark.parametrize("path", OWN_PAGES)
def test_account_page_is_sound(own_window: PageRecord, path: str) -> None:
    """Pages for account holders hold to the same."""
    check_page(own_window, path)


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
