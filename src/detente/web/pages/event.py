"""The page of one event: its data, sources, uses in the brief, and neighbouring events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.api.case import Case
from detente.api.event_matches import EventMatches, build_event_matches, withhold_closed_sources
from detente.api.event_publishers import EventPublishers, group_by_publisher
from detente.api.event_usage import EventUse, find_event_uses
from detente.api.events.event_row import EventRow, build_event_address, build_event_row
from detente.api.events.filters import EventQuery, format_query_string
from detente.api.events.table import EventColumns, get_event_columns
from detente.api.other_sources import OtherSourcesStatus
from detente.api.stated_rates import StatedRates, describe_stated_rates
from detente.cases.actors import role_on
from detente.cases.link_text import ANSWER_TEXT, TRIGGER_TEXT, name_trigger
from detente.cases.stated_links import StatedLink
from detente.core.date_range import format_date
from detente.core.errors import nearest, quoted_choices
from detente.core.publishers import split_first_report
from detente.events.event import Event as Record
from detente.events.matching.decisions import DecisionRecord
from detente.events.plover import event_types
from detente.measures.distance import LOCATED_PRECISIONS, distance_km
from detente.web.accounts.permission import find_account_of
from detente.web.map.page import get_basemap
from detente.web.match_decisions import MATCH_FIELDS, decide_match, load_decisions, may_decide
from detente.web.openapi_route import form_route
from detente.web.record.event_edits import find_event_edits, respond_retracted
from detente.web.rendering.link_preview import LinkPreview
from detente.web.rendering.responses import get_record_case, page_routes, provenance_footer, respond, wants_json

DAYS = 7
NEIGHBOURS = 6  # on each side
NO_STORE = OtherSourcesStatus(found=None, reading=False)

PLACE_PRECISION_TEXT: Mapping[str, str] = {
    "place": "known to the town or village",
    "district": "known to the district; the point stands for all of it",
    "province": "known to the province; there is no point",
    "country": "known to the country; there is no point",
}
# Roles of the two governments are in their names; whether the group has a host is disputed.
ROLE_TEXT: Mapping[str, str] = {
    "target": "", "host": "", "group": "armed group", "rival": "armed group", "unknown": "not identified", "other": "",
    "target-civilians": "civilians", "host-civilians": "civilians",
}  # fmt: skip
DATE_PRECISION_TEXT: Mapping[str, str] = {
    "day": "known to the day",
    "week": "known to within three days either way",
    "month": "known to the month",
}


@dataclass(frozen=True, slots=True)
class Party:
    """A participant: key, name, role on that day, the source's own name, and the list of its events."""

    key: str
    name: str
    role: str
    raw: str
    address: str


@dataclass(frozen=True, slots=True)
class DeathsFigure:
    """A reported figure of deaths; None, never 0, if it was not reported."""

    name: str
    value: int | None


@dataclass(frozen=True, slots=True)
class MiniMapPoint:
    """The event on the small map, in its units; `precise` False draws a ring in the middle of a province or country."""

    x: float
    y: float
    precise: bool


@dataclass(frozen=True, slots=True)
class EventLink:
    """A stated link of the event, in either direction.

    `text`: the relation in words. `basis`: stated or implied. `event`: the other event, None if it is not in the record;
    `outside` then names it. `note`: a few words. `source`: the page that states it, if it is not one of the event's reports.
    """

    text: str
    basis: str
    event: EventRow | None
    outside: str
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class EventPage:
    """An event's page.

    Fields:
        row: the event as in the list. meaning, quad: of its type; context: empty if unknown. why: reason for its channel.
        initiators, recipients: actors and those they acted on.
        day_said, place_said: precision of day and place. latitude, longitude: None if the source gives none.
        border_km: kilometres to the border of the two states, None if the place is not known well enough.
        point: on the small map; None if it is outside or the case has no map.
        figures: of deaths. differ: contradictions between figures and accounts, in words; empty if none.
        elsewhere: reports of other sources in the store. may_decide: whether this reader may mark them as the same event or another.
        publishers: of the pages that report it. doubts: doubtful values of its row, from the source or the row's parser.
        first_report: publisher and day of the first report that the source names, in words; empty if it names none.
        release, line: its row in the source; known_on: day by which it was public.
        uses: claims of the brief that use it.
        channel_name, channel_rule: the channel's name for readers and what the record collects of it; empty if the case has none.
        has_links: whether the source has stated links at all. triggers: what the event is presented as an answer to.
        answers: events presented as answers to it, by day. rates: how often sources state either of events of its kind.
        around: events within a week, in order, including this one; left_before, left_after: how many more there are.
        week: address of the list of that week. before, after: the neighbours in the record.
    """

    row: EventRow
    meaning: str
    quad: str
    context: str
    why: str
    initiators: tuple[Party, ...]
    recipients: tuple[Party, ...]
    day_said: str
    place_said: str
    latitude: float | None
    longitude: float | None
    border_km: float | None
    point: MiniMapPoint | None
    figures: tuple[DeathsFigure, ...]
    differ: tuple[str, ...]
    elsewhere: EventMatches
    may_decide: bool
    publishers: EventPublishers
    doubts: tuple[str, ...]
    first_report: str
    source: str
    release: str
    line: int
    known_on: str
    provisional: bool | None
    uses: tuple[EventUse, ...]
    channel_name: str
    channel_rule: str
    has_links: bool
    triggers: tuple[EventLink, ...]
    answers: tuple[EventLink, ...]
    rates: StatedRates
    around: tuple[EventRow, ...]
    left_before: int
    left_after: int
    week: str
    before: EventRow | None
    after: EventRow | None


