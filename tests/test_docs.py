"""The documentation is held to the code."""

import importlib.util
import re
from pathlib import Path

import pytest

from detente.cases.case_file import CaseFile
from detente.claims import CLAIMS

ROOT = Path(__file__).parents[1]
SECTIONS = ("tutorials", "howto", "explanation")
spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs/make_reference.py")
assert spec is not None
assert spec.loader is not None
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)


@pytest.mark.parametrize("name", reference.PAGES)
def test_reference_page_matches_the_code(name: str) -> None:
    """A reference page is what `make docs` would write now."""
    written = (ROOT / "docs/reference" / name).read_text(encoding="utf-8")
    assert written == reference.PAGES[name](), "run make docs"


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/case-file.md",
        "docs/comparison.md",
        "docs/living-record.md",
        "docs/mcp.md",
        "docs/reporting-coverage.md",
        "docs/serving.md",
        "docs/store.md",
        "docs/traps.md",
        "VISION.md",
        "docs/index.md",
        "docs/replications/index.md",
        *(f"docs/{p.parent.name}/{p.name}" for d in SECTIONS for p in sorted((ROOT / "docs" / d).glob("*.md"))),
    ],
)
def test_links_lead_to_existing_files(page: str) -> None:
    """Every relative link of a page leads to a file."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+?)\)", text):
        if not target.startswith("http"):
            assert (ROOT / page).parent.joinpath(target).exists(), target


def test_case_file_page_names_every_key() -> None:
    """The page on case files names every key and every claim."""
    text = (ROOT / "docs/case-file.md").read_text(encoding="utf-8")
    keys = {f.alias or n for n, f in CaseFile.model_fields.items() if n != "file"}
    assert {k for k in keys if f"`{k}`" not in text and f"[{k}]" not in text} == set()
    assert {c for c in CLAIMS if f"`{c}`" not in text} == set()


def test_contributing_lists_every_floor() -> None:
    """Every folder of the package has its row in CONTRIBUTING.md."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    floors = {p.name for p in (ROOT / "src/detente").iterdir() if (p / "__init__.py").exists()}
    assert {f for f in floors if f"| `{f}/` |" not in text} == set()


def test_readme_names_existing_make_targets() -> None:
    """Every make target in the README exists."""
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    named = set(re.findall(r"`?make ([a-z]+)`?", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named <= targets
    assert {"brief", "test", "check", "serve", "docs", "bench"} <= targets


def test_replications_index_lists_every_study() -> None:
    """Every page of replications has its row in the index, and its place in the menu."""
    text = (ROOT / "docs/replications/index.md").read_text(encoding="utf-8")
    pages = {p.stem for p in (ROOT / "docs/replications").glob("*.md")} - {"index", "README"}
    assert {p for p in pages if f"]({p}.md)" not in text or f"<{p}>" not in text} == set()
