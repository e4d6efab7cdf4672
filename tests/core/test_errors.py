"""Errors: each says who, where, what is known and what to do, and ends a script with a code that the help states."""

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
    ("error", "told"),
    [
        (UnknownCase("pak-afghan", ["pakistan-afghanistan"]), ["'pak-afghan'", "Shipped: pakistan-afghanistan", "Nearest: 'pakistan-afghanistan'", "give the path"]),
        (UnknownCase("x", []), ["'x'", "Shipped: none", "Nearest: none"]),
        (BadCase("a.toml", "cast.0.role", "hots", "it is no role", "Use host."), ["a.toml", "key cast.0.role", "'hots'", "it is no role", "Use host."]),
        (NoSuchFile(Path("/nowhere/at/all.toml"), "case file"), ["/nowhere/at/all.toml", "no such case file", "Check the path"]),
        (EmptyFile("c.csv", "a header"), ["c.csv is empty", "Expected a header", "Fetch or copy"]),
        (WrongHeader("c.csv", "the chronology", ["mode"], ["mod"], []), ["c.csv", "the chronology", "'mode' is missing (is it 'mod'?)", "'mod' is not a column", "Restore"]),
        (WrongHeader("c.csv", "the chronology", [], [], ["mode"]), ["'mode' stands in another place", "No row was read"]),
        (NotObserved(["attack", 3]), ["attack, 3", "unknown, not zero", "Leave these out"]),
        (AsOfOutOfRange(date(2020, 1, 1), date(2021, 8, 15), date(2026, 6, 30)), ["2020-01-01", "2021-08-15", "2026-06-30", "Give a day from 2021-08-15"]),
        (CannotWrite(Path("/a/b"), "No space left"), ["/a/b", "No space left", "Nothing was changed"]),
        (SinceNotBeforeAsOf(date(2026, 7, 1), date(2026, 6, 30)), ["--since 2026-07-01", "2026-06-30", "earlier day"]),
        (WordLimitTooLow(20, 140), ["20 words", "140", "--words 140"]),
        (UnknownConflict(["Sudan", "Chad"], [], [("pak-afg", "Pakistan and Afghanistan")]), ["names Sudan, Chad", "these together", "pak-afg (Pakistan and Afghanistan)", "--case"]),
        (UnknownConflict(["Kashmir"], ["Pakistan"], []), ["names Pakistan, Kashmir", "Cases: none"]),
        (AmbiguousConflict([("pak-afg", "Pakistan and Afghanistan")]), ["names no party", "pak-afg (Pakistan and Afghanistan)", "add --case pak-afg"]),
        (UnreadableQuestion("\x1b[31m", "character 1 is a mark", "Type it anew."), ["'\\x1b[31m'", "character 1 is a mark", "Type it anew."]),
        (NoDemandFound("Kabul", "pak-afg", ["how many died"]), ["'Kabul'", "It is about pak-afg, but it does not say", "how many died", "how, why"]),
        (NoDemandFound("Discuss.", "", ["how many died"]), ["'Discuss.'", "It does not say what is asked"]),
        (NoAnswerableDemand([("who will win", "it asks what will happen")], ["how many died"]), ["'who will win': it asks what will happen", "Answered can be: how many died"]),
        (UnknownActor("TPP", "chronology row 7", ["TTP", "PAK"]), ["chronology row 7", "'TPP'", "2 known names", "Nearest: 'TTP'", "aliases"]),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, Exception) else x[0],
)  # fmt: skip
def test_a_message_holds_its_facts_and_its_remedy(error: DetenteError, told: list[str]) -> None:
    for part in told:
        assert part in str(error)
    assert "  " not in str(error)


def family(error: type[DetenteError] = DetenteError) -> Iterator[type[DetenteError]]:
    for child in error.__subclasses__():
        yield child
        yield from family(child)


def test_every_error_of_every_floor_ends_with_a_code_that_the_help_explains() -> None:
    for module in walk_packages(detente.__path__, "detente."):
        import_module(module.name)
    explained = {int(n) for n in re.findall(r"(\d) [a-z]", EXIT_CODES)} - {0}
    # 2, wrong usage, is click's as well as ours.
    assert {e.exit_code for e in family()} | {2} == explained
    assert len(list(family())) >= 11


def test_the_nearest_words_keep_their_own_spelling_and_a_word_like_none_has_none() -> None:
    assert nearest("ttp", ["PAK", "TTP"]) == ["TTP"]
    assert nearest("zzz", ["PAK", "TTP"]) == []
    assert len(nearest("a", ["aa", "ab", "ac", "ad"], n=2)) <= 2


@pytest.mark.parametrize(
    ("words", "said"), [([], "none"), (["a"], "'a'"), (["a", "b"], "'a' or 'b'"), (list("abc"), "'a', 'b' or 'c'")]
)
def test_a_choice_is_said_as_people_say_it(words: list[str], said: str) -> None:
    assert quoted_choices(words) == said


def test_a_fault_shows_a_long_value_by_its_beginning_and_keeps_it_whole() -> None:
    fault = RowError(7, "summary", "x" * 500, "it is long", "Shorten it.")
    assert str(fault).startswith("row 7, column summary, value 'xxx")
    assert len(str(fault)) < 160
    assert fault.value == "x" * 500


def test_a_fault_of_a_whole_row_names_no_column() -> None:
    assert "column" not in str(RowError(7, "", "a,b", "it is cut off", "Mend it."))
