"""The pages of comments: the latest, one exchange, and the forms that say, reply, change and report."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from detente.web.accounts.routes import require_account, require_database
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
from detente.web.rendering.responses import page_routes, respond

T = TypeVar("T")


class CommentNumberConvertor(Convertor[int]):
    """A comment's number in an address: nine digits at most, which every database takes."""

    regex = "[1-9][0-9]{0,8}"

    def convert(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """The digits."""
        return str(value)


register_url_convertor("number", CommentNumberConvertor())


@dataclass(frozen=True, slots=True)
class LatestCommentsPage:
    """The latest comments, newest first.

    `cases` are those served, id and title; `case`, `kind`, `key`, `by` and `words` what was asked for, empty for all, and
    `about` the thing in a line. `older` and `newer` are addresses of the pages beside this one, or None.
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
    """One exchange; `asked` is the comment whose address this is. `later` leads to further replies, or is None."""

    asked: int
    talk: ExchangeView
    later: str | None
    longest: int = MAX_COMMENT_LENGTH


@dataclass(frozen=True, slots=True)
class CommentFormPage:
    """A form about one comment: `what` is edit or report; `text` what stands in it; `problem` what was wrong with it."""

    what: str
    comment: CommentView
    text: str
    problem: str
    longest: int


async def latest_page(request: Request) -> Response:
    """`/comments`: newest first; `case`, `kind` and `key`, `by` and `words` choose, `before` and `after` turn pages."""
    q = request.query_params
    asked = {k: clean_text(q.get(k, ""))[:200] for k in ("case", "kind", "key", "by", "words")}
    wanted = CommentFilter(
        **asked, before=parse_comment_number(q.get("before")), after=parse_comment_number(q.get("after"))
    )

    some = await run_query(request, lambda c: find_comments(c, wanted))
    found = some.comments
    kept = {k: v for k, v in asked.items() if v}

    def beside(word: str, number: int) -> str:
        return f"/comments?{urlencode({**kept, word: number})}"

    about = CommentSubject(wanted.case, wanted.kind, wanted.key)
    page = LatestCommentsPage(
        tuple(build_comment_view(request, k) for k in found),
        tuple((name, s.title) for name, s in get_subjects(request).items()),
        about=describe_subject(request, about) if wanted.kind and wanted.key else "",
        older=beside("before", found[-1].id) if found and some.older else None,
        newer=beside("after", found[0].id) if found and some.newer else None,
        **asked,
    )
    return respond(request, "comments/latest.html", page, title="Latest comments")


async def permalink_page(request: Request, problem: str = "", text: str = "", status: int = 200) -> Response:
    """`/comments/{id}`: the exchange that the comment belongs to."""
    which = request.path_params["id"]
    found = await run_query(request, lambda c: load_exchange(c, which))
    later = f"/comments/{found.later}" if found.later else None
    page = PermalinkPage(which, build_exchange_view(request, found), later)
    return respond(
        request, "comments/permalink.html", page, title=f"Comment {which}", status=status, problem=problem, text=text
    )


async def do_comment(request: Request) -> Response:
    """Keep a comment, then lead back to it on the page that it is about."""
    who, form = require_account(request), await read_form(request)
    kind, key = form.get("kind", ""), form.get("key", "")
    # A brief's form offers its points: a point's key stands for the point.
    if kind == "brief" and form.get("point"):
        kind, key = "point", form["point"]
    about = CommentSubject(form.get("case", ""), kind, key)
    case = get_subjects(request).get(about.case)
    if kind not in SUBJECT_KINDS or case is None or case.line(about) is None:
        raise NoSubject(about.case, about.kind, about.key)
    consume(get_rate_limits(request).comments, str(who.id), "You have written much in a short time.")
    now = datetime.now(UTC)
    made = await run_write(request, lambda c: post_comment(c, who, about, form.get("body", ""), now=now))
    return RedirectResponse(f"{about.address.partition('#')[0]}#comment-{made}", 303)


async def do_reply(request: Request) -> Response:
    """Keep a reply, then show it in its exchange."""
    who, form, to = require_account(request), await read_form(request), request.path_params["id"]
    consume(get_rate_limits(request).comments, str(who.id), "You have written much in a short time.")
    now, body = datetime.now(UTC), form.get("body", "")
    try:
        made = await run_write(request, lambda c: post_reply(c, who, to, body, now=now))
    except BadComment as e:
        return await permalink_page(request, str(e), body, 400)
    return RedirectResponse(f"/comments/{made}#comment-{made}", 303)


async def edit_page(request: Request, problem: str = "", text: str | None = None, status: int = 200) -> Response:
    """`/comments/{id}/edit`: the form that changes one's own comment."""
    who, which = require_account(request), request.path_params["id"]
    kept = await run_query(request, lambda c: load_comment(c, which))
    if not may_edit(kept, who, now=datetime.now(UTC)):
        raise HTTPException(403, str(CommentActionForbidden(NOT_EDITABLE_MESSAGE)))
    page = CommentFormPage(
        "edit", build_comment_view(request, kept), kept.body if text is None else text, problem, MAX_COMMENT_LENGTH
    )
    return respond(request, "comments/form.html", page, title="Change a comment", status=status)


async def do_edit(request: Request) -> Response:
    """Change one's own comment."""
    who, form, which, now = (
        require_account(request),
        await read_form(request),
        request.path_params["id"],
        datetime.now(UTC),
    )
    try:
        await run_write(request, lambda c: edit_comment(c, who, which, form.get("body", ""), now=now))
    except BadComment as e:
        return await edit_page(request, str(e), form.get("body", ""), 400)
    return RedirectResponse(f"/comments/{which}#comment-{which}", 303)


async def report_page(request: Request, problem: str = "", text: str = "", status: int = 200) -> Response:
    """`/comments/{id}/report`: the form that tells the moderators."""
    require_account(request)
    which = request.path_params["id"]
    kept = await run_query(request, lambda c: load_comment(c, which))
    page = CommentFormPage("report", build_comment_view(request, kept), text, problem, MAX_REASON_LENGTH)
    return respond(request, "comments/form.html", page, title="Report a comment", status=status)


async def do_report(request: Request) -> Response:
    """Tell the moderators."""
    who, form, which, now = (
        require_account(request),
        await read_form(request),
        request.path_params["id"],
        datetime.now(UTC),
    )
    consume(get_rate_limits(request).comments, str(who.id), "You have written much in a short time.")
    try:
        await run_write(request, lambda c: report_comment(c, who, which, form.get("reason", ""), now=now))
    except BadComment as e:
        return await report_page(request, str(e), form.get("reason", ""), 400)
    return RedirectResponse(f"/comments/{which}?reported=yes", 303)


async def run_query(request: Request, ask: Callable[[Connection], T]) -> T:
    """What the database says, asked in a thread of its own.

    Raises:
        HTTPException: 404 where no such comment is, 403 where it may not be done.
    """
    engine = require_database(request)

    def work() -> T:
        with read_transaction(engine) as c:
            return ask(c)

    return await _run_in_thread(work)


async def run_write(request: Request, do: Callable[[Connection], T]) -> T:
    """Do it in one transaction; what it did is on the disk when this returns.

    Raises:
        HTTPException: as `read_by`; nothing was changed.
    """
    engine = require_database(request)

    def work() -> T:
        with write_transaction(engine) as c:
            return do(c)

    return await _run_in_thread(work)


async def _run_in_thread(work: Callable[[], T]) -> T:
    try:
        return await run_in_threadpool(work)
    except NoComment as e:
        raise HTTPException(404, str(e)) from e
    except CommentActionForbidden as e:
        raise HTTPException(403, str(e)) from e


def parse_comment_number(text: str | None) -> int | None:
    """A comment's number in a query; what is none cuts nothing."""
    return int(text) if text and re.fullmatch(CommentNumberConvertor.regex, text) else None


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
