"""Detection of a file's format from its first lines, and checks of its header."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from detente.sources.archive import ReleaseArchive, ReleaseFile
from detente.sources.csv_scanner import CsvDialect
from detente.sources.errors import EmptyFile, UnknownFormat, WrongColumnCount, WrongHeader
from detente.sources.release import escape_undecodable


@dataclass(frozen=True, slots=True)
class Format:
    """A provider's file format.

    Fields:
        source: the provider's short name, as in events.
        title: display name of the format.
        required: columns of every release. optional: columns of some releases.
        header: whether there is a header line. Without one, `required` gives names and order.
        delimiters: allowed characters between fields.
    """

    source: str
    title: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    header: bool = True
    delimiters: str = ","


@dataclass(frozen=True, slots=True)
class DetectedFormat:
    """A format, the columns in the order of this file, and its CSV dialect."""

    format: Format
    columns: tuple[str, ...]
    layout: CsvDialect


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
    """Detect the format of a release from its first lines.

    Raises:
        EmptyFile: there is no line. WrongHeader: a known header is present only in part.
        WrongColumnCount: it looks like a format without a header, with another number of columns.
        UnknownFormat: it matches no known format.
    """
    formats = [f for f in known if source in (None, f.source)]
    line = next((x for x in map(first_line, archive.parts) if x), "")
    if not line:
        raise EmptyFile(str(archive.path), "a header line or rows of a known format")
    for f in formats:
        if detected := match_format(line, f):
            return detected
    # Without a header, any of the first rows may be the damaged one.
    for f in formats:
        if not f.header:
            for further in first_lines(archive.parts[0], 50):
                if detected := match_format(further, f):
                    return detected
    name = archive.path.name if len(archive.parts) == 1 else f"{archive.path.name}/{archive.parts[0].name}"
    similarity, best = max((_header_similarity(line, f), i) for i, f in enumerate(formats)) if formats else (0.0, 0)
    if similarity >= 0.4 or source:
        f = formats[best]
        header = _split_fields(line, _guess_delimiter(line, f)) or []
        if not f.header:
            widths = sorted(len(g.required) for g in formats if g.source == f.source)
            raise WrongColumnCount(name, f"{f.source.upper()} events", widths, len(header))
        raise _build_header_error(name, header, f)
    raise UnknownFormat(str(archive.path), escape_undecodable(line[:200]), [f.title for f in known])


def check_header(name: str, line: str, first: DetectedFormat) -> DetectedFormat:
    """Return the layout of a further file of the same release; its columns may have another order.

    Raises:
        WrongHeader: its header is not that of the format.
    """
    if detected := match_format(line, first.format):
        return detected
    raise _build_header_error(name, _split_fields(line, _guess_delimiter(line, first.format)) or [], first.format)


def match_format(line: str, f: Format) -> DetectedFormat | None:
    """Return the layout of a file that starts with this line; None if it is not in this format."""
    for delimiter in f.delimiters:
        header = _split_fields(line, delimiter)
        if header is None:
            continue
        if not f.header:
            # The first column is a numeric id, the second an eight-digit date.
            if len(header) == len(f.required) and header[0].isdecimal() and len(header[1]) == 8:
                return DetectedFormat(f, f.required, CsvDialect(ord(delimiter), 0, len(header)))
            continue
        names = [h.strip() for h in header]
        distinct = set(names)
        if len(distinct) == len(names) and set(f.required) <= distinct <= {*f.required, *f.optional}:
            # Tab-separated files use quotation marks as plain characters, unless the header is quoted.
            mark = ord('"') if delimiter != "\t" or line.startswith('"') else 0
            return DetectedFormat(f, tuple(names), CsvDialect(ord(delimiter), mark, len(names)))
    return None


def _split_fields(line: str, delimiter: str) -> list[str] | None:
    if delimiter == "\t" and not line.startswith('"'):
        return line.split("\t")
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _guess_delimiter(line: str, f: Format) -> str:
    return max(f.delimiters, key=line.count)


def _header_similarity(line: str, f: Format) -> float:
    header = _split_fields(line, _guess_delimiter(line, f)) or []
    if not f.header:
        return 0.5 if abs(len(header) - len(f.required)) <= 2 and header[0].isdecimal() else 0.0
    # Any table may have a column such as `country`, so the share of required columns counts.
    names = {h.strip().casefold() for h in header}
    return len(names & {c.casefold() for c in f.required}) / len(f.required)


def _build_header_error(name: str, header: list[str], f: Format) -> WrongHeader:
    known = {*f.required, *f.optional}
    names = [h.strip() for h in header]
    if not f.header:
        return WrongHeader(
            name, f"{f.title}, which has {len(f.required)} columns and no header line", f.required, [], []
        )
    missing = [c for c in f.required if c not in names]
    extra = [escape_undecodable(c[:60]) for c in dict.fromkeys(names) if c not in known]
    twice = [c for c in dict.fromkeys(names) if names.count(c) > 1]
    return WrongHeader(name, f.title, missing, extra, [], twice)
