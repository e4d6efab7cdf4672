"""Files of events: sent while they are made, the same as made whole, and never whole in appearance alone."""

import gzip
import http.client
import io
import json
import re
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pyarrow.parquet
import pytest
from starlette.testclient import TestClient

from detente.api.case import PreparedCase
from detente.api.events.filters import EventQuery, build_filter_masks, find_event_positions, parse_event_query
from detente.api.events.table import get_event_columns
from detente.events import export
from detente.web import event_export
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.event_export import MEDIA_TYPES, AllEventsPage, provenance_metadata
from detente.web.rendering.responses import json_response, provenance_footer
from support.chromium import serve_app
from support.reference_export import export_whole

HERE = "/pakistan-afghanistan/events"
QUESTIONS = {
    "all": "", "some, deadliest first": "channel=strike&channel=attack&place=AFG&place=PAK&sort=deaths", "none": "text=zzzz",
}  # fmt: skip
BLOCK = 50
EVERY = f"{HERE}.json?page=all"


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The flagship's 835 events fill many pieces."""
    monkeypatch.setattr(export, "EVENTS_PER_BLOCK", BLOCK)


@pytest.fixture
def at(settings: ServerConfig, flagship: PreparedCase) -> Iterator[str]:
    """A real server: what a connection that breaks looks like is told by nothing less."""
    with serve_app(create_app(replace(settings, database=""), {flagship.id: flagship})) as address:
        yield urlsplit(address).netloc


def asked(study: PreparedCase, question: str) -> tuple[EventQuery, list[export.EventWithChannel]]:
    """A question, and the events that it finds with their channels."""
    columns = get_event_columns(study)
    query = parse_event_query([tuple(p.split("=")) for p in question.split("&") if p], columns)  # type: ignore[misc]
    events = [columns.events[i] for i in find_event_positions(columns, query, build_filter_masks(columns, query))]
    return query, [(e, study.g.channel(e)) for e in events]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=[*QUESTIONS])
@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_what_is_sent_is_the_file_made_whole(
    client: TestClient, flagship: PreparedCase, form: str, question: str
) -> None:
    _, listed = asked(flagship, question)
    assert (len(listed) == 0) == (question == "text=zzzz")
    answer = client.get(f"{HERE}.{form}?{question}")
    assert answer.content == export_whole(listed, form, provenance_metadata(provenance_footer(flagship)))
    assert answer.headers["content-type"] == MEDIA_TYPES[form]
    name = f"pakistan-afghanistan-events-as-of-{flagship.g.as_of}.{form}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=[*QUESTIONS])
def test_the_json_of_all_is_the_page_written_whole(client: TestClient, flagship: PreparedCase, question: str) -> None:
    query, listed = asked(flagship, question)
    page = AllEventsPage(query, len(listed), len(flagship.g.events), list(export.iterate_records(listed)))
    wanted = json_response({"page": page, "provenance": provenance_footer(flagship)})
    answer = client.get(f"{EVERY}&{question}")
    assert answer.content == wanted.body
    assert answer.headers["content-type"] == "application/json"


def test_a_question_that_looks_like_the_field_of_the_events_is_no_trouble(client: TestClient) -> None:
    page = client.get(EVERY, params={"page": "all", "text": '"events": []'}).json()["page"]
    assert page["query"]["text"] == '"events": []'
    assert page["events"] == []


