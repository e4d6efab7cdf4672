"""What answers to questions share: phrases for what was asked, lists of events, coverage of a period, links."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.api.events.event_row import build_event_address, format_deaths, format_event_place
from detente.api.results.answers import AnswerLink, NotUsed, UnderstoodPart
from detente.cases.case_file import Actor
from detente.cases.channel_names import channel_name
from detente.core.date_range import format_date, format_date_range
from detente.events.event import Event
from detente.questions.case_match import load_country_words
from detente.questions.event_kind import EventKind
from detente.questions.mentions import PlaceMention
from detente.questions.phrase_match import list_case_claims
from detente.questions.understanding import Understanding
from detente.text.numbers import join_words

LISTED_EVENTS = 5
"""Events that an answer lists in its text."""

KIND_NAMES = {
    "analysis": "analysis of the claims", "record": "record", "status": "situation", "forecast": "forecast", "simulation": "simulation",
    "definition": "definition", "refused": "no answer",
}  # fmt: skip
ASK_NAMES = {
    "count": "number of events", "deaths": "deaths", "civilians": "civilian deaths", "deadliest": "deadliest", "first": "first",
    "last": "last", "latest": "latest", "list": "list", "who": "who", "where": "where", "when": "when", "whether": "whether it happened",
    "happened": "what happened", "allegation": "who accused whom", "crossings": "crossings", "truces": "truces", "talks": "talks",
    "relations": "relations", "situation": "situation", "probability": "probability", "injured": "injured", "comparison": "comparison",
}  # fmt: skip


def actor_name(case: Case, key: str) -> str:
    """Return an actor's name with its article, as in a sentence."""
    names, actor = case.case.names, case.case.actor(key)
    if actor.role == "host":
        return names.host_government
    if actor.key == case.case.keys("group")[0]:
        return names.group
    return {"target": names.target}.get(
        actor.role, actor.name if actor.name.startswith("the ") else actor.short or actor.name
    )


def is_choosable(actor: Actor) -> bool:
    """Return whether questions can be about an actor by itself."""
    return actor.role != "unknown"


@cached_per_case()
def find_provinces(case: Case) -> Mapping[str, str]:
    """Return the country code of each province that the record holds."""
    own = set(case.case.countries.values())
    return {e.place.province: e.place.country for e in case.g.events if e.place.province and e.place.country in own}


@cached_per_case()
def place_choices(case: Case) -> Mapping[str, PlaceMention]:
    """Return the places that a reader can choose, by name: the two countries, their provinces, and the crossings."""
    out: dict[str, PlaceMention] = {}
    for code in case.case.countries.values():
        name = case.case.country_names.get(code) or load_country_words().get(code, (code,))[0]
        out[name] = PlaceMention(name, "country", name, 0, 0, country=code)
    for name, code in sorted(find_provinces(case).items()):
        out[name] = PlaceMention(name, "province", name, 0, 0, country=code, names=(name,))
    for c in case.case.crossings:
        out[c.name] = PlaceMention(c.name, "crossing", c.name, 0, 0, names=c.places, crossing=c.key)
    return out


def kind_name(case: Case, kind: EventKind) -> str:
    """Return the reader's name of a kind: the case's name of its channel, else the general one."""
    return channel_name(case.case, kind.channels[0]) if kind.channels else kind.many


def period_phrase(first: date | None, last: date | None) -> str:
    """Write a period as an adverb.

    Example:
        >>> period_phrase(date(2023, 1, 1), date(2023, 12, 31)), period_phrase(date(2026, 2, 21), date(2026, 2, 21))
        ('in 2023', 'on 21 February 2026')
    """
    from detente.questions.period import format_period

    if first is None and last is None:
        return ""
    text = format_period(first, last)
    if first is None or last is None:
        return text
    return (
        f"on {text}"
        if first == last
        else f"in {text}"
        if text.count(" ") <= 1 and "–" not in text
        else f"from {format_date(first)} to {format_date(last)}"
    )


def build_understood(case: Case, u: Understanding, kind: str = "") -> UnderstoodPart:
    """Build what is shown of an understanding."""
    kind = kind or u.intent.kind
    d = u.intent.definition
    asks = d.name if d and kind == "definition" else ASK_NAMES.get(u.intent.asks, "")
    shown = (
        f"{KIND_NAMES[kind]} ({asks})" if asks not in ("", KIND_NAMES[kind]) and kind != "refused" else KIND_NAMES[kind]
    )
    actors = tuple(dict.fromkeys(a.key for a in u.actors))
    places = tuple(dict.fromkeys(p.name for p in u.places))
    periods = tuple(p.text for p in u.periods if not p.problem)
    numbers = [f"at least {u.least_deaths} deaths"] if u.least_deaths is not None else []
    numbers += [f"the first {u.top}"] if u.top else []
    numbers += [f"by {u.by}"] if u.by else []
    labels = {
        "kind": shown, "actors": join_words([_actor_label(case, u, a) for a in actors]), "kinds": join_words([k.many for k in u.kinds]),
        "places": join_words(list(places)), "period": ", ".join(periods), "number": ", ".join(numbers),
    }  # fmt: skip
    return UnderstoodPart(
        kind, u.intent.asks, actors, tuple(k.key for k in u.kinds), places, u.first if periods else None, u.last if periods else None,
        u.least_deaths, {k: v for k, v in labels.items() if v},
    )  # fmt: skip


