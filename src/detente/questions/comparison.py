"""Comparisons in questions: "more attacks in 2023 than in 2026", "did strikes fall from 2024 to 2025", "compare 2023 and 2024".

What differs between the sides is what both of them name: periods, actors, places or kinds of event. All else holds for each.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from detente.questions.event_kind import EventKind, KindMention, find_kinds
from detente.questions.mentions import ActorMention, Names, PlaceMention
from detente.questions.period import Period

Wanted = Literal["more", "fewer", "same", "which", "rise", "fall", "counts"]
Measure = Literal["events", "deaths", "civilians", "kinds"]
_Mention = TypeVar("_Mention", ActorMention, KindMention, PlaceMention, Period)


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One side of a comparison: what it names, with what holds for both sides."""

    actors: tuple[ActorMention, ...]
    kinds: tuple[EventKind, ...]
    places: tuple[PlaceMention, ...]
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a question compares.

    Fields:
        wanted: what is asked of the first side against the second; `counts` asks for both only, `rise` and `fall` of the
            later period against the earlier. measure: what is counted; `kinds` are all kinds of event, each by itself.
        by: what differs. sides: two or more; empty if the question compares and names no two sides.
    """

    wanted: Wanted
    measure: Measure
    by: tuple[str, ...] = ()
    sides: tuple[ComparedSide, ...] = ()


_MORE = r"more|higher|greater|larger|bigger|deadlier|bloodier|worse"
_FEWER = r"fewer|less|lower|smaller|quieter|calmer"
_NUMBER = r"(?!(?:1[5-9]|20)\d\d\b)\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|half|once|twice|a|any|ever|usual|never|expected)\b"
_THAN = re.compile(rf"\b(?:(?P<more>{_MORE})|(?P<fewer>{_FEWER}))\b[^.?!;]*?(?P<than>\bthan\b)(?!\s+(?:{_NUMBER}))")
_AS_MANY = re.compile(r"\bas (?:many|much|deadly|often)\b[^.?!;]*?(?P<than>\bas\b)(?!\s+(?:possible|well)\b)")
_OR = re.compile(rf"\b(?:{_MORE}|{_FEWER}|most|fewest|deadliest)\b[^.?!;]*?\s(?P<or>or)\s")
_LESS = re.compile(rf"\b(?:{_FEWER}|fewest)\b")
_RISE = re.compile(
    r"\b(?:rise|rose|risen|increas(?:e|ed)|grow|grew|grown|go(?:ne)? up|went up|climb(?:ed)?|surge[d]?)\b"
)
_FALL = re.compile(
    r"\b(?:(?<!the )(?<!last )(?<!this )fall(?! of\b)(?! 20)|fell|fallen|decreas(?:e|ed)|declin(?:e|ed)|drop(?:ped)?|go(?:ne)? down|went down)\b"
)
_RISE_NOUN = re.compile(r"\b(?:an?|any|the)\s+(?:\w+\s+)?(?:rise|increase|surge|upsurge|growth|spike)\s+in\b")
_FALL_NOUN = re.compile(r"\b(?:an?|any|the)\s+(?:\w+\s+)?(?:fall|drop|decline|decrease|reduction)\s+in\b")
_CHANGED = r"(?:chang(?:e|ed)|differ(?:ed)?|evolved?|develop(?:ed)?)\b(?=\s*(?:$|[?.,]|from|between|in|over|compared))"
_COMPARE = re.compile(
    r"^\W*compare\b|^\W*how (?:do|does|did)\b.*\bcompare\b|\bcompared? (?:with|to)\b|\bversus\b|\bvs\b|\bdifferences? (?:between|from)\b|"
    rf"^\W*how (?:do|does|did|have|has)\b.*\b{_CHANGED}"
)
# Questions for a cause are not comparisons of counts, whatever they compare.
_CAUSE = re.compile(
    r"\b(?:caus\w+|leads?|led|leading|trigger\w*|bring|brings|brought|results?|resulted|prevent\w*|deter\w*|affect\w*|effects?|impact\w*|"
    r"because|why|how (?:do|does|did|are|is)|follow\w*|respon\w+|react\w*|answer\w*|retaliat\w+|likely|effective|help\w*)\b"
)
_HOW_COMPARE = re.compile(
    rf"^\W*how (?:do|does|did|have|has)\b(?!.*\b(?:affect|effect|impact)).*\b(?:compare\b|{_CHANGED})"
)
_WHETHER = re.compile(r"^\W*(?:did|do|does|has|have|had|was|were|is|are)\b")
_DOES = re.compile(r"\b(?:carr\w+ out|launch\w*|commit\w*|conduct\w*|stag(?:e|ed)|made|claim\w*)\b")
_SUFFERED = re.compile(
    r"\b(?:suffer\w*|fac(?:e|ed|es)|see|saw|seen|sees|experienc\w+|endur\w+|hit by|los[et]|losses)\b"
)
_DEATHS = re.compile(r"\b(?:people|deaths?|die[ds]?|dead|killed|lives|fatalit\w+|casualt\w+|tolls?|deadlier|bloodier|deadly|deadliest|civilians?)\b")  # fmt: skip
_CIVILIANS = re.compile(r"\bcivilians?\b")
_ALL_KINDS = re.compile(r"\b(?:violen\w+|events?|incidents?|situation|years?|months?|periods?|record|fighting|conflict|force|worse|quieter|calmer)\b")  # fmt: skip
_FORM = re.compile(
    r"\b(?:please|compare[d]?|the|in|of|and|with|to|for|from|between|by|on|what|was|were|is|are|there|did|a|an|versus|vs|than|or|until|"
    r"many|much|as|happened|recorded|all|numbers?|counts?|both|so|do|have|has|been|which|when|year|month|had|most|differences?)\b"
)


def find_comparison(
    low: str, mentions: Sequence[KindMention], names: Names, periods: Sequence[Period], split: Callable[[Period], Sequence[Period]]
) -> Comparison | None:  # fmt: skip
    """Find what a clause compares; None if it compares nothing that can be counted.

    Args:
        low: the clause in lower case. mentions, names, periods: found in it.
        split: returns the two ends of a period such as "from 2022 to 2023".
    """
    if _CAUSE.search(low) and not _HOW_COMPARE.search(low):
        return None
    known = tuple(p for p in periods if not p.problem)
    measure = _find_measure(low, mentions)
    found = next((m for p in (_THAN, _AS_MANY) if (m := p.search(low))), None)
    if found:
        wanted: Wanted = "same" if found.re is _AS_MANY else "more" if found["more"] else "fewer"
        if re.search(r"\bhow (?:many|much)\b", low):
            wanted = "counts"
        by, sides = _split_at(found.start("than"), mentions, names, known, low)
        if measure != "events" and "actors" in by:  # deaths are those of all sides of an event
            by, sides = (), ()
        if measure == "events" and not mentions:
            return None
        if not sides and not (_WHETHER.match(low) and (mentions or measure != "events")):
            return None
        return Comparison(wanted, measure, by, sides)
    change = find_change(low)
    compared = _COMPARE.search(low)
    either = _OR.search(low)
    several = known if len(known) > 1 else tuple(split(known[0])) if known and (change or compared) else ()
    if change:
        ordered = sorted(several, key=lambda p: (p.first is not None, p.first or p.last))
        return Comparison(change, measure, ("periods",), _by_period(ordered, mentions, names)) if several else None
    if not (compared or either):
        return None
    wanted = "counts" if compared or not either else "which"
    if either and _LESS.search(low):
        wanted = "counts"
    if len(several) > 1:
        if measure == "events" and not mentions:
            rest = _strip_found(low, names, known)
            if not _ALL_KINDS.search(low) and rest:
                return None
            measure = "kinds"
        return Comparison(wanted, measure, ("periods",), _by_period(several, mentions, names))
    if not mentions or len(periods) > 1:
        return None
    by, sides = _each(mentions, names, known, does=bool(either and _DOES.search(low)))
    if sides and not _SUFFERED.search(low):
        return Comparison(wanted, measure, by, sides)
    return Comparison(wanted, measure) if either and _WHETHER.match(low) else None


def find_change(low: str) -> Literal["rise", "fall", ""]:
    """Return whether lower-case text asks if events rose or fell, and not if something made them rise or fall.

    Example:
        >>> find_change("did attacks rise since 2024?"), find_change("was there a drop in attacks?")
        ('rise', 'fall')
        >>> find_change("did strikes reduce attacks?"), find_change("did the state drop bombs?")
        ('', '')
    """
    if not _WHETHER.match(low):
        return ""
    spans = [(m.start, m.end) for m in find_kinds(low)] or [m.span() for m in _DEATHS.finditer(low)]
    if _says_change(low, spans, _RISE_NOUN, _RISE):
        return "rise"
    return "fall" if _says_change(low, spans, _FALL_NOUN, _FALL) else ""


def _says_change(low: str, spans: Sequence[tuple[int, int]], noun: re.Pattern[str], verb: re.Pattern[str]) -> bool:
    """Return whether a noun of change stands before what is counted, or a verb of change after it."""
    before, after = noun.search(low), verb.search(low)
    return bool(before and any(a >= before.end() for a, _ in spans)) or bool(
        after and spans and all(b <= after.start() for _, b in spans)
    )


def _find_measure(low: str, mentions: Sequence[KindMention]) -> Measure:
    if _DEATHS.search(low):
        return "civilians" if _CIVILIANS.search(low) else "deaths"
    return "events" if mentions or not _ALL_KINDS.search(low) else "kinds"


def _strip_found(low: str, names: Names, periods: Sequence[Period]) -> str:
    """Return what is left of a clause without its names, periods and words of form."""
    cut = [(a.start, a.end) for a in names.actors] + [(p.start, p.end) for p in names.places]
    cut += [(n.start, n.end) for n in names.unknown] + [(p.start, p.end) for p in periods]
    left = "".join(" " if any(a <= i < b for a, b in cut) else c for i, c in enumerate(low))
    return re.sub(r"[\W\d_]+", "", _FORM.sub(" ", left))


def _by_period(periods: Sequence[Period], mentions: Sequence[KindMention], names: Names) -> tuple[ComparedSide, ...]:
    kinds = tuple(m.kind for m in mentions)
    return tuple(ComparedSide(names.actors, kinds, names.places, (p,)) for p in periods)


def _split_at(
    at: int, mentions: Sequence[KindMention], names: Names, periods: Sequence[Period], low: str
) -> tuple[tuple[str, ...], tuple[ComparedSide, ...]]:
    """Split what a clause names at the word that compares; each side takes what only the other one names."""
    actors, kinds = _cut(names.actors, at), _cut(mentions, at)
    places, dates = _cut(names.places, at), _cut(periods, at)
    both = {"actors": all(actors), "kinds": all(kinds), "places": all(places), "periods": all(dates)}
    by = tuple(k for k, split in both.items() if split)
    uneven = any(x and y and len(x) != len(y) for x, y in (actors, places, dates))
    if not by or uneven or (_SUFFERED.search(low) and "actors" in by):
        return (), ()
    if "actors" in by:
        paired = zip(*actors, strict=True)
        actors = actors[0], tuple(replace(b, side=a.side) if b.side == "any" else b for a, b in paired)
    sides = (
        ComparedSide(
            actors[i] if "actors" in by else tuple(names.actors),
            tuple(m.kind for m in (kinds[i] if "kinds" in by else mentions)),
            places[i] if "places" in by else tuple(names.places),
            dates[i] if "periods" in by else tuple(periods),
        )
        for i in (0, 1)
    )
    return by, tuple(sides)


def _cut(found: Sequence[_Mention], at: int) -> tuple[tuple[_Mention, ...], tuple[_Mention, ...]]:
    return tuple(x for x in found if x.start < at), tuple(x for x in found if x.start >= at)


def _each(
    mentions: Sequence[KindMention], names: Names, periods: Sequence[Period], *, does: bool
) -> tuple[tuple[str, ...], tuple[ComparedSide, ...]]:
    """Take each of several actors, places or kinds as a side, where only one of these has several."""
    kinds = tuple(m.kind for m in mentions)
    keys = {
        "actors": {a.key for a in names.actors},
        "places": {p.name for p in names.places},
        "kinds": {k.key for k in kinds},
    }
    several = tuple(k for k, found in keys.items() if len(found) > 1)
    if len(several) != 1:
        return (), ()
    if several == ("actors",):
        actors = tuple(replace(a, side="initiator") if does else a for a in names.actors)
        if any(a.side != "initiator" for a in actors):
            return (), ()
        return several, tuple(ComparedSide((a,), kinds, names.places, tuple(periods)) for a in actors)
    if several == ("places",):
        return several, tuple(ComparedSide(names.actors, kinds, (p,), tuple(periods)) for p in names.places)
    return several, tuple(ComparedSide(names.actors, (k,), names.places, tuple(periods)) for k in dict.fromkeys(kinds))
