"""What the pages rest on: the chronology of each case, the releases in the store, their versions, and rows set aside."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from detente.api.case import PreparedCase
from detente.events.row_account import REJECTS_SCHEMA
from detente.store.errors import NoStore
from detente.store.history import StoreVersion, read_history
from detente.store.snapshot import ReleaseAccount, Snapshot, open_version
from detente.store.verify import VerificationReport, verify_store
from detente.text.numbers import format_bytes
from detente.web.accounts.local_access import may_write
from detente.web.openapi_route import OpenApiRoute
from detente.web.rendering.responses import get_cases, page_routes, respond
from detente.web.uploads.limits import MAX_BYTES, MIB
from detente.web.uploads.model import FILE_SUFFIXES

MAX_VERSIONS = 30
ROWS_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class ChronologySummary:
    """What one served case rests on.

    `later` events became known only after `as_of`; `rows == events + later + set_aside`. `datasets` are what the brief uses.
    """

    case: str
    title: str
    release: str
    sha256: str
    as_of: date
    watched_to: date
    rows: int
    events: int
    later: int
    set_aside: int
    unassigned: int
    licence: str
    cite: str
    cited_as: str


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One release in the store. `rows == events + merged + set_aside`, always; `version_of_program` read it."""

    name: str
    source: str
    release: str
    known_on: date
    rows: int
    events: int
    merged: int
    set_aside: int
    first: date | None
    last: date | None
    added: datetime
    sha256: str
    bytes: int
    version_of_program: str


@dataclass(frozen=True, slots=True)
class DataPage:
    """The page.

    `version` of the store, None where there is none; `releases` in it; `versions` newest first, no more than `VERSIONS`.
    `may_send` says whether this reader may send a file.
    """

    chronologies: tuple[ChronologySummary, ...]
    version: int | None
    releases: tuple[ReleaseRow, ...]
    versions: tuple[StoreVersion, ...]
    may_send: bool
    most_bytes: int
    endings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RejectedRowView:
    """One row that could not become an event: where it stood, why, and how to mend it."""

    source: str
    release: str
    row: int
    column: str
    value: str
    reason: str
    remedy: str
    raw: str


@dataclass(frozen=True, slots=True)
class RejectedRowsPage:
    """Rows set aside of `of` (a case or a release), `rows` of `total` from row `start` on; `before` and `after` are starts."""

    of: str
    total: int
    start: int
    before: int | None
    after: int | None
    rows: tuple[RejectedRowView, ...]
    query: str


@dataclass(frozen=True, slots=True)
class VerificationPage:
    """What reading every byte of the store found; `sound` where nothing is wrong. `leftovers` counts files of no version."""

    version: int
    releases: int
    files: int
    bytes: int
    rows: int
    events: int
    merged: int
    set_aside: int
    problems: tuple[tuple[str, str], ...]
    leftovers: int
    sound: bool


def _summarize_chronology(study: PreparedCase) -> ChronologySummary:
    p, g = study.brief.provenance, study.g
    main = study.brief.datasets[0]
    return ChronologySummary(
        study.id, study.case.title, p.release, p.sha256, g.as_of, g.watched_to, p.rows, p.events, p.later, p.set_aside,
        p.unassigned, main.licence, main.cite, f"/{study.id}/brief.bib",
    )  # fmt: skip


def _build_release_row(k: ReleaseAccount) -> ReleaseRow:
    return ReleaseRow(
        k.name, k.source, k.release, k.known_on, k.rows, k.events, k.merged, k.set_aside, k.first, k.last, k.added, k.sha256,
        k.bytes, k.detente,
    )  # fmt: skip


def build_data_page(request: Request) -> DataPage:
    """The page's content."""
    path: Path = request.app.state.settings.store
    chronologies = tuple(_summarize_chronology(s) for s in get_cases(request).values())
    version: int | None = None
    releases: tuple[ReleaseRow, ...] = ()
    versions: tuple[StoreVersion, ...] = ()
    try:
        now = open_version(path)
        version, releases = now.version, tuple(_build_release_row(k) for k in now.releases())
        versions = read_history(path, MAX_VERSIONS)
    except NoStore:
        pass
    return DataPage(chronologies, version, releases, versions, may_write(request), MAX_BYTES, FILE_SUFFIXES)


async def handler(request: Request) -> Response:
    """`/data`."""
    content = await run_in_threadpool(build_data_page, request)
    return respond(request, "data.html", content, title="Data", mib=MIB, size=format_bytes)


