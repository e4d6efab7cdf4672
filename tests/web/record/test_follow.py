"""A served case follows its record: events at once, results once they are made again."""

import threading
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.cases.case_file import load_case_file
from detente.cases.edits.changes import RecordEditor, add_event, retract_event
from detente.cases.edits.journal import journal_path
from detente.cases.edits.release import write_notes_release
from detente.cases.load import load_case_data
from detente.store.paths import has_content
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.preparation import open_served_case, prepare_after_others, prepare_cases
from support.small_case import make_chronology, make_daily_lines, write_case_folder

NEW = {
    "date_start": "2025-02-05", "country": "PAK", "geo_precision": "country", "initiator": "TTP", "target": "PAK", "event_type": "ASSAULT",
    "mode": "raid", "context": "terrorism", "summary": "A raid, made for a test.", "sources": "https://example.org/1",
}  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> ServerConfig:
    """Settings of a server of a small case, with an empty cache and no store yet."""
    path = write_case_folder(tmp_path, make_chronology(*make_daily_lines(25)))
    return ServerConfig(
        cases=(str(path),), cache=tmp_path / "cache", uploads=tmp_path / "uploads", store=tmp_path / "store",
        database=f"sqlite:///{tmp_path / 'workbench.db'}", host_names=("*",),
    )  # fmt: skip


def change(config: ServerConfig) -> str:
    """Add an event as another program does; return its id."""
    file = load_case_file(config.cases[0])
    g = load_case_data(file, None, config.store)
    key = add_event(RecordEditor(g, config.store, "Ann"), NEW).event
    write_notes_release(file, config.store)
    return key


def open_app(config: ServerConfig) -> tuple[Case, TestClient]:
    """The case as a worker opens it, and a client of its server."""
    case = open_served_case(config.cases[0], config)
    return case, TestClient(create_app(config, {case.id: case}), raise_server_exceptions=False)


def test_events_follow_at_once_results_later(config: ServerConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change by another program the list has the event, the claims still stand on the old record and say so."""
    monkeypatch.setattr("detente.web.served_case.LOOK_AGAIN_S", 0.0)
    case, client = open_app(config)
    with client:
        prepare_cases(config)
        before = client.get(f"/{case.id}/claims.json").json()["provenance"]["sha256"]
        key = change(config)
        assert client.get(f"/{case.id}/events/{key}").status_code == 200
        held = client.get(f"/{case.id}/claims.json")
        assert held.json()["provenance"]["sha256"] == before
        assert 'class="update"' in client.get(f"/{case.id}/claims").text
        prepare_cases(config)
        after = client.get(f"/{case.id}/claims.json").json()["provenance"]
        assert after["sha256"] != before
        assert after["events"] == 26
        assert 'class="update"' not in client.get(f"/{case.id}/claims").text


def test_damaged_journal_keeps_the_server_up(config: ServerConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that is damaged while the server runs leaves the pages as they were."""
    monkeypatch.setattr("detente.web.served_case.LOOK_AGAIN_S", 0.0)
    case, client = open_app(config)
    with client:
        key = change(config)
        assert client.get(f"/{case.id}/events/{key}").status_code == 200
        journal_path(config.store, case.id).write_bytes(b"no journal\n")
        assert client.get(f"/{case.id}/events/{key}").status_code == 200


def test_preparation_begins_again_after_a_change(config: ServerConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that changes while its results are made is prepared anew, and the last results are of the last record."""
    begun: list[int] = []
    real = Case.prepare

    def prepare(case: Case, *args: object, **named: object) -> None:
        begun.append(len(case.g.events))
        if len(begun) == 1:
            change(config)
        real(case, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Case, "prepare", prepare)
    prepare_cases(config)
    assert begun == [25, 26]
    assert open_served_case(config.cases[0], config).document_if_ready is not None


def test_third_preparation_leaves_work_to_the_second(config: ServerConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one process prepares and another waits, a third returns at once: the second will see the same record."""
    assert config.cache is not None
    working, waiting, go_on = threading.Event(), threading.Event(), threading.Event()

    class Queue(FileLock):
        """A lock that says when a process that waits has taken its place."""

        def acquire(self, *args: Any, **named: Any) -> Any:
            taken = super().acquire(*args, **named)
            if working.is_set():
                waiting.set()
            return taken

    monkeypatch.setattr("detente.web.preparation.FileLock", Queue)
    runs: list[int] = []

    def work(_: ServerConfig) -> None:
        runs.append(1)
        working.set()
        assert go_on.wait(30)

    monkeypatch.setattr("detente.web.preparation.prepare_cases", work)
    first = threading.Thread(target=prepare_after_others, args=(config,))
    first.start()
    assert working.wait(30)
    second = threading.Thread(target=prepare_after_others, args=(config,))
    second.start()
    assert waiting.wait(30)
    prepare_after_others(config)
    assert runs == [1]
    go_on.set()
    for t in (first, second):
        t.join(30)
    assert runs == [1, 1]


def test_store_without_releases_still_reads_retractions(config: ServerConfig) -> None:
    """A record with retractions only is read by default, although the store holds no release."""
    file = load_case_file(config.cases[0])
    g = load_case_data(file, None, config.store)
    retract_event(RecordEditor(g, config.store, "Ann"), g.events[0].id, "Told twice.")
    write_notes_release(file, config.store)
    assert has_content(config.store)
    assert len(open_served_case(config.cases[0], config).g.events) == 24
