"""Error responses of middleware, in the same form as those of the application."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from detente.web.errors import ErrorPage
from detente.web.rendering.responses import json_response, respond, wants_json


def build_error_response(
    request: Request, status: int, title: str, what: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Build an error page, or its JSON form if the client asks for that."""
    if wants_json(request):
        response: Response = json_response({"error": what, "status": status}, status)
    else:
        response = respond(request, "problem.html", ErrorPage(status, title, what), title=title, status=status)
    response.headers.update(headers or {})
    return response


async def send_error(
    scope: Scope, receive: Receive, send: Send, status: int, title: str, what: str, headers: Mapping[str, str] | None = None
) -> None:  # fmt: skip
    """Send an error response from a middleware."""
    await build_error_response(Request(scope), status, title, what, headers)(scope, receive, send)
