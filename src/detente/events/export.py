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

from detente.events.arrow import SCHEMA, as_record
from detente.events.event import Event

FORMS = ("csv", "parquet", "json", "geojson")
WITH_CHANNEL = SCHEMA.append(pa.field("channel", pa.string()))
BLOCK = 500  # events; about 0.3 MB as CSV and 0.65 MB as GeoJSON
GROUP = 20_000  # events in a row group of a Parquet file, which is held in memory until it is full

Listed = tuple[Event, str | None]
"""An event and its channel, None where it is in none."""

Pieces = Generator[bytes, None, None]


def pieces(events: Iterable[Listed], form: str, told: Mapping[str, str] | None = None) -> Pieces:
    """A file of events, piece by piece; joined they are the file. A piece may be empty.

    Args:
        events: in the order of the file; taken one block at a time, as pieces are asked for.
        form: of `FORMS`. told: licence, citation and the like. Parquet holds it as the table's metadata, GeoJSON as
            members of the collection; the other two have no place for it.

    Raises:
        KeyError: there is no such form.
        ValueError: with a piece: JSON has no word for a number, such as NaN; nothing is written in its stead.

    Example:
        >>> b"".join(pieces([], "json")), b"".join(pieces([], "geojson", {"licence": "CC BY 4.0"}))
        (b'[]\\n', b'{"type": "FeatureCollection", "licence": "CC BY 4.0", "features": []}\\n')
    """
    return {"csv": _csv, "parquet": _parquet, "json": _json, "geojson": _geojson}[form](events, told or {})


def records(events: Iterable[Listed]) -> Iterator[dict[str, Any]]:
    """Events as plain values under the names of `WITH_CHANNEL`; unknown is None.

    Use one before you take the next where you can: beside a large record, a thousand of them at once make Python look
    through all of its memory again and again, which takes longer than writing them.
    """
    return (as_record(e) | {"channel": channel} for e, channel in events)


def json_list(events: Iterable[Listed], depth: int = 0, indent: int = 1, before: str = "", after: str = "") -> Pieces:
    """The list of events, piece by piece, as `json.dumps` with this indent writes it.

    Args:
        depth: in how many lists and objects it stands. before, after: what stands around it.
    """
    margin, opened = "\n" + " " * indent * depth, f"{before}["
    for block in _blocks(events):
        text = ",".join(_encoded([r], indent=indent)[1:-2] for r in records(block))
        # Line ends within texts are written as \n, so each of these is one of the layout.
        yield (opened + text.replace("\n", margin)).encode()
        opened = ","
    yield (f"{margin}]{after}" if opened == "," else f"{opened}]{after}").encode()


def _blocks(events: Iterable[Listed]) -> Iterator[list[Listed]]:
    left = iter(events)
    while block := list(islice(left, BLOCK)):
        yield block


def _table(block: Iterable[Listed]) -> pa.Table:
    return pa.Table.from_pylist(list(records(block)), schema=WITH_CHANNEL)


def _csv(events: Iterable[Listed], _told: Mapping[str, str]) -> Pieces:
    header = True
    for block in _blocks(events):
        yield _sheet(_table(block), header)
        header = False
    if header:
        yield _sheet(_table([]), header)


def _sheet(table: pa.Table, header: bool) -> bytes:
    # A CSV field holds no list: names are joined as the chronology joins them.
    for i, f in enumerate(table.schema):
        if pa.types.is_list(f.type):
            table = table.set_column(i, f.name, pc.binary_join(table.column(i), ";"))
    out = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table, out, pyarrow.csv.WriteOptions(include_header=header))
    return bytes(out.getvalue().to_pybytes())


def _json(events: Iterable[Listed], _told: Mapping[str, str]) -> Pieces:
    return json_list(events, after="\n")


def _geojson(events: Iterable[Listed], told: Mapping[str, str]) -> Pieces:
    """Points in longitude and latitude (RFC 7946). An event without a point has a null geometry, as the format allows;
    `geo_precision` says what a point stands for, and a province's or a country's is a stand-in for all of it."""

    opened = _encoded({"type": "FeatureCollection", **told, "features": []}).removesuffix("]}")
    for block in _blocks(events):
        features = (
            _encoded({"type": "Feature", "id": r["id"], "geometry": _point(r), "properties": r}) for r in records(block)
        )
        yield (opened + ", ".join(features)).encode()
        opened = ", "
    yield f"{opened.removesuffix(', ')}]}}\n".encode()


def _encoded(x: Any, indent: int | None = None) -> str:
    return json.dumps(x, ensure_ascii=False, allow_nan=False, indent=indent, default=str)


def _point(record: dict[str, Any]) -> dict[str, Any] | None:
    lon, lat = record["longitude"], record["latitude"]
    return None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}


def _parquet(events: Iterable[Listed], told: Mapping[str, str]) -> Pieces:
    schema = WITH_CHANNEL.with_metadata(dict(told)) if told else WITH_CHANNEL
    sink, group = _Sink(), [_table([])]
    with pyarrow.parquet.ParquetWriter(sink, schema) as writer:
        for block in _blocks(events):
            if sum(map(len, group)) == GROUP:
                writer.write_table(pa.concat_tables(group).combine_chunks())
                group = []
            group.append(_table(block))
            # Often nothing yet: but whoever asked may stop here, and need not wait for the whole group.
            yield sink.taken()
        writer.write_table(pa.concat_tables(group).combine_chunks())
    yield sink.taken()


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

    def taken(self) -> bytes:
        """What was written since the last time."""
        out = b"".join(self.parts)
        self.parts.clear()
        return out
