"""The moderators' pages: what readers reported, and the log of everything that was done."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.web.accounts.account import UserAccount
from detente.web.accounts.routes import require_account
from detente.web.comments.moderation import (
    ModerationLogEntry,
    dismiss_reports,
    hide,
    load_moderation_log,
    load_report_queue,
    restore,
)
from detente.web.comments.routes import parse_comment_number, run_query, run_write
from detente.web.comments.view_models import CommentView, build_comment_view
from detente.web.forms import read_form
from detente.web.openapi_route import form_route
from detente.web.rendering.responses import page_routes, respond


@dataclass(frozen=True, slots=True)
class CommentReport:
    """A reader's report: who, why, when (UTC)."""

    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QueuedComment:
    """A comment with the reports that nobody has looked at."""

    comment: CommentView
    reports: tuple[CommentReport, ...]


@dataclass(frozen=True, slots=True)
class ModerationPage:
    """Comments that readers reported, the longest waiting first."""

    waiting: tuple[QueuedComment, ...]


@dataclass(frozen=True, slots=True)
class ModerationLogPage:
    """What was done, newest first; `older` is the address of the next page, or None."""

    done: tuple[ModerationLogEntry, ...]
    older: str | None


def require_moderator(request: Request) -> UserAccount:
    """Who asks, if a moderator.

    Raises:
        HTTPException: 401 if nobody is logged in, 403 if it is no moderator.
    """
    who = require_account(request)
    if not who.moderates:
        raise HTTPException(403, "This is for moderators. `detente user moderator NAME` makes one.")
    return who


async def queue_page(request: Request) -> Response:
    """`/moderation`: what waits."""
    require_moderator(request)
    found = await run_query(request, load_report_queue)
    page = ModerationPage(
        tuple(
            QueuedComment(build_comment_view(request, r.kept), tuple(CommentReport(*x) for x in r.reports))
            for r in found
        )
    )
    return respond(request, "comments/moderation.html", page, title="Moderation")


async def log_page(request: Request) -> Response:
    """`/moderation/log`: what was done, by whom, why."""
    require_moderator(request)
    before = parse_comment_number(request.query_params.get("before"))
    done, more = await run_query(request, lambda c: load_moderation_log(c, before))
    page = ModerationLogPage(done, f"/moderation/log?before={done[-1].id}" if more else None)
    return respond(request, "comments/log.html", page, title="Log of moderation")


def _make_action_handler(what: Callable[..., None]) -> Callable[[Request], Awaitable[Response]]:
    """A handler that does one thing to one comment, with the reason in the form."""

    async def handler(request: Request) -> Response:
        """A moderator's act, kept in the log."""
        who, form, at = require_moderator(request), await read_form(request), datetime.now(UTC)
        which = request.path_params["id"]

        def do(c: Connection) -> None:
            what(c, who, which, form.get("reason", ""), now=at)

        await run_write(request, do)
        return RedirectResponse("/moderation" if form.get("back") == "queue" else f"/comments/{which}", 303)

    return handler


REASON_FIELDS = {"reason": "why, in 500 characters at most", "back": "optional: `queue` leads back to what waits"}

ROUTES = (
    *page_routes("/moderation", queue_page, page=ModerationPage),
    *page_routes(
        "/moderation/log", log_page, page=ModerationLogPage, query={"before": "only what was done before this number"}
    ),
    form_route("/comments/{id:number}/hide", _make_action_handler(hide), "hide", REASON_FIELDS),
    form_route("/comments/{id:number}/restore", _make_action_handler(restore), "restore", REASON_FIELDS),
    form_route("/comments/{id:number}/stand", _make_action_handler(dismiss_reports), "let stand", REASON_FIELDS),
)
