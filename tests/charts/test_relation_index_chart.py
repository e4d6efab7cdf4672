"""The relation index chart: nothing leaves the drawing, at either width."""

import re

import pytest

from detente.api.case import Case
from detente.charts.relation_index import PAGE_WIDTH, WIDTH, draw_relation_index


@pytest.mark.parametrize("width", [WIDTH, PAGE_WIDTH])
def test_period_names_stay_inside_chart(flagship: Case, width: int) -> None:
    """The names of periods begin and end inside the drawing, and two in one line do not overlap."""
    picture = draw_relation_index(flagship.view, width)
    assert picture is not None
    assert f'viewBox="0 0 {width} ' in picture.svg
    names = re.findall(r'<text paint-order[^>]* x="([\d.-]+)" y="([\d.-]+)"[^>]*>([^<]+)<', picture.svg)
    assert len(names) > 2
    lines: dict[float, float] = {}
    for x, y, name in ((float(a), float(b), c) for a, b, c in names):
        # About 5.6 pixels a letter at this size.
        end = x + 5.6 * len(name)
        assert x >= 0
        assert end <= width
        assert x >= lines.get(y, 0.0)
        lines[y] = end
