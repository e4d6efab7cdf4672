"""The documentation builds as a site: no warning, nothing from another host, every link inside it leads somewhere."""

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
NEEDED = ("sphinx", "myst_nb", "pydata_sphinx_theme")
LOADED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"(?:https?:)?//|<link\b(?![^>]*\brel=\"(?:canonical|license)\")[^>]*\bhref=\"(?:https?:)?//"
)
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of the built site. Notebooks are not run here; tests/api/test_notebook.py runs them."""
    missing = [m for m in NEEDED if importlib.util.find_spec(m) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}; make docs installs them")
    out = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-D",
        "nb_execution_mode=off",
        "-d",
        str(out / "trees"),
    ]
    done = subprocess.run([*command, "docs", str(out / "html")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    yield out / "html"


def test_site_has_every_section(site: Path) -> None:
    """The five sections are there, each with its pages."""
    for page in (
        "index", "tutorials/first-brief", "tutorials/own-case", "tutorials/daily-model", "howto/cite", "howto/spark", "howto/add-a-source",
        "howto/add-a-claim", "explanation/model", "explanation/verdicts", "explanation/limits", "explanation/data-ethics",
        "reference/python", "reference/commands", "reference/json", "reference/glossary", "reference/security", "replications/index",
    ):  # fmt: skip
        assert (site / f"{page}.html").is_file(), page


def test_site_loads_nothing_from_elsewhere(site: Path) -> None:
    """No page loads a script, style, font or picture from another host."""
    pages = list(site.rglob("*.html"))
    assert len(pages) >= 60
    assert [p.name for p in pages if LOADED.search(p.read_text(encoding="utf-8"))] == []


def test_pattern_finds_a_foreign_script() -> None:
    """The pattern can fail."""
    assert LOADED.search('<script defer src="https://example.org/x.js"></script>')
    assert LOADED.search('<link rel="stylesheet" href="//example.org/x.css">')
    assert not LOADED.search('<a href="https://example.org/">x</a><script src="_static/x.js"></script>')


def test_public_names_are_in_reference(site: Path) -> None:
    """Every name of `detente.__all__` stands on the page of the Python API."""
    import detente

    page = (site / "reference/python.html").read_text(encoding="utf-8")
    names = {n for n in detente.__all__ if n not in ("__version__", "datasets")}
    assert {n for n in names if f'id="detente.{n}"' not in page} == set()


@pytest.mark.parametrize("form", FORMS, ids=lambda p: p.stem)
def test_issue_form_is_valid(form: Path) -> None:
    """An issue form has a name, a description and fields with unique ids; GitHub shows no form without them."""
    data = yaml.safe_load(form.read_text(encoding="utf-8"))
    if form.stem == "config":
        assert set(data) <= {"blank_issues_enabled", "contact_links"}
        return
    assert {"name", "description", "body"} <= set(data)
    fields = [x for x in data["body"] if x["type"] != "markdown"]
    assert len({x["id"] for x in fields}) == len(fields) >= 3
    assert all(x["attributes"]["label"] for x in fields)
