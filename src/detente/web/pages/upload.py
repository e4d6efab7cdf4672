"""A file that a reader sends: received, read apart, told about, and kept only when somebody presses again."""

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
from detente.web.openapi_route import Described, posts
from detente.web.rendering.responses import both, respond
from detente.web.uploads.errors import UploadRefused
from detente.web.uploads.model import Upload, discard, folder_of, load, make_room, new_folder, save
from detente.web.uploads.multipart import receive_file
from detente.web.uploads.process import start
from detente.web.uploads.worker import ASIDE


@dataclass(frozen=True, slots=True)
class UploadPage:
    """One upload: what has become of it; `running` while a process is at work on it; `in_words` is its state for people."""

    upload: Upload
    running: bool
    in_words: str


def _root(request: Request) -> Path:
    root: Path = request.app.state.settings.uploads
    return root


def _allowed(request: Request) -> None:
    if not may_write(request):
        raise HTTPException(403, "Sending a file needs an account here. Log in first.")


async def send(request: Request) -> Response:
    """`POST /data/upload`: a form with `file` and, if known, `known_on`."""
    _allowed(request)
    root = _root(request)
    await run_in_threadpool(make_room, root)
    folder = new_folder(root)
    try:
        got = await receive_file(request, folder)
        day = got.fields.get("known_on", "").strip()
        if day:
            _day(day, got.name)
        by = getattr(getattr(request.state, "account", None), "name", "")
        upload = Upload(folder.name, got.name, got.bytes, str(by), day, time.time(), "reading")
        save(root, upload)
        await run_in_threadpool(start, root, upload, "read")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return RedirectResponse(f"/data/uploads/{folder.name}", 303)


def _day(text: str, name: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as e:
        raise UploadRefused(
            name, f"the day {text[:20]!r} is no day", "Write it as 2026-02-20, or leave it empty."
        ) from e


STATES = {
    "reading": "being read",
    "read": "read; not kept yet",
    "keeping": "being put into the store",
    "kept": "kept in the store",
    "refused": "not taken",
}


async def one(request: Request) -> Response:
    """`/data/uploads/{upload}`: progress, then what was read."""
    _allowed(request)
    u = await run_in_threadpool(load, _root(request), request.path_params["upload"])
    content = UploadPage(replace(u, pid=0), u.running, STATES[u.state])
    response = respond(request, "upload.html", content, title=u.name, size=format_bytes)
    response.headers["Cache-Control"] = "no-store"
    return response


async def keep(request: Request) -> Response:
    """`POST /data/uploads/{upload}/keep`: put it into the store."""
    _allowed(request)
    root = _root(request)
    u = await run_in_threadpool(load, root, request.path_params["upload"])
    if u.state == "read":
        await run_in_threadpool(start, root, u, "keep", request.app.state.settings.store)
    return RedirectResponse(f"/data/uploads/{u.id}", 303)


async def drop(request: Request) -> Response:
    """`POST /data/uploads/{upload}/discard`: remove it and what was told of it."""
    _allowed(request)
    root = _root(request)
    u = await run_in_threadpool(load, root, request.path_params["upload"])
    if u.running:
        raise HTTPException(409, "It is being read. Wait until that has ended.")
    await run_in_threadpool(discard, root, u.id)
    return RedirectResponse("/data", 303)


async def aside(request: Request) -> Response:
    """`/data/uploads/{upload}/set-aside.csv`."""
    _allowed(request)
    path = folder_of(_root(request), request.path_params["upload"]) / ASIDE
    if not path.is_file():
        raise HTTPException(404, "It has not been read yet.")
    return FileResponse(path, media_type="text/csv; charset=utf-8", filename="set-aside.csv")


SENT = {"file": "the file, as multipart/form-data", "known_on": "optional: the day on which the release was out"}

ROUTES = (
    posts("/data/upload", send, "send a file", SENT),
    *both("/data/uploads/{upload}", one, page=UploadPage),
    posts("/data/uploads/{upload}/keep", keep, "keep an upload", {}),
    posts("/data/uploads/{upload}/discard", drop, "discard an upload", {}),
    Described("/data/uploads/{upload}/set-aside.csv", aside, methods=["GET"], name="an upload's rows set aside"),
)
