"""How long each crossing was closed, from reported closures and reopenings.

Reports say when a crossing shut more often than when it opened again. So each spell has a shortest and
a longest reading: the shortest ends on the last day that a report speaks of, the longest on the day
before the next report that implies another state, or at the end of the watch.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from detente.cases.case_file import Crossing
from detente.cases.load import Gathered
from detente.events.event import Event

SHUT = ("closed", "no trade")


@dataclass(frozen=True, slots=True)
class Spell:
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
class Report:
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


def spells(gathered: Gathered, crossing: Crossing) -> tuple[Spell, ...]:
    """The spells in which a crossing was not open, in order, over watched days."""
    reports = _reports(gathered, crossing)
    end = gathered.watched_to
    out: list[Spell] = []
    for i, r in enumerate(reports):
        if r.state == "open" or r.day > end or r.continues:
            continue
        still = []
        for later in reports[i + 1 :]:
            if not later.continues:
                break
            still.append(later)
        after = reports[i + 1 + len(still)] if i + 1 + len(still) < len(reports) else None
        low, high = _ends(r, still, after, end)
        events = (r.event, *(s.event for s in still))
        out.append(Spell(crossing.key, r.state, r.day, min(low, end), min(high, end), events))
    return tuple(out)


def _ends(r: Report, still: list[Report], after: Report | None, end: date) -> tuple[date, date]:
    told = max([r.day, *([r.until] if r.until else []), *(s.day for s in still)])
    if after is None:
        # Nothing later is reported. A stretch that a report gives in full is taken at its word.
        return (told, told) if r.until and not still else (told, end)
    before = max(after.day - timedelta(days=1), r.day)
    if after.opens:
        return before, before
    # Shut again with no reopening reported between: it had opened, nobody says when.
    return (told, told) if r.until and not still else (min(told, before), before)


def _reports(gathered: Gathered, crossing: Crossing) -> list[Report]:
    named = {(c.event, k): c for c in gathered.case.crossing_events for k in c.crossings}
    elsewhere = {c.event for c in gathered.case.crossing_events}
    out = []
    for e in gathered.events:
        coded = named.get((e.id, crossing.key))
        until = e.span.last if e.span.last > e.span.first else None
        if coded:
            opens = coded.opens or e.type == "RETREAT"
            out.append(Report(e.day, coded.state, e.id, until, opens, coded.continues))
        elif e.id not in elsewhere and e.place.name in crossing.places:
            state = _state(e)
            if state:
                out.append(Report(e.day, state, e.id, until, state == "open", continues=False))
    # A reopening on the day of a closure comes after it.
    return sorted(out, key=lambda r: (r.day, r.state == "open"))


def _state(event: Event) -> str | None:
    if event.type == "SANCTION" and event.mode == "close-crossing":
        return "closed"
    if event.type == "RETREAT" and event.mode == "reopen-crossing":
        return "open"
    return None


def shut_on(gathered: Gathered, crossing: Crossing, day: date) -> bool:
    """Was a crossing shut to trade on a day, as far as was reported? The last report until then holds, watched days or not."""
    told = [r for r in _reports(gathered, crossing) if r.day <= day]
    if not told or told[-1].state not in SHUT:
        return False
    until = told[-1].until
    return until is None or until >= day or told[-1].continues


def days_shut(gathered: Gathered, crossing: Crossing) -> tuple[int, int]:
    """Days without trade over a crossing, by the shortest and by the longest reading."""
    shut = [s for s in spells(gathered, crossing) if s.state in SHUT]
    return len(_days(shut, longest=False)), len(_days(shut, longest=True))


def _days(shut: list[Spell], *, longest: bool) -> set[date]:
    out: set[date] = set()
    for s in shut:
        last = s.last_high if longest else s.last_low
        out.update(s.first + timedelta(days=i) for i in range((last - s.first).days + 1))
    return out
