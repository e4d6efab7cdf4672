"""An event's page: equal to the record, with its uses in the brief and its neighbours."""

from html import unescape

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.api.event_usage import find_event_uses
from detente.api.events.event_row import build_event_address
from detente.text.sentence import EventPiece
from detente.web.map.page import get_basemap
from detente.web.pages.event import NEIGHBOURS, EventPage, build_event_page

_PAGES: dict[str, EventPage] = {}


def page_of(case: Case, event: str) -> EventPage:
    """The page of an event, built once for the tests of all pages."""
    if event not in _PAGES:
        _PAGES[event] = build_event_page(case, event)
    return _PAGES[event]


def test_event_page_equals_record(flagship: Case) -> None:
    """Every event has a page with its sources, actors, figures and channel."""
    for e in flagship.g.events:
        page = page_of(flagship, e.id)
        assert sorted(a for p in page.publishers.publishers for a in p.addresses) == sorted(set(e.addresses))
        assert page.row.summary == e.summary
        assert page.why == flagship.g.assignments[e.id].why
        assert [p.key for p in page.initiators] == list(e.initiators)
        assert [f.value for f in page.figures] == [e.tolls.low, e.tolls.best, e.tolls.high, e.tolls.civilian]


def test_event_page_shows_sources_and_reason(client: TestClient, flagship: Case) -> None:
    """The HTML shows summary, sources, the reason for the channel and the row."""
    e = next(e for e in flagship.g.of("strike") if e.disputed and e.tolls.range and len(e.addresses) > 1)
    text = unescape(client.get(build_event_address(flagship, e.id)).text)
    for shown in (e.summary, *e.addresses, flagship.g.assignments[e.id].why, "disputed", f"row {e.row}"):
        assert shown in text


def test_event_uses_cover_examples_sentences_numbers(flagship: Case) -> None:
    """The uses of an event are the claims whose examples, sentences or numbers contain it."""
    findings = [f for s in flagship.document.sections for f in s.points]
    used: dict[str, set[str]] = {}
    for f in findings:
        dated = {p.event for s in (*f.sentences, f.limits) for p in s.pieces if isinstance(p, EventPiece)}
        for key in {*f.examples, *dated, *(e for m in f.numbers for e in m.events)}:
            used.setdefault(key, set()).add(f.claim)
    assert used
    for e in flagship.g.events:
        assert {u.claim for u in find_event_uses(flagship, e.id)} == used.get(e.id, set())


def test_event_use_as_example_comes_first(flagship: Case) -> None:
    """An event that is an example of a claim is listed as such, not as counted."""
    for f in (f for s in flagship.document.sections for f in s.points):
        for e in f.examples:
            own = next(u for u in find_event_uses(flagship, e) if u.claim == f.claim)
            assert own.how == "example"


def test_event_pages_form_one_chain(flagship: Case) -> None:
    """Following `after` from the first event visits every event in order."""
    page, ids = page_of(flagship, flagship.g.events[0].id), []
    while True:
        ids.append(page.row.id)
        if page.after is None:
            break
        after = page_of(flagship, page.after.id)
        assert after.before is not None
        assert after.before.id == page.row.id
        page = after
    assert ids == [e.id for e in flagship.g.events]


def test_event_week_lists_or_counts_neighbours(flagship: Case) -> None:
    """Every event within seven days is listed or counted."""
    for e in flagship.g.events[::7]:
        page = page_of(flagship, e.id)
        near = [x.id for x in flagship.g.events if abs((x.day - e.day).days) <= 7]
        assert len(page.around) + page.left_before + page.left_after == len(near)
        assert {r.id for r in page.around} <= set(near)
        assert len(page.around) <= 2 * NEIGHBOURS + 1


def test_imprecise_place_has_ring_without_distance(flagship: Case) -> None:
    """A place known only to the province or country has a ring on the map, not a point, and no distance."""
    basemap = get_basemap(flagship)
    assert basemap is not None
    rings = 0
    for e in flagship.g.events:
        page, p = page_of(flagship, e.id), e.place
        if p.precision in ("province", "country"):
            assert page.border_km is None
            if page.point is not None:
                rings += 1
                middle = basemap.middles.get(f"{p.country}/{p.province}") or basemap.middles[p.country]
                assert (page.point.x, page.point.y, page.point.precise) == (*basemap.frame.xy(*middle), False)
        elif page.point is not None and p.point is not None:
            assert page.point.precise
    assert rings > 0


@pytest.mark.parametrize("twin", ["", ".json"])
def test_unknown_event_suggests_nearest(client: TestClient, twin: str) -> None:
    """An unknown event gives 404 and the nearest id."""
    answer = client.get(f"/pakistan-afghanistan/events/DL-20251009-99{twin}")
    assert answer.status_code == 404
    assert "DL-20251009-0" in unescape(answer.text)


def test_unreported_deaths_are_not_zero(client: TestClient, flagship: Case) -> None:
    """Unreported deaths are null, never 0."""
    e = next(e for e in flagship.g.of("clash") if e.tolls.range is None)
    page = client.get(f"{build_event_address(flagship, e.id)}.json").json()["page"]
    assert page["row"]["deaths"] == ""
    assert [f["value"] for f in page["figures"]] == [None] * len(page["figures"])


def test_event_page_shows_links_both_ways(client: TestClient, flagship: Case) -> None:
    """A linked pair leads from each event's page to the other's."""
    k = next(k for k in flagship.g.links if k.responds_to and k.relation == "reaction" and k.basis == "stated")
    later, earlier = build_event_page(flagship, k.event), build_event_page(flagship, k.responds_to or "")
    assert k.responds_to in [x.event.id for x in later.triggers if x.event]
    assert k.event in [x.event.id for x in earlier.answers if x.event]
    text = unescape(client.get(build_event_address(flagship, k.event)).text)
    assert build_event_address(flagship, k.responds_to or "") in text
    assert "Presented by its source as a reaction to" in text
    assert "Answered by" in unescape(client.get(build_event_address(flagship, k.responds_to or "")).text)


def test_event_page_counts_links_of_kind(client: TestClient, flagship: Case) -> None:
    """The page says how many events of its kind sources link, and each number leads to how it was made."""
    strike = next(e for e in flagship.g.events if flagship.g.channel(e) == "strike")
    page = client.get(f"/pakistan-afghanistan/events/{strike.id}.json").json()["page"]
    answers = flagship.view.stated_answers("strike")
    assert answers is not None
    numbers = [p["measured"] for p in page["rates"]["answers"]["pieces"] if "measured" in p]
    assert [m["value"] for m in numbers[:2]] == [answers.answered + answers.implied, answers.total]
    for m in numbers:
        assert client.get(f"/pakistan-afghanistan/numbers/{m['key']}").status_code == 200
    nothing = next(e for e in flagship.g.events if not flagship.g.channel(e))
    page = client.get(f"/pakistan-afghanistan/events/{nothing.id}.json").json()["page"]
    assert page["rates"] == {"reactions": None, "answers": None}


@pytest.mark.parametrize("twin", ["", ".json"])
def test_old_event_address_redirects(client: TestClient, twin: str) -> None:
    """The address of an id that moved leads to the event's new address."""
    answer = client.get(f"/pakistan-afghanistan/events/DL-20220906-01{twin}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (
        301,
        f"/pakistan-afghanistan/events/DL-20220905-01{twin}",
    )
