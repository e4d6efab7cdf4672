"""Tests of uploads through the pages and of the worker."""

import errno
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detente.api.case import Case
from detente.cases.case_file import find_shipped_cases
from detente.events.reader import read_release
from detente.store.snapshot import open_version
from detente.store.writer import add_release
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.pages import data
from detente.web.uploads import limits
from detente.web.uploads.errors import UploadRefused
from detente.web.uploads.model import (
    STOPPED_MESSAGE,
    Upload,
    delete_upload,
    list_uploads,
    load_upload,
    new_folder,
    reserve_upload,
    save_upload,
)
from detente.web.uploads.process import start_worker
from support.comments_workbench import BrowserClient, Workbench
from support.provider_rows import encode_file, make_rows, write_zip

CHRONOLOGY = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"
# Its third row has an invalid date.
BROKEN = "\n".join(
    line.replace("2021-08-1", "2021-13-4") if n == 2 else line
    for n, line in enumerate(CHRONOLOGY.read_text(encoding="utf-8").splitlines()[:40])
)


@pytest.fixture
def reader(settings: ServerConfig, flagship: Case) -> Iterator[BrowserClient]:
    """A browser of a moderator."""
    app = create_app(settings, {flagship.id: flagship})
    yield Workbench(app).reader("Ada", "moderator")
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
    assert list_uploads(settings.uploads) == ()
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
    assert list_uploads(settings.uploads) == ()


def test_file_over_limit_is_rejected(
    reader: BrowserClient, settings: ServerConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file one byte over the limit is rejected."""
    monkeypatch.setattr("detente.web.uploads.multipart.receive_file.__defaults__", (1000,))
    response = send_file(reader, "x.csv", b"0" * 1001)
    assert response.status_code == 400
    assert "0 MiB" in response.text
    assert list_uploads(settings.uploads) == ()


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
    assert list_uploads(settings.uploads) == ()


def test_body_without_form_is_rejected(reader: BrowserClient) -> None:
    """A body that is not a form gives 415."""
    response = reader.client.post("/data/upload", content=b"x")
    assert response.status_code == 415


def save_new_upload(root: Path, state: Any, at: float, pid: int = 0, by: str = "") -> Upload:
    u = Upload(new_folder(root).name, "x.csv", 1, by, "", at, state, pid)
    save_upload(root, u)
    return u


def test_dead_worker_marks_upload_refused(tmp_path: Path) -> None:
    """An upload whose worker has died is reported as refused."""
    u = save_new_upload(tmp_path, "reading", 0.0, pid=2**22 - 1)
    current = load_upload(tmp_path, u.id)
    assert (current.state, current.told) == ("refused", STOPPED_MESSAGE)


def test_quota_makes_room_from_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account over its quota loses its own oldest idle file; another account's waiting file stays."""
    monkeypatch.setattr("detente.web.uploads.model.MAX_UPLOADS_PER_ACCOUNT", 2)
    now = time.time()
    other = save_new_upload(tmp_path, "read", now - 100, by="Bob")
    oldest, newer = (save_new_upload(tmp_path, "read", now - n, by="Ann") for n in (50, 40))
    arriving = reserve_upload(tmp_path, "Ann")
    assert {u.id for u in list_uploads(tmp_path)} == {other.id, newer.id, arriving.id}
    assert not (tmp_path / oldest.id).exists()


def test_full_server_removes_no_waiting_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full server gives up finished uploads of anybody, and never another account's waiting file."""
    monkeypatch.setattr("detente.web.uploads.model.MAX_UPLOADS", 2)
    now = time.time()
    waiting = save_new_upload(tmp_path, "read", now - 100, by="Bob")
    finished = save_new_upload(tmp_path, "kept", now - 10, by="Bob")
    delete_upload(tmp_path, reserve_upload(tmp_path, "Ann").id)
    assert not (tmp_path / finished.id).exists()
    save_new_upload(tmp_path, "read", now, by="Bob")
    with pytest.raises(UploadRefused):
        reserve_upload(tmp_path, "Ann")
    assert load_upload(tmp_path, waiting.id).state == "read"


def test_account_has_few_files_at_work(tmp_path: Path) -> None:
    """Simultaneous files of one account beyond its limit are refused; another account can still send."""

    def reserve(_: int) -> bool:
        try:
            reserve_upload(tmp_path, "Ann")
        except UploadRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(reserve, range(24))) == limits.MAX_BUSY_PER_ACCOUNT
    assert reserve_upload(tmp_path, "Bob").running


