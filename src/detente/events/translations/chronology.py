"""The chronology's rows as events. Its types are PLOVER already; only shape and knowledge are added.

The chronology does not say when each report came out. News of a dated act is out on its last day or
the morning after, so an event counts as known on the last day on which it can have happened: a week's
or month's doubt delays it. A toll may have been corrected later; the row holds the corrected one.
"""

from typing import cast

from detente.core.date_range import DatePrecision, DateRange
from detente.core.place import GeoPrecision, Place
from detente.events.event import Event, ReportedDeaths
from detente.events.rejects import RejectedRow, TranslatedRelease, sort_events
from detente.sources.chronology_schema import ChronologyRow
from detente.sources.release import ParsedRelease


def translate_chronology(published: ParsedRelease[ChronologyRow]) -> TranslatedRelease:
    """Events of a chronology file; actors are raw names until a case resolves them."""
    release = published.release
    return TranslatedRelease(
        release=release,
        events=sort_events(_build_event(row, release.source, release.name) for row in published.rows),
        set_aside=tuple(RejectedRow(release.source, release.name, u.row, u.faults, u.raw) for u in published.unread),
    )


def _build_event(row: ChronologyRow, source: str, release: str) -> Event:
    span = DateRange(row.date_start, row.date_end, cast("DatePrecision", row.date_precision))
    return Event(
        id=row.event_id,
        source=source,
        release=release,
        row=row.row,
        known_on=span.latest,
        span=span,
        place=Place(
            country=row.country,
            province=row.admin1,
            name=row.place,
            latitude=row.latitude,
            longitude=row.longitude,
            precision=cast("GeoPrecision", row.geo_precision),
        ),
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
