"""What `detente events --id` says of the reports of an event."""

from dataclasses import replace

from detente.cli.events import describe_reports
from detente.events.event import ReportedDeaths
from support.worlds import make_event, nth_day


def test_event_without_addresses_ends_with_deaths() -> None:
    """Where no publisher is known, the line ends with the deaths."""
    event = make_event(nth_day(1), "PAK", "TTP", "ASSAULT", tolls=ReportedDeaths(2, 2, 2))
    assert describe_reports(replace(event, addresses=())) == "2 deaths reported"
    assert describe_reports(event) == "2 deaths reported; example.org"