def _actor_label(case: Case, u: Understanding, key: str) -> str:
    counted = u.intent.kind in ("record", "status", "forecast", "simulation") and u.intent.asks != "allegation"
    allied = (
        counted
        and len(case.case.keys("group")) > 1
        and _counts_allies(u)
        and any(m.group for m in u.actors if m.key == key)
    )
    return f"{actor_name(case, key)} and its allies" if allied else actor_name(case, key)


def _counts_allies(u: Understanding) -> bool:
    return any("attack" in k.channels or "operation" in k.channels or k.key == "truce" for k in u.kinds) or not u.kinds


def not_used(u: Understanding, extra: Iterable[NotUsed] = ()) -> tuple[NotUsed, ...]:
    """List the words of a part that its answer does not use."""
    return (*(NotUsed(x.words, x.why) for x in u.unused), *extra)


def describe_event(case: Case, e: Event) -> str:
    """Write an event in one line: day, place, deaths, what was reported, id."""
    tolls = format_deaths(e.tolls)
    deaths = f"; {tolls} death{'' if tolls == '1' else 's'}" if tolls else ""
    disputed = ", disputed" if e.disputed and tolls else ""
    return f"{format_date_range(e.span)}, {format_event_place(case, e)}{deaths}{disputed}: {e.summary.rstrip('.')} ({e.id})."


def list_events(case: Case, events: Sequence[Event], limit: int = LISTED_EVENTS, *, civilians: bool = False) -> str:
    """List some events, a line each, and say how many more there are.

    Args:
        civilians: add the civilian deaths of each.
    """
    lines = [f"- {describe_event(case, e)}" for e in events[:limit]]
    if civilians and not case.case.chronology:  # the summaries of a chronology tell who died
        lines = [
            f"{x.removesuffix('.')}; civilian deaths: {e.tolls.civilian}."
            for x, e in zip(lines, events[:limit], strict=True)
        ]
    if len(events) > limit:
        lines.append(f"- {len(events) - limit} more.")
    return "\n".join(lines)


def describe_coverage(case: Case, first: date | None, last: date | None) -> str:
    """Say how far a period was collected systematically; empty if wholly."""
    g = case.g
    a, b = max(first or g.case.first, g.case.first), last or max(g.as_of, g.watched_to)
    out = []
    if first and first < g.case.first:
        out.append(f"The record begins on {format_date(g.case.first)}; earlier days are not in it.")
    if b > g.watched_to:
        if a > g.watched_to:
            text = "This period was not collected systematically"
        else:
            text = f"Days after {format_date(g.watched_to)} were not collected systematically"
        if any(max(a, g.watched_to + timedelta(days=1)) <= e.day <= b for e in g.events):
            out.append(f"{text}: the record holds single events of it only, so a count of it is not complete.")
        else:
            them = "it" if a > g.watched_to else "them"
            out.append(f"{text}, and the record holds no event of {them}: what happened then is unknown.")
    gap = (
        (min(b, g.watched_to) - a).days + 1 - g.coverage.days(a, min(b, g.watched_to))
        if a <= min(b, g.watched_to)
        else 0
    )
    if gap > 0 and b > g.watched_to:
        whole = "it" if first or last else "the record"
        were = f"{'s' if gap > 1 else ''} of {whole} {'were' if gap > 1 else 'was'}"
        out.append(f"{gap:,} earlier day{were} not collected systematically either.")
    elif gap > 0:
        days = f"{gap:,} day{'s' if gap > 1 else ''} of the period {'were' if gap > 1 else 'was'}"
        out.append(f"{'From then on, ' if out else ''}{days} not collected systematically.")
    return " ".join(out)


def last_event_day(case: Case) -> date:
    """Return the day of the latest event that the record holds."""
    return max((e.day for e in case.g.events), default=case.g.case.first)


def is_beyond_record(case: Case, first: date | None) -> bool:
    """Return whether a period begins after all that the record holds."""
    return first is not None and first > max(last_event_day(case), case.g.watched_to)


def event_links(case: Case, ids: Sequence[str]) -> tuple[AnswerLink, ...]:
    """Link the pages of some events."""
    return tuple(AnswerLink(f"Event {e}", build_event_address(case, e)) for e in ids[:LISTED_EVENTS])


def claim_links(case: Case, title: str, claim: str) -> tuple[AnswerLink, ...]:
    """Link the page of a claim, if the case examines it."""
    return (AnswerLink(title, f"/{case.id}/claims/{claim}"),) if claim in list_case_claims(case.case) else ()


def days_between(first: date, last: date) -> int:
    """Return the number of days from one day to another."""
    return (last - first) // timedelta(days=1)


def tally(by: "Counter[str]", *, ordered: bool = False) -> str:
    """Write counts by name, the most frequent first unless ordered; beyond eight the rest together."""
    items = list(by.items()) if ordered else by.most_common(8)
    rest = sum(by.values()) - sum(n for _, n in items)
    return ", ".join(f"{k} {n}" for k, n in items) + (f", others {rest}" if rest else "")
