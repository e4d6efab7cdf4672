"""A server answers at once: record pages from the record, others once another process has made their results."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.preparation import (
    PreparationProgress,
    open_served_case,
    prepare_cases,
    read_progress,
    write_progress,
)
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


def test_case_saved_meanwhile_is_prepared(
    config: ServerConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case that an editor saves or changes during a preparation is prepared by the same process, once for each text."""
    settings = replace(config, case_folder=tmp_path / "cases")
    own = settings.case_folder / "mine" / "case.toml"
    done: list[str] = []

    def prepare(name: str, _settings: ServerConfig, _digest: str) -> None:
        done.append(name)
        if len(done) <= 2:  # saved during the first preparation, changed during its own
            own.parent.mkdir(parents=True, exist_ok=True)
            own.write_text(f"version {len(done)}")
            os.utime(own, ns=(len(done), len(done)))

    monkeypatch.setattr("detente.web.preparation._prepare_case", prepare)
    prepare_cases(settings)
    assert done == [config.cases[0], str(own), str(own)]


def test_failed_opening_is_reported(config: ServerConfig, tmp_path: Path) -> None:
    """A case that cannot be opened says so in its progress, and does not keep others from being prepared."""
    own = tmp_path / "cases" / "broken" / "case.toml"
    own.parent.mkdir(parents=True)
    own.write_text("id = ")
    prepare_cases(replace(config, cases=(), case_folder=tmp_path / "cases"))
    assert read_progress(config.cache, "broken").failed


def test_preparation_ends_with_its_worker(tmp_path: Path) -> None:
    """A process that prepares cases ends soon after the process that started it was killed."""
    code = (
        "import os, subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import os, sys, time; from threading import Thread;"
        " from detente.web.preparation import _end_with_parent;"
        " Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start(); print(1, flush=True); time.sleep(120)'],"
        " stdout=subprocess.PIPE)\n"
        "p.stdout.readline(); print(p.pid, flush=True); time.sleep(120)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        child = int(worker.stdout.readline())
        worker.kill()
    until = time.monotonic() + 30
    while Path(f"/proc/{child}").exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not Path(f"/proc/{child}").exists()


def test_overview_says_which_claim_is_tested(served: Case, config: ServerConfig) -> None:
    """Until the claims are tested, the overview names the step at work and how many there are."""
    write_progress(config.cache, PreparationProgress(served.id, "claim linkage", 3, 9))
    with TestClient(create_app(config, {served.id: served})) as browser:
        assert "Step 4 of 9: claim linkage." in browser.get(f"/{served.id}/").text
