"""Atom feeds (RFC 4287)."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

ATOM = "http://www.w3.org/2005/Atom"
ATOM_MEDIA_TYPE = "application/atom+xml"
# XML 1.0 forbids control characters; sentences of sources may contain them.
_INVALID_XML_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def render_feed(
    address: str, path: str, title: str, entries: list[ET.Element], updated: datetime, page: str = "/"
) -> bytes:  # fmt: skip
    """Render a feed. `address` is the public base URL, `path` the path of the feed, `page` that of the same as a web page."""
    root = ET.Element(f"{{{ATOM}}}feed")
    _add_element(root, "id", address + path)
    _add_element(root, "title", title)
    _add_element(root, "updated", _format_timestamp(updated))
    _add_element(root, "link", rel="self", href=address + path, type=ATOM_MEDIA_TYPE)
    _add_element(root, "link", rel="alternate", href=address + page, type="text/html")
    root.extend(entries)
    ET.register_namespace("", ATOM)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def build_entry(link: str, title: str, author: str, updated: datetime, published: datetime, text: str) -> ET.Element:
    """Build one entry; its permalink is its id."""
    entry = ET.Element(f"{{{ATOM}}}entry")
    _add_element(entry, "id", link)
    _add_element(entry, "title", title)
    _add_element(_add_element(entry, "author"), "name", author)
    _add_element(entry, "updated", _format_timestamp(updated))
    _add_element(entry, "published", _format_timestamp(published))
    _add_element(entry, "link", rel="alternate", href=link, type="text/html")
    _add_element(entry, "content", text, type="text")
    return entry


def _format_timestamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _add_element(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = _INVALID_XML_CHARACTERS.sub("\ufffd", text) or None
    return child
