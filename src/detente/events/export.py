"""Export of events with their channel as Parquet, CSV, JSON or GeoJSON; unknown is null or an empty field.

Files are generated in chunks, one per block of events, so memory does not grow with their length. A truncated file is
unreadable, except CSV, which has no end mark: `core/atomic_write.py` therefore replaces files whole, and
`web/rendering/streaming.py` aborts the connection after an error.
"""

import io
import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from detente.core.formula_guard import guard_table
from detente.events.arrow import SCHEMA, to_record
from detente.events.event import Event

EXPORT_FORMATS = ("csv", "parquet", "json", "geojson")
# Stated links, as parallel lists: the trigger's id or outside:KIND, its relation and its basis; and the events that
# answer this one. Null where the source has no links, which says nothing about what answers what; else a list.
LINK_COLUMNS = ("responds_to", "relation", "basis", "answered_by")
EXPORT_SCHEMA = pa.schema(
    [*SCHEMA, pa.field("channel", pa.string()), *(pa.field(c, pa.list_(pa.string())) for c in LINK_COLUMNS)]
)
EVENTS_PER_BLOCK = 500  # about 0.3 MB as CSV and 0.65 MB as GeoJSON
EVENTS_PER_ROW_GROUP = 20_000  # a Parquet row group is held in memory until it is full

EventWithChannel = tuple[Event, str | None]  # the channel is None if the event has none
EventLinks = Mapping[str, Mapping[str, list[str]]]  # an event's id to its values of `LINK_COLUMNS`
ByteStream = Generator[bytes, None, None]


def export_events(
    events: Iterable[EventWithChannel], form: str, metadata: Mapping[str, str] | None = None, *,
    links: EventLinks | None = None, guard: bool = False,
) -> ByteStream:  # fmt: skip
    """Generate a file of events in chunks, some of which may be empty.

    Args:
        events: in the order of the file; read one block at a time, as chunks are requested.
        form: one of `EXPORT_FORMATS`.
        metadata: licence, citation and so on. Parquet stores it as table metadata, GeoJSON as members of the
            collection; CSV and JSON have no place for it.
        links: the stated links of each event that has some; None where the source has none.
        guard: in CSV, put an apostrophe before texts that a spreadsheet would run as formulas.

    Raises:
        KeyError: unknown format. ValueError, during iteration: JSON cannot represent a number, such as NaN.

    Example:
        >>> b"".join(export_events([], "json")), b"".join(export_events([], "geojson", {"licence": "CC BY 4.0"}))
        (b'[]\\n', b'{"type": "FeatureCollection", "licence": "CC BY 4.0", "features": []}\\n')
    """
    if form == "csv":
        return _export_csv(events, links, guard)
    return {"parquet": _export_parquet, "json": _export_json, "geojson": _export_geojson}[form](
        events, metadata or {}, links
    )


