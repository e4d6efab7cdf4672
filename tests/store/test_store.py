"""Store: each change is complete or absent, and every alteration of a file is detected."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.cases.case_file import find_shipped_cases
from detente.core.errors import CannotWrite, DetenteError
from detente.events.arrow import SCHEMA, from_table, to_table
from detente.events.errors import NothingRead
from detente.events.reader import read_release
from detente.events.row_account import EventStream
from detente.events.translations import chronology as translation
from detente.sources import chronology
from detente.store import writer
from detente.store.diff import compare_releases
from detente.store.errors import (
    CorruptStore,
    IncompatibleColumns,
    InvalidStorePath,
    NoStore,
    NoSuchVersion,
    NotAStore,
    StoreTooNew,
    UnbalancedAccount,
    UnknownRelease,
)
from detente.store.history import read_history
from detente.store.paths import LOG_FOLDER
from detente.store.snapshot import Snapshot, open_version
from detente.store.verify import find_leftovers, remove_leftovers, verify_store
from detente.store.writer import add_release, remove_release
from support.releases import make_reading, make_release, make_table

CHRONOLOGY = find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def ids(now: Snapshot, *names: str) -> list[str]:
    return sorted(now.events(names or None).read_all().column("id").to_pylist())


def open_verified(path: Path) -> Snapshot:
    now = open_version(path)
    v = verify_store(now)
    assert v.problems == ()
    assert v.rows == v.events + v.merged + v.set_aside
    return now


def test_store_returns_flagship_events_unchanged(store: Path) -> None:
    """The store returns the flagship's events exactly as they were added."""
    add_release(store, read_release(CHRONOLOGY))
    out = open_version(store).events().read_all().select(SCHEMA.names)
    assert from_table(out) == translation.translate_chronology(chronology.read_chronology(CHRONOLOGY)).events


def test_new_store_is_private(store: Path) -> None:
    """Other users of the machine can neither enter a new store nor read its data files."""
    before = os.umask(0o000)
    try:
        add_release(store, make_release(5))
    finally:
        os.umask(before)
    assert store.stat().st_mode & 0o777 == 0o700
    assert {p.stat().st_mode & 0o777 for p in store.rglob("*.parquet") if LOG_FOLDER not in p.parts} == {0o600}


def test_account_reconciles_all_rows(store: Path) -> None:
    """The account of a release counts events, merged and rejected rows."""
    change = add_release(store, make_release(20, 3, merged=5))
    (account,) = open_version(store).releases()
    assert (account.rows, account.events, account.merged, account.set_aside) == (28, 20, 5, 3)
    assert (account.first, account.last) == (date(2025, 1, 1), date(2025, 1, 20))
    assert change.release == account
    rejects = open_version(store).rejects().read_all().to_pylist()
    assert [r["row"] for r in rejects] == [1000, 1001, 1002]
    assert rejects[0]["reason"] == "it is no number"


def test_release_without_readable_row_is_not_added(store: Path) -> None:
    """A release of which no row could be read is not added; the error shows one row."""
    add_release(store, make_release(2, release="B"))
    with pytest.raises(NothingRead) as refusal:
        add_release(store, make_release(0, 4))
    assert (refusal.value.rows, refusal.value.row, refusal.value.reason) == (4, 1000, "it is no number")
    assert open_verified(store).names == ["made/B"]


def test_release_is_found_without_ending(store: Path) -> None:
    """A release is found by its name without ending, if only one has it."""
    add_release(store, make_release(2, release="GEDEvent_v26_0_1.csv"))
    add_release(store, make_release(3, release="GEDEvent_v26_0_2.csv.zip"))
    now = open_version(store)
    assert now.resolve("GEDEvent_v26_0_1") == "made/GEDEvent_v26_0_1.csv"
    assert now.resolve("made/GEDEvent_v26_0_2") == "made/GEDEvent_v26_0_2.csv.zip"
    with pytest.raises(UnknownRelease):
        now.resolve("GEDEvent_v26_0")


def test_same_bytes_are_ingested_only_with_again(store: Path) -> None:
    """Adding the same bytes again changes nothing unless `again` is set."""
    first = add_release(store, make_release(5))
    assert add_release(store, make_release(5)).what == "unchanged"
    assert open_version(store).version == first.version
    assert add_release(store, make_release(5), again=True).what == "replaced"
    assert ids(open_verified(store)) == [f"A-{i}" for i in range(5)]


