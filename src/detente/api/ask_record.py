"""Questions that the record answers by itself: how many, how many died, which, where, when, who, first, last, deadliest.

Every condition of the question selects events, or the answer says that it could not be used. Deaths are a range with the
number of events without a figure. A count says what the record set out to collect.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from detente.api.ask_allegation import answer_allegation
from detente.api.ask_collection import find_kind_gaps, say_rules
from detente.api.ask_fights import (
    find_force_beyond,
    name_any_force,
    name_best_figure,
    say_civilian_figures,
    say_force_beyond,
    say_ranked_fights,
)
from detente.api.ask_parts import (
    actor_name,
    build_understood,
    describe_event,
    is_beyond_record,
    last_event_day,
    list_events,
    not_used,
    tally,
)
from detente.api.ask_selection import (
    count_untold,
    describe_selection,
    say_untold,
    select_events,
    selection_link,
    unhonoured,
)
from detente.api.case import Case
from detente.api.results.answers import AnswerValue, NotUsed, PartialAnswer
from detente.cases.channel_names import channel_name
from detente.cases.fights import is_fight
from detente.cases.testimony import tells_initiator
from detente.core.date_range import format_date, format_date_range
from detente.events.event import Event
from detente.measures.deaths import sum_civilian_deaths, sum_deaths
from detente.questions.understanding import ANY_ATTACK, Understanding
from detente.text.numbers import join_words

TOP = 5
_VICTIMS = re.compile(
    r"\b(?:soldiers?|troops|police(?:men|man)?|officers?|security (?:forces|personnel)|fighters?|militants?|terrorists?|insurgents?|"
    r"child(?:ren)?|wom[ae]n|workers|teachers|engineers|journalists)\b",
    re.IGNORECASE,
)
_COUNTED_PEOPLE = re.compile(
    r"\b(?:how many|number of)\s+(?:\w+\s+){0,2}?(people|persons|afghans|pakistanis|refugees|migrants|families|citizens|prisoners|captives|"
    r"soldiers|troops|fighters|militants|terrorists|insurgents|suspects|members|men|women|children|civilians|workers)\b",
    re.IGNORECASE,
)
_CIVILIANS = re.compile(r"\b(?:civilians?|child(?:ren)?|wom[ae]n)\b", re.IGNORECASE)


def answer_from_record(case: Case, u: Understanding) -> PartialAnswer:
    """Answer a part of a question from the events of the case."""
    extra = unhonoured(case, u)
    if u.intent.asks == "allegation":
        return answer_allegation(case, u)
    if u.intent.asks == "injured":
        why = "The record holds deaths, not injuries."
        return _refuse(case, u, extra, why, select_events(case, u))
    blocked = [x for x in extra if x.why != "the record does not say of each event how near the border it was"]
    if blocked:
        return _refuse(
            case,
            u,
            extra,
            f"{' '.join(_explain(x) for x in blocked)} An answer without it would answer another question.",
        )
    if not (u.kinds or u.actors or u.places or u.periods or u.unknown) and u.intent.asks not in (
        "deaths",
        "civilians",
        "deadliest",
        "count",
    ):
        return _refuse(
            case, u, extra, "The question names no kind of event, actor, place or period that the record holds."
        )
    if (u.last is not None and u.last < case.case.first) and u.periods:
        return _refuse(
            case,
            u,
            extra,
            f"The record begins on {format_date(case.case.first)}; the period asked about lies before it.",
        )
    if u.periods and is_beyond_record(case, u.first):
        why = f"The latest event of the record is of {format_date(last_event_day(case))}, so it says nothing about this period."
        return _refuse(
            case, u, extra, f"{why} That is not the same as no event.", select_events(case, u, periods=False)[-1:]
        )
    return _answer_selection(case, u, (*extra, *_unused_victims(case, u)))


def _unused_victims(case: Case, u: Understanding) -> tuple[NotUsed, ...]:
    """List words for people whose deaths the record does not hold apart, or by which events are not chosen."""
    if u.intent.asks in ("deaths", "civilians"):
        whole = "all sides together" if u.intent.asks == "deaths" else "all civilians together"
        found = dict.fromkeys(m.group() for m in _VICTIMS.finditer(u.asked))
        return tuple(NotUsed(w, f"the record holds the deaths of {whole}") for w in found)
    if any(case.case.actor(a.key).role == "civilians" for a in u.actors):
        return ()
    found = dict.fromkeys(m.group() for m in _CIVILIANS.finditer(u.asked))
    return tuple(NotUsed(w, "events are not chosen by who died in them") for w in found)


def _explain(x: NotUsed) -> str:
    return f"“{x.words}” cannot be used: {x.why}."


def _refuse(
    case: Case, u: Understanding, extra: Iterable[NotUsed], why: str, events: Sequence[Event] = ()
) -> PartialAnswer:
    link = selection_link(case, replace(u, periods=tuple(p for p in u.periods if not p.problem)))
    latest = (f"The latest such event before it: {describe_event(case, events[-1])}",) if events and u.periods else ()
    return PartialAnswer(
        u.asked, build_understood(case, u, "refused"), (why, *latest), not_used(u, extra), events=tuple(e.id for e in events),
        links=(replace(link, title="Nearest: the events page"),),
    )  # fmt: skip


def _answer_selection(case: Case, u: Understanding, extra: Sequence[NotUsed]) -> PartialAnswer:
    found = select_events(case, u)
    asks, said, value, without = u.intent.asks, [], None, None  # type: tuple[str, list[str], AnswerValue, int | None]
    shown: Sequence[Event] = found
    beyond = find_force_beyond(case, u)
    if not found:
        said += say_force_beyond(case, u, found, beyond) or [_say_none(case, u)]
        shown = beyond
        unknown = bool(beyond) or _is_uncovered(case, u) or any(find_kind_gaps(case, k) for k in u.kinds)
        value = None if unknown else 0 if asks in ("count", "whether", "list") else None
    elif asks in ("deaths", "civilians"):
        sentence, value, without = _say_deaths(case, u, found)
        said.append(sentence)
        shown = sorted(found, key=lambda e: -(e.tolls.range or (0, -1))[1])
        if asks == "civilians" and not case.case.chronology:  # else the deadliest may have no figure of civilians
            shown = sorted((e for e in found if e.tolls.civilian), key=lambda e: -(e.tolls.civilian or 0))
    elif asks == "deadliest":
        shown, sentences = _say_deadliest(case, u, found)
        said += sentences
    elif asks == "first":
        shown = found[: u.top or 1]
        said.append(
            f"The first of {len(found)} {describe_selection(case, u, found=found)} on record: {describe_event(case, found[0])}"
        )
    elif asks == "last":
        shown = found[::-1][: u.top or 1]
        said.append(
            f"The last of {len(found)} {describe_selection(case, u, found=found)} on record: {describe_event(case, found[-1])}"
        )
    else:
        people = _COUNTED_PEOPLE.search(u.asked)
        if people and asks == "count":
            said.append(f"The record counts events, not {people[1]}; how many {people[1]} there were is unknown.")
        said.append(_say_count(case, u, found))
        known = not count_untold(u, found) and not (people and asks == "count")
        value = len(found) if asks in ("count", "whether", "list") and known else None
        said += _breakdown(case, u, found)
    if asks != "deadliest":
        said += say_untold(u, found)
    if found and asks != "deadliest":
        said += say_force_beyond(case, u, found, beyond)
    if asks not in ("first", "last") and shown:
        said.append(list_events(case, shown, civilians=asks == "civilians"))
    said += say_rules(case, u)
    links = (selection_link(case, u if found or not beyond else name_any_force(u)),)
    return PartialAnswer(
        u.asked, build_understood(case, u), tuple(said), not_used(u, extra), value, without, tuple(e.id for e in shown), links
    )  # fmt: skip


def _is_uncovered(case: Case, u: Understanding) -> bool:
    """Return whether no day of the period was collected systematically."""
    g = case.g
    return (
        bool(u.periods)
        and g.coverage.days(max(u.first or g.case.first, g.case.first), min(u.last or g.as_of, g.as_of)) == 0
    )


def _say_none(case: Case, u: Understanding) -> str:
    if _is_uncovered(case, u):
        return f"Unknown: the record holds no {describe_selection(case, u)}, but these days were not collected."
    return f"The record holds no {describe_selection(case, u)}. What nobody reported, or the record does not collect, is not in it."


def _say_count(case: Case, u: Understanding, found: Sequence[Event]) -> str:
    yes = "Yes. " if u.intent.asks == "whether" and not count_untold(u, found) else ""
    return f"{yes}The record holds {len(found):,} {describe_selection(case, u, many=len(found) != 1, found=found)}."


def _breakdown(case: Case, u: Understanding, found: Sequence[Event]) -> list[str]:
    low = u.asked.lower()
    out = []
    named = "" if all(tells_initiator(e) for e in found) else " named"
    if any(a.group for a in u.actors) or any("attack" in k.channels for k in u.kinds):
        role = {a.key: a.role for a in case.case.cast}
        by = Counter(" and ".join(actor_name(case, k) for k in e.initiators if role[k] == "group") for e in found)
        by.pop("", None)
        if by and (len(by) > 1 or not any(a.group for a in u.actors)):
            out.append(f"By group{named}: {tally(by)}.")
    if u.intent.asks == "who" or "who" in low.split():
        out.append(_say_who(case, u, found))
    if u.intent.asks == "where" or "where" in low:
        by = Counter(e.place.province or case.case.country_names.get(e.place.country, e.place.country) for e in found)
        out.append(f"By province: {tally(by)}.")
    if u.intent.asks == "when":
        days = [format_date_range(e.span) for e in found]
        out.append(f"Days: {join_words(days[-12:])}{f', and {len(days) - 12} before' if len(days) > 12 else ''}.")
    years = Counter(str(e.day.year) for e in found)
    if u.by == "month":
        out.append(f"By month: {tally(Counter(f'{e.day:%B %Y}' for e in found), ordered=True)}.")
    elif u.by == "year" or len(u.periods) > 1 or (len(years) > 1 and u.intent.asks == "count"):
        out.append(f"By year: {tally(years, ordered=True)}.")
    return out


def _say_who(case: Case, u: Understanding, found: Sequence[Event]) -> str:
    role = {a.key: a.role for a in case.case.cast}
    if any(k.key == "round" for k in u.kinds):
        by = Counter(
            actor_name(case, k) for e in found for k in sorted(e.actors) if role[k] in ("mediator", "outsider")
        )
        return f"Third parties, by events: {tally(by)}." if by else "The reports name no third party."
    by = Counter(actor_name(case, k) for e in found for k in e.initiators)
    who = "Who acted" if all(tells_initiator(e) for e in found) else "Who is named"
    return f"{who}, by events: {tally(by)}."


def _say_deaths(case: Case, u: Understanding, found: Sequence[Event]) -> tuple[str, AnswerValue, int]:
    civilians = u.intent.asks == "civilians"
    total = sum_civilian_deaths(found) if civilians else sum_deaths(found)
    what = "civilian deaths" if civilians else "deaths"
    n, selection = len(found), describe_selection(case, u, many=len(found) != 1, found=found)
    missing = f"{total.untold} of them have no reported {'figure of civilian deaths' if civilians else 'toll'}: unknown, not zero"
    if not total.told:
        return (
            f"The record holds {n} {selection}, and no report gives a figure of {what}: the number is unknown, not zero.",
            None,
            total.untold,
        )
    told = [e for e in found if e.tolls.range is not None]
    best = (
        total.low
        if civilians
        else sum(e.tolls.best if e.tolls.best is not None else (e.tolls.range or (0, 0))[0] for e in told)
    )
    amount = f"{total.low:,}" if total.low == total.high else f"{total.low:,} to {total.high:,}"
    text = f"{amount} {what} are reported in {total.told} of {n} {selection}"
    if civilians and not case.case.chronology:
        some = sum(bool(e.tolls.civilian) for e in found)
        text = f"{amount} {what} are reported, in {some} of {n} {selection}"
        text += f"; for {total.told - some} the figure is 0" if some < total.told else ""
    if not civilians and total.low != total.high:
        text += f", {best:,} by {name_best_figure(found, many=True)}"
    text += f"; {missing}." if total.untold else "."
    if civilians:
        text += f" {say_civilian_figures(found)}"
    countries = Counter(e.place.country for e in found)
    if civilians and len(countries) > 1 and not u.places:
        parts = [
            f"{sum_civilian_deaths([e for e in found if e.place.country == c]).low:,} in {case.case.country_names.get(c, c)} ({k} events)"
            for c, k in countries.most_common()
        ]
        text += f" By country: {join_words(parts)}."
    if not civilians:
        text += (
            f" Deaths are those of all sides{', attackers included' if all(tells_initiator(e) for e in found) else ''}."
        )
    return text, {"low": total.low, "best": best, "high": total.high}, total.untold


def _best(e: Event) -> tuple[int, int]:
    low, high = e.tolls.range or (0, 0)
    return (e.tolls.best if e.tolls.best is not None else low), high


def _say_deadliest(case: Case, u: Understanding, found: Sequence[Event]) -> tuple[list[Event], list[str]]:
    """Rank by the most independent figure. Attacks without a named actor are those of every armed group."""
    wider = list(found)
    if not u.actors and any("attack" in k.channels for k in u.kinds):
        every = replace(u, kinds=(ANY_ATTACK,))
        role = {a.key: a.role for a in case.case.cast}
        wider = [
            e
            for e in select_events(case, every)
            if any(role[k] in ("group", "rival", "other", "unknown") for k in e.initiators)
        ]
    ranked = sorted((e for e in wider if e.tolls.range), key=_best, reverse=True)
    if not ranked:
        return [], [
            f"The record holds {len(found)} {describe_selection(case, u, found=found)}, none with a reported toll."
        ]
    top = ranked[: u.top or TOP]
    figure = name_best_figure(ranked)
    out = [f"By {figure}: {describe_event(case, ranked[0])}", *say_ranked_fights(case, u, top)]
    by_high = max(ranked, key=lambda e: (e.tolls.range or (0, 0))[1])
    if by_high is not ranked[0]:
        out.append(f"By the highest figure reported, another would be deadlier: {describe_event(case, by_high)}")
    mine = next((e for e in ranked if e in found), None)
    if len(wider) > len(found) and mine and mine is not ranked[0]:
        group = channel_name(case.case, "attack")
        out.append(f"Of the {group}, the deadliest is: {describe_event(case, mine)}")
        if is_fight(mine):
            out.append("It is a fight as well.")
    untold = sum(e.tolls.range is None for e in wider)
    if untold:
        out.append(f"{untold} of {len(wider)} events have no reported toll and cannot be ranked.")
    return top, out
