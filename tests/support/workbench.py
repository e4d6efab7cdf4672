"""One workbench for all tests of this floor: the flagship prepared once, kept between runs by its key."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from detente.api.case import Study, study
from detente.web.app import make
from detente.web.config import Settings
from support.shared_artifacts import alone

# Made once by whichever worker of the test run comes first and read by the others: its key says what it was made from.
CACHE = Path(tempfile.gettempdir()) / "detente-test-studies"


@pytest.fixture(scope="session")
def flagship() -> Study:
    """The flagship, prepared."""
    with alone(CACHE):
        return study("pakistan-afghanistan", CACHE)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A workbench whose folders are this test's own."""
    return Settings(
        store=tmp_path / "store",
        uploads=tmp_path / "uploads",
        cache=CACHE,
        database=f"sqlite:///{tmp_path / 'workbench.db'}",
    )


@pytest.fixture
def client(settings: Settings, flagship: Study) -> Iterator[TestClient]:
    """A browser without JavaScript, on the workbench itself."""
    with TestClient(make(settings, {flagship.id: flagship}), raise_server_exceptions=False) as c:
        yield c
