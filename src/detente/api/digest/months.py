"""The months of a case that have a digest, and their verdicts."""

from dataclasses import dataclass

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.core.errors import DetenteError
from detente.core.month import CalendarMonth, month_of, months_between
from detente.measures.month_verdict import MonthVerdict, judge_month


class NoDigest(DetenteError):
    """A case has no digest of a month."""

    exit_code = 6

    def __init__(self, case: str, month: CalendarMonth, months: tuple[CalendarMonth, ...]) -> None:
        self.case, self.month = case, month
        known = f"Digests go from {months[0]} to {months[-1]}" if months else "The case has no month with events"
        super().__init__(f"{case} has no digest of {month}. {known}.")


@dataclass(frozen=True, slots=True)
class DigestRow:
    """A month of the archive: its verdict, its number of events, None if none is known and no day was covered, and the covered days."""

    month: str
    title: str
    word: str
    reason: str
    events: int | None
    covered: int
    days: int


@cached_per_case()
def list_months(prepared: Case) -> tuple[CalendarMonth, ...]:
    """List the months with a digest, oldest first: from the first day of the case to the last covered day or the latest event."""
    g = prepared.g
    last = max((e.day for e in g.events), default=g.case.first)
    return months_between(g.case.first, max(last, g.watched_to)) if g.events else ()


@cached_per_case(2048)
def verdict_of(prepared: Case, month: CalendarMonth) -> MonthVerdict:
    """Return the verdict on a month."""
    return judge_month(prepared.g, month)


def latest_month(prepared: Case) -> CalendarMonth | None:
    """Return the latest month that can be judged; the latest month if none can; None without events."""
    months = list_months(prepared)
    judged = (m for m in reversed(months) if verdict_of(prepared, m).word != "not known")
    return next(judged, months[-1] if months else None)


def require_month(prepared: Case, month: CalendarMonth | None) -> CalendarMonth:
    """Return the month, or the latest if none is given.

    Raises:
        NoDigest: the record does not reach the month, or holds no event.
    """
    months = list_months(prepared)
    chosen = month or latest_month(prepared)
    if chosen is None or chosen not in months:
        raise NoDigest(prepared.id, chosen or month_of(prepared.g.case.first), months)
    return chosen


@cached_per_case()
def list_digests(prepared: Case) -> tuple[DigestRow, ...]:
    """List the months with their verdicts, newest first."""
    counts: dict[CalendarMonth, int] = {}
    for e in prepared.g.events:
        counts[month_of(e.day)] = counts.get(month_of(e.day), 0) + 1
    out = []
    for m in reversed(list_months(prepared)):
        v = verdict_of(prepared, m)
        out.append(
            DigestRow(str(m), m.words, v.word, v.reason, counts.get(m, 0 if v.covered else None), v.covered, m.days)
        )
    return tuple(out)