def build_event_page(
    prepared: Case, key: str, beside: OtherSourcesStatus = NO_STORE,
    decisions: Mapping[frozenset[str], DecisionRecord] | None = None, *, may_decide: bool = False,
    closed: bool = True,
) -> EventPage:  # fmt: skip
    """Build the page; `beside` is the status of other sources' reports, `decisions` are those of people on them.

    Args:
        closed: also show reports whose source's licence forbids passing rows on.

    Raises:
        HTTPException: 404, with the nearest ids, if no event has that id.
    """
    columns = get_event_columns(prepared)
    if key not in columns.at:
        near = quoted_choices(nearest(key[:80], _similar_ids(columns, key)))
        raise HTTPException(404, f"No event {key[:80]!r} is known as of {prepared.g.as_of}. Nearest: {near}.")
    i = columns.at[key]
    e = columns.events[i]
    kind, g = event_types()[e.type], prepared.g
    around, left_before, left_after, week = _neighbouring_events(prepared, columns, i)
    matches = build_event_matches(prepared, e, beside, decisions)
    return EventPage(
        row=build_event_row(prepared, e),
        meaning=kind.meaning,
        quad=kind.quad,
        context=e.context,
        why=g.assignments[e.id].why,
        initiators=_parties(prepared, e, e.initiators, e.raw_initiators),
        recipients=_parties(prepared, e, e.recipients, e.raw_recipients),
        day_said=DATE_PRECISION_TEXT[e.span.precision],
        place_said=PLACE_PRECISION_TEXT[e.place.precision],
        latitude=e.place.latitude,
        longitude=e.place.longitude,
        border_km=_border_km(prepared, e),
        point=_point(prepared, e),
        figures=_figures(e),
        differ=describe_discrepancies(e),
        elsewhere=matches if closed else withhold_closed_sources(matches),
        may_decide=may_decide,
        publishers=group_by_publisher(e.addresses),
        doubts=e.doubts,
        first_report=_describe_first_report(e),
        source=e.source,
        release=e.release,
        line=e.row,
        known_on=str(e.known_on),
        provisional=e.provisional,
        uses=find_event_uses(prepared, e.id),
        channel_name=_channel_setting(prepared, e, "name"),
        channel_rule=_channel_setting(prepared, e, "rule"),
        has_links=g.has_links,
        triggers=tuple(_event_link(prepared, k, TRIGGER_TEXT[k.relation], k.responds_to) for k in g.links_of(e.id)),
        answers=tuple(_event_link(prepared, k, ANSWER_TEXT[k.relation], k.event) for k in g.links_to(e.id)),
        rates=describe_stated_rates(prepared, g.channel(e) or ""),
        around=around,
        left_before=left_before,
        left_after=left_after,
        week=week,
        before=build_event_row(prepared, columns.events[i - 1]) if i else None,
        after=build_event_row(prepared, columns.events[i + 1]) if i + 1 < len(columns.events) else None,
    )


def _describe_first_report(e: Record) -> str:
    publisher, day = split_first_report(e.first_report)
    return f"{publisher}, {format_date(day)}" if day else ""


def _event_link(prepared: Case, k: StatedLink, text: str, other: str | None) -> EventLink:
    columns = get_event_columns(prepared)
    row = build_event_row(prepared, columns.events[columns.at[other]]) if other else None
    return EventLink(text, k.basis, row, "" if other else name_trigger(k), k.note, k.source)


def _channel_setting(prepared: Case, e: Record, field: str) -> str:
    return next((str(getattr(c, field)) for c in prepared.case.channels if c.key == prepared.g.channel(e)), "")


