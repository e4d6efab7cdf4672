"""An event as a row of a list, with every field in words."""

from dataclasses import dataclass
from urllib.parse import quote

from detente.api.case import Case
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
    actors; both are empty if the source names no one. `deaths` is a range in words, empty if no figure was reported.
    `civilian_deaths` is None if the source gives no figure of civilians. `known_on` is the day by which it was public.
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
    civilian_deaths: int | None
    known_on: str


def build_event_row(prepared: Case, event: Event) -> EventRow:
    """Build the row of an event."""
    g = prepared.g
    return EventRow(
        id=event.id,
        address=build_event_address(prepared, event.id),
        day=str(event.day),
        when=format_date_range(event.span),
        channel=g.channel(event) or UNASSIGNED,
        type=event.type,
        mode=event.mode,
        who=format_actor_names(prepared, event.initiators),
        whom=format_actor_names(prepared, event.recipients),
        where=format_event_place(prepared, event),
        precision=event.place.precision,
        deaths=format_deaths(event.tolls),
        disputed=event.disputed,
        confidence=event.confidence,
        publishers=format_publishers(event.addresses, event.first_report),
        summary=event.summary,
        civilian_deaths=event.tolls.civilian,
        known_on=str(event.known_on),
    )


def build_event_address(prepared: Case, key: str) -> str:
    """Return the path of an event's page."""
    return f"/{prepared.id}/events/{quote(key, safe='')}"


def format_actor_names(prepared: Case, keys: tuple[str, ...]) -> str:
    """Join the actors' names from the case file, short names if there are any."""
    names = {a.key: a.short or a.name for a in prepared.case.cast}
    return ", ".join(names[k] for k in keys)  # a comma, since names may hold *and*


def format_event_place(prepared: Case, event: Event) -> str:
    """Join the place, its province and its country, without repeats."""
    return format_place(prepared.case, event)


def format_place(case: CaseFile, event: Event) -> str:
    """Join the place, its province and its country in the names of a case file, without repeats."""
    p = event.place
    parts = dict.fromkeys(x for x in (p.name, p.province, format_country_name(case, p.country)) if x)
    return ", ".join(parts) or "place not reported"


def format_country_name(case: CaseFile, code: str) -> str:
    """Return a country's name in the case file, else the standard name, else its code; empty for an empty code."""
    return case.country_names.get(code) or countries.load_country_names().get(code, code)


def format_deaths(tolls: ReportedDeaths) -> str:
    """Write reported deaths as a range, empty if no figure was reported.

    Example:
        >>> format_deaths(ReportedDeaths(low=69, best=72, high=405)), format_deaths(ReportedDeaths(high=4)), format_deaths(ReportedDeaths(best=0)), format_deaths(ReportedDeaths())
        ('69–405', 'at most 4', '0', '')
    """
    if tolls.range is None:
        return ""
    low, high = tolls.range
    if tolls.low is None and tolls.best is None:
        return f"at most {high:,}"
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"
