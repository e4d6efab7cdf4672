"""Events as an Arrow table: one row an event, unknown as null, lists as lists. There and back unchanged."""

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from detente.core.date_range import DateRange
from detente.core.place import Place
from detente.events.event import Event, ReportedDeaths

SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("release", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("known_on", pa.date32(), nullable=False),
        pa.field("first", pa.date32(), nullable=False),
        pa.field("last", pa.date32(), nullable=False),
        pa.field("date_precision", pa.string(), nullable=False),
        pa.field("country", pa.string()),
        pa.field("province", pa.string()),
        pa.field("place", pa.string()),
        pa.field("latitude", pa.float64()),
        pa.field("longitude", pa.float64()),
        pa.field("geo_precision", pa.string(), nullable=False),
        pa.field("raw_initiators", pa.list_(pa.string()), nullable=False),
        pa.field("raw_recipients", pa.list_(pa.string()), nullable=False),
        pa.field("initiators", pa.list_(pa.string()), nullable=False),
        pa.field("recipients", pa.list_(pa.string()), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("quad", pa.string(), nullable=False),
        pa.field("mode", pa.string()),
        pa.field("context", pa.string()),
        pa.field("deaths_low", pa.int64()),
        pa.field("deaths_best", pa.int64()),
        pa.field("deaths_high", pa.int64()),
        pa.field("civilian_deaths", pa.int64()),
        pa.field("disputed", pa.bool_(), nullable=False),
        pa.field("confidence", pa.string()),
        pa.field("addresses", pa.list_(pa.string()), nullable=False),
        pa.field("summary", pa.string(), nullable=False),
        pa.field("intensity", pa.float64()),
        pa.field("initiator_codes", pa.list_(pa.string())),
        pa.field("recipient_codes", pa.list_(pa.string())),
        pa.field("provisional", pa.bool_()),
        pa.field("reports", pa.int64()),
        pa.field("doubts", pa.list_(pa.string())),
    ]
)


def to_record(event: Event) -> dict[str, Any]:
    """One event as plain values under the schema's names; unknown is None."""
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
    }


def to_table(events: Iterable[Event]) -> pa.Table:
    """Events as a table of `SCHEMA`."""
    return pa.Table.from_pylist([to_record(e) for e in events], schema=SCHEMA)


def from_table(table: pa.Table) -> tuple[Event, ...]:
    """The events of a table made by `to_table`, equal to those it was made from."""
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
            country=r["country"] or "",
            province=r["province"] or "",
            name=r["place"] or "",
            latitude=r["latitude"],
            longitude=r["longitude"],
            precision=r["geo_precision"],
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
    )
