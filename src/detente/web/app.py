"""The application: pages, static files, errors told as pages."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from detente.api.case import PreparedCase, prepare_case
from detente.api.other_sources import OtherSourcesLoader
from detente.core.errors import DetenteError
from detente.web.config import ServerConfig, from_environment
from detente.web.db.engine import open_database
from detente.web.db.migrate import upgrade
from detente.web.db.url import database_url
from detente.web.errors import ErrorPage
from detente.web.middleware.rate_limit import RateLimits
from detente.web.middleware.security_headers import SECURITY_HEADERS
from detente.web.middleware.stack import build_middleware
from detente.web.ops.metrics import Metrics
from detente.web.pages import PAGES
from detente.web.rendering.responses import json_response, respond, wants_json
from detente.web.routes import SITE_ROUTES

LOG = logging.getLogger("detente.web")

CACHE_ONE_YEAR = "public, max-age=31536000, immutable"


class ImmutableStaticFiles(StaticFiles):
    """Files of ours, kept by browsers for a year: an address carries its content's mark."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = CACHE_ONE_YEAR
        return response


def create_app_from_env() -> Starlette:
    """What a worker runs: settings from the environment, cases from the cache."""
    settings = from_environment()
    found = [prepare_case(name, settings.cache) for name in settings.cases]
    app = create_app(settings, {s.id: s for s in found})
    for s in found:
        app.state.beside.read(s)
    return app


def create_app(settings: ServerConfig, studies: Mapping[str, PreparedCase]) -> Starlette:
    """The application over prepared cases."""
    database = _open_database(settings)
    limits, metrics = RateLimits(), Metrics()
    app = Starlette(
        routes=[
            Route("/fonts/{face}.otf", _serve_font),
            Mount(
                "/static", ImmutableStaticFiles(directory=str(files("detente.web").joinpath("static"))), name="static"
            ),
            *SITE_ROUTES,
            *PAGES,
        ],
        middleware=[
            *build_middleware(settings, database, limits, metrics),
            Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5),
        ],
        exception_handlers={
            HTTPException: handle_http_error,
            DetenteError: handle_detente_error,
            DBAPIError: handle_database_error,
            500: handle_server_error,
        },
        lifespan=_lifespan,
    )
    app.state.settings, app.state.studies = settings, dict(studies)
    app.state.beside = OtherSourcesLoader(settings.store, settings.cache)
    app.state.database, app.state.limits, app.state.metrics = database, limits, metrics
    return app


def _open_database(settings: ServerConfig) -> Engine | None:
    """Where comments and accounts are kept, brought up to date; None where no database is named."""
    if not settings.database:
        return None
    engine = open_database(database_url(settings.database))
    upgrade(engine)
    return engine


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    # The server has let every request end by now; what was written is on the disk since its answer.
    if app.state.database is not None:
        app.state.database.dispose()


FONT_FACES = {
    "sans-400": ("font_source_sans_pro", "SourceSansPro-Regular"),
    "sans-600": ("font_source_sans_pro", "SourceSansPro-Semibold"),
    "serif-400": ("font_source_serif_pro", "SourceSerifPro-Regular"),
    "serif-600": ("font_source_serif_pro", "SourceSerifPro-Semibold"),
}


async def _serve_font(request: Request) -> Response:
    face = request.path_params["face"]
    if face not in FONT_FACES:
        raise HTTPException(404, f"There is no face {face!r}.")
    package, name = FONT_FACES[face]
    font = files(package).joinpath("files", f"{name}.otf").read_bytes()
    return Response(font, media_type="font/otf", headers={"Cache-Control": CACHE_ONE_YEAR})


def error_response(request: Request, status: int, what: str, title: str) -> Response:
    if wants_json(request):
        return json_response({"error": what, "status": status}, status)
    return respond(request, "problem.html", ErrorPage(status, title, what), title=title, status=status)


async def handle_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    titles = {
        401: "Log in first",
        404: "Not here",
        403: "Not allowed",
        405: "Not done here",
        413: "Too large",
        429: "Too often",
    }
    response = error_response(request, error.status_code, error.detail, titles.get(error.status_code, "Not possible"))
    response.headers.update(error.headers or {})
    return response


async def handle_detente_error(request: Request, error: Exception) -> Response:
    return error_response(request, 400, str(error), "That cannot be done")


async def handle_database_error(request: Request, error: Exception) -> Response:
    LOG.error("the database failed: %s", error)
    what = "The database of comments and accounts does not answer. Nothing was changed; try again in a minute."
    response = error_response(request, 503, what, "Not now")
    response.headers["Retry-After"] = "60"
    return response


async def handle_server_error(request: Request, error: Exception) -> Response:
    what = (
        "Something broke here, and it is our fault. What was written down tells us where; nothing of yours was changed."
    )
    response = error_response(request, 500, what, "Something broke")
    # This answer is made outside all layers.
    response.headers.update(SECURITY_HEADERS)
    return response
