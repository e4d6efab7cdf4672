"""The brief as a page: all of it, every link within it answered, and the forms that it offers are the brief's own."""

import io
import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from detente.api.case import PreparedCase
from detente.brief.render.json import render_json
from detente.web.app import create_app
from detente.web.config import ServerConfig

AT = "/pakistan-afghanistan/brief"


class Read(HTMLParser):
    """Anchors, links, what would run or style inline, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {k: v or "" for k, v in attrs}
        self.inline += [f"{tag} {k}" for k in told if k == "style" or k.startswith("on")]
        self.inline += [tag] * (tag == "style" or (tag == "script" and "src" not in told))
        if "id" in told:
            self.ids.append(told["id"])
        if tag == "a":
            self.links.append(told["href"])

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_page_says_all_that_the_brief_says(client: TestClient, flagship: PreparedCase) -> None:
    text = squeezed("".join(Read(client.get(AT).text).words))
    for p in (p for s in flagship.brief.sections for p in s.points):
        for told in (p.headline, p.statement, *(s.text for s in (*p.sentences, *p.tests, p.limits))):
            assert squeezed(told) in text
    for w in flagship.brief.levers:
        assert squeezed(w.record.text) in text


def test_every_section_claim_and_step_has_an_anchor_that_the_contents_name(
    client: TestClient, flagship: PreparedCase
) -> None:
    page = Read(client.get(AT).text)
    wanted = {s.key for s in flagship.brief.sections} | {p.claim for s in flagship.brief.sections for p in s.points}
    assert wanted <= set(page.ids)
    assert {f"way-{w.key}" for w in flagship.brief.levers} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    inner = {x[1:] for x in page.links if x.startswith("#")}
    assert wanted <= inner
    assert inner <= set(page.ids)


def test_events_and_claims_lead_to_their_pages(client: TestClient, flagship: PreparedCase) -> None:
    links = set(Read(client.get(AT).text).links)
    assert {f"/pakistan-afghanistan/events/{e.id}" for e in flagship.brief.cited} <= links
    assert {f"/pakistan-afghanistan/claims/{p.claim}" for s in flagship.brief.sections for p in s.points} <= links


@pytest.mark.parametrize("path", [AT, "/ask?q=Has+mediation+between+Kabul+and+Islamabad+held", "/ask"])
def test_nothing_in_the_page_is_styled_or_run_inline(client: TestClient, path: str) -> None:
    assert Read(client.get(path).text).inline == []


def test_the_twin_holds_the_brief_as_the_command_writes_it(client: TestClient, flagship: PreparedCase) -> None:
    page = client.get(f"{AT}.json").json()["page"]
    assert page["brief"] == json.loads(render_json(flagship.brief))
    assert {f["address"] for f in page["forms"]} == {f"{AT}.{x}" for x in ("pdf", "docx", "md", "bib", "ris", "json")}


def test_every_form_that_is_offered_is_there_and_named_by_case_and_day(
    client: TestClient, flagship: PreparedCase
) -> None:
    for form in client.get(f"{AT}.json").json()["page"]["forms"]:
        answer = client.get(form["address"])
        assert answer.status_code == 200
        if not form["address"].endswith(".json"):
            day = flagship.brief.provenance.as_of
            assert f"pakistan-afghanistan-{day}." in answer.headers["content-disposition"]
    pdf = PdfReader(io.BytesIO(client.get(f"{AT}.pdf").content))
    assert pdf.metadata is not None
    assert pdf.metadata.title == flagship.brief.question


def test_who_has_a_form_already_is_told_so(client: TestClient) -> None:
    first = client.get(f"{AT}.md")
    again = client.get(f"{AT}.md", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{AT}.md", headers={"If-None-Match": '"other"'}).content == first.content


def test_a_form_that_is_not_made_is_told_with_those_that_are(client: TestClient) -> None:
    answer = client.get(f"{AT}.odt")
    assert answer.status_code == 404
    assert "'odt'" in unescape(answer.text)
    assert "docx" in answer.text


def test_references_name_where_this_workbench_stands(settings: ServerConfig, flagship: PreparedCase) -> None:
    desk = replace(settings, address="https://desk.example.org/")
    with TestClient(create_app(desk, {flagship.id: flagship})) as c:
        assert f"url = {{https://desk.example.org{AT}}}" in c.get(f"{AT}.bib").text
