"""The data page: what cases rest on, and who may send."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from detente.api.case import PreparedCase
from detente.core.row_error import RowError
from detente.events.rejects import RejectedRow
from detente.web.app import create_app
from detente.web.config import ServerConfig
from support.comments_workbench import Workbench


def test_each_case_says_what_it_rests_on_and_its_rows_add_up(client: TestClient, flagship: PreparedCase) -> None:
    (c,) = client.get("/data.json").json()["page"]["chronologies"]
    assert c["rows"] == c["events"] + c["later"] + c["set_aside"]
    assert c["sha256"] == flagship.g.release.sha256
    assert c["sha256"] in client.get("/data").text
    assert client.get(c["cited_as"]).status_code == 200


def test_where_there_is_no_store_the_page_says_so_and_counts_nothing(client: TestClient) -> None:
    page = client.get("/data.json").json()["page"]
    assert page["version"] is None
    assert "There is no store yet" in client.get("/data").text
    for path in ("/data/verify", "/data/set-aside", "/data/set-aside.csv"):
        assert client.get(path).status_code == 404


@pytest.fixture
def with_rows_aside(settings: ServerConfig, flagship: PreparedCase) -> TestClient:
    fault = RowError(7, "date_start", "=1+1", "is no day", "Write it as 2026-02-20.")
    aside = tuple(RejectedRow("chronology", "c.csv", n, (fault,), f"<b>row {n}</b>") for n in range(2, 252))
    g = replace(flagship.g, set_aside=aside)
    study = replace(flagship, view=replace(flagship.view, g=g))
    return TestClient(create_app(settings, {study.id: study}))


def test_rows_set_aside_are_shown_page_by_page_and_all_in_one_file(with_rows_aside: TestClient) -> None:
    query = {"case": "pakistan-afghanistan"}
    seen: list[int] = []
    start: int | None = 0
    while start is not None:
        page = with_rows_aside.get("/data/set-aside.json", params=query | {"start": str(start)}).json()["page"]
        seen += [r["row"] for r in page["rows"]]
        start = page["after"]
    assert seen == list(range(2, 252))
    assert len(with_rows_aside.get("/data/set-aside.csv", params=query).text.splitlines()) == 251
    assert "<b>row" not in with_rows_aside.get("/data/set-aside", params=query).text


@pytest.mark.parametrize("start", ["-1", "x", "9" * 40, "1000"])
def test_a_page_that_is_not_there_is_empty_or_the_first(with_rows_aside: TestClient, start: str) -> None:
    answer = with_rows_aside.get("/data/set-aside", params={"case": "pakistan-afghanistan", "start": start})
    assert answer.status_code == 200


def test_a_release_or_case_that_is_not_there_is_told(client: TestClient) -> None:
    assert client.get("/data/set-aside", params={"case": "atlantis"}).status_code == 404
    assert client.get("/data/set-aside", params={"release": "x"}).status_code == 404


def test_a_stranger_cannot_send_and_sees_no_form(settings: ServerConfig, flagship: PreparedCase) -> None:
    app = create_app(settings, {flagship.id: flagship})
    stranger = Workbench(app).reader()
    sent = stranger.client.post("/data/upload", files={"file": ("x.csv", b"x")})
    assert sent.status_code == 403
    assert "needs an account" in sent.text
    assert stranger.get("/data/uploads/" + "A" * 22).status_code == 403
    assert 'action="/data/upload"' not in stranger.get("/data").text
    app.state.database.dispose()
