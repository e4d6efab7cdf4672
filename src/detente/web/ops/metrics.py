"""Counts and times of requests, in the text format of Prometheus, by each worker for itself.

A request counts under its route (`/{case}/claims`), not under its address: addresses can hold what people look
for, and an invitation's secret. There is nothing in these figures about anybody.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.web.accounts.local_access import is_near
from detente.web.db.engine import reading
from detente.web.rendering.responses import json_response

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds


class Metrics:
    """What one worker has counted since it started."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.buckets: dict[str, list[int]] = {}
        self.seconds: Counter[str] = Counter()
        self.started = time.time()

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Add a request that was answered."""
        self.requests[method, route, status] += 1
        self.buckets.setdefault(route, [0] * (len(BOUNDS) + 1))[bisect_left(BOUNDS, seconds)] += 1
        self.seconds[route] += seconds  # type: ignore[assignment]

    def told(self) -> Iterator[str]:
        """The lines."""
        yield "# HELP detente_requests_total Requests that were answered."
        yield "# TYPE detente_requests_total counter"
        for (method, route, status), n in sorted(self.requests.items()):
            yield f'detente_requests_total{{method="{method}",route="{route}",status="{status}"}} {n}'
        yield "# HELP detente_request_seconds How long a request took, to the last byte."
        yield "# TYPE detente_request_seconds histogram"
        for route, counts in sorted(self.buckets.items()):
            total = 0
            for bound, n in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
                total += n
                yield f'detente_request_seconds_bucket{{route="{route}",le="{bound}"}} {total}'
            yield f'detente_request_seconds_sum{{route="{route}"}} {self.seconds[route]:.6f}'
            yield f'detente_request_seconds_count{{route="{route}"}} {total}'
        yield "# HELP detente_start_time_seconds When this worker started, in seconds since 1970."
        yield "# TYPE detente_start_time_seconds gauge"
        yield f"detente_start_time_seconds {self.started:.3f}"


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Measured:
    """Counts every request with its route, its status and its time."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        status, began = 500, time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            return await self.app(scope, receive, sending)
        finally:
            route = getattr(scope.get("route"), "path", None) or "none"
            method = scope["method"] if scope["method"] in METHODS else "other"
            self.metrics.count(method, route, status, time.perf_counter() - began)


async def metrics_page(request: Request) -> Response:
    """`/metrics`: to this machine only, unless the settings open it."""
    if not (request.app.state.settings.open_metrics or is_near(request)):
        raise HTTPException(403, "Metrics are told to this machine only; --open-metrics tells them to all.")
    metrics: Metrics = request.app.state.metrics
    return PlainTextResponse("\n".join(metrics.told()) + "\n", media_type="text/plain; version=0.0.4")


async def health_page(request: Request) -> Response:
    """`/healthz`: 200 if cases are loaded and the database answers, else 503."""
    database = request.app.state.database

    def ask() -> None:
        with reading(database) as c:
            c.exec_driver_sql("SELECT 1")

    try:
        if database is not None:
            await run_in_threadpool(ask)
    except Exception:  # whatever it is, this worker is not well
        return json_response({"status": "the database does not answer"}, 503)
    return json_response({"status": "ok"})


ROUTES = (Route("/healthz", health_page), Route("/metrics", metrics_page))
