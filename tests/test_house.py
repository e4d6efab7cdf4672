"""Rules of the house that a script can hold: unique class names, and plain words in help and errors."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from detente.cli.main import COMMANDS

PACKAGE = Path(__file__).parents[1] / "src/detente"
# Words that CONTRIBUTING.md replaces; `lever` may stand in the option of that name.
REJECTED = (
    r"told|nought|anew|lest|whoever|upheavals?|askable|set aside|watched|the watch|who answers whom|luck|"
    r"densit(?:y|ies)|densely|not to be told|attacks? on (?:a |the )?claims?|attack every claim|(?<!-)levers?|lived again"
)


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE), ast.parse(path.read_text(encoding="utf-8"))


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


def test_public_class_names_are_unique() -> None:
    """A stranger who searches for a class finds one."""
    places = defaultdict(list)
    for path, tree in _trees():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


@pytest.mark.parametrize("word", sorted(COMMANDS))
def test_help_uses_plain_words(word: str) -> None:
    """No private word stands in a help text."""
    module, summary = COMMANDS[word]
    texts = [(word, summary), *_help_texts(import_module(module).command, word)]
    assert {name: m[0] for name, text in texts if (m := re.search(rf"\b(?:{REJECTED})\b", text, re.IGNORECASE))} == {}


def test_errors_use_plain_words() -> None:
    """No private word stands in an error that the package raises."""
    found = {}
    for path, tree in _trees():
        for text in _raised_texts(tree):
            if m := re.search(rf"\b(?:{REJECTED})\b", text, re.IGNORECASE):
                found[f"{path}: {text[:80]}"] = m[0]
    assert found == {}


def test_rejected_words_are_found() -> None:
    """The pattern itself can fail."""
    for text in ("no lever of that name", "3 rows were set aside", "Who answers whom", "not askable"):
        assert re.search(rf"\b(?:{REJECTED})\b", text, re.IGNORECASE)
    assert not re.search(rf"\b(?:{REJECTED})\b", "detente whatif --lever border=0.8", re.IGNORECASE)
