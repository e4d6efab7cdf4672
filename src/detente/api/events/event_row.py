"""One event as a line of a list: every field in words, nothing left out that is not known."""

from dataclasses import dataclass
from urllib.parse import quote

from detente.api.case import PreparedCase
from detente.api.events.table import UNASSIGNED
from detente.cases.case_file import CaseFile
from detente.core.date_range import format_date_range
from detente.core.publishers import format_publishers
from detente.events import countries
from detente.events.event import Event, ReportedDeaths


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event in a list.

    `when` and `where` are in words, `day` is the first day. `channel` may be `unassigned`. `who` and `whom` are names of
    the cast; both empty where the source names nobody. `deaths` is a range in words, empty where nobody gave a figure.
    """

    id: str
    address: str
    day: str
    when: str
    channel: str
    type: str
    mode: str
    who: str
    whom: str
    where: str
    precision: str
    deaths: str
    disputed: bool
    confidence: str
    publishers: str
    summary: str


def build_event_row(study: PreparedCase, event: Event) -> EventRow:
    """The event's line."""
    g = study.g
    return EventRow(
        id=event.id,
        address=build_event_address(study, event.id),
        day=str(event.day),
        when=format_date_range(event.span),
        channel=g.channel(event) or UNASSIGNED,
        type=event.type,
        mode=event.mode,
        who=format_actor_names(study, event.initiators),
        whom=format_actor_names(study, event.recipients),
        where=format_event_place(study, event),
        precision=event.place.precision,
        deaths=format_deaths(event.tolls),
        disputed=event.disputed,
        confidence=event.confidence,
        publishers=format_publishers(event.addresses),
        summary=event.summary,
    )


def build_event_address(study: PreparedCase, key: str) -> str:
    """Where an event's page is."""
    return f"/{study.id}/events/{quote(key, safe='')}"


def format_actor_names(study: PreparedCase, keys: tuple[str, ...]) -> str:
    """Actors as the cast calls them, the short name where there is one.

    Each is separated by a comma, since names may hold *and*.
    """
    actors = {a.key: a.short or a.name for a in study.case.cast}
    return ", ".join(actors[k] for k in keys)


def format_event_place(study: PreparedCase, event: Event) -> str:
    """The place and, if that is more, its province and country."""
    p = event.place
    parts = dict.fromkeys(x for x in (p.name, p.province, format_country_name(study.case, p.country)) if x)
    return ", ".join(parts) or "place not told"


def format_country_name(case: CaseFile, code: str) -> str:
    """A country as the case calls it, else as we do; its code where neither knows it, empty if none is told."""
    return case.country_names.get(code) or countries.load_country_names().get(code, code)


def format_deaths(tolls: ReportedDeaths) -> str:
    """A range of deaths as people write it, empty where nobody gave a figure.

    Example:
        >>> format_deaths(ReportedDeaths(low=69, best=72, high=405)), format_deaths(ReportedDeaths(high=4)), format_deaths(ReportedDeaths(best=0)), format_deaths(ReportedDeaths())
        ('69–405', 'at most 4', '0', '')
    """
    told = tolls.range
    if told is None:
        return ""
    if tolls.low is None and tolls.best is None:
        return f"at most {told[1]:,}"
    low, high = told
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"
