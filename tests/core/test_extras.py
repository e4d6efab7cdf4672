"""The table of extras says what pyproject.toml says, and a missing extra is one clear error."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from detente.core.errors import DetenteError
from detente.core.extras import EXTRAS, MissingExtra, require_extra

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# `docs` builds the site and `all` is the sum: no module of the package imports what they alone bring.
NOT_IMPORTED = {"all", "docs"}


def normalise(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_requirements(lines: list[str]) -> set[str]:
    """Return the names of required packages, without those of the project itself."""
    names = {normalise(re.split(r"[\[<>=!~ ]", line)[0]) for line in lines}
    return names - {"detente"}


def list_imported_modules() -> dict[str, set[str]]:
    """Return every module of other packages that the package imports, with the files that import it."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "src/detente").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for name in names:
                root = name.partition(".")[0]
                if root not in sys.stdlib_module_names and root != "detente":
                    found.setdefault(root, set()).add(path.name)
    return found


@pytest.mark.parametrize("extra", sorted(PROJECT["optional-dependencies"].keys() - NOT_IMPORTED))
def test_extra_checks_every_package(extra: str) -> None:
    """What pyproject.toml requires for an extra is looked for before the extra is used."""
    required = parse_requirements(PROJECT["optional-dependencies"][extra])
    assert required <= {normalise(p) for p in EXTRAS[extra].modules.values()} | (
        {"ibis-framework"} if extra == "spark" else set()
    )


def test_extras_are_those_of_the_project() -> None:
    """The table and pyproject.toml name the same extras, and `all` is all of them."""
    named = PROJECT["optional-dependencies"].keys()
    assert named - NOT_IMPORTED == EXTRAS.keys()
    (everything,) = PROJECT["optional-dependencies"]["all"]
    assert set(everything.removeprefix("detente[").removesuffix("]").split(",")) == named - {"all"}


def test_every_imported_package_is_declared() -> None:
    """A module that the package imports comes with the core or with an extra of the table."""
    core = parse_requirements(PROJECT["dependencies"])
    extras = {m for e in EXTRAS.values() for m in e.modules}
    distributions = packages_distributions()
    undeclared = {
        module: files
        for module, files in list_imported_modules().items()
        if module not in extras and not core & {normalise(d) for d in distributions.get(module, [module])}
    }
    assert undeclared == {}


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_require_extra_names_first_missing_package(extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a module cannot be found, the error holds the extra, the package and the command."""
    module, package = next(iter(EXTRAS[extra].modules.items()))
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra) as caught:
        require_extra(extra)
    assert (caught.value.extra, caught.value.package) == (extra, package)
    assert caught.value.command in str(caught.value)
    assert caught.value.exit_code == 10


def test_missing_extra_is_an_import_error() -> None:
    """Code that catches ImportError, or this package's errors, catches it."""
    assert issubclass(MissingExtra, ImportError)
    assert issubclass(MissingExtra, DetenteError)
