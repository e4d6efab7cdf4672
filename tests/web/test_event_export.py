"""Streamed downloads of events: equal to unstreamed files, and visibly incomplete after an error."""

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

from detente.api.case import Case
from detente.api.events.filters import EventQuery, build_filter_masks, find_event_positions, parse_event_query
from detente.api.events.table import get_event_columns
from detente.events import export
from detente.web import event_export
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.event_export import MEDIA_TYPES, AllEventsPage, provenance_metadata
from detente.web.rendering.responses import json_response, provenance_footer
from support.chromium import serve_app
from support.comments_workbench import Workbench
from support.reference_export import export_whole
from support.workbench import change_record

HERE = "/pakistan-afghanistan/events"
QUESTIONS = {
    "all": "", "some, deadliest first": "channel=strike&channel=attack&place=AFG&place=PAK&sort=deaths", "none": "text=zzzz",
}  # fmt: skip
BLOCK = 50
EVERY = f"{HERE}.json?page=all"


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use small blocks, so that the flagship's 1413 events fill many pieces."""
    monkeypatch.setattr(export, "EVENTS_PER_BLOCK", BLOCK)


@pytest.fixture
def at(settings: ServerConfig, flagship: Case) -> Iterator[str]:
    """Run a real server, since only a real connection can break."""
    with serve_app(create_app(replace(settings, database=""), {flagship.id: flagship})) as address:
        yield urlsplit(address).netloc


def run_query(prepared: Case, question: str) -> tuple[EventQuery, list[export.EventWithChannel]]:
    """Parse a query string and return the query with the matching events and channels."""
    columns = get_event_columns(prepared)
    query = parse_event_query([tuple(p.split("=")) for p in question.split("&") if p], columns)  # type: ignore[misc]
    events = [columns.events[i] for i in find_event_positions(columns, query, build_filter_masks(columns, query))]
    return query, [(e, prepared.g.channel(e)) for e in events]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=[*QUESTIONS])
@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_export_equals_unstreamed_file(client: TestClient, flagship: Case, form: str, question: str) -> None:
    """A streamed file equals the file written in one piece."""
    _, listed = run_query(flagship, question)
    assert (len(listed) == 0) == (question == "text=zzzz")
    answer = client.get(f"{HERE}.{form}?{question}")
    assert answer.content == export_whole(
        listed, form, provenance_metadata(provenance_footer(flagship)), flagship.g.link_columns
    )
    assert answer.headers["content-type"] == MEDIA_TYPES[form]
    name = f"pakistan-afghanistan-events-as-of-{flagship.g.as_of}.{form}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=[*QUESTIONS])
def test_json_export_equals_unstreamed_page(client: TestClient, flagship: Case, question: str) -> None:
    """The streamed JSON of all events equals the page written in one piece."""
    query, listed = run_query(flagship, question)
    page = AllEventsPage(
        query, len(listed), len(flagship.g.events), list(export.iterate_records(listed, flagship.g.link_columns))
    )
    wanted = json_response({"page": page, "provenance": provenance_footer(flagship)})
    answer = client.get(f"{EVERY}&{question}")
    assert answer.content == wanted.body
    assert answer.headers["content-type"] == "application/json"


def test_json_export_escapes_query_text(client: TestClient) -> None:
    """A query text that looks like the field of events does not corrupt the JSON."""
    page = client.get(EVERY, params={"page": "all", "text": '"events": []'}).json()["page"]
    assert page["query"]["text"] == '"events": []'
    assert page["events"] == []


