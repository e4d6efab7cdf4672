"""The brief's page: complete text, working links, and downloads."""

import io
import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.brief.render.json import render_json
from detente.web.app import create_app
from detente.web.config import ServerConfig

AT = "/pakistan-afghanistan/brief"


class ParsedPage(HTMLParser):
    """Anchors, links, inline scripts and styles, and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {k: v or "" for k, v in attrs}
        self.inline += [f"{tag} {k}" for k in attributes if k == "style" or k.startswith("on")]
        self.inline += [tag] * (tag == "style" or (tag == "script" and "src" not in attributes))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def remove_spaces(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_brief_page_contains_whole_brief(client: TestClient, flagship: Case) -> None:
    """The page contains every sentence of the brief."""
    text = remove_spaces("".join(ParsedPage(client.get(AT).text).words))
    for p in (p for s in flagship.document.sections for p in s.points):
        for sentence in (p.headline, p.statement, *(s.text for s in (*p.sentences, *p.tests, p.limits))):
            assert remove_spaces(sentence) in text
    for w in flagship.document.levers:
        assert remove_spaces(w.record.text) in text


def test_brief_page_contents_link_every_anchor(client: TestClient, flagship: Case) -> None:
    """Every section, claim and policy option has a unique anchor, and the contents link to sections and claims."""
    page = ParsedPage(client.get(AT).text)
    wanted = {s.key for s in flagship.document.sections} | {
        p.claim for s in flagship.document.sections for p in s.points
    }
    assert wanted <= set(page.ids)
    assert {f"way-{w.key}" for w in flagship.document.levers} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    inner = {x[1:] for x in page.links if x.startswith("#")}
    assert wanted <= inner
    assert inner <= set(page.ids)


def test_brief_page_links_events_and_claims(client: TestClient, flagship: Case) -> None:
    """Cited events and claims link to their pages."""
    links = set(ParsedPage(client.get(AT).text).links)
    assert {f"/pakistan-afghanistan/events/{e.id}" for e in flagship.document.cited} <= links
    assert {f"/pakistan-afghanistan/claims/{p.claim}" for s in flagship.document.sections for p in s.points} <= links


@pytest.mark.parametrize("path", [AT, "/ask?q=Has+mediation+between+Kabul+and+Islamabad+held", "/ask"])
def test_pages_have_no_inline_code(client: TestClient, path: str) -> None:
    """The pages contain no inline scripts or styles."""
    assert ParsedPage(client.get(path).text).inline == []


def test_brief_json_equals_command_output(client: TestClient, flagship: Case) -> None:
    """The JSON of the page holds the brief as the command writes it."""
    page = client.get(f"{AT}.json").json()["page"]
    assert page["brief"] == json.loads(render_json(flagship.document))
    assert {f["address"] for f in page["forms"]} == {f"{AT}.{x}" for x in ("pdf", "docx", "md", "bib", "ris", "json")}


def test_brief_downloads_exist_and_are_named(client: TestClient, flagship: Case) -> None:
    """Every offered download exists and is named by case and day."""
    for form in client.get(f"{AT}.json").json()["page"]["forms"]:
        answer = client.get(form["address"])
        assert answer.status_code == 200
        if not form["address"].endswith(".json"):
            day = flagship.document.provenance.as_of
            assert f"pakistan-afghanistan-{day}." in answer.headers["content-disposition"]
    pdf = PdfReader(io.BytesIO(client.get(f"{AT}.pdf").content))
    assert pdf.metadata is not None
    assert pdf.metadata.title == flagship.document.question


def test_brief_download_respects_etag(client: TestClient) -> None:
    """A client with the current file gets 304."""
    first = client.get(f"{AT}.md")
    again = client.get(f"{AT}.md", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{AT}.md", headers={"If-None-Match": '"other"'}).content == first.content


def test_unknown_brief_format_lists_known_formats(client: TestClient) -> None:
    """An unknown format gives 404 and the known formats."""
    answer = client.get(f"{AT}.odt")
    assert answer.status_code == 404
    assert "'odt'" in unescape(answer.text)
    assert "docx" in answer.text


def test_references_contain_public_address(settings: ServerConfig, flagship: Case) -> None:
    """References contain the public base URL of the workbench."""
    desk = replace(settings, address="https://desk.example.org/")
    with TestClient(create_app(desk, {flagship.id: flagship})) as c:
        assert f"url = {{https://desk.example.org{AT}}}" in c.get(f"{AT}.bib").text
