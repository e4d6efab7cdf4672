"""The events of a case: filtered, counted, sorted, page by page, and as a file of what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.events.export import as_bytes
from detente.events.plover import event_types
from detente.ground.place import GEO_PRECISIONS
from detente.ground.span import in_words
from detente.web.page import Foot, both, foot, respond, study_of, wants_json
from detente.web.record.columns import KINDS, Bools, Columns, columns_of
from detente.web.record.query import SORTS, Query, Sort, address, emptied, found, masks, read
from detente.web.record.query import both as all_of
from detente.web.record.row import Row, country, row
from detente.web.study import Study

PAGE = 50
FILES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json",
}
SAID_SORTS: Mapping[Sort, str] = {"newest": "newest first", "oldest": "oldest first", "deaths": "most deaths first"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A word that a filter may hold: how many events it would find with all other filters as they are, and whether it is chosen."""

    value: str
    name: str
    events: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Choices under one heading, such as the provinces of a country."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """What a filter of an empty question does, in words, and where the list without it is."""

    said: str
    without: int
    address: str


@dataclass(frozen=True, slots=True)
class File:
    """What was found as a file."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Events:
    """A page of events.

    Fields:
        query: what was asked. said: the same in words, one entry a filter.
        found, total: events found and in the record. first, last: which of those found stand on this page, from 1.
        page, pages: which page this is, from 1, and how many there are.
        channels, types, actors, places, precisions: the words of each filter with their counts.
        rows: the events of the page. emptied: for an empty result, what each filter does.
        sorts: the orders, each with the address of the list in it. files: what was found, to take along.
        before, after: addresses of the neighbouring pages, empty at the ends. all: the address without filters.
    """

    query: Query
    said: tuple[str, ...]
    found: int
    total: int
    first: int
    last: int
    page: int
    pages: int
    channels: tuple[Choice, ...]
    types: tuple[Choice, ...]
    actors: tuple[Choice, ...]
    places: tuple[Group, ...]
    precisions: tuple[Choice, ...]
    rows: tuple[Row, ...]
    emptied: tuple[Reason, ...]
    sorts: tuple[tuple[str, str, bool], ...]
    files: tuple[File, ...]
    before: str
    after: str
    all: str


@dataclass(frozen=True, slots=True)
class Every:
    """All events found, each with all its fields as `detente events --json` writes them, and the channel."""

    query: Query
    found: int
    total: int
    events: list[dict[str, Any]]


