"""Who may change the record of a case, and what must follow a change."""

import logging
import os
from collections.abc import Mapping
from functools import wraps

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.cases.edits.changes import RecordEditor
from detente.cases.edits.errors import BadJournal, EditConflict, EditRefused, InvalidEvent, UnknownEvent
from detente.cases.edits.release import write_notes_release
from detente.core.errors import DetenteError
from detente.web.accounts.permission import find_account_of, require_editor
from detente.web.openapi_route import Handler
from detente.web.preparation import start_preparing
from detente.web.rendering.responses import get_cases

LOG = logging.getLogger("detente.web")
STATUS: Mapping[type[DetenteError], int] = {
    UnknownEvent: 404,
    EditConflict: 409,
    EditRefused: 400,
    InvalidEvent: 422,
    BadJournal: 503,
}


def may_edit(request: Request) -> bool:
    """Whether the account of the request may change records of this server."""
    who = find_account_of(request)
    return who is not None and who.edits and request.app.state.settings.notes_store is not None


def require_record_editor(request: Request, record: Case) -> RecordEditor:
    """Return the editor of a record.

    Raises:
        HTTPException: 401 without a login, 403 for accounts that may not edit, 409 if the server reads no store.
    """
    who = require_editor(request)
    settings = request.app.state.settings
    if settings.notes_store is None:
        raise HTTPException(
            409, "This workbench shows its cases without a store, so their records cannot be changed here."
        )
    return RecordEditor(record.g, settings.store, who.name, needs_review(request, record))


def needs_review(request: Request, record: Case) -> bool:
    """Whether a second person must accept each change: the case file or the server asks for it."""
    return bool(record.case.review or request.app.state.settings.review)


def follow_change(request: Request, record: Case) -> None:
    """Write the store's copy, show the new record from now on, and have its results made.

    The change is saved already: what fails here is logged, and made good by the next change or start.
    """
    try:
        write_notes_release(record.case, request.app.state.settings.store)
    except DetenteError as e:
        LOG.error("The store's copy of the notes was not written: %s", e)
    get_cases(request).served(record.id).look(now=True)
    if os.environ.get("DETENTE_SERVE"):
        start_preparing(again=True)


def read_base(text: str) -> int:
    """Read the version of an event that the author of a form saw.

    Raises:
        HTTPException: 400, if it is no number.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise HTTPException(400, f"base={text[:20]!r} is no version of an event. Open the form again.")
    return int(text)


def answer_errors(handler: Handler) -> Handler:
    """Answer an error of changing the record with its own status: 404, 409, 422, or 400."""

    @wraps(handler)
    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except tuple(STATUS) as e:
            raise HTTPException(next(s for kind, s in STATUS.items() if isinstance(e, kind)), str(e)) from e

    return guarded
