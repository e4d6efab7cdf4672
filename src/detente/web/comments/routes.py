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

from detente.web.accounts.routes import account, database
from detente.web.comments.commands import LONGEST_REASON, NOT_NOW, edit, may_edit, reply, say, tell
from detente.web.comments.errors import BadComment, NoComment, NoSubject, NotYours
from detente.web.comments.queries import Wanted, exchange, latest, one
from detente.web.comments.sanitize import LONGEST
from detente.web.comments.subjects import KINDS, About
from detente.web.comments.view_models import Shown, Talk, line_of, shown, subjects_of, talk
from detente.web.db.engine import reading, writing
from detente.web.forms import fields, text_only
from detente.web.middleware.rate_limit import limits, take
from detente.web.openapi_route import posts
from detente.web.rendering.responses import both, respond

T = TypeVar("T")


class Number(Convertor[int]):
    """A comment's number in an address: nine digits at most, which every database takes."""

    regex = "[1-9][0-9]{0,8}"

    def convert(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """The digits."""
        return str(value)


register_url_convertor("number", Number())


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest comments, newest first.

    `cases` are those served, id and title; `case`, `kind`, `key`, `by` and `words` what was asked for, empty for all, and
    `about` the thing in a line. `older` and `newer` are addresses of the pages beside this one, or None.
    """

    comments: tuple[Shown, ...]
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
class Permalink:
    """One exchange; `asked` is the comment whose address this is. `later` leads to further replies, or is None."""

    asked: int
    talk: Talk
    later: str | None
    longest: int = LONGEST


@dataclass(frozen=True, slots=True)
class Form:
    """A form about one comment: `what` is edit or report; `text` what stands in it; `problem` what was wrong with it."""

    what: str
    comment: Shown
    text: str
    problem: str
    longest: int


async def latest_page(request: Request) -> Response:
    """`/comments`: newest first; `case`, `kind` and `key`, `by` and `words` choose, `before` and `after` turn pages."""
    q = request.query_params
    asked = {k: text_only(q.get(k, ""))[:200] for k in ("case", "kind", "key", "by", "words")}
    wanted = Wanted(**asked, before=number(q.get("before")), after=number(q.get("after")))

    some = await read_by(request, lambda c: latest(c, wanted))
    found = some.comments
    kept = {k: v for k, v in asked.items() if v}

    def beside(word: str, number: int) -> str:
        return f"/comments?{urlencode({**kept, word: number})}"

    about = About(wanted.case, wanted.kind, wanted.key)
    page = Latest(
        tuple(shown(request, k) for k in found),
        tuple((name, s.title) for name, s in subjects_of(request).items()),
        about=line_of(request, about) if wanted.kind and wanted.key else "",
        older=beside("before", found[-1].id) if found and some.older else None,
        newer=beside("after", found[0].id) if found and some.newer else None,
        **asked,
    )
    return respond(request, "comments/latest.html", page, title="Latest comments")


async def permalink_page(request: Request, problem: str = "", text: str = "", status: int = 200) -> Response:
    """`/comments/{id}`: the exchange that the comment belongs to."""
    which = request.path_params["id"]
    found = await read_by(request, lambda c: exchange(c, which))
    later = f"/comments/{found.later}" if found.later else None
    page = Permalink(which, talk(request, found), later)
    return respond(
        request, "comments/permalink.html", page, title=f"Comment {which}", status=status, problem=problem, text=text
    )


async def do_say(request: Request) -> Response:
    """Keep a comment, then lead back to it on the page that it is about."""
    who, form = account(request), await fields(request)
    kind, key = form.get("kind", ""), form.get("key", "")
    # A brief's form offers its points: a point's key stands for the point.
    if kind == "brief" and form.get("point"):
        kind, key = "point", form["point"]
    about = About(form.get("case", ""), kind, key)
    case = subjects_of(request).get(about.case)
    if kind not in KINDS or case is None or case.line(about) is None:
        raise NoSubject(about.case, about.kind, about.key)
    take(limits(request).comments, str(who.id), "You have written much in a short time.")
    now = datetime.now(UTC)
    made = await kept_by(request, lambda c: say(c, who, about, form.get("body", ""), now=now))
    return RedirectResponse(f"{about.address.partition('#')[0]}#comment-{made}", 303)


async def do_reply(request: Request) -> Response:
    """Keep a reply, then show it in its exchange."""
    who, form, to = account(request), await fields(request), request.path_params["id"]
    take(limits(request).comments, str(who.id), "You have written much in a short time.")
    now, body = datetime.now(UTC), form.get("body", "")
    try:
        made = await kept_by(request, lambda c: reply(c, who, to, body, now=now))
    except BadComment as e:
        return await permalink_page(request, str(e), body, 400)
    return RedirectResponse(f"/comments/{made}#comment-{made}", 303)


async def edit_page(request: Request, problem: str = "", text: str | None = None, status: int = 200) -> Response:
    """`/comments/{id}/edit`: the form that changes one's own comment."""
    who, which = account(request), request.path_params["id"]
    kept = await read_by(request, lambda c: one(c, which))
    if not may_edit(kept, who, now=datetime.now(UTC)):
        raise HTTPException(403, str(NotYours(NOT_NOW)))
    page = Form("edit", shown(request, kept), kept.body if text is None else text, problem, LONGEST)
    return respond(request, "comments/form.html", page, title="Change a comment", status=status)


async def do_edit(request: Request) -> Response:
    """Change one's own comment."""
    who, form, which, now = account(request), await fields(request), request.path_params["id"], datetime.now(UTC)
    try:
        await kept_by(request, lambda c: edit(c, who, which, form.get("body", ""), now=now))
    except BadComment as e:
        return await edit_page(request, str(e), form.get("body", ""), 400)
    return RedirectResponse(f"/comments/{which}#comment-{which}", 303)


async def report_page(request: Request, problem: str = "", text: str = "", status: int = 200) -> Response:
    """`/comments/{id}/report`: the form that tells the moderators."""
    account(request)
    which = request.path_params["id"]
    kept = await read_by(request, lambda c: one(c, which))
    page = Form("report", shown(request, kept), text, problem, LONGEST_REASON)
    return respond(request, "comments/form.html", page, title="Report a comment", status=status)


async def do_report(request: Request) -> Response:
    """Tell the moderators."""
    who, form, which, now = account(request), await fields(request), request.path_params["id"], datetime.now(UTC)
    take(limits(request).comments, str(who.id), "You have written much in a short time.")
    try:
        await kept_by(request, lambda c: tell(c, who, which, form.get("reason", ""), now=now))
    except BadComment as e:
        return await report_page(request, str(e), form.get("reason", ""), 400)
    return RedirectResponse(f"/comments/{which}?reported=yes", 303)


async def read_by(request: Request, ask: Callable[[Connection], T]) -> T:
    """What the database says, asked in a thread of its own.

    Raises:
        HTTPException: 404 where no such comment is, 403 where it may not be done.
    """
    engine = database(request)

    def work() -> T:
        with reading(engine) as c:
            return ask(c)

    return await _told(work)


async def kept_by(request: Request, do: Callable[[Connection], T]) -> T:
    """Do it in one transaction; what it did is on the disk when this returns.

    Raises:
        HTTPException: as `read_by`; nothing was changed.
    """
    engine = database(request)

    def work() -> T:
        with writing(engine) as c:
            return do(c)

    return await _told(work)


async def _told(work: Callable[[], T]) -> T:
    try:
        return await run_in_threadpool(work)
    except NoComment as e:
        raise HTTPException(404, str(e)) from e
    except NotYours as e:
        raise HTTPException(403, str(e)) from e


def number(text: str | None) -> int | None:
    """A comment's number in a query; what is none cuts nothing."""
    return int(text) if text and re.fullmatch(Number.regex, text) else None


QUERY = {
    "words": "words that the comments hold; of three letters and more, also longer ones that begin so",
    "case": "a case's id", "kind": "brief, claim, point or event", "key": "the thing's id",
    "by": "a writer's name", "before": "only older ones than this number", "after": "only newer ones than this number",
}  # fmt: skip
BODY = {"body": "plain text of 1 to 5,000 characters"}
SUBJECT = {
    "case": "a case's id", "kind": "brief, claim, point or event", "key": "the thing's id",
    "point": "optional: one point of the brief that `kind` names",
}  # fmt: skip

ROUTES = (
    *both("/comments", latest_page, page=Latest, query=QUERY),
    posts("/comments", do_say, "say", {**SUBJECT, **BODY}),
    *both("/comments/{id:number}", permalink_page, page=Permalink),
    posts("/comments/{id:number}/reply", do_reply, "reply", BODY),
    *both("/comments/{id:number}/edit", edit_page, page=Form),
    posts("/comments/{id:number}/edit", do_edit, "change a comment", BODY),
    *both("/comments/{id:number}/report", report_page, page=Form),
    posts("/comments/{id:number}/report", do_report, "report a comment", {"reason": "what is wrong with it"}),
)
