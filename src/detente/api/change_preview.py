"""What a change of one event would do to the record, before it is saved."""

from dataclasses import dataclass
from datetime import date, timedelta

from detente.api.known_places import SAME_PLACE_KM, find_known_places
from detente.cases.channel_names import channel_name
from detente.cases.channels import Assignment, assign_channels
from detente.cases.load import CaseData
from detente.core.date_range import format_date
from detente.core.place import great_circle_km
from detente.events.event import Event

NEAR_DAYS, NEAR_KM, MOST_SIMILAR = 3, 50.0, 5


@dataclass(frozen=True, slots=True)
class SimilarEvent:
    """An event of the record close to the proposed one in time, place and actors: perhaps the same."""

    id: str
    day: date
    place: str
    summary: str


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What a change would do.

    Fields:
        kind: the event's kind in words, after the change; None if it would belong to none, or is retracted. why: the reason.
        channel: the key of the kind. before: its kind in words before the change, None for a new event or one of no kind.
        covered: whether its day is systematically covered, so that it enters rates. similar: perhaps the same event.
        effects: what changes, in sentences.
    """

    channel: str | None
    kind: str | None
    why: str
    before: str | None
    covered: bool
    similar: tuple[SimilarEvent, ...]
    effects: tuple[str, ...]


def preview_change(g: CaseData, after: Event | None, before: Event | None = None) -> ChangePreview:
    """Describe what a change would do to kinds, counts and the record's extent.

    Args:
        g: the case as it is now. after: the event as it would be; None if it is retracted. before: as it is; None if it is new.

    Example:
        >>> import detente
        >>> g = detente.open("pakistan-afghanistan", store=None).g
        >>> preview_change(g, None, g.event("DL-20251009-01")).effects[0]
        'The record would hold 1,412 events instead of 1,413.'
    """
    given = _assign(g, after)
    was = g.assignments[before.id] if before else None
    kinds = [_kind(g, a) for a in (was, given)]
    effects = [
        *_place_effects(g, after),
        *_count_effects(g, after, before, was, given),
        *_extent_effects(g, after, before),
    ]
    covered = after is not None and after.day <= g.watched_to and g.coverage.watched(after.day)
    if after is not None and given is not None and given.channel:
        effects.append(
            "Its day is systematically covered, so it enters rates, responses and forecasts." if covered
            else "Its day is not systematically covered: it is shown and counted as a single report, and enters no rate."
        )  # fmt: skip
    similar = _find_similar(g, after, before) if after is not None else ()
    return ChangePreview(
        given.channel if given else None,
        kinds[1],
        given.why if given else "",
        kinds[0],
        covered,
        similar,
        tuple(effects),
    )


def _assign(g: CaseData, event: Event | None) -> Assignment | None:
    return assign_channels(g.case, [event])[event.id] if event is not None else None


def _kind(g: CaseData, a: Assignment | None) -> str | None:
    return channel_name(g.case, a.channel) if a is not None and a.channel else None


def _count_effects(
    g: CaseData, after: Event | None, before: Event | None, was: Assignment | None, given: Assignment | None
) -> list[str]:
    n = len(g.events)
    change = (after is not None) - (before is not None)
    out = [f"The record would hold {n + change:,} events instead of {n:,}."] if change else []
    old, new = was.channel if was else None, given.channel if given else None
    months = [(e.day.year, e.day.month) if e else None for e in (before, after)]
    for channel in dict.fromkeys(c for c in (old, new) if c):
        events = g.of(channel)
        step = (channel == new and after is not None) - (channel == old and before is not None)
        name = channel_name(g.case, channel)
        if step:
            out.append(
                f"{_capital(name)}: {len(events) + step:,} instead of {len(events):,} since {format_date(g.case.first)}."
            )
        for month in dict.fromkeys(m for m in months if m):
            here = sum((e.day.year, e.day.month) == month for e in events)
            moved = (channel == new and month == months[1]) - (channel == old and month == months[0])
            if moved:
                out.append(f"{_capital(name)} in {date(*month, 1):%B %Y}: {here + moved:,} instead of {here:,}.")
    tolls = [_toll(e) for e in (before, after)]
    if before is not None and after is not None and tolls[0] != tolls[1]:
        out.append(f"Its reported deaths: {tolls[1]} instead of {tolls[0]}.")
    return out


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _toll(event: Event | None) -> str:
    if event is None or event.tolls.range is None:
        return "no toll"
    low, high = event.tolls.range
    if event.tolls.low is None and event.tolls.best is None:
        return f"at most {high:,}"
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _extent_effects(g: CaseData, after: Event | None, before: Event | None) -> list[str]:
    others = [e.day for e in g.events if before is None or e.id != before.id]
    last, now = max(others, default=None), max((e.day for e in g.events), default=None)
    new = max((d for d in (last, after.day if after else None) if d is not None), default=None)
    if new is None or new == now:
        return []
    return [
        f"The latest known event would be of {format_date(new)}" + (f" instead of {format_date(now)}." if now else ".")
    ]


def _place_effects(g: CaseData, after: Event | None) -> list[str]:
    if after is None or after.place.point is None or not after.place.name:
        return []
    known = find_known_places(g, after.place.name, after.place.country)
    away = min((great_circle_km(after.place.point, (p.latitude, p.longitude)) for p in known), default=0.0)
    if away <= SAME_PLACE_KM:
        return []
    return [f"Check the place: the record has {after.place.name} {away:,.0f} km from this point."]


def _find_similar(g: CaseData, after: Event, before: Event | None) -> tuple[SimilarEvent, ...]:
    near = timedelta(days=NEAR_DAYS)
    found = []
    for e in g.events:
        if before is not None and e.id == before.id:
            continue
        if e.span.latest + near < after.span.earliest or e.span.earliest - near > after.span.latest:
            continue
        if not (e.actors & after.actors) or e.quad != after.quad or not _is_near(e, after):
            continue
        found.append((abs((e.day - after.day).days), e.type != after.type, e.id, e))
    found.sort(key=lambda f: f[:3])
    return tuple(
        SimilarEvent(e.id, e.day, e.place.format_name(g.case.country_names), e.summary)
        for *_, e in found[:MOST_SIMILAR]
    )


def _is_near(a: Event, b: Event) -> bool:
    if a.place.country != b.place.country:
        return False
    if a.place.point and b.place.point and "place" in (a.place.precision, b.place.precision):
        return great_circle_km(a.place.point, b.place.point) <= NEAR_KM
    return not a.place.province or not b.place.province or a.place.province == b.place.province
