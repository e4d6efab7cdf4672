"""Past forecasts with their outcomes: chosen by kind, day and horizon, and how often the outcomes lay in the ranges."""

from dataclasses import dataclass
from datetime import date, timedelta

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.cases.channel_names import channel_name
from detente.core.errors import DetenteError, nearest, quoted_choices
from detente.forecast.case import CLOSURE

CLOSURE_NAME = "new closures of a crossing"


class BadArchiveQuery(DetenteError):
    """A filter of the archive names nothing that it holds."""

    exit_code = 2

    def __init__(self, name: str, value: str, known: tuple[str, ...]) -> None:
        self.name, self.value, self.known = name, value, known
        near = nearest(value, known) or known[:6]
        super().__init__(f"{name}={value[:40]!r} is not in the archive. Nearest: {quoted_choices(near)}.")


@dataclass(frozen=True, slots=True)
class ArchivedForecast:
    """A past forecast of the number of events of one kind, with its outcome.

    Fields:
        origin: day whose knowledge it used. days: horizon; `until` is its last day. kind, name: of the events. probability: of at
            least one. median, low, high: of the number, with its 90 % range. came: number that the record shows on the covered
            days. inside: whether it lies in the range.
    """

    origin: date
    days: int
    until: date
    kind: str
    name: str
    probability: float
    median: float
    low: float
    high: float
    came: int
    inside: bool


@dataclass(frozen=True, slots=True)
class ArchiveTally:
    """How some past forecasts did.

    Fields:
        forecasts: their number. inside: outcomes within the 90 % ranges. happened: forecasts of which at least one event came.
            expected: the sum of the probabilities, which is near `happened` if they are right on average.
    """

    forecasts: int
    inside: int
    happened: int
    expected: float


@cached_per_case()
def list_past_forecasts(prepared: Case) -> tuple[ArchivedForecast, ...]:
    """List the past forecasts whose horizon has ended, latest first; empty without a score card of this release."""
    order = [*dict.fromkeys(h.channel for h in prepared.forecast_history())]
    rows = [
        ArchivedForecast(
            h.origin, h.days, h.origin + timedelta(days=h.days), h.channel, name_kind(prepared, h.channel),
            h.probability, h.median, h.low, h.high, h.came, h.low <= h.came <= h.high,
        )
        for h in prepared.forecast_history()
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda r: (-r.origin.toordinal(), r.days, order.index(r.kind))))


def name_kind(prepared: Case, kind: str) -> str:
    """Name a kind of event that is forecast."""
    return CLOSURE_NAME if kind == CLOSURE else channel_name(prepared.case, kind)


def select_past_forecasts(
    prepared: Case, kind: str = "", days: str = "", origin: str = ""
) -> tuple[ArchivedForecast, ...]:  # fmt: skip
    """Select past forecasts; an empty filter selects all.

    Args:
        kind: such as `strike`. days: horizon, such as `30`. origin: day of the forecast, such as `2025-09-30`.

    Raises:
        BadArchiveQuery: a filter names a kind, horizon or day that the archive lacks.
    """
    rows = list_past_forecasts(prepared)
    for name, value, of in (
        ("kind", kind, lambda r: r.kind), ("days", days, lambda r: str(r.days)), ("date", origin, lambda r: str(r.origin)),
    ):  # fmt: skip
        if value:
            known = tuple(dict.fromkeys(of(r) for r in list_past_forecasts(prepared)))
            if value not in known:
                raise BadArchiveQuery(name, value, known)
            rows = tuple(r for r in rows if of(r) == value)
    return rows


def tally_past_forecasts(rows: tuple[ArchivedForecast, ...]) -> ArchiveTally:
    """Count how some past forecasts did.

    Example:
        >>> day = date(2025, 9, 30)
        >>> row = ArchivedForecast(day, 30, date(2025, 10, 30), "strike", "strikes", 0.25, 0, 0, 2, 8, False)
        >>> tally_past_forecasts((row,))
        ArchiveTally(forecasts=1, inside=0, happened=1, expected=0.25)
    """
    return ArchiveTally(
        len(rows), sum(r.inside for r in rows), sum(r.came > 0 for r in rows), sum(r.probability for r in rows)
    )