def iterate_records(
    events: Iterable[EventWithChannel], links: EventLinks | None = None
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield events as plain values by the names of `EXPORT_SCHEMA`; unknown is None.

    Process them one at a time where possible: a thousand at once trigger repeated full garbage collections, which take
    longer than writing them.
    """
    return (to_record(e) | {"channel": channel} | _link_values(e.id, links) for e, channel in events)


def _link_values(key: str, links: EventLinks | None) -> dict[str, list[str] | None]:
    if links is None:
        return dict.fromkeys(LINK_COLUMNS)
    own = links.get(key, {})
    return {c: list(own.get(c, ())) for c in LINK_COLUMNS}


def export_json_list(
    events: Iterable[EventWithChannel], depth: int = 0, indent: int = 1, before: str = "", after: str = "", *,
    links: EventLinks | None = None,
) -> ByteStream:  # fmt: skip
    """Generate the JSON list of events in chunks, as `json.dumps` with this indent writes it.

    Args:
        depth: number of enclosing lists and objects. before, after: text around the list.
    """
    margin, opened = "\n" + " " * indent * depth, f"{before}["
    for block in _iterate_blocks(events):
        text = ",".join(_encode_json([r], indent=indent)[1:-2] for r in iterate_records(block, links))
        # JSON escapes line ends inside strings, so every real one belongs to the layout.
        yield (opened + text.replace("\n", margin)).encode()
        opened = ","
    yield (f"{margin}]{after}" if opened == "," else f"{opened}]{after}").encode()


def _iterate_blocks(events: Iterable[EventWithChannel]) -> Iterator[list[EventWithChannel]]:
    remaining = iter(events)
    while block := list(islice(remaining, EVENTS_PER_BLOCK)):
        yield block


def _build_table(block: Iterable[EventWithChannel], links: EventLinks | None = None) -> pa.Table:
    return pa.Table.from_pylist(list(iterate_records(block, links)), schema=EXPORT_SCHEMA)


def _export_csv(events: Iterable[EventWithChannel], links: EventLinks | None, guard: bool) -> ByteStream:
    header = True
    for block in _iterate_blocks(events):
        yield _format_csv(_build_table(block, links), header, guard)
        header = False
    if header:
        yield _format_csv(_build_table([]), header, guard)


def _format_csv(table: pa.Table, header: bool, guard: bool) -> bytes:
    # A CSV field cannot contain a list, so names are joined by semicolons, as in the chronology.
    for i, f in enumerate(table.schema):
        if pa.types.is_list(f.type):
            table = table.set_column(i, f.name, pc.binary_join(table.column(i), ";"))
    table = guard_table(table) if guard else table
    out = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table, out, pyarrow.csv.WriteOptions(include_header=header))
    return bytes(out.getvalue().to_pybytes())


def _export_json(
    events: Iterable[EventWithChannel], _metadata: Mapping[str, str], links: EventLinks | None
) -> ByteStream:  # fmt: skip
    return export_json_list(events, after="\n", links=links)


def _export_geojson(
    events: Iterable[EventWithChannel], metadata: Mapping[str, str], links: EventLinks | None
) -> ByteStream:  # fmt: skip
    """Points in longitude and latitude (RFC 7946); an event without a point has a null geometry.
    `geo_precision` states the area that a point represents."""
    opened = _encode_json({"type": "FeatureCollection", **metadata, "features": []}).removesuffix("]}")
    for block in _iterate_blocks(events):
        features = (
            _encode_json({"type": "Feature", "id": r["id"], "geometry": _geojson_point(r), "properties": r})
            for r in iterate_records(block, links)
        )
        yield (opened + ", ".join(features)).encode()
        opened = ", "
    yield f"{opened.removesuffix(', ')}]}}\n".encode()


def _encode_json(x: Any, indent: int | None = None) -> str:
    return json.dumps(x, ensure_ascii=False, allow_nan=False, indent=indent, default=str)


def _geojson_point(record: dict[str, Any]) -> dict[str, Any] | None:
    lon, lat = record["longitude"], record["latitude"]
    return None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}


def _export_parquet(
    events: Iterable[EventWithChannel], metadata: Mapping[str, str], links: EventLinks | None
) -> ByteStream:  # fmt: skip
    schema = EXPORT_SCHEMA.with_metadata(dict(metadata)) if metadata else EXPORT_SCHEMA
    sink, group = _Sink(), [_build_table([])]
    with pyarrow.parquet.ParquetWriter(sink, schema) as writer:
        for block in _iterate_blocks(events):
            if sum(map(len, group)) == EVENTS_PER_ROW_GROUP:
                writer.write_table(pa.concat_tables(group).combine_chunks())
                group = []
            group.append(_build_table(block, links))
            # Often empty, but the caller can stop here without waiting for the whole row group.
            yield sink.drain()
        writer.write_table(pa.concat_tables(group).combine_chunks())
    yield sink.drain()


class _Sink(io.RawIOBase):
    """Append-only file that releases its bytes once they are read."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.length = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.length

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        self.length += len(self.parts[-1])
        return len(self.parts[-1])

    def drain(self) -> bytes:
        """Return the bytes written since the last call."""
        out = b"".join(self.parts)
        self.parts.clear()
        return out
