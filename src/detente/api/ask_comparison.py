"""Questions that compare: the count of each side, the covered days of each period, and an answer where these allow one.

Of two counts the larger is larger in fact only if the smaller one is whole: all days of its period are covered.
What nobody looked at on the other days could turn the order, and so can a difference in reporting coverage.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from detente.api.ask_collection import find_kind_gaps, say_kind_rules
from detente.api.ask_parts import actor_name, build_understood, describe_coverage, kind_name, not_used
from detente.api.ask_selection import count_untold, describe_selection, say_untold, select_events, selection_link
from detente.api.case import Case
from detente.api.results.answers import AnswerLink, NotUsed, PartialAnswer
from detente.cases.channel_names import channel_name
from detente.cases.channel_rule import COUNTED_CHANNELS
from detente.cases.testimony import collects
from detente.events.event import Event
from detente.measures.deaths import sum_civilian_deaths, sum_deaths
from detente.questions.comparison import Comparison
from detente.questions.understanding import Understanding
from detente.text.numbers import join_words

NO_SIDES = (
    "The question compares, and it does not name two periods, two places, two kinds of event or two actors that the record can count. "
    "Name both."
)


@dataclass(frozen=True, slots=True)
class _Side:
    """One side: what it selects, its events, the range of what is counted, and the covered days of its period.

    `days`: of the period, None without a period. `effort`: mean reporting coverage of the covered days.
    """

    u: Understanding
    name: str
    found: tuple[Event, ...]
    low: int
    high: int
    untold_deaths: int
    covered: int
    days: int | None
    effort: float

    @property
    def whole(self) -> bool:
        """Whether each day of the period is covered."""
        return self.days is None or self.covered == self.days


def answer_comparison(case: Case, u: Understanding, extra: Sequence[NotUsed]) -> PartialAnswer:
    """Answer a part of a question that compares periods, places, kinds of event or actors."""
    compared = u.comparison
    assert compared is not None  # the intent `comparison` has one
    if len(compared.sides) < 2:
        g = case.g
        whole = [
            y
            for y in range(g.case.first.year, g.watched_to.year + 1)
            if not g.coverage.missing_days(date(y, 1, 1), date(y, 12, 31))
        ]
        example = f" For example: Were there more attacks in {whole[-2]} than in {whole[-1]}?" if len(whole) > 1 else ""
        return PartialAnswer(
            u.asked,
            build_understood(case, u, "refused"),
            (f"{NO_SIDES}{example}",),
            not_used(u, extra),
            links=(selection_link(case, u),),
        )
    sides = [_build_side(case, u, compared, i) for i in range(len(compared.sides))]
    gaps = [
        x
        for s in sides
        for k in s.u.kinds
        if find_kind_gaps(case, k)
        for x in say_kind_rules(case, replace(s.u, kinds=(k,)))
    ]
    if gaps:
        none = f"The two cannot be compared. {' '.join(dict.fromkeys(gaps))}"
        return PartialAnswer(u.asked, build_understood(case, u), (none,), not_used(u, extra))
    why = _find_obstacle(case, compared, sides)
    counts = _say_counts(case, compared, sides)
    if why:
        said = [f"{'The two' if len(sides) == 2 else 'These'} cannot be compared: {why}.", counts]
    else:
        order = _say_order(compared, sides)
        said = [f"{order}: {counts.removeprefix('The record holds ')}" if order else counts]
    if "periods" in compared.by:
        said.append(f"Covered: {join_words(list(dict.fromkeys(_say_days(s) for s in sides)))}.")
    elif coverage := describe_coverage(case, u.first, u.last):
        said.append(coverage)
    found = tuple(dict.fromkeys(e for s in sides for e in s.found))
    said += say_untold(u, found)
    said += say_kind_rules(case, u)
    links = tuple(dict.fromkeys(_link_side(case, s) for s in sides))
    return PartialAnswer(
        u.asked, build_understood(case, u), tuple(said), not_used(u, extra), events=tuple(e.id for e in found), links=links
    )  # fmt: skip


def _link_side(case: Case, s: _Side) -> AnswerLink:
    """Link the events of a side; where the page can only show more than these, the title says how many."""
    link = selection_link(case, s.u)
    exact = link.title.startswith("These events")
    return replace(link, title=f"Events {s.name}" if exact else f"{link.title} ({s.name})")


def _build_side(case: Case, u: Understanding, compared: Comparison, i: int) -> _Side:
    s = compared.sides[i]
    part = replace(u, actors=s.actors, kinds=s.kinds, places=s.places, periods=s.periods)
    found = select_events(case, part)
    low = high = len(found)
    untold = 0
    if compared.measure in ("deaths", "civilians"):
        total = sum_civilian_deaths(found) if compared.measure == "civilians" else sum_deaths(found)
        low, high, untold = total.low, total.high, total.untold
    first, last = part.first, part.last
    g = case.g
    a, b = first or g.case.first, last or g.as_of
    covered = max(g.coverage.days(a, b), 0) if a <= b else 0
    channels = tuple(c for k in s.kinds for c in k.channels)
    effort = g.coverage.effort(a, b, channels) / covered if covered else 0.0
    days = (b - a).days + 1 if s.periods else None
    if s.periods and first is None:  # "before 2024" has no first day, and the record does
        days = max((b - date.min).days, covered + 1)
    return _Side(part, _name_side(case, compared, part), found, low, high, untold, covered, days, effort)


def _name_side(case: Case, compared: Comparison, part: Understanding) -> str:
    """Name what makes a side: its period, place, actor or kind."""
    out = []
    if "actors" in compared.by:
        out.append(f"with {join_words([actor_name(case, a.key) for a in part.actors])}")
    if "kinds" in compared.by:
        out.append(f"of the kind {join_words([kind_name(case, k) for k in part.kinds])}")
    if "places" in compared.by:
        out.append(f"in {join_words([p.name for p in part.places])}")
    if "periods" in compared.by:
        out.append(join_words([_period(part)]))
    return " ".join(out)


def _period(part: Understanding) -> str:
    p = part.periods[0]
    return p.text if p.text.startswith(("since ", "until ")) else f"in {p.text}"


def _find_obstacle(case: Case, compared: Comparison, sides: Sequence[_Side]) -> str:
    """Say why the sides cannot be put in order; empty if they can."""
    untold = next((say_untold(s.u, s.found)[0] for s in sides if count_untold(s.u, s.found)), "")
    if untold:
        return untold.rstrip(".")
    if sides[0].days is not None and (why := _find_days_missing(compared, sides)):
        return why
    rules = {c.key: c.rule for c in case.case.channels}
    collected = {
        tuple(rules.get(c, "") for k in s.u.kinds for c in k.channels) or tuple(k.key for k in s.u.kinds) for s in sides
    }
    if len(collected) > 1 and (rules or any(not k.channels for s in sides for k in s.u.kinds)):
        return "what is counted is not the same kind of event on both sides, or is not collected in the same way"
    if compared.measure in ("deaths", "civilians"):
        if missing := [s for s in sides if s.untold_deaths]:
            named = join_words([f"{s.untold_deaths:,} of {len(s.found):,} events {s.name}" for s in missing])
            return f"no report gives a figure of deaths for {named}"
        ordered = sorted(sides, key=lambda s: s.low)
        pairs = itertools.pairwise(ordered)
        if any(a.high >= b.low and (a.low, a.high) != (b.low, b.high) for a, b in pairs):
            return "the ranges of reported deaths overlap"
    return ""


def _find_days_missing(compared: Comparison, sides: Sequence[_Side]) -> str:
    counts = {s.low for s in sides}
    least_needed = [s for s in sides if s.low < max(counts)] or list(sides)
    partial = [s for s in sides if not s.whole]
    decisive = any(not s.whole for s in least_needed) or len(sides) > 2 or compared.measure == "kinds"
    if partial and decisive:
        named = join_words(list(dict.fromkeys(_period(s.u).removeprefix("in ") for s in partial)))
        return f"not all days of {named} are covered, so more may have happened"
    raw = sorted(range(len(sides)), key=lambda i: sides[i].low)
    even = [s.low / s.effort if s.effort else 0.0 for s in sides]
    differs = max(s.effort for s in sides) - min(s.effort for s in sides) > 0.01
    if differs and compared.measure != "kinds":
        tie = len(counts) < len(sides)
        if tie or sorted(range(len(sides)), key=lambda i: even[i]) != raw:
            return (
                "the record was not collected with the same coverage in both, and allowing for that changes the order"
            )
    return ""


def _say_order(compared: Comparison, sides: Sequence[_Side]) -> str:
    """Answer yes or no, or which; empty where both counts are all that is asked."""
    first, second = sides[0], sides[1]
    if compared.measure == "kinds" or len(sides) > 2 or compared.wanted == "counts":
        return ""
    if compared.wanted == "which":
        top = max(sides, key=lambda s: s.low)
        return "As many in both, on the record" if first.low == second.low else f"More {top.name}, on the record"
    if first.low == second.low:
        return "Yes, as many on the record" if compared.wanted == "same" else "No, as many on the record"
    held = {
        "more": first.low > second.low, "fewer": first.low < second.low, "same": False,
        "rise": second.low > first.low, "fall": second.low < first.low,
    }[compared.wanted]  # fmt: skip
    return f"{'Yes' if held else 'No'}, on the record"


def _say_counts(case: Case, compared: Comparison, sides: Sequence[_Side]) -> str:
    if compared.measure == "kinds":
        return _say_kinds(case, sides)
    what = {"deaths": "deaths", "civilians": "civilian deaths"}.get(compared.measure, "")
    parts = []
    for s in sides:
        n = len(s.found)
        selection = describe_selection(case, s.u, many=n != 1, found=s.found)
        if what:
            amount = f"{s.low:,}" if s.low == s.high else f"{s.low:,} to {s.high:,}"
            parts.append(f"{amount} {what} in {n:,} {selection}")
        else:
            parts.append(f"{n:,} {selection}")
    return f"The record holds {join_words(parts)}."


def _say_kinds(case: Case, sides: Sequence[_Side]) -> str:
    """Write the counts of each kind with an event on some side, a line each."""
    g = case.g
    lines = []
    for channel in COUNTED_CHANNELS:
        if collects(g, channel) and any(g.channel(e) == channel for s in sides for e in s.found):
            counts = [f"{sum(g.channel(e) == channel for e in s.found):,} {s.name}" for s in sides]
            lines.append(f"- {channel_name(case.case, channel, capital=True)}: {join_words(counts)}")
    rest = [sum(g.channel(e) not in COUNTED_CHANNELS for e in s.found) for s in sides]
    if any(rest):
        lines.append(f"- Other events: {join_words([f'{n:,} {s.name}' for n, s in zip(rest, sides, strict=True)])}")
    whole = join_words([f"{len(s.found):,} {s.name}" for s in sides])
    return "\n".join([f"The record holds these events, {whole} in all:", *lines])


def _say_days(s: _Side) -> str:
    named = _period(s.u)
    if s.u.periods[0].first is None:
        return f"{s.covered:,} days {named}"
    return f"{s.covered:,} of {s.days:,} days {f'of {named[3:]}' if named.startswith('in ') else named}"
