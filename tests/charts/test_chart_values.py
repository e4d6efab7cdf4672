"""Values of charts: every inline chart carries them as titled zones, and the colours of kinds belong to kinds alone."""

import re
from importlib.resources import files
from xml.etree import ElementTree as Tree

import numpy as np
import pytest

from detente.api.case import Case
from detente.charts import style
from detente.charts.border_map import draw_border_map, list_border_events
from detente.charts.event_timeline import draw_event_timeline
from detente.charts.inline.calibration_bars import draw_calibration_bars
from detente.charts.inline.fan_chart import draw_intervention_fan
from detente.charts.inline.interval_strip import draw_interval_strip
from detente.charts.inline.labels import NameAt, name_box, overlaps, place_names, spots_around
from detente.charts.inline.panels import compose_panels, split_panels
from detente.charts.inline.probability_strip import ProbabilityDot, draw_banded_strip
from detente.charts.inline.response_curve import draw_response_curve
from detente.charts.relation_index import draw_relation_index
from detente.charts.shapes import KIND_SHAPES
from detente.charts.truce_survival import draw_truce_survival, list_duration_curves

SVG = "{http://www.w3.org/2000/svg}"


def list_zones(svg: str) -> list[list[str]]:
    """Return the values of a chart, a list for each of its rows."""
    groups = [g for g in Tree.fromstring(svg).iter(f"{SVG}g") if g.get("class") == "values"]
    return [[t.text or "" for t in g.iter(f"{SVG}title")] for g in groups]


def test_index_values_cover_every_month(flagship: Case) -> None:
    """The relation index has a value for each month of its weeks, with trend and interval."""
    index, picture = flagship.view.index, draw_relation_index(flagship.view)
    assert index is not None
    assert picture is not None
    (texts,) = list_zones(picture.svg)
    assert [t.split(":")[0] for t in texts] == [
        f"{m:%B %Y}" for m in dict.fromkeys(w.replace(day=1) for w in index.weeks)
    ]
    assert sum("crisis from" in t for t in texts) == len({e.first.replace(day=1) for e in flagship.view.episodes})


def test_timeline_values_add_up(flagship: Case) -> None:
    """The months of the timeline hold as many events as the caption says."""
    picture = draw_event_timeline(flagship.view)
    (texts,) = list_zones(picture.svg)
    counted = [int(m[1].replace(",", "")) for t in texts if (m := re.search(r", ([\d,]+) events?:", t))]
    assert f"{sum(counted):,} events" in picture.caption


def test_fan_values_are_medians_of_days() -> None:
    """A fan has a value for each day that it shows, with the medians of both sets of futures."""
    days = (0, 30, 60)
    plain, changed = np.arange(15.0).reshape(5, 3), np.arange(15.0).reshape(5, 3) + 1
    (texts,) = list_zones(draw_intervention_fan("attack", days, plain, changed, label="x"))
    assert len(texts) == 3
    assert "median 8" in texts[2].split(";")[1]
    assert "median 9" in texts[2].split(";")[0]


def test_long_fan_has_few_values() -> None:
    """A fan of a year has at most 31 values, with the last day among them."""
    q = np.zeros((5, 366))
    (texts,) = list_zones(draw_intervention_fan("attack", range(366), q, None, label="x"))
    assert len(texts) == 31
    assert texts[-1].startswith("Day 365:")


@pytest.mark.parametrize(
    ("svg", "zones"),
    [
        (draw_calibration_bars([0.1] * 10, "x"), 10),
        (draw_interval_strip(0.5, -1, 1, than=0, claimed="above", label="x", unit="events"), 1),
        (draw_interval_strip(None, None, None, than=0, claimed="above", label="x"), 1),
        (draw_banded_strip([ProbabilityDot(0.5, low=0.2, high=0.8, name="30 days: 50 %")], "x", words=True), 1),
        (draw_response_curve("strike", [0.1] * 7, [0] * 7, [0.2] * 7, at=6, label="x", unit="extra events"), 3),
    ],
)
def test_small_charts_carry_values(svg: str, zones: int) -> None:
    """Each small chart has its values as titled zones."""
    assert [len(row) for row in list_zones(svg)] == [zones]


def test_truce_values_follow_each_curve(flagship: Case) -> None:
    """The survival chart has a row of values for each curve."""
    picture = draw_truce_survival(flagship.view)
    assert picture is not None
    assert len(list_zones(picture.svg)) == len(list_duration_curves(flagship.view))


def test_border_map_names_border_and_events(flagship: Case) -> None:
    """The border map has a value for each event that it draws, and names the border."""
    picture = draw_border_map(flagship.view)
    assert picture is not None
    (texts,) = list_zones(picture.svg)
    assert 0 < len(texts) <= len(list_border_events(flagship.view))
    border = flagship.case.names.border
    assert f">{border[:1].upper()}{border[1:]}</text>" in picture.svg


def test_panels_split_into_what_was_composed() -> None:
    """A page gets the same small charts back that a picture was composed of."""
    one = draw_calibration_bars([0.1] * 10, "one")
    two = draw_calibration_bars([0.2] + [0.8 / 9] * 9, "two")
    assert split_panels(compose_panels([one, two], 2, "both")) == [one, two]


def test_colours_of_kinds_are_their_own() -> None:
    """No kind of event shares its colour with another kind, with a response or with data of no kind."""
    kinds = [c.lower() for c in style.KIND_COLOURS.values()]
    assert len(set(kinds)) == len(kinds)
    assert not {style.DATA, style.MORE_HOSTILE, style.LESS_HOSTILE} & set(kinds)


def test_pages_have_same_colours_and_shapes() -> None:
    """The style sheet gives each kind of event the colour that charts and print give it, and each kind has a shape."""
    css = files("detente.web").joinpath("static", "events.css").read_text(encoding="utf-8")
    found = dict(re.findall(r"\.c-(\w+)\{--c:(#[0-9a-f]{6})\}", css))
    assert found == {k: c.lower() for k, c in style.KIND_COLOURS.items()}
    assert KIND_SHAPES.keys() == style.KIND_COLOURS.keys()


def test_names_keep_off_obstacles() -> None:
    """No placed name lies on a sign or on another name, and the first name wins."""
    names = [NameAt(f"Town {i}", 50 + 3 * i, 50, 12, spots_around(12, 12)) for i in range(9)]
    sign = (40.0, 40.0, 60.0, 60.0)
    placed = place_names(names, [sign], (0, 0, 200, 120))
    boxes = [name_box(p.name.text, p.x, p.y, p.name.size, p.anchor) for p in placed]
    assert placed[0].name.text == "Town 0"
    assert not any(overlaps(b, sign) for b in boxes)
    assert not any(overlaps(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
