"""Counts of events by day, week, month or year, with the days observed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from detente.api.results.base import ResultHeader, build_html_table, result_data
from detente.core.errors import DetenteError, nearest, quoted_choices
from detente.measures.counts import Counts

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

Period = Literal["day", "week", "month", "year"]


class UnknownPeriod(DetenteError):
    """Counts were asked for by a period that does not exist."""

    exit_code = 2

    def __init__(self, period: str) -> None:
        self.period, self.known = period, get_args(Period)
        near = quoted_choices(nearest(period, self.known))
        super().__init__(f"Unknown period {period!r}. Nearest: {near}. Known: {', '.join(self.known)}.")


@dataclass(frozen=True)
class CountTable:
    """Counts by period and channel.

    Fields:
        every: the period. first: first day of each period, length n. channels: length c. y: shape (n, c).
        observed: days with systematic coverage in each period, shape (n,). A period with fewer observed days than days
            has counts that are lower limits; zeros of `y` in one without any are unknown, and missing in the rows. coverage: mean reporting coverage over the observed days, NaN without any.
        unrecorded: channels that no source of the case records; their zeros in `y` are unknown, and missing in the rows.
    """

    header: ResultHeader
    every: Period
    first: tuple[date, ...]
    channels: tuple[str, ...]
    y: NDArray[np.int64]
    observed: NDArray[np.int64]
    coverage: NDArray[np.float64]
    unrecorded: frozenset[str] = frozenset()

    def _count(self, channel: str, events: int, observed: int) -> int | None:
        return events or (None if channel in self.unrecorded or not observed else 0)

    def _rows(self) -> list[dict[str, Any]]:
        return [
            {self.every: d, **{c: self._count(c, int(n), o) for c, n in zip(self.channels, y, strict=True)}, "observed_days": int(o), "coverage": float(e)}
            for d, y, o, e in zip(self.first, self.y, self.observed, self.coverage, strict=True)
        ]  # fmt: skip

    def __repr__(self) -> str:
        return f"<counts by {self.every} of {self.header.case}: {len(self.first)} × {len(self.channels)}>"

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain values: a row for each period."""
        return result_data("counts", self.header, every=self.every, channels=self.channels, rows=self._rows())

    def to_pandas(self) -> "pd.DataFrame":
        """A DataFrame indexed by the first day of each period, a column for each channel; NA where not recorded or not collected."""
        import pandas as pd

        frame = pd.DataFrame(self._rows())
        frame = frame.astype(dict.fromkeys(self.channels, "Int64"))
        return frame.set_index(pd.DatetimeIndex(frame.pop(self.every), name=self.every))

    def plot(self) -> "alt.TopLevelMixin":
        """Chart the counts over time, a row for each channel that the sources record or of which an event is known."""
        from detente.charts.result_charts import chart_counts

        drawn = [i for i, c in enumerate(self.channels) if c not in self.unrecorded or self.y[:, i].any()]
        return chart_counts(self.first, tuple(self.channels[i] for i in drawn), self.y[:, drawn])

    def _repr_html_(self) -> str:
        empty = " Empty: not collected, so unknown." if self.unrecorded or not self.observed.all() else ""
        caption = f"Counts by {self.every}: {self.header.case}, as of {self.header.as_of}.{empty}"
        return build_html_table(self._rows(), caption)


def build_count_table(
    header: ResultHeader, c: Counts, every: str = "day", unrecorded: Iterable[str] = ()
) -> CountTable:
    """Sum daily counts by period; weeks begin on Monday.

    Args:
        unrecorded: channels that no source of the case records.

    Raises:
        UnknownPeriod: not day, week, month or year.
    """
    if every not in get_args(Period):
        raise UnknownPeriod(every)
    starts = [_period_start(d, every) for d in c.days]
    first = tuple(dict.fromkeys(starts))
    at = {d: i for i, d in enumerate(first)}
    index = np.array([at[d] for d in starts])
    y = np.zeros((len(first), len(c.channels)), np.int64)
    np.add.at(y, index, c.y)
    observed = np.bincount(index, c.coverage > 0, minlength=len(first)).astype(np.int64)
    total = np.bincount(index, c.coverage, minlength=len(first))
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage = np.where(observed > 0, total / observed, np.nan)
    return CountTable(header, every, first, c.channels, y, observed, coverage, frozenset(unrecorded))  # type: ignore[arg-type]


def _period_start(d: date, every: str) -> date:
    match every:
        case "week":
            return d - timedelta(days=d.weekday())
        case "month":
            return d.replace(day=1)
        case "year":
            return d.replace(month=1, day=1)
    return d