def _resolve_rejects_query(request: Request) -> tuple[str, PreparedCase | None, Snapshot | None, str]:
    """Of what set-aside rows are asked for: its name, the case or the store, and the query that asks for it again."""
    case, release = request.query_params.get("case", ""), request.query_params.get("release", "")
    known = get_cases(request)
    if case:
        if case not in known:
            raise HTTPException(404, f"No case {case!r} is served here. Served: {', '.join(known)}.")
        return known[case].case.title, known[case], None, f"case={case}"
    try:
        now = open_version(request.app.state.settings.store)
    except NoStore as e:
        raise HTTPException(404, "There is no store here yet; send a file at /data to begin one.") from e
    if release:
        return now.resolve(release), None, now, f"release={release}"
    return "all releases", None, now, ""


def _iterate_rejected_rows(study: PreparedCase | None, now: Snapshot | None, name: str) -> Iterator[RejectedRowView]:
    if study is not None:
        for s in study.g.set_aside:
            f = s.faults[0]
            yield RejectedRowView(s.source, s.release, s.row, f.column, f.value, f.reason, f.remedy, s.raw)
        return
    assert now is not None
    for batch in now.rejects(None if name == "all releases" else [name]):
        for r in batch.to_pylist():
            yield RejectedRowView(**r)


def build_rejected_rows_page(request: Request) -> RejectedRowsPage:
    """The page's content."""
    name, study, now, query = _resolve_rejects_query(request)
    given = request.query_params.get("start", "0")
    start = int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0
    rows, total = [], 0
    for r in _iterate_rejected_rows(study, now, name):
        if start <= total < start + ROWS_PER_PAGE:
            rows.append(r)
        total += 1
    before = max(start - ROWS_PER_PAGE, 0) if start else None
    after = start + ROWS_PER_PAGE if start + ROWS_PER_PAGE < total else None
    return RejectedRowsPage(name, total, start, before, after, tuple(rows), query)


async def rejected_rows_handler(request: Request) -> Response:
    """`/data/set-aside?case=… or ?release=…`."""
    content = await run_in_threadpool(build_rejected_rows_page, request)
    return respond(request, "set_aside.html", content, title="Rows set aside")


async def download_rejected_rows(request: Request) -> Response:
    """`/data/set-aside.csv`: all of them, as they stood."""
    name, study, now, _ = await run_in_threadpool(_resolve_rejects_query, request)

    def lines() -> Iterator[str]:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(REJECTS_SCHEMA.names)
        for r in _iterate_rejected_rows(study, now, name):
            writer.writerow([getattr(r, n) for n in REJECTS_SCHEMA.names])
            if out.tell() > 65_536:
                yield out.getvalue()
                out.seek(0)
                out.truncate()
        yield out.getvalue()

    headers = {"Content-Disposition": 'attachment; filename="set-aside.csv"'}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)


_verification_cache: dict[tuple[str, int], VerificationPage] = {}


def build_verification_page(request: Request) -> VerificationPage:
    """Every byte of the store's newest version, read once for each version."""
    try:
        now = open_version(request.app.state.settings.store)
    except NoStore as e:
        raise HTTPException(404, "There is no store here yet; send a file at /data to begin one.") from e
    key = (str(now.path), now.version)
    again = request.query_params.get("again") == "1"
    if again or key not in _verification_cache:
        _verification_cache[key] = _summarize_verification(verify_store(now))
    return _verification_cache[key]


def _summarize_verification(v: VerificationReport) -> VerificationPage:
    problems = tuple((p.release, p.what) for p in v.problems)
    return VerificationPage(
        v.version, v.releases, v.files, v.bytes, v.rows, v.events, v.merged, v.set_aside, problems, len(v.leftovers),
        not problems,
    )  # fmt: skip


async def verify_handler(request: Request) -> Response:
    """`/data/verify`."""
    content = await run_in_threadpool(build_verification_page, request)
    return respond(request, "verify.html", content, title="Is the store sound?", size=format_bytes)


REJECTED_ROWS_QUERY = {
    "case": "a case's id", "release": "a release of the store, as source/release", "start": "from which row on",
}  # fmt: skip

ROUTES = (
    *page_routes("/data", handler, page=DataPage),
    *page_routes("/data/set-aside", rejected_rows_handler, page=RejectedRowsPage, query=REJECTED_ROWS_QUERY),
    OpenApiRoute(
        "/data/set-aside.csv",
        download_rejected_rows,
        methods=["GET"],
        name="set-aside rows as CSV",
        query=REJECTED_ROWS_QUERY,
    ),
    *page_routes("/data/verify", verify_handler, page=VerificationPage, query={"again": "1: read every byte again"}),
)
