"""Fixtures of the web tests: the flagship, prepared once and cached between runs by its key."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from detente.api.case import PreparedCase, prepare_case
from detente.web.app import create_app
from detente.web.config import ServerConfig
from support.shared_artifacts import lock_folder

# The first worker of a test run prepares the case; the others read it. Its key depends on all inputs.
CACHE_FOLDER = Path(tempfile.gettempdir()) / "detente-test-studies"


@pytest.fixture(scope="session")
def flagship() -> PreparedCase:
    """Return the prepared flagship case."""
    with lock_folder(CACHE_FOLDER):
        return prepare_case("pakistan-afghanistan", CACHE_FOLDER)


@pytest.fixture
def settings(tmp_path: Path) -> ServerConfig:
    """Return settings with folders of this test's own."""
    return ServerConfig(
        store=tmp_path / "store",
        uploads=tmp_path / "uploads",
        cache=CACHE_FOLDER,
        database=f"sqlite:///{tmp_path / 'workbench.db'}",
        host_names=("*",),
    )


@pytest.fixture
def client(settings: ServerConfig, flagship: PreparedCase) -> Iterator[TestClient]:
    """Return an HTTP client of the application, without JavaScript."""
    with TestClient(create_app(settings, {flagship.id: flagship}), raise_server_exceptions=False) as c:
        yield c
