"""Comment pages: the latest, one exchange, and the forms to post, reply, edit and report."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from sqlalchemy import Connection, Engine
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.web.accounts.account import UserAccount
from detente.web.accounts.permission import require_account
from detente.web.accounts.routes import require_database
from detente.web.clock import utc_now
from detente.web.comments.commands import (
    MAX_REASON_LENGTH,
    NOT_EDITABLE_MESSAGE,
    edit_comment,
    may_edit,
    post_comment,
    post_reply,
    report_comment,
)
from detente.web.comments.errors import BadComment, CommentActionForbidden, NoComment, NoSubject
from detente.web.comments.queries import CommentFilter, find_comments, load_comment, load_exchange
from detente.web.comments.sanitize import MAX_COMMENT_LENGTH
from detente.web.comments.subjects import SUBJECT_KINDS, CommentSubject
from detente.web.comments.view_models import (
    CommentView,
    ExchangeView,
    build_comment_view,
    build_exchange_view,
    describe_subject,
    get_subjects,
)
from detente.web.db.engine import read_transaction, write_transaction
from detente.web.forms import clean_text, read_form
from detente.web.middleware.rate_limit import consume, get_rate_limits
from detente.web.openapi_route import form_route
from detente.web.path_number import NumberConvertor, register_number_paths
from detente.web.rendering.responses import page_routes, respond

T = TypeVar("T")


register_number_paths()


@dataclass(frozen=True, slots=True)
class LatestCommentsPage:
    """The latest comments, newest first.

    `cases` are (id, title) of the served cases. `case`, `kind`, `key`, `by` and `words` repeat the filter, empty for all;
    `about` describes its subject. `older` and `newer` are addresses of the adjacent pages, or None.
    """

    comments: tuple[CommentView, ...]
    cases: tuple[tuple[str, str], ...]
    case: str
    kind: str
    key: str
    about: str
    by: str
    words: str
    older: str | None
    newer: str | None


@dataclass(frozen=True, slots=True)
class PermalinkPage:
    """One exchange; `asked` is the comment of the address. `later` is the address of further replies, or None."""

    asked: int
    talk: ExchangeView
    later: str | None
    longest: int = MAX_COMMENT_LENGTH


@dataclass(frozen=True, slots=True)
class CommentFormPage:
    """A form for one comment: `what` is edit or report, `text` its content, `problem` the error or empty."""

    what: str
    comment: CommentView
    text: str
    problem: str
    longest: int


async def latest_page(request: Request) -> Response:
    """`/comments`: newest first, filtered by `case`, `kind`, `key`, `by`, `words`; paged by `before`, `after`."""
    q = request.query_params
    criteria = {k: clean_text(q.get(k, ""))[:200] for k in ("case", "kind", "key", "by", "words")}
    before, after = (parse_comment_number(q.get(k)) for k in ("before", "after"))
    wanted = CommentFilter(**criteria, before=before, after=after)
    found = await run_query(request, lambda c: find_comments(c, wanted))
    comments = found.comments

    def page_address(parameter: str, number: int) -> str:
        return f"/comments?{urlencode({k: v for k, v in criteria.items() if v} | {parameter: str(number)})}"

    about = CommentSubject(wanted.case, wanted.kind, wanted.key)
    page = LatestCommentsPage(
        tuple(build_comment_view(request, k) for k in comments),
        tuple((name, s.title) for name, s in get_subjects(request).items()),
        about=describe_subject(request, about) if wanted.kind and wanted.key else "",
        older=page_address("before", comments[-1].id) if comments and found.older else None,
        newer=page_address("after", comments[0].id) if comments and found.newer else None,
        **criteria,
    )
    return respond(request, "comments/latest.html", page, title="Latest comments")


async def permalink_page(request: Request, problem: str = "", text: str = "", status: int = 200) -> Response:
    """`/comments/{id}`: the exchange that the comment belongs to."""
    number = request.path_params["id"]
    exchange = await run_query(request, lambda c: load_exchange(c, number))
    later = f"/comments/{exchange.later}" if exchange.later else None
    page, title = PermalinkPage(number, build_exchange_view(request, exchange), later), f"Comment {number}"
    return respond(request, "comments/permalink.html", page, title=title, status=status, problem=problem, text=text)


async def do_comment(request: Request) -> Response:
    """Store a comment, then redirect to it on the page of its subject."""
    who, form = require_account(request), await read_form(request)
    kind, key = form.get("kind", ""), form.get("key", "")
    # The form of a brief also offers its points.
    if kind == "brief" and form.get("point"):
        kind, key = "point", form["point"]
    about = CommentSubject(form.get("case", ""), kind, key)
    case = get_subjects(request).get(about.case)
    if kind not in SUBJECT_KINDS or case is None or case.line(about) is None:
        raise NoSubject(about.case, about.kind, about.key)
    _limit_comments(request, who)
    now = utc_now()
    number = await run_write(request, lambda c: post_comment(c, who, about, form.get("body", ""), now=now))
    return RedirectResponse(f"{about.address.partition('#')[0]}#comment-{number}", 303)


async def do_reply(request: Request) -> Response:
    """Store a reply, then redirect to it in its exchange."""
    who, form, to = require_account(request), await read_form(request), request.path_params["id"]
    _limit_comments(request, who)
    now, body = utc_now(), form.get("body", "")
    try:
        number = await run_write(request, lambda c: post_reply(c, who, to, body, now=now))
    except BadComment as e:
        return await permalink_page(request, str(e), body, 400)
    return RedirectResponse(f"/comments/{number}#comment-{number}", 303)


def _limit_comments(request: Request, who: UserAccount) -> None:
    consume(get_rate_limits(request).comments, str(who.id), "You have posted too many comments in a short time.")


async def edit_page(request: Request, problem: str = "", text: str | None = None, status: int = 200) -> Response:
    """`/comments/{id}/edit`: the form that changes the reader's own comment."""
    who, number = require_account(request), request.path_params["id"]
    stored = await run_query(request, lambda c: load_comment(c, number))
    if not may_edit(stored, who, now=utc_now()):
        raise HTTPException(403, str(CommentActionForbidden(NOT_EDITABLE_MESSAGE)))
    text = stored.body if text is None else text
    page = CommentFormPage("edit", build_comment_view(request, stored), text, problem, MAX_COMMENT_LENGTH)
    return respond(request, "comments/form.html", page, title="Change a comment", status=status)