def test_add_replaces_only_release_of_same_name(store: Path) -> None:
    """A new file replaces the release of the same name and leaves other releases and versions unchanged."""
    add_release(store, make_release(5, 2))
    add_release(store, make_release(4, release="B"))
    before = open_version(store).version
    add_release(store, make_release(2, 1, sha="other"))
    now = open_verified(store)
    assert ids(now, "made/A") == ["A-0", "A-1"]
    assert len(ids(now, "made/B")) == 4
    assert now.rejects().read_all().num_rows == 1
    # The previous version is unchanged.
    assert len(ids(open_version(store, before), "made/A")) == 5


def test_remove_deletes_events_account_and_rejects(store: Path) -> None:
    """Removing a release removes its events, account and rejected rows."""
    add_release(store, make_release(5, 2))
    add_release(store, make_release(1, release="B"))
    removed = remove_release(store, "A")
    assert removed.release is not None
    assert removed.release.rows == 7
    assert open_verified(store).names == ["made/B"]
    with pytest.raises(UnknownRelease) as refusal:
        remove_release(store, "A")
    assert (refusal.value.name, refusal.value.known) == ("A", ["made/B"])


@given(steps=st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 3), st.integers(0, 2)), max_size=8))
@settings(max_examples=8)
def test_store_matches_dictionary_after_any_changes(
    steps: list[tuple[str, int, int]],
) -> None:
    """After any sequence of changes the store holds what a dictionary would."""
    with tempfile.TemporaryDirectory() as folder:
        path, model = Path(folder), dict[str, tuple[int, int]]()
        for i, (name, n, rejected) in enumerate(steps):
            if n == 0 and name in model:
                remove_release(path, name)
                del model[name]
            elif n == 0:
                with pytest.raises(NothingRead):
                    add_release(path, make_release(0, rejected, release=name, sha=str(i)))
            else:
                add_release(path, make_release(n, rejected, release=name, sha=str(i)))
                model[name] = (n, rejected)
        if steps:
            now = open_verified(path)
            assert {k.release: (k.events, k.set_aside) for k in now.releases()} == model
            assert ids(now) == sorted(f"{k}-{i}" for k, (n, _) in model.items() for i in range(n))


def test_reader_sees_complete_version_during_ingest(store: Path) -> None:
    """A reader sees a complete version at every moment of an ingest."""
    add_release(store, make_release(5, 2))
    observed: list[tuple[int, int, int]] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in make_table([f"new-{i}" for i in range(50)]).to_batches(max_chunksize=5):
            now = open_version(store)
            (account,) = now.releases()
            observed.append((len(ids(now)), account.events, now.rejects().read_all().num_rows))
            yield batch

    add_release(store, make_reading(batches(), 1, count=50, sha="new"))
    assert observed == [(5, 5, 2)] * 10
    assert len(ids(open_version(store))) == 50


def test_stream_survives_replacement_of_its_release(store: Path) -> None:
    """A stream opened before a replacement continues with the old version."""
    add_release(store, make_release(200))
    stream = open_version(store).events()
    first = stream.read_next_batch().num_rows
    add_release(store, make_release(3, sha="new"))
    assert first + sum(b.num_rows for b in stream) == 200


def _add_some(path: Path, release: str, n: int) -> None:
    add_release(path, make_release(n, 1, release=release, sha=f"{release}{n}"))


def test_concurrent_writers_lose_no_changes(store: Path) -> None:
    """Programs that write at the same time do not lose each other's changes."""
    # The store does not exist yet, so the programs also create it at the same time.
    work = [("A", 11), ("B", 12), ("A", 13)]
    context = multiprocessing.get_context("spawn")
    running = [context.Process(target=_add_some, args=(store, *w)) for w in work]
    for p in running:
        p.start()
    for p in running:
        p.join()
    assert [p.exitcode for p in running] == [0] * len(work)
    events = {a.release: a.events for a in open_verified(store).releases()}
    assert events.pop("A") in (11, 13)
    assert events == {"B": 12}


