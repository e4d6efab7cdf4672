"""Reports by other sources in a store on the events that a text names."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from detente.brief.document import MatchedReport, OtherSourceReports
from detente.claims.checks.external_replication import format_source_name
from detente.core.date_range import format_date_range
from detente.events.event import Event
from detente.events.matching.discrepancies import Discrepancy, find_discrepancies
from detente.events.matching.linkage import compared_reports, format_death_range, probable_links, report_id

if TYPE_CHECKING:
    from detente.cases.matched_reports import MatchedReports


def find_other_reports(events: Iterable[Event], matched: "MatchedReports") -> dict[str, OtherSourceReports]:
    """Return other sources' reports by event id: matches accepted by a person, probable ones and probable parts."""
    out = {}
    for e in events:
        pairs = [
            (link, link.b if report_id(link.a) == report_id(e) else link.a) for link in probable_links(matched.links, e)
        ]
        if pairs:
            reports = tuple(
                MatchedReport(report_id(o), link.standing, link.score, format_date_range(o.span), f"{format_death_range(o.tolls.range)} deaths" if o.tolls.range else "no figure of deaths")
                for link, o in pairs
            )  # fmt: skip
            out[e.id] = OtherSourceReports(
                reports,
                tuple(_format_discrepancy(d) for d in find_discrepancies(e, compared_reports(matched.links, e))),
            )
    return out


def _format_discrepancy(d: Discrepancy) -> str:
    what = {"deaths": "deaths", "initiator": "who began", "day": "the day", "place": "the place"}[d.what]
    return f"on {what}: " + "; ".join(f"{_format_report_name(k)} says {v}" for k, v in d.said.items())


def _format_report_name(key: str) -> str:
    source, _, name = key.partition(":")
    return f"{format_source_name(source)} {name}"
