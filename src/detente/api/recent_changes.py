"""Recent changes: thirty days compared with the thirty before, with the reporting coverage of each.

If systematic collection ended before the day of knowledge, a count of the last days would look like peace. Then the last
thirty days up to there are compared, and events known of later days are listed but not counted. A period of which days
were not collected, or that begins before the case does, is not compared: its text says how many days were collected.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from detente.api.case import Case
from detente.api.crossings import spells_of
from detente.api.events.event_row import EventRow, build_event_address, build_event_row
from detente.api.events.filters import EventQuery, format_query_string
from detente.cases.channel_rule import CHANNELS
from detente.cases.load import CaseData
from detente.cases.testimony import KIND_WORDS, collects, describe_gaps, find_missing_kinds, known_count
from detente.claims.force_text import is_between_states, name_force_kinds
from detente.core.date_range import format_date
from detente.events.event import Event
from detente.measures.episodes import STATE_FORCE_CHANNELS
from detente.sources.testimony import CLOSURE
from detente.text.numbers import join_words

DAYS = 30
COVERAGE_TOLERANCE = 0.05  # coverages that differ by a smaller share are treated as equal


@dataclass(frozen=True, slots=True)
class ComparisonPeriod:
    """Days from `first` to `last`: how many were covered, and the mean reporting coverage of those, 0 if none."""

    first: date
    last: date
    days: int
    watched: int
    coverage: float

    @property
    def words(self) -> str:
        """The period in words."""
        return f"{format_date(self.first)} to {format_date(self.last)}"


@dataclass(frozen=True, slots=True)
class ChannelChange:
    """Counts of a channel in both periods, None where no event is known and not every day was collected, or no source records it.

    `expected` is the earlier count scaled to the later coverage, None if that count is unknown or a period is not fully covered.
    """

    channel: str
    now: int | None
    before: int | None
    expected: float | None
    address: str


@dataclass(frozen=True, slots=True)
class Development:
    """A start or an end: its kind, day, description, and the page of the event that reports it."""

    kind: str
    day: date
    said: str
    address: str


@dataclass(frozen=True, slots=True)
class RecentChanges:
    """Comparison of the two latest periods.

    `why` explains why the period is not the last days before the day of knowledge; empty if it is. `coverage` says whether the
    counts are comparable. `channels` is in the channels' order, `news` in order of day. `later` are events after the later period.
    """

    now: ComparisonPeriod
    before: ComparisonPeriod
    why: str
    coverage: str
    channels: tuple[ChannelChange, ...]
    news: tuple[Development, ...]
    later: tuple[EventRow, ...]

    @property
    def scaled(self) -> bool:
        """Whether any count of the earlier period changes when it is scaled to the later coverage."""
        return any(c.expected is not None and c.expected != c.before for c in self.channels)


def compare_recent_periods(prepared: Case) -> RecentChanges:
    """Compare the last thirty days of a case with the thirty before."""
    g = prepared.g
    now, why = _build_period(prepared, g.as_of), ""
    if now.watched < DAYS and g.watched_to < g.as_of:
        why = (
            f"Systematic collection ends on {format_date(g.watched_to)}; this table shows the last {DAYS} days before that. "
            "Single events known of later days are listed, not counted."
        )
        now = _build_period(prepared, g.watched_to)
    before = _build_period(prepared, now.first - timedelta(days=1))
    count = {s.first: Counter(g.channel(e) for e in g.events if s.first <= e.day <= s.last) for s in (now, before)}
    comparable = now.watched == DAYS and before.watched == DAYS
    factors = {c: _coverage_factor(prepared, c, now, before) if comparable else None for c in CHANNELS}
    return RecentChanges(
        now=now,
        before=before,
        why=why,
        coverage=_compare_coverage(now, before, g.case.first),
        channels=tuple(
            ChannelChange(
                c, _known_count(g, c, now, count[now.first][c]), known := _known_count(g, c, before, count[before.first][c]),
                None if (factor := factors[c]) is None or known is None else round(known * factor, 1),
                f"/{prepared.id}/events?{format_query_string(EventQuery(channel=(c,), first=now.first, last=now.last))}",
            )
            for c in CHANNELS
        ),
        news=list_developments(prepared, now.first, now.last),
        later=tuple(build_event_row(prepared, e) for e in g.events if e.day > now.last),
    )  # fmt: skip


def _coverage_factor(prepared: Case, channel: str, now: ComparisonPeriod, before: ComparisonPeriod) -> float:
    coverage = prepared.g.coverage
    return coverage.effort(now.first, now.last, [channel]) / coverage.effort(before.first, before.last, [channel])


def _build_period(prepared: Case, last: date) -> ComparisonPeriod:
    coverage = prepared.g.coverage
    first = last - timedelta(days=DAYS - 1)
    watched, effort = coverage.days(first, last), coverage.effort(first, last)
    return ComparisonPeriod(first, last, DAYS, watched, round(effort / watched, 2) if watched else 0.0)


def _known_count(g: CaseData, channel: str, period: ComparisonPeriod, n: int) -> int | None:
    return known_count(g, channel, n) if n or period.watched == period.days else None


def _compare_coverage(now: ComparisonPeriod, before: ComparisonPeriod, first: date) -> str:
    partial = [p for p in (now, before) if p.watched < p.days]
    if partial:
        collected = join_words([f"{p.watched or 'none'} of the {p.days} days from {p.words}" for p in partial])
        begins = f" The case begins on {format_date(first)}." if before.first < first else ""
        return f"The record covers {collected}, so the two columns cannot be compared.{begins}"
    if abs(now.coverage / before.coverage - 1) <= COVERAGE_TOLERANCE:
        return "Both periods were covered equally well, all kinds together, so the counts can be compared."
    return (
        f"The two periods were not covered equally well: coverage was {now.coverage:g} now and {before.coverage:g} before, where "
        "the reference window of the record has 1."
    )


def list_developments(prepared: Case, first: date, last: date) -> tuple[Development, ...]:
    """List the crossings that closed or opened, and the truces, crises and talks that began or ended, from one day to another."""
    g, v = prepared.g, prepared.view

    def within(day: date) -> bool:
        return first <= day <= last

    def at(key: str) -> str:
        return build_event_address(prepared, key)

    out: list[Development] = []
    for c in g.case.crossings:
        for s in spells_of(prepared)[c.key]:
            if within(s.first):
                out.append(Development("crossing", s.first, f"{c.name}: {s.state}", at(s.events[0])))
            if within(s.last_low) and s.last_low == s.last_high < g.watched_to:
                out.append(Development("crossing", s.last_low, f"{c.name}: {s.state} until this day", at(s.events[-1])))
    for t in v.truces:
        pair = _format_pair(prepared, t.pair)
        if within(t.first):
            out.append(Development("truce", t.first, f"a truce of {pair} began", at(t.events[0])))
        if within(t.last) and (t.ended_by or t.expired):
            how = "was broken or called off" if t.ended_by else "came to its announced end unbroken"
            out.append(Development("truce", t.last, f"a truce of {pair} {how}", at(t.ended_by or t.events[-1])))
    for x in v.episodes:
        if within(x.first):
            force = [g.event(k) for k in x.events]
            between = any(is_between_states(g, e) for e in force)
            what = "force was used between the two states" if between else name_force_kinds(g, force)
            text = f"a crisis began: {what}"
            out.append(Development("crisis", x.first, text, at(x.events[0])))
        if within(x.last) and not x.running:
            text = "force was used for the last time in that crisis"
            out.append(Development("crisis", x.last, text, at(_latest_event(prepared, x.events).id)))
    rounds = (r for r in v.rounds if within(r.first))
    out += [Development("talks", r.first, "a mediated round of talks", at(r.events[0])) for r in rounds]
    return tuple(sorted(out, key=lambda n: n.day))


def describe_unknown_counts(g: CaseData, recent: RecentChanges) -> str:
    """Say which kinds have no count because no source of the case records them; empty where every kind is recorded."""
    unknown = {c.channel for c in recent.channels if c.now is None or c.before is None}
    missing = find_missing_kinds(g, (c for c in CHANNELS if c in unknown))
    return f"–: not known. {describe_gaps(g, [KIND_WORDS[c] for c in missing])}." if missing else ""


DEVELOPMENT_KINDS = (
    ("closure", (CLOSURE,)), ("truce", ("truce",)), ("crisis", STATE_FORCE_CHANNELS), ("round of talks", ("dialogue",)),
)  # fmt: skip
"""Each kind of development, and the kinds of event of which at least one must be recorded for it to be seen."""


def describe_no_development(g: CaseData) -> str:
    """Say that nothing is recorded as new, of what the sources of the case record; and name what they do not record.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> describe_no_development(load_case_data(load_case_file("pakistan-afghanistan")))
        'No closure, truce, crisis or round of talks is recorded as new.'
    """
    seen = [word for word, kinds in DEVELOPMENT_KINDS if any(collects(g, k) for k in kinds)]
    missing = [KIND_WORDS[k] for word, kinds in DEVELOPMENT_KINDS if word not in seen for k in kinds]
    gaps = f"{describe_gaps(g, missing)}." if missing else ""
    return f"No {join_words(seen, 'or')} is recorded as new. {gaps}".rstrip() if seen else gaps


def _latest_event(prepared: Case, keys: tuple[str, ...]) -> Event:
    return max((prepared.g.event(k) for k in keys), key=lambda e: e.span.last)


def _format_pair(prepared: Case, pair: str) -> str:
    n = prepared.case.names
    return f"{n.target} and {n.host_government if pair == 'target–host' else n.group}"
