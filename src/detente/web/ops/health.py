"""Health check `/healthz`."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.web.db.engine import read_transaction
from detente.web.rendering.responses import json_response


async def health_page(request: Request) -> Response:
    """`/healthz`: 200 if cases are loaded and the database responds, else 503."""
    database = request.app.state.database

    def query() -> None:
        with read_transaction(database) as c:
            c.exec_driver_sql("SELECT 1")

    try:
        if database is not None:
            await run_in_threadpool(query)
    except Exception:  # any error means that this worker is unhealthy
        return json_response({"status": "the database does not answer"}, 503)
    return json_response({"status": "ok"})


ROUTES = (Route("/healthz", health_page),)
