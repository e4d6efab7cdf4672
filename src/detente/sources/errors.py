"""Errors of reading published files."""

from collections.abc import Sequence

from detente.core.errors import DetenteError, nearest


class EmptyFile(DetenteError):
    """A source file has no content, not even a header."""

    exit_code = 5

    def __init__(self, file: str, expected: str) -> None:
        self.file, self.expected = file, expected
        super().__init__(f"{file} is empty; expected {expected}. Download or copy the file again.")


class WrongHeader(DetenteError):
    """A source file's header differs from its format; the message lists every differing column."""

    exit_code = 5

    def __init__(
        self,
        file: str,
        fmt: str,
        missing: Sequence[str],
        extra: Sequence[str],
        moved: Sequence[str],
        twice: Sequence[str] = (),
    ) -> None:
        self.file, self.format = file, fmt
        self.missing, self.extra, self.moved, self.twice = list(missing), list(extra), list(moved), list(twice)
        differences = []
        for name in missing:
            near = nearest(name, extra, n=1)
            differences.append(f"column {name!r} is missing" + (f" (is it {near[0]!r}?)" if near else ""))
        differences += [f"{name!r} is not a column of this format" for name in extra]
        differences += [f"column {name!r} appears twice" for name in twice]
        differences += [f"column {name!r} is in the wrong position" for name in moved]
        super().__init__(
            f"{file} does not have the header of {fmt}: {'; '.join(differences)}. "
            "No row was read, since the rows cannot be coded without it; take the file as it was published."
        )


class WrongColumnCount(DetenteError):
    """A file of a format without a header line has the wrong number of columns."""

    exit_code = 5

    def __init__(self, file: str, fmt: str, widths: Sequence[int], found: int) -> None:
        self.file, self.format, self.widths, self.found = file, fmt, list(widths), found
        super().__init__(
            f"{file}: none of the first rows has the {' or '.join(map(str, widths))} columns of {fmt}; the first has {found}. "
            "Download the file again and do not save it from a spreadsheet."
        )


class UnknownFormat(DetenteError):
    """A file matches no known format."""

    exit_code = 5

    def __init__(self, file: str, line: str, known: Sequence[str]) -> None:
        self.file, self.line, self.known = file, line, list(known)
        super().__init__(
            f"{file} is in no format that is known ({'; '.join(known)}); its first line is {line!r}. "
            "Name its source if the header was changed, or describe its columns in a mapping file (docs/traps.md)."
        )


class BrokenFile(DetenteError):
    """A file (archive, spreadsheet, Parquet) is truncated or damaged, or holds something else than a table."""

    exit_code = 5

    def __init__(self, file: str, why: str, remedy: str = "Download or copy the file again.") -> None:
        self.file, self.why, self.remedy = file, why, remedy
        super().__init__(f"{file}: {why}. {remedy}".rstrip())


class UnknownMember(DetenteError):
    """An archive has no member, or a workbook no sheet, of that name."""

    exit_code = 3

    def __init__(self, file: str, kind: str, name: str, known: Sequence[str]) -> None:
        self.file, self.kind, self.name, self.known = file, kind, name, list(known)
        shown = ", ".join(self.known[:12]) + (f" and {len(self.known) - 12} more" if len(self.known) > 12 else "")
        super().__init__(f"{file} has no {kind} {name!r}. It has: {shown or 'none'}.")


class MixedFormats(DetenteError):
    """A folder or archive holds several releases where one is expected."""

    exit_code = 5

    def __init__(self, file: str, names: Sequence[str]) -> None:
        self.file, self.names = file, list(names)
        shown = ", ".join(self.names[:8]) + (f" and {len(self.names) - 8} more" if len(self.names) > 8 else "")
        super().__init__(
            f"{file} holds several releases ({shown}). "
            "Add each as a release with `detente ingest`, or choose one with --member."
        )


class SheetTooLarge(DetenteError):
    """A spreadsheet has a cell so far away that the cells up to it do not fit into memory."""

    exit_code = 5

    def __init__(self, file: str, sheet: str, rows: int, columns: int, most: int) -> None:
        self.file, self.sheet, self.rows, self.columns = file, sheet, rows, columns
        super().__init__(
            f"{file}: {sheet} reaches to row {rows:,} and column {columns:,}, which makes {rows * columns:,} cells; the "
            f"maximum is {most:,}. Delete the cells far from the table, or save it as CSV."
        )


class BadMapping(DetenteError):
    """A mapping file or a file of decisions is invalid; the message names key, value and remedy."""

    exit_code = 4

    def __init__(self, file: str, key: str, value: object, why: str, remedy: str) -> None:
        self.file, self.key, self.value, self.why, self.remedy = file, key, value, why, remedy
        super().__init__(f"{file}, key {key}, value {value!r}: {why}. {remedy}")