def test_clock_jump_keeps_files_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that jumps a month ahead removes no file at work; finished ones expire."""
    now = time.time()
    busy, done = save_new_upload(tmp_path, "arriving", now, os.getpid(), "Ann"), save_new_upload(tmp_path, "read", now)
    monkeypatch.setattr("detente.web.uploads.model.time.time", lambda: now + 30 * 86_400)
    reserve_upload(tmp_path, "Bob")
    assert load_upload(tmp_path, busy.id).running
    assert not (tmp_path / done.id).exists()


def _keep(who: BrowserClient, address: str, **form: str) -> Any:
    response = who.send(f"{address}/keep", **form)
    wait_until_done(who, address)
    return response


def test_reader_cannot_keep_a_release(reader: BrowserClient, settings: ServerConfig) -> None:
    """A reader may send a file; only a moderator may put it into the store, and others cannot discard it."""
    bob = Workbench(reader.app).reader("Bob")
    address = send_file(bob, "mine.csv", CHRONOLOGY.read_bytes()).headers["location"]
    wait_until_done(bob, address)
    assert bob.send(f"{address}/keep").status_code == 403
    assert "/keep" not in bob.get(address).text
    assert not settings.store.exists()
    assert Workbench(reader.app).reader("Eve").send(f"{address}/discard").status_code == 403
    _keep(reader, address)
    assert bob.data(f"{address}.json")["upload"]["state"] == "kept"


def test_replacing_needs_second_yes(reader: BrowserClient, settings: ServerConfig) -> None:
    """A release of the same name is replaced only with its digest in the form; both acts are logged and shown."""
    first = send_file(reader, "mine.csv", CHRONOLOGY.read_bytes()).headers["location"]
    wait_until_done(reader, first)
    _keep(reader, first)
    (before,) = open_version(settings.store).releases()
    second = send_file(reader, "mine.csv", BROKEN.encode()).headers["location"]
    page = wait_until_done(reader, second)
    assert page["replaces"]["sha256"] == before.sha256
    assert page["replaces"]["kept_by"] == "Ada"
    for wrong in ({}, {"replaces": "yes"}):
        assert _keep(reader, second, **wrong).status_code == 409
    assert open_version(settings.store).releases() == (before,)
    _keep(reader, second, replaces=before.sha256)
    (after,) = open_version(settings.store).releases()
    assert after.sha256 == page["upload"]["report"]["sha256"] != before.sha256
    (shown,) = reader.data("/data.json")["releases"]
    assert (shown["kept_by"], shown["replaced"]) == ("Ada", before.sha256)
    log = [(d["actor"], d["what"], d["reason"], d["before"]) for d in reader.data("/moderation/log.json")["done"]]
    assert log[0] == ("Ada", "replace release", f"chronology/mine.csv {after.sha256}", before.sha256)
    assert log[1] == ("Ada", "keep release", f"chronology/mine.csv {before.sha256}", None)


@pytest.mark.parametrize(
    "where", ["detente.web.uploads.multipart.shutil.copyfileobj", "detente.web.uploads.model.save_upload"]
)
def test_full_disk_gives_clear_page(
    reader: BrowserClient, settings: ServerConfig, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """A full disk while a file arrives gives 507, leaves nothing, and the next upload works."""

    def fail(*_a: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as m:
        m.setattr(where, fail)
        response = send_file(reader, "mine.csv", CHRONOLOGY.read_bytes())
    assert response.status_code == 507
    assert list_uploads(settings.uploads) == ()
    assert send_file(reader, "mine.csv", CHRONOLOGY.read_bytes()).status_code == 303


def test_other_system_errors_stay_internal(reader: BrowserClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the system that is no full disk is an internal error, not "no room"."""

    def fail(*_a: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("detente.web.uploads.multipart.shutil.copyfileobj", fail)
    assert send_file(reader, "mine.csv", b"x").status_code == 500


def test_verification_needs_an_account(
    reader: BrowserClient, settings: ServerConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger starts no verification but sees its result; a second one at the same time is refused."""
    add_release(settings.store, read_release(CHRONOLOGY))
    stranger = Workbench(reader.app).reader()
    assert stranger.get("/data/verify").status_code == 401
    with data._verification_lock:
        assert reader.get("/data/verify").status_code == 503
    assert reader.data("/data/verify.json")["sound"]
    assert stranger.data("/data/verify.json")["sound"]
    assert stranger.get("/data/verify?again=1").status_code == 401


def test_rejected_rows_of_the_store_are_paged(reader: BrowserClient, settings: ServerConfig, tmp_path: Path) -> None:
    """Pages of several releases hold every rejected row once, and no page reads what comes after it."""
    lines = CHRONOLOGY.read_text(encoding="utf-8").splitlines()
    for name, n in (("a.csv", 150), ("b.csv", 130)):
        bad = [line.replace("2021-", "2021-13-", 1).replace("2022-", "2022-13-", 1) for line in lines[1 : n + 1]]
        (tmp_path / name).write_text("\n".join([lines[0], *bad, lines[n + 1]]), encoding="utf-8")
        add_release(settings.store, read_release(tmp_path / name))
    total = sum(k.set_aside for k in open_version(settings.store).releases())
    assert total > 200
    seen: list[tuple[str, int]] = []
    start: int | None = 0
    while start is not None:
        page = reader.data(f"/data/set-aside.json?start={start}")
        assert page["total"] == total
        seen += [(r["release"], r["row"]) for r in page["rows"]]
        start = page["after"]
    assert len(seen) == len(set(seen)) == total


def test_worker_replaces_only_agreed_release(reader: BrowserClient, settings: ServerConfig, tmp_path: Path) -> None:
    """A release that came into the store after the yes is not replaced, whoever asks."""
    address = send_file(reader, "mine.csv", BROKEN.encode()).headers["location"]
    wait_until_done(reader, address)
    upload = load_upload(settings.uploads, address.rpartition("/")[2])
    (other := tmp_path / "mine.csv").write_bytes(CHRONOLOGY.read_bytes())
    add_release(settings.store, read_release(other))
    start_worker(settings.uploads, upload, "keep", settings.store)
    assert wait_until_done(reader, address)["upload"]["state"] == "refused"
    (release,) = open_version(settings.store).releases()
    assert release.events == len(CHRONOLOGY.read_text(encoding="utf-8").splitlines()) - 1


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


def test_archive_of_several_releases_is_refused(reader: BrowserClient, tmp_path: Path) -> None:
    """A zip of two monthly files is refused by name: as one release it would cover the months between them."""
    body = encode_file("ucdp-49", make_rows("ucdp-49", 1))
    names = ("GEDEvent_v25_0_1.csv", "GEDEvent_v26_0_1.csv")
    months = write_zip(tmp_path / "months.zip", **dict.fromkeys(names, body))
    address = send_file(reader, "months.zip", months.read_bytes()).headers["location"]
    upload = wait_until_done(reader, address)["upload"]
    assert upload["state"] == "refused"
    assert all(n in upload["told"] for n in names)


def test_upload_works_in_a_relative_folder(
    settings: ServerConfig, flagship: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker, which runs in a folder of its own, finds a file below a relative folder."""
    monkeypatch.chdir(tmp_path)
    relative = replace(settings, uploads=Path("uploads"), store=Path("store"))
    app = create_app(relative, {flagship.id: flagship})
    reader = Workbench(app).reader("Ada", "moderator")
    address = send_file(reader, "broken.csv", BROKEN.encode()).headers["location"]
    assert wait_until_done(reader, address)["upload"]["state"] == "read"
    reader.send(f"{address}/keep")
    assert wait_until_done(reader, address)["upload"]["state"] == "kept"
    app.state.database.dispose()
    assert open_version(tmp_path / "store").names == ["chronology/broken.csv"]
