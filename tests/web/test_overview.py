"""A case's first page: the map accounts for every event, windows compare like with like, every number is traced."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape
from starlette.testclient import TestClient

from detente.api.case import PreparedCase
from detente.api.crossings import crossings_on
from detente.api.events.filters import EventQuery
from detente.api.events.table import CHANNEL_OPTIONS, UNASSIGNED
from detente.api.recent_changes import DAYS, compare_recent_periods
from detente.api.summary import summarize_case
from detente.cases.channel_rule import CHANNELS, FORCE_CHANNELS
from detente.claims.context import ClaimContext
from detente.core.place import great_circle_km
from detente.measures.crossings import find_crossing_spells
from detente.measures.distance import LOCATED_PRECISIONS
from detente.web.map.markers import compute_radius
from detente.web.map.page import get_basemap, get_event_map
from detente.web.map.projection import MAP_WIDTH, MAX_ASPECT_RATIO, MIN_ASPECT_RATIO, MapFrame, fit_frame
from detente.web.pages.overview import build_overview_page

HERE = "/pakistan-afghanistan/"

WINDOWS = st.tuples(
    st.none() | st.dates(date(2021, 9, 1), date(2024, 1, 1)), st.none() | st.dates(date(2024, 1, 1), date(2026, 7, 1))
)
SOME = st.lists(st.sampled_from(CHANNEL_OPTIONS), min_size=1, unique=True).map(tuple)


@settings(max_examples=40, deadline=None)
@given(channels=SOME, window=WINDOWS)
def test_every_event_asked_for_is_drawn_or_told_as_not_drawn(
    flagship: PreparedCase, channels: tuple[str, ...], window: tuple[date | None, date | None]
) -> None:
    m = get_event_map(flagship, EventQuery(channel=channels, first=window[0], last=window[1]))
    assert m is not None
    asked = [
        e for e in flagship.g.events
        if (flagship.g.channel(e) or UNASSIGNED) in channels
        and (window[0] is None or e.day >= window[0]) and (window[1] is None or e.day <= window[1])
    ]  # fmt: skip
    a = m.accounted
    assert a.events == len(asked) == a.drawn + a.outside + a.nowhere + a.crowded
    assert sum(s.events for p in m.spots for s in p.signs if s.channel in channels) == a.drawn
    assert sum(n for _, n in a.elsewhere) == a.outside


def test_signs_of_every_channel_hold_their_months(flagship: PreparedCase) -> None:
    m = get_event_map(flagship, EventQuery(channel=CHANNEL_OPTIONS))
    assert m is not None
    for p in m.spots:
        for s in p.signs:
            assert (sum(x[1] for x in s.months), sum(x[2] for x in s.months), sum(x[3] for x in s.months)) == (
                s.events,
                s.deaths,
                s.told,
            )
    assert sum(sum(x.events) for x in m.months) == len(flagship.g.events)


def test_only_events_known_to_the_place_stand_at_a_place_and_near_where_they_were_told(flagship: PreparedCase) -> None:
    m = get_event_map(flagship, EventQuery(channel=CHANNEL_OPTIONS))
    assert m is not None
    precise = [e for e in flagship.g.events if e.place.precision in LOCATED_PRECISIONS and e.place.point]
    at_place = [p for p in m.spots if p.kind == "place"]
    assert sum(s.events for p in at_place for s in p.signs) <= len(precise)
    for p in at_place:
        named = [e for e in precise if e.place.name and p.key.endswith("/" + e.place.name)]
        near = [e for e in named if great_circle_km((p.lat, p.lon), e.place.point or (0, 0)) <= 20]
        assert len(near) >= sum(s.events for s in p.signs)


def test_a_ring_stands_inside_the_province_that_it_tells_of(flagship: PreparedCase) -> None:
    m = get_event_map(flagship, EventQuery(channel=CHANNEL_OPTIONS))
    assert m is not None
    assert flagship.view.geography is not None
    areas = {
        f"{p['properties']['country']}/{p['properties']['name']}": shape(p["geometry"])
        for p in flagship.view.geography.provinces
    }
    rings = [p for p in m.spots if p.kind == "province"]
    assert rings
    for p in rings:
        assert shapely.make_valid(areas[p.key]).contains(shapely.Point(p.lon, p.lat))


def test_a_sign_grows_with_deaths_where_force_is_used_and_with_events_elsewhere() -> None:
    assert compute_radius("strike", 1, 50) > compute_radius("strike", 1, 5) > compute_radius("strike", 9, 0)
    assert compute_radius("dialogue", 9, 0) > compute_radius("dialogue", 1, 0) == compute_radius("dialogue", 1, 50)


def test_a_sign_leads_to_its_events(client: TestClient, flagship: PreparedCase) -> None:
    m = get_event_map(flagship, EventQuery(first=date(2024, 1, 1)))
    assert m is not None
    split = Counter((p.key, p.kind) for p in m.spots)
    for p in m.spots:
        for s in p.signs:
            if (
                "/events?" in s.address
                and s.events
                and s.channel in FORCE_CHANNELS
                and p.kind == "place"
                and split[p.key, p.kind] == 1
            ):
                assert client.get(s.address.replace("?", ".json?")).json()["page"]["found"] == s.events
            elif "/events?" not in s.address:
                assert client.get(s.address).status_code == 200


def test_without_javascript_the_form_draws_other_kinds_and_days(client: TestClient) -> None:
    force = client.get(HERE).text
    talks = client.get(f"{HERE}?channel=dialogue&from=2025-01-01&to=2025-12-31").text
    assert "<title>Torkham, Khyber Pakhtunkhwa, Pakistan: clash" in force
    assert ": clash," not in talks
    assert "dialogue, " in talks
    assert 'value="2025-01-01"' in talks


def test_the_page_has_no_inline_script_or_style_and_stays_light(client: TestClient) -> None:
    for at in (HERE, f"{HERE}events", f"{HERE}events/DL-20251009-01"):
        answer = client.get(at)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*src=)", answer.text)
        assert len(answer.content) < 300_000


@given(
    west=st.floats(-179, 170), south=st.floats(-80, 75), wide=st.floats(0.1, 8), high=st.floats(0.1, 8),
)  # fmt: skip
def test_a_frame_holds_its_lines_in_a_seemly_shape(west: float, south: float, wide: float, high: float) -> None:
    f = fit_frame([(west, south, west + wide, south + high)], [])
    assert f.holds(west, south)
    assert f.holds(west + wide, south + high)
    assert MIN_ASPECT_RATIO * 0.8 <= MAP_WIDTH / f.height <= MAX_ASPECT_RATIO * 1.2


def test_a_kilometre_is_as_long_on_the_map_as_on_the_ground() -> None:
    f = MapFrame(60.0, 30.0, 76.0, 38.0)
    a, b = (34.0, 66.0), (34.0, 71.0)  # along the middle parallel
    drawn = f.xy(b[1], b[0])[0] - f.xy(a[1], a[0])[0]
    assert drawn / f.km == pytest.approx(great_circle_km(a, b), rel=0.002)


def test_a_point_of_the_drawing_is_found_again_on_the_earth() -> None:
    f = MapFrame(60.0, 30.0, 76.0, 38.0)
    x, y = f.xy(71.09, 34.12)
    assert f.lonlat(x, y) == pytest.approx((71.09, 34.12), abs=0.01)


def test_a_crossing_is_shut_on_the_days_of_its_spells_and_not_said_to_be_open_on_others(flagship: PreparedCase) -> None:
    g = flagship.g
    for c in g.case.crossings:
        told = find_crossing_spells(g, c)
        for day in (g.case.first + timedelta(days=i) for i in range(0, 1700, 13)):
            on = next(x for x in crossings_on(flagship, day) if x.key == c.key)
            here = [s for s in told if s.first <= day <= s.last_high]
            if day > g.watched_to:
                assert on.state == "not watched"
            elif not here:
                assert on.state == "no closure reported"
            else:
                assert on.state in {s.state for s in here}
                assert not on.sure or any(day <= s.last_low for s in here)


def test_a_case_without_geometry_says_so_and_keeps_the_rest(flagship: PreparedCase) -> None:
    g = replace(flagship.g, case=flagship.case.model_copy(update={"geometry": ""}))
    bare = replace(flagship, key="without geometry", view=ClaimContext(g))
    assert get_basemap(bare) is None
    assert get_event_map(bare, EventQuery()) is None


def test_thirty_days_are_compared_with_the_thirty_before(flagship: PreparedCase) -> None:
    r = compare_recent_periods(flagship)
    g = flagship.g
    assert r.now.last == g.watched_to
    assert r.before.last == r.now.first - timedelta(days=1)
    assert (r.now.last - r.now.first).days + 1 == DAYS
    for c in r.channels:
        assert c.now == sum(r.now.first <= e.day <= r.now.last for e in g.of(c.channel))
        assert c.before == sum(r.before.first <= e.day <= r.before.last for e in g.of(c.channel))
    assert [c.channel for c in r.channels] == list(CHANNELS)
    assert [x.id for x in r.later] == [e.id for e in g.events if e.day > r.now.last]


def test_days_that_nobody_watched_are_not_counted_as_quiet(flagship: PreparedCase) -> None:
    r = compare_recent_periods(flagship)
    assert flagship.g.as_of > flagship.g.watched_to
    assert "none were collected systematically" in r.why
    assert r.now.watched == DAYS


def test_the_situation_takes_no_more_than_five_sentences_each_with_traced_numbers(flagship: PreparedCase) -> None:
    lines = summarize_case(flagship)
    assert 3 <= len(lines) <= 5
    ids = {e.id for e in flagship.g.events}
    for m in (m for s in lines for m in s.measured):
        assert set(m.events) <= ids
        assert m.how
    # Plain pieces hold no digit: `say` refuses them.
    assert all(not any(ch.isdigit() for ch in p) for s in lines for p in s.pieces if isinstance(p, str))


def test_verdicts_are_those_of_the_brief(client: TestClient, flagship: PreparedCase) -> None:
    told = client.get(f"{HERE}index.json").json()["page"]["verdicts"]
    assert [(v["claim"], v["verdict"]) for v in told] == [
        (f.claim, f.verdict.word) for s in flagship.brief.sections for f in s.points if f.verdict
    ]


def test_the_table_of_crises_counts_every_use_of_force(flagship: PreparedCase) -> None:
    page = build_overview_page(flagship)
    assert sum(c.events for c in page.crises) == sum(len(x.events) for x in flagship.view.episodes)


def test_the_page_says_what_its_data_say(client: TestClient) -> None:
    data = client.get(f"{HERE}index.json").json()["page"]
    text = re.sub(r"<[^>]+>", "", unescape(client.get(HERE).text))
    for line in data["situation"]:
        assert "".join(p if isinstance(p, str) else p["text"] for p in line["pieces"]) in text
    for c in data["map"]["crossings"]:
        assert c["said"] in text
