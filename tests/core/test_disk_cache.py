"""The cache of results: whatever happens to it, results are right."""

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from detente.core import disk_cache
from detente.core.date_range import DateRange
from detente.core.disk_cache import CacheWarning, DiskCache, active_cache, content_key, use_cache


def make_numbers() -> dict[str, np.ndarray]:
    return {"x": np.arange(1000.0), "name": np.array("a")}


def fail() -> dict[str, np.ndarray]:
    raise AssertionError("it was made again")


def entry(folder: Path) -> Path:
    (found,) = folder.glob("stage/*.npz")
    return found


def test_cache_makes_an_entry_once(tmp_path: Path) -> None:
    """The second call reads what the first one made, equal to the bit."""
    DiskCache(tmp_path).arrays("stage", "key", make_numbers)
    again = DiskCache(tmp_path).arrays("stage", "key", fail)
    assert {k: v.tolist() for k, v in again.items()} == {k: v.tolist() for k, v in make_numbers().items()}
    assert entry(tmp_path).stat().st_mode & 0o777 == 0o600
    assert tmp_path.stat().st_mode & 0o077 == 0 or os.geteuid() == 0


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other"])
def test_damaged_entry_is_made_again(tmp_path: Path, damage: str) -> None:
    """A cut, changed or foreign file costs a warning and the time to make it again."""
    cache = DiskCache(tmp_path)
    cache.arrays("stage", "key", make_numbers)
    content = bytearray(entry(tmp_path).read_bytes())
    content[len(content) // 2] ^= 1
    new = {"cut": bytes(content[:100]), "flip": bytes(content), "empty": b"", "other": b"\x80\x04." * 50}[damage]
    entry(tmp_path).write_bytes(new)
    with pytest.warns(CacheWarning, match="made again"):
        assert cache.arrays("stage", "key", make_numbers)["x"].sum() == 499_500
    cache.arrays("stage", "key", fail)


@pytest.mark.parametrize("how", ["link", "writable"])
def test_entry_that_others_may_write_is_not_read(tmp_path: Path, how: str) -> None:
    """A link and a file that the group may write are not trusted."""
    cache = DiskCache(tmp_path / "cache")
    cache.arrays("stage", "key", make_numbers)
    path = entry(tmp_path / "cache")
    if how == "link":
        path.replace(tmp_path / "elsewhere")
        path.symlink_to(tmp_path / "elsewhere")
    else:
        path.chmod(0o620)
    with pytest.warns(CacheWarning):
        cache.arrays("stage", "key", make_numbers)
    assert entry(tmp_path / "cache").stat(follow_symlinks=False).st_mode & 0o777 == 0o600


@pytest.mark.parametrize("what", ["cache", "stage", "stage link"])
def test_folder_that_others_may_write_is_not_used(tmp_path: Path, what: str) -> None:
    """Nothing is read from or kept in a folder that others may write, or in a link to another folder."""
    folder = tmp_path / "cache"
    cache = DiskCache(folder)
    cache.arrays("stage", "key", lambda: {"x": np.zeros(1)})
    if what == "cache":
        folder.chmod(0o777)
    elif what == "stage":
        (folder / "stage").chmod(0o777)
    else:
        (folder / "stage").rename(tmp_path / "elsewhere")
        (folder / "stage").symlink_to(tmp_path / "elsewhere")
    with pytest.warns(CacheWarning, match="others may write"):
        assert cache.arrays("stage", "key", make_numbers)["x"].sum() == 499_500
    assert entry(folder).stat().st_size < 1000  # the first, small entry is unchanged


def count_making(folder: str, log: str) -> None:
    def make() -> dict[str, np.ndarray]:
        with Path(log).open("a") as f:
            f.write("made\n")
        time.sleep(0.3)
        return make_numbers()

    DiskCache(Path(folder)).arrays("stage", "key", make)


def test_two_processes_make_an_entry_once(tmp_path: Path) -> None:
    """The second process waits for the first and reads its result."""
    context = multiprocessing.get_context("spawn")
    args = (str(tmp_path / "cache"), str(tmp_path / "log"))
    processes = [context.Process(target=count_making, args=args) for _ in range(3)]
    for p in processes:
        p.start()
    for p in processes:
        p.join(60)
        assert p.exitcode == 0
    assert (tmp_path / "log").read_text() == "made\n"


def test_killed_process_leaves_no_partial_entry(tmp_path: Path) -> None:
    """A process that is killed while it makes or writes leaves nothing that is read, and its lock is free."""
    code = (
        "import sys, time, numpy as np\nfrom pathlib import Path\nfrom detente.core.disk_cache import DiskCache\n"
        "def make():\n    print('making', flush=True)\n    time.sleep(60)\n"
        "DiskCache(Path(sys.argv[1])).arrays('stage', 'key', make)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as p:
        assert p.stdout is not None
        p.stdout.readline()
        p.send_signal(signal.SIGKILL)
    assert not list(tmp_path.glob("stage/*.npz"))
    assert DiskCache(tmp_path).arrays("stage", "key", make_numbers)["x"].size == 1000


def test_full_disk_costs_the_entry_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room the result is returned, nothing partial stays, and one warning says so."""

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    cache = DiskCache(tmp_path)
    with pytest.warns(CacheWarning, match="No space left"):
        assert cache.arrays("stage", "a", make_numbers)["x"].size == 1000
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cache.arrays("stage", "b", make_numbers)
    assert list((tmp_path / "stage").iterdir()) == []


def test_unusable_folder_costs_nothing_but_time(tmp_path: Path) -> None:
    """A folder that cannot be made works as no folder, with one warning."""
    (tmp_path / "file").write_text("")
    cache = DiskCache(tmp_path / "file" / "cache")
    with pytest.warns(CacheWarning, match="Nothing is kept"):
        assert cache.arrays("stage", "key", make_numbers)["x"].size == 1000


def test_cache_size_is_bounded(tmp_path: Path) -> None:
    """Beyond its size the entries not used for longest go; the newest stays."""
    cache = DiskCache(tmp_path, max_bytes=25_000)
    for i in range(5):
        cache.arrays("stage", str(i), make_numbers)
        os.utime(tmp_path / f"stage/{i}.npz", (i, i)) if i < 4 else None
    assert [e.key for e in cache.entries()] == ["3.npz", "4.npz"]
    assert cache.clear() > 0
    assert cache.entries() == []


def test_record_comes_back_equal(tmp_path: Path) -> None:
    """Frozen results with dates, arrays, sets and odd numbers survive the disk."""
    from datetime import date

    record = (DateRange(date(2025, 1, 1), date(2025, 1, 2)), {"a": (1, None, float("inf"))}, frozenset({"x", "y"}))
    cache = DiskCache(tmp_path)
    assert cache.record("stage", "key", lambda: record) == record
    assert cache.record("stage", "key", fail) == record  # type: ignore[comparison-overlap]


@pytest.mark.parametrize(
    "place", ["os:system", "subprocess:Popen", "detente.cli.main:main", "detente.core.errors:Path"]
)
def test_record_names_only_dataclasses_of_the_package(place: str) -> None:
    """An entry that names anything else is refused: reading data never runs code."""
    import json

    from detente.core.record_codec import STRUCTURE, decode_record

    text = json.dumps({"!": place, "of": [["args", "true"]]})
    with pytest.raises((ValueError, AttributeError)):
        decode_record({STRUCTURE: np.frombuffer(text.encode(), np.uint8)})


def test_content_key_tells_values_apart() -> None:
    """Values that differ in type, order or nesting have different keys."""
    values = [
        1,
        1.0,
        "1",
        b"1",
        (1,),
        ((1,),),
        (1, 2),
        (2, 1),
        {"a": 1},
        None,
        True,
        np.arange(2),
        np.arange(2.0),
        [[], 1],
    ]
    assert len({content_key(v) for v in values}) == len(values)


def test_use_cache_ends_with_its_block(tmp_path: Path) -> None:
    """Outside of the block nothing is kept."""
    before = active_cache()
    with use_cache(DiskCache(tmp_path)) as cache:
        assert active_cache() is cache
    assert active_cache() is before


def test_default_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`DETENTE_CACHE` names the folder, or switches the cache off."""
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    assert disk_cache.default_cache_folder() == tmp_path
    monkeypatch.setenv("DETENTE_CACHE", "off")
    assert disk_cache.default_cache_folder() is None
