"""Data pages: each case's chronology, the store's releases and versions, rejected rows, and verification."""

import csv
import io
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from detente.api.case import Case
from detente.core.formula_guard import guard_text
from detente.events.row_account import REJECTS_SCHEMA
from detente.sources.licences import licence_of
from detente.store.errors import NoStore
from detente.store.history import StoreVersion, read_history
from detente.store.snapshot import ReleaseAccount, Snapshot, open_version
from detente.store.verify import VerificationReport, verify_store
from detente.text.numbers import format_bytes
from detente.web.accounts.permission import find_account_of, require_account
from detente.web.db.engine import read_transaction
from detente.web.openapi_route import OpenApiRoute
from detente.web.rendering.responses import get_cases, page_routes, respond
from detente.web.uploads.limits import MAX_BYTES, MIB
from detente.web.uploads.model import FILE_SUFFIXES
from detente.web.uploads.release_address import build_release_address
from detente.web.uploads.release_log import ReleaseAct, load_release_acts

MAX_VERSIONS = 30
ROWS_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class ChronologySummary:
    """The chronology of one served case: `rows == events + later + set_aside`; `later` events became known after `as_of`."""

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
    """One release in the store: `rows == events + merged + set_aside`; `version_of_program` parsed it.

    `kept_by` is the account that put it there, and `kept_at` when it did; empty and None for the command line. `replaced` is
    the SHA-256 of the release of that name before, if that account replaced one. `address` shows its events, to anybody if
    its licence is `open`, else to accounts.
    """

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
    kept_by: str
    kept_at: datetime | None
    replaced: str
    address: str
    open: bool


@dataclass(frozen=True, slots=True)
class DataPage:
    """The data page.

    `version` of the store, None if there is no store; its `releases`; `versions`, newest first, at most `MAX_VERSIONS`.
    `may_send` is True if this reader may upload a file of at most `most_bytes` with one of the suffixes `endings`.
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
    """One rejected row: its position, the value at fault, the reason and the remedy."""

    source: str
    release: str
    row: int
    column: str
    value: str
    reason: str
    remedy: str
    raw: str


@dataclass(frozen=True, slots=True)
class RejectingCase:
    """A case, and the number of rows that it rejects."""

    case: str
    title: str
    rows: int


@dataclass(frozen=True, slots=True)
class RejectedRowsPage:
    """Rejected rows of a case or release `of`: `rows` of `total` from `start` on; `before` and `after` start the next pages.

    `cases`: of releases, the cases that reject rows too, which may be rows of these releases; None for a case's own rows.
    """

    of: str
    total: int
    start: int
    before: int | None
    after: int | None
    rows: tuple[RejectedRowView, ...]
    query: str
    cases: tuple[RejectingCase, ...] | None = None


@dataclass(frozen=True, slots=True)
class VerificationPage:
    """Result of verifying the store; `sound` if there are no problems. `leftovers` counts files that belong to no version."""

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


def _summarize_chronology(prepared: Case) -> ChronologySummary:
    g = prepared.g
    main = prepared.datasets[0]
    return ChronologySummary(
        prepared.id, prepared.case.title, g.release.name, g.release.sha256, g.as_of, g.watched_to, g.rows,
        len(g.events), g.later, len(g.set_aside), len(g.unassigned), main.licence, main.cite, f"/{prepared.id}/brief.bib",
    )  # fmt: skip


def _build_release_row(k: ReleaseAccount, acts: Mapping[tuple[str, str], ReleaseAct]) -> ReleaseRow:
    act = acts.get((k.name, k.sha256))
    return ReleaseRow(
        k.name, k.source, k.release, k.known_on, k.rows, k.events, k.merged, k.set_aside, k.first, k.last, k.added, k.sha256,
        k.bytes, k.detente, act.by if act else "", act.at if act else None, act.replaced if act else "",
        build_release_address(k.source, k.release), licence_of(k.source).open,
    )  # fmt: skip


def build_data_page(request: Request) -> DataPage:
    """Build the data page."""
    path: Path = request.app.state.settings.store
    chronologies = tuple(_summarize_chronology(s) for s in get_cases(request).values())
    version: int | None = None
    releases: tuple[ReleaseRow, ...] = ()
    versions: tuple[StoreVersion, ...] = ()
    try:
        versions = read_history(path, MAX_VERSIONS)
        # A release may be added meanwhile: the table of releases and the list of versions tell of the same version.
        snapshot = open_version(path, versions[0].version)
        acts = _load_acts(request)
        version, releases = snapshot.version, tuple(_build_release_row(k, acts) for k in snapshot.releases())
    except NoStore:
        pass
    return DataPage(
        chronologies, version, releases, versions, find_account_of(request) is not None, MAX_BYTES, FILE_SUFFIXES
    )


def _load_acts(request: Request) -> Mapping[tuple[str, str], ReleaseAct]:
    if request.app.state.database is None:
        return {}
    with read_transaction(request.app.state.database) as c:
        return load_release_acts(c)


async def handler(request: Request) -> Response:
    """Return the data that the served cases use: chronologies, and the store's releases and versions."""
    content = await run_in_threadpool(build_data_page, request)
    return respond(request, "data.html", content, title="Data", mib=MIB, size=format_bytes)


