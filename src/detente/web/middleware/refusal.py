"""Error responses of middleware, in the same form as those of the application."""

from collections.abc import Mapping
from difflib import get_close_matches
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from detente.web.errors import ErrorPage
from detente.web.rendering.responses import CASE_TABS, SITE_TABS, get_cases, json_response, respond, wants_json


def build_error_response(
    request: Request, status: int, title: str, what: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Build an error page, or its JSON form if the client asks for that."""
    if wants_json(request):
        response: Response = json_response({"error": what, "status": status}, status)
    else:
        page = ErrorPage(status, title, what.replace(" Nearest: none.", ""), _list_onward(request, status))
        response = respond(request, "problem.html", page, title=title, status=status)
    response.headers.update(headers or {})
    return response


def _list_onward(request: Request, status: int) -> tuple[tuple[str, str], ...]:
    """List where to go: to the login, to the page that the address begins with, to pages with a similar name, to the case."""
    login: tuple[tuple[str, str], ...] = ()
    if status in (401, 403) and getattr(request.state, "account", None) is None:
        login = ((f"/account/login?then={quote(request.url.path)}", "Log in"),)
    first, page, *rest = [*request.url.path.removesuffix(".json").strip("/").split("/"), "", ""]
    cases = get_cases(request)
    if first not in cases:
        pages = {t.path.strip("/"): t.name for t in SITE_TABS}
        similar = [(f"/{k}", pages[k]) for k in get_close_matches(first, pages)] if status == 404 else []
        close = get_close_matches(first, list(cases)) if status == 404 else []
        shown = sorted(cases.values(), key=lambda c: c.id not in close)
        return (
            *login,
            *similar,
            *((f"/{c.id}/", c.case.title) for c in shown),
            ("/ask", "Ask a question"),
            ("/", "All cases"),
        )
    tabs = {t.path: t.name for t in CASE_TABS}
    own = [page] if page in tabs and page and (any(rest) or request.url.query) else []
    similar_tabs = (
        [k for k in get_close_matches(page, [k for k in tabs if k]) if k not in own] if page not in tabs else []
    )
    others = [k for k in ("", "events", "forecast", "brief") if k not in own + similar_tabs]
    return (*login, *((f"/{first}/{k}", tabs[k]) for k in (*own, *similar_tabs, *others)), ("/ask", "Ask a question"))


async def send_error(
    scope: Scope, receive: Receive, send: Send, status: int, title: str, what: str, headers: Mapping[str, str] | None = None
) -> None:  # fmt: skip
    """Send an error response from a middleware."""
    await build_error_response(Request(scope), status, title, what, headers)(scope, receive, send)
