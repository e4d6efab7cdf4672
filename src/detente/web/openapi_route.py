"""Routes with their page types, query parameters and form fields, from which `/openapi.json` is built."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Handler = Callable[[Request], Awaitable[Response]]
PageTypes = type[Any] | tuple[type[Any], ...]


class OpenApiRoute(Route):
    """A route with its possible page dataclasses, its query parameters and its form fields.

    `query` and `form` map each name to a description; a form field whose description begins with "optional" may be left out.
    """

    def __init__(
        self, path: str, endpoint: Handler, *, methods: list[str], name: str, page: PageTypes | None = None,
        query: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(path, endpoint, methods=methods, name=name)
        self.pages: tuple[type[Any], ...] = page if isinstance(page, tuple) else (page,) if page else ()
        self.query, self.form = dict(query or {}), dict(form or {})


def form_route(path: str, handler: Handler, name: str, form: Mapping[str, str]) -> OpenApiRoute:
    """Build the route of a form: it changes something, then redirects (303)."""
    return OpenApiRoute(path, handler, methods=["POST"], name=name, form=form)
