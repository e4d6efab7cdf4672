"""The Atom feed of a case's digests: `/{case}/digest.atom`."""

from datetime import UTC, date, datetime, time, timedelta
from xml.etree import ElementTree as ET

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.api.digest.build import build_digest
from detente.api.digest.months import list_digests
from detente.api.results.digest import DigestResult
from detente.core.month import parse_month
from detente.web.openapi_route import OpenApiRoute
from detente.web.rendering.atom import ATOM_MEDIA_TYPE, build_entry, render_feed
from detente.web.rendering.responses import get_record_case

MOST_ENTRIES = 24


def build_digest_feed(prepared: Case, address: str) -> bytes:
    """Build the feed of the latest two years. Each entry is updated on the latest day on which an event that it rests on became known.

    Args:
        address: the public base URL.
    """
    digests = [build_digest(prepared, parse_month(r.month)) for r in list_digests(prepared)[:MOST_ENTRIES]]
    entries = [_build_entry(prepared, d, address) for d in digests]
    updated = max((_midnight(_updated(prepared, d)) for d in digests), default=datetime.fromtimestamp(0, UTC))
    title = f"{prepared.case.title}: monthly digest"
    return render_feed(
        address, f"/{prepared.id}/digest.atom", title, entries, updated, f"/{prepared.id}/digest/archive"
    )


def _build_entry(prepared: Case, d: DigestResult, address: str) -> ET.Element:
    parts = [d.text, *(k.sentence.text for k in d.kinds), *(w.sentence.text for w in d.watch if w.kind != "toll")]
    link = f"{address}/{prepared.id}/digest/{d.month}"
    title, updated, published = f"{d.title}: {d.verdict.lower()}", _updated(prepared, d), _published(prepared, d)
    return build_entry(link, title, "détente", _midnight(updated), _midnight(published), "\n".join(parts))


def _published(prepared: Case, d: DigestResult) -> date:
    """The day after the month; of a running month the day of knowledge."""
    return min(parse_month(d.month).last + timedelta(days=1), prepared.as_of)


def _updated(prepared: Case, d: DigestResult) -> date:
    return max(d.updated, _published(prepared, d))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


async def handler(request: Request) -> Response:
    """Return the feed of a case's digests."""
    prepared, address = get_record_case(request), request.app.state.settings.address.rstrip("/")
    feed = await run_in_threadpool(build_digest_feed, prepared, address)
    return Response(feed, media_type=ATOM_MEDIA_TYPE)


ROUTES = (OpenApiRoute("/{case}/digest.atom", handler, methods=["GET"], name="feed of digests"),)
