"""The moderators' pages: what readers reported, and the log of everything that was done."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.web.accounts.account import Account
from detente.web.accounts.routes import account
from detente.web.comments.moderation import Done, hide, let_stand, log, queue, restore
from detente.web.comments.routes import kept_by, number, read_by
from detente.web.comments.view_models import Shown, shown
from detente.web.forms import fields
from detente.web.openapi_route import posts
from detente.web.rendering.responses import both, respond


@dataclass(frozen=True, slots=True)
class Report:
    """A reader's report: who, why, when (UTC)."""

    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A comment with the reports that nobody has looked at."""

    comment: Shown
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Moderation:
    """Comments that readers reported, the longest waiting first."""

    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """What was done, newest first; `older` is the address of the next page, or None."""

    done: tuple[Done, ...]
    older: str | None


def moderator(request: Request) -> Account:
    """Who asks, if a moderator.

    Raises:
        HTTPException: 401 if nobody is logged in, 403 if it is no moderator.
    """
    who = account(request)
    if not who.moderates:
        raise HTTPException(403, "This is for moderators. `detente user moderator NAME` makes one.")
    return who


async def queue_page(request: Request) -> Response:
    """`/moderation`: what waits."""
    moderator(request)
    found = await read_by(request, queue)
    page = Moderation(tuple(Waiting(shown(request, r.kept), tuple(Report(*x) for x in r.reports)) for r in found))
    return respond(request, "comments/moderation.html", page, title="Moderation")


async def log_page(request: Request) -> Response:
    """`/moderation/log`: what was done, by whom, why."""
    moderator(request)
    before = number(request.query_params.get("before"))
    done, more = await read_by(request, lambda c: log(c, before))
    page = Log(done, f"/moderation/log?before={done[-1].id}" if more else None)
    return respond(request, "comments/log.html", page, title="Log of moderation")


def _act(what: Callable[..., None]) -> Callable[[Request], Awaitable[Response]]:
    """A handler that does one thing to one comment, with the reason in the form."""

    async def handler(request: Request) -> Response:
        """A moderator's act, kept in the log."""
        who, form, at = moderator(request), await fields(request), datetime.now(UTC)
        which = request.path_params["id"]

        def do(c: Connection) -> None:
            what(c, who, which, form.get("reason", ""), now=at)

        await kept_by(request, do)
        return RedirectResponse("/moderation" if form.get("back") == "queue" else f"/comments/{which}", 303)

    return handler


REASON = {"reason": "why, in 500 characters at most", "back": "optional: `queue` leads back to what waits"}

ROUTES = (
    *both("/moderation", queue_page, page=Moderation),
    *both("/moderation/log", log_page, page=Log, query={"before": "only what was done before this number"}),
    posts("/comments/{id:number}/hide", _act(hide), "hide", REASON),
    posts("/comments/{id:number}/restore", _act(restore), "restore", REASON),
    posts("/comments/{id:number}/stand", _act(let_stand), "let stand", REASON),
)
