"""One event's page: all of it is said, its uses are those of the brief, and its neighbours are in order."""

from html import unescape

import pytest
from starlette.testclient import TestClient

from detente.api.case import PreparedCase
from detente.api.event_usage import find_event_uses
from detente.api.events.event_row import build_event_address
from detente.text.sentence import EventPiece
from detente.web.pages.event import NEIGHBOURS, build_event_page


def test_every_event_has_a_page_that_says_who_says_so(flagship: PreparedCase) -> None:
    for e in flagship.g.events:
        page = build_event_page(flagship, e.id)
        assert [r.address for r in page.reports] == list(e.addresses)
        assert page.row.summary == e.summary
        assert page.why == flagship.g.assignments[e.id].why
        assert [p.key for p in page.initiators] == list(e.initiators)
        assert [f.value for f in page.figures] == [e.tolls.low, e.tolls.best, e.tolls.high, e.tolls.civilian]


def test_the_page_shows_summary_sources_channel_and_reason(client: TestClient, flagship: PreparedCase) -> None:
    e = next(e for e in flagship.g.of("strike") if e.disputed and e.tolls.range and len(e.addresses) > 1)
    text = unescape(client.get(build_event_address(flagship, e.id)).text)
    for told in (e.summary, *e.addresses, flagship.g.assignments[e.id].why, "disputed", f"row {e.row}"):
        assert told in text


def test_an_event_is_used_by_the_claims_whose_examples_sentences_or_numbers_hold_it(flagship: PreparedCase) -> None:
    findings = [f for s in flagship.brief.sections for f in s.points]
    for e in flagship.g.events:
        named = {
            f.claim
            for f in findings
            if e.id in f.examples
            or any(p.event == e.id for s in (*f.sentences, f.limits) for p in s.pieces if isinstance(p, EventPiece))
            or any(e.id in m.events for m in f.numbers)
        }
        assert {u.claim for u in find_event_uses(flagship, e.id)} == named


def test_an_example_is_told_before_what_only_counts_the_event(flagship: PreparedCase) -> None:
    for f in (f for s in flagship.brief.sections for f in s.points):
        for e in f.examples:
            own = next(u for u in find_event_uses(flagship, e) if u.claim == f.claim)
            assert own.how == "example"


def test_going_on_from_the_first_event_leads_through_all(flagship: PreparedCase) -> None:
    at, seen = build_event_page(flagship, flagship.g.events[0].id), []
    while True:
        seen.append(at.row.id)
        if at.after is None:
            break
        after = build_event_page(flagship, at.after.id)
        assert after.before is not None
        assert after.before.id == at.row.id
        at = after
    assert seen == [e.id for e in flagship.g.events]


def test_the_week_around_holds_every_event_within_seven_days_or_counts_it(flagship: PreparedCase) -> None:
    for e in flagship.g.events[::7]:
        page = build_event_page(flagship, e.id)
        near = [x.id for x in flagship.g.events if abs((x.day - e.day).days) <= 7]
        assert len(page.around) + page.left_before + page.left_after == len(near)
        assert {r.id for r in page.around} <= set(near)
        assert len(page.around) <= 2 * NEIGHBOURS + 1


def test_a_place_known_only_to_the_country_has_neither_point_nor_distance(flagship: PreparedCase) -> None:
    for e in flagship.g.events:
        page = build_event_page(flagship, e.id)
        if e.place.precision in ("province", "country"):
            assert page.border_km is None
            assert page.point is None or not page.point.precise


@pytest.mark.parametrize("twin", ["", ".json"])
def test_an_event_that_is_not_known_is_answered_with_the_nearest_id(client: TestClient, twin: str) -> None:
    answer = client.get(f"/pakistan-afghanistan/events/DL-20251009-99{twin}")
    assert answer.status_code == 404
    assert "DL-20251009-0" in unescape(answer.text)


def test_a_toll_that_nobody_gave_is_not_shown_as_nought(client: TestClient, flagship: PreparedCase) -> None:
    e = next(e for e in flagship.g.of("clash") if e.tolls.range is None)
    text = unescape(client.get(build_event_address(flagship, e.id)).text)
    assert "nobody gave a figure, which is not none" in text
