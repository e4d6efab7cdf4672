"""No reader meets the project's private vocabulary: `text/vocabulary.toml` has the phrases and the standard terms."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import click
import pytest

from detente.cli.main import COMMANDS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/detente"
PAGES = (
    "README.md",
    "VISION.md",
    "SECURITY.md",
    "docs/*.md",
    "docs/reference/*.md",
    "docs/notebooks/*.ipynb",
    "docs/tutorials/*",
    "docs/howto/*.md",
    "docs/explanation/*.md",
    "docs/replications/index.md",
)
TEMPLATES = ("*.html", "*.typ", "*.toml", "*.txt")


@cache
def vocabulary(*parts: str) -> dict[re.Pattern[str], str]:
    """Return each pattern of some parts of the table and what is written instead."""
    table = tomllib.loads((ROOT / "tests/text/vocabulary.toml").read_text(encoding="utf-8"))
    return {re.compile(p, re.IGNORECASE): better for part in parts for p, better in table[part].items()}


def find_faults(text: str, *more: str) -> list[str]:
    """Return each private phrase in a text with the standard term; `more` parts of the table may be named."""
    flat = re.sub(r"\s+", " ", text)
    return [
        f"{m[0]!r}: write {better!r}" for p, better in vocabulary("everywhere", *more).items() for m in p.finditer(flat)
    ]


def reader_texts(path: Path) -> Iterator[str]:
    """The texts of a module that can reach a reader: every string with a space, docstrings included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield node.value


@pytest.mark.parametrize("path", sorted(p for g in PAGES for p in ROOT.glob(g)), ids=lambda p: p.name)
def test_page_has_standard_vocabulary(path: Path) -> None:
    """A page of the documentation uses the standard terms."""
    assert find_faults(path.read_text(encoding="utf-8")) == []


def test_templates_have_standard_vocabulary() -> None:
    """Templates, catalogues and case files use the standard terms."""
    files = sorted(p for g in TEMPLATES for p in PACKAGE.rglob(g))
    assert len(files) > 50
    found = {str(p.relative_to(PACKAGE)): find_faults(p.read_text(encoding="utf-8")) for p in files}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_code_has_standard_vocabulary() -> None:
    """Messages, helps, sentences and docstrings of the package use the standard terms."""
    files = sorted(PACKAGE.rglob("*.py"))
    assert len(files) > 300
    found = {str(p.relative_to(PACKAGE)): [f for t in reader_texts(p) for f in find_faults(t)] for p in files}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_private_phrases_are_found() -> None:
    """The search finds a phrase across a line break and in capitals, and nothing in plain words."""
    assert find_faults("It is NOT to be\ntold from chance.") == [
        "'NOT to be told from': write 'cannot be distinguished from'"
    ]
    assert find_faults("It cannot be distinguished from chance.") == []


def _help_texts(command: click.Command, name: str) -> Iterator[tuple[str, str]]:
    yield name, command.help or ""
    for option in command.params:
        yield f"{name} {option.name}", getattr(option, "help", "") or ""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            inner = command.get_command(context, word)
            assert inner is not None
            yield from _help_texts(inner, f"{name} {word}")


def _raised_texts(tree: ast.Module) -> Iterator[str]:
    """String literals of raise statements, and of the constructors of error classes."""
    for node in ast.walk(tree):
        is_error = isinstance(node, ast.ClassDef) and any(
            isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "exit_code" for n in node.body
        )
        if isinstance(node, ast.Raise) or is_error:
            for part in ast.walk(node):
                if isinstance(part, ast.FunctionDef) and is_error:
                    for inner in ast.walk(part):
                        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                            yield inner.value
                elif isinstance(node, ast.Raise) and isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


@pytest.mark.parametrize("word", sorted(COMMANDS))
def test_help_uses_plain_words(word: str) -> None:
    """No private word stands in a help text."""
    module, summary = COMMANDS[word]
    texts = [(word, summary), *_help_texts(import_module(module).command, word)]
    assert {name: faults for name, text in texts if (faults := find_faults(text, "help_and_errors"))} == {}


def test_errors_use_plain_words() -> None:
    """No private word stands in an error that the package raises."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for text in _raised_texts(ast.parse(path.read_text(encoding="utf-8"))):
            if faults := find_faults(text, "help_and_errors"):
                found[f"{path.relative_to(PACKAGE)}: {text[:80]}"] = faults
    assert found == {}


def test_words_of_help_are_found() -> None:
    """The stricter part finds its words and leaves the option of that name."""
    for text in ("no lever of that name", "3 rows were set aside", "Who answers whom", "not askable", "low density"):
        assert find_faults(text, "help_and_errors")
    assert find_faults("detente whatif --lever border=0.8", "help_and_errors") == []
