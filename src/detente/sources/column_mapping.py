"""A mapping file: what the columns of any table mean, in TOML, for the reader `table`.

    source = "candidate"            # the name under which the events go
    delimiter = ","                 # of a CSV; "\\t" for tabs. quote = "" if marks are plain characters
    date = "%d.%m.%Y"               # how days are written; 2025-10-09 if not given

    [columns]                       # ours = "theirs"; id, first and a type are needed, the rest may be left out
    id = "id"
    first = "date"
    deaths_best = "best"
    country = "country"             # letters (PAK), a name, or a Gleditsch-Ward number

    [constants]                     # ours = one value for all rows
    type = "ASSAULT"

    [types]                         # what their words for `type` mean in PLOVER, where they are not PLOVER's own
    "armed clash" = "ASSAULT"

In `initiators` and `recipients` several names stand between semicolons, as in the chronology.
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
    """A mapping as read: `columns` and `constants` by our names, `types` by theirs."""

    file: str
    source: str
    delimiter: str
    quote: str
    date: str
    columns: dict[str, str]
    constants: dict[str, str]
    types: dict[str, str]


def read_mapping(path: Path, types: tuple[str, ...]) -> ColumnMapping:
    """Read a mapping file; `types` are the event types that may be named.

    Raises:
        NoSuchFile: it is not there. BadMapping: it cannot be used; file, key, value and remedy are told.
    """
    if not path.is_file():
        raise NoSuchFile(path, "mapping file")
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise BadMapping(
            str(path), "(the whole file)", "", f"it is not TOML: {e}", "Mend it; see https://toml.io."
        ) from e

    def bad(key: str, value: object, why: str, remedy: str) -> BadMapping:
        return BadMapping(str(path), key, value, why, remedy)

    for key in data:
        if key not in KEYS:
            raise bad(
                key,
                data[key],
                "there is no such key",
                f"Nearest: {quoted_choices(nearest(key, KEYS))}. Known: {' '.join(KEYS)}.",
            )
    tables: dict[str, dict[str, str]] = {}
    for key in ("columns", "constants", "types"):
        table = data.get(key, {})
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            raise bad(key, table, "it is no table of texts", 'Write it as [columns] with lines such as id = "event".')
        tables[key] = table
    for key in ("source", "delimiter", "quote", "date"):
        if not isinstance(data.get(key, ""), str):
            raise bad(key, data[key], "it is no text", "Put it in quotation marks.")
    for key in ("columns", "constants"):
        for ours in tables[key]:
            if ours not in MAPPED_FIELDS:
                raise bad(
                    f"{key}.{ours}",
                    tables[key][ours],
                    "events have no such part",
                    f"Nearest: {quoted_choices(nearest(ours, MAPPED_FIELDS))}. Known: {' '.join(MAPPED_FIELDS)}.",
                )
    both = sorted(set(tables["columns"]) & set(tables["constants"]))
    if both:
        raise bad(
            f"constants.{both[0]}", tables["constants"][both[0]], "it stands under columns too", "Keep one of the two."
        )
    for ours in REQUIRED_FIELDS:
        if ours not in tables["columns"] and ours not in tables["constants"]:
            raise bad(f"columns.{ours}", "(none)", "every event needs one", f'Add {ours} = "the name of their column".')
    if "id" not in tables["columns"]:
        raise bad(
            "constants.id",
            tables["constants"]["id"],
            "one id for all rows would make one event of them",
            "Name a column.",
        )
    for theirs, ours in [*tables["types"].items(), *((k, v) for k, v in tables["constants"].items() if k == "type")]:
        if ours not in types:
            raise bad(
                f"types.{theirs}",
                ours,
                "PLOVER has no such type",
                f"Nearest: {quoted_choices(nearest(ours, types))}. Known: {' '.join(types)}.",
            )
    delimiter = data.get("delimiter", ",")
    if len(delimiter.encode()) != 1 or len(data.get("quote", '"').encode()) > 1:
        raise bad("delimiter", delimiter, "delimiter is one byte, and quote one or none", 'Write "," or "\\t".')
    if not data.get("source", "").strip():
        raise bad("source", data.get("source", "(none)"), "the events need a source's name", 'Add source = "name".')
    return ColumnMapping(
        file=str(path),
        source=data["source"],
        delimiter=delimiter,
        quote=data.get("quote", '"'),
        date=data.get("date", "%Y-%m-%d"),
        columns=tables["columns"],
        constants=tables["constants"],
        types=tables["types"],
    )
