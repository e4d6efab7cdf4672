"""Events with their channel as a file: Parquet, CSV, JSON or GeoJSON, unknown as null or an empty field.

A file is made in pieces, each from a block of events, so that a long record takes no more memory than a short one and its
beginning is there at once. Who stops before the last piece holds a file that cannot be read to its end, but for CSV, which has
no end to miss: `brief/render/files.py` therefore replaces files whole, and `web/rendering/streaming.py` breaks the connection.
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

from detente.events.arrow import SCHEMA, to_record
from detente.events.event import Event

EXPORT_FORMATS = ("csv", "parquet", "json", "geojson")
EXPORT_SCHEMA = SCHEMA.append(pa.field("channel", pa.string()))
EVENTS_PER_BLOCK = 500  # events; about 0.3 MB as CSV and 0.65 MB as GeoJSON
EVENTS_PER_ROW_GROUP = 20_000  # events in a row group of a Parquet file, which is held in memory until it is full

EventWithChannel = tuple[Event, str | None]
"""An event and its channel, None where it is in none."""

ByteStream = Generator[bytes, None, None]


def export_events(events: Iterable[EventWithChannel], form: str, told: Mapping[str, str] | None = None) -> ByteStream:
    """A file of events, piece by piece; joined they are the file. A piece may be empty.

    Args:
        events: in the order of the file; taken one block at a time, as pieces are asked for.
        form: of `FORMS`. told: licence, citation and the like. Parquet holds it as the table's metadata, GeoJSON as
            members of the collection; the other two have no place for it.

    Raises:
        KeyError: there is no such form.
        ValueError: with a piece: JSON has no word for a number, such as NaN; nothing is written in its stead.

    Example:
        >>> b"".join(export_events([], "json")), b"".join(export_events([], "geojson", {"licence": "CC BY 4.0"}))
        (b'[]\\n', b'{"type": "FeatureCollection", "licence": "CC BY 4.0", "features": []}\\n')
    """
    return {"csv": _export_csv, "parquet": _export_parquet, "json": _export_json, "geojson": _export_geojson}[form](
        events, told or {}
    )


def iterate_records(events: Iterable[EventWithChannel]) -> Iterator[dict[str, Any]]:
    """Events as plain values under the names of `WITH_CHANNEL`; unknown is None.

    Use one before you take the next where you can: beside a large record, a thousand of them at once make Python look
    through all of its memory again and again, which takes longer than writing them.
    """
    return (to_record(e) | {"channel": channel} for e, channel in events)


def export_json_list(
    events: Iterable[EventWithChannel], depth: int = 0, indent: int = 1, before: str = "", after: str = ""
) -> ByteStream:
    """The list of events, piece by piece, as `json.dumps` with this indent writes it.

    Args:
        depth: in how many lists and objects it stands. before, after: what stands around it.
    """
    margin, opened = "\n" + " " * indent * depth, f"{before}["
    for block in _iterate_blocks(events):
        text = ",".join(_encode_json([r], indent=indent)[1:-2] for r in iterate_records(block))
        # Line ends within texts are written as \n, so each of these is one of the layout.
        yield (opened + text.replace("\n", margin)).encode()
        opened = ","
    yield (f"{margin}]{after}" if opened == "," else f"{opened}]{after}").encode()


def _iterate_blocks(events: Iterable[EventWithChannel]) -> Iterator[list[EventWithChannel]]:
    left = iter(events)
    while block := list(islice(left, EVENTS_PER_BLOCK)):
        yield block


def _build_table(block: Iterable[EventWithChannel]) -> pa.Table:
    return pa.Table.from_pylist(list(iterate_records(block)), schema=EXPORT_SCHEMA)


def _export_csv(events: Iterable[EventWithChannel], _told: Mapping[str, str]) -> ByteStream:
    header = True
    for block in _iterate_blocks(events):
        yield _format_csv(_build_table(block), header)
        header = False
    if header:
        yield _format_csv(_build_table([]), header)


def _format_csv(table: pa.Table, header: bool) -> bytes:
    # A CSV field holds no list: names are joined as the chronology joins them.
    for i, f in enumerate(table.schema):
        if pa.types.is_list(f.type):
            table = table.set_column(i, f.name, pc.binary_join(table.column(i), ";"))
    out = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table, out, pyarrow.csv.WriteOptions(include_header=header))
    return bytes(out.getvalue().to_pybytes())


def _export_json(events: Iterable[EventWithChannel], _told: Mapping[str, str]) -> ByteStream:
    return export_json_list(events, after="\n")


def _export_geojson(events: Iterable[EventWithChannel], told: Mapping[str, str]) -> ByteStream:
    """Points in longitude and latitude (RFC 7946). An event without a point has a null geometry, as the format allows;
    `geo_precision` says what a point stands for, and a province's or a country's is a stand-in for all of it."""

    opened = _encode_json({"type": "FeatureCollection", **told, "features": []}).removesuffix("]}")
    for block in _iterate_blocks(events):
        features = (
            _encode_json({"type": "Feature", "id": r["id"], "geometry": _geojson_point(r), "properties": r})
            for r in iterate_records(block)
        )
        yield (opened + ", ".join(features)).encode()
        opened = ", "
    yield f"{opened.removesuffix(', ')}]}}\n".encode()


def _encode_json(x: Any, indent: int | None = None) -> str:
    return json.dumps(x, ensure_ascii=False, allow_nan=False, indent=indent, default=str)


def _geojson_point(record: dict[str, Any]) -> dict[str, Any] | None:
    lon, lat = record["longitude"], record["latitude"]
    return None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}


def _export_parquet(events: Iterable[EventWithChannel], told: Mapping[str, str]) -> ByteStream:
    schema = EXPORT_SCHEMA.with_metadata(dict(told)) if told else EXPORT_SCHEMA
    sink, group = _Sink(), [_build_table([])]
    with pyarrow.parquet.ParquetWriter(sink, schema) as writer:
        for block in _iterate_blocks(events):
            if sum(map(len, group)) == EVENTS_PER_ROW_GROUP:
                writer.write_table(pa.concat_tables(group).combine_chunks())
                group = []
            group.append(_build_table(block))
            # Often nothing yet: but whoever asked may stop here, and need not wait for the whole group.
            yield sink.drain()
        writer.write_table(pa.concat_tables(group).combine_chunks())
    yield sink.drain()


class _Sink(io.RawIOBase):
    """A file that only grows, and forgets what was taken out of it."""

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
        """What was written since the last time."""
        out = b"".join(self.parts)
        self.parts.clear()
        return out
