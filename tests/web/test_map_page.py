"""The map page: every event accounted for, markers that link to their events, crossings, projection."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.api.crossings import crossings_on
from detente.api.events.filters import EventQuery
from detente.api.events.table import CHANNEL_OPTIONS, UNASSIGNED
from detente.cases.channel_rule import FORCE_CHANNELS
from detente.charts.inline.projection import MAP_WIDTH, MAX_ASPECT_RATIO, MIN_ASPECT_RATIO, MapFrame, fit_frame
from detente.core.place import great_circle_km
from detente.measures.crossings import find_crossing_spells
from detente.measures.distance import LOCATED_PRECISIONS
from detente.web.map.markers import compute_radius
from detente.web.map.page import get_basemap, get_event_map
from support.workbench import change_record

HERE = "/pakistan-afghanistan/map"

WINDOWS = st.tuples(
    st.none() | st.dates(date(2021, 9, 1), date(2024, 1, 1)), st.none() | st.dates(date(2024, 1, 1), date(2026, 7, 1))
)
CHANNEL_SETS = st.lists(st.sampled_from(CHANNEL_OPTIONS), min_size=1, unique=True).map(tuple)


@settings(max_examples=40, deadline=None)
@given(channels=CHANNEL_SETS, window=WINDOWS)
def test_map_accounts_for_every_event(
    flagship: Case, channels: tuple[str, ...], window: tuple[date | None, date | None]
) -> None:
    """Every queried event is drawn or counted as not drawn."""
    m = get_event_map(flagship, EventQuery(channel=channels, first=window[0], last=window[1]))
    assert m is not None
    expected = [
        e for e in flagship.g.events
        if (flagship.g.channel(e) or UNASSIGNED) in channels
        and (window[0] is None or e.day >= window[0]) and (window[1] is None or e.day <= window[1])
    ]  # fmt: skip
    a = m.accounted
    assert a.events == len(expected) == a.drawn + a.outside + a.nowhere + a.crowded
    assert sum(s.events for p in m.spots for s in p.signs if s.channel in channels) == a.drawn
    assert sum(n for _, n in a.elsewhere) == a.outside


def test_marker_months_add_up(flagship: Case) -> None:
    """The monthly counts of a marker add up to its totals."""
    m = get_event_map(flagship, EventQuery(channel=CHANNEL_OPTIONS))
    assert m is not None
    for p in m.spots:
        for s in p.signs:
            assert (sum(x[1] for x in s.months), sum(x[2] for x in s.months), sum(x[3] for x in s.months)) == (
                s.events,
                s.deaths,
                s.told,
            )
    assert sum(n or 0 for x in m.months for n in x.events) == len(flagship.g.events)


def test_place_markers_hold_only_located_events(flagship: Case) -> None:
    """A marker at a place holds only events located near it."""
    m = get_event_map(flagship, EventQuery(channel=CHANNEL_OPTIONS))
    assert m is not None
    precise = [e for e in flagship.g.events if e.place.precision in LOCATED_PRECISIONS and e.place.point]
    at_place = [p for p in m.spots if p.kind == "place"]
    assert sum(s.events for p in at_place for s in p.signs) <= len(precise)
    for p in at_place:
        named = [e for e in precise if e.place.name and p.key.endswith("/" + e.place.name)]
        near = [e for e in named if great_circle_km((p.lat, p.lon), e.place.point or (0, 0)) <= 20]
        assert len(near) >= sum(s.events for s in p.signs)


def test_province_ring_lies_inside_province(flagship: Case) -> None:
    """The ring of a province lies inside it."""
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


def test_marker_radius_grows_with_deaths_or_events() -> None:
    """A marker grows with deaths in channels of force and with events in others."""
    assert compute_radius("strike", 1, 50) > compute_radius("strike", 1, 5) > compute_radius("strike", 9, 0)
    assert compute_radius("dialogue", 9, 0) > compute_radius("dialogue", 1, 0) == compute_radius("dialogue", 1, 50)


def test_marker_links_to_its_events(reader: TestClient, flagship: Case) -> None:
    """A marker links to its event, or to the list of its events."""
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
                assert reader.get(s.address.replace("?", ".json?")).json()["page"]["found"] == s.events
            elif "/events?" not in s.address:
                assert reader.get(s.address).status_code == 200


def test_map_form_works_without_javascript(reader: TestClient) -> None:
    """Without JavaScript the form requests a map of other channels and days."""
    force = reader.get(HERE).text
    talks = reader.get(f"{HERE}?channel=dialogue&from=2025-01-01&to=2025-12-31").text
    assert 'data-c="clash"' in force
    assert 'data-c="clash"' not in talks
    assert 'data-c="dialogue"' in talks
    assert 'value="2025-01-01"' in talks


@given(
    west=st.floats(-179, 170), south=st.floats(-80, 75), wide=st.floats(0.1, 8), high=st.floats(0.1, 8),
)  # fmt: skip
def test_frame_holds_lines_within_aspect_ratio(west: float, south: float, wide: float, high: float) -> None:
    """A frame holds its lines, and its aspect ratio stays within the limits."""
    f = fit_frame([(west, south, west + wide, south + high)], [])
    assert f.holds(west, south)
    assert f.holds(west + wide, south + high)
    assert MIN_ASPECT_RATIO * 0.8 <= MAP_WIDTH / f.height <= MAX_ASPECT_RATIO * 1.2


def test_map_scale_matches_great_circle() -> None:
    """A distance on the map equals the great-circle distance."""
    f = MapFrame(60.0, 30.0, 76.0, 38.0)
    a, b = (34.0, 66.0), (34.0, 71.0)  # along the middle parallel
    drawn = f.xy(b[1], b[0])[0] - f.xy(a[1], a[0])[0]
    assert drawn / f.km == pytest.approx(great_circle_km(a, b), rel=0.002)


def test_projection_round_trips() -> None:
    """Projecting a point and back returns it."""
    f = MapFrame(60.0, 30.0, 76.0, 38.0)
    x, y = f.xy(71.09, 34.12)
    assert f.lonlat(x, y) == pytest.approx((71.09, 34.12), abs=0.01)


def test_crossing_state_follows_spells(flagship: Case) -> None:
    """A crossing has the state of its spell, and is never called open without a report."""
    g = flagship.g
    for c in g.case.crossings:
        spells = find_crossing_spells(g, c)
        for day in (g.case.first + timedelta(days=i) for i in range(0, 1700, 13)):
            on = next(x for x in crossings_on(flagship, day) if x.key == c.key)
            current = [s for s in spells if s.first <= day <= s.last_high]
            if day > g.watched_to:
                assert on.state == "not watched"
            elif not current:
                assert on.state == "no closure reported"
            else:
                assert on.state in {s.state for s in current}
                assert not on.sure or any(day <= s.last_low for s in current)


def test_case_without_places_has_no_map(flagship: Case) -> None:
    """A case without geometry has a map of outlines where its events have places, and else none."""
    case = flagship.case.model_copy(update={"geometry": ""})
    outlined = get_basemap(change_record(flagship, replace(flagship.g, case=case)))
    assert outlined is not None
    assert not outlined.border
    bare = change_record(flagship, replace(flagship.g, case=case, events=()))
    assert get_basemap(bare) is None
    assert get_event_map(bare, EventQuery()) is None


def test_map_page_says_crossing_states(reader: TestClient) -> None:
    """The HTML contains the crossing states of the JSON."""
    data = reader.get(f"{HERE}.json").json()["page"]
    text = reader.get(HERE).text
    assert data["map"]["crossings"]
    for c in data["map"]["crossings"]:
        assert c["said"] in text


def test_old_map_address_leads_to_map(reader: TestClient) -> None:
    """The query of a map that once stood on the overview leads to the map page."""
    answer = reader.get("/pakistan-afghanistan/?channel=strike&from=2025-01-01", follow_redirects=False)
    assert answer.status_code == 301
    assert answer.headers["location"] == f"{HERE}?channel=strike&from=2025-01-01"


def test_map_page_holds_longer_view(reader: TestClient, flagship: Case) -> None:
    """The page has each year's deaths in both states, as a chart and as a table."""
    view = flagship.longer_view
    assert view is not None
    page = reader.get(f"{HERE}.json").json()["page"]
    assert [(b["country"], b["year"], b["deaths"]) for b in page["years"]] == [
        (b.country, b.year, b.deaths) for b in view.bars
    ]
    html = reader.get(HERE).text
    assert all(f">{b.deaths:,}</td>" in html for b in view.bars)
    assert view.figures.cite in html
