"""Which format a file is in, told from its first lines, and what is wrong with its header if something is."""

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
        source: the provider's short name, as events carry it.
        title: how people call the format.
        required: columns that are always there. optional: columns of some of its releases.
        header: is there a header line? Without one, `required` gives names and order.
        delimiters: what may stand between fields.
    """

    source: str
    title: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    header: bool = True
    delimiters: str = ","


@dataclass(frozen=True, slots=True)
class DetectedFormat:
    """A format, the columns in the order of this file, and how its records are cut."""

    format: Format
    columns: tuple[str, ...]
    layout: CsvDialect


def first_line(part: ReleaseFile) -> str:
    """The first line that is not empty, without its end; empty if there is none."""
    return next(iter(first_lines(part, 1)), "")


def first_lines(part: ReleaseFile, most: int) -> list[str]:
    """The first lines that are not empty, without their ends."""
    head = b""
    for block in islice(part.blocks(), 4):
        head += block
        if sum(bool(x.strip()) for x in head.split(b"\n")[:-1][: 2 * most]) >= most:
            break
    lines = [x for x in head.split(b"\n", 4 * most) if x.strip()][:most]
    return [x.rstrip(b"\r").decode("utf-8", "surrogateescape") for x in lines]


def detect_format(told: ReleaseArchive, known: Sequence[Format], source: str | None = None) -> DetectedFormat:
    """The format of a release, from the first line of its first file.

    Raises:
        EmptyFile: there is no line. WrongHeader: most of a known header is there, and not all of it.
        WrongWidth: it looks like a format without a header, with another number of columns.
        UnknownFormat: it resembles no format that is known.
    """
    formats = [f for f in known if source in (None, f.source)]
    line = next((x for x in map(first_line, told.parts) if x), "")
    if not line:
        raise EmptyFile(str(told.path), "a header line or rows of a known format")
    for f in formats:
        found = match_format(line, f)
        if found:
            return found
    # Without a header any of the first rows may be the damaged one.
    for f in formats:
        if not f.header:
            for further in first_lines(told.parts[0], 50):
                if found := match_format(further, f):
                    return found
    name = told.path.name if len(told.parts) == 1 else f"{told.path.name}/{told.parts[0].name}"
    near = max((_header_similarity(line, f), i) for i, f in enumerate(formats)) if formats else (0.0, 0)
    if near[0] >= 0.4 or source:
        f = formats[near[1]]
        header = _split_fields(line, _guess_delimiter(line, f)) or []
        if not f.header:
            widths = sorted(len(g.required) for g in formats if g.source == f.source)
            raise WrongColumnCount(name, f"{f.source.upper()} events", widths, len(header))
        raise _build_header_error(name, header, f)
    raise UnknownFormat(str(told.path), escape_undecodable(line[:200]), [f.title for f in known])


def check_header(name: str, line: str, like: DetectedFormat) -> DetectedFormat:
    """How a further file of the same release is cut; it may order its columns otherwise.

    Raises:
        WrongHeader: its header is not that of the format.
    """
    found = match_format(line, like.format)
    if not found:
        raise _build_header_error(name, _split_fields(line, _guess_delimiter(line, like.format)) or [], like.format)
    return found


def match_format(line: str, f: Format) -> DetectedFormat | None:
    """How a file that begins with this line is cut, if it is in this format."""
    for delimiter in f.delimiters:
        header = _split_fields(line, delimiter)
        if header is None:
            continue
        if not f.header:
            # A row of numbers and codes: the first column is an id, the second a day.
            if len(header) == len(f.required) and header[0].isdecimal() and len(header[1]) == 8:
                return DetectedFormat(f, f.required, CsvDialect(ord(delimiter), 0, len(header)))
            continue
        names = [h.strip() for h in header]
        there = set(names)
        if len(there) == len(names) and set(f.required) <= there <= {*f.required, *f.optional}:
            # Providers who separate by tabs write marks as plain characters, unless the header has them.
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
    # Columns that every table has, such as a country, make no likeness.
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
