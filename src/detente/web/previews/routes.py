"""Addresses of the pictures of links."""

import hashlib
from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.digest.months import NoDigest
from detente.core.month import BadMonth, parse_month
from detente.web.openapi_route import OpenApiRoute
from detente.web.previews.cards import (
    render_case_card,
    render_claim_card,
    render_digest_card,
    render_forecast_card,
    render_house_card,
)
from detente.web.rendering.etag import etag_matches
from detente.web.rendering.responses import get_case, get_cases

_render_house_card = lru_cache(4)(render_house_card)


async def house_card(request: Request) -> Response:
    """Return the picture of pages of no case as PNG."""
    titles = tuple(c.case.title for c in get_cases(request).values())
    return _respond(request, await run_in_threadpool(_render_house_card, titles))


async def case_card(request: Request) -> Response:
    """Return the picture of a case as PNG."""
    return _respond(request, await run_in_threadpool(render_case_card, get_case(request)))


async def forecast_card(request: Request) -> Response:
    """Return the picture of a forecast as PNG."""
    return _respond(request, await run_in_threadpool(render_forecast_card, get_case(request)))


async def digest_card(request: Request) -> Response:
    """Return the picture of a month's digest as PNG."""
    prepared = get_case(request)
    try:
        png = await run_in_threadpool(render_digest_card, prepared, parse_month(request.path_params["month"]))
    except (BadMonth, NoDigest) as e:
        raise HTTPException(404, f"{e} All months: /{prepared.id}/digest/archive") from e
    return _respond(request, png)


async def claim_card(request: Request) -> Response:
    """Return the picture of a claim as PNG."""
    prepared, claim = get_case(request), request.path_params["claim"]
    png = await run_in_threadpool(render_claim_card, prepared, claim[:80])
    if png is None:
        raise HTTPException(404, f"Unknown claim {claim[:80]!r}. All claims: /{prepared.id}/claims")
    return _respond(request, png)


def _respond(request: Request, png: bytes) -> Response:
    etag = f'"{hashlib.sha256(png).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if etag_matches(request, etag):
        return Response(status_code=304, headers=headers)
    return Response(png, media_type="image/png", headers=headers)


ROUTES = (
    OpenApiRoute("/preview.png", house_card, methods=["GET"], name="picture of the site"),
    OpenApiRoute("/{case}/preview/case.png", case_card, methods=["GET"], name="picture of a case"),
    OpenApiRoute("/{case}/preview/forecast.png", forecast_card, methods=["GET"], name="picture of a forecast"),
    OpenApiRoute("/{case}/preview/claims/{claim}.png", claim_card, methods=["GET"], name="picture of a claim"),
    OpenApiRoute("/{case}/preview/digest/{month}.png", digest_card, methods=["GET"], name="picture of a digest"),
)
