"""Every page of a reader in a real browser, wide and narrow, with and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from detente.api.case import Case
from detente.events.event import ReportedDeaths
from detente.events.matching.decisions import decisions_path, record_decision
from detente.events.matching.linkage import pair_id
from detente.web.app import create_app
from support.chromium import (
    NARROW,
    PageRecord,
    check_page,
    open_page,
    serve_app,
)
from support.comments_workbench import Workbench
from support.second_source import FLAGSHIP_DATA, add_events, copy_as_ucdp_event
from support.workbench import lift_limits, make_settings

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
NARROW_CHECKED = ("/", "/ask", f"{CASE}/events", f"{CASE}/claims/trust", *CHARTED)


@pytest.fixture(scope="module")
def at(flagship: Case, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one server for all these tests and return its address."""
    home = tmp_path_factory.mktemp("workbench")
    settings = make_settings(home, case_folder=home / "cases")
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
    # The page of the check shows its result to everybody once somebody with an account has asked for it.
    moderator = Workbench(app).reader("Mod", "admin", base="http://127.0.0.1:8000")
    assert moderator.get("/data/verify").status_code == 200
    lift_limits(app)
    with serve_app(app) as address:
        yield address


@pytest.fixture(scope="module")
def plain_window(browser: Browser, at: str) -> Iterator[PageRecord]:
    """One narrow window without scripts."""
    with open_page(browser, at, NARROW, scripts=False) as opened:
        yield opened


@pytest.mark.parametrize("path", PAGES)
def test_page_is_sound_with_scripts(window: PageRecord, path: str) -> None:
    """A page loads without errors, asks no other host, fits the window, passes axe, and Tab reaches every control."""
    check_page(window, path, narrow=path in NARROW_CHECKED)
    if path in CHARTED:
        assert window.page.locator("svg[role=application]").count() > 0


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
