"""Another source's figures for both states of a case, by year and month."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from detente.api.results.base import ResultHeader, build_frame, build_html_table, result_data
from detente.cases.longer_view import MonthFigure, SourceFigures, YearFigure
from detente.charts.longer_view_data import ViewMark, YearBar

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd


@dataclass(frozen=True)
class LongerView:
    """A source's yearly and monthly figures for both states.

    A country's total counts every conflict there, not only that with the armed group. A month or year without a row is
    unknown, not peaceful. Provisional figures change with later releases.

    Fields:
        figures: known on the day of knowledge. bars: the years as drawn. marks: the takeover and the named fighting.
    """

    header: ResultHeader
    figures: SourceFigures
    bars: tuple[YearBar, ...]
    marks: tuple[ViewMark, ...]

    @property
    def years(self) -> tuple[YearFigure, ...]:
        """Events and deaths by country and year, every conflict together."""
        return self.figures.years

    @property
    def months(self) -> tuple[MonthFigure, ...]:
        """Events and deaths by country, conflict and month; conflict `all` is every conflict together."""
        return self.figures.months

    def to_dict(self) -> dict[str, Any]:
        """The figures as plain values, with source, licence and citation."""
        f = self.figures
        return result_data(
            "longer view", self.header, source=f.source, licence=f.licence, cite=f.cite, years=f.years, months=f.months,
            marks=self.marks,
        )  # fmt: skip

    def to_pandas(self, every: Literal["year", "month"] = "year") -> "pd.DataFrame":
        """The yearly or monthly figures as a pandas DataFrame."""
        return build_frame(self.years if every == "year" else self.months)

    def plot(self) -> "alt.TopLevelMixin":
        """Chart the deaths of both states by year, with the takeover and the named fighting."""
        from detente.charts.longer_view import build_longer_view_chart

        return build_longer_view_chart(self.bars, self.marks, self.figures.source)

    def __repr__(self) -> str:
        return f"<longer view of {self.header.case}: {len(self.years)} years, {len(self.months)} months>"

    def _repr_html_(self) -> str:
        return build_html_table(self.years[::-1], f"Longer view: {self.figures.cite}")
