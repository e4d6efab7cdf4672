"""The workbench in a real browser: every page, wide and narrow, with scripts and without, and the ways through it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from detente.api.case import PreparedCase
from detente.cases.case_file import find_shipped_cases
from detente.events.event import ReportedDeaths
from detente.events.matching.decisions import decisions_path, record_decision
from detente.events.matching.linkage import pair_id
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.middleware.token_bucket import RateLimit
from support.chromium import (
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
TOLD_ELSEWHERE = "DL-20260112-02"
# Every page that a reader can come to; a new page belongs here.
PAGES = (
    "/",
    "/ask",
    "/ask?q=Has+mediation+between+Kabul+and+Islamabad+held%3F+Who+will+win%3F",
    "/data",
    "/data/verify",
    "/data/set-aside",
    f"{CASE}/",
    f"{CASE}/events",
    f"{CASE}/events?channel=strike",
    f"{CASE}/events/DL-20251009-01",
    f"{CASE}/events/{TOLD_ELSEWHERE}",
    f"{CASE}/responses",
    f"{CASE}/responses/strike/attack",
    f"{CASE}/claims",
    f"{CASE}/claims/trust",
    f"{CASE}/whatif",
    f"{CASE}/forecast",
    "/comments",
    "/account/login",
    f"{CASE}/brief",
)
# Those for who has a name, with a comment of their own; a moderator comes to all of them.
OWN_PAGES = ("/comments/1", "/comments/1/edit", "/comments/1/report", "/moderation", "/moderation/log", "/account")
WIDTHS = (1280, 390)
CHRONOLOGY = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"


@pytest.fixture(scope="module")
def at(flagship: PreparedCase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one server for all these tests."""
    home = tmp_path_factory.mktemp("workbench")
    settings = ServerConfig(
        store=home / "store",
        uploads=home / "uploads",
        cache=CACHE_FOLDER,
        database=f"sqlite:///{home / 'workbench.db'}",
    )
    event = FLAGSHIP_DATA.event(TOLD_ELSEWHERE)
    reports = [
        copy_as_ucdp_event(TOLD_ELSEWHERE, str(i), tolls=ReportedDeaths(n, n, n))
        for i, n in ((1, 9), (2, 7), (3, 40), (4, 50))
    ]
    add_events(settings.store, reports)
    record_decision(decisions_path(settings.store), pair_id(event, reports[0]), "accept")
    record_decision(decisions_path(settings.store), pair_id(event, reports[3]), "refuse")
    app = create_app(settings, {flagship.id: flagship})
    app.state.beside.read(flagship)
    Workbench(app).account("Ada")
    Workbench(app).account("Mod", "moderator")
    # One machine asks for all of these pages, faster than anybody reads.
    for buckets in vars(app.state.limits).values():
        buckets.rate = RateLimit(burst=100_000, every_s=0.001)
    with serve_app(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch_chromium() as b:
        yield b


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_stands_without_an_error_and_asks_nobody_else(
    browser: Browser, at: str, path: str, width: int, scripts: bool
) -> None:
    with open_page(browser, at, width, scripts=scripts) as seen:
        answer = seen.page.goto(path, wait_until="load")
        assert answer is not None
        assert answer.status == 200
        expect(seen.page.locator("main h1")).to_have_count(1)
        if scripts:
            seen.page.wait_for_load_state("networkidle")
            # Nothing but a table in its own frame is wider than the window.
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.faults == []
        assert seen.left == []


@pytest.mark.parametrize("path", PAGES)
def test_the_keyboard_alone_comes_to_everything(browser: Browser, at: str, path: str) -> None:
    with open_page(browser, at, 1280) as seen:
        seen.page.goto(path, wait_until="networkidle")
        assert find_unreached_elements(seen.page) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(browser: Browser, at: str, path: str, width: int) -> None:
    source = load_axe_source()
    with open_page(browser, at, width) as seen:
        seen.page.goto(path, wait_until="networkidle")
        assert find_serious_violations(seen.page, source) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_who_has_a_name_are_as_sound_as_those_of_all(browser: Browser, at: str, width: int) -> None:
    with open_page(browser, at, width) as seen:
        page = seen.page
        page.goto("/account/login")
        page.get_by_label("Name").fill("Mod")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        page.goto(f"{CASE}/claims/trust")
        page.get_by_label("Your comment").first.fill("Read with doubt.")
        page.get_by_role("button", name="Comment").first.click()
        expect(page.get_by_text("Read with doubt.").first).to_be_visible()
        for path in OWN_PAGES:
            answer = page.goto(path, wait_until="networkidle")
            assert answer is not None
            assert (path, answer.status) == (path, 200)
            assert (path, find_serious_violations(page, load_axe_source())) == (path, [])
            assert (path, find_unreached_elements(page)) == (path, [])
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.faults == []
        assert seen.left == []


def test_a_question_typed_and_sent_by_keys_is_answered_at_an_address_that_can_be_kept(
    browser: Browser, at: str
) -> None:
    with open_page(browser, at, 1280) as seen:
        page = seen.page
        page.goto("/ask")
        page.get_by_label("Question, in English").focus()
        page.keyboard.type("Has mediation between Kabul and Islamabad held?")
        page.keyboard.press("Tab")
        page.keyboard.type("200")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Answer", exact=True)).to_be_visible()
        kept = page.url
        page.goto("/")
        page.goto(kept)
        expect(page.get_by_role("region", name="Answer")).to_contain_text("words of 200")
        page.get_by_role("link", name="The whole brief").click()
        expect(page.get_by_role("navigation", name="Contents of the brief")).to_be_visible()


def test_the_contents_of_the_brief_stay_in_sight_and_lead_to_each_point(browser: Browser, at: str) -> None:
    with open_page(browser, at, 1280) as seen:
        page = seen.page
        page.goto(f"{CASE}/brief")
        contents = page.get_by_role("navigation", name="Contents of the brief")
        contents.get_by_role("link", name="Mediation recurs").click()
        expect(page.locator("#third_parties h3")).to_be_in_viewport()
        expect(contents).to_be_in_viewport()
        assert page.url.endswith("#third_parties")


def test_the_brief_prints_as_a_pdf_of_its_own(browser: Browser, at: str) -> None:
    with open_page(browser, at, 1280, scripts=False) as seen:
        seen.page.goto(f"{CASE}/brief")
        address = seen.page.get_by_role("link", name="Print PDF").get_attribute("href")
        assert address is not None
        assert seen.page.request.get(address).body().startswith(b"%PDF")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_file_is_sent_read_and_kept(browser: Browser, at: str, tmp_path: Path, scripts: bool) -> None:
    file = tmp_path / f"chronology_{scripts}.csv"
    file.write_bytes(CHRONOLOGY.read_bytes())
    with open_page(browser, at, 390, scripts=scripts) as seen:
        page = seen.page
        page.goto("/data")
        page.get_by_role("main").get_by_role("link", name="Log in").click()
        page.get_by_label("Name").fill("Ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        page.get_by_label("A file of UCDP").set_input_files(file)
        page.get_by_role("button", name="Send and read").click()
        # Without scripts the page asks for itself anew.
        expect(page.get_by_text("Read; not kept yet.")).to_be_visible()
        expect(page.get_by_text("835 rows = 835 events")).to_be_visible()
        page.get_by_role("button", name="Put it into the store").click()
        expect(page.get_by_text("Kept in the store.")).to_be_visible()
        page.goto("/data")
        expect(page.get_by_role("region", name="Releases in the store")).to_contain_text(file.name)
        assert seen.faults == []
        assert seen.left == []
