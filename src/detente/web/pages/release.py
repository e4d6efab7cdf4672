"""One release of the store, browsed like the record: filters, events by month, list and table, page by page.

A licence may forbid passing rows on. Such a release, and one whose terms are not on file, is shown only to accounts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached
from cachetools.keys import hashkey
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.events.event_row import format_deaths
from detente.api.events.facets import FacetChoice
from detente.api.events.periods import choose_period_length, iterate_periods, name_period
from detente.api.events.selection import SelectionCount, build_count
from detente.charts.inline.selection_bars import SelectionBar, draw_selection_bars
from detente.core.date_range import DatePrecision, DateRange, format_date_range
from detente.core.errors import nearest, quoted_choices
from detente.core.publishers import is_address
from detente.events import countries
from detente.events.event import ReportedDeaths
from detente.events.plover import event_types
from detente.sources.licences import licence_of
from detente.store.errors import NoStore
from detente.store.release_query import (
    ReleaseFilter,
    ReleaseSummary,
    count_frequent_actors,
    read_release_rows,
    summarize_release,
)
from detente.store.snapshot import Snapshot, open_version, read_account
from detente.web.accounts.permission import find_account_of
from detente.web.event_views import ColumnChoice, TableColumn, ViewLink, build_column_choices
from detente.web.release_view import (
    RELEASE_QUERY,
    ReleaseView,
    build_release_query,
    describe_release_filter,
    parse_release_view,
)
from detente.web.rendering.responses import page_routes, respond
from detente.web.uploads.release_address import build_release_address

PAGE_SIZE = 50
SORT_TEXT = {"newest": "newest first", "oldest": "oldest first", "deaths": "most deaths first"}
COLUMNS = (
    TableColumn("date", "Date", False, "oldest", "newest"),
    TableColumn("country", "Country", False, "country-up", "country-down"),
    TableColumn("place", "Place", False, "place-up", "place-down"),
    TableColumn("type", "Type of act", False, "type-up", "type-down"),
    TableColumn("who", "Actor, as written", False, "who-up", "who-down"),
    TableColumn("whom", "Towards, as written", False, "whom-up", "whom-down"),
    TableColumn("deaths", "Deaths", True, "deaths-up", "deaths"),
    TableColumn("summary", "Summary", False, "", ""),
    TableColumn("row", "Row", True, "row-up", "row-down"),
)


@dataclass(frozen=True, slots=True)
class StoredEventRow:
    """An event of a release as its source reports it. `deaths` is a range in words, empty if no figure was reported."""

    id: str
    row: int | None
    when: str
    where: str
    country: str
    type: str
    mode: str
    who: str
    whom: str
    deaths: str
    summary: str
    provisional: bool | None
    disputed: bool | None
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleasePeriod:
    """A month, quarter or year of a release: its name, first day, counts, and the address of its events."""

    name: str
    first: date
    count: SelectionCount
    address: str


@dataclass(frozen=True, slots=True)
class ReleaseEventsPage:
    """A page of a release.

    Fields:
        source, release, known_on: of the release. licence, cite: its terms. open: shown without an account.
        view: filters and order. said: the filters in words. found, total: matching events and all events.
        first, last: range of the matches on this page, from 1. page, pages: number of this page, and of pages.
        count: of the matching events. per, periods: the same by month, quarter or year.
        countries, types: values of these filters with their counts. actors: the most frequent names, as written.
        columns: of the table. views, sorts: the same events shown in another way. rows: the events of the page.
        before, after: addresses of the neighbouring pages, empty at the ends. all: the address without filters.
    """

    source: str
    release: str
    known_on: date
    licence: str
    cite: str
    open: bool
    view: ReleaseView
    said: tuple[str, ...]
    found: int
    total: int
    first: int
    last: int
    page: int
    pages: int
    count: SelectionCount
    per: str
    periods: tuple[ReleasePeriod, ...]
    countries: tuple[FacetChoice, ...]
    types: tuple[FacetChoice, ...]
    actors: tuple[str, ...]
    columns: tuple[ColumnChoice, ...]
    views: tuple[ViewLink, ...]
    sorts: tuple[tuple[str, str, bool], ...]
    rows: tuple[StoredEventRow, ...]
    before: str
    after: str
    all: str


def _open_release(request: Request) -> tuple[Snapshot, str, str]:
    """Return the store, and source and name of the release in the address, if this reader may see it.

    Raises:
        HTTPException: 404, if the store has no such release; 401, if it is shown only to accounts.
    """
    source, release = request.path_params["source"], request.path_params["release"]
    try:
        snapshot = open_version(request.app.state.settings.store)
    except NoStore as e:
        raise HTTPException(404, "No data added yet. Upload a file at /data.") from e
    if f"{source}/{release}" not in snapshot.names:
        near = quoted_choices(nearest(f"{source}/{release}"[:120], snapshot.names))
        raise HTTPException(
            404, f"No release {f'{source}/{release}'[:120]!r} was added. Nearest: {near}. /data lists all."
        )
    licence = licence_of(source)
    if not licence.open and find_account_of(request) is None:
        raise HTTPException(
            401, f"Rows of {source} are shown only to accounts (licence: {licence.terms}). Log in at /account/login."
        )
    return snapshot, source, release


def _key(snapshot: Snapshot, *more: Any) -> Any:
    return hashkey(str(snapshot.path), snapshot.version, *more)


@cached(LRUCache(128), key=_key, lock=Lock())
def _summarize(snapshot: Snapshot, name: str, asked: ReleaseFilter) -> ReleaseSummary:
    return summarize_release(snapshot, name, asked)


@cached(LRUCache(64), key=_key, lock=Lock())
def _frequent_actors(snapshot: Snapshot, name: str) -> tuple[str, ...]:
    return tuple(k for k, _ in count_frequent_actors(snapshot, name))


def build_release_page(request: Request) -> ReleaseEventsPage:
    """Build a page of a release.

    Raises:
        HTTPException: 404, if there is no such release or page; 401, if it needs an account. BadEventQuery: a bad filter.
    """
    snapshot, source, release = _open_release(request)
    name, here = f"{source}/{release}", build_release_address(source, release)
    v = parse_release_view(request.query_params.multi_items())
    (file,) = snapshot.files_of("account", [name])
    account = read_account(snapshot.path, file, 0)
    summary = _summarize(snapshot, name, v.filter)
    found = sum(m.events for m in summary.months)
    page, pages = _parse_page(request.query_params.get("page", "")), max(-(-found // PAGE_SIZE), 1)
    if not 1 <= page <= pages:
        raise HTTPException(404, f"There is no page {page}. The list has {pages} page{'s' if pages != 1 else ''}.")
    start = (page - 1) * PAGE_SIZE
    rows = read_release_rows(snapshot, name, v.filter, sort=v.sort, start=start, count=PAGE_SIZE) if found else []
    names = countries.load_country_names()
    licence = licence_of(source)
    per, periods = _build_periods(summary, v, here)

    def address(changed: ReleaseView, page: int = 1) -> str:
        return here + build_release_query(changed, page)

    types = event_types()
    return ReleaseEventsPage(
        source=source,
        release=release,
        known_on=account.known_on,
        licence=licence.terms,
        cite=licence.cite,
        open=licence.open,
        view=v,
        said=describe_release_filter(v.filter),
        found=found,
        total=account.events,
        first=start + 1 if found else 0,
        last=start + len(rows),
        page=page,
        pages=pages,
        count=_add_months(summary),
        per=per,
        periods=periods,
        countries=tuple(
            FacetChoice(k, names.get(k, k), n, k in v.filter.country)
            for k, n in _with_chosen(summary.countries, v.filter.country)
        ),
        types=tuple(
            FacetChoice(k, f"{k.lower()}: {types[k].meaning}" if k in types else k, n, k in v.filter.type)
            for k, n in _with_chosen(summary.types, v.filter.type)
        ),
        actors=_frequent_actors(snapshot, name),
        columns=build_column_choices(COLUMNS, [c.key for c in COLUMNS], v.sort, lambda s: address(replace(v, sort=s))),
        views=tuple(
            ViewLink("table" if k == "table" else "list", k.capitalize(), address(replace(v, view=k)))
            for k in ("list", "table")
        ),
        sorts=tuple((text, address(replace(v, sort=s)), s == v.sort) for s, text in SORT_TEXT.items()),
        rows=tuple(_build_row(r, names) for r in rows),
        before=address(v, page - 1) if page > 1 else "",
        after=address(v, page + 1) if page < pages else "",
        all=here,
    )


def _parse_page(text: str) -> int:
    text = text.strip() or "1"
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise HTTPException(404, f"There is no page {text[:20]!r}. Write a number from 1.")
    return int(text)


def _with_chosen(counted: Sequence[tuple[str, int]], chosen: Sequence[str]) -> list[tuple[str, int]]:
    """Add the chosen values that no event has, so that they can be seen and removed."""
    return [*counted, *((k, 0) for k in chosen if k not in dict(counted))]


def _add_months(summary: ReleaseSummary, first: date = date.min, last: date = date.max) -> SelectionCount:
    inside = [m for m in summary.months if first <= m.month <= last]
    return build_count(
        sum(m.events for m in inside), sum(m.deaths_low for m in inside), sum(m.deaths_high for m in inside),
        sum(m.without_toll for m in inside),
    )  # fmt: skip


def _build_periods(summary: ReleaseSummary, v: ReleaseView, here: str) -> tuple[str, tuple[ReleasePeriod, ...]]:
    if not summary.months:
        return "month", ()
    first, last = summary.months[0].month, summary.months[-1].month
    per = choose_period_length(first, last)
    out = []
    for a, b in iterate_periods(first, last, per):
        # Months are named by their first day, so the last period ends with its month.
        end = min(b, last)
        month_end = next(y for _, y in iterate_periods(end, date(end.year, 12, 31), "month"))
        count = _add_months(summary, a, end)
        f = v.filter
        days = replace(f, first=max(a, f.first or a), last=min(max(b, month_end), f.last or max(b, month_end)))
        address = here + build_release_query(ReleaseView(days, "oldest", v.view)) if count.events else ""
        out.append(ReleasePeriod(name_period(a, per), a, count, address))
    return per, tuple(out)


def _build_row(r: dict[str, Any], names: dict[str, str]) -> StoredEventRow:
    country = r["country"] or ""
    place = dict.fromkeys(x for x in (r["place"], r["province"], names.get(country, country)) if x)
    precision: DatePrecision = r["date_precision"] or "day"
    tolls = ReportedDeaths(r["deaths_low"], r["deaths_best"], r["deaths_high"], r["civilian_deaths"])
    return StoredEventRow(
        id=r["id"], row=r["row"], when=format_date_range(DateRange(r["first"], r["last"] or r["first"], precision)),
        where=", ".join(place) or "place not reported", country=names.get(country, country), type=r["type"] or "", mode=r["mode"] or "",
        who="; ".join(r["raw_initiators"] or ()), whom="; ".join(r["raw_recipients"] or ()), deaths=format_deaths(tolls),
        summary=r["summary"] or "", provisional=r["provisional"], disputed=r["disputed"], addresses=tuple(a for a in r["addresses"] or () if is_address(a)),
    )  # fmt: skip


def draw_release(page: ReleaseEventsPage) -> str:
    """Draw the events of a release by period; each bar leads to its events."""
    bars, year = [], 0
    for p in page.periods:
        label, year = ("" if p.first.year == year else str(p.first.year)), p.first.year
        title = f"{p.name}: {p.count.events:,} event{'s' if p.count.events != 1 else ''}"
        bars.append(SelectionBar([("", p.count.events)], title, p.address, label, None))
    return draw_selection_bars(bars) if bars else ""


async def handler(request: Request) -> Response:
    """List the events of one release of the store by filters, page by page."""
    content = await run_in_threadpool(build_release_page, request)
    response = respond(
        request, "release.html", content, title=f"{content.source}/{content.release}", bars=draw_release(content)
    )
    if not content.open:
        response.headers["Cache-Control"] = "private, no-store"
    return response


ROUTES = page_routes("/data/releases/{source}/{release:path}", handler, page=ReleaseEventsPage, query=RELEASE_QUERY)
