"""The charts of the longer view: every year drawn, provisional years apart, named periods marked."""

from datetime import date

from detente.api.case import open_case
from detente.charts.inline.longer_view import draw_year_bars
from detente.charts.longer_view import build_longer_view_chart, draw_longer_view
from detente.charts.longer_view_data import ViewMark, YearBar


def test_flagship_chart_holds_both_states() -> None:
    """Both states have a bar for each year, and the takeover and the fighting are marked."""
    view = open_case(store=None, compare=False)
    shown = view.longer_view
    assert shown is not None
    assert {b.country: b.year for b in shown.bars} == {"Pakistan": 2025, "Afghanistan": 2025}
    assert len(shown.bars) == 2 * (2025 - 1989 + 1)
    assert [m.kind for m in shown.marks] == ["takeover", "fighting", "fighting"]
    picture = draw_longer_view(view.view)
    assert picture is not None
    assert picture.svg.startswith("<svg")


def test_chart_is_absent_before_any_figures() -> None:
    """A day on which no release was known has no longer view."""
    case = open_case(as_of="2023-10-01", store=None, compare=False)
    assert case.longer_view is None
    assert draw_longer_view(case.view) is None


def test_inline_bars_tell_provisional_years_apart() -> None:
    """A provisional year is hollow; a name with markup is escaped."""
    bars = [YearBar("A", 2024, 10, 2, provisional=False), YearBar("A", 2025, 5, 1, provisional=True)]
    marks = [ViewMark("<b>", "fighting", date(2025, 1, 1), date(2025, 2, 1))]
    svg = draw_year_bars(bars, marks, "label")
    assert svg.count('fill="none" stroke=') == 1
    assert "<b>" not in svg


def test_chart_has_a_panel_for_each_state() -> None:
    """Two states give two panels with scales of their own."""
    bars = [YearBar(c, 2024, 10, 2, provisional=False) for c in ("A", "B")]
    assert len(build_longer_view_chart(bars, [], "X").to_dict()["vconcat"]) == 2
