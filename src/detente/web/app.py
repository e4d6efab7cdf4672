"""The Starlette application: pages, static files and error pages."""

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

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

from detente.api.case import BeingComputed, Case
from detente.api.other_sources import OtherSourcesLoader
from detente.core.errors import DetenteError
from detente.web.case_files.served import watch_folder
from detente.web.config import ServerConfig, from_environment
from detente.web.db.engine import open_database
from detente.web.db.migrate import upgrade
from detente.web.db.url import database_url
from detente.web.errors import describe_for_browser
from detente.web.middleware.rate_limit import RateLimits
from detente.web.middleware.refusal import build_error_response
from detente.web.middleware.security_headers import SECURITY_HEADERS
from detente.web.middleware.stack import build_middleware
from detente.web.ops.metrics import Metrics
from detente.web.pages import PAGES
from detente.web.preparation import being_computed, open_served_case, serve_cases
from detente.web.routes import SITE_ROUTES

LOG = logging.getLogger("detente.web")

CACHE_ONE_YEAR = "public, max-age=31536000, immutable"


class ImmutableStaticFiles(StaticFiles):
    """Static files that browsers cache for a year, since each address contains a hash of the content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = CACHE_ONE_YEAR
        return response


def create_app_from_env() -> Starlette:
    """Create a worker's application: settings from the environment, results from the cache."""
    settings = from_environment()
    cases = [open_served_case(name, settings) for name in settings.cases]
    return create_app(settings, {c.id: c for c in cases})


def create_app(settings: ServerConfig, cases: Mapping[str, Case]) -> Starlette:
    """Create the application that serves prepared cases, by id."""
    database = _open_database(settings)
    limits, metrics = RateLimits(), Metrics()
    static = ImmutableStaticFiles(directory=str(files("detente.web").joinpath("static")))
    app = Starlette(
        routes=[
            Route("/fonts/{face}.otf", _serve_font),
            Mount("/static", static, name="static"),
            *SITE_ROUTES,
            *PAGES,
        ],
        middleware=[
            *build_middleware(settings, database, limits, metrics),
            Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5),
        ],
        exception_handlers={
            HTTPException: handle_http_error,
            BeingComputed: being_computed,
            DetenteError: handle_detente_error,
            DBAPIError: handle_database_error,
            OSError: handle_disk_error,
            500: handle_server_error,
        },
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.studies = serve_cases(settings, cases)
    app.state.beside = OtherSourcesLoader(settings.store if settings.read_store else Path(), settings.cache)
    app.state.database, app.state.limits, app.state.metrics = database, limits, metrics
    return app


def _open_database(settings: ServerConfig) -> Engine | None:
    """Open and migrate the database of comments and accounts; None if none is configured."""
    if not settings.database:
        return None
    engine = open_database(database_url(settings.database))
    upgrade(engine)
    return engine


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    watching = (
        asyncio.create_task(watch_folder(app.state.studies)) if app.state.settings.case_folder != Path() else None
    )
    yield
    if watching is not None:
        watching.cancel()
    # All requests have ended by now, and their writes were committed before their responses.
    if app.state.database is not None:
        app.state.database.dispose()


FONT_FACES = {
    "sans-400": ("font_source_sans_pro", "SourceSansPro-Regular"),
    "sans-600": ("font_source_sans_pro", "SourceSansPro-Semibold"),
    "serif-400": ("font_source_serif_pro", "SourceSerifPro-Regular"),
    "serif-600": ("font_source_serif_pro", "SourceSerifPro-Semibold"),
}


async def _serve_font(request: Request) -> Response:
    """Return a font file of the pages."""
    face = request.path_params["face"]
    if face not in FONT_FACES:
        raise HTTPException(404, f"Unknown font {face!r}. Known: {', '.join(FONT_FACES)}.")
    package, name = FONT_FACES[face]
    font = files(package).joinpath("files", f"{name}.otf").read_bytes()
    return Response(font, media_type="font/otf", headers={"Cache-Control": CACHE_ONE_YEAR})


ERROR_TITLES = {
    401: "Log in first", 403: "Not allowed", 404: "Not found", 405: "Method not allowed", 409: "Conflict",
    410: "No longer there", 413: "Too large", 415: "Unsupported media type", 422: "Not valid", 429: "Too many requests",
    503: "Service unavailable",
}  # fmt: skip


async def handle_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title = ERROR_TITLES.get(error.status_code, "Bad request" if error.status_code == 400 else "Request failed")
    # Starlette's own text for an address without a route.
    what = "No page has this address." if error.detail == "Not Found" else error.detail
    return build_error_response(request, error.status_code, title, what, error.headers)


async def handle_detente_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DetenteError)
    return build_error_response(request, 400, "Bad request", describe_for_browser(error))


async def handle_database_error(request: Request, error: Exception) -> Response:
    LOG.error("Database error: %s", error)
    what = "The database of comments and accounts is not available. Nothing was changed; try again in a minute."
    return build_error_response(request, 503, "Service unavailable", what, {"Retry-After": "60"})


async def handle_disk_error(request: Request, error: Exception) -> Response:
    """Answer with 507 if a disk is full; other errors of the system are internal ones."""
    assert isinstance(error, OSError)
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        raise error
    LOG.error("No room on the disk: %s", error)
    what = "The disk of this server is full, so nothing was kept. Tell those who run it, and send it again later."
    return build_error_response(request, 507, "No room", what)


async def handle_server_error(request: Request, error: Exception) -> Response:
    what = "Internal error. It has been logged; nothing was changed."
    # Starlette builds this response outside all middleware.
    return build_error_response(request, 500, "Internal error", what, SECURITY_HEADERS)
