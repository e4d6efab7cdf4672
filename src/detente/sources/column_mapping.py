"""Mapping files: the meaning of the columns of any table, in TOML, for `events/translations/generic.py`.

    source = "candidate"            # source name of the events
    delimiter = ","                 # of a CSV; "\\t" for tabs. quote = "" if quotation marks are plain characters
    date = "%d.%m.%Y"               # date format; default 2025-10-09

    [columns]                       # our field = "their column"; id, first and type are required
    id = "id"
    first = "date"
    deaths_best = "best"
    country = "country"             # letters (PAK), a name, or a Gleditsch-Ward number

    [constants]                     # our field = one value for all rows
    type = "ASSAULT"

    [types]                         # their event types as PLOVER types
    "armed clash" = "ASSAULT"

`initiators` and `recipients` separate several names by semicolons, as the chronology does.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.core.errors import NoSuchFile, nearest, quoted_choices
from detente.sources.errors import BadMapping

REQUIRED_FIELDS = ("id", "first", "type")
MAPPED_FIELDS = (
    *REQUIRED_FIELDS, "last", "known_on", "country", "province", "place", "latitude", "longitude", "initiators", "recipients",
    "mode", "context", "deaths_low", "deaths_best", "deaths_high", "civilian_deaths", "summary", "addresses",
)  # fmt: skip
KEYS = ("source", "delimiter", "quote", "date", "columns", "constants", "types")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A mapping as read: `columns` and `constants` by our names, `types` by their words."""

    file: str
    source: str
    delimiter: str
    quote: str
    date: str
    columns: dict[str, str]
    constants: dict[str, str]
    types: dict[str, str]


def read_mapping(path: Path, types: tuple[str, ...]) -> ColumnMapping:
    """Read a mapping file; `types` are the allowed event types.

    Raises:
        NoSuchFile: the file does not exist.
        BadMapping: it is invalid; the error names file, key, value and remedy.
    """
    if not path.is_file():
        raise NoSuchFile(path, "mapping file")
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        remedy = "Correct the syntax; see https://toml.io."
        raise BadMapping(str(path), "(the whole file)", "", f"it is not TOML: {e}", remedy) from e

    def bad(key: str, value: object, why: str, remedy: str) -> BadMapping:
        return BadMapping(str(path), key, value, why, remedy)

    def choices(word: str, known: tuple[str, ...]) -> str:
        return f"Nearest: {quoted_choices(nearest(word, known))}. Known: {' '.join(known)}."

    for key in data:
        if key not in KEYS:
            raise bad(key, data[key], "unknown key", choices(key, KEYS))
    tables: dict[str, dict[str, str]] = {}
    for key in ("columns", "constants", "types"):
        table = data.get(key, {})
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            raise bad(key, table, "not a table of strings", 'Write it as [columns] with lines such as id = "event".')
        tables[key] = table
    for key in ("source", "delimiter", "quote", "date"):
        if not isinstance(data.get(key, ""), str):
            raise bad(key, data[key], "not a string", "Put it in quotation marks.")
    for key in ("columns", "constants"):
        for ours in tables[key]:
            if ours not in MAPPED_FIELDS:
                raise bad(f"{key}.{ours}", tables[key][ours], "events have no such field", choices(ours, MAPPED_FIELDS))
    columns, constants = tables["columns"], tables["constants"]
    for ours in sorted(set(columns) & set(constants)):
        raise bad(f"constants.{ours}", constants[ours], "also listed under columns", "Keep one of the two.")
    for ours in REQUIRED_FIELDS:
        if ours not in columns and ours not in constants:
            raise bad(f"columns.{ours}", "(none)", "every event needs one", f'Add {ours} = "the name of their column".')
    if "id" not in columns:
        raise bad("constants.id", constants["id"], "every event needs its own id", "Name a column.")
    for theirs, ours in [*tables["types"].items(), *((k, v) for k, v in constants.items() if k == "type")]:
        if ours not in types:
            raise bad(f"types.{theirs}", ours, "PLOVER has no such type", choices(ours, types))
    delimiter = data.get("delimiter", ",")
    if len(delimiter.encode()) != 1 or len(data.get("quote", '"').encode()) > 1:
        raise bad("delimiter", delimiter, "delimiter must be 1 byte, and quote 0 or 1 byte", 'Write "," or "\\t".')
    if not data.get("source", "").strip():
        raise bad("source", data.get("source", "(none)"), "the events need a source name", 'Add source = "name".')
    return ColumnMapping(
        file=str(path),
        source=data["source"],
        delimiter=delimiter,
        quote=data.get("quote", '"'),
        date=data.get("date", "%Y-%m-%d"),
        columns=columns,
        constants=constants,
        types=tables["types"],
    )
