"""Prometheus metrics of requests.

Requests are counted by route (`/{case}/claims`), since addresses can contain search terms and invitation tokens. The
metrics hold no personal data. Several workers add up their counts in a shared folder, which `detente serve` sets
(`PROMETHEUS_MULTIPROC_DIR`).
"""

import os
import time

import prometheus_client as prometheus
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.web.accounts.permission import find_account_of

KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """Counters of one worker since its start."""

    def __init__(self) -> None:
        self.registry = prometheus.CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = prometheus.Counter(
            "detente_requests", "Requests that were answered.", labels, registry=self.registry
        )
        self.seconds = prometheus.Histogram(
            "detente_request_seconds", "Time of a request, to the last byte.", ("route",), registry=self.registry
        )
        started = prometheus.Gauge(
            "detente_start_time_seconds", "Start of the first worker, in seconds since 1970.",
            registry=self.registry, multiprocess_mode="min",
        )  # fmt: skip
        started.set(time.time())

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a completed request."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def render(self) -> bytes:
        """Render the metrics in Prometheus text format, summed over workers that share a folder."""
        registry = self.registry
        if SHARED_FOLDER in os.environ:
            registry = prometheus.CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return prometheus.generate_latest(registry)


class MetricsMiddleware:
    """Count every request with its route, status and duration."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        status, start = 500, time.perf_counter()

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
            self.metrics.count(method, route, status, time.perf_counter() - start)


async def metrics_page(request: Request) -> Response:
    """`/metrics`: for moderators, or for everybody if the server runs with `--open-metrics`."""
    who = find_account_of(request)
    if not (request.app.state.settings.open_metrics or (who and who.moderates)):
        raise HTTPException(
            403, "Only moderators can read metrics. Start the server with --open-metrics to open them to everybody."
        )
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.render(), media_type=prometheus.CONTENT_TYPE_PLAIN_0_0_4)


ROUTES = (Route("/metrics", metrics_page),)
