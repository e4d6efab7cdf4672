"""Layout of a store on disk: one Delta Lake table, partitioned by source, release and part.

A release has three parts: its `events`, the rejected rows (`set_aside`), and one row of `account` with the counts
that reconcile both with the rows read. Delta Lake cannot commit to two tables at once, so all three parts are in one
table and change in one commit.

The name of a data file contains the SHA-256 of its bytes, so `verify` can detect altered files.
"""

import pyarrow as pa

from detente.events.arrow import SCHEMA
from detente.events.row_account import REJECTS_SCHEMA
from detente.store.errors import IncompatibleColumns

# Increase it when older versions of détente can no longer read what this one writes.
FORMAT_VERSION = 1
PARTITION_COLUMNS = ("source", "release", "part")
PARTS = ("events", "set_aside", "account")
# All other columns are the reader's choice.
REQUIRED_COLUMNS = ("id", "source", "release", "known_on", "first")

_REJECTS_TYPE = pa.struct([f for f in REJECTS_SCHEMA if f.name not in PARTITION_COLUMNS])
_ACCOUNT_TYPE = pa.struct(
    {"known_on": pa.date32(), "sha256": pa.string()}
    | dict.fromkeys(("rows", "events", "merged", "set_aside"), pa.int64())
    | {"first": pa.date32(), "last": pa.date32(), "added": pa.timestamp("us", tz="UTC"), "detente": pa.string()}
)
PART_SCHEMA = {
    "set_aside": pa.schema([pa.field("set_aside", _REJECTS_TYPE)]),
    "account": pa.schema([pa.field("account", _ACCOUNT_TYPE)]),
}


def stored_type(kind: pa.DataType) -> pa.DataType:
    """Return the type in which a column is stored: Delta Lake lacks unsigned integers, dictionaries and large strings.

    Example:
        >>> stored_type(pa.dictionary(pa.int8(), pa.large_string())), stored_type(pa.uint32())
        (DataType(string), DataType(int64))
    """
    t = pa.types
    if t.is_dictionary(kind):
        return stored_type(kind.value_type)
    if t.is_large_string(kind) or t.is_string_view(kind):
        return pa.string()
    if t.is_integer(kind) and not t.is_uint64(kind):
        return pa.int64()
    if t.is_date(kind):
        return pa.date32()
    if t.is_timestamp(kind):
        return pa.timestamp("us", tz="UTC" if kind.tz else None)
    if t.is_list(kind) or t.is_large_list(kind):
        return pa.list_(pa.field("element", stored_type(kind.value_type)))
    return kind


def stored_schema(schema: pa.Schema) -> pa.Schema:
    """Return a reader's columns as an `events` file stores them: no partition columns, all nullable."""
    return pa.schema([pa.field(f.name, stored_type(f.type)) for f in schema if f.name not in PARTITION_COLUMNS])


def table_schema(events: pa.Schema) -> pa.Schema:
    """Return the table's columns: the partition, those of events, and one column for each other part."""
    partition = [pa.field(name, pa.string(), nullable=False) for name in PARTITION_COLUMNS]
    others = [field for schema in PART_SCHEMA.values() for field in schema]
    return pa.schema([*partition, *events, *others])


def initial_schema() -> pa.Schema:
    """Return the columns of a new store."""
    return table_schema(stored_schema(SCHEMA))


def check_columns(release: str, schema: pa.Schema) -> None:
    """Check that a release has the required columns and uses no reserved name.

    Raises:
        IncompatibleColumns: names the first unsuitable column and the reason.
    """
    for name in REQUIRED_COLUMNS:
        if name not in schema.names:
            raise IncompatibleColumns(release, name, "missing", f"it in every release ({', '.join(REQUIRED_COLUMNS)})")
    for name in (*PART_SCHEMA, "part"):
        if name in schema.names:
            raise IncompatibleColumns(release, name, "a name that the store keeps for itself", "another name")
    source, _, name = release.partition("/")
    for column, value in (("source", source), ("release", name)):
        if not value:
            raise IncompatibleColumns(release, column, "empty", "a name for it")
    for name, kind in (("known_on", pa.date32()), ("first", pa.date32()), ("id", pa.string())):
        if stored_type(schema.field(name).type) != kind:
            raise IncompatibleColumns(release, name, str(schema.field(name).type), str(kind))


def escape_partition_value(name: str) -> str:
    """Return a partition value as a Hive folder name, which every engine can decode.

    Example:
        >>> escape_partition_value("GED 25.1/é")
        'GED%2025.1%2F%C3%A9'
    """
    plain = (c if c.isascii() and (c.isalnum() or c in "._-") else None for c in name)
    return "".join(p or "".join(f"%{b:02X}" for b in c.encode()) for p, c in zip(plain, name, strict=True))


def partition_folder(source: str, release: str, part: str) -> str:
    """Return the folder of one part of a release, relative to the table's folder."""
    return f"source={escape_partition_value(source)}/release={escape_partition_value(release)}/part={part}"
