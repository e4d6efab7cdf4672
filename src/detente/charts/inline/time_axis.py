"""A time axis shared by the history charts: years below, named periods as shaded columns with their names on top."""

from dataclasses import dataclass
from datetime import date
from html import escape

from detente.cases.case_file import CaseFile
from detente.charts.inline.axes import AxisScale, draw_line, draw_text
from detente.charts.style import FIGHTING, INK, RULE, SOFT, TRUCE
from detente.core.date_range import format_date

PERIOD_COLOURS = {"truce": TRUCE, "fighting": FIGHTING}


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Days from `first` to `last` on pixels from `left` to `right`; the plot reaches from `top` down to `bottom`."""

    first: date
    last: date
    left: float
    right: float
    top: float
    bottom: float

    def __call__(self, day: date) -> float:
        """Return the position of a day in pixels."""
        return AxisScale(self.first.toordinal(), self.last.toordinal() + 1, self.left, self.right)(day.toordinal())

    def draw_years(self) -> list[str]:
        """Draw a line and a name for each year that begins within the axis."""
        out = [draw_line(self.left, self.bottom, self.right, self.bottom, INK)]
        for year in range(self.first.year, self.last.year + 1):
            x = self(max(date(year, 1, 1), self.first))
            if date(year, 1, 1) >= self.first:
                out.append(draw_line(x, self.top, x, self.bottom + 4, RULE, 0.8))
            if self(min(date(year, 12, 31), self.last)) - x > 34:
                out.append(draw_text(x + 3, self.bottom + 15, str(year), fill=SOFT, size=11.5))
        return out

    def draw_periods(self, case: CaseFile, as_of: date) -> list[str]:
        """Shade the named periods of truce and fighting; their names stand above, in two lines where they would collide."""
        out, names, ends = [], [], [-1e9, -1e9]
        for r in case.regimes:
            if r.kind not in PERIOD_COLOURS or r.first > as_of:
                continue
            a, b = self(r.first), max(self(min(r.last or as_of, self.last)), self(r.first) + 2.5)
            colour, dates = PERIOD_COLOURS[r.kind], f"{format_date(r.first)} to {format_date(r.last or as_of)}"
            out.append(
                f'<rect x="{a:g}" y="{self.top:g}" width="{b - a:g}" height="{self.bottom - self.top:g}" fill="{colour}" '
                f'fill-opacity="0.2"><title>{escape(f"{r.name}: {dates}")}</title></rect>'
            )
            # About 5.6 pixels a letter; a name that would leave the chart ends at its right edge, or begins at its left one.
            width = 5.6 * len(r.name)
            start = max(min((a + b) / 2 - width / 2, self.right - width), 2.0)
            row = 0 if ends[0] < start else 1
            ends[row] = start + width + 6
            y = self.top - 5 - 13 * row
            out.append(draw_line((a + b) / 2, y + 2, (a + b) / 2, self.top, colour, 0.8))
            # The line of a name above passes behind the names below.
            halo = '<text paint-order="stroke" stroke="#fff" stroke-width="4" stroke-linejoin="round" '
            names.append(draw_text(start, y, r.name, size=11, fill=SOFT).replace("<text ", halo, 1))
        return [*out, *names]