def describe_discrepancies(e: Record) -> tuple[str, ...]:
    """Describe the contradictions that the event's own row reports.

    Example:
        >>> from detente.events.event import ReportedDeaths
        >>> from types import SimpleNamespace as N
        >>> describe_discrepancies(N(tolls=ReportedDeaths(low=69, best=72, high=405), disputed=True))
        ('Deaths: from 69 to 405.', 'A party contradicts the account: who did it, that it happened, or what it cost.')
    """
    out = []
    if e.tolls.range and e.tolls.range[0] != e.tolls.range[1]:
        low, high = e.tolls.range
        start = "at most" if e.tolls.low is None and e.tolls.best is None else f"from {low:,} to"
        out.append(f"Deaths: {start} {high:,}.")
    if e.disputed:
        out.append("A party contradicts the account: who did it, that it happened, or what it cost.")
    return tuple(out)


def _similar_ids(columns: EventColumns, key: str) -> list[str]:
    # Similar ids share their beginning; comparing with all ids of a large record would take seconds.
    return [k for k in columns.at if k[:8] == key[:8]][:500]


def _parties(prepared: Case, e: Record, keys: tuple[str, ...], raw: tuple[str, ...]) -> tuple[Party, ...]:
    out = []
    for i, k in enumerate(keys):
        a = prepared.case.actor(k)
        own = raw[i] if len(raw) == len(keys) and raw[i] not in (k, a.name) else ""
        to = f"/{prepared.id}/events?{format_query_string(EventQuery(actor=(k,)))}"
        role = role_on(a, e.day)
        out.append(Party(k, a.name, ROLE_TEXT.get(role, role), own, to))
    return tuple(out)


def _figures(e: Record) -> tuple[DeathsFigure, ...]:
    t = e.tolls
    return (
        DeathsFigure("lowest figure", t.low), DeathsFigure("best", t.best), DeathsFigure("highest figure", t.high),
        DeathsFigure("of them civilians", t.civilian),
    )  # fmt: skip


def _border_km(prepared: Case, e: Record) -> float | None:
    land = prepared.view.geography
    if land is None or e.place.point is None or e.place.precision not in LOCATED_PRECISIONS:
        return None
    if e.place.country not in prepared.case.countries.values():
        return None
    return round(distance_km(*e.place.point, land.border), 1)


def _point(prepared: Case, e: Record) -> MiniMapPoint | None:
    ground = get_basemap(prepared)
    if ground is None:
        return None
    p = e.place
    if p.precision in LOCATED_PRECISIONS and p.latitude is not None and p.longitude is not None:
        at, precise = (p.longitude, p.latitude), True
    else:
        middle = ground.middles.get(f"{p.country}/{p.province}") or ground.middles.get(p.country)
        if middle is None:
            return None
        at, precise = middle, False
    return MiniMapPoint(*ground.frame.xy(*at), precise) if ground.frame.holds(*at) else None


def _neighbouring_events(prepared: Case, columns: EventColumns, i: int) -> tuple[tuple[EventRow, ...], int, int, str]:
    """Return the nearest events within a week as rows, how many more there are on either side, and the list's address."""
    e = columns.events[i]
    first, last = e.day - timedelta(days=DAYS), e.day + timedelta(days=DAYS)
    low = int(columns.day.searchsorted(first.toordinal(), "left"))
    high = int(columns.day.searchsorted(last.toordinal(), "right"))
    a, b = max(low, i - NEIGHBOURS), min(high, i + NEIGHBOURS + 1)
    week = f"/{prepared.id}/events?{format_query_string(EventQuery(first=first, last=last, sort='oldest'))}"
    return tuple(build_event_row(prepared, x) for x in columns.events[a:b]), a - low, high - b, week


async def handler(request: Request) -> Response:
    """Return one event: its data, sources, uses in the brief and neighbouring events."""
    prepared = get_record_case(request)
    key = request.path_params["event"]
    if (new := prepared.g.current_id(key)) != key:
        here = build_event_address(prepared, new) + (".json" if wants_json(request) else "")
        return RedirectResponse(here, 301)
    if prepared.g.edits and key in prepared.g.edits.retracted:
        return respond_retracted(request, prepared, key)
    beside = request.app.state.beside.status(prepared)
    decisions, who = await run_in_threadpool(load_decisions, request), find_account_of(request)
    content = await run_in_threadpool(
        partial(build_event_page, prepared, key, beside, decisions, may_decide=may_decide(who), closed=who is not None)
    )
    title = f"{content.row.when}, {content.row.where}"
    foot, ground = provenance_footer(prepared), get_basemap(prepared)
    preview = LinkPreview(content.row.summary) if content.row.summary else None
    edits = find_event_edits(request, prepared, key)
    return respond(request, "event.html", content, foot=foot, title=title, preview=preview, ground=ground, edits=edits)


ROUTES = (
    form_route(
        "/{case}/events/{event:path}/matches", decide_match, "decide on a report of another source", MATCH_FIELDS
    ),
    *page_routes("/{case}/events/{event:path}", handler, page=EventPage),
)
