"""Duration of crossing closures, from reported closures and reopenings.

Closures are reported more often than reopenings, so each spell has a minimum and a maximum length. The minimum ends on
the last day that a report mentions. The maximum ends on the day before the next report that implies another state, or
at the end of the observation period.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile

from detente.cases.case_file import Crossing
from detente.cases.load import CaseData
from detente.events.event import Event

CLOSED_STATES = ("closed", "no trade")


@dataclass(frozen=True, slots=True)
class CrossingSpell:
    """A crossing in one state from `first` to a day between `last_low` and `last_high`, all included.

    `state` is closed, no trade (people or aid may pass) or restricted (some people may not).
    """

    crossing: str
    state: str
    first: date
    last_low: date
    last_high: date
    events: tuple[str, ...]

    @property
    def days_low(self) -> int:
        """Minimum number of days in that state."""
        return (self.last_low - self.first).days + 1

    @property
    def days_high(self) -> int:
        """Maximum number of days in that state."""
        return (self.last_high - self.first).days + 1


@dataclass(frozen=True, slots=True)
class CrossingReport:
    """State of a crossing reported by one event: from `day`, perhaps with a reported end `until`.

    `opens` marks a full or partial reopening: the crossing had been closed until then. `continues` marks a report that
    an earlier state still lasts.
    """

    day: date
    state: str
    event: str
    until: date | None
    opens: bool
    continues: bool


def find_crossing_spells(
    gathered: CaseData, crossing: Crossing, *, until: date | None = None
) -> tuple[CrossingSpell, ...]:
    """Find the spells in which a crossing was not open, in order.

    Args:
        until: the last day; the end of the observation period if not given. Days counted for a rate end there. A
            statement of the present state uses the day of knowledge, and so every report.
    """
    reports = _collect_reports(gathered, crossing)
    end = until or gathered.watched_to
    out: list[CrossingSpell] = []
    for i, r in enumerate(reports):
        if r.state == "open" or r.day > end or r.continues:
            continue
        still = list(takewhile(lambda later: later.continues, reports[i + 1 :]))
        after = next(iter(reports[i + 1 + len(still) :]), None)
        low, high = _bound_spell_end(r, still, after, end)
        ids = (r.event, *(s.event for s in still))
        out.append(CrossingSpell(crossing.key, r.state, r.day, min(low, end), min(high, end), ids))
    return tuple(out)


def _bound_spell_end(
    r: CrossingReport, still: list[CrossingReport], after: CrossingReport | None, end: date
) -> tuple[date, date]:
    reported = max([r.day, *([r.until] if r.until else []), *(s.day for s in still)])
    if after is None:
        # There is no later report. A period reported with its end is taken as exact.
        return (reported, reported) if r.until and not still else (reported, end)
    before = max(after.day - timedelta(days=1), r.day)
    if after.opens:
        return before, before
    # Closed again without a reported reopening: it had opened on an unreported day.
    return (reported, reported) if r.until and not still else (min(reported, before), before)


def _collect_reports(gathered: CaseData, crossing: Crossing) -> list[CrossingReport]:
    coded_events = {(c.event, k): c for c in gathered.case.crossing_events for k in c.crossings}
    coded_ids = {c.event for c in gathered.case.crossing_events}
    out = []
    for e in gathered.events:
        coded = coded_events.get((e.id, crossing.key))
        until = e.span.last if e.span.last > e.span.first else None
        if coded:
            opens = coded.opens or e.type == "RETREAT"
            out.append(CrossingReport(e.day, coded.state, e.id, until, opens, coded.continues))
        elif e.id not in coded_ids and e.place.name in crossing.places and (state := _reported_state(e)):
            out.append(CrossingReport(e.day, state, e.id, until, state == "open", continues=False))
    # A reopening on the day of a closure is taken to follow it.
    return sorted(out, key=lambda r: (r.day, r.state == "open"))


def _reported_state(event: Event) -> str | None:
    if event.type == "SANCTION" and event.mode == "close-crossing":
        return "closed"
    if event.type == "RETREAT" and event.mode == "reopen-crossing":
        return "open"
    return None


def is_closed_on(gathered: CaseData, crossing: Crossing, day: date) -> bool:
    """Return whether a crossing was closed to trade on a day by the last report until then, covered day or not."""
    reports = [r for r in _collect_reports(gathered, crossing) if r.day <= day]
    if not reports or reports[-1].state not in CLOSED_STATES:
        return False
    until = reports[-1].until
    return until is None or until >= day or reports[-1].continues


def count_closed_days(gathered: CaseData, crossing: Crossing) -> tuple[int, int]:
    """Return the minimum and maximum number of days without trade at a crossing."""
    shut = [s for s in find_crossing_spells(gathered, crossing) if s.state in CLOSED_STATES]
    return len(_collect_days(shut, longest=False)), len(_collect_days(shut, longest=True))


def _collect_days(shut: list[CrossingSpell], *, longest: bool) -> set[date]:
    out: set[date] = set()
    for s in shut:
        last = s.last_high if longest else s.last_low
        out.update(s.first + timedelta(days=i) for i in range((last - s.first).days + 1))
    return out
