"""Events with their channel as a file: Parquet, CSV, JSON or GeoJSON, unknown as null or an empty field."""

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from detente.events.table import SCHEMA

FORMS = ("csv", "parquet", "json", "geojson")
WITH_CHANNEL = SCHEMA.append(pa.field("channel", pa.string()))


def as_bytes(table: pa.Table, form: str, told: Mapping[str, str] | None = None) -> bytes:
    """A table of `WITH_CHANNEL` in a form.

    Args:
        form: of `FORMS`. told: licence, citation and the like. Parquet holds it as the table's metadata, GeoJSON as
            members of the collection; the other two have no place for it.

    Raises:
        KeyError: there is no such form.
    """
    return {"csv": _csv, "parquet": _parquet, "json": _json, "geojson": _geojson}[form](table, told or {})


def _parquet(table: pa.Table, told: Mapping[str, str]) -> bytes:
    out = pa.BufferOutputStream()
    pyarrow.parquet.write_table(table.replace_schema_metadata(dict(told) or None), out)
    return bytes(out.getvalue().to_pybytes())


def _csv(table: pa.Table, _told: Mapping[str, str]) -> bytes:
    # A CSV field holds no list: names are joined as the chronology joins them.
    for i, f in enumerate(table.schema):
        if pa.types.is_list(f.type):
            table = table.set_column(i, f.name, pc.binary_join(table.column(i), ";"))
    out = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table, out)
    return bytes(out.getvalue().to_pybytes())


def _json(table: pa.Table, _told: Mapping[str, str]) -> bytes:
    return (json.dumps(table.to_pylist(), ensure_ascii=False, indent=1, default=str) + "\n").encode()


def _geojson(table: pa.Table, told: Mapping[str, str]) -> bytes:
    """Points in longitude and latitude (RFC 7946). An event without a point has a null geometry, as the format allows;
    `geo_precision` says what a point stands for, and a province's or a country's is a stand-in for all of it."""
    features = [{"type": "Feature", "id": r["id"], "geometry": _point(r), "properties": r} for r in table.to_pylist()]
    collection = {"type": "FeatureCollection", **told, "features": features}
    return (json.dumps(collection, ensure_ascii=False, default=str) + "\n").encode()


def _point(record: dict[str, Any]) -> dict[str, Any] | None:
    lon, lat = record["longitude"], record["latitude"]
    return None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}
