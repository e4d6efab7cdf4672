"""Uploads: a file is received, parsed in a separate process, shown, and stored only after confirmation."""

import shutil
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from detente.text.numbers import format_bytes
from detente.web.accounts.local_access import may_write
from detente.web.openapi_route import OpenApiRoute, form_route
from detente.web.rendering.responses import page_routes, respond
from detente.web.uploads.errors import UploadRefused
from detente.web.uploads.model import (
    Upload,
    delete_upload,
    folder_of,
    load_upload,
    new_folder,
    remove_old_uploads,
    save_upload,
)
from detente.web.uploads.multipart import receive_file
from detente.web.uploads.process import start_worker
from detente.web.uploads.worker import REJECTED_ROWS_NAME


@dataclass(frozen=True, slots=True)
class UploadPage:
    """One upload; `running` while a process works on it; `in_words` is its state in words."""

    upload: Upload
    running: bool
    in_words: str


def _uploads_folder(request: Request) -> Path:
    root: Path = request.app.state.settings.uploads
    return root


def _require_upload_permission(request: Request) -> None:
    if not may_write(request):
        raise HTTPException(403, "Uploading a file requires an account. Log in first.")


async def receive_upload(request: Request) -> Response:
    """Upload a file of events with its optional publication date."""
    _require_upload_permission(request)
    root = _uploads_folder(request)
    await run_in_threadpool(remove_old_uploads, root)
    folder = new_folder(root)
    try:
        received = await receive_file(request, folder)
        day = received.fields.get("known_on", "").strip()
        if day:
            _validate_date(day, received.name)
        by = getattr(getattr(request.state, "account", None), "name", "")
        upload = Upload(folder.name, received.name, received.bytes, str(by), day, time.time(), "reading")
        save_upload(root, upload)
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
    "reading": "being read",
    "read": "read; not kept yet",
    "keeping": "being put into the store",
    "kept": "kept in the store",
    "refused": "not taken",
}


async def show_upload(request: Request) -> Response:
    """Return the progress of an upload, then the result of parsing."""
    _require_upload_permission(request)
    u = await run_in_threadpool(load_upload, _uploads_folder(request), request.path_params["upload"])
    content = UploadPage(replace(u, pid=0), u.running, STATE_TEXT[u.state])
    response = respond(request, "upload.html", content, title=u.name, size=format_bytes)
    response.headers["Cache-Control"] = "no-store"
    return response


async def accept_upload(request: Request) -> Response:
    """Add an uploaded release to the store."""
    _require_upload_permission(request)
    root = _uploads_folder(request)
    u = await run_in_threadpool(load_upload, root, request.path_params["upload"])
    if u.state == "read":
        await run_in_threadpool(start_worker, root, u, "keep", request.app.state.settings.store)
    return RedirectResponse(f"/data/uploads/{u.id}", 303)


async def discard_upload(request: Request) -> Response:
    """Delete an upload and its result."""
    _require_upload_permission(request)
    root = _uploads_folder(request)
    u = await run_in_threadpool(load_upload, root, request.path_params["upload"])
    if u.running:
        raise HTTPException(409, "The file is being parsed. Wait until that has ended.")
    await run_in_threadpool(delete_upload, root, u.id)
    return RedirectResponse("/data", 303)


async def download_rejected_rows(request: Request) -> Response:
    """Download the rejected rows of an upload as CSV."""
    _require_upload_permission(request)
    path = folder_of(_uploads_folder(request), request.path_params["upload"]) / REJECTED_ROWS_NAME
    if not path.is_file():
        raise HTTPException(404, "The file has not been parsed yet. Try again in a moment.")
    return FileResponse(path, media_type="text/csv; charset=utf-8", filename="set-aside.csv")


UPLOAD_FIELDS = {
    "file": "the file, as multipart/form-data",
    "known_on": "optional: the publication date of the release, YYYY-MM-DD",
}

ROUTES = (
    form_route("/data/upload", receive_upload, "upload a file", UPLOAD_FIELDS),
    *page_routes("/data/uploads/{upload}", show_upload, page=UploadPage),
    form_route("/data/uploads/{upload}/keep", accept_upload, "keep an upload", {}),
    form_route("/data/uploads/{upload}/discard", discard_upload, "discard an upload", {}),
    OpenApiRoute("/data/uploads/{upload}/set-aside.csv", download_rejected_rows, methods=["GET"], name="rejected rows"),
)