@pytest.mark.parametrize("address", [*(f"{HERE}.{f}" for f in MEDIA_TYPES), EVERY])
def test_head_request_exports_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """HEAD returns the headers without exporting events."""
    wanted = client.get(address)
    exported = fail_after(monkeypatch, 0)
    answer = client.head(address)
    assert (answer.status_code, answer.content, exported) == (200, b"", [])
    for name in ("content-type", "content-disposition", "etag", "x-detente-licence"):
        assert answer.headers.get(name) == wanted.headers.get(name)
    # The length is unknown before the end, and 0 would be wrong.
    assert "content-length" not in answer.headers


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_export_respects_etag(client: TestClient, form: str) -> None:
    """A client with the current file gets 304."""
    first, other = client.get(f"{HERE}.{form}?channel=clash"), client.get(f"{HERE}.{form}?channel=strike")
    mark = first.headers["etag"]
    assert mark != other.headers["etag"]
    again = client.get(f"{HERE}.{form}?from=&channel=clash", headers={"If-None-Match": f'"x", {mark}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", mark)
    assert client.get(f"{HERE}.{form}?channel=strike", headers={"If-None-Match": mark}).content == other.content


def fail_after(monkeypatch: pytest.MonkeyPatch, blocks: int) -> list[int]:
    """Make the export fail after some blocks of events; the returned list gets an entry for each block exported."""
    exported: list[int] = []
    original = export.iterate_records

    def records(events: Iterable[export.EventWithChannel], links: Any = None) -> Iterator[dict[str, Any]]:
        # An empty block defines the columns of a file.
        listed = list(events)
        if listed and len(exported) == blocks:
            raise RuntimeError("export failed")
        exported.extend([len(listed)] if listed else [])
        return original(listed, links)

    monkeypatch.setattr(export, "iterate_records", records)
    return exported


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
@pytest.mark.parametrize("address", [*(f"{HERE}.{f}" for f in MEDIA_TYPES), EVERY])
def test_late_error_breaks_connection(at: str, monkeypatch: pytest.MonkeyPatch, address: str, encoding: str) -> None:
    """An error during streaming breaks the connection and leaves no complete file."""

    def fetched() -> bytes:
        with closing(http.client.HTTPConnection(at, timeout=30)) as connection:
            connection.request("GET", address, headers={"Accept-Encoding": encoding})
            with connection.getresponse() as answer:
                assert answer.status == 200
                return answer.read()

    sound = fetched()
    fail_after(monkeypatch, 3)
    with pytest.raises(http.client.IncompleteRead) as broken:
        fetched()
    received = broken.value.partial
    if encoding == "gzip":
        with pytest.raises(EOFError):
            gzip.decompress(received)
    else:
        assert len(received) < len(sound)
        assert sound.startswith(received)
        if not address.endswith("csv"):
            read = json.loads if "json" in address else lambda b: pyarrow.parquet.read_table(io.BytesIO(b))
            read(sound)
            with pytest.raises(ValueError):
                read(received)


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_early_error_gives_error_page(client: TestClient, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """An error before the first piece gives an error page."""
    fail_after(monkeypatch, 0)
    answer = client.get(f"{HERE}.{form}")
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html")
    assert "content-disposition" not in answer.headers


def request_http_1_0(at: str, address: str) -> tuple[int, dict[str, str], bytes]:
    """Request by HTTP/1.0; return status, headers, and all content before the end of the connection."""
    host, port = at.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as s:
        s.sendall(f"GET {address} HTTP/1.0\r\nHost: {at}\r\n\r\n".encode())
        received = b"".join(iter(lambda: s.recv(1 << 16), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in rest)}
    status = re.match(r"HTTP/1\.[01] (\d{3})", first)
    assert status
    return int(status[1]), headers, body


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_http_1_0_gets_length_or_error(at: str, flagship: Case, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """An HTTP/1.0 client gets a Content-Length, or an error status."""
    status, headers, body = request_http_1_0(at, f"{HERE}.{form}")
    _, listed = run_query(flagship, "")
    assert (status, body) == (
        200,
        export_whole(listed, form, provenance_metadata(provenance_footer(flagship)), flagship.g.link_columns),
    )
    assert int(headers["content-length"]) == len(body)
    fail_after(monkeypatch, 3)
    assert request_http_1_0(at, f"{HERE}.{form}")[0] == 500


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_disconnect_stops_export(at: str, monkeypatch: pytest.MonkeyPatch, form: str, version: str) -> None:
    """A client that disconnects stops the export."""
    begun, gone, closed = threading.Event(), threading.Event(), threading.Event()
    exported = 0
    original = export.export_events

    def pieces(*args: Any, **more: Any) -> Iterator[bytes]:
        nonlocal exported
        try:
            for piece in original(*args, **more):
                exported += 1
                if exported == 3:
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
    for _ in range(3):  # by then the server has noticed the disconnect
        with closing(http.client.HTTPConnection(at, timeout=30)) as connection:
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
    gone.set()
    assert closed.wait(30)
    assert exported <= 4 < 1413 / BLOCK


def test_closed_rows_are_downloaded_by_accounts_only(settings: ServerConfig, flagship: Case) -> None:
    """Rows of a source whose licence forbids passing them on are given to accounts alone; the list without rows is open."""
    events = (replace(flagship.g.events[0], source="acled"), *flagship.g.events[1:])
    closed = change_record(flagship, replace(flagship.g, events=events))
    assert (flagship.closed_sources, closed.closed_sources) == ((), ("acled",))
    bench = Workbench(create_app(settings, {flagship.id: closed}))
    reader, holder = bench.reader(), bench.reader("Ada")
    for address in (EVERY, *(f"{HERE}.{form}" for form in ("csv", "xlsx", "parquet", "geojson"))):
        assert [who.get(address).status_code for who in (reader, holder)] == [401, 200], address
    assert reader.get(f"{HERE}.csv?view=pivot&per=year").status_code == 200
    assert "acled" in reader.get(f"{HERE}.csv").text
