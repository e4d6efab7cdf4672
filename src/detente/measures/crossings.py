"""How long each crossing was closed, from reported closures and reopenings.

Reports say when a crossing shut more often than when it opened again. So each spell has a shortest and
a longest reading: the shortest ends on the last day that a report speaks of, the longest on the day
before the next report that implies another state, or at the end of the watch.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from detente.cases.case_file import Crossing
from detente.cases.load import CaseData
from detente.events.event import Event

CLOSED_STATES = ("closed", "no trade")


@dataclass(frozen=True, slots=True)
class CrossingSpell:
    """A crossing in one state from `first` to between `last_low` and `last_high`, all included.

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
        """Days in that state by the shortest reading."""
        return (self.last_low - self.first).days + 1

    @property
    def days_high(self) -> int:
        """Days in that state by the longest reading."""
        return (self.last_high - self.first).days + 1


@dataclass(frozen=True, slots=True)
class CrossingReport:
    """What one event says of a crossing: a state from a day on, perhaps told until a day.

    `opens` marks a reopening, if only in part: it tells that the crossing had been shut until then.
    `continues` marks a report that an earlier state still lasts.
    """

    day: date
    state: str
    event: str
    until: date | None
    opens: bool
    continues: bool


def find_crossing_spells(gathered: CaseData, crossing: Crossing) -> tuple[CrossingSpell, ...]:
    """The spells in which a crossing was not open, in order, over watched days."""
    reports = _collect_reports(gathered, crossing)
    end = gathered.watched_to
    out: list[CrossingSpell] = []
    for i, r in enumerate(reports):
        if r.state == "open" or r.day > end or r.continues:
            continue
        still = []
        for later in reports[i + 1 :]:
            if not later.continues:
                break
            still.append(later)
        after = reports[i + 1 + len(still)] if i + 1 + len(still) < len(reports) else None
        low, high = _bound_spell_end(r, still, after, end)
        events = (r.event, *(s.event for s in still))
        out.append(CrossingSpell(crossing.key, r.state, r.day, min(low, end), min(high, end), events))
    return tuple(out)


def _bound_spell_end(
    r: CrossingReport, still: list[CrossingReport], after: CrossingReport | None, end: date
) -> tuple[date, date]:
    told = max([r.day, *([r.until] if r.until else []), *(s.day for s in still)])
    if after is None:
        # Nothing later is reported. A stretch that a report gives in full is taken at its word.
        return (told, told) if r.until and not still else (told, end)
    before = max(after.day - timedelta(days=1), r.day)
    if after.opens:
        return before, before
    # Shut again with no reopening reported between: it had opened, nobody says when.
    return (told, told) if r.until and not still else (min(told, before), before)


def _collect_reports(gathered: CaseData, crossing: Crossing) -> list[CrossingReport]:
    named = {(c.event, k): c for c in gathered.case.crossing_events for k in c.crossings}
    elsewhere = {c.event for c in gathered.case.crossing_events}
    out = []
    for e in gathered.events:
        coded = named.get((e.id, crossing.key))
        until = e.span.last if e.span.last > e.span.first else None
        if coded:
            opens = coded.opens or e.type == "RETREAT"
            out.append(CrossingReport(e.day, coded.state, e.id, until, opens, coded.continues))
        elif e.id not in elsewhere and e.place.name in crossing.places:
            state = _reported_state(e)
            if state:
                out.append(CrossingReport(e.day, state, e.id, until, state == "open", continues=False))
    # A reopening on the day of a closure comes after it.
    return sorted(out, key=lambda r: (r.day, r.state == "open"))


def _reported_state(event: Event) -> str | None:
    if event.type == "SANCTION" and event.mode == "close-crossing":
        return "closed"
    if event.type == "RETREAT" and event.mode == "reopen-crossing":
        return "open"
    return None


def is_closed_on(gathered: CaseData, crossing: Crossing, day: date) -> bool:
    """Was a crossing shut to trade on a day, as far as was reported? The last report until then holds, watched days or not."""
    told = [r for r in _collect_reports(gathered, crossing) if r.day <= day]
    if not told or told[-1].state not in CLOSED_STATES:
        return False
    until = told[-1].until
    return until is None or until >= day or told[-1].continues


def count_closed_days(gathered: CaseData, crossing: Crossing) -> tuple[int, int]:
    """Days without trade over a crossing, by the shortest and by the longest reading."""
    shut = [s for s in find_crossing_spells(gathered, crossing) if s.state in CLOSED_STATES]
    return len(_collect_days(shut, longest=False)), len(_collect_days(shut, longest=True))


def _collect_days(shut: list[CrossingSpell], *, longest: bool) -> set[date]:
    out: set[date] = set()
    for s in shut:
        last = s.last_high if longest else s.last_low
        out.update(s.first + timedelta(days=i) for i in range((last - s.first).days + 1))
    return out
