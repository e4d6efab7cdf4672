"""Files of events made whole, in one go and with none of the code that makes them in pieces."""

import io
import json
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from detente.events.arrow import to_record, to_table
from detente.events.event import Event

LINKS = ("responds_to", "relation", "basis", "answered_by")


def export_whole(
    listed: Sequence[tuple[Event, str | None]], form: str, told: Mapping[str, str],
    linked: Mapping[str, Mapping[str, list[str]]] | None = None,
) -> bytes:  # fmt: skip
    """The file's bytes; `told` is its licence, citation and the like, `linked` the stated links by event id."""
    events, channels = [e for e, _ in listed], [c for _, c in listed]
    # Without stated links the columns are null, which is not the same as an empty list.
    links = [{k: linked.get(e.id, {}).get(k, []) for k in LINKS} if linked else dict.fromkeys(LINKS) for e in events]
    records = [to_record(e) | {"channel": c} | k for (e, c), k in zip(listed, links, strict=True)]
    if form == "json":
        return (json.dumps(records, ensure_ascii=False, indent=1, default=str) + "\n").encode()
    if form == "geojson":
        features = [
            {
                "type": "Feature",
                "id": e.id,
                "geometry": e.place.point and {"type": "Point", "coordinates": e.place.point[::-1]},
                "properties": r,
            }
            for e, r in zip(events, records, strict=True)
        ]
        collection = {"type": "FeatureCollection", **told, "features": features}
        return (json.dumps(collection, ensure_ascii=False, default=str) + "\n").encode()
    table = to_table(events).append_column("channel", pa.array(channels, pa.string()))
    for name in LINKS:
        table = table.append_column(name, pa.array([k[name] for k in links], pa.list_(pa.string())))
    out = io.BytesIO()
    if form == "parquet":
        pyarrow.parquet.write_table(table.replace_schema_metadata(dict(told) or None), out)
    else:
        flat = {
            name: [";".join(x) if isinstance(x, list) else x for x in values]
            for name, values in table.to_pydict().items()
        }
        kinds = [(f.name, pa.string() if pa.types.is_list(f.type) else f.type) for f in table.schema]
        pyarrow.csv.write_csv(pa.table(flat, schema=pa.schema(kinds)), out)
    return out.getvalue()
