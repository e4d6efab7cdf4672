"""The documentation is held to the code."""

import importlib.util
import re
from pathlib import Path

import pytest

from detente.cases.case_file import CaseFile
from detente.claims import CLAIMS

ROOT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs/make_reference.py")
assert spec is not None
assert spec.loader is not None
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_reference_page_is_what_the_code_would_write_now(name: str) -> None:
    written = (ROOT / "docs/reference" / name).read_text(encoding="utf-8")
    assert written == reference.PAGES[name](), "run make docs"


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/case-file.md",
        "docs/reporting-coverage.md",
        "docs/serving.md",
        "docs/store.md",
        "docs/traps.md",
        "VISION.md",
    ],
)
def test_every_link_of_a_page_leads_to_a_file_that_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+?)\)", text):
        if not target.startswith("http"):
            assert (ROOT / page).parent.joinpath(target).exists(), target


def test_the_page_on_case_files_names_every_key_and_every_claim() -> None:
    text = (ROOT / "docs/case-file.md").read_text(encoding="utf-8")
    keys = {f.alias or n for n, f in CaseFile.model_fields.items() if n != "file"}
    assert {k for k in keys if f"`{k}`" not in text and f"[{k}]" not in text} == set()
    assert {c for c in CLAIMS if f"`{c}`" not in text} == set()


def test_every_floor_has_its_row_in_contributing() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    floors = {p.name for p in (ROOT / "src/detente").iterdir() if (p / "__init__.py").exists()}
    assert {f for f in floors if f"| `{f}/` |" not in text} == set()


def test_every_make_target_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    named = set(re.findall(r"`?make ([a-z]+)`?", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named <= targets
    assert {"brief", "test", "check", "serve", "docs", "bench"} <= targets
