"""Lossless conversion between events and Arrow tables: one row per event, unknown is null."""

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from detente.core.date_range import DateRange
from detente.core.place import Place
from detente.events.event import Event, ReportedDeaths

_NULLABLE = frozenset(
    "country province place latitude longitude mode context deaths_low deaths_best deaths_high civilian_deaths confidence "
    "intensity initiator_codes recipient_codes provisional reports doubts first_report".split()
)
_NAMES = pa.list_(pa.string())
SCHEMA = pa.schema(
    [
        pa.field(name, kind, nullable=name in _NULLABLE)
        for kind, names in (
            (pa.string(), "id source release"), (pa.int64(), "row"), (pa.date32(), "known_on first last"),
            (pa.string(), "date_precision country province place"), (pa.float64(), "latitude longitude"),
            (pa.string(), "geo_precision"), (_NAMES, "raw_initiators raw_recipients initiators recipients"),
            (pa.string(), "type quad mode context"), (pa.int64(), "deaths_low deaths_best deaths_high civilian_deaths"),
            (pa.bool_(), "disputed"), (pa.string(), "confidence"), (_NAMES, "addresses"), (pa.string(), "summary"),
            (pa.float64(), "intensity"), (_NAMES, "initiator_codes recipient_codes"), (pa.bool_(), "provisional"),
            (pa.int64(), "reports"), (_NAMES, "doubts"), (pa.string(), "first_report"),
        )
        for name in names.split()
    ]
)  # fmt: skip


def to_record(event: Event) -> dict[str, Any]:
    """Convert one event to plain values by the schema's names; unknown is None."""
    return {
        "id": event.id,
        "source": event.source,
        "release": event.release,
        "row": event.row,
        "known_on": event.known_on,
        "first": event.span.first,
        "last": event.span.last,
        "date_precision": event.span.precision,
        "country": event.place.country or None,
        "province": event.place.province or None,
        "place": event.place.name or None,
        "latitude": event.place.latitude,
        "longitude": event.place.longitude,
        "geo_precision": event.place.precision,
        "raw_initiators": list(event.raw_initiators),
        "raw_recipients": list(event.raw_recipients),
        "initiators": list(event.initiators),
        "recipients": list(event.recipients),
        "type": event.type,
        "quad": event.quad,
        "mode": event.mode or None,
        "context": event.context or None,
        "deaths_low": event.tolls.low,
        "deaths_best": event.tolls.best,
        "deaths_high": event.tolls.high,
        "civilian_deaths": event.tolls.civilian,
        "disputed": event.disputed,
        "confidence": event.confidence or None,
        "addresses": list(event.addresses),
        "summary": event.summary,
        "intensity": event.intensity,
        "initiator_codes": list(event.initiator_codes) or None,
        "recipient_codes": list(event.recipient_codes) or None,
        "provisional": event.provisional,
        "reports": event.reports,
        "doubts": list(event.doubts) or None,
        "first_report": event.first_report or None,
    }


def to_table(events: Iterable[Event]) -> pa.Table:
    """Convert events to a table of `SCHEMA`."""
    return pa.Table.from_pylist([to_record(e) for e in events], schema=SCHEMA)


def from_table(table: pa.Table) -> tuple[Event, ...]:
    """Convert a table of `SCHEMA` back to events."""
    return tuple(_from_record(r) for r in table.to_pylist())


def _to_tuple(value: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(value or ())


def _from_record(r: dict[str, Any]) -> Event:
    return Event(
        id=r["id"],
        source=r["source"],
        release=r["release"],
        row=r["row"],
        known_on=r["known_on"],
        span=DateRange(r["first"], r["last"], r["date_precision"]),
        place=Place(
            r["country"] or "", r["province"] or "", r["place"] or "", r["latitude"], r["longitude"], r["geo_precision"]
        ),
        raw_initiators=_to_tuple(r["raw_initiators"]),
        raw_recipients=_to_tuple(r["raw_recipients"]),
        initiators=_to_tuple(r["initiators"]),
        recipients=_to_tuple(r["recipients"]),
        type=r["type"],
        mode=r["mode"] or "",
        context=r["context"] or "",
        tolls=ReportedDeaths(r["deaths_low"], r["deaths_best"], r["deaths_high"], r["civilian_deaths"]),
        disputed=r["disputed"],
        confidence=r["confidence"] or "",
        addresses=_to_tuple(r["addresses"]),
        summary=r["summary"],
        intensity=r.get("intensity"),
        initiator_codes=_to_tuple(r.get("initiator_codes")),
        recipient_codes=_to_tuple(r.get("recipient_codes")),
        provisional=r.get("provisional"),
        reports=r.get("reports"),
        doubts=_to_tuple(r.get("doubts")),
        first_report=r.get("first_report") or "",
    )
