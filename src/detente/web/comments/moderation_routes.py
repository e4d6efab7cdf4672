"""Pages of moderators: the queue of reported comments and the log of actions."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.web.accounts.permission import require_moderator
from detente.web.clock import utc_now
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
    """A report: account name, reason and time (UTC)."""

    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QueuedComment:
    """A comment with its open reports."""

    comment: CommentView
    reports: tuple[CommentReport, ...]


@dataclass(frozen=True, slots=True)
class ModerationPage:
    """Reported comments, oldest report first."""

    waiting: tuple[QueuedComment, ...]


@dataclass(frozen=True, slots=True)
class ModerationLogPage:
    """Actions, newest first; `older` is the address of the next page, or None."""

    done: tuple[ModerationLogEntry, ...]
    older: str | None


async def queue_page(request: Request) -> Response:
    """`/moderation`: the queue of reported comments."""
    require_moderator(request)
    queue = tuple(
        QueuedComment(build_comment_view(request, r.kept), tuple(CommentReport(*x) for x in r.reports))
        for r in await run_query(request, load_report_queue)
    )
    return respond(request, "comments/moderation.html", ModerationPage(queue), title="Moderation")


async def log_page(request: Request) -> Response:
    """`/moderation/log`: actions with actor and reason."""
    require_moderator(request)
    before = parse_comment_number(request.query_params.get("before"))
    entries, more = await run_query(request, lambda c: load_moderation_log(c, before))
    page = ModerationLogPage(entries, f"/moderation/log?before={entries[-1].id}" if more else None)
    return respond(request, "comments/log.html", page, title="Log of moderation")


def _make_action_handler(act: Callable[..., None]) -> Callable[[Request], Awaitable[Response]]:
    """Return a handler that applies the action to one comment, with the reason from the form."""

    async def handler(request: Request) -> Response:
        """Moderate a comment and log the action."""
        who, form, now = require_moderator(request), await read_form(request), utc_now()
        number, why = request.path_params["id"], form.get("reason", "")
        await run_write(request, lambda c: act(c, who, number, why, now=now))
        return RedirectResponse("/moderation" if form.get("back") == "queue" else f"/comments/{number}", 303)

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
