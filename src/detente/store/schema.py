"""How a store lies on the disk: one Delta Lake table, partitioned by source, release and part.

A release has three parts: its `events`, the rows that were `set_aside`, and one row of `account` that says
how the two make up the rows that were read. Two tables could not change together, so all three are parts
of one table and come and go in one commit: nobody ever sees events without their account.

A data file is named for a hash of its bytes, so that `verify` can tell whether it is still what was written.
"""

import pyarrow as pa

from detente.events.arrow import SCHEMA
from detente.events.row_account import REJECTS_SCHEMA
from detente.store.errors import IncompatibleColumns

# Raise it when an older program could no longer read what this one writes.
FORMAT_VERSION = 1
PARTITION_COLUMNS = ("source", "release", "part")
PARTS = ("events", "set_aside", "account")
# What is asked of a release's columns; all else is the reader's choice.
REQUIRED_COLUMNS = ("id", "source", "release", "known_on", "first")

_REJECTS_TYPE = pa.struct([f for f in REJECTS_SCHEMA if f.name not in PARTITION_COLUMNS])
_ACCOUNT_TYPE = pa.struct(
    [
        pa.field("known_on", pa.date32()),
        pa.field("sha256", pa.string()),
        pa.field("rows", pa.int64()),
        pa.field("events", pa.int64()),
        pa.field("merged", pa.int64()),
        pa.field("set_aside", pa.int64()),
        pa.field("first", pa.date32()),
        pa.field("last", pa.date32()),
        pa.field("added", pa.timestamp("us", tz="UTC")),
        pa.field("detente", pa.string()),
    ]
)
PART_SCHEMA = {
    "set_aside": pa.schema([pa.field("set_aside", _REJECTS_TYPE)]),
    "account": pa.schema([pa.field("account", _ACCOUNT_TYPE)]),
}


def stored_type(kind: pa.DataType) -> pa.DataType:
    """The type in which a column is kept. Delta Lake has no unsigned numbers, no dictionaries, one kind of text.

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
    """A reader's columns as an `events` file keeps them: partition columns apart, everything nullable."""
    kept = [pa.field(f.name, stored_type(f.type)) for f in schema if f.name not in PARTITION_COLUMNS]
    return pa.schema(kept)


def table_schema(events: pa.Schema) -> pa.Schema:
    """The table's columns: the partition, the events' own, and one column each for the other two parts."""
    partition = [pa.field(name, pa.string(), nullable=False) for name in PARTITION_COLUMNS]
    others = [field for schema in PART_SCHEMA.values() for field in schema]
    return pa.schema([*partition, *events, *others])


def initial_schema() -> pa.Schema:
    """The table's columns when a store is made."""
    return table_schema(stored_schema(SCHEMA))


def check_columns(release: str, schema: pa.Schema) -> None:
    """Does a reading have what a store needs, and nothing that it keeps for itself?

    Raises:
        DoesNotFit: the first column that does not, and why.
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
        found = stored_type(schema.field(name).type)
        if found != kind:
            raise IncompatibleColumns(release, name, str(schema.field(name).type), str(kind))


def escape_partition_value(name: str) -> str:
    """A partition's value as a folder's name, as Hive writes it, so that every engine reads it back.

    Example:
        >>> escape_partition_value("GED 25.1/é")
        'GED%2025.1%2F%C3%A9'
    """
    plain = (c if c.isascii() and (c.isalnum() or c in "._-") else None for c in name)
    return "".join(p or "".join(f"%{b:02X}" for b in c.encode()) for p, c in zip(plain, name, strict=True))


def partition_folder(source: str, release: str, part: str) -> str:
    """Where the files of one part of a release lie, from the table's folder."""
    return f"source={escape_partition_value(source)}/release={escape_partition_value(release)}/part={part}"