async def do_edit(request: Request) -> Response:
    """Change the reader's own comment."""
    who, form, number = require_account(request), await read_form(request), request.path_params["id"]
    now, body = utc_now(), form.get("body", "")
    try:
        await run_write(request, lambda c: edit_comment(c, who, number, body, now=now))
    except BadComment as e:
        return await edit_page(request, str(e), body, 400)
    return RedirectResponse(f"/comments/{number}#comment-{number}", 303)


async def report_page(request: Request, problem: str = "", text: str = "", status: int = 200) -> Response:
    """`/comments/{id}/report`: the form that reports a comment to the moderators."""
    require_account(request)
    stored = await run_query(request, lambda c: load_comment(c, request.path_params["id"]))
    page = CommentFormPage("report", build_comment_view(request, stored), text, problem, MAX_REASON_LENGTH)
    return respond(request, "comments/form.html", page, title="Report a comment", status=status)


async def do_report(request: Request) -> Response:
    """Report a comment to the moderators."""
    who, form, number = require_account(request), await read_form(request), request.path_params["id"]
    _limit_comments(request, who)
    now, why = utc_now(), form.get("reason", "")
    try:
        await run_write(request, lambda c: report_comment(c, who, number, why, now=now))
    except BadComment as e:
        return await report_page(request, str(e), why, 400)
    return RedirectResponse(f"/comments/{number}?reported=yes", 303)


async def run_query(request: Request, query: Callable[[Connection], T]) -> T:
    """Run a query in a worker thread.

    Raises:
        HTTPException: 404 for an unknown comment, 403 for a forbidden action.
    """
    return await _run_in_thread(require_database(request), read_transaction, query)


async def run_write(request: Request, command: Callable[[Connection], T]) -> T:
    """Run a command in one transaction in a worker thread; its changes are on disk when this returns.

    Raises:
        HTTPException: as `run_query`; nothing was changed.
    """
    return await _run_in_thread(require_database(request), write_transaction, command)


async def _run_in_thread(
    engine: Engine, transaction: Callable[[Engine], AbstractContextManager[Connection]], work: Callable[[Connection], T]
) -> T:  # fmt: skip
    def run() -> T:
        with transaction(engine) as c:
            return work(c)

    try:
        return await run_in_threadpool(run)
    except NoComment as e:
        raise HTTPException(404, str(e)) from e
    except CommentActionForbidden as e:
        raise HTTPException(403, str(e)) from e


def parse_comment_number(text: str | None) -> int | None:
    """Parse a comment number of a query string; anything else is ignored."""
    return int(text) if text and re.fullmatch(NumberConvertor.regex, text) else None


QUERY_PARAMETERS = {
    "words": "words that the comments hold; of three letters and more, also longer ones that begin so",
    "case": "a case's id", "kind": "brief, claim, point or event", "key": "the thing's id",
    "by": "a writer's name", "before": "only older ones than this number", "after": "only newer ones than this number",
}  # fmt: skip
BODY_FIELDS = {"body": "plain text of 1 to 5,000 characters"}
SUBJECT_FIELDS = {
    "case": "a case's id", "kind": "brief, claim, point or event", "key": "the thing's id",
    "point": "optional: one point of the brief that `kind` names",
}  # fmt: skip

ROUTES = (
    *page_routes("/comments", latest_page, page=LatestCommentsPage, query=QUERY_PARAMETERS),
    form_route("/comments", do_comment, "say", {**SUBJECT_FIELDS, **BODY_FIELDS}),
    *page_routes("/comments/{id:number}", permalink_page, page=PermalinkPage),
    form_route("/comments/{id:number}/reply", do_reply, "reply", BODY_FIELDS),
    *page_routes("/comments/{id:number}/edit", edit_page, page=CommentFormPage),
    form_route("/comments/{id:number}/edit", do_edit, "change a comment", BODY_FIELDS),
    *page_routes("/comments/{id:number}/report", report_page, page=CommentFormPage),
    form_route("/comments/{id:number}/report", do_report, "report a comment", {"reason": "what is wrong with it"}),
)
