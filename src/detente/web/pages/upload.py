"""Uploads: a file is received, parsed in a separate process, shown, and stored only after confirmation."""

import shutil
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from detente.text.numbers import format_bytes
from detente.web.accounts.account import UserAccount
from detente.web.accounts.permission import require_account, require_moderator
from detente.web.accounts.routes import require_database
from detente.web.clock import utc_now
from detente.web.db.engine import read_transaction, write_transaction
from detente.web.forms import read_form
from detente.web.openapi_route import OpenApiRoute, form_route
from detente.web.rendering.responses import page_routes, respond
from detente.web.uploads.errors import UploadRefused
from detente.web.uploads.model import Upload, delete_upload, folder_of, load_upload, reserve_upload
from detente.web.uploads.multipart import receive_file
from detente.web.uploads.process import start_worker
from detente.web.uploads.release_address import build_release_address
from detente.web.uploads.release_log import load_release_acts, log_failure, log_release
from detente.web.uploads.stored_release import find_stored_release
from detente.web.uploads.worker import REJECTED_ROWS_NAME


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """The release of the same name in the store: its bytes, counts and origin. `kept_by` is empty for the command line."""

    name: str
    sha256: str
    known_on: date
    events: int
    added: datetime
    kept_by: str


@dataclass(frozen=True, slots=True)
class UploadPage:
    """One upload; `running` while a process works on it; `in_words` is its state in words.

    `may_keep`: this account may put it into the store. `replaces`: the release that would be replaced, or None.
    `problem`: why the last form was not carried out, or empty. `address` of the release's events, once it was checked.
    """

    upload: Upload
    running: bool
    in_words: str
    may_keep: bool
    replaces: StoredRelease | None
    problem: str
    address: str


def _uploads_folder(request: Request) -> Path:
    root: Path = request.app.state.settings.uploads
    return root


async def receive_upload(request: Request) -> Response:
    """Upload a file of events with its optional publication date."""
    who, root = require_account(request), _uploads_folder(request)
    upload = await run_in_threadpool(reserve_upload, root, who.name)
    folder = folder_of(root, upload.id)
    try:
        received = await receive_file(request, folder)
        day = received.fields.get("known_on", "").strip()
        if day:
            _validate_date(day, received.name)
        upload = replace(upload, name=received.name, bytes=received.bytes, known_on=day)
        await run_in_threadpool(start_worker, root, upload, "read")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return RedirectResponse(f"/data/uploads/{folder.name}", 303)


def _validate_date(text: str, name: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as e:
        why = f"known_on={text[:20]!r} is not a date"
        raise UploadRefused(name, why, "Write it as YYYY-MM-DD, or leave it empty.") from e


STATE_TEXT = {
    "arriving": "arriving",
    "reading": "being checked",
    "read": "checked; not saved yet",
    "keeping": "being saved",
    "kept": "saved",
    "refused": "rejected",
}


async def show_upload(request: Request, problem: str = "", status: int = 200) -> Response:
    """Return the progress of an upload, then the result of parsing."""
    who = require_account(request)
    u = await run_in_threadpool(load_upload, _uploads_folder(request), request.path_params["upload"])
    replaces = await run_in_threadpool(_find_replaced, request, u)
    address = build_release_address(u.report.source, u.report.release) if u.report else ""
    content = UploadPage(replace(u, pid=0), u.running, STATE_TEXT[u.state], who.moderates, replaces, problem, address)
    response = respond(request, "upload.html", content, title=u.name, size=format_bytes, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _find_replaced(request: Request, u: Upload) -> StoredRelease | None:
    """Return the release in the store that has the upload's name and other bytes, or None."""
    if u.state != "read" or u.report is None:
        return None
    there = find_stored_release(request.app.state.settings.store, u.report.name)
    if there is None or there.sha256 == u.report.sha256:
        return None
    with read_transaction(require_database(request)) as c:
        act = load_release_acts(c).get((there.name, there.sha256))
    return StoredRelease(
        there.name, there.sha256, there.known_on, there.events, there.added, act.by if act else ""
    )  # fmt: skip


async def accept_upload(request: Request) -> Response:
    """Put an uploaded release into the store; replacing another needs its SHA-256 as a second yes."""
    who, root = require_moderator(request), _uploads_folder(request)
    form = await read_form(request) if request.headers.get("content-type") else {}
    u = await run_in_threadpool(load_upload, root, request.path_params["upload"])
    if u.state != "read" or u.report is None:
        return RedirectResponse(f"/data/uploads/{u.id}", 303)
    replaced = await run_in_threadpool(_find_replaced, request, u)
    agreed = form.get("replaces", "")
    if replaced is not None and agreed != replaced.sha256:
        what = f"The store holds another release of the name {replaced.name}. Tick that it may be replaced, or discard the file."
        return await show_upload(request, what, 409)
    await run_in_threadpool(_keep, request, who, u, replaced.sha256 if replaced else "")
    return RedirectResponse(f"/data/uploads/{u.id}", 303)


def _keep(request: Request, who: UserAccount, u: Upload, replaces: str) -> None:
    engine, report = require_database(request), u.report
    assert report is not None

    def log_end(done: Upload) -> None:
        if done.state != "kept":
            with write_transaction(engine) as c:
                log_failure(c, who, report.name, report.sha256, now=utc_now())

    with write_transaction(engine) as c:
        log_release(c, who, report.name, report.sha256, now=utc_now(), replaces=replaces)
    try:
        start_worker(_uploads_folder(request), u, "keep", request.app.state.settings.store, replaces, log_end)
    except BaseException:
        log_end(u)
        raise


async def discard_upload(request: Request) -> Response:
    """Delete an upload and its result: its sender and moderators can."""
    who, root = require_account(request), _uploads_folder(request)
    u = await run_in_threadpool(load_upload, root, request.path_params["upload"])
    if u.by != who.name and not who.moderates:
        raise HTTPException(403, "Only its sender and moderators can discard a file.")
    if u.running:
        raise HTTPException(409, "The file is being parsed. Wait until that has ended.")
    await run_in_threadpool(delete_upload, root, u.id)
    return RedirectResponse("/data", 303)


async def download_rejected_rows(request: Request) -> Response:
    """Download the rejected rows of an upload as CSV."""
    require_account(request)
    path = folder_of(_uploads_folder(request), request.path_params["upload"]) / REJECTED_ROWS_NAME
    if not path.is_file():
        raise HTTPException(404, "The file has not been parsed yet. Try again in a moment.")
    return FileResponse(path, media_type="text/csv; charset=utf-8", filename="set-aside.csv")


UPLOAD_FIELDS = {
    "file": "the file, as multipart/form-data",
    "known_on": "optional: the publication date of the release, YYYY-MM-DD",
}
KEEP_FIELDS = {"replaces": "optional: SHA-256 of the release in the store that this one may replace"}

ROUTES = (
    form_route("/data/upload", receive_upload, "upload a file", UPLOAD_FIELDS),
    *page_routes("/data/uploads/{upload}", show_upload, page=UploadPage),
    form_route("/data/uploads/{upload}/keep", accept_upload, "keep an upload", KEEP_FIELDS),
    form_route("/data/uploads/{upload}/discard", discard_upload, "discard an upload", {}),
    OpenApiRoute("/data/uploads/{upload}/set-aside.csv", download_rejected_rows, methods=["GET"], name="rejected rows"),
)
