"""Errors of reading published files."""

from collections.abc import Sequence

from detente.core.errors import DetenteError, nearest


class EmptyFile(DetenteError):
    """A source file holds nothing at all, not even a header."""

    exit_code = 5

    def __init__(self, file: str, expected: str) -> None:
        self.file, self.expected = file, expected
        super().__init__(
            f"{file} is empty: not even a header line. Expected {expected}. "
            "Was the download cut off? Fetch or copy the file again."
        )


class WrongHeader(DetenteError):
    """A source file's header is not that of its format; every difference is named by column."""

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
        told = []
        for name in missing:
            near = nearest(name, extra, n=1)
            told.append(f"{name!r} is missing" + (f" (is it {near[0]!r}?)" if near else ""))
        told += [f"{name!r} is not a column of this format" for name in extra]
        told += [f"{name!r} stands there twice" for name in twice]
        told += [f"{name!r} stands in another place" for name in moved]
        super().__init__(
            f"{file} does not have the header of {fmt}: {'; '.join(told)}. No row was read, since "
            "columns taken for others would give false events. Restore the header line of the codebook."
        )


class WrongColumnCount(DetenteError):
    """A file of a format without a header line has rows of another number of columns."""

    exit_code = 5

    def __init__(self, file: str, fmt: str, widths: Sequence[int], found: int) -> None:
        self.file, self.format, self.widths, self.found = file, fmt, list(widths), found
        super().__init__(
            f"{file}: none of its first rows has the {' or '.join(map(str, widths))} columns of {fmt}; the first has {found}. "
            "Is it another table of the provider's, or was it saved anew by a spreadsheet? Fetch it again as published."
        )


class UnknownFormat(DetenteError):
    """A file resembles no format that is known."""

    exit_code = 5

    def __init__(self, file: str, line: str, known: Sequence[str]) -> None:
        self.file, self.line, self.known = file, line, list(known)
        super().__init__(
            f"{file} is in no format that is known: {'; '.join(known)}. Its first line is {line!r}. "
            "Name its source if the header was changed, or describe its columns in a mapping file (docs/traps.md)."
        )


class BrokenFile(DetenteError):
    """A file is cut off or damaged as a whole: an archive, a spreadsheet, a Parquet file."""

    exit_code = 5

    def __init__(self, file: str, why: str) -> None:
        self.file, self.why = file, why
        super().__init__(f"{file}: {why}. Nothing more can be read from it. Fetch or copy the file again.")


class BadMapping(DetenteError):
    """A mapping file cannot be used; names the file, the key, the value and the remedy."""

    exit_code = 4

    def __init__(self, file: str, key: str, value: object, why: str, remedy: str) -> None:
        self.file, self.key, self.value, self.why, self.remedy = file, key, value, why, remedy
        super().__init__(f"{file}, key {key}, value {value!r}: {why}. {remedy}")
