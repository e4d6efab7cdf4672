"""Editors mark another source's report as the same event or another: who may, what is written, and what the page shows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from playwright.sync_api import expect

from detente.api.case import Case
from detente.cli.main import cli
from detente.core.date_range import DateRange
from detente.events.event import Event, ReportedDeaths
from detente.events.matching.decisions import decisions_path, read_decision_records, record_decision
from detente.events.matching.linkage import pair_id
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.db.engine import read_transaction
from detente.web.db.tables import action
from support.chromium import find_serious_violations, launch_chromium, load_axe_source, open_page, serve_app
from support.comments_workbench import BrowserClient, Workbench
from support.second_source import FLAGSHIP_DATA, add_events, copy_as_ucdp_event

KEY = "DL-20260112-02"
PAGE = f"/pakistan-afghanistan/events/{KEY}"
FORM = f"{PAGE}/matches"


def ucdp(**changes: object) -> Event:
    event = copy_as_ucdp_event(KEY, "611281", tolls=ReportedDeaths(4, 7, 9), summary="They fought near Tank.")
    return replace(event, **changes)  # type: ignore[arg-type]


PAIR = pair_id(FLAGSHIP_DATA.event(KEY), ucdp())


@pytest.fixture
def bench(settings: ServerConfig, flagship: Case) -> Iterator[Workbench]:
    """A workbench whose store has two reports of the event."""
    day = FLAGSHIP_DATA.event(KEY).day + timedelta(days=2)
    add_events(settings.store, [ucdp(), ucdp(id="2", span=DateRange(day, day), tolls=ReportedDeaths())])
    app = create_app(settings, {flagship.id: flagship})
    app.state.beside.read(flagship)
    yield Workbench(app)
    app.state.database.dispose()


def report(reader: BrowserClient, key: str = "611281") -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in reader.data(f"{PAGE}.json")["elsewhere"]["reports"] if r["id"] == key)
    return found


def load_log(bench: Workbench) -> list[tuple[str, str]]:
    with read_transaction(bench.app.state.database) as c:
        rows = c.execute(sa.select(action.c.what, action.c.reason).order_by(action.c.id))
        return [(r.what, r.reason) for r in rows if "event" in r.what or "decision" in r.what]


def test_decision_is_shown_with_author(bench: Workbench, settings: ServerConfig) -> None:
    """A decision holds at once for all readers, with its author, time and reason, in the file that the command line reads."""
    editor, reader = bench.reader("Mo Azad", "moderator"), bench.reader()
    answer = editor.send(FORM, report="ucdp:611281", decision="same", reason="both name three officers")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}#elsewhere")
    r = report(reader)
    assert r["standing"] == "accepted"
    assert (r["decision"]["what"], r["decision"]["by"], r["decision"]["reason"]) == (
        "same",
        "Mo Azad",
        "both name three officers",
    )
    assert r["decision"]["at"]
    html = reader.get(PAGE).text
    assert "Mo Azad" in html
    assert "both name three officers" in html
    assert "Marked as the same event" in " ".join(html.split())
    assert read_decision_records(decisions_path(settings.store))[PAIR].by == "Mo Azad"
    result = CliRunner().invoke(
        cli, ["store", "match", "--event", KEY, "--store", str(settings.store), "--json"], catch_exceptions=False
    )
    assert '"decided": "accept"' in result.stdout


def test_decision_can_be_reversed_and_undone(bench: Workbench, settings: ServerConfig) -> None:
    """A later decision replaces the earlier one, undo opens the pair again, and the log keeps all three."""
    editor = bench.reader("Mo", "moderator")
    for decision, standing in (("same", "accepted"), ("different", "refused"), ("undo", "probable")):
        assert editor.send(FORM, report="ucdp:611281", decision=decision, reason="because").status_code == 303
        r = report(editor)
        assert r["standing"] == standing
        assert (r["decision"] is None) == (decision == "undo")
    assert read_decision_records(decisions_path(settings.store)) == {}
    text = f"{' '.join(sorted(PAIR))}: because"
    assert load_log(bench) == [("same event", text), ("different event", text), ("undo decision", text)]
    assert "undo decision" in editor.get("/moderation/log").text


@pytest.mark.parametrize(("name", "status"), [("", 401), ("Ann", 403)])
def test_readers_cannot_decide(bench: Workbench, settings: ServerConfig, name: str, status: int) -> None:
    """Readers without the role see no buttons, and their form is refused."""
    reader = bench.reader(name)
    assert '<form class="decide"' not in reader.get(PAGE).text
    assert reader.data(f"{PAGE}.json")["may_decide"] is False
    assert reader.send(FORM, report="ucdp:611281", decision="same").status_code == status
    assert not decisions_path(settings.store).exists()
    assert load_log(bench) == []


def test_editor_sees_button_for_each_report(bench: Workbench) -> None:
    """An editor sees both buttons for each undecided report, and undo for a decided one."""
    editor = bench.reader("Mo", "moderator")
    html = editor.get(PAGE).text
    assert html.count('value="same"') == html.count('value="different"') == 2
    editor.send(FORM, report="ucdp:2", decision="different")
    html = editor.get(PAGE).text
    assert (html.count('value="same"'), html.count('value="undo"')) == (1, 1)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"report": "ucdp:611281", "decision": "maybe"}, 400),
        ({"report": "ucdp:nope", "decision": "same"}, 404),
        ({"report": "", "decision": "same"}, 404),
        ({"decision": "same"}, 404),
        ({"report": "ucdp:611281", "decision": "same", "reason": "x" * 501}, 400),
    ],
)
def test_bad_decision_is_refused(bench: Workbench, settings: ServerConfig, form: dict[str, str], status: int) -> None:
    """A form that names no candidate or no decision changes nothing."""
    assert bench.reader("Mo", "moderator").send(FORM, **form).status_code == status
    assert not decisions_path(settings.store).exists()
    assert load_log(bench) == []


def test_form_of_other_site_is_refused(bench: Workbench, settings: ServerConfig) -> None:
    """A form that another site sends is refused."""
    editor = bench.reader("Mo", "moderator")
    answer = editor.client.post(
        FORM, data={"report": "ucdp:611281", "decision": "same"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
    assert not decisions_path(settings.store).exists()


def test_unwritable_file_leaves_log_empty(bench: Workbench, settings: ServerConfig) -> None:
    """Where the file cannot be written, the log says nothing of a decision."""
    path = decisions_path(settings.store)
    path.write_text("maybe a:1 b:2\n", encoding="utf-8")
    answer = bench.reader("Mo", "moderator").send(FORM, report="ucdp:611281", decision="same")
    assert answer.status_code == 400
    assert load_log(bench) == []
    assert path.read_text(encoding="utf-8") == "maybe a:1 b:2\n"


def test_reports_stand_beside_record(bench: Workbench) -> None:
    """Distance and days apart of each report are those of its date and place."""
    reader = bench.reader()
    first, second = report(reader), report(reader, "2")
    assert (first["km"], first["days_apart"], first["deaths"]) == (0.0, 0, "4–9")
    assert (second["days_apart"], second["deaths"]) == (2, "")


def test_unknown_distance_is_not_zero(settings: ServerConfig, flagship: Case, tmp_path: Path) -> None:
    """A report known only to its province has no distance."""
    place = replace(FLAGSHIP_DATA.event(KEY).place, name="", precision="province")
    add_events(settings.store, [ucdp(place=place)])
    app = create_app(settings, {flagship.id: flagship})
    app.state.beside.read(flagship)
    assert report(Workbench(app).reader())["km"] is None
    app.state.database.dispose()


def test_hand_written_decision_has_no_author(bench: Workbench, settings: ServerConfig) -> None:
    """A decision of the command line is shown without an account."""
    record_decision(decisions_path(settings.store), PAIR, "refuse")
    r = report(bench.reader())
    assert r["decision"] == {"what": "different", "by": "", "at": None, "reason": ""}
    assert r["standing"] == "refused"


def test_days_apart_respect_ranges() -> None:
    """Overlapping date ranges are no days apart."""
    from detente.api.event_matches import count_days_apart

    a = ucdp(span=DateRange(date(2026, 1, 10), date(2026, 1, 16), "week"))
    for first, last, days in ((12, 12, 0), (16, 20, 0), (18, 18, 2), (7, 8, 2)):
        b = ucdp(span=DateRange(date(2026, 1, first), date(2026, 1, last)))
        assert count_days_apart(a, b) == count_days_apart(b, a) == days


def test_editor_decides_in_browser(bench: Workbench, settings: ServerConfig) -> None:
    """An editor decides and undoes by keyboard without scripts; the page fits, and axe-core finds nothing serious."""
    session = bench.reader("Mo", "moderator").client.cookies["detente-session"]
    with serve_app(bench.app) as at, launch_chromium() as browser:
        with open_page(browser, at, 1280) as opened:
            opened.page.context.add_cookies([{"name": "detente-session", "value": session, "url": at}])
            opened.page.goto(PAGE, wait_until="networkidle")
            for width in (1280, 390):
                opened.resize(width)
                assert find_serious_violations(opened.page, load_axe_source()) == []
                assert opened.fits()
            assert opened.faults == []
        with open_page(browser, at, 390, scripts=False) as opened:
            opened.page.context.add_cookies([{"name": "detente-session", "value": session, "url": at}])
            opened.page.goto(PAGE)
            for width in (390, 1280):
                opened.resize(width)
                form = opened.page.locator("form.decide").first
                form.locator("input[name=reason]").fill("the same officers")
                form.locator("button[value=same]").focus()
                opened.page.keyboard.press("Enter")
                expect(opened.page.locator(".decided").first).to_contain_text("the same officers")
                assert [r.by for r in read_decision_records(decisions_path(settings.store)).values()] == ["Mo"]
                opened.page.locator("button[value=undo]").first.click()
                expect(opened.page.locator(".decided")).to_have_count(0)
