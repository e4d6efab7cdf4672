"""Questions about the future, answered from the case's forecast: what is counted, from which day, and how likely it is."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from detente.api.ask_parts import build_understood, days_between, kind_name, not_used
from detente.api.case import Case
from detente.api.forecast import ForecastSummary
from detente.api.results.answers import AnswerLink, NotUsed, PartialAnswer
from detente.cases.channel_names import channel_name
from detente.core.date_range import format_date
from detente.forecast.case import DEATH_SERIES
from detente.questions.understanding import Understanding
from detente.text.numbers import join_words
from detente.text.probability_words import format_percent, probability_word

_WAR = re.compile(
    r"(?:a |an |the |full-scale |open |another |more |new |further )*(?:war|conflict|escalat\w+|fight\w*|violence|peace|security|calm)"
)
_GENERAL = re.compile(
    r"\b(?:violence|violent|peace\w*|security|worse\w*|calm\w*|future|outlook|forecast)\b|\bwhat(?:'s| is)? next\b|\bwhat (?:will|is going to|could) happen\b|"
    r"\bwhat (?:happens|comes) next\b"
)
WAR_CHANNELS = ("strike", "clash")
FORCE = ("attack", "operation", "strike", "clash")
ROLES_OF = {
    "attack": {"group", "target"},
    "operation": {"target", "group"},
    "strike": {"target", "host"},
    "clash": {"target", "host"},
}


def answer_forecast(case: Case, u: Understanding, today: date) -> PartialAnswer:
    """Answer a part of a question about the future."""
    link = AnswerLink("The forecast", f"/{case.id}/forecast")
    channels, reason = _find_channels(case, u)
    extra = _unhonoured(case, u, channels)
    if reason or any(x.why.startswith("!") for x in extra):
        why = reason or " ".join(
            f"“{x.words}” cannot be used: {x.why.removeprefix('!')}." for x in extra if x.why.startswith("!")
        )
        shown = tuple(NotUsed(x.words, x.why.removeprefix("!")) for x in extra)
        return PartialAnswer(u.asked, build_understood(case, u, "refused"), (why,), not_used(u, shown), links=(link,))
    u, read_as = _read_war(case, u, channels)
    f = case.forecast_summary
    if isinstance(f, str):
        return PartialAnswer(
            u.asked,
            build_understood(case, u, "refused"),
            (f"There is no forecast: {f}",),
            not_used(u, extra),
            links=(link,),
        )
    days, note = _find_horizons(f, u, today)
    if not days:
        return PartialAnswer(u.asked, build_understood(case, u, "refused"), (note,), not_used(u, extra), links=(link,))
    said = [*read_as, *([note] if note else [])]
    if u.intent.asks == "deaths":
        said += _say_amounts(f, days, DEATH_SERIES, "reported deaths in acts of force")
    else:
        known = [c for c in channels if c in f.channels]
        for c in known:
            name = channel_name(case.case, c)
            steps = "; ".join(
                f"{probability_word(p)} ({format_percent(p)}) {_by(f, d)}"
                for d in days
                for p in (_probability(f, c, d),)
            )
            said.append(f"At least one recorded event of the kind “{name}”: {steps}.")
            if u.intent.asks == "count":
                said += _say_amounts(f, days, (c,), name)
        missing = [c for c in channels if c not in f.channels]
        if missing:
            said.append(f"The forecast has no {', '.join(missing)}.")
    said.append(_say_counted(case, channels if u.intent.asks != "deaths" else FORCE))
    said.append(
        f"The forecast begins on {format_date(f.as_of + timedelta(days=1))}, with what was known on {format_date(f.as_of)}, and continues present patterns."
        + (
            f" It does not know what happened between then and {format_date(today)}."
            if today > f.as_of + timedelta(days=1)
            else ""
        )
    )
    shown = tuple(NotUsed(x.words, x.why) for x in extra)
    return PartialAnswer(u.asked, build_understood(case, u), tuple(said), not_used(u, shown), links=(link,))


def _read_war(case: Case, u: Understanding, channels: Sequence[str]) -> tuple[Understanding, list[str]]:
    """Say how words such as "war" are counted where the question names no kind of event; they are used then."""
    words = [x.words for x in u.unused if _WAR.fullmatch(x.words.lower())]
    if u.kinds or not words:
        return u, []
    names = join_words([channel_name(case.case, c) for c in channels])
    left = tuple(x for x in u.unused if x.words not in words)
    return replace(u, unused=left), [
        f"The forecast counts events: “{join_words(words)}” is read as at least one of {names}, and one is not yet a war."
    ]


def _find_channels(case: Case, u: Understanding) -> tuple[tuple[str, ...], str]:
    channels = tuple(dict.fromkeys(c for k in u.kinds for c in k.channels))
    other = [k for k in u.kinds if not k.channels]
    if any(k.key in ("airstrike", "drone-strike", "shelling") for k in other) and not channels:
        channels = ("strike",)
    elif other and not channels:
        named = ", ".join(kind_name(case, k) for k in other)
        return (
            (),
            f"The forecast does not count {named}. It counts attacks, operations, strikes, clashes and the other channels of the record.",
        )
    if channels:
        return channels, ""
    low = u.asked.lower()
    if any(w in low for w in ("war", "conflict", "escalat", "fight")):
        return WAR_CHANNELS, ""
    roles = {case.case.actor(a.key).role for a in u.actors}
    if u.intent.asks == "deaths":
        return FORCE, ""
    if _GENERAL.search(low):
        return ({"group"} == roles and ("attack",)) or FORCE, ""
    return (
        (),
        "The forecast counts events of the record's kinds; the question names none of them, so it gives no answer to this.",
    )


def _unhonoured(case: Case, u: Understanding, channels: Sequence[str]) -> list[NotUsed]:
    out: list[NotUsed] = []
    home = {
        "attack": case.case.countries["target"],
        "operation": case.case.countries["target"],
        "strike": case.case.countries["host"],
    }
    for p in u.places:
        implied = p.level == "border" or (
            p.level == "country" and all(home.get(c, p.country) == p.country for c in channels)
        )
        if not implied:
            out.append(NotUsed(p.words, "!the forecast has no places within the two countries"))
    covered = (
        set().union(*(ROLES_OF.get(c, {"target", "host", "group", "mediator", "outsider"}) for c in channels))
        if channels
        else set()
    )
    for a in u.actors:
        role = case.case.actor(a.key).role
        if role == "group" and not a.group:
            out.append(NotUsed(a.words, "!the forecast counts the armed group and its allies together"))
        elif channels and role not in covered:
            out.append(NotUsed(a.words, "!the forecast counts no acts of this actor by themselves"))
    out += [NotUsed(p.words, f"!{p.problem}") for p in u.periods if p.problem]
    out += [NotUsed(n.words, "!it is no actor or place of this case") for n in u.unknown]
    if any(k.key in ("airstrike", "drone-strike", "shelling") for k in u.kinds):
        out.append(NotUsed(", ".join(k.many for k in u.kinds), "the forecast counts strikes of all means together"))
    if u.least_deaths is not None:
        out.append(NotUsed(f"{u.least_deaths} deaths", "the forecast has no limit on the deaths of one event"))
    return out


def _find_horizons(f: ForecastSummary, u: Understanding, today: date) -> tuple[tuple[int, ...], str]:
    """Return the horizons in days from the forecast's day of knowledge, and a remark on them."""
    longest = len(f.by_day)
    known = [p for p in u.periods if not p.problem]
    if not known:
        return f.horizons, ""
    p = known[0]
    if p.last is None:
        return f.horizons, "The question gives no last day; these are the forecast's own horizons."
    if p.first == today and p.last > today:  # "in the next three months"
        days = days_between(today, p.last)
        end = f.as_of + timedelta(days=min(days, longest))
        note = (
            f"Counted from the forecast's first day, {format_date(f.as_of + timedelta(days=1))}, to {format_date(end)}."
        )
        if end < today:
            note += f" That period is over on {format_date(today)}: the record has not been continued since."
        if days > longest:
            note += f" The forecast reaches {longest} days ahead."
        return (min(days, longest),), note
    days = days_between(f.as_of, p.last)
    if days < 1:
        return (
            (),
            f"The period ends on {format_date(p.last)}, before the forecast begins; what happened then is a question about the record.",
        )
    if p.first is not None and p.first > f.as_of + timedelta(days=1):
        if days_between(f.as_of, p.first) >= longest:
            return (), f"The forecast reaches to {format_date(f.as_of + timedelta(days=longest))} only."
        before = days_between(f.as_of, p.first) - 1
        note = f"The forecast gives the chance from its first day, {format_date(f.as_of + timedelta(days=1))}, on, not for {p.text} alone."
        if before > min(days, longest) - before:
            reach = format_date(f.as_of + timedelta(days=longest))
            return (
                (),
                f"{note} Most of the days that it counts until then lie before that period. It reaches to {reach}.",
            )
    else:
        note = ""
    if days > longest:
        return (
            longest,
        ), f"{note} The forecast reaches to {format_date(f.as_of + timedelta(days=longest))} only.".strip()
    return (days,), note


