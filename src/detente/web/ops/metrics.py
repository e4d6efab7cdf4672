"""Counts and times of requests for Prometheus.

A request counts under its route (`/{case}/claims`), not under its address: addresses can hold what people look
for, and an invitation's secret. There is nothing in these figures about anybody. With several workers the figures of all
are added up: `detente serve` names the folder where they share them (`PROMETHEUS_MULTIPROC_DIR`).
"""

import os
import time

from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.web.accounts.local_access import is_loopback_client

KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """What one worker has counted since it started."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("detente_requests", "Requests that were answered.", labels, registry=self.registry)
        self.seconds = Histogram(
            "detente_request_seconds", "Time of a request, to the last byte.", ("route",), registry=self.registry
        )
        started = Gauge(
            "detente_start_time_seconds", "Start of the first worker, in seconds since 1970.",
            registry=self.registry, multiprocess_mode="min",
        )  # fmt: skip
        started.set(time.time())

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Add a request that was answered."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def render(self) -> bytes:
        """The figures in Prometheus's text format, of all workers where they share them."""
        registry = self.registry
        if SHARED_FOLDER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


class MetricsMiddleware:
    """Count every request with its route, its status and its time."""

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
            method = scope["method"] if scope["method"] in KNOWN_METHODS else "other"
            self.metrics.count(method, route, status, time.perf_counter() - began)


async def metrics_page(request: Request) -> Response:
    """`/metrics`: to this machine only, unless the settings open it."""
    if not (request.app.state.settings.open_metrics or is_loopback_client(request)):
        raise HTTPException(
            403, "Metrics are shown to this machine only. Start the server with --open-metrics to show them to all."
        )
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.render(), media_type=CONTENT_TYPE_PLAIN_0_0_4)


ROUTES = (Route("/metrics", metrics_page),)
