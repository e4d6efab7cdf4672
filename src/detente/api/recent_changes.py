"""What changed lately: thirty days against the thirty before them, with how densely each was collected.

Where nobody collected systematically in the last days before the day of knowledge, a count of them would look like
peace. The last thirty days that were watched are compared then, and what is known of later days is listed and not counted.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from detente.api.case import PreparedCase
from detente.api.crossings import spells_of
from detente.api.events.event_row import EventRow, build_event_address, build_event_row
from detente.api.events.filters import EventQuery, format_query_string
from detente.cases.channel_rule import CHANNELS
from detente.core.date_range import format_date
from detente.events.event import Event

DAYS = 30
COVERAGE_TOLERANCE = 0.05  # densities closer than this share of each other are told as alike


@dataclass(frozen=True, slots=True)
class ComparisonPeriod:
    """Days from `first` to `last`: how many were watched, and the mean density of those, 0 if none."""

    first: date
    last: date
    days: int
    watched: int
    coverage: float

    @property
    def words(self) -> str:
        """The stretch in words."""
        return f"{format_date(self.first)} to {format_date(self.last)}"


@dataclass(frozen=True, slots=True)
class ChannelChange:
    """A channel in both stretches. `expected` is the earlier count at the later density, None where one was not watched."""

    channel: str
    now: int
    before: int
    expected: float | None
    address: str


@dataclass(frozen=True, slots=True)
class Development:
    """Something that began or ended: kind in a word, the day, the rest in words, and the event that tells it."""

    kind: str
    day: date
    said: str
    address: str


@dataclass(frozen=True, slots=True)
class RecentChanges:
    """The comparison.

    `why` says why another stretch than the last days is shown; empty where it is those. `density` says whether the counts
    compare as they stand. `channels` is in the channels' order. `news` is in order of day. `later` are events known of
    days after the later stretch.
    """

    now: ComparisonPeriod
    before: ComparisonPeriod
    why: str
    coverage: str
    channels: tuple[ChannelChange, ...]
    news: tuple[Development, ...]
    later: tuple[EventRow, ...]


def compare_recent_periods(study: PreparedCase) -> RecentChanges:
    """The last thirty days of a case."""
    g = study.g
    now, why = _build_period(study, g.as_of), ""
    if now.watched < DAYS:
        told = "was" if now.watched == 1 else "were"
        why = (
            f"Of the {DAYS} days to {format_date(g.as_of)}, {now.watched or 'none'} {told} collected systematically. "
            f"So the last {DAYS} days that were are shown; single events known of later days follow."
        )
        now = _build_period(study, g.watched_to)
    before = _build_period(study, now.first - timedelta(days=1))
    count = {s.first: Counter(g.channel(e) for e in g.events if s.first <= e.day <= s.last) for s in (now, before)}
    comparable = now.watched == DAYS and before.watched == DAYS
    factor = now.coverage / before.coverage if comparable else None
    return RecentChanges(
        now=now,
        before=before,
        why=why,
        coverage=_compare_coverage(now, before),
        channels=tuple(
            ChannelChange(
                c, count[now.first][c], count[before.first][c],
                round(count[before.first][c] * factor, 1) if factor is not None else None,
                f"/{study.id}/events?{format_query_string(EventQuery(channel=(c,), first=now.first, last=now.last))}",
            )
            for c in CHANNELS
        ),
        news=_list_developments(study, now),
        later=tuple(build_event_row(study, e) for e in g.events if e.day > now.last),
    )  # fmt: skip


def _build_period(study: PreparedCase, last: date) -> ComparisonPeriod:
    coverage = study.g.coverage
    first = last - timedelta(days=DAYS - 1)
    watched = coverage.days(max(first, coverage.first), last) if last >= coverage.first else 0
    effort = coverage.effort(max(first, coverage.first), last) if watched else 0.0
    return ComparisonPeriod(first, last, DAYS, watched, round(effort / watched, 2) if watched else 0.0)


def _compare_coverage(now: ComparisonPeriod, before: ComparisonPeriod) -> str:
    if not before.watched or not now.watched:
        return "The earlier days were not collected systematically, so the two columns do not compare."
    least = "against the thinnest window of the record"
    if abs(now.coverage / before.coverage - 1) <= COVERAGE_TOLERANCE:
        return f"Both were collected alike (×{now.coverage:g} {least}), so the counts compare as they stand."
    return (
        f"They were not collected alike: ×{now.coverage:g} now, ×{before.coverage:g} before, {least}. "
        "The last column scales the earlier count to the later density."
    )


def _list_developments(study: PreparedCase, now: ComparisonPeriod) -> tuple[Development, ...]:
    g, v = study.g, study.view

    def within(day: date) -> bool:
        return now.first <= day <= now.last

    def at(key: str) -> str:
        return build_event_address(study, key)

    out: list[Development] = []
    for c in g.case.crossings:
        for s in spells_of(study)[c.key]:
            if within(s.first):
                out.append(Development("crossing", s.first, f"{c.name}: {s.state}", at(s.events[0])))
            if within(s.last_low) and s.last_low == s.last_high < g.watched_to:
                out.append(Development("crossing", s.last_low, f"{c.name}: {s.state} until this day", at(s.events[-1])))
    for t in v.truces:
        pair = _format_pair(study, t.pair)
        if within(t.first):
            out.append(Development("truce", t.first, f"a truce of {pair} began", at(t.events[0])))
        if within(t.last) and (t.ended_by or t.expired):
            how = "was broken or called off" if t.ended_by else "came to its announced end unbroken"
            out.append(Development("truce", t.last, f"a truce of {pair} {how}", at(t.ended_by or t.events[-1])))
    for x in v.episodes:
        if within(x.first):
            out.append(
                Development("crisis", x.first, "a crisis began: force was used between the two states", at(x.events[0]))
            )
        if within(x.last) and not x.running:
            said = "force was used for the last time in that crisis"
            out.append(Development("crisis", x.last, said, at(_latest_event(study, x.events).id)))
    out += [
        Development("talks", r.first, "a mediated round of talks", at(r.events[0])) for r in v.rounds if within(r.first)
    ]
    return tuple(sorted(out, key=lambda n: n.day))


def _latest_event(study: PreparedCase, keys: tuple[str, ...]) -> Event:
    return max((study.g.event(k) for k in keys), key=lambda e: e.span.last)


def _format_pair(study: PreparedCase, pair: str) -> str:
    n = study.case.names
    return f"{n.target} and {n.host_government if pair == 'target–host' else n.group}"