def events(study: Study, query: Query, page: int = 1) -> Events:
    """The page's content.

    Raises:
        HTTPException: 404, there is no such page.
    """
    columns = columns_of(study)
    through = masks(columns, query)
    order = found(columns, query, through)
    pages = max(-(-len(order) // PAGE), 1)
    if not 1 <= page <= pages:
        raise HTTPException(404, f"There is no page {page}: what was found fills {pages} of {PAGE} events each.")
    here = f"/{study.id}/events"
    shown = order[(page - 1) * PAGE : page * PAGE]
    return Events(
        query=query,
        said=tuple(said(study, query).values()),
        found=len(order),
        total=len(columns.events),
        first=(page - 1) * PAGE + 1 if len(order) else 0,
        last=(page - 1) * PAGE + len(shown),
        page=page,
        pages=pages,
        channels=_channels(columns, query, through),
        types=_types(columns, query, through),
        actors=_actors(study, columns, query, through),
        places=_places(study, columns, query, through),
        precisions=_precisions(columns, query, through),
        rows=tuple(row(study, columns.events[i]) for i in shown),
        emptied=() if len(order) else _emptied(study, columns, query, through),
        sorts=tuple((SAID_SORTS[s], _at(here, replace(query, sort=s)), s == query.sort) for s in SORTS),
        files=_files(here, query),
        before=_at(here, query, page=page - 1) if page > 1 else "",
        after=_at(here, query, page=page + 1) if page < pages else "",
        all=here,
    )


def said(study: Study, query: Query) -> dict[str, str]:
    """Each filter that asks something, in words.

    Example:
        A question for strikes since October 2025 gives `channel: strike` and `from 9 October 2025`.
    """
    actors = {a.key: a.short or a.name for a in study.case.cast}
    out: dict[str, str] = {}
    if query.channel:
        out["channel"] = "channel " + " or ".join(query.channel)
    if query.actor:
        out["actor"] = "with " + " or ".join(actors[a] for a in query.actor)
    if query.type:
        out["type"] = "type " + " or ".join(t.lower() for t in query.type)
    if query.place:
        out["place"] = "in " + " or ".join(place_name(study, p) for p in query.place)
    if query.precision:
        out["precision"] = "place known to the " + " or ".join(query.precision)
    if query.first:
        out["from"] = f"from {in_words(query.first)}"
    if query.last:
        out["to"] = f"to {in_words(query.last)}"
    if query.disputed is not None:
        out["disputed"] = "disputed" if query.disputed else "not disputed"
    if query.text:
        out["text"] = f"“{query.text}”"
    return out


def place_name(study: Study, key: str) -> str:
    """The last word of a place's address, a country by its name."""
    parts = [p for p in key.split("/") if p]
    return country(study.case, parts[0]) if len(parts) == 1 else parts[-1]


def _at(here: str, query: Query, **more: Any) -> str:
    asked = address(query, **{k: v for k, v in more.items() if (k, v) != ("page", 1)})
    return f"{here}?{asked}" if asked else here


def _files(here: str, query: Query) -> tuple[File, ...]:
    forms = ("csv", "parquet", "geojson")
    names = {"csv": "CSV", "parquet": "Parquet", "geojson": "GeoJSON"}
    return (
        *(File(names[f], _at(f"{here}.{f}", query)) for f in forms),
        File("JSON", _at(f"{here}.json", query, page="all")),
    )


def _channels(columns: Columns, query: Query, through: Mapping[str, Bools]) -> tuple[Choice, ...]:
    count = _counted(columns.kind, all_of(through, len(columns.events), but="channel"), len(KINDS))
    return tuple(Choice(k, k, int(n), k in query.channel) for k, n in zip(KINDS, count, strict=True))


def _types(columns: Columns, query: Query, through: Mapping[str, Bools]) -> tuple[Choice, ...]:
    count = _counted(columns.type, all_of(through, len(columns.events), but="type"), len(columns.types))
    names = event_types()
    return tuple(
        Choice(t, f"{t.lower()}: {names[t].meaning}", int(n), t in query.type)
        for t, n in zip(columns.types, count, strict=True)
    )


def _actors(study: Study, columns: Columns, query: Query, through: Mapping[str, Bools]) -> tuple[Choice, ...]:
    kept = all_of(through, len(columns.events), but="actor")
    count = columns.took_part[kept].sum(axis=0)
    return tuple(
        Choice(a.key, a.name, int(n), a.key in query.actor)
        for a, n, ever in zip(study.case.cast, count, np.any(columns.took_part, axis=0).tolist(), strict=True)
        if ever
    )


def _places(study: Study, columns: Columns, query: Query, through: Mapping[str, Bools]) -> tuple[Group, ...]:
    """Countries with their provinces, the two states first; of a province that is chosen, its places too."""
    count = _counted(columns.place, all_of(through, len(columns.events), but="place"), len(columns.places))
    sums: dict[str, int] = {}
    opened = {"/".join(q.split("/")[:2]) for q in query.place if q.count("/")}
    for key, n in zip(columns.places, count, strict=True):
        country, province, *_ = (*key.split("/"), "", "")
        inside = [country, *([f"{country}/{province}"] if province else [])]
        if "/".join(key.split("/")[:2]) in opened or key in query.place:
            inside.append(key)
        for k in dict.fromkeys(inside):
            sums[k] = sums.get(k, 0) + int(n)
    own = list(study.case.countries.values())
    countries = sorted(
        {k.split("/")[0] for k in sums},
        key=lambda c: (c not in own, own.index(c) if c in own else 0, place_name(study, c or "unknown")),
    )
    return tuple(
        Group(
            place_name(study, c) if c else "country not told",
            tuple(
                Choice(k, ("all of " if k == c else "") + place_name(study, k), n, k in query.place)
                for k, n in sorted(sums.items())
                if k.split("/")[0] == c
            ),
        )
        for c in countries
        if c
    )


def _precisions(columns: Columns, query: Query, through: Mapping[str, Bools]) -> tuple[Choice, ...]:
    kept = all_of(through, len(columns.events), but="precision")
    count = _counted(columns.precision, kept, len(GEO_PRECISIONS))
    return tuple(Choice(p, p, int(n), p in query.precision) for p, n in zip(GEO_PRECISIONS, count, strict=True))


def _counted(codes: NDArray[np.int32], kept: Bools, n: int) -> NDArray[np.int64]:
    return np.bincount(codes[kept], minlength=n)


def _emptied(study: Study, columns: Columns, query: Query, through: Mapping[str, Bools]) -> tuple[Reason, ...]:
    words, here = said(study, query), f"/{study.id}/events"
    blank = Query()
    fields = {"from": "first", "to": "last"}
    out = []
    for e in emptied(columns, through):
        field = fields.get(e.filter, e.filter)
        without = replace(query, **{field: getattr(blank, field)})
        alone = (
            f"lets through {e.alone:,} of {len(columns.events):,} events by itself"
            if e.alone
            else "fits no event at all"
        )
        out.append(Reason(f"{words[e.filter]}: {alone}", e.without, _at(here, without)))
    return tuple(out)


def page_asked(request: Request) -> int:
    """The page in the address, the first if none is named.

    Raises:
        HTTPException: 404, it is no number.
    """
    text = request.query_params.get("page", "1").strip() or "1"
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise HTTPException(404, f"There is no page {text[:20]!r}. Pages are numbered from 1.")
    return int(text)


async def handler(request: Request) -> Response:
    """`/{case}/events`; as JSON, `page=all` gives every event found with all its fields."""
    study = study_of(request)
    columns = await run_in_threadpool(columns_of, study)
    query = read(request.query_params.multi_items(), columns)
    if wants_json(request) and request.query_params.get("page") == "all":
        content: Every | Events = await run_in_threadpool(_every, columns, query)
    else:
        content = events(study, query, page_asked(request))
    return respond(request, "events.html", content, foot=foot(study), title="Events")


def _every(columns: Columns, query: Query) -> Every:
    order = found(columns, query, masks(columns, query))
    return Every(query, len(order), len(columns.events), columns.table.take(order).to_pylist())


async def file(request: Request) -> Response:
    """`/{case}/events.csv`, `.parquet` and `.geojson`: what the same question finds, with licence and citation."""
    study, form = study_of(request), request.path_params["form"]
    if form not in FILES:
        raise HTTPException(404, f"Events are not written as {form[:20]!r}. Known: {', '.join(FILES)} and json.")
    columns = await run_in_threadpool(columns_of, study)
    query = read(request.query_params.multi_items(), columns)
    where_from = provenance(foot(study))

    def made() -> bytes:
        return as_bytes(columns.table.take(found(columns, query, masks(columns, query))), form, where_from)

    body = await run_in_threadpool(made)
    name = f"{study.id}-events-as-of-{study.g.as_of}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    # A CSV file has no place for these, so they travel beside it.
    headers |= {
        f"X-Detente-{k.replace('_', '-')}": v.encode("latin-1", "replace").decode("latin-1")
        for k, v in where_from.items()
    }
    return Response(body, media_type=FILES[form], headers=headers)


def provenance(f: Foot) -> dict[str, str]:
    """What a file says of where it comes from."""
    precision = (
        "geo_precision says what a point stands for: that of a province or a country is a stand-in for all of it"
    )
    return {
        "licence": f.licence, "citation": f.cite, "case": f.case, "as_of": f.as_of, "release": f.release,
        "sha256": f.sha256, "precision": precision,
    }  # fmt: skip


ROUTES: Sequence[Route] = [
    *both("/{case}/events", handler),
    Route("/{case}/events.{form}", file, name="events as a file"),
]
