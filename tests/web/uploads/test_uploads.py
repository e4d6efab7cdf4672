"""Tests of uploads through the pages and of the worker."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from detente.api.case import Case
from detente.cases.case_file import find_shipped_cases
from detente.store.snapshot import open_version
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.uploads import limits
from detente.web.uploads.errors import UploadRefused
from detente.web.uploads.model import (
    STOPPED_MESSAGE,
    Upload,
    load_upload,
    new_folder,
    remove_old_uploads,
    save_upload,
)
from support.comments_workbench import BrowserClient, Workbench

CHRONOLOGY = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"
# Its third row has an invalid date.
BROKEN = "\n".join(
    line.replace("2021-08-1", "2021-13-4") if n == 2 else line
    for n, line in enumerate(CHRONOLOGY.read_text(encoding="utf-8").splitlines()[:40])
)


@pytest.fixture
def reader(settings: ServerConfig, flagship: Case) -> Iterator[BrowserClient]:
    """A browser with an account."""
    app = create_app(settings, {flagship.id: flagship})
    yield Workbench(app).reader("Ada")
    app.state.database.dispose()


def send_file(reader: BrowserClient, name: str, content: bytes, **fields: str) -> Any:
    return reader.client.post("/data/upload", data=fields, files={"file": (name, content)})


def wait_until_done(reader: BrowserClient, address: str) -> dict[str, Any]:
    for _ in range(600):
        page: dict[str, Any] = reader.data(f"{address}.json")
        if not page["running"]:
            return page
        time.sleep(0.1)
    raise AssertionError(f"still {page['upload']['state']}")


def test_upload_is_stored_only_on_request(reader: BrowserClient, settings: ServerConfig) -> None:
    """A file is read and reported first; only the second form stores it."""
    address = send_file(reader, "mine.csv", CHRONOLOGY.read_bytes()).headers["location"]
    upload = wait_until_done(reader, address)["upload"]
    assert (upload["state"], upload["report"]["rows"], upload["report"]["events"]) == ("read", 1413, 1413)
    assert not settings.store.exists()
    assert reader.send(f"{address}/keep").headers["location"] == address
    assert wait_until_done(reader, address)["upload"]["state"] == "kept"
    (release,) = open_version(settings.store).releases()
    assert (release.name, release.events) == ("chronology/mine.csv", 1413)
    data = reader.data("/data.json")
    assert [(r["name"], r["rows"]) for r in data["releases"]] == [("chronology/mine.csv", 1413)]
    assert [v["what"] for v in data["versions"]] == ["added", "made"]
    assert reader.data("/data/verify.json")["sound"]
    assert "chronology" in reader.get("/data").text


def test_rejected_rows_are_reported_and_downloadable(reader: BrowserClient) -> None:
    """Rejected rows are reported by reason and listed in a CSV file."""
    address = send_file(reader, "broken.csv", BROKEN.encode()).headers["location"]
    report = wait_until_done(reader, address)["upload"]["report"]
    assert report["rows"] == report["events"] + report["merged"] + report["set_aside"] == 39
    assert report["set_aside"] == 1
    (reason,) = report["reasons"]
    assert (reason["rows"], reason["row"]) == (1, 3)
    assert reason["value"].startswith("2021-13-4")
    lines = reader.get(f"{address}/set-aside.csv").text.splitlines()
    assert len(lines) == 2
    assert reason["reason"] in reader.get(address).text
    reader.send(f"{address}/keep")
    wait_until_done(reader, address)
    page = reader.data("/data/set-aside.json?release=chronology/broken.csv")
    assert (page["total"], page["rows"][0]["row"]) == (1, 3)
    assert "2021-13-4" in reader.get("/data/set-aside.csv").text


def test_discard_removes_upload(reader: BrowserClient, settings: ServerConfig) -> None:
    """A discarded upload leaves no file and no page."""
    address = send_file(reader, "mine.csv", CHRONOLOGY.read_bytes()).headers["location"]
    wait_until_done(reader, address)
    reader.send(f"{address}/discard")
    assert list(settings.uploads.iterdir()) == []
    assert reader.get(address).status_code == 400
    assert "no such upload" in reader.get(address).text


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("wrong.csv", b"\x7fELF and so on", "format"),
        ("bomb.zip", b"PK\x03\x04 broken", "damaged"),
        ("blank.csv", b"\n\n\n", "is empty"),
    ],
)
def test_unreadable_file_is_rejected_and_deleted(
    reader: BrowserClient, settings: ServerConfig, name: str, content: bytes, why: str
) -> None:
    """The page gives the reason without server paths, and the file is deleted."""
    address = send_file(reader, name, content).headers["location"]
    upload = wait_until_done(reader, address)["upload"]
    assert upload["state"] == "refused"
    assert why in upload["told"]
    assert str(settings.uploads) not in upload["told"]
    for _ in range(50):
        if not list(settings.uploads.glob(f"*/{name}")):
            return
        time.sleep(0.1)
    raise AssertionError("the refused file is still there")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("../../etc/cron.csv", b"x", "contains a path"),
        (".x.csv", b"x", "starts with a dot"),
        ("x.exe", b"x", "file type"),
        ("x.csv", b"", "it is empty"),
    ],
)
def test_rejected_upload_leaves_no_files(
    reader: BrowserClient, settings: ServerConfig, name: str, content: bytes, why: str
) -> None:
    """Bad names and empty files are rejected at once."""
    response = send_file(reader, name, content)
    assert response.status_code == 400
    assert why in response.text
    assert list(settings.uploads.iterdir()) == []


def test_file_over_limit_is_rejected(
    reader: BrowserClient, settings: ServerConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file one byte over the limit is rejected."""
    monkeypatch.setattr("detente.web.uploads.multipart.receive_file.__defaults__", (1000,))
    response = send_file(reader, "x.csv", b"0" * 1001)
    assert response.status_code == 400
    assert "0 MiB" in response.text
    assert list(settings.uploads.iterdir()) == []


