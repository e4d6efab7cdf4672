"""Publishers of an event's reports, and how many of the reports can be independent of each other.

Rule: reports of one publisher count once, and so do reports of one news agency. An encyclopaedia repeats others and does not
count. Addresses do not tell which newspapers reprint an agency, so the number is an upper limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from detente.core.publisher_names import Publisher, find_publisher


@dataclass(frozen=True, slots=True)
class PublisherReports:
    """One publisher with its names and the addresses of its reports. `kind`: agency, aggregator, reference, or empty."""

    house: str
    names: tuple[str, ...]
    domains: tuple[str, ...]
    kind: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventPublishers:
    """Publishers in the order of their first report, and the highest number of independent reports.

    `reports` counts addresses. `at_most` is an upper limit; 0 where there is no address, or only that of an encyclopaedia.
    """

    publishers: tuple[PublisherReports, ...]
    reports: int
    at_most: int


def group_by_publisher(addresses: Sequence[str]) -> EventPublishers:
    """Group the addresses of reports by publisher.

    Example:
        >>> found = group_by_publisher(["https://geo.tv/1", "https://www.thenews.com.pk/2", "https://dawn.com/3"])
        >>> [p.house for p in found.publishers], found.reports, found.at_most
        (['Jang Group', 'Dawn'], 3, 2)
    """
    houses: dict[str, list[tuple[Publisher, str]]] = {}
    for address in dict.fromkeys(addresses):
        p = find_publisher(address)
        houses.setdefault(p.house, []).append((p, address))
    publishers = tuple(
        PublisherReports(
            house,
            tuple(dict.fromkeys(p.name for p, _ in own)),
            tuple(dict.fromkeys(p.domain for p, _ in own)),
            own[0][0].kind,
            tuple(a for _, a in own),
        )
        for house, own in houses.items()
    )
    at_most = sum(p.kind != "reference" for p in publishers)
    return EventPublishers(publishers, sum(len(p.addresses) for p in publishers), at_most)
