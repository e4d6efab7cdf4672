"""A file in a reader's hands: sent, read apart, told about, kept on a second press; or refused in words."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from detente.api.case import PreparedCase
from detente.cases.case_file import find_shipped_cases
from detente.store.snapshot import open_version
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.uploads import limits
from detente.web.uploads.errors import UploadRefused
from detente.web.uploads.model import Upload, load_upload, new_folder, remove_old_uploads, save_upload
from support.comments_workbench import BrowserClient, Workbench

CHRONOLOGY = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"
# Its third row has a day that is none.
BROKEN = "\n".join(
    line.replace("2021-08-1", "2021-13-4") if n == 2 else line
    for n, line in enumerate(CHRONOLOGY.read_text(encoding="utf-8").splitlines()[:40])
)


@pytest.fixture
def reader(settings: ServerConfig, flagship: PreparedCase) -> Iterator[BrowserClient]:
    """Somebody with an account."""
    app = create_app(settings, {flagship.id: flagship})
    yield Workbench(app).reader("Ada")
    app.state.database.dispose()


def sent(reader: BrowserClient, name: str, content: bytes, **fields: str) -> Any:
    return reader.client.post("/data/upload", data=fields, files={"file": (name, content)})


def ended(reader: BrowserClient, at: str) -> dict[str, Any]:
    for _ in range(600):
        page: dict[str, Any] = reader.data(f"{at}.json")
        if not page["running"]:
            return page
        time.sleep(0.1)
    raise AssertionError(f"still {page['upload']['state']}")


def test_a_file_is_read_told_and_kept_only_on_a_second_press(reader: BrowserClient, settings: ServerConfig) -> None:
    at = sent(reader, "mine.csv", CHRONOLOGY.read_bytes()).headers["location"]
    told = ended(reader, at)["upload"]
    assert (told["state"], told["report"]["rows"], told["report"]["events"]) == ("read", 835, 835)
    assert not settings.store.exists()
    assert reader.send(f"{at}/keep").headers["location"] == at
    assert ended(reader, at)["upload"]["state"] == "kept"
    (kept,) = open_version(settings.store).releases()
    assert (kept.name, kept.events) == ("chronology/mine.csv", 835)
    data = reader.data("/data.json")
    assert [(r["name"], r["rows"]) for r in data["releases"]] == [("chronology/mine.csv", 835)]
    assert [v["what"] for v in data["versions"]] == ["added", "made"]
    assert reader.data("/data/verify.json")["sound"]
    assert "chronology" in reader.get("/data").text


def test_rows_that_cannot_be_read_are_told_by_reason_and_can_be_looked_at(reader: BrowserClient) -> None:
    at = sent(reader, "broken.csv", BROKEN.encode()).headers["location"]
    report = ended(reader, at)["upload"]["report"]
    assert report["rows"] == report["events"] + report["merged"] + report["set_aside"] == 39
    assert report["set_aside"] == 1
    (reason,) = report["reasons"]
    assert (reason["rows"], reason["row"]) == (1, 3)
    assert reason["value"].startswith("2021-13-4")
    lines = reader.get(f"{at}/set-aside.csv").text.splitlines()
    assert len(lines) == 2
    assert reason["reason"] in reader.get(at).text
    reader.send(f"{at}/keep")
    ended(reader, at)
    page = reader.data("/data/set-aside.json?release=chronology/broken.csv")
    assert (page["total"], page["rows"][0]["row"]) == (1, 3)
    assert "2021-13-4" in reader.get("/data/set-aside.csv").text


def test_an_upload_can_be_discarded_and_is_then_gone(reader: BrowserClient, settings: ServerConfig) -> None:
    at = sent(reader, "mine.csv", CHRONOLOGY.read_bytes()).headers["location"]
    ended(reader, at)
    reader.send(f"{at}/discard")
    assert list(settings.uploads.iterdir()) == []
    assert reader.get(at).status_code == 400
    assert "no such upload" in reader.get(at).text


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("wrong.csv", b"\x7fELF and so on", "in no format that is known"),
        ("bomb.zip", b"PK\x03\x04 broken", "cannot be opened as one"),
        ("blank.csv", b"\n\n\n", "is empty"),
    ],
)
def test_what_cannot_be_read_is_told_why_and_does_not_stay(
    reader: BrowserClient, settings: ServerConfig, name: str, content: bytes, why: str
) -> None:
    at = sent(reader, name, content).headers["location"]
    told = ended(reader, at)["upload"]
    assert told["state"] == "refused"
    assert why in told["told"]
    assert str(settings.uploads) not in told["told"]
    for _ in range(50):
        if not list(settings.uploads.glob(f"*/{name}")):
            return
        time.sleep(0.1)
    raise AssertionError("the refused file is still there")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("../../etc/cron.csv", b"x", "leads to another folder"),
        (".x.csv", b"x", "hidden"),
        ("x.exe", b"x", "ends like no file"),
        ("x.csv", b"", "it is empty"),
    ],
)
def test_what_is_refused_at_once_leaves_nothing_behind(
    reader: BrowserClient, settings: ServerConfig, name: str, content: bytes, why: str
) -> None:
    answer = sent(reader, name, content)
    assert answer.status_code == 400
    assert why in answer.text
    assert list(settings.uploads.iterdir()) == []


def test_a_file_beyond_the_limit_is_cut_off(
    reader: BrowserClient, settings: ServerConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detente.web.uploads.multipart.receive_file.__defaults__", (1000,))
    answer = sent(reader, "x.csv", b"0" * 1001)
    assert answer.status_code == 400
    assert "larger than" in answer.text
    assert list(settings.uploads.iterdir()) == []


def test_a_day_that_is_none_is_refused_and_one_that_is_holds(reader: BrowserClient) -> None:
    assert "is no day" in sent(reader, "mine.csv", CHRONOLOGY.read_bytes(), known_on="yesterday").text
    at = sent(reader, "mine.csv", CHRONOLOGY.read_bytes(), known_on="2026-07-01").headers["location"]
    assert ended(reader, at)["upload"]["report"]["known_on"] == "2026-07-01"


@pytest.mark.parametrize("path", ["/data/uploads/x", "/data/uploads/..%2f..%2fetc", "/data/uploads/" + "A" * 22])
def test_an_upload_that_was_never_there_is_not_found_anywhere_else(reader: BrowserClient, path: str) -> None:
    assert reader.get(path).status_code in (400, 404)


@pytest.mark.parametrize(
    "body", [b"", b"--x\r\n\r\n", b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nab']
)
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Starlette leaves its spool to the collector
def test_a_form_that_is_cut_off_is_refused(reader: BrowserClient, settings: ServerConfig, body: bytes) -> None:
    told = {"content-type": "multipart/form-data; boundary=x"}
    answer = reader.client.post("/data/upload", content=body, headers=told)
    assert answer.status_code == 400
    assert list(settings.uploads.iterdir()) == []


def test_what_is_no_form_is_refused(reader: BrowserClient) -> None:
    answer = reader.client.post("/data/upload", content=b"x")
    assert answer.status_code == 415


def made(root: Path, state: Any, at: float, pid: int = 0) -> Upload:
    u = Upload(new_folder(root).name, "x.csv", 1, "", "", at, state, pid)
    save_upload(root, u)
    return u


def test_an_upload_whose_process_is_gone_says_so(tmp_path: Path) -> None:
    u = made(tmp_path, "reading", 0.0, pid=2**22 - 1)
    now = load_upload(tmp_path, u.id)
    assert now.state == "refused"
    assert "was stopped" in now.told


def test_the_oldest_make_room_and_those_at_work_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setattr("detente.web.uploads.model.MAX_UPLOADS", 2)
    at_work, done = made(tmp_path, "reading", 0.0, os.getpid()), made(tmp_path, "read", 1.0)
    remove_old_uploads(tmp_path)
    assert load_upload(tmp_path, at_work.id).running
    assert not (tmp_path / done.id).exists()
    made(tmp_path, "reading", 2.0, os.getpid())
    with pytest.raises(UploadRefused, match="are being read"):
        remove_old_uploads(tmp_path)


def test_the_process_that_reads_is_ended_by_the_kernel_where_it_takes_too_much(tmp_path: Path) -> None:
    import subprocess
    import sys

    program = (
        "from detente.web.uploads import limits, worker\n"
        "worker.MAX_MEMORY_BYTES = 3_000 * limits.MIB\n"
        "worker.set_resource_limits()\n"
        "try:\n    held = bytearray(3_500 * limits.MIB)\nexcept MemoryError:\n    print('no more')\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "no more\n"
    assert limits.MAX_MEMORY_BYTES == 4 << 30