@pytest.mark.parametrize("address", [*(f"{HERE}.{f}" for f in MEDIA_TYPES), EVERY])
def test_the_head_of_a_file_is_told_without_making_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    wanted = client.get(address)
    made = broken_after(monkeypatch, 0)
    answer = client.head(address)
    assert (answer.status_code, answer.content, made) == (200, b"", [])
    for name in ("content-type", "content-disposition", "etag", "x-detente-licence"):
        assert answer.headers.get(name) == wanted.headers.get(name)
    # Nought would be a lie, and nobody knows the length before the end.
    assert "content-length" not in answer.headers


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_file_that_is_held_already_is_not_sent_again(client: TestClient, form: str) -> None:
    first, other = client.get(f"{HERE}.{form}?channel=clash"), client.get(f"{HERE}.{form}?channel=strike")
    mark = first.headers["etag"]
    assert mark != other.headers["etag"]
    again = client.get(f"{HERE}.{form}?from=&channel=clash", headers={"If-None-Match": f'"x", {mark}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", mark)
    assert client.get(f"{HERE}.{form}?channel=strike", headers={"If-None-Match": mark}).content == other.content


def broken_after(monkeypatch: pytest.MonkeyPatch, blocks: int) -> list[int]:
    """Makes the record break after so many blocks of events; the list grows by one with each that was made."""
    made: list[int] = []
    true = export.iterate_records

    def records(events: Iterable[export.EventWithChannel]) -> Iterator[dict[str, Any]]:
        # An empty block is what a file's columns are read from.
        listed = list(events)
        if listed and len(made) == blocks:
            raise RuntimeError("the record broke")
        made.extend([len(listed)] if listed else [])
        return true(listed)

    monkeypatch.setattr(export, "iterate_records", records)
    return made


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
@pytest.mark.parametrize("address", [*(f"{HERE}.{f}" for f in MEDIA_TYPES), EVERY])
def test_a_fault_on_the_way_breaks_the_connection_and_leaves_no_whole_file(
    at: str, monkeypatch: pytest.MonkeyPatch, address: str, encoding: str
) -> None:
    def fetched() -> bytes:
        with closing(http.client.HTTPConnection(at, timeout=30)) as connection:
            connection.request("GET", address, headers={"Accept-Encoding": encoding})
            with connection.getresponse() as answer:
                assert answer.status == 200
                return answer.read()

    sound = fetched()
    broken_after(monkeypatch, 3)
    with pytest.raises(http.client.IncompleteRead) as broken:
        fetched()
    came = broken.value.partial
    if encoding == "gzip":
        with pytest.raises(EOFError):
            gzip.decompress(came)
    else:
        assert len(came) < len(sound)
        assert sound.startswith(came)
        if not address.endswith("csv"):
            read = json.loads if "json" in address else lambda b: pyarrow.parquet.read_table(io.BytesIO(b))
            read(sound)
            with pytest.raises(ValueError):
                read(came)


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_a_fault_before_the_first_piece_is_a_page_that_says_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    broken_after(monkeypatch, 0)
    answer = client.get(f"{HERE}.{form}")
    assert answer.status_code == 500
    assert "Something broke here" in answer.text
    assert "content-disposition" not in answer.headers


def old(at: str, address: str) -> tuple[int, dict[str, str], bytes]:
    """Asked by HTTP/1.0: status, headers, and all that came before the end of the connection."""
    host, port = at.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as s:
        s.sendall(f"GET {address} HTTP/1.0\r\nHost: {at}\r\n\r\n".encode())
        came = b"".join(iter(lambda: s.recv(1 << 16), b""))
    head, _, body = came.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in rest)}
    status = re.match(r"HTTP/1\.[01] (\d{3})", first)
    assert status
    return int(status[1]), headers, body


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_reader_who_knows_no_chunks_is_told_the_length_or_that_it_failed(
    at: str, flagship: PreparedCase, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    status, headers, body = old(at, f"{HERE}.{form}")
    _, listed = asked(flagship, "")
    assert (status, body) == (200, export_whole(listed, form, provenance_metadata(provenance_footer(flagship))))
    assert int(headers["content-length"]) == len(body)
    broken_after(monkeypatch, 3)
    assert old(at, f"{HERE}.{form}")[0] == 500


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_reader_who_goes_away_stops_the_making(
    at: str, monkeypatch: pytest.MonkeyPatch, form: str, version: str
) -> None:
    begun, gone, closed = threading.Event(), threading.Event(), threading.Event()
    made = 0
    true = export.export_events

    def pieces(*args: Any) -> Iterator[bytes]:
        nonlocal made
        try:
            for piece in true(*args):
                made += 1
                if made == 3:
                    begun.set()
                    assert gone.wait(30)
                yield piece
        finally:
            closed.set()

    monkeypatch.setattr(event_export, "export_events", pieces)
    host, port = at.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as s:
        s.sendall(f"GET {HERE}.{form} HTTP/{version}\r\nHost: {at}\r\n\r\n".encode())
        assert begun.wait(30)
    for _ in range(3):  # by then the server has seen that the other connection ended
        with closing(http.client.HTTPConnection(at, timeout=30)) as connection:
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
    gone.set()
    assert closed.wait(30)
    assert made <= 4 < 835 / BLOCK
