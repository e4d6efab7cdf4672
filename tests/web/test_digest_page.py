"""The digest's pages, its feed, and the box on other pages."""

from datetime import UTC, datetime
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.api.digest.months import list_digests

HERE = "/pakistan-afghanistan/digest"
A = "{http://www.w3.org/2005/Atom}"


def test_digest_page_shows_its_digest(reader: TestClient, flagship: Case) -> None:
    """A month's page shows the verdict, every event with its source, and what to watch."""
    d = flagship.digest("2025-10")
    text = unescape(reader.get(f"{HERE}/2025-10").text)
    page = reader.get(f"{HERE}/2025-10.json").json()["page"]
    assert page["digest"]["word"] == d.word
    assert page["verdict"] == d.verdict
    for e in (e for k in d.kinds for e in k.events):
        assert e.row.summary in text
        assert all(f'href="{a}"' in text for a in e.sources[:3])
    assert page["rule"] in text
    assert page["false_rate"] in text
    assert page["earlier"]["month"] == "2025-09"
    assert page["later"]["month"] == "2025-11"


def test_latest_digest_names_newer_months(reader: TestClient, flagship: Case) -> None:
    """The address without a month shows the latest that can be judged, and links those after it."""
    page = reader.get(f"{HERE}.json").json()["page"]
    assert page["digest"]["month"] == flagship.digest().month
    assert [r["month"] for r in page["newest"]] == [r.month for r in list_digests(flagship)][: len(page["newest"])]
    assert {r["word"] for r in page["newest"]} == {"not known"}
    html = reader.get(HERE).text
    assert all(f'href="{HERE}/{r["month"]}"' in html for r in page["newest"])


def test_archive_lists_every_month(reader: TestClient, flagship: Case) -> None:
    """The archive links every month of the record."""
    html = reader.get(f"{HERE}/archive").text
    rows = reader.get(f"{HERE}/archive.json").json()["page"]["rows"]
    assert [r["month"] for r in rows] == [r.month for r in list_digests(flagship)]
    assert all(f'href="{HERE}/{r["month"]}"' in html for r in rows)


@pytest.mark.parametrize("month", ["2019-12", "2025-13", "x", "2025-10-01", "%00", "9" * 300])
@pytest.mark.parametrize("twin", ["", ".json"])
def test_bad_month_is_not_found(reader: TestClient, month: str, twin: str) -> None:
    """A month that the record does not reach, or no month, is 404 and names the archive."""
    answer = reader.get(f"{HERE}/{month}{twin}")
    assert answer.status_code == 404
    assert f"{HERE}/archive" in unescape(answer.text)


def test_digest_numbers_have_pages(reader: TestClient, flagship: Case) -> None:
    """Numbers of a digest lead to how they were made."""
    d = flagship.digest("2026-03")
    for key in ("digest_2026_03_hostile", "digest_2026_03_usual_deaths_high", "digest_2026_03_kind_strike"):
        assert f"/pakistan-afghanistan/numbers/{key}" in reader.get(f"{HERE}/{d.month}").text
        assert reader.get(f"/pakistan-afghanistan/numbers/{key}").status_code == 200
    assert reader.get("/pakistan-afghanistan/numbers/digest_1999_01_hostile").status_code == 404
    assert reader.get("/pakistan-afghanistan/numbers/digest_2026_03_none").status_code == 404


def test_feed_follows_the_data(reader: TestClient, flagship: Case) -> None:
    """The feed is valid Atom: unique ids, authors, times of the data, and links that can be opened."""
    answer = reader.get(f"{HERE}.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.text)
    entries = feed.findall(f"{A}entry")
    assert len(entries) == 24
    ids = [e.findtext(f"{A}id", "") for e in entries]
    assert len(set(ids)) == 24
    times = []
    for e, r in zip(entries, list_digests(flagship), strict=False):
        assert e.findtext(f"{A}author/{A}name")
        updated, published = (datetime.fromisoformat(e.findtext(f"{A}{t}", "")) for t in ("updated", "published"))
        d = flagship.digest(r.month)
        assert updated >= published
        assert updated >= datetime(d.updated.year, d.updated.month, d.updated.day, tzinfo=UTC)
        assert updated.date() <= flagship.as_of
        times.append(updated)
        link = e.find(f"{A}link")
        assert link is not None
        assert reader.get(link.attrib["href"].split("8000", 1)[1]).status_code == 200
    assert datetime.fromisoformat(feed.findtext(f"{A}updated", "")) == max(times)
    links = {x.attrib["rel"]: x.attrib["href"] for x in feed.findall(f"{A}link")}
    assert links["self"].endswith(f"{HERE}.atom")


def test_pages_link_the_feed(reader: TestClient) -> None:
    """Pages of a case name the feed in their head."""
    for at in (HERE, "/pakistan-afghanistan/", "/pakistan-afghanistan/events", "/"):
        head = reader.get(at).text.split("</head>")[0]
        assert 'rel="alternate" type="application/atom+xml"' in head
        assert f'href="{HERE}.atom"' in head


def test_overview_and_home_show_latest_month(reader: TestClient, flagship: Case) -> None:
    """The overview and the home page show the latest month that can be judged, with its verdict."""
    d = flagship.digest()
    home, overview = (reader.get(at).json()["page"] for at in ("/index.json", "/pakistan-afghanistan/index.json"))
    for at, box in (("/", home["cases"][0]["month"]), ("/pakistan-afghanistan/", overview["month"])):
        assert (box["month"], box["word"], box["verdict"]) == (d.month, d.word, d.verdict)
        assert box["newer"]
        assert f'href="{HERE}/{d.month}"' in reader.get(at).text
