"""Detection of a file's format from its first lines, and checks of its header.

Names of columns match whatever their case and the signs between words. Columns that the format does not know, and a
column of row names, are left and named.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from detente.sources.archive import ReleaseArchive, ReleaseFile
from detente.sources.csv_scanner import CsvDialect
from detente.sources.errors import EmptyFile, UnknownFormat, WrongColumnCount, WrongHeader
from detente.sources.release import escape_undecodable

ROW_NAMES = "(row names)"
_ROW_NAME_HEADINGS = ("", "x", "unnamed_0", "rownames", "row_names", "index", "level_0")


@dataclass(frozen=True, slots=True)
class Format:
    """A provider's file format.

    Fields:
        source: the provider's short name, as in events.
        title: display name of the format.
        required: columns of every release. optional: columns of some releases.
        header: whether there is a header line. Without one, `required` gives names and order.
        delimiters: allowed characters between fields.
        essential: columns that suffice if a file of a format without a header has one all the same.
    """

    source: str
    title: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    header: bool = True
    delimiters: str = ","
    essential: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DetectedFormat:
    """A format as found in one file.

    `columns` are the columns in the order of the file, the format's under its own names. `header`: the file has a header
    line. `unused` are the columns that the format does not know, `absent` those of the format that the file lacks.
    """

    format: Format
    columns: tuple[str, ...]
    layout: CsvDialect
    header: bool = True
    unused: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def first_line(part: ReleaseFile) -> str:
    """Return the first non-empty line without its line end; empty if there is none."""
    return next(iter(first_lines(part, 1)), "")


def first_lines(part: ReleaseFile, most: int) -> list[str]:
    """Return the first non-empty lines without their line ends."""
    head = b""
    for block in islice(part.blocks(), 4):
        head += block
        if sum(bool(x.strip()) for x in head.split(b"\n")[:-1][: 2 * most]) >= most:
            break
    lines = [x for x in head.split(b"\n", 4 * most) if x.strip()][:most]
    return [x.rstrip(b"\r").decode("utf-8", "surrogateescape") for x in lines]


def detect_format(archive: ReleaseArchive, known: Sequence[Format], source: str | None = None) -> DetectedFormat:
    """Detect the format of a release from the first lines of its first file that has any.

    Raises:
        EmptyFile: there is no line. WrongHeader: a known header is present only in part.
        WrongColumnCount: it looks like a format without a header, with another number of columns.
        UnknownFormat: it matches no known format.
    """
    part = next((p for p in archive.parts if first_line(p)), None)
    if part is None:
        raise EmptyFile(str(archive.path), "a header line or rows of a known format")
    return detect_part_format(archive, part, known, source)


def detect_part_format(
    archive: ReleaseArchive, part: ReleaseFile, known: Sequence[Format], source: str | None = None
) -> DetectedFormat:
    """Detect the format of one file of a release; errors as in `detect_format`."""
    formats = [f for f in known if source in (None, f.source)]
    lines = first_lines(part, 50)
    name = archive.path.name if len(archive.parts) == 1 else f"{archive.path.name}/{part.name}"
    if not lines:
        raise EmptyFile(name, "a header line or rows of a known format")
    # A record may go over several lines.
    line, following = lines[0], "\n".join(lines[1:])
    for f in formats:
        if (detected := match_format(line, f, following)) and detected.header:
            return detected
    # Without a header, any of the first rows may be the damaged one: most of them decide.
    rows = [d for f in formats if not f.header for x in lines if (d := match_format(x, f)) and not d.header]
    if rows:
        return max(rows, key=rows.count)
    similarity, best = max((_header_similarity(line, f), i) for i, f in enumerate(formats)) if formats else (0.0, 0)
    if similarity >= 0.4 or source:
        f = formats[best]
        header = _split_fields(line, _guess_delimiter(line, f)) or []
        if not f.header and not (f.essential and _header_similarity(line, f) >= 0.6):
            widths = sorted(len(g.required) for g in formats if g.source == f.source)
            raise WrongColumnCount(name, f"{f.source.upper()} events", widths, len(header))
        raise _build_header_error(name, header, f)
    raise UnknownFormat(
        str(archive.path) if len(archive.parts) == 1 else name, escape_undecodable(line[:200]), [f.title for f in known]
    )


def normalise_name(name: str) -> str:
    """Return a column's name in lower case, with one underscore for the signs between words.

    Example:
        >>> normalise_name("EVENT_ID_CNTY"), normalise_name("Event.Date"), normalise_name(" CAMEO Code")
        ('event_id_cnty', 'event_date', 'cameo_code')
    """
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")


def match_format(line: str, f: Format, following: str = "") -> DetectedFormat | None:
    """Return the layout of a file that starts with this line; None if it is not in this format.

    `following` is the text after it: records with one field more than the header have a column of row names.
    """
    for delimiter in f.delimiters:
        fields = _split_fields(line, delimiter)
        if fields is None:
            continue
        # The first column is a numeric id, the second an eight-digit date.
        if not f.header and len(fields) == len(f.required) and fields[0].isdecimal() and len(fields[1]) == 8:
            return DetectedFormat(
                f, f.required, CsvDialect(ord(delimiter), _quote_mark(line, delimiter), len(fields)), False
            )
        if (f.header or f.essential) and (detected := _match_header(fields, line, following, delimiter, f)):
            return detected
    return None


def _match_header(fields: list[str], line: str, following: str, delimiter: str, f: Format) -> DetectedFormat | None:
    ours = {normalise_name(c): c for c in (*f.required, *f.optional)}
    keys = [normalise_name(h) for h in fields]
    needed = f.required if f.header else f.essential
    known = [k for k in keys if k in ours]
    if len(set(known)) < len(known) or not {normalise_name(c) for c in needed} <= set(known):
        return None
    # R's write.table gives the column of row names no heading.
    widths = _count_widths(following, delimiter, quoted=line.startswith('"') or delimiter != "\t")
    unnamed = widths.count(len(fields) + 1) > widths.count(len(fields))
    columns = [ROW_NAMES] if unnamed else []
    for i, (heading, key) in enumerate(zip(fields, keys, strict=True)):
        name = ours.get(key) or escape_undecodable(heading.strip()[:60])
        if key not in ours and i == 0 and key in _ROW_NAME_HEADINGS:
            name = ROW_NAMES
        while name in columns or (key not in ours and name in ours.values()) or not name:
            name = f"{name or 'column'} {len(columns) + 1}"
        columns.append(name)
    unused = tuple(c for c in columns if c not in ours.values())
    absent = tuple(c for c in f.required if c not in columns)
    dialect = CsvDialect(ord(delimiter), _quote_mark(line, delimiter), len(columns))
    return DetectedFormat(f, tuple(columns), dialect, True, unused, absent)


def _quote_mark(line: str, delimiter: str) -> int:
    # Tab-separated files use quotation marks as plain characters, unless the header is quoted.
    return ord('"') if delimiter != "\t" or line.startswith('"') else 0


def _split_fields(line: str, delimiter: str) -> list[str] | None:
    """Split the first record of a text; None if it is not CSV."""
    if delimiter == "\t" and not line.startswith('"'):
        return line.partition("\n")[0].split("\t")
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return None


def _count_widths(text: str, delimiter: str, *, quoted: bool) -> list[int]:
    """Return the number of fields of each record of a text; damaged records may have any."""
    if not quoted:
        return [len(x.split(delimiter)) for x in text.split("\n")]
    try:
        return [len(r) for r in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error:
        return []


def _guess_delimiter(line: str, f: Format) -> str:
    return max(f.delimiters, key=line.count)


def _header_similarity(line: str, f: Format) -> float:
    header = _split_fields(line, _guess_delimiter(line, f)) or []
    if not f.header and header and header[0].isdecimal():
        return 0.5 if abs(len(header) - len(f.required)) <= 2 else 0.0
    # Any table may have a column such as `country`, so the share of required columns counts.
    names = {normalise_name(h) for h in header}
    return len(names & {normalise_name(c) for c in f.required}) / len(f.required)


def _build_header_error(name: str, header: list[str], f: Format) -> WrongHeader:
    known = {normalise_name(c): c for c in (*f.required, *f.optional)}
    keys = [normalise_name(h) for h in header]
    missing = [c for c in (f.required if f.header else f.essential) if normalise_name(c) not in keys]
    extra = [escape_undecodable(h.strip()[:60]) for h, k in zip(header, keys, strict=True) if k not in known]
    twice = [known[k] for k in dict.fromkeys(keys) if k in known and keys.count(k) > 1]
    return WrongHeader(name, f.title, missing, list(dict.fromkeys(extra)), [], twice)