@dataclass(frozen=True, slots=True)
class _RejectsQuery:
    """Whose rejected rows are asked for: of a case, or of the releases `names` of the store. `text` is the query string."""

    name: str
    text: str
    prepared: Case | None = None
    snapshot: Snapshot | None = None
    names: tuple[str, ...] = ()


def _resolve_rejects_query(request: Request) -> _RejectsQuery:
    """Resolve the query of rejected rows. Rows that may not be passed on are only for accounts, as on a release's page.

    Raises:
        HTTPException: 404 for an unknown case or without a store; 401 for a release that needs an account.
    """
    case, release = request.query_params.get("case", ""), request.query_params.get("release", "")
    known = get_cases(request)
    if case:
        if case not in known:
            raise HTTPException(404, f"Unknown case {case!r}. Served: {', '.join(known)}.")
        return _RejectsQuery(known[case].case.title, f"case={case}", known[case])
    snapshot = _open_store(request)
    if release:
        name = snapshot.resolve(release)
        if not _is_open(name):
            require_account(request)
        return _RejectsQuery(name, f"release={release}", None, snapshot, (name,))
    everything = find_account_of(request) is not None
    names = tuple(n for n in snapshot.names if everything or _is_open(n))
    title = "all releases" if len(names) == len(snapshot.names) else "all releases shown without an account"
    return _RejectsQuery(title, "", None, snapshot, names)


def _is_open(release: str) -> bool:
    return licence_of(release.partition("/")[0]).open


def _open_store(request: Request) -> Snapshot:
    try:
        return open_version(request.app.state.settings.store)
    except NoStore as e:
        raise HTTPException(404, "There is no store yet. Upload a file at /data to create it.") from e


def _iterate_rejected_rows(q: _RejectsQuery) -> Iterator[RejectedRowView]:
    if q.prepared is not None:
        for s in q.prepared.g.set_aside:
            f = s.faults[0]
            yield RejectedRowView(s.source, s.release, s.row, f.column, f.value, f.reason, f.remedy, s.raw)
        return
    assert q.snapshot is not None
    for batch in q.snapshot.rejects(q.names):
        for r in batch.to_pylist():
            yield RejectedRowView(**r)


def build_rejected_rows_page(request: Request) -> RejectedRowsPage:
    """Build a page of rejected rows."""
    q = _resolve_rejects_query(request)
    text = request.query_params.get("start", "0")
    start = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    if q.prepared is not None:
        total = len(q.prepared.g.set_aside)
        rows = list(islice(_iterate_rejected_rows(q), start, start + ROWS_PER_PAGE))
    else:
        assert q.snapshot is not None
        total = sum(k.set_aside for k in q.snapshot.releases() if k.name in q.names)
        rows = _read_rejected_rows(q.snapshot, q.names, start)
    before = max(start - ROWS_PER_PAGE, 0) if start else None
    after = start + ROWS_PER_PAGE if start + ROWS_PER_PAGE < total else None
    return RejectedRowsPage(q.name, total, start, before, after, tuple(rows), q.text, _list_rejecting_cases(request, q))


def _list_rejecting_cases(request: Request, q: _RejectsQuery) -> tuple[RejectingCase, ...] | None:
    if q.prepared is not None:
        return None
    sources = {name.partition("/")[0] for name in q.names}
    cases = (s for s in get_cases(request).values() if sources & {b.source for b in s.case.brought})
    return tuple(RejectingCase(s.id, s.case.title, len(s.g.set_aside)) for s in cases if s.g.set_aside)


