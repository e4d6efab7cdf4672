"""Reported state of each border crossing on a day. The absence of a closure report does not show that it was open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.core.date_range import format_date
from detente.measures.crossings import CLOSED_STATES, CrossingSpell, find_crossing_spells

NO_CLOSURE, NOT_WATCHED = "no closure reported", "not watched"

Mark = Literal["shut", "perhaps", "restricted", "open", "unknown"]


@dataclass(frozen=True, slots=True)
class CrossingOn:
    """A crossing on a day.

    `state` is closed, no trade, restricted, `no closure reported` or `not watched`; `sure` is True if a report covers the day,
    False if the day lies between that report and the next one of another state. `said` is the state in words.
    `events` are the reports. `spells` holds every spell: state, first day, last day by the shortest and by the longest
    reading. `mark` is the symbol on the map: shut, perhaps shut, restricted, open or unknown. `told` holds each distinct pair of
    mark and text at month ends, and `at` the index of the pair for each month; the map's slider uses both.
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
        """True if trade was stopped, for certain or possibly."""
        return self.state in CLOSED_STATES


@cached_per_case()
def spells_of(prepared: Case) -> Mapping[str, tuple[CrossingSpell, ...]]:
    """Return the spells of every crossing by its key, computed once for each prepared case."""
    return {c.key: find_crossing_spells(prepared.g, c) for c in prepared.case.crossings}


def crossings_on(prepared: Case, day: date, month_ends: Sequence[date] = ()) -> tuple[CrossingOn, ...]:
    """Return every crossing of the case on a day, in the case's order; `month_ends` are the days of the map's slider."""
    g, spells_by_crossing = prepared.g, spells_of(prepared)
    out = []
    for c in g.case.crossings:
        spells = spells_by_crossing[c.key]
        state, sure, text, events = on(spells, day, g.watched_to)
        dates = tuple((s.state, s.first, s.last_low, s.last_high) for s in spells)
        by_month = [(mark(a, b), words) for a, b, words, _ in (on(spells, d, g.watched_to) for d in month_ends)]
        distinct = tuple(dict.fromkeys(by_month))
        at = tuple(distinct.index(x) for x in by_month)
        out.append(
            CrossingOn(c.key, c.name, c.longitude, c.latitude, state, sure, text, events, dates, mark(state, sure), distinct, at)
        )  # fmt: skip
    return tuple(out)


def latest_crossing_states(prepared: Case) -> tuple[CrossingOn, ...]:
    """Return every crossing in the state of its latest report known, also of one after systematic collection ended."""
    g = prepared.g
    out = []
    for c in g.case.crossings:
        spells = find_crossing_spells(g, c, until=g.as_of)
        state, sure, text, events = on(spells, g.as_of, g.as_of)
        dates = tuple((s.state, s.first, s.last_low, s.last_high) for s in spells)
        out.append(
            CrossingOn(c.key, c.name, c.longitude, c.latitude, state, sure, text, events, dates, mark(state, sure))
        )
    return tuple(out)


def mark(state: str, sure: bool) -> Mark:
    """Choose the map symbol of a state.

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


def on(spells: Iterable[CrossingSpell], day: date, watched_to: date) -> tuple[str, bool, str, tuple[str, ...]]:
    """Find the state on a day: the state, whether it is certain, its text, and its reports.

    Example:
        >>> s = CrossingSpell("torkham", "closed", date(2025, 10, 12), date(2025, 11, 30), date(2026, 4, 8), ("x",))
        >>> on([s], date(2025, 11, 1), date(2026, 4, 8))[2]
        'closed since 12 October 2025'
        >>> on([s], date(2026, 1, 1), date(2026, 4, 8))[2]
        'closed since 12 October 2025 (last confirmed 30 November 2025; no reopening reported)'
        >>> on([s], date(2026, 5, 1), date(2026, 4, 8))[:2]
        ('not watched', False)
    """
    if day > watched_to:
        return NOT_WATCHED, False, f"not collected after {format_date(watched_to)}", ()
    current = [s for s in spells if s.first <= day <= s.last_high]
    if not current:
        return NO_CLOSURE, False, NO_CLOSURE, ()
    s = max(current, key=lambda s: (s.first, s.state in CLOSED_STATES))
    word = {"no trade": "closed to trade", "restricted": "restricted"}.get(s.state, "closed")
    since = f"{word} since {format_date(s.first)}"
    if day <= s.last_low:
        return s.state, True, since, s.events
    return s.state, False, f"{since} (last confirmed {format_date(s.last_low)}; no reopening reported)", s.events
