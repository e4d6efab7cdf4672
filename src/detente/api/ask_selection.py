"""The events that a question asks about, and the filter that shows them on the events page."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from detente.api.ask_parts import actor_name, kind_name, period_phrase
from detente.api.case import Case
from detente.api.events.filters import (
    MAX_TEXT_LENGTH,
    EventQuery,
    build_filter_masks,
    build_query_address,
    find_event_positions,
)
from detente.api.events.table import get_event_columns
from detente.api.results.answers import AnswerLink, NotUsed
from detente.cases.actors import role_on
from detente.cases.testimony import tells_initiator
from detente.events.event import Event
from detente.questions.event_kind import EventKind
from detente.questions.mentions import ActorMention, PlaceMention
from detente.questions.tokenize import fold_text
from detente.questions.understanding import Understanding
from detente.sources.testimony import format_source_name
from detente.text.numbers import join_words

Test = Callable[[Event], bool]
BORDER_CHANNELS = ("clash",)


def select_events(case: Case, u: Understanding, *, periods: bool = True) -> tuple[Event, ...]:
    """Return the events of the record that meet every condition of a part of a question, in order of day.

    Args:
        periods: False leaves the period out.
    """
    tests: list[Test] = [_kind_test(case, u)] if u.kinds else []
    tests += [_actor_test(case, a, u) for a in u.actors]
    places = [p for p in u.places if p.level != "border"]
    if places:
        tests.append(lambda e: any(is_in_place(e, p) for p in places))
    known = [p for p in u.periods if not p.problem]
    if known and periods:
        tests.append(lambda e: any(p.holds(e.day) for p in known))
    if (least := u.least_deaths) is not None:
        tests.append(lambda e: e.tolls.range is not None and e.tolls.range[0] >= least)
    for name in u.unknown:
        text = fold_text(name.words)
        tests.append(lambda e, text=text: text in fold_text(f"{e.summary} {e.place.name} {e.place.province}"))  # type: ignore[misc]
    return tuple(e for e in case.g.events if all(test(e) for test in tests))


def _kind_test(case: Case, u: Understanding) -> Test:
    return lambda e: any(_is_kind(case, e, k, u) for k in u.kinds)


def _is_kind(case: Case, e: Event, k: EventKind, u: Understanding) -> bool:
    if k.key == "truce":
        return (e.type == "RETREAT" and e.mode == "ceasefire") or e.id in case.case.truce_events
    if k.key == "dialogue":
        roles = {case.case.actor(a.key).role for a in u.actors}
        return case.g.channel(e) == "dialogue" if roles <= {"target", "host"} else e.type in k.types
    if k.key == "round":  # a meeting of both governments; with the group named, its talks with the state too
        with_group = any(case.case.actor(a.key).role == "group" for a in u.actors)
        return e.mode in k.modes and case.g.channel(e) in ("dialogue", *(("truce",) if with_group else ()))
    if k.channels:
        return case.g.channel(e) in k.channels
    return e.mode in k.modes if k.modes else e.type in k.types


def _actor_test(case: Case, a: ActorMention, u: Understanding) -> Test:
    def keys(found: tuple[str, ...], e: Event) -> bool:
        if a.group:
            return any(role_on(case.case.actor(k), e.day) == "group" for k in found)
        return a.key in found

    either = any(set(k.channels) & {"clash", "dialogue"} for k in u.kinds)
    if a.side == "initiator" and not either:
        return lambda e: keys(e.initiators, e)
    if a.side == "recipient" and not either:
        # Where the source does not say who began, either side may have been attacked.
        return lambda e: keys(e.recipients if tells_initiator(e) else e.initiators, e)
    return lambda e: keys((*e.initiators, *e.recipients), e)


def is_in_place(e: Event, p: PlaceMention) -> bool:
    """Return whether an event lies in a place."""
    if p.level == "country":
        return e.place.country == p.country
    if p.level == "province":
        return e.place.province in p.names and e.place.country == p.country
    return e.place.name in p.names


def count_untold(u: Understanding, found: Sequence[Event]) -> int:
    """Count selected events whose source does not say who began, where the question is about one side of them.

    A question about attacks that names no actor is one too if every selected event is such a fight.
    """
    untold = sum(not tells_initiator(e) for e in found)
    sided = any(a.side in ("initiator", "recipient") for a in u.actors)
    only_fights = untold == len(found) and _asks_force(u) and not any(a.side == "both" for a in u.actors)
    return untold if sided or only_fights else 0


def _asks_force(u: Understanding) -> bool:
    return any("ASSAULT" in k.types or set(k.channels) & {"attack", "operation", "strike"} for k in u.kinds)


def count_fights(u: Understanding, found: Sequence[Event]) -> int:
    """Count selected events that are fights where the question speaks of attacks, strikes, or the acts of actors.

    Clashes are fights by their name, so nothing is to be said of them unless one side is asked for.
    """
    both = any(a.side == "both" for a in u.actors)
    return sum(not tells_initiator(e) for e in found) if both or _asks_force(u) else count_untold(u, found)


def say_untold(u: Understanding, found: Sequence[Event]) -> list[str]:
    """Say of how many selected events the source does not tell who began; empty if of none, or if nobody asked."""
    untold = count_fights(u, found)
    if not untold:
        return []
    names = join_words(sorted({format_source_name(e.source) for e in found if not tells_initiator(e)}))
    of = "both sides" if untold == len(found) else f"both sides of {untold:,} of them"
    verbs = ("names", "does") if " and " not in names else ("name", "do")
    return [f"{names} {verbs[0]} {of} and {verbs[1]} not say who began."]


def describe_selection(case: Case, u: Understanding, *, many: bool = True, found: Sequence[Event] = ()) -> str:
    """Write what was selected: kind, actors, place, period.

    Args:
        found: the selected events. Where their source does not say who began, they are fights that name an actor.
    """
    untold = count_fights(u, found)
    kinds = join_words([k.many if many else k.one for k in u.kinds]) or ("events" if many else "event")
    group = [a for a in u.actors if a.group]

    def name(a_key: str, is_group: bool) -> str:
        allied = is_group and len(case.case.keys("group")) > 1
        return f"{actor_name(case, a_key)} or its allies" if allied else actor_name(case, a_key)

    parts = [_describe_fights(case, u, kinds, many, untold == len(found)) if untold else kinds]
    both = [name(a.key, a.group) for a in u.actors if a.side == "both"]
    for side, word in (("initiator", "by"), ("recipient", "against")):
        names = list(dict.fromkeys(name(a.key, a.group) for a in u.actors if a.side == side))
        if names and untold:
            parts.append(
                f"that {'name' if many else 'names'} {join_words(names)}"
                if len(parts) == 1
                else f"and {join_words(names)}"
            )
        elif names:
            parts.append(f"{word} {join_words(names)}")
    if both:
        parts.append(f"between {join_words(both)}" if len(both) > 1 else f"with {both[0]}")
    anyone = list(dict.fromkeys(name(a.key, a in group) for a in u.actors if a.side == "any"))
    if anyone:
        parts.append(f"involving {join_words(anyone)}")
    places = [p.name for p in u.places]
    if places:
        parts.append(
            f"{'at' if all(p.level in ('crossing', 'border') for p in u.places) else 'in'} {join_words(places)}"
        )
    if u.unknown:
        parts.append(f"naming {join_words([n.words for n in u.unknown])}")
    if u.periods:
        parts.append(join_words([period_phrase(p.first, p.last) for p in u.periods]))
    if u.least_deaths is not None:
        parts.append(f"with at least {u.least_deaths} deaths by the lowest figure")
    return " ".join(parts)


def _describe_fights(case: Case, u: Understanding, kinds: str, many: bool, all_untold: bool) -> str:
    """Write the kind of events of which some or all are fights that nobody is said to have begun."""
    fights = "fights" if many else "fight"
    if any(k.channels for k in u.kinds):
        what = fights if all_untold else "events" if many else "event"
        return f"{what} of the kind {join_words([f'“{kind_name(case, k)}”' for k in u.kinds])}"
    return fights if all_untold else f"{kinds} or {fights}"


def unhonoured(case: Case, u: Understanding) -> tuple[NotUsed, ...]:
    """List what a selection of events cannot honour: periods without days, the border, other conflicts, names on no event."""
    out = [NotUsed(p.words, p.problem) for p in u.periods if p.problem]
    at_border = any(set(k.channels) & set(BORDER_CHANNELS) or k.key in ("closure", "reopening") for k in u.kinds)
    out += [
        NotUsed(p.words, "the record does not say of each event how near the border it was")
        for p in u.places if p.level == "border" and not at_border
    ]  # fmt: skip
    for n in u.unknown:
        if n.elsewhere:
            out.append(NotUsed(n.words, "it is no actor or place of this case"))
        elif not any(fold_text(n.words) in fold_text(f"{e.summary} {e.place.name}") for e in case.g.events):
            out.append(NotUsed(n.words, "no event of the record names it"))
    return tuple(out)


def selection_link(case: Case, u: Understanding) -> AnswerLink:
    """Link the events page with the filters that come nearest to a part of a question; the title says how near."""
    wanted = {e.id for e in select_events(case, u)}
    columns = get_event_columns(case)
    best: tuple[EventQuery, set[str]] | None = None
    for q in _list_queries(case, u):
        shown = {columns.events[i].id for i in find_event_positions(columns, q, build_filter_masks(columns, q))}
        if wanted <= shown and (best is None or len(shown) < len(best[1])):
            best = q, shown
    if best is None:
        return AnswerLink("The events page", f"/{case.id}/events")
    query, shown = best
    exact, n = shown == wanted, f"{len(shown):,} event{'s' * (len(shown) != 1)}"
    title = "These events on the events page" if exact else f"A wider selection on the events page: {n}"
    return AnswerLink(title, build_query_address(f"/{case.id}/events", query))


def _list_queries(case: Case, u: Understanding) -> list[EventQuery]:
    """List the filters of the events page that may show a selection, the plainest first."""
    channels = tuple(dict.fromkeys(c for k in u.kinds for c in k.channels))
    types = tuple(dict.fromkeys(t for k in u.kinds if not k.channels for t in k.types))
    by_channel, by_type = all(k.channels for k in u.kinds), all(k.types and not k.channels for k in u.kinds)
    places: list[str] = []
    for p in u.places:
        if p.level == "country":
            places.append(p.country)
        elif p.level != "border":
            places += sorted({_place_path(e, p) for e in case.g.events if is_in_place(e, p)})
    known = [p for p in u.periods if not p.problem]
    dated = replace(u, periods=tuple(known))
    plain = EventQuery(
        channel=channels if by_channel else (), type=types if by_type else (), place=tuple(places), first=dated.first, last=dated.last,
        sort="deaths" if u.intent.asks in ("deadliest", "deaths", "civilians") else "newest",
    )  # fmt: skip
    actors = tuple(dict.fromkeys(a.key for a in u.actors if not a.group))
    out = [plain]
    if len({a.key for a in u.actors}) == 1 and actors:
        out.append(replace(plain, actor=actors))
    if len(u.unknown) == 1:
        out += [replace(q, text=u.unknown[0].words[:MAX_TEXT_LENGTH]) for q in tuple(out)]
    return out


def _place_path(e: Event, p: PlaceMention) -> str:
    province = f"{e.place.country}/{e.place.province}"
    return province if p.level == "province" else f"{province}/{e.place.name}"
