"""What other sites show with a link: title, description and picture, per kind of page."""

import re
import struct
from dataclasses import replace
from html import unescape

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.previews.card import Card, render_card

CASE = "/pakistan-afghanistan"
IMAGES = {
    f"{CASE}/": f"{CASE}/preview/case.png",
    f"{CASE}/events": f"{CASE}/preview/case.png",
    f"{CASE}/events/DL-20251009-01": f"{CASE}/preview/case.png",
    f"{CASE}/claims/trust": f"{CASE}/preview/claims/trust.png",
    f"{CASE}/forecast": f"{CASE}/preview/forecast.png",
    f"{CASE}/digest/2025-10": f"{CASE}/preview/digest/2025-10.png",
    f"{CASE}/brief": f"{CASE}/preview/case.png",
    "/": f"{CASE}/preview/case.png",
}


def read_metadata(html: str) -> dict[str, str]:
    head = html.split("</head>")[0]
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', head)
    assert len({k for k, _ in found}) == len(found)
    return {k: unescape(v) for k, v in found}


def measure_png(content: bytes) -> tuple[int, int]:
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    return width, height


@pytest.mark.parametrize("path", IMAGES)
def test_page_has_a_preview(client: TestClient, path: str) -> None:
    """A page names its title, its description, its public address, and a picture that exists in the right size."""
    meta = read_metadata(client.get(path).text)
    base = "http://127.0.0.1:8000"
    assert meta["og:url"] == base + path
    assert meta["og:image"] == base + IMAGES[path]
    assert meta["og:title"]
    assert 20 < len(meta["og:description"]) <= 301
    assert meta["og:description"] == meta["description"]
    assert meta["twitter:card"] == "summary_large_image"
    picture = client.get(IMAGES[path])
    assert picture.headers["content-type"] == "image/png"
    assert measure_png(picture.content) == (1200, 630)


def test_description_says_what_the_page_says(client: TestClient) -> None:
    """The words of a description stand on its page."""
    for path in (f"{CASE}/digest/2025-10", f"{CASE}/forecast", f"{CASE}/events/DL-20251009-01", f"{CASE}/"):
        html = client.get(path).text
        body = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html.split("</head>")[1])))
        assert re.sub(r"\s+", " ", read_metadata(html)["og:description"]) in body, path


def test_preview_uses_the_public_address(flagship: Case, settings: ServerConfig) -> None:
    """Addresses come from the settings, not from the request, which a client can choose."""
    public = replace(settings, address="https://desk.example.org/")
    with TestClient(create_app(public, {flagship.id: flagship})) as c:
        meta = read_metadata(c.get(f"{CASE}/map", headers={"host": "evil.example"}).text)
    assert meta["og:url"] == f"https://desk.example.org{CASE}/map"
    assert meta["og:image"].startswith("https://desk.example.org/")


def test_preview_picture_is_not_sent_twice(client: TestClient) -> None:
    """A client that has the picture gets 304."""
    first = client.get(f"{CASE}/preview/case.png")
    again = client.get(f"{CASE}/preview/case.png", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("at", ["claims/nobody", "digest/2019-12", "digest/x"])
def test_unknown_preview_is_not_found(client: TestClient, at: str) -> None:
    """A picture of a page that does not exist is 404."""
    assert client.get(f"{CASE}/preview/{at}.png").status_code == 404
    assert client.get("/nowhere/preview/case.png").status_code == 404


def test_card_of_any_text_is_one_picture() -> None:
    """Long words, signs of the typesetter and missing letters still give one picture of the right size."""
    for text in ("word " * 400, "x" * 5000, '#eval("1") $ \\ " @', "\N{GRINNING FACE} \u0627\u0644"):
        content = render_card(Card(text, text, text, text, number=text[:20], detail=text))
        assert measure_png(content) == (1200, 630)


def test_several_cases_share_a_house_card(flagship: Case, settings: ServerConfig) -> None:
    """Where several cases are served, the home page has the picture of the site."""
    other = Case("other", flagship.view, flagship.cache)
    with TestClient(create_app(settings, {flagship.id: flagship, "other": other})) as c:
        assert read_metadata(c.get("/how-to-read").text)["og:image"].endswith("/preview.png")
        assert measure_png(c.get("/preview.png").content) == (1200, 630)