def test_commits_during_streaming_ingest_are_preserved(store: Path) -> None:
    """Changes committed while another ingest streams are preserved."""

    def slow() -> Iterator[pa.RecordBatch]:
        yield from make_table(["x"]).to_batches()
        add_release(store, make_release(3, release="B"))
        add_release(store, make_release(2, sha="quicker"))
        yield from make_table(["y"]).to_batches()

    add_release(store, make_reading(slow(), count=2, sha="slower"))
    assert ids(open_verified(store)) == ["B-0", "B-1", "B-2", "x", "y"]


def test_commit_between_check_and_write_is_replaced(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release committed between our check and our commit is replaced, not duplicated."""
    add_release(store, make_release(1, release="B"))
    real, waiting = writer._build_commit_metadata, [True]

    def meanwhile(*args: Any) -> dict[str, Any]:
        if waiting:
            waiting.clear()
            add_release(store, make_release(2, sha="quicker"))
        return real(*args)

    monkeypatch.setattr(writer, "_build_commit_metadata", meanwhile)
    # At the check there was no release A; without a second check both would be stored.
    assert add_release(store, make_release(5, sha="slower")).what == "replaced"
    assert len(ids(open_verified(store), "made/A")) == 5


def test_release_opens_the_log_twice(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is read before a release and again before its commit, and not at every step between."""
    opened: list[str] = []

    class CountedTable(DeltaTable):
        def __init__(self, *args: Any, **named: Any) -> None:
            opened.append(args[0])
            super().__init__(*args, **named)

    add_release(store, make_release(1, release="B"))
    monkeypatch.setattr("detente.store.open.DeltaTable", CountedTable)
    add_release(store, make_release(2))
    assert opened == [str(store)] * 2


def test_column_added_meanwhile_is_kept(store: Path) -> None:
    """A column that another program adds while a release with the same column is written is neither lost nor added again."""

    def with_column(keys: list[str], release: str = "A") -> pa.Table:
        return make_table(keys, release=release).append_column("dyad", pa.array(keys, pa.string()))

    def slow() -> Iterator[pa.RecordBatch]:
        yield from with_column(["x"]).to_batches()
        add_release(store, make_reading(with_column(["b"], "B"), release="B"))
        yield from with_column(["y"]).to_batches()

    reading = make_reading(slow(), count=2, schema=with_column([]).schema)
    add_release(store, reading)
    assert open_verified(store).events().read_all().column("dyad").to_pylist() == ["x", "y", "b"]


# ---- Rejected changes, with the table unchanged


def _refused_error(store: Path, bad: EventStream) -> DetenteError:
    add_release(store, make_release(5, 1))
    version, files = open_version(store).version, sorted(p for p in store.rglob("*") if p.is_file())
    with pytest.raises(DetenteError) as refusal:
        add_release(store, bad)
    assert open_version(store).version == version
    assert sorted(p for p in store.rglob("*") if p.is_file()) == files
    open_verified(store)
    return refusal.value


@pytest.mark.parametrize(("rows", "count"), [(6, 5), (4, 5), (4, 4), (6, 6)])
def test_unbalanced_row_counts_are_rejected(store: Path, rows: int, count: int) -> None:
    """A release whose reader lost or duplicated rows is rejected."""
    error = _refused_error(
        store, make_reading(make_table([f"n{i}" for i in range(5)]), sha="n", rows=rows, count=count)
    )
    assert isinstance(error, UnbalancedAccount)
    assert (error.rows, error.events) == (rows, count)


def test_failing_reader_leaves_no_files(store: Path) -> None:
    """A reader that fails during the ingest leaves no files."""

    class Broken(DetenteError):
        pass

    def breaking() -> Iterator[pa.RecordBatch]:
        yield from make_table(["x", "y"]).to_batches()
        raise Broken("the file ends in the middle")

    assert isinstance(_refused_error(store, make_reading(breaking(), count=2, sha="n")), Broken)


def _with_extra_column(column: str, values: pa.Array) -> EventStream:
    events = make_table(["x", "y"]).append_column(column, values)
    return make_reading(events, sha="n")


def _with_replaced_column(column: str, values: pa.Array) -> EventStream:
    events = make_table(["x", "y"])
    return make_reading(events.set_column(events.schema.names.index(column), column, values), sha="n")


@pytest.mark.parametrize(
    ("bad", "column", "found"),
    [
        (lambda: make_reading(make_table(["x"]).drop_columns(["known_on"]), sha="n"), "known_on", "missing"),
        (lambda: _with_extra_column("account", pa.array([1, 2])), "account", "a name"),
        (lambda: _with_extra_column("part", pa.array(["a", "b"])), "part", "a name"),
        (lambda: _with_replaced_column("deaths_best", pa.array(["3", "4"])), "deaths_best", "string"),
        (lambda: _with_replaced_column("release", pa.array(["A", "B"])), "release", "'B'"),
        (lambda: _with_replaced_column("id", pa.array(["a", None])), "id", "empty"),
        (lambda: _with_extra_column("span", pa.array([1, 2], pa.duration("s"))), "span", "duration[s]"),
    ],
)  # fmt: skip
def test_incompatible_columns_are_rejected_by_name(
    store: Path, bad: Callable[[], EventStream], column: str, found: str
) -> None:
    """A release with unsuitable columns is rejected, and the error names the column."""
    error = _refused_error(store, bad())
    assert isinstance(error, IncompatibleColumns)
    assert error.column == column
    assert error.found.startswith(found)


def test_new_column_is_null_in_other_releases(store: Path) -> None:
    """A new column is stored and is null in releases that lack it."""
    add_release(store, make_release(2))
    events = make_table(["x"], release="B").append_column("made_for_a_test", pa.array([True]))
    add_release(store, make_reading(events, release="B", sha="b"))
    out = open_verified(store).events().read_all()
    assert dict(zip(out["id"].to_pylist(), out["made_for_a_test"].to_pylist(), strict=True)) == {
        "A-0": None,
        "A-1": None,
        "x": True,
    }
    # The column is also null in a later release that lacks it.
    add_release(store, make_release(1, release="C"))
    assert open_version(store).events(["made/C"]).read_all()["made_for_a_test"].to_pylist() == [None]


@pytest.mark.parametrize("name", ["GED 25.1 (é=/x) 100% #?", "a/b", "..", "%2E", "x" * 60, "ٹی ٹی پی"])
def test_release_name_may_hold_any_characters(store: Path, name: str) -> None:
    """A release name may contain any characters."""
    add_release(store, make_reading(make_table(["x"], release=name), 1, release=name))
    add_release(store, make_release(1))
    assert ids(open_verified(store), f"made/{name}") == ["x"]
    add_release(store, make_reading(make_table(["x", "y"], release=name), 1, release=name, sha="n"))
    assert find_leftovers(store) == []
    assert len(remove_leftovers(store, days=0, forget=True).files) == 3
    assert ids(open_verified(store), f"made/{name}") == ["x", "y"]
    remove_release(store, f"made/{name}")
    assert open_verified(store).names == ["made/A"]
    assert all(p.is_relative_to(store) for p in store.parent.rglob("*.parquet"))


@pytest.mark.parametrize(("source", "release"), [("a/b", "A"), ("", "A"), ("a", "")])
def test_ambiguous_or_empty_names_are_rejected(store: Path, source: str, release: str) -> None:
    """A source with a slash, or an empty source or release name, is rejected."""
    with pytest.raises(IncompatibleColumns) as refusal:
        add_release(store, make_reading(make_table(["x"], source, release), source=source, release=release))
    assert refusal.value.column == ("release" if source == "a" else "source")
    assert not store.exists()


def test_release_name_of_two_sources_is_ambiguous(store: Path) -> None:
    """A release name that two sources share must be given in full."""
    add_release(store, make_release(1))
    add_release(store, make_reading(make_table(["x"], source="other"), source="other"))
    with pytest.raises(UnknownRelease) as refusal:
        remove_release(store, "A")
    assert refusal.value.several == ["made/A", "other/A"]


# ---- Damage, and folders that are not stores


def _data_file(path: Path, part: str) -> Path:
    return next(f.path for f in open_version(path).files if (f.name, f.part) == ("made/A", part))


@pytest.mark.parametrize("part", ["events", "set_aside", "account"])
@pytest.mark.parametrize("how", ["gone", "short", "flipped"])
def test_verify_finds_damage_and_ingest_repairs_it(store: Path, part: str, how: str) -> None:
    """Verification finds a damaged file, and ingesting the release again repairs it."""
    add_release(store, make_release(5, 2))
    add_release(store, make_release(5, release="B"))
    file = _data_file(store, part)
    data = bytearray(file.read_bytes())
    if how == "gone":
        file.unlink()
    else:
        data[len(data) // 3] ^= 1
        file.write_bytes(data[:-20] if how == "short" else data)
    (problem,) = verify_store(open_version(store)).problems
    assert problem.release == "made/A"
    assert file.name in problem.what
    add_release(store, make_release(5, 2), again=True)
    open_verified(store)


def test_verify_finds_every_flipped_bit(store: Path) -> None:
    """Verification finds a single flipped bit at any position."""
    add_release(store, make_release(3, 1))
    file = _data_file(store, "events")
    data = file.read_bytes()
    for place in range(0, len(data), max(1, len(data) // 60)):
        changed = bytearray(data)
        changed[place] ^= 1 << (place % 8)
        file.write_bytes(changed)
        assert len(verify_store(open_version(store)).problems) == 1, place
    file.write_bytes(data)
    open_verified(store)


def test_verify_reports_duplicate_ids(store: Path) -> None:
    """Verification reports an id that appears twice in a release."""
    add_release(store, make_reading(make_table(["x", "y", "x"])))
    (problem,) = verify_store(open_version(store)).problems
    assert problem.release == "made/A"
    assert problem.what.startswith("1 ")
    assert problem.what.endswith("'x'")


def test_reading_damaged_file_names_its_release(store: Path) -> None:
    """Reading a damaged file raises an error that names its release."""
    add_release(store, make_release(500))
    file = _data_file(store, "events")
    data = bytearray(file.read_bytes())
    data[200] ^= 255
    file.write_bytes(data)
    with pytest.raises(CorruptStore, match="made/A"):
        open_version(store).events().read_all()


def test_unreadable_log_is_corrupt_store(store: Path) -> None:
    """An unreadable log is reported as damage, not as an empty store."""
    add_release(store, make_release(1))
    newest = max((store / LOG_FOLDER).glob("*.json"))
    newest.write_text("{ this is no JSON")
    with pytest.raises(CorruptStore) as refusal:
        open_version(store)
    assert "log" in refusal.value.what
    with pytest.raises(CorruptStore):
        add_release(store, make_release(1, release="B"))


def _write_file(path: Path) -> None:
    path.write_text("x")


def _make_photo_folder(path: Path) -> None:
    path.mkdir()
    (path / "holiday.jpg").write_bytes(b"x")


def _make_foreign_table(path: Path) -> None:
    write_deltalake(str(path), pa.table({"a": [1]}))


def _make_newer_format(path: Path) -> None:
    add_release(path, make_release(1))
    log = path / LOG_FOLDER / f"{0:020}.json"
    log.write_text(log.read_text().replace('"detente.format":"1"', '"detente.format":"2"'))


def _make_newer_protocol(path: Path) -> None:
    add_release(path, make_release(1))
    log = path / LOG_FOLDER / f"{0:020}.json"
    log.write_text(log.read_text().replace('"minReaderVersion":1', '"minReaderVersion":2'))


def _make_far_newer_protocol(path: Path) -> None:
    add_release(path, make_release(1))
    log = path / LOG_FOLDER / f"{0:020}.json"
    text = (
        log.read_text()
        .replace('"minReaderVersion":1', '"minReaderVersion":9')
        .replace('"minWriterVersion":2', '"minWriterVersion":9')
    )
    log.write_text(text)


@pytest.mark.parametrize(
    ("folder", "error", "found"),
    [
        (_write_file, NotAStore, "single file"),
        (_make_photo_folder, NotAStore, "'holiday.jpg'"),
        (_make_foreign_table, NotAStore, "Delta Lake table"),
        (_make_newer_format, StoreTooNew, "format 2"),
        (_make_newer_protocol, StoreTooNew, "protocol 2"),
        (_make_far_newer_protocol, StoreTooNew, "protocol"),
    ],
)
def test_foreign_folder_is_rejected_and_unchanged(
    store: Path, folder: Callable[[Path], None], error: type[DetenteError], found: str
) -> None:
    """A folder that is not a store of this version is rejected and left unchanged."""
    folder(store)
    before = {p: p.read_bytes() for p in [store, *store.rglob("*")] if p.is_file()}
    for attempt in (
        lambda: open_version(store),
        lambda: add_release(store, make_release(1, release="B")),
        lambda: remove_release(store, "A"),
    ):
        with pytest.raises(error) as refusal:
            attempt()
        assert isinstance(refusal.value, NotAStore | StoreTooNew)
        assert found in refusal.value.found
    assert {p: p.read_bytes() for p in [store, *store.rglob("*")] if p.is_file()} == before


def test_missing_store_is_reported_not_created(store: Path) -> None:
    """Reading a missing store raises an error and creates nothing."""
    for path in (store, store.parent):
        with pytest.raises(NoStore) as refusal:
            open_version(path)
        assert refusal.value.path == path
    assert not store.exists()


def test_path_with_percent_sign_is_rejected(tmp_path: Path) -> None:
    """A path with a % is rejected, since delta-rs would decode it."""
    for attempt in (lambda p: add_release(p, make_release(1)), open_version):
        (tmp_path / "a%20b" / LOG_FOLDER).mkdir(parents=True, exist_ok=True)
        (tmp_path / "a%20b" / LOG_FOLDER / "0.json").write_text("{}")
        with pytest.raises(InvalidStorePath):
            attempt(tmp_path / "a%20b")
    assert [p.name for p in tmp_path.iterdir()] == ["a%20b"]


def test_unknown_version_is_rejected(store: Path) -> None:
    """A version that does not exist is rejected."""
    add_release(store, make_release(1))
    for version in (7, 10**12):
        with pytest.raises(NoSuchVersion) as refusal:
            open_version(store, version)
        assert (refusal.value.version, refusal.value.last) == (version, 1)


ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from detente.store.writer import add_release
from support.releases import make_reading, make_release, make_table
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    add_release(Path({store!r}), {reading})
except Exception as e:
    print(type(e).__name__, e)
"""


@pytest.mark.parametrize("limit", [0, 500, 3000, 6000])
def test_full_disk_leaves_table_unchanged(store: Path, limit: int) -> None:
    """A disk that fills up at any moment leaves the table unchanged."""
    add_release(store, make_release(5, 2))
    version = open_version(store).version
    code = ON_A_FULL_DISK.format(
        tests=str(Path(__file__).parents[1]), store=str(store), limit=limit, reading="make_release(20000, 2, sha='n')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("CannotWrite"), done.stdout + done.stderr
    assert "Nothing was changed" in done.stdout
    assert open_version(store).version == version
    assert find_leftovers(store) == []
    assert len(ids(open_verified(store))) == 5


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can switch to another user")
@pytest.mark.parametrize("exists", [True, False], ids=["a store", "no store yet"])
def test_read_only_store_is_read_not_written(exists: bool) -> None:
    """A read-only store can be read, and writing to it fails without changes."""
    folder = Path(tempfile.mkdtemp(prefix="détente-"))
    try:
        folder.chmod(0o755)
        store = folder / "store"
        if exists:
            add_release(store, make_release(5, 2))
            for path in (store, *store.rglob("*")):  # a store is for its owner only, unless the owner opens it
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        os.seteuid(65534)
        try:
            if exists:
                assert len(ids(open_verified(store))) == 5
            with pytest.raises(CannotWrite, match="Nothing was changed"):
                add_release(store, make_release(3, sha="n"))
        finally:
            os.seteuid(0)
        assert (len(ids(open_verified(store))) == 5) if exists else not store.exists()
    finally:
        shutil.rmtree(folder)


IN_A_LOOP = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from detente.store.writer import add_release
from support.releases import make_release
print("ready", flush=True)
i = 0
while True:
    i += 1
    add_release(Path({store!r}), make_release(100 + i % 7, 3, sha=str(i)))
"""


def test_killed_ingest_leaves_sound_store(store: Path) -> None:
    """An ingest killed at any moment leaves a sound store."""
    # A few moments are tested here, hundreds in benchmarks/store_kill.py.
    code = IN_A_LOOP.format(tests=str(Path(__file__).parents[1]), store=str(store))
    for moment in (0.0, 0.05, 0.11, 0.2):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as p:
            assert p.stdout is not None
            p.stdout.readline()
            time.sleep(moment)
            p.send_signal(signal.SIGKILL)
    add_release(store, make_release(1, release="B"))
    accounts = {a.release: a for a in open_verified(store).releases()}
    assert accounts["B"].events == 1
    remove_leftovers(store, days=0)
    assert find_leftovers(store) == []
    open_verified(store)


def test_clear_respects_age_and_forget(store: Path) -> None:
    """Clearing removes only old leftovers, and earlier versions only with `forget`."""
    add_release(store, make_release(5))
    first = open_version(store)
    orphan = first.files[0].path.with_name("000000000000-00.parquet")
    orphan.write_bytes(b"x")
    add_release(store, make_release(2, sha="n"))
    assert remove_leftovers(store, days=1).files == ()
    assert remove_leftovers(store, days=0, dry_run=True).files == (orphan,)
    assert orphan.exists()
    assert remove_leftovers(store, days=0).files == (orphan,)
    assert len(ids(open_version(store, first.version))) == 5
    assert len(remove_leftovers(store, days=0, forget=True).files) == 2
    assert len(ids(open_verified(store))) == 2
    with pytest.raises(CorruptStore, match="gone"):
        ids(open_version(store, first.version))


def test_history_lists_changes_by_version(store: Path) -> None:
    """The history lists each change with its version."""
    add_release(store, make_release(5, 2))
    add_release(store, make_release(4, release="B"))
    add_release(store, make_release(3, sha="n"))
    remove_release(store, "B")
    history = [(v.version, v.what, v.release, v.events) for v in read_history(store)]
    assert history == [
        (4, "removed", "made/B", 4), (3, "replaced", "made/A", 3), (2, "added", "made/B", 4),
        (1, "added", "made/A", 5), (0, "made", "", None),
    ]  # fmt: skip
    assert [v.version for v in read_history(store, limit=2)] == [4, 3]


def test_versions_survive_log_checkpoint(store: Path) -> None:
    """Versions stay readable after a checkpoint of the log."""
    for i in range(12):
        add_release(store, make_release(i + 1, 1, sha=str(i)))
    DeltaTable(str(store)).create_checkpoint()
    for version in (1, 7, 12):
        assert len(ids(open_version(store, version))) == version
    assert [v.version for v in read_history(store)] == list(range(12, -1, -1))


# ---- Differences between releases


def test_diff_reports_changes_by_event_and_column(store: Path) -> None:
    """A difference lists added, removed and changed events, and changed values by column."""
    before = make_table(["a", "b", "c", "d"], release="old", deaths=3)
    after = make_table(["b", "c", "d", "e"], release="new", deaths=3)
    row = after.slice(1, 1).to_pylist()[0] | {"deaths_best": None, "country": "PAK", "row": 99}
    days = dict(zip(before["id"].to_pylist(), before["first"].to_pylist(), strict=True))
    rows = [r | {"first": days.get(r["id"], r["first"]), "last": days.get(r["id"], r["last"])} for r in
            [after.slice(0, 1).to_pylist()[0], row, *after.slice(2).to_pylist()]]  # fmt: skip
    add_release(store, make_reading(before, release="old"))
    add_release(store, make_reading(pa.Table.from_pylist(rows, schema=SCHEMA), release="new"))
    d = compare_releases(open_version(store), "old", "new")
    assert (d.came, d.went, d.changed, d.same) == (("e",), ("a",), ("c",), 2)
    assert [(c.column, c.before, c.after) for c in d.changes] == [("country", "AFG", "PAK"), ("deaths_best", "3", None)]
    assert d.columns == {"country": 1, "deaths_best": 1}
    # Event c has no figure in the new release, so neither sum includes it.
    assert (d.deaths_before, d.deaths_after) == (6, 6)
    back = compare_releases(open_version(store), "new", "old")
    assert (back.came, back.went, back.same) == (d.went, d.came, d.same)


def test_diff_compares_release_with_earlier_version(store: Path) -> None:
    """A release can be compared with itself in an earlier version."""
    add_release(store, make_release(5))
    then = open_version(store)
    add_release(store, make_release(7, sha="n"))
    assert compare_releases(open_version(store), "A", "A", earlier=then).came == ("A-5", "A-6")
    assert compare_releases(open_version(store), "A", "A").changed == ()


def test_event_stream_has_event_schema(store: Path) -> None:
    """The stream of events has the schema of events."""
    add_release(store, read_release(CHRONOLOGY))
    events = open_version(store).events().read_all().select(SCHEMA.names)
    assert events.cast(SCHEMA) == to_table(from_table(events))
