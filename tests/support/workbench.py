"""One workbench for all tests of this floor: the flagship prepared once, kept between runs by its key."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from detente.api.case import PreparedCase, prepare_case
from detente.web.app import create_app
from detente.web.config import ServerConfig
from support.shared_artifacts import lock_folder

# Made once by whichever worker of the test run comes first and read by the others: its key says what it was made from.
CACHE_FOLDER = Path(tempfile.gettempdir()) / "detente-test-studies"


@pytest.fixture(scope="session")
def flagship() -> PreparedCase:
    """The flagship, prepared."""
    with lock_folder(CACHE_FOLDER):
        return prepare_case("pakistan-afghanistan", CACHE_FOLDER)


@pytest.fixture
def settings(tmp_path: Path) -> ServerConfig:
    """A workbench whose folders are this test's own."""
    return ServerConfig(
        store=tmp_path / "store",
        uploads=tmp_path / "uploads",
        cache=CACHE_FOLDER,
        database=f"sqlite:///{tmp_path / 'workbench.db'}",
    )


@pytest.fixture
def client(settings: ServerConfig, flagship: PreparedCase) -> Iterator[TestClient]:
    """A browser without JavaScript, on the workbench itself."""
    with TestClient(create_app(settings, {flagship.id: flagship}), raise_server_exceptions=False) as c:
        yield c
