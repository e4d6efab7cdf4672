"""A case's overview: the answer of the brief, comparable periods, traced numbers."""

import re
from datetime import timedelta
from html import unescape

from starlette.testclient import TestClient

from detente.api.case import Case
from detente.api.recent_changes import DAYS, compare_recent_periods
from detente.api.summary import summarize_case
from detente.cases.channel_rule import CHANNELS
from detente.web.pages.overview import build_overview_page

HERE = "/pakistan-afghanistan/"


def test_overview_answers_as_brief(client: TestClient, flagship: Case) -> None:
    """The overview opens with the answer of the brief's first page, sentence by sentence with its mark."""
    page = client.get(f"{HERE}index.json").json()["page"]
    text = re.sub(r"<[^>]+>", "", unescape(client.get(HERE).text))
    assert flagship.document.answer
    assert [(a["heading"], a["mark"], a["claim"]) for a in page["answer"]] == [
        (a.heading, a.mark, a.claim) for a in flagship.document.answer
    ]
    assert all(a.sentence.text in text for a in flagship.document.answer)
    assert {m for m, _ in page["marks"]} == {a.mark for a in flagship.document.answer if a.mark}
    assert page["age"] in text


def test_pages_are_light_without_inline_code(client: TestClient) -> None:
    """The pages have no inline scripts or styles and stay light."""
    most = {"": 100_000, "events": 230_000, "events/DL-20251009-01": 80_000, "map": 250_000, "claims/trust": 250_000}
    for at, size in most.items():
        answer = client.get(f"{HERE}{at}")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*src=)", answer.text)
        assert len(answer.content) < size, at


def test_recent_changes_compare_thirty_days(flagship: Case) -> None:
    """Thirty days are compared with the thirty before."""
    r = compare_recent_periods(flagship)
    g = flagship.g
    assert r.now.last == g.watched_to
    assert r.before.last == r.now.first - timedelta(days=1)
    assert (r.now.last - r.now.first).days + 1 == DAYS
    for c in r.channels:
        assert c.now == sum(r.now.first <= e.day <= r.now.last for e in g.of(c.channel))
        assert c.before == sum(r.before.first <= e.day <= r.before.last for e in g.of(c.channel))
    assert [c.channel for c in r.channels] == list(CHANNELS)
    assert [x.id for x in r.later] == [e.id for e in g.events if e.day > r.now.last]


def test_recent_changes_skip_uncovered_days(flagship: Case) -> None:
    """Days without coverage are not counted as days without events."""
    r = compare_recent_periods(flagship)
    assert flagship.g.as_of > flagship.g.watched_to
    assert r.why
    assert r.now.last == flagship.g.watched_to
    assert r.now.watched == DAYS


def test_summary_has_few_traced_sentences(flagship: Case) -> None:
    """The summary has three to six sentences, and all its numbers are traced."""
    lines = summarize_case(flagship)
    assert 3 <= len(lines) <= 6
    ids = {e.id for e in flagship.g.events}
    for m in (m for s in lines for m in s.measured):
        assert set(m.events) <= ids
        assert m.how
    # Plain pieces have no digits: `make_sentence` rejects them.
    assert all(not any(ch.isdigit() for ch in p) for s in lines for p in s.pieces if isinstance(p, str))


def test_overview_verdicts_equal_brief(client: TestClient, flagship: Case) -> None:
    """The verdicts of the overview equal those of the brief."""
    verdicts = client.get(f"{HERE}index.json").json()["page"]["verdicts"]
    assert [(v["claim"], v["verdict"]) for v in verdicts] == [
        (f.claim, f.verdict.word) for s in flagship.document.sections for f in s.points if f.verdict
    ]


def test_crises_table_counts_every_event(flagship: Case) -> None:
    """The table of crises counts every event of the episodes."""
    page = build_overview_page(flagship)
    assert sum(c.events for c in page.crises) == sum(len(x.events) for x in flagship.view.episodes)


def test_overview_html_equals_json(client: TestClient) -> None:
    """The HTML contains the sentences and crossing states of the JSON."""
    data = client.get(f"{HERE}index.json").json()["page"]
    text = re.sub(r"<[^>]+>", "", unescape(client.get(HERE).text))
    for line in data["situation"]:
        assert "".join(p if isinstance(p, str) else p["text"] for p in line["pieces"]) in text
    for c in data["crossings"]:
        assert c["said"] in text
