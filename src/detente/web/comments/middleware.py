"""Middleware that loads the comments of a page before the page is rendered, so pages do not depend on comments.

`request.state.thread` holds them. A template shows them by `{% include "comments/thread.html" ignore missing %}`.
"""

import logging
from urllib.parse import urlencode

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from detente.web.comments.queries import list_exchanges
from detente.web.comments.subjects import CommentSubject, parse_subject_path
from detente.web.comments.view_models import ThreadView, build_exchange_view, get_subjects
from detente.web.db.engine import read_transaction

LOG = logging.getLogger("detente.web")


class CommentThreadMiddleware:
    """Set `thread` in the request state of pages that take comments."""

    def __init__(self, app: ASGIApp, database: Engine | None) -> None:
        self.app, self.database = app, database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and self.database is not None:
            about = parse_subject_path(scope["path"])
            request = Request(scope)
            case = get_subjects(request).get(about.case) if about else None
            if about and case and case.line(about):
                request.state.thread = await run_in_threadpool(_load_thread, self.database, request, about)
        await self.app(scope, receive, send)


def _load_thread(database: Engine, request: Request, about: CommentSubject) -> ThreadView:
    is_brief = about.kind == "brief"
    query = {"case": about.case} if is_brief else {"case": about.case, "kind": about.kind, "key": about.key}
    address = f"/comments?{urlencode(query)}"
    points = get_subjects(request)[about.case].lines["point"] if is_brief else {}
    try:
        with read_transaction(database) as c:
            exchanges, older = list_exchanges(c, about)
    except DBAPIError:
        # The page is still useful. It says that comments are unavailable rather than showing zero comments.
        LOG.exception("cannot read the comments on %s %s", about.kind, about.key)
        return ThreadView(about.case, about.kind, about.key, (), False, address, tuple(points.items()), unreadable=True)
    talks = tuple(build_exchange_view(request, e) for e in exchanges)
    return ThreadView(about.case, about.kind, about.key, talks, older, address, tuple(points.items()))