def _read_rejected_rows(snapshot: Snapshot, names: tuple[str, ...], start: int) -> list[RejectedRowView]:
    """Read one page of rows; batches before it are counted only, and those after it are not read."""
    rows: list[RejectedRowView] = []
    skip = start
    for batch in snapshot.rejects(names):
        if skip >= batch.num_rows:
            skip -= batch.num_rows
            continue
        rows += [RejectedRowView(**r) for r in batch.slice(skip, ROWS_PER_PAGE - len(rows)).to_pylist()]
        skip = 0
        if len(rows) >= ROWS_PER_PAGE:
            break
    return rows


async def rejected_rows_handler(request: Request) -> Response:
    """Return the rejected rows of a case, a release or the whole store, page by page."""
    content = await run_in_threadpool(build_rejected_rows_page, request)
    return respond(request, "set_aside.html", content, title="Rejected rows")


async def download_rejected_rows(request: Request) -> Response:
    """Download all rejected rows of a case, a release or the whole store as CSV."""
    guard = request.query_params.get("exact") != "1"
    q = await run_in_threadpool(_resolve_rejects_query, request)

    def lines() -> Iterator[str]:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(REJECTS_SCHEMA.names)
        for r in _iterate_rejected_rows(q):
            cells = [getattr(r, n) for n in REJECTS_SCHEMA.names]
            writer.writerow([guard_text(c) if guard and isinstance(c, str) else c for c in cells])
            if out.tell() > 65_536:
                yield out.getvalue()
                out.seek(0)
                out.truncate()
        yield out.getvalue()

    headers = {"Content-Disposition": 'attachment; filename="set-aside.csv"'}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)


_verification_cache: dict[tuple[str, int], VerificationPage] = {}
_verification_lock = threading.Lock()


def build_verification_page(request: Request) -> VerificationPage:
    """Verify every byte of the store's newest version, once for each version unless `again=1`.

    Reading every byte is costly, so it needs an account, and one thread does it at a time. Everybody sees the result.

    Raises:
        HTTPException: 401 without an account if the version was not verified yet; 503 while another request verifies it.
    """
    snapshot = _open_store(request)
    key = (str(snapshot.path), snapshot.version)
    if request.query_params.get("again") != "1" and key in _verification_cache:
        return _verification_cache[key]
    require_account(request)
    if not _verification_lock.acquire(blocking=False):
        raise HTTPException(503, "The store is being verified. Try again in a minute.", {"Retry-After": "60"})
    try:
        _verification_cache[key] = _summarize_verification(verify_store(snapshot))
        while len(_verification_cache) > MAX_VERSIONS:
            del _verification_cache[next(iter(_verification_cache))]
        return _verification_cache[key]
    finally:
        _verification_lock.release()


def _summarize_verification(v: VerificationReport) -> VerificationPage:
    problems = tuple((p.release, p.what) for p in v.problems)
    return VerificationPage(
        v.version, v.releases, v.files, v.bytes, v.rows, v.events, v.merged, v.set_aside, problems, len(v.leftovers),
        not problems,
    )  # fmt: skip


async def verify_handler(request: Request) -> Response:
    """Verify the store against its checksums and return the problems."""
    content = await run_in_threadpool(build_verification_page, request)
    return respond(request, "verify.html", content, title="Is the store sound?", size=format_bytes)


REJECTED_ROWS_QUERY = {
    "case": "a case's id", "release": "a release in the store, as source/release", "start": "position of the first row, from 0",
}  # fmt: skip

ROUTES = (
    *page_routes("/data", handler, page=DataPage),
    *page_routes("/data/set-aside", rejected_rows_handler, page=RejectedRowsPage, query=REJECTED_ROWS_QUERY),
    OpenApiRoute("/data/set-aside.csv", download_rejected_rows, methods=["GET"], name="rejected rows as CSV", query={**REJECTED_ROWS_QUERY, "exact": "1: without an apostrophe before texts that look like formulas"}),
    *page_routes("/data/verify", verify_handler, page=VerificationPage, query={"again": "1: verify again"}),
)  # fmt: skip
