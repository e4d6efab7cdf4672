"""Error responses of middleware, in the same form as those of the application."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from detente.web.errors import ErrorPage
from detente.web.rendering.responses import CASE_TABS, get_cases, json_response, respond, wants_json


def build_error_response(
    request: Request, status: int, title: str, what: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Build an error page, or its JSON form if the client asks for that."""
    if wants_json(request):
        response: Response = json_response({"error": what, "status": status}, status)
    else:
        page = ErrorPage(status, title, what.replace(" Nearest: none.", ""), _list_onward(request))
        response = respond(request, "problem.html", page, title=title, status=status)
    response.headers.update(headers or {})
    return response


def _list_onward(request: Request) -> tuple[tuple[str, str], ...]:
    """List the pages nearest to the requested one: the page that its address begins with, then those of its case."""
    first, page, *rest = [*request.url.path.strip("/").split("/"), "", ""]
    cases = get_cases(request)
    if first not in cases:
        shown = [(f"/{c.id}/", c.case.title) for c in cases.values()]
        return (*shown, ("/ask", "Ask a question"), ("/", "All cases"))
    tabs = {t.path: t.name for t in CASE_TABS}
    own = [page] if page in tabs and page and (any(rest) or request.url.query) else []
    others = [k for k in ("", "events", "forecast", "brief") if k not in own]
    return (*((f"/{first}/{k}", tabs[k]) for k in (*own, *others)), ("/ask", "Ask a question"))


async def send_error(
    scope: Scope, receive: Receive, send: Send, status: int, title: str, what: str, headers: Mapping[str, str] | None = None
) -> None:  # fmt: skip
    """Send an error response from a middleware."""
    await build_error_response(Request(scope), status, title, what, headers)(scope, receive, send)
