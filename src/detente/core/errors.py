"""Base class of the package's errors, and errors of files.

Every error is a `DetenteError`, built from facts that stay readable as attributes. Its message ends
with a remedy. `exit_code` is the exit code of the command.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path


def nearest(word: str, known: Sequence[str], n: int = 2) -> list[str]:
    """Return the known words most similar to a word, best first. Show them to a person; never substitute them.

    Example:
        >>> nearest("TPP", ["PAK", "TTP", "AFG"])
        ['TTP']
    """
    folded = {k.casefold(): k for k in known}
    return [folded[m] for m in get_close_matches(word.casefold(), list(folded), n=n, cutoff=0.5)]


def quoted_choices(words: Sequence[str]) -> str:
    """Format choices as `'a', 'b' or 'c'`, or `none` if there are none."""
    quoted = [repr(w) for w in words]
    return " or ".join(filter(None, (", ".join(quoted[:-1]), *quoted[-1:]))) or "none"


class DetenteError(Exception):
    """Base class of all errors of this package."""

    exit_code = 1


class UnknownKey(DetenteError, KeyError):
    """A mapping of results does not hold what was asked for. Its text is the message, which KeyError alone would put in quotes."""

    exit_code = 6

    def __str__(self) -> str:
        return str(self.args[0])


class NoSuchFile(DetenteError):
    """A named file does not exist, or is a folder."""

    exit_code = 3

    def __init__(self, path: Path, what: str) -> None:
        self.path, self.what = path, what
        hint = f" (the folder {path.parent} exists)" if path.parent.is_dir() else ""
        super().__init__(f"{path}: no such {what}. Check the path{hint}.")


class CannotWrite(DetenteError):
    """The output could not be written; existing files are unchanged."""

    exit_code = 7

    def __init__(self, path: Path, why: str, option: str = "--out") -> None:
        self.path, self.why, self.option = path, why, option
        super().__init__(f"Cannot write to {path}: {why}. Nothing was changed; choose another path with {option}.")
