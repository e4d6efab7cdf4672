"""No reader meets the project's private vocabulary: `text/vocabulary.toml` has the phrases and the standard terms."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

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
def vocabulary() -> dict[re.Pattern[str], str]:
    """Return each pattern and what is written instead."""
    table = tomllib.loads((ROOT / "tests/text/vocabulary.toml").read_text(encoding="utf-8"))
    return {re.compile(p, re.IGNORECASE): better for p, better in table.items()}


def find_faults(text: str) -> list[str]:
    """Return each private phrase in a text with the standard term."""
    flat = re.sub(r"\s+", " ", text)
    return [f"{m[0]!r}: write {better!r}" for p, better in vocabulary().items() for m in p.finditer(flat)]


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
