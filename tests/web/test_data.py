"""The data pages: releases, row counts, rejected rows, and permission to upload."""

from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.cases.case_file import UserDataSource
from detente.core.row_error import RowError
from detente.events.rejects import RejectedRow
from detente.store.history import read_history
from detente.store.writer import add_release
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.pages import data
from support.comments_workbench import Workbench
from support.releases import make_reading, make_release, make_table
from support.workbench import change_record


def test_data_page_accounts_for_rows(client: TestClient, flagship: Case) -> None:
    """Each case shows its release, and its row counts add up."""
    (c,) = client.get("/data.json").json()["page"]["chronologies"]
    assert c["rows"] == c["events"] + c["later"] + c["set_aside"]
    assert c["sha256"] == flagship.g.release.sha256
    assert c["sha256"] in client.get("/data").text
    assert client.get(c["cited_as"]).status_code == 200


def test_data_page_without_store(client: TestClient) -> None:
    """Without a store there are no version and no releases, and the store's pages give 404."""
    page = client.get("/data.json").json()["page"]
    assert page["version"] is None
    assert page["releases"] == page["versions"] == []
    assert client.get("/data").status_code == 200
    for path in ("/data/verify", "/data/set-aside", "/data/set-aside.csv"):
        assert client.get(path).status_code == 404


@pytest.fixture
def rejected_rows_client(settings: ServerConfig, flagship: Case) -> TestClient:
    fault = RowError(7, "date_start", "=1+1", "is no day", "Write it as 2026-02-20.")
    rejected = tuple(RejectedRow("chronology", "c.csv", n, (fault,), f"<b>row {n}</b>") for n in range(2, 252))
    g = replace(flagship.g, set_aside=rejected)
    prepared = change_record(flagship, g)
    return TestClient(create_app(settings, {prepared.id: prepared}))


def test_rejected_rows_are_paginated_and_downloadable(rejected_rows_client: TestClient) -> None:
    """Rejected rows are shown page by page and downloaded whole, escaped in HTML."""
    query = {"case": "pakistan-afghanistan"}
    rows: list[int] = []
    start: int | None = 0
    while start is not None:
        page = rejected_rows_client.get("/data/set-aside.json", params=query | {"start": str(start)}).json()["page"]
        rows += [r["row"] for r in page["rows"]]
        start = page["after"]
    assert rows == list(range(2, 252))
    assert len(rejected_rows_client.get("/data/set-aside.csv", params=query).text.splitlines()) == 251
    guarded, exact = (
        rejected_rows_client.get("/data/set-aside.csv", params=query | more).text.splitlines()[1]
        for more in ({}, {"exact": "1"})
    )
    assert ",'=1+1," in guarded
    assert ",=1+1," in exact
    assert "<b>row" not in rejected_rows_client.get("/data/set-aside", params=query).text


@pytest.mark.parametrize("start", ["-1", "x", "9" * 40, "1000"])
def test_rejected_rows_accept_any_start(rejected_rows_client: TestClient, start: str) -> None:
    """An invalid start gives an empty page or the first."""
    answer = rejected_rows_client.get("/data/set-aside", params={"case": "pakistan-afghanistan", "start": start})
    assert answer.status_code == 200


def test_rejected_rows_of_unknown_source_are_missing(client: TestClient) -> None:
    """An unknown case or release gives 404."""
    assert client.get("/data/set-aside", params={"case": "atlantis"}).status_code == 404
    assert client.get("/data/set-aside", params={"release": "x"}).status_code == 404


def test_stranger_cannot_upload(settings: ServerConfig, flagship: Case) -> None:
    """A reader without an account sees no form and cannot upload."""
    app = create_app(settings, {flagship.id: flagship})
    stranger = Workbench(app).reader()
    sent = stranger.client.post("/data/upload", files={"file": ("x.csv", b"x")})
    assert sent.status_code == 401
    assert stranger.get("/data/uploads/" + "A" * 22).status_code == 401
    assert 'action="/data/upload"' not in stranger.get("/data").text
    app.state.database.dispose()


def test_data_page_tells_of_one_version(
    settings: ServerConfig, flagship: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Releases and versions agree although a release is added while the page is made."""
    add_release(settings.store, make_release(1, release="a"))

    def read_then_add(*args: Any) -> Any:
        versions = read_history(*args)
        add_release(settings.store, make_release(2, release="b"))
        return versions

    monkeypatch.setattr(data, "read_history", read_then_add)
    page = TestClient(create_app(settings, {flagship.id: flagship})).get("/data.json").json()["page"]
    assert page["version"] == page["versions"][0]["version"]
    assert [r["release"] for r in page["releases"]] == ["a"]


def test_rejected_rows_name_rejecting_cases(settings: ServerConfig, flagship: Case) -> None:
    """The rejected rows of the releases name the cases that reject rows of their source."""
    add_release(settings.store, make_reading(make_table(["1"], "ucdp"), source="ucdp"))
    fault = RowError(7, "side_a", "X", "is no actor", "Add it.")
    g = flagship.g
    case = g.case.model_copy(update={"brought": (UserDataSource(source="ucdp", where="Made up."),)})
    g = replace(g, case=case, set_aside=(RejectedRow("ucdp", "r", 7, (fault,), "row"),) * 3)
    prepared = change_record(flagship, g)
    browser = TestClient(create_app(settings, {prepared.id: prepared}))
    page = browser.get("/data/set-aside.json").json()["page"]
    assert [(c["case"], c["rows"]) for c in page["cases"]] == [(prepared.id, 3)]
    assert f"/data/set-aside?case={prepared.id}" in browser.get("/data/set-aside").text