def _by(f: ForecastSummary, days: int) -> str:
    return f"by {format_date(f.as_of + timedelta(days=days))} ({days} day{'s' * (days != 1)})"


def _probability(f: ForecastSummary, channel: str, days: int) -> float:
    return float(f.by_day[days - 1, f.channels.index(channel)])


def _say_amounts(f: ForecastSummary, days: Sequence[int], whats: Sequence[str], name: str) -> list[str]:
    out = []
    for d in days:
        nearest = min(f.horizons, key=lambda h: abs(h - d))
        rows = [a for a in f.amounts if a.what in whats and a.days == nearest]
        if rows:
            low, high, middle = (
                min(a.low90 for a in rows),
                max(a.high90 for a in rows),
                [f"{a.median:.0f}" for a in rows],
            )
            out.append(
                f"{name[0].upper()}{name[1:]} within {nearest} days: {' to '.join(dict.fromkeys(middle))} (90 % interval {low:.0f} to {high:.0f})."
            )
    return out


def _say_counted(case: Case, channels: Sequence[str]) -> str:
    rules = {c.key: c.rule for c in case.case.channels}
    said = "; ".join(
        f"{channel_name(case.case, c)}: {'all reported' if rules.get(c) == 'any' else rules.get(c, 'as the case defines them')}"
        for c in channels
    )
    return f"What is counted is what this record would show. {said[0].upper()}{said[1:]}."
