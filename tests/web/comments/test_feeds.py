"""Tests of the Atom feeds against RFC 4287."""

from datetime import datetime
from xml.etree import ElementTree as ET

from starlette.testclient import TestClient

from support.comments_workbench import CASE, Workbench

A = "{http://www.w3.org/2005/Atom}"


def _parse_feed(xml: str) -> ET.Element:
    """Parse a feed and check what RFC 4287 requires of every feed and entry."""
    feed = ET.fromstring(xml)
    assert feed.tag == f"{A}feed"
    assert [link.get("rel") for link in feed.findall(f"{A}link")] == ["self", "alternate"]
    for x in (feed, *feed.findall(f"{A}entry")):
        for required in ("id", "title", "updated"):
            assert len(x.findall(f"{A}{required}")) == 1
        assert (x.findtext(f"{A}id") or "").startswith("http")
        assert datetime.fromisoformat(x.findtext(f"{A}updated") or "").tzinfo is not None
    for entry in feed.findall(f"{A}entry"):
        assert entry.findtext(f"{A}author/{A}name")
        assert entry.findtext(f"{A}content")
    ids = [e.findtext(f"{A}id") for e in feed.findall(f"{A}entry")]
    assert len(ids) == len(set(ids))
    return feed


def test_comments_feed_lists_newest_first(workbench: Workbench) -> None:
    """The feed is valid Atom, newest first, and can be limited to a case."""
    ann = workbench.reader("Ann")
    ann.say("One & <two>")
    ann.say("Pashto: تورخم \u202eturned", key="safe_haven")
    answer = ann.get("/feeds/comments.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = _parse_feed(answer.text)
    assert [e.findtext(f"{A}content") for e in feed.findall(f"{A}entry")] == [
        "Pashto: تورخم \u202eturned",
        "One & <two>",
    ]
    assert feed.findtext(f"{A}entry/{A}id") == "http://127.0.0.1:8000/comments/2"
    assert _parse_feed(ann.get("/feeds/comments.atom?case=elsewhere").text).findall(f"{A}entry") == []
    assert len(_parse_feed(ann.get(f"/feeds/comments.atom?case={CASE}").text).findall(f"{A}entry")) == 2


def test_briefs_feed_is_dated_by_knowledge(client: TestClient) -> None:
    """Entries are dated by the `as_of` day of the brief."""
    feed = _parse_feed(client.get("/feeds/briefs.atom").text)
    as_of = client.get("/pakistan-afghanistan/claims.json").json()["provenance"]["as_of"]
    assert (feed.findtext(f"{A}entry/{A}updated") or "").startswith(as_of)
    assert feed.findtext(f"{A}entry/{A}id") == "http://127.0.0.1:8000/pakistan-afghanistan/brief"
