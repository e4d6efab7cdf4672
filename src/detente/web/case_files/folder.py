"""The server's folder of cases written in the browser: one folder for each, with `case.toml` and the files that it names.

A text is checked in a folder of its own before it replaces the file, and it replaces it whole. A case may name files of
the case that it was copied from, which are copied beside it, and no others. Its events come from the store otherwise.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detente.cases.case_file import CaseFile, find_shipped_cases, load_case_file
from detente.cases.case_id import check_case_id
from detente.cases.errors import BadCase
from detente.core.atomic_write import replace_file
from detente.web.case_files.errors import CaseTextInvalid, hide_folders

FILE_NAME = "case.toml"
MAX_TEXT_LENGTH = 100_000  # characters; the flagship's file has 22,000
NAMED_FILES = ("chronology", "links", "renamed", "background", "geometry")


def find_case_files(folder: Path) -> dict[str, Path]:
    """Return the files of the cases in the server's folder by id, sorted; empty if there is no folder."""
    if folder == Path() or not folder.is_dir():
        return {}
    return {p.parent.name: p for p in sorted(folder.glob(f"*/{FILE_NAME}")) if is_case_id(p.parent.name)}


def is_case_id(name: str) -> bool:
    """Return whether a word can be the id of a case, and so the name of its folder."""
    try:
        return check_case_id(name) == name
    except ValueError:
        return False


def check_id(key: str) -> str:
    """Return the id of a new or changed case, which is also the name of its folder.

    Raises:
        CaseTextInvalid: it is not such a word.
    """
    try:
        return check_case_id(key)
    except ValueError as e:
        raise CaseTextInvalid("id", repr(key[:80]), str(e), "Choose another, such as pakistan-border.") from None


def check_text(folder: Path, text: str, key: str = "") -> CaseFile:
    """Return the case that a text describes; nothing is kept.

    Args:
        folder: of all cases of the server. key: the id that the text must have; empty for any.

    Raises:
        CaseTextInvalid: with the key, its value, why, and the remedy.
    """
    with _staged(folder, text, key) as (case, _):
        return case


def save_text(folder: Path, text: str, key: str) -> CaseFile:
    """Check a text and replace the file of its case by it, whole.

    Raises:
        CaseTextInvalid: the earlier file is unchanged. OSError: so it is if the disk is full.
    """
    with _staged(folder, text, key) as (case, files):
        home = folder / key
        home.mkdir(mode=0o700, exist_ok=True)
        for name, path in files.items():
            if not (home / name).exists():
                (home / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                replace_file(home / name, path.read_bytes(), 0o600)
        replace_file(home / FILE_NAME, text.encode(), 0o600)
        return case


def withdraw_file(folder: Path, key: str) -> None:
    """Stop serving a case: its file goes, the files that it names stay for a later version."""
    (folder / check_id(key) / FILE_NAME).unlink(missing_ok=True)


@contextmanager
def _staged(folder: Path, text: str, key: str) -> Iterator[tuple[CaseFile, dict[str, Path]]]:
    """Load a text in a folder of its own, beside the files that it may name; return those too, by name."""
    if len(text) > MAX_TEXT_LENGTH:
        remedy = "Shorten it, or give the file to those who run the server."
        raise CaseTextInvalid(
            "(the whole file)", f"{len(text):,} characters", f"the limit is {MAX_TEXT_LENGTH:,}", remedy
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".check-", dir=folder) as name:
        stage = Path(name)
        (stage / FILE_NAME).write_text(text, encoding="utf-8")
        files = _find_files(folder / key if key else Path(), text)
        for at, path in files.items():
            (stage / at).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, stage / at)
        try:
            case = load_case_file(str(stage / FILE_NAME))
        except BadCase as e:
            raise hide_folders(e, str(stage)) from e
        if key and case.id != key:
            raise CaseTextInvalid(
                "id", repr(case.id), f"the address of this case is {key!r}", "Write that id, or copy the case."
            )
        for brought in case.brought:
            if brought.files:
                why = "a case written here reads its releases from the store"
                raise CaseTextInvalid(
                    f"brought.{brought.source}.files", str(list(brought.files)), why, "Remove the key."
                )
        yield case, files


def _find_files(home: Path, text: str) -> dict[str, Path]:
    """Find the files that a text may name: those kept from a copy, else those of the shipped cases that it names.

    The files of a shipped case name one another, so all of them come with the first.
    """
    if home != Path() and home.is_dir():
        kept = {str(p.relative_to(home)): p for p in home.rglob("*") if p.is_file() and p.name != FILE_NAME}
        if kept:
            return kept
    found: dict[str, Path] = {}
    for path in find_shipped_cases().values():
        case = load_case_file(str(path))
        names = [getattr(case, key) for key in NAMED_FILES]
        if case.longer_view is not None:
            names += [case.longer_view.months, case.longer_view.years]
        named = [n for n in names if n and (f'"{n}"' in text or f"'{n}'" in text)]
        for folder in {(case.folder / n).parent for n in named} - {case.folder}:
            found |= {str(p.relative_to(case.folder)): p for p in folder.rglob("*") if p.is_file()}
    return found
