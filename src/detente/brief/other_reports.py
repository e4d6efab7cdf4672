"""What other sources of a store say of the events that a text names."""

from collections.abc import Iterable

from detente.brief.document import MatchedReport, OtherSourceReports
from detente.cases.matched_reports import MatchedReports
from detente.claims.checks.external_replication import format_source_name
from detente.core.date_range import format_date_range
from detente.events.event import Event
from detente.events.matching.discrepancies import Discrepancy, find_discrepancies
from detente.events.matching.linkage import format_death_range, probable_links, report_id


def find_other_reports(events: Iterable[Event], found: MatchedReports) -> dict[str, OtherSourceReports]:
    """By event id, of those that another source tells too: reports that a person accepted or the score calls likely."""
    out = {}
    for e in events:
        pairs = [(n, n.b if report_id(n.a) == report_id(e) else n.a) for n in probable_links(found.links, e)]
        if pairs:
            told = tuple(
                MatchedReport(report_id(o), n.standing, n.score, format_date_range(o.span), f"{format_death_range(o.tolls.range)} deaths" if o.tolls.range else "no figure of deaths")
                for n, o in pairs
            )  # fmt: skip
            out[e.id] = OtherSourceReports(
                told, tuple(_format_discrepancy(d) for d in find_discrepancies(e, [o for _, o in pairs]))
            )
    return out


def _format_discrepancy(d: Discrepancy) -> str:
    what = {"deaths": "deaths", "initiator": "who began", "day": "the day", "place": "the place"}[d.what]
    return f"on {what}: " + "; ".join(f"{_format_report_name(k)} says {v}" for k, v in d.said.items())


def _format_report_name(key: str) -> str:
    source, _, name = key.partition(":")
    return f"{format_source_name(source)} {name}"
