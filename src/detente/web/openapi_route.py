"""A route that knows what it answers and asks, so that the description of the whole is made from the routes."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Handler = Callable[[Request], Awaitable[Response]]
PageTypes = type[Any] | tuple[type[Any], ...]


class OpenApiRoute(Route):
    """A route with the dataclasses that its page may be, the words its query may hold, and the fields of its form.

    `query` and `form` give, for each name, what it is; a form's field whose text begins with "optional" may be left out.
    """

    def __init__(
        self, path: str, endpoint: Handler, *, methods: list[str], name: str, page: PageTypes | None = None,
        query: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(path, endpoint, methods=methods, name=name)
        self.pages: tuple[type[Any], ...] = page if isinstance(page, tuple) else (page,) if page else ()
        self.query, self.form = dict(query or {}), dict(form or {})


def form_route(path: str, handler: Handler, name: str, form: Mapping[str, str]) -> OpenApiRoute:
    """A form's route: it changes something, then leads on (303)."""
    return OpenApiRoute(path, handler, methods=["POST"], name=name, form=form)
