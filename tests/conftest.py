"""Settings of every test: no deadline for property tests, and folders of the test run for cache and user data."""

import hashlib
import os

# On busy cores the threads of OpenBLAS wait for one another; numpy reads this when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from detente.core import disk_cache

# A loaded machine is not a failure.
settings.register_profile("detente", deadline=None)
settings.load_profile("detente")

# Commands keep results as for a user, but never in the user's own folder. The processes of a checkout share them, and the prepared
# flagship of the tests is there too: entries are kept by content and code, so a later run finds only what is still true.
_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
_FOLDER = Path(tempfile.gettempdir()) / f"detente-run-{_RUN}"
_CHECKOUT = hashlib.sha256(str(Path(__file__).parent / "support").encode()).hexdigest()[:8]
os.environ["DETENTE_CACHE"] = str(Path(tempfile.gettempdir()) / f"detente-test-results-{_CHECKOUT}")
# Commands read the user's store by default. A test names its own, and never reads that of the person who runs it.
os.environ["XDG_DATA_HOME"] = str(_FOLDER / "data")
os.environ.pop("DETENTE_STORE", None)

pytest_plugins = [
    "support.chromium",
    "support.comments_workbench",
    "support.databases",
    "support.mcp_client",
    "support.workbench",
]

# Fits are shared between tests and processes where a test chooses no cache: a kept fit equals a new one, which the tests of the
# cache hold. This takes the place of the cache that keeps nothing.
disk_cache._active[0] = disk_cache.DiskCache(Path(os.environ["DETENTE_CACHE"]))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--fast`."""
    parser.addoption("--fast", action="store_true", help="Leave out the files that tests/slow_files.txt names.")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `--fast`, leave out the files that take long."""
    return True if config.getoption("--fast") and collection_path in _list_slow_files() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that the processes end at about the same time."""
    rank = {path: i for i, path in enumerate(_list_slow_files())}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores, since tests wait for browsers and servers."""
    return (os.cpu_count() or 1) + 1


@cache
def _list_slow_files() -> tuple[Path, ...]:
    here = Path(__file__).parent
    lines = (here / "slow_files.txt").read_text(encoding="utf-8").splitlines()
    return tuple(here.parent / line for line in lines if not line.startswith("#"))