def test_known_on_must_be_a_date(reader: BrowserClient) -> None:
    """A malformed date is rejected; a valid one becomes the publication day."""
    assert send_file(reader, "mine.csv", CHRONOLOGY.read_bytes(), known_on="yesterday").status_code == 400
    address = send_file(reader, "mine.csv", CHRONOLOGY.read_bytes(), known_on="2026-07-01").headers["location"]
    assert wait_until_done(reader, address)["upload"]["report"]["known_on"] == "2026-07-01"


@pytest.mark.parametrize("path", ["/data/uploads/x", "/data/uploads/..%2f..%2fetc", "/data/uploads/" + "A" * 22])
def test_unknown_upload_is_not_found(reader: BrowserClient, path: str) -> None:
    """Unknown and malformed ids give 400 or 404."""
    assert reader.get(path).status_code in (400, 404)


@pytest.mark.parametrize(
    "body", [b"", b"--x\r\n\r\n", b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nab']
)
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Starlette leaves its temporary file to the garbage collector
def test_truncated_form_is_rejected(reader: BrowserClient, settings: ServerConfig, body: bytes) -> None:
    """Incomplete multipart bodies give 400."""
    headers = {"content-type": "multipart/form-data; boundary=x"}
    response = reader.client.post("/data/upload", content=body, headers=headers)
    assert response.status_code == 400
    assert list(settings.uploads.iterdir()) == []


def test_body_without_form_is_rejected(reader: BrowserClient) -> None:
    """A body that is not a form gives 415."""
    response = reader.client.post("/data/upload", content=b"x")
    assert response.status_code == 415


def save_new_upload(root: Path, state: Any, at: float, pid: int = 0) -> Upload:
    u = Upload(new_folder(root).name, "x.csv", 1, "", "", at, state, pid)
    save_upload(root, u)
    return u


def test_dead_worker_marks_upload_refused(tmp_path: Path) -> None:
    """An upload whose worker has died is reported as refused."""
    u = save_new_upload(tmp_path, "reading", 0.0, pid=2**22 - 1)
    current = load_upload(tmp_path, u.id)
    assert (current.state, current.told) == ("refused", STOPPED_MESSAGE)


def test_cleanup_removes_oldest_idle_upload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Idle uploads make room; running ones stay."""
    import os

    monkeypatch.setattr("detente.web.uploads.model.MAX_UPLOADS", 2)
    busy, idle = save_new_upload(tmp_path, "reading", 0.0, os.getpid()), save_new_upload(tmp_path, "read", 1.0)
    remove_old_uploads(tmp_path)
    assert load_upload(tmp_path, busy.id).running
    assert not (tmp_path / idle.id).exists()
    save_new_upload(tmp_path, "reading", 2.0, os.getpid())
    with pytest.raises(UploadRefused) as error:
        remove_old_uploads(tmp_path)
    assert error.value.name == "the file"


def test_worker_memory_is_limited(tmp_path: Path) -> None:
    """An allocation over the limit fails in the worker."""
    import subprocess
    import sys

    program = (
        "from detente.web.uploads import limits, worker\n"
        "worker.MAX_MEMORY_BYTES = 3_000 * limits.MIB\n"
        "worker.set_resource_limits()\n"
        "try:\n    held = bytearray(3_500 * limits.MIB)\nexcept MemoryError:\n    print('no more')\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "no more\n"
    assert limits.MAX_MEMORY_BYTES == 4 << 30
