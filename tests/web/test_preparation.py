"""A server answers at once: record pages from the record, others once another process has made their results."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.preparation import open_served_case, prepare_cases, read_progress
from support.small_case import make_chronology, make_daily_lines, write_case_folder

RECORD_PAGES = ("", "events", "events.json", "events/DL-20250101-01")
MODEL_PAGES = ("brief", "claims", "claims/trust", "forecast", "responses", "whatif")


@pytest.fixture
def config(tmp_path: Path) -> ServerConfig:
    """Settings of a server of a small case with an empty cache."""
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(25)))
    return ServerConfig(
        cases=(str(path),), cache=tmp_path / "cache", uploads=tmp_path / "uploads", store=tmp_path / "store",
        database=f"sqlite:///{tmp_path / 'workbench.db'}", host_names=("*",),
    )  # fmt: skip


@pytest.fixture
def served(config: ServerConfig) -> Case:
    """The small case as a worker opens it."""
    return open_served_case(config.cases[0], config)


@pytest.fixture
def small(config: ServerConfig, served: Case) -> Iterator[TestClient]:
    """A client of that server."""
    with TestClient(create_app(config, {served.id: served}), raise_server_exceptions=False) as c:
        yield c


def test_record_pages_answer_before_results(small: TestClient, served: Case) -> None:
    """Pages of the record are whole while nothing has been computed."""
    for page in RECORD_PAGES:
        assert small.get(f"/{served.id}/{page}").status_code == 200, page
    assert len(small.get(f"/{served.id}/events.json").json()["page"]["rows"]) == 25


def test_model_pages_say_being_computed(small: TestClient, served: Case) -> None:
    """Pages of results that are not there yet answer 202, say when to ask again, and load themselves again."""
    for page in MODEL_PAGES:
        answer = small.get(f"/{served.id}/{page}")
        assert answer.status_code == 202, page
        assert int(answer.headers["retry-after"]) > 0
        assert 'http-equiv="refresh"' in answer.text
    data = small.get(f"/{served.id}/brief.json")
    assert data.status_code == 202
    assert data.json()["progress"]["case"] == served.id


def test_pages_fill_once_results_are_made(small: TestClient, served: Case, config: ServerConfig) -> None:
    """Once the results are made the same server shows them."""
    assert small.get(f"/{served.id}/claims").status_code == 202
    prepare_cases(config)
    assert read_progress(config.cache, served.id).finished
    for page in MODEL_PAGES:
        assert small.get(f"/{served.id}/{page}").status_code in (200, 404), page  # 404: too few events for a model
    assert small.get(f"/{served.id}/claims").status_code == 200
    assert small.get(f"/{served.id}/index.json").json()["page"]["verdicts"]


def test_failed_preparation_gives_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case whose results cannot be computed says why instead of asking the reader to wait."""

    def fail(*_: object) -> None:
        raise ArithmeticError("a reason for the test")

    monkeypatch.setattr(Case, "prepare", fail)
    # Another record than the other tests': pages in memory are shared by content.
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(24)))
    config = ServerConfig(cases=(str(path),), cache=tmp_path / "cache", host_names=("*",))
    prepare_cases(config)
    served = open_served_case(str(path), config)
    with TestClient(create_app(config, {served.id: served})) as c:
        answer = c.get(f"/{served.id}/brief")
    assert answer.status_code == 202
    assert "a reason for the test" in answer.text
