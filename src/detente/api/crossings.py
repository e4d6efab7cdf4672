"""What is reported of each crossing on a day. No report of a closure is not a report that it was open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from detente.api.case import PreparedCase
from detente.core.date_range import format_date
from detente.measures.crossings import CLOSED_STATES, CrossingSpell, find_crossing_spells

NO_CLOSURE, NOT_WATCHED = "no closure reported", "not watched"

Mark = Literal["shut", "perhaps", "restricted", "open", "unknown"]


@dataclass(frozen=True, slots=True)
class CrossingOn:
    """A crossing on a day.

    `state` is closed, no trade, restricted, `no closure reported` or `not watched`; `sure` says that the day lies within
    what a report tells, and not between that and the next report of another state. `said` is the whole in words.
    `events` are the reports. `spells` holds every spell: state, first day, last day by the shortest and by the longest
    reading. `mark` is how the map draws it: shut, perhaps shut, restricted, open or unknown. `told` holds each different mark
    and saying that it has at the end of any month of the map, and `at` which of them by month: a page that moves shows those.
    """

    key: str
    name: str
    lon: float
    lat: float
    state: str
    sure: bool
    said: str
    events: tuple[str, ...]
    spells: tuple[tuple[str, date, date, date], ...]
    mark: Mark
    told: tuple[tuple[Mark, str], ...] = ()
    at: tuple[int, ...] = ()

    @property
    def shut(self) -> bool:
        """Could no trade pass, surely or perhaps?"""
        return self.state in CLOSED_STATES


_KEPT: dict[str, Mapping[str, tuple[CrossingSpell, ...]]] = {}


def spells_of(study: PreparedCase) -> Mapping[str, tuple[CrossingSpell, ...]]:
    """The spells of every crossing by its key, measured once a study."""
    if study.key not in _KEPT:
        _KEPT[study.key] = {c.key: find_crossing_spells(study.g, c) for c in study.case.crossings}
    return _KEPT[study.key]


def crossings_on(study: PreparedCase, day: date, month_ends: Sequence[date] = ()) -> tuple[CrossingOn, ...]:
    """Every crossing of the case on a day, in the case's order; `month_ends` are the days that a map may be moved to."""
    g, all_spells = study.g, spells_of(study)
    out = []
    for c in g.case.crossings:
        told = all_spells[c.key]
        state, sure, said, events = on(told, day, g.watched_to)
        kept = tuple((s.state, s.first, s.last_low, s.last_high) for s in told)
        then = [on(told, d, g.watched_to) for d in month_ends]
        marked = [(mark(a, b), words) for a, b, words, _ in then]
        different = list(dict.fromkeys(marked))
        at = tuple(different.index(x) for x in marked)
        out.append(
            CrossingOn(
                c.key, c.name, c.longitude, c.latitude, state, sure, said, events, kept, mark(state, sure), tuple(different), at
            )
        )  # fmt: skip
    return tuple(out)


def mark(state: str, sure: bool) -> Mark:
    """How the map draws a state.

    Example:
        >>> mark("closed", True), mark("no trade", False), mark("restricted", False), mark(NO_CLOSURE, False)
        ('shut', 'perhaps', 'restricted', 'open')
    """
    if state == NOT_WATCHED:
        return "unknown"
    if state == NO_CLOSURE:
        return "open"
    if state == "restricted":
        return "restricted"
    return "shut" if sure else "perhaps"


def on(told: Iterable[CrossingSpell], day: date, watched_to: date) -> tuple[str, bool, str, tuple[str, ...]]:
    """State, whether it is sure, the same in words, and the reports it rests on.

    Example:
        >>> s = CrossingSpell("torkham", "closed", date(2025, 10, 12), date(2025, 11, 30), date(2026, 4, 8), ("x",))
        >>> on([s], date(2025, 11, 1), date(2026, 4, 8))[2]
        'closed since 12 October 2025'
        >>> on([s], date(2026, 1, 1), date(2026, 4, 8))[2]
        'closed since 12 October 2025, last told on 30 November 2025; no reopening reported'
        >>> on([s], date(2026, 5, 1), date(2026, 4, 8))[:2]
        ('not watched', False)
    """
    if day > watched_to:
        return NOT_WATCHED, False, f"not watched after {format_date(watched_to)}", ()
    here = [s for s in told if s.first <= day <= s.last_high]
    if not here:
        return NO_CLOSURE, False, NO_CLOSURE, ()
    s = max(here, key=lambda s: (s.first, s.state in CLOSED_STATES))
    word = {"no trade": "no trade", "restricted": "restricted"}.get(s.state, "closed")
    since = f"{word} since {format_date(s.first)}"
    if day <= s.last_low:
        return s.state, True, since, s.events
    return s.state, False, f"{since}, last told on {format_date(s.last_low)}; no reopening reported", s.events
