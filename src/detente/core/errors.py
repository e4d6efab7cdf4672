"""What can go wrong, said so that a person can mend it: who, where, what is known, what to do.

Every error of the package is a `DetenteError`. It is built from facts, which stay readable as
attributes, and its message ends with a remedy. `exit_code` is what the command returns.
"""

from collections.abc import Sequence
from datetime import date
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


def one_of(words: Sequence[str]) -> str:
    """`'a', 'b' or 'c'`, or `none` when there is nothing to choose from."""
    quoted = [repr(w) for w in words]
    if not quoted:
        return "none"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


class DetenteError(Exception):
    """The family. Catch it to catch all of ours and nothing else."""

    exit_code = 1


class UnknownCase(DetenteError):
    """No case of that name is shipped, and no file stands at that path."""

    exit_code = 3

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known, self.near = name, list(known), nearest(name, known)
        super().__init__(
            f"There is no case {name!r}: it is neither a shipped case nor a file. "
            f"Shipped: {', '.join(known) or 'none'}. Nearest: {one_of(self.near)}. "
            "Name one of these, or give the path of a case file (.toml)."
        )


class NothingBrought(DetenteError):
    """A case needs releases that do not come with it, and they are not where they are looked for."""

    exit_code = 3

    def __init__(self, case: str, source: str, folder: Path, where: str) -> None:
        self.case, self.source, self.folder, self.where = case, source, folder, where
        super().__init__(
            f"The case {case!r} is made from releases of {source!r}, which you bring, and there is none in {folder}. "
            f"{where} Put the file (csv, zip or xlsx, as it comes) there, or name another data folder by DETENTE_DATA."
        )


class BadCase(DetenteError):
    """A case file cannot be used; names the file, the key, the value and the remedy."""

    exit_code = 4

    def __init__(self, file: str, key: str, value: object, why: str, remedy: str) -> None:
        self.file, self.key, self.value, self.why, self.remedy = file, key, value, why, remedy
        shown = str(value) if isinstance(value, date) else repr(value)
        shown = shown if len(shown) <= 120 else shown[:117] + "..."
        super().__init__(f"{file}, key {key}, value {shown}: {why}. {remedy}")


class NoSuchFile(DetenteError):
    """A file that was named is not there, or is a folder."""

    exit_code = 3

    def __init__(self, path: Path, what: str) -> None:
        self.path, self.what = path, what
        known = f"The folder {path.parent} exists." if path.parent.is_dir() else ""
        super().__init__(f"{path}: there is no such {what}. {known} Check the path.".replace("  ", " "))


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


class WrongWidth(DetenteError):
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


class UnknownDay(DetenteError):
    """Nothing says when a release was out, neither its name nor any row."""

    exit_code = 6

    def __init__(self, file: str) -> None:
        self.file = file
        super().__init__(
            f"{file}: neither its name nor any readable row says when it was out, and today is never assumed. "
            "Give the day on which it was published."
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


class NotWatched(DetenteError):
    """A rate was asked for a time that no source covered: unknown, not zero."""

    exit_code = 6

    def __init__(self, who: Sequence[str | int]) -> None:
        self.actors = list(who)
        super().__init__(
            f"No covered days for {', '.join(map(str, self.actors))}: the rate there is unknown, not zero. "
            "Leave these out, or state in the case file which days a source covered."
        )


class AsOfOutside(DetenteError):
    """The day whose knowledge is asked for lies before anything was known, or is no day."""

    exit_code = 6

    def __init__(self, as_of: date, first: date, last: date) -> None:
        self.as_of, self.first, self.last = as_of, first, last
        super().__init__(
            f"as_of {as_of} is before the case's window, which opens on {first} and runs to {last}: "
            f"nothing was known then, so there is nothing to say. Give a day from {first} on."
        )


class SinceNotBefore(DetenteError):
    """A brief cannot be compared with one of the same day or of a later one."""

    exit_code = 2

    def __init__(self, since: date, as_of: date) -> None:
        self.since, self.as_of = since, as_of
        super().__init__(
            f"--since {since} is not before {as_of}, the day of this brief, so nothing can have changed. "
            f"Give an earlier day, or a later --as-of."
        )


class CannotWrite(DetenteError):
    """The output could not be written; what was there before is untouched."""

    exit_code = 7

    def __init__(self, path: Path, why: str, option: str = "--out") -> None:
        self.path, self.why, self.option = path, why, option
        super().__init__(
            f"Cannot write to {path}: {why}. Nothing was changed there. "
            f"Name another place with {option}, or make this one writable."
        )


class TooFewWords(DetenteError):
    """The words limit cannot hold the parts that an answer must have."""

    exit_code = 8

    def __init__(self, limit: int, needed: int) -> None:
        self.limit, self.needed = limit, needed
        super().__init__(
            f"{limit} words cannot hold the required parts: an introduction, one evidenced point for each "
            f"demand, and a conclusion take {needed}. Give --words {needed} or more."
        )


class NoSuchConflict(DetenteError):
    """A question is about a conflict that no case holds."""

    exit_code = 3

    def __init__(self, elsewhere: Sequence[str], own: Sequence[str], known: Sequence[tuple[str, str]]) -> None:
        self.elsewhere, self.own, self.known = list(elsewhere), list(own), [k for k, _ in known]
        names = ", ".join([*own, *elsewhere])
        told = "; ".join(f"{key} ({title})" for key, title in known) or "none"
        super().__init__(
            f"The question names {names}: no case is about {'that' if len(names.split(', ')) == 1 else 'these together'}. "
            f"Cases: {told}. Ask about one of these, or write a case file and name it with --case."
        )


class WhichConflict(DetenteError):
    """A question names no party, crossing or place of any case."""

    exit_code = 3

    def __init__(self, known: Sequence[tuple[str, str]]) -> None:
        self.known = [k for k, _ in known]
        told = "; ".join(f"{key} ({title})" for key, title in known) or "none"
        example = self.known[0] if known else "CASE"
        super().__init__(
            "The question names no party, crossing or place of any case, so it is not known which conflict is meant. "
            f"Cases: {told}. Name the parties in the question, or add --case {example}."
        )


class UnreadableQuestion(DetenteError):
    """A question cannot be read as English text: empty, in another script, with control characters, too long."""

    exit_code = 9

    def __init__(self, question: str, why: str, remedy: str) -> None:
        self.question, self.why, self.remedy = question, why, remedy
        shown = question if len(question) <= 60 else question[:57] + "..."
        super().__init__(f"The question {shown!r} cannot be answered: {why}. {remedy}")


class NoDemand(DetenteError):
    """A question asks for nothing that can be told apart."""

    exit_code = 9

    def __init__(self, question: str, case: str, answered: Sequence[str]) -> None:
        self.question, self.case, self.answered = question, case, list(answered)
        about = f" It is about {case}, but" if case else ""
        super().__init__(
            f"No demand was found in {question!r}.{about} {'i' if about else 'I'}t does not say what is asked. Answered can be: "
            f"{'; '.join(answered)}. Ask in English how, why or to what extent, for example: "
            '"How do the clashes hurt trade, and has mediation held?"'
        )


class NothingToAnswer(DetenteError):
    """A question was understood, and none of its demands can be answered."""

    exit_code = 6

    def __init__(self, refused: Sequence[tuple[str, str]], answered: Sequence[str]) -> None:
        self.refused, self.answered = list(refused), list(answered)
        told = " ".join(f"{asked!r}: {why}." for asked, why in refused)
        super().__init__(
            f"Nothing of this can be answered. {told} Answered can be: {'; '.join(answered)}. Ask for one of these."
        )
