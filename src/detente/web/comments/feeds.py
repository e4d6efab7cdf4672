"""Feeds (Atom, RFC 4287) of comments and of briefs, for readers who wait."""

import re
from datetime import UTC, datetime, time
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.web.accounts.routes import database
from detente.web.comments.queries import Wanted, latest
from detente.web.comments.view_models import line_of
from detente.web.config import Settings
from detente.web.db.engine import reading
from detente.web.forms import text_only
from detente.web.rendering.responses import studies

ATOM = "http://www.w3.org/2005/Atom"
TYPE = "application/atom+xml"
# XML 1.0 knows no control characters; sources' sentences may hold one.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def feed(address: str, path: str, title: str, entries: list[ET.Element], updated: datetime) -> bytes:
    """The feed as it is sent. `address` is what links begin with, `path` the feed's own."""
    root = ET.Element(f"{{{ATOM}}}feed")
    _add(root, "id", address + path)
    _add(root, "title", title)
    _add(root, "updated", _moment(updated))
    _add(root, "link", rel="self", href=address + path, type=TYPE)
    _add(root, "link", rel="alternate", href=address + "/", type="text/html")
    root.extend(entries)
    ET.register_namespace("", ATOM)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def entry(link: str, title: str, author: str, updated: datetime, published: datetime, text: str) -> ET.Element:
    """One entry; its permanent address is its id."""
    made = ET.Element(f"{{{ATOM}}}entry")
    _add(made, "id", link)
    _add(made, "title", title)
    _add(_add(made, "author"), "name", author)
    _add(made, "updated", _moment(updated))
    _add(made, "published", _moment(published))
    _add(made, "link", rel="alternate", href=link, type="text/html")
    _add(made, "content", text, type="text")
    return made


async def comments_feed(request: Request) -> Response:
    """`/feeds/comments.atom`: the latest comments, of one case if `case` names it."""
    engine, base = database(request), _base(request)
    case = text_only(request.query_params.get("case", ""))[:200]

    def read() -> list[ET.Element]:
        with reading(engine) as c:
            found = latest(c, Wanted(case=case)).comments
        return [
            entry(f"{base}/comments/{k.id}", f"On {line_of(request, k.about)}", k.author, k.edited or k.created, k.created, k.body)
            for k in found
        ]  # fmt: skip

    entries = await run_in_threadpool(read)
    path = "/feeds/comments.atom" + (f"?{urlencode({'case': case})}" if case else "")
    return Response(feed(base, path, "Comments", entries, _newest(entries)), media_type=TYPE)


async def briefs_feed(request: Request) -> Response:
    """`/feeds/briefs.atom`: the brief of each case that is served, as of the day whose knowledge it holds."""
    base, entries = _base(request), []
    for s in studies(request).values():
        day = datetime.combine(s.g.as_of, time(), UTC)
        text = " ".join(x.text for x in s.brief.introduction)
        entries.append(entry(f"{base}/{s.id}/brief", s.brief.title, "détente", day, day, text))
    return Response(feed(base, "/feeds/briefs.atom", "Briefs", entries, _newest(entries)), media_type=TYPE)


def _base(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return settings.address.rstrip("/")


def _newest(entries: list[ET.Element]) -> datetime:
    """The newest entry's moment; of an empty feed the beginning of the calendar of computers, as good as any."""
    told = [datetime.fromisoformat(e.findtext(f"{{{ATOM}}}updated", "")) for e in entries]
    return max(told, default=datetime.fromtimestamp(0, UTC))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = _NO_XML.sub("\ufffd", text) or None
    return child


ROUTES = (Route("/feeds/comments.atom", comments_feed), Route("/feeds/briefs.atom", briefs_feed))
