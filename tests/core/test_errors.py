"""Error messages contain their facts, and every exit code is documented."""

import re
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import detente
from detente.brief.errors import SinceNotBeforeAsOf, WordLimitTooLow
from detente.cases.actors import UnknownActor
from detente.cases.errors import AsOfOutOfRange, BadCase, UnknownCase
from detente.cli.main import EXIT_CODES
from detente.core.errors import CannotWrite, DetenteError, NoSuchFile, nearest, quoted_choices
from detente.core.row_error import RowError
from detente.measures.errors import NotObserved
from detente.questions.errors import (
    AmbiguousConflict,
    NoAnswerableDemand,
    NoDemandFound,
    UnknownConflict,
    UnreadableQuestion,
)
from detente.sources.errors import EmptyFile, WrongHeader


@pytest.mark.parametrize(
    ("error", "facts"),
    [
        (UnknownCase("pak-afghan", ["pakistan-afghanistan"]), ["'pak-afghan'", "'pakistan-afghanistan'"]),
        (UnknownCase("x", []), ["'x'", "none"]),
        (BadCase("a.toml", "cast.0.role", "hots", "it is no role", "Use host."), ["a.toml", "cast.0.role", "'hots'", "it is no role", "Use host."]),
        (NoSuchFile(Path("/nowhere/at/all.toml"), "case file"), ["/nowhere/at/all.toml", "case file"]),
        (EmptyFile("c.csv", "a header"), ["c.csv", "a header"]),
        (WrongHeader("c.csv", "the chronology", ["mode"], ["mod"], []), ["c.csv", "the chronology", "'mode'", "'mod'"]),
        (WrongHeader("c.csv", "the chronology", [], [], ["mode"], ["id"]), ["'mode'", "'id'"]),
        (NotObserved(["attack", 3]), ["attack", "3"]),
        (AsOfOutOfRange(date(2020, 1, 1), date(2021, 8, 15), date(2026, 6, 30)), ["2020-01-01", "2021-08-15", "2026-06-30"]),
        (CannotWrite(Path("/a/b"), "No space left", "--save"), ["/a/b", "No space left", "--save"]),
        (SinceNotBeforeAsOf(date(2026, 7, 1), date(2026, 6, 30)), ["--since", "2026-07-01", "2026-06-30"]),
        (WordLimitTooLow(20, 140), ["20", "140"]),
        (UnknownConflict(["Sudan", "Chad"], [], [("pak-afg", "Pakistan and Afghanistan")]), ["Sudan", "Chad", "pak-afg", "Pakistan and Afghanistan"]),
        (UnknownConflict(["Kashmir"], ["Pakistan"], []), ["Pakistan", "Kashmir"]),
        (AmbiguousConflict([("pak-afg", "Pakistan and Afghanistan")]), ["Pakistan and Afghanistan", "--case pak-afg"]),
        (UnreadableQuestion("\x1b[31m", "character 1 is a mark", "Type it again."), ["'\\x1b[31m'", "character 1 is a mark", "Type it again."]),
        (NoDemandFound("Kabul", "pak-afg", ["how many died"]), ["'Kabul'", "pak-afg", "how many died"]),
        (NoDemandFound("Discuss.", "", ["how many died"]), ["'Discuss.'", "how many died"]),
        (NoAnswerableDemand([("who will win", "it asks what will happen")], ["how many died"]), ["who will win", "it asks what will happen", "how many died"]),
        (UnknownActor("TPP", "chronology row 7", ["TTP", "PAK"]), ["chronology row 7", "'TPP'", "2", "'TTP'"]),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, Exception) else x[0],
)  # fmt: skip
def test_error_message_contains_its_facts(error: DetenteError, facts: list[str]) -> None:
    """The message contains every fact that the error was built from."""
    for fact in facts:
        assert fact in str(error)
    assert "  " not in str(error)


def subclasses(error: type[DetenteError] = DetenteError) -> Iterator[type[DetenteError]]:
    for child in error.__subclasses__():
        yield child
        yield from subclasses(child)


def test_exit_codes_are_all_documented() -> None:
    """The help text explains the exit code of every error class."""
    for module in walk_packages(detente.__path__, "detente."):
        import_module(module.name)
    explained = {int(n) for n in re.findall(r"(\d+) [a-z]", EXIT_CODES)} - {0}
    # click uses 2, wrong usage, as well.
    assert {e.exit_code for e in subclasses()} | {2} == explained
    assert len(list(subclasses())) >= 11


def test_nearest_keeps_spelling() -> None:
    """Suggestions keep their own spelling; a dissimilar word has none."""
    assert nearest("ttp", ["PAK", "TTP"]) == ["TTP"]
    assert nearest("zzz", ["PAK", "TTP"]) == []
    assert len(nearest("a", ["aa", "ab", "ac", "ad"], n=2)) <= 2


@pytest.mark.parametrize(
    ("words", "text"), [([], "none"), (["a"], "'a'"), (["a", "b"], "'a' or 'b'"), (list("abc"), "'a', 'b' or 'c'")]
)
def test_quoted_choices_format(words: list[str], text: str) -> None:
    """Choices are quoted and joined by commas and "or"."""
    assert quoted_choices(words) == text


def test_row_error_shortens_long_values() -> None:
    """The message shows the start of a long value; the attribute keeps all of it."""
    error = RowError(7, "summary", "x" * 500, "it is long", "Shorten it.")
    assert str(error).startswith("row 7, column summary, value 'xxx")
    assert len(str(error)) < 160
    assert error.value == "x" * 500


def test_row_error_without_column() -> None:
    """An error of a whole row names no column."""
    assert "column" not in str(RowError(7, "", "a,b", "it is cut off", "Correct it."))
