"""Atom feeds (RFC 4287) of comments and of briefs."""

from datetime import UTC, datetime, time
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.brief.build import build_introduction
from detente.web.accounts.routes import require_database
from detente.web.comments.queries import CommentFilter, find_comments
from detente.web.comments.view_models import describe_subject
from detente.web.config import ServerConfig
from detente.web.db.engine import read_transaction
from detente.web.forms import clean_text
from detente.web.rendering.atom import ATOM, ATOM_MEDIA_TYPE, build_entry, render_feed
from detente.web.rendering.responses import get_cases


async def comments_feed(request: Request) -> Response:
    """`/feeds/comments.atom`: the latest comments, or those of the `case`."""
    engine, base = require_database(request), _base_url(request)
    case = clean_text(request.query_params.get("case", ""))[:200]

    def read() -> list[ET.Element]:
        with read_transaction(engine) as c:
            latest = find_comments(c, CommentFilter(case=case)).comments
        return [
            build_entry(f"{base}/comments/{k.id}", f"On {describe_subject(request, k.about)}", k.author, k.edited or k.created, k.created, k.body)
            for k in latest
        ]  # fmt: skip

    entries = await run_in_threadpool(read)
    path = "/feeds/comments.atom" + (f"?{urlencode({'case': case})}" if case else "")
    return Response(render_feed(base, path, "Comments", entries, _latest_update(entries)), media_type=ATOM_MEDIA_TYPE)


async def briefs_feed(request: Request) -> Response:
    """`/feeds/briefs.atom`: the brief of each served case, dated by its `as_of` day."""
    base, entries = _base_url(request), []
    for s in get_cases(request).values():
        day = datetime.combine(s.g.as_of, time(), UTC)
        text = " ".join(x.text for x in build_introduction(s.view))
        entries.append(build_entry(f"{base}/{s.id}/brief", s.case.title, "détente", day, day, text))
    feed = render_feed(base, "/feeds/briefs.atom", "Briefs", entries, _latest_update(entries))
    return Response(feed, media_type=ATOM_MEDIA_TYPE)


def _base_url(request: Request) -> str:
    settings: ServerConfig = request.app.state.settings
    return settings.address.rstrip("/")


def _latest_update(entries: list[ET.Element]) -> datetime:
    """Return the time of the newest entry, or 1970 for an empty feed, since Atom requires a time."""
    times = [datetime.fromisoformat(e.findtext(f"{{{ATOM}}}updated", "")) for e in entries]
    return max(times, default=datetime.fromtimestamp(0, UTC))


ROUTES = (Route("/feeds/comments.atom", comments_feed), Route("/feeds/briefs.atom", briefs_feed))
