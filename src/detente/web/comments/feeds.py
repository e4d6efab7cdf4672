"""Feeds (Atom, RFC 4287) of comments and of briefs, for readers who wait."""

import re
from datetime import UTC, datetime, time
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.web.accounts.routes import require_database
from detente.web.comments.queries import CommentFilter, find_comments
from detente.web.comments.view_models import describe_subject
from detente.web.config import ServerConfig
from detente.web.db.engine import read_transaction
from detente.web.forms import clean_text
from detente.web.rendering.responses import get_cases

ATOM = "http://www.w3.org/2005/Atom"
ATOM_MEDIA_TYPE = "application/atom+xml"
# XML 1.0 knows no control characters; sources' sentences may hold one.
_INVALID_XML_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def render_feed(address: str, path: str, title: str, entries: list[ET.Element], updated: datetime) -> bytes:
    """The feed as it is sent. `address` is what links begin with, `path` the feed's own."""
    root = ET.Element(f"{{{ATOM}}}feed")
    _add_element(root, "id", address + path)
    _add_element(root, "title", title)
    _add_element(root, "updated", _format_timestamp(updated))
    _add_element(root, "link", rel="self", href=address + path, type=ATOM_MEDIA_TYPE)
    _add_element(root, "link", rel="alternate", href=address + "/", type="text/html")
    root.extend(entries)
    ET.register_namespace("", ATOM)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def build_entry(link: str, title: str, author: str, updated: datetime, published: datetime, text: str) -> ET.Element:
    """One entry; its permanent address is its id."""
    made = ET.Element(f"{{{ATOM}}}entry")
    _add_element(made, "id", link)
    _add_element(made, "title", title)
    _add_element(_add_element(made, "author"), "name", author)
    _add_element(made, "updated", _format_timestamp(updated))
    _add_element(made, "published", _format_timestamp(published))
    _add_element(made, "link", rel="alternate", href=link, type="text/html")
    _add_element(made, "content", text, type="text")
    return made


async def comments_feed(request: Request) -> Response:
    """`/feeds/comments.atom`: the latest comments, of one case if `case` names it."""
    engine, base = require_database(request), _base_url(request)
    case = clean_text(request.query_params.get("case", ""))[:200]

    def read() -> list[ET.Element]:
        with read_transaction(engine) as c:
            found = find_comments(c, CommentFilter(case=case)).comments
        return [
            build_entry(f"{base}/comments/{k.id}", f"On {describe_subject(request, k.about)}", k.author, k.edited or k.created, k.created, k.body)
            for k in found
        ]  # fmt: skip

    entries = await run_in_threadpool(read)
    path = "/feeds/comments.atom" + (f"?{urlencode({'case': case})}" if case else "")
    return Response(render_feed(base, path, "Comments", entries, _latest_update(entries)), media_type=ATOM_MEDIA_TYPE)


async def briefs_feed(request: Request) -> Response:
    """`/feeds/briefs.atom`: the brief of each case that is served, as of the day whose knowledge it holds."""
    base, entries = _base_url(request), []
    for s in get_cases(request).values():
        day = datetime.combine(s.g.as_of, time(), UTC)
        text = " ".join(x.text for x in s.brief.introduction)
        entries.append(build_entry(f"{base}/{s.id}/brief", s.brief.title, "détente", day, day, text))
    return Response(
        render_feed(base, "/feeds/briefs.atom", "Briefs", entries, _latest_update(entries)), media_type=ATOM_MEDIA_TYPE
    )


def _base_url(request: Request) -> str:
    settings: ServerConfig = request.app.state.settings
    return settings.address.rstrip("/")


def _latest_update(entries: list[ET.Element]) -> datetime:
    """The newest entry's moment; of an empty feed the beginning of the calendar of computers, as good as any."""
    told = [datetime.fromisoformat(e.findtext(f"{{{ATOM}}}updated", "")) for e in entries]
    return max(told, default=datetime.fromtimestamp(0, UTC))


def _format_timestamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _add_element(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = _INVALID_XML_CHARACTERS.sub("\ufffd", text) or None
    return child


ROUTES = (Route("/feeds/comments.atom", comments_feed), Route("/feeds/briefs.atom", briefs_feed))
