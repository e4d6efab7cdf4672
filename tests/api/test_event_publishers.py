"""Publishers of reports: names, houses, and an upper limit of independent reports."""

import csv
from importlib.resources import files

import pytest

from detente.api.event_publishers import group_by_publisher
from detente.core.publisher_names import find_publisher, registered_domain
from support.second_source import FLAGSHIP_DATA


@pytest.mark.parametrize(
    ("hosts", "at_most"),
    [
        (["www.dawn.com", "dawn.com"], 1),
        (["geo.tv", "thenews.com.pk", "dawn.com"], 2),  # one house
        (["apnews.com", "ap.org"], 1),  # one agency
        (["reuters.com", "apnews.com"], 2),
        (["en.wikipedia.org", "dawn.com"], 1),
        (["en.wikipedia.org"], 0),
        (["a.substack.com", "b.substack.com"], 2),
        ([], 0),
    ],
)
def test_independent_reports_count_houses(hosts: list[str], at_most: int) -> None:
    """Reports of one house or agency count once, and an encyclopaedia does not count."""
    found = group_by_publisher([f"https://{h}/{i}" for i, h in enumerate(hosts)])
    assert found.at_most == at_most
    assert found.reports == len(hosts)


def test_publishers_keep_every_address() -> None:
    """Every address of an event stands under exactly one publisher, and no limit exceeds the publishers."""
    for e in FLAGSHIP_DATA.events:
        found = group_by_publisher(e.addresses)
        assert sorted(a for p in found.publishers for a in p.addresses) == sorted(set(e.addresses))
        assert len({p.house for p in found.publishers}) == len(found.publishers)
        assert found.at_most <= len(found.publishers) <= found.reports


def test_same_address_twice_counts_once() -> None:
    """A repeated address is one report."""
    assert group_by_publisher(["https://dawn.com/1", "https://dawn.com/1"]).reports == 1


def test_unknown_site_is_named_by_domain() -> None:
    """A site that the table lacks is named by its registered domain."""
    assert find_publisher("https://m.example.co.uk/x").name == "example.co.uk"
    assert registered_domain("192.0.2.7") == "192.0.2.7"


def test_publisher_table_is_sound() -> None:
    """Every row of the table has a registered domain of its own, a name and a known kind."""
    text = files("detente.core").joinpath("publisher_names.tsv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    assert len({r["domain"] for r in rows}) == len(rows)
    for r in rows:
        assert registered_domain(r["domain"]) == r["domain"]
        assert r["name"]
        assert r["kind"] in ("", "agency", "aggregator", "reference")
    assert [r["domain"] for r in rows] == sorted(r["domain"] for r in rows)
