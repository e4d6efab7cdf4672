"""Fixtures of the web tests: the flagship, prepared once and cached between runs by its key."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from detente.api.case import Case, open_case
from detente.cases.load import CaseData
from detente.core.disk_cache import DiskCache
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.middleware.token_bucket import RateLimit
from support.databases import copy_migrated
from support.shared_artifacts import lock_folder

# The first worker of a test run prepares the case; the others read it. Its key depends on all inputs.
# Each checkout has a folder of its own (see conftest.py), so that two test runs side by side do not wait for each other.
CACHE_FOLDER = Path(os.environ["DETENTE_CACHE"])


@pytest.fixture(scope="session")
def flagship() -> Case:
    """Return the prepared flagship case."""
    with lock_folder(CACHE_FOLDER):
        case = Case("pakistan-afghanistan", open_case(store=None).view, DiskCache(CACHE_FOLDER))
        case.prepare()
        return case


def change_record(case: Case, g: CaseData) -> Case:
    """Return the case with another record; its results are not kept."""
    return Case(case.named, replace(case.view, g=g), DiskCache(None))


def make_settings(home: Path, **more: Any) -> ServerConfig:
    """Return settings with a store, uploads and a database of their own in a folder."""
    return ServerConfig(
        store=home / "store",
        uploads=home / "uploads",
        cache=CACHE_FOLDER,
        database=copy_migrated(home / "workbench.db").render_as_string(),
        **more,
    )


@pytest.fixture
def settings(tmp_path: Path) -> ServerConfig:
    """Return settings with folders of this test's own."""
    return make_settings(tmp_path, host_names=("*",))


@pytest.fixture(scope="module")
def reader(flagship: Case, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return an HTTP client that all tests of a file share, for pages that they only read; nothing limits its rate."""
    config = make_settings(tmp_path_factory.mktemp("reader"), host_names=("*",))
    app = create_app(config, {flagship.id: flagship})
    lift_limits(app)
    with TestClient(app, raise_server_exceptions=False) as c:
        yield c


def lift_limits(app: Starlette) -> None:
    """Let requests come faster than any reader's."""
    for buckets in vars(app.state.limits).values():
        buckets.rate = RateLimit(burst=100_000, every_s=0.001)


@pytest.fixture
def client(settings: ServerConfig, flagship: Case) -> Iterator[TestClient]:
    """Return an HTTP client of the application, without JavaScript."""
    with TestClient(create_app(settings, {flagship.id: flagship}), raise_server_exceptions=False) as c:
        yield c
