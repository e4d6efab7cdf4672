"""What can go wrong, said so that a person can mend it: who, where, what is known, what to do.

Every error of the package is a `DetenteError`. It is built from facts, which stay readable as
attributes, and its message ends with a remedy. `exit_code` is what the command returns.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path


def nearest(word: str, known: Sequence[str], n: int = 2) -> list[str]:
    """The known words most like this one, best first; for a person to choose from, never to guess by.

    Example:
        >>> nearest("TPP", ["PAK", "TTP", "AFG"])
        ['TTP']
    """
    folded = {k.casefold(): k for k in known}
    return [folded[m] for m in get_close_matches(word.casefold(), list(folded), n=n, cutoff=0.5)]


def quoted_choices(words: Sequence[str]) -> str:
    """`'a', 'b' or 'c'`, or `none` when there is nothing to choose from."""
    quoted = [repr(w) for w in words]
    if not quoted:
        return "none"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


class DetenteError(Exception):
    """The family. Catch it to catch all of ours and nothing else."""

    exit_code = 1


class NoSuchFile(DetenteError):
    """A file that was named is not there, or is a folder."""

    exit_code = 3

    def __init__(self, path: Path, what: str) -> None:
        self.path, self.what = path, what
        known = f"The folder {path.parent} exists." if path.parent.is_dir() else ""
        super().__init__(f"{path}: there is no such {what}. {known} Check the path.".replace("  ", " "))


class CannotWrite(DetenteError):
    """The output could not be written; what was there before is untouched."""

    exit_code = 7

    def __init__(self, path: Path, why: str, option: str = "--out") -> None:
        self.path, self.why, self.option = path, why, option
        super().__init__(
            f"Cannot write to {path}: {why}. Nothing was changed there. "
            f"Name another place with {option}, or make this one writable."
        )
