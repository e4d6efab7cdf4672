"""Translation of chronology rows into events. Their types are PLOVER types already.

The chronology has no publication dates. News of an act appears on its last day or the morning after,
so an event counts as known on the last day on which it may have happened. Deaths may have been
corrected later; the row has the corrected number.
"""

from typing import cast

from detente.core.date_range import DatePrecision, DateRange
from detente.core.place import GeoPrecision, Place
from detente.events.event import Event, ReportedDeaths
from detente.events.rejects import RejectedRow, TranslatedRelease, sort_events
from detente.sources.chronology_schema import ChronologyRow
from detente.sources.release import ParsedRelease


def translate_chronology(published: ParsedRelease[ChronologyRow]) -> TranslatedRelease:
    """Translate a chronology file; actors are raw names until a case resolves them."""
    release = published.release
    return TranslatedRelease(
        release=release,
        events=sort_events(build_event(row, release.source, release.name) for row in published.rows),
        set_aside=tuple(RejectedRow(release.source, release.name, u.row, u.faults, u.raw) for u in published.unread),
    )


def build_event(row: ChronologyRow, source: str, release: str) -> Event:
    """Build the event of one row; its actors are raw names."""
    span = DateRange(row.date_start, row.date_end, cast("DatePrecision", row.date_precision))
    precision = cast("GeoPrecision", row.geo_precision)
    return Event(
        id=row.event_id,
        source=source,
        release=release,
        row=row.row,
        known_on=span.latest,
        span=span,
        place=Place(row.country, row.admin1, row.place, row.latitude, row.longitude, precision),
        raw_initiators=row.initiator,
        raw_recipients=row.target,
        initiators=(),
        recipients=(),
        type=row.event_type,
        mode=row.mode,
        context=row.context,
        tolls=ReportedDeaths(row.deaths_low, row.deaths_best, row.deaths_high, row.civilian_deaths),
        disputed=row.disputed,
        confidence=row.confidence,
        addresses=row.sources,
        summary=row.summary,
    )
