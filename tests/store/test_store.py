"""The store: a release comes, is replaced and goes whole or not at all, and nothing in it changes unseen."""

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
from detente.store.open import LOG_FOLDER
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


def sound(path: Path) -> Snapshot:
    now = open_version(path)
    v = verify_store(now)
    assert v.problems == ()
    assert v.rows == v.events + v.merged + v.set_aside
    return now


def test_the_flagship_comes_out_of_the_store_as_it_went_in(store: Path) -> None:
    add_release(store, read_release(CHRONOLOGY))
    out = open_version(store).events().read_all().select(SCHEMA.names)
    assert from_table(out) == translation.translate_chronology(chronology.read_chronology(CHRONOLOGY)).events


def test_the_account_of_a_release_says_where_every_row_went(store: Path) -> None:
    change = add_release(store, make_release(20, 3, merged=5))
    (kept,) = open_version(store).releases()
    assert (kept.rows, kept.events, kept.merged, kept.set_aside) == (28, 20, 5, 3)
    assert (kept.first, kept.last) == (date(2025, 1, 1), date(2025, 1, 20))
    assert change.release == kept
    told = open_version(store).rejects().read_all().to_pylist()
    assert [t["row"] for t in told] == [1000, 1001, 1002]
    assert told[0]["reason"] == "it is no number"


def test_a_release_of_nothing_but_rows_set_aside_is_kept_with_them(store: Path) -> None:
    add_release(store, make_release(0, 4))
    (kept,) = sound(store).releases()
    assert (kept.rows, kept.events, kept.set_aside, kept.first) == (4, 0, 4, None)
    assert ids(open_version(store)) == []


def test_adding_the_same_bytes_again_changes_nothing_unless_asked(store: Path) -> None:
    first = add_release(store, make_release(5))
    assert add_release(store, make_release(5)).what == "unchanged"
    assert open_version(store).version == first.version
    assert add_release(store, make_release(5), again=True).what == "replaced"
    assert ids(sound(store)) == [f"A-{i}" for i in range(5)]


def test_a_new_file_of_the_same_name_takes_the_place_of_the_old_and_of_nothing_else(store: Path) -> None:
    add_release(store, make_release(5, 2))
    add_release(store, make_release(4, release="B"))
    before = open_version(store).version
    add_release(store, make_release(2, 1, sha="other"))
    now = sound(store)
    assert ids(now, "made/A") == ["A-0", "A-1"]
    assert len(ids(now, "made/B")) == 4
    assert now.rejects().read_all().num_rows == 1
    # Time travel: the version before is still what it was.
    assert len(ids(open_version(store, before), "made/A")) == 5


def test_a_removed_release_is_gone_with_its_account_and_its_rows_set_aside(store: Path) -> None:
    add_release(store, make_release(5, 2))
    add_release(store, make_release(1, release="B"))
    gone = remove_release(store, "A")
    assert gone.release is not None
    assert gone.release.rows == 7
    assert sound(store).names == ["made/B"]
    with pytest.raises(UnknownRelease, match="Nearest"):
        remove_release(store, "A")


@given(steps=st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 3), st.integers(0, 2)), max_size=8))
@settings(max_examples=8)
def test_after_any_sequence_of_changes_the_store_holds_what_a_dictionary_would(
    steps: list[tuple[str, int, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, model = Path(folder), dict[str, tuple[int, int]]()
        for i, (name, n, aside) in enumerate(steps):
            if n == 0 and name in model:
                remove_release(path, name)
                del model[name]
            else:
                add_release(path, make_release(n, aside, release=name, sha=str(i)))
                model[name] = (n, aside)
        if steps:
            now = sound(path)
            assert {k.release: (k.events, k.set_aside) for k in now.releases()} == model
            assert ids(now) == sorted(f"{k}-{i}" for k, (n, _) in model.items() for i in range(n))


def test_a_reader_sees_a_whole_version_at_every_moment_of_an_ingest(store: Path) -> None:
    add_release(store, make_release(5, 2))
    seen: list[tuple[int, int, int]] = []

    def watched() -> Iterator[pa.RecordBatch]:
        for batch in make_table([f"new-{i}" for i in range(50)]).to_batches(max_chunksize=5):
            now = open_version(store)
            (kept,) = now.releases()
            seen.append((len(ids(now)), kept.events, now.rejects().read_all().num_rows))
            yield batch

    add_release(store, make_reading(watched(), 1, count=50, sha="new"))
    assert seen == [(5, 5, 2)] * 10
    assert len(ids(open_version(store))) == 50


def test_a_reader_that_began_before_a_replacement_ends_with_what_it_began(store: Path) -> None:
    add_release(store, make_release(200))
    stream = open_version(store).events()
    first = stream.read_next_batch().num_rows
    add_release(store, make_release(3, sha="new"))
    assert first + sum(b.num_rows for b in stream) == 200


def _add_some(path: Path, release: str, n: int) -> None:
    add_release(path, make_release(n, 1, release=release, sha=f"{release}{n}"))


def test_programs_that_write_at_once_lose_nothing_of_each_other(store: Path) -> None:
    # Nobody has made the store yet, so they also meet in making it.
    work = [("A", 11), ("B", 12), ("A", 13), ("C", 14)]
    context = multiprocessing.get_context("spawn")
    running = [context.Process(target=_add_some, args=(store, *w)) for w in work]
    for p in running:
        p.start()
    for p in running:
        p.join()
    assert [p.exitcode for p in running] == [0] * len(work)
    kept = {k.release: k.events for k in sound(store).releases()}
    assert kept.pop("A") in (11, 13)
    assert kept == {"B": 12, "C": 14}


def test_a_change_made_while_another_streams_stays_beside_it(store: Path) -> None:
    def slow() -> Iterator[pa.RecordBatch]:
        yield from make_table(["x"]).to_batches()
        add_release(store, make_release(3, release="B"))
        add_release(store, make_release(2, sha="quicker"))
        yield from make_table(["y"]).to_batches()

    add_release(store, make_reading(slow(), count=2, sha="slower"))
    assert ids(sound(store)) == ["B-0", "B-1", "B-2", "x", "y"]


def test_a_commit_that_comes_between_our_look_and_our_commit_is_not_written_over(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_release(store, make_release(1, release="B"))
    real, waiting = writer._build_commit_metadata, [True]

    def meanwhile(*args: Any) -> dict[str, Any]:
        if waiting:
            waiting.clear()
            add_release(store, make_release(2, sha="quicker"))
        return real(*args)

    monkeypatch.setattr(writer, "_build_commit_metadata", meanwhile)
    # Neither release A was there when we looked; had we not looked again, both would be kept.
    assert add_release(store, make_release(5, sha="slower")).what == "replaced"
    assert len(ids(sound(store), "made/A")) == 5


# ---- What is refused, with the table as it was


def _before_and_after(store: Path, bad: EventStream) -> DetenteError:
    add_release(store, make_release(5, 1))
    version, files = open_version(store).version, sorted(p for p in store.rglob("*") if p.is_file())
    with pytest.raises(DetenteError) as refusal:
        add_release(store, bad)
    assert open_version(store).version == version
    assert sorted(p for p in store.rglob("*") if p.is_file()) == files
    sound(store)
    return refusal.value


@pytest.mark.parametrize(("rows", "count"), [(6, 5), (4, 5), (4, 4), (6, 6)])
def test_a_reader_that_loses_or_doubles_rows_is_refused(store: Path, rows: int, count: int) -> None:
    error = _before_and_after(
        store, make_reading(make_table([f"n{i}" for i in range(5)]), sha="n", rows=rows, count=count)
    )
    assert isinstance(error, UnbalancedAccount)
    assert f"{rows} rows were read" in str(error)


def test_a_reader_that_fails_half_way_leaves_nothing_behind(store: Path) -> None:
    class Broken(DetenteError):
        pass

    def breaking() -> Iterator[pa.RecordBatch]:
        yield from make_table(["x", "y"]).to_batches()
        raise Broken("the file ends in the middle")

    assert isinstance(_before_and_after(store, make_reading(breaking(), count=2, sha="n")), Broken)


def _renamed(column: str, values: pa.Array) -> EventStream:
    events = make_table(["x", "y"]).append_column(column, values)
    return make_reading(events, sha="n")


def _other(column: str, values: pa.Array) -> EventStream:
    events = make_table(["x", "y"])
    return make_reading(events.set_column(events.schema.names.index(column), column, values), sha="n")


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (lambda: make_reading(make_table(["x"]).drop_columns(["known_on"]), sha="n"), "'known_on': it is missing"),
        (lambda: _renamed("account", pa.array([1, 2])), "'account': it is a name that the store keeps"),
        (lambda: _renamed("part", pa.array(["a", "b"])), "'part': it is a name that the store keeps"),
        (lambda: _other("deaths_best", pa.array(["3", "4"])), "'deaths_best': it is string, where the store needs int64"),
        (lambda: _other("release", pa.array(["A", "B"])), "'release': it is 'B' in a row"),
        (lambda: _other("id", pa.array(["a", None])), "'id': it is empty in a row"),
        (lambda: _renamed("span", pa.array([1, 2], pa.duration("s"))), "'span': it is duration[s], where the store needs a type"),
    ],
)  # fmt: skip
def test_a_release_whose_columns_do_not_fit_is_refused_by_column(
    store: Path, bad: Callable[[], EventStream], told: str
) -> None:
    error = _before_and_after(store, bad())
    assert isinstance(error, IncompatibleColumns)
    assert told in str(error)


def test_a_column_that_is_new_is_kept_and_is_unknown_in_earlier_releases(store: Path) -> None:
    add_release(store, make_release(2))
    events = make_table(["x"], release="B").append_column("made_for_a_test", pa.array([True]))
    add_release(store, make_reading(events, release="B", sha="b"))
    out = sound(store).events().read_all()
    assert dict(zip(out["id"].to_pylist(), out["made_for_a_test"].to_pylist(), strict=True)) == {
        "A-0": None,
        "A-1": None,
        "x": True,
    }
    # And one that a later release lacks is unknown there.
    add_release(store, make_release(1, release="C"))
    assert open_version(store).events(["made/C"]).read_all()["made_for_a_test"].to_pylist() == [None]


@pytest.mark.parametrize("name", ["GED 25.1 (é=/x) 100% #?", "a/b", "..", "%2E", "x" * 60, "ٹی ٹی پی"])
def test_a_release_may_have_any_name(store: Path, name: str) -> None:
    add_release(store, make_reading(make_table(["x"], release=name), 1, release=name))
    add_release(store, make_release(1))
    assert ids(sound(store), f"made/{name}") == ["x"]
    add_release(store, make_reading(make_table(["x", "y"], release=name), 1, release=name, sha="n"))
    assert find_leftovers(store) == []
    assert len(remove_leftovers(store, days=0, forget=True).files) == 3
    assert ids(sound(store), f"made/{name}") == ["x", "y"]
    remove_release(store, f"made/{name}")
    assert sound(store).names == ["made/A"]
    assert all(p.is_relative_to(store) for p in store.parent.rglob("*.parquet"))


@pytest.mark.parametrize(("source", "release"), [("a/b", "A"), ("", "A"), ("a", "")])
def test_a_name_that_could_not_be_told_apart_is_refused(store: Path, source: str, release: str) -> None:
    with pytest.raises(IncompatibleColumns, match=r"with a stroke|it is empty"):
        add_release(store, make_reading(make_table(["x"], source, release), source=source, release=release))
    assert not store.exists()


def test_a_name_that_two_sources_have_is_asked_back(store: Path) -> None:
    add_release(store, make_release(1))
    add_release(store, make_reading(make_table(["x"], source="other"), source="other"))
    with pytest.raises(UnknownRelease, match="several releases: 'made/A' or 'other/A'"):
        remove_release(store, "A")


# ---- Damage, and folders that are no store


def _data_file(path: Path, part: str) -> Path:
    return next(f.path for f in open_version(path).files if (f.name, f.part) == ("made/A", part))


@pytest.mark.parametrize("part", ["events", "set_aside", "account"])
@pytest.mark.parametrize("how", ["gone", "short", "flipped"])
def test_damage_to_any_file_is_found_and_mended_by_ingesting_again(store: Path, part: str, how: str) -> None:
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
    sound(store)


def test_every_single_flipped_bit_is_found(store: Path) -> None:
    add_release(store, make_release(3, 1))
    file = _data_file(store, "events")
    data = file.read_bytes()
    for place in range(0, len(data), max(1, len(data) // 60)):
        changed = bytearray(data)
        changed[place] ^= 1 << (place % 8)
        file.write_bytes(changed)
        assert len(verify_store(open_version(store)).problems) == 1, place
    file.write_bytes(data)
    sound(store)


def test_an_id_that_stands_twice_in_a_release_is_told(store: Path) -> None:
    add_release(store, make_reading(make_table(["x", "y", "x"])))
    (problem,) = verify_store(open_version(store)).problems
    assert problem.what == "1 ids stand there more than once, such as 'x'"


def test_a_damaged_file_is_named_when_it_is_read(store: Path) -> None:
    add_release(store, make_release(500))
    file = _data_file(store, "events")
    data = bytearray(file.read_bytes())
    data[200] ^= 255
    file.write_bytes(data)
    with pytest.raises(CorruptStore, match="made/A"):
        open_version(store).events().read_all()


def test_a_log_that_cannot_be_read_is_damage_and_not_an_empty_store(store: Path) -> None:
    add_release(store, make_release(1))
    newest = max((store / LOG_FOLDER).glob("*.json"))
    newest.write_text("{ this is no JSON")
    with pytest.raises(CorruptStore, match="its log cannot be read"):
        open_version(store)
    with pytest.raises(CorruptStore):
        add_release(store, make_release(1, release="B"))


def _a_file(path: Path) -> None:
    path.write_text("x")


def _photos(path: Path) -> None:
    path.mkdir()
    (path / "holiday.jpg").write_bytes(b"x")


def _other_table(path: Path) -> None:
    write_deltalake(str(path), pa.table({"a": [1]}))


def _newer_format(path: Path) -> None:
    add_release(path, make_release(1))
    log = path / LOG_FOLDER / f"{0:020}.json"
    log.write_text(log.read_text().replace('"detente.format":"1"', '"detente.format":"2"'))


def _newer_protocol(path: Path) -> None:
    add_release(path, make_release(1))
    log = path / LOG_FOLDER / f"{0:020}.json"
    log.write_text(log.read_text().replace('"minReaderVersion":1', '"minReaderVersion":2'))


def _far_newer_protocol(path: Path) -> None:
    add_release(path, make_release(1))
    log = path / LOG_FOLDER / f"{0:020}.json"
    text = (
        log.read_text()
        .replace('"minReaderVersion":1', '"minReaderVersion":9')
        .replace('"minWriterVersion":2', '"minWriterVersion":9')
    )
    log.write_text(text)


@pytest.mark.parametrize(
    ("folder", "error", "told"),
    [
        (_a_file, NotAStore, "a single file"),
        (_photos, NotAStore, "such as 'holiday.jpg'"),
        (_other_table, NotAStore, "a Delta Lake table with other columns"),
        (_newer_format, StoreTooNew, "format 2"),
        (_newer_protocol, StoreTooNew, "Delta reader protocol 2"),
        (_far_newer_protocol, StoreTooNew, "Install a newer détente"),
    ],
)
def test_a_folder_that_is_no_store_of_ours_is_refused_and_left_alone(
    store: Path, folder: Callable[[Path], None], error: type[DetenteError], told: str
) -> None:
    folder(store)
    before = {p: p.read_bytes() for p in [store, *store.rglob("*")] if p.is_file()}
    for attempt in (
        lambda: open_version(store),
        lambda: add_release(store, make_release(1, release="B")),
        lambda: remove_release(store, "A"),
    ):
        with pytest.raises(error, match=told):
            attempt()
    assert {p: p.read_bytes() for p in [store, *store.rglob("*")] if p.is_file()} == before


def test_where_there_is_no_store_reading_says_so_and_makes_none(store: Path) -> None:
    for path in (store, store.parent):
        with pytest.raises(NoStore, match="detente ingest FILE"):
            open_version(path)
    assert not store.exists()


def test_a_folder_with_a_sign_that_would_be_misread_is_refused(tmp_path: Path) -> None:
    for attempt in (lambda p: add_release(p, make_release(1)), open_version):
        (tmp_path / "a%20b" / LOG_FOLDER).mkdir(parents=True, exist_ok=True)
        (tmp_path / "a%20b" / LOG_FOLDER / "0.json").write_text("{}")
        with pytest.raises(InvalidStorePath, match="Name another folder"):
            attempt(tmp_path / "a%20b")
    assert [p.name for p in tmp_path.iterdir()] == ["a%20b"]


def test_a_version_that_never_was_is_refused(store: Path) -> None:
    add_release(store, make_release(1))
    for version in (7, 10**12):
        with pytest.raises(NoSuchVersion, match="from 0 to 1"):
            open_version(store, version)


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
def test_a_disk_that_fills_up_at_any_moment_leaves_the_table_as_it_was(store: Path, limit: int) -> None:
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
    assert len(ids(sound(store))) == 5


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may become somebody else for a moment")
@pytest.mark.parametrize("there", [True, False], ids=["a store", "no store yet"])
def test_a_store_that_may_only_be_read_is_read_and_not_written(there: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="détente-"))
    try:
        folder.chmod(0o755)
        store = folder / "store"
        if there:
            add_release(store, make_release(5, 2))
        os.seteuid(65534)
        try:
            if there:
                assert len(ids(sound(store))) == 5
            with pytest.raises(CannotWrite, match="Nothing was changed"):
                add_release(store, make_release(3, sha="n"))
        finally:
            os.seteuid(0)
        assert (len(ids(sound(store))) == 5) if there else not store.exists()
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


def test_an_ingest_killed_at_any_moment_leaves_a_store_that_is_sound(store: Path) -> None:
    # A few moments here; benchmarks/store_kill.py tries hundreds.
    code = IN_A_LOOP.format(tests=str(Path(__file__).parents[1]), store=str(store))
    for moment in (0.0, 0.05, 0.11, 0.2):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as p:
            assert p.stdout is not None
            p.stdout.readline()
            time.sleep(moment)
            p.send_signal(signal.SIGKILL)
    add_release(store, make_release(1, release="B"))
    kept = {k.release: k for k in sound(store).releases()}
    assert kept["B"].events == 1
    remove_leftovers(store, days=0)
    assert find_leftovers(store) == []
    sound(store)


def test_leftovers_are_cleared_only_when_old_and_versions_only_when_told_to_forget(store: Path) -> None:
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
    assert len(ids(sound(store))) == 2
    with pytest.raises(CorruptStore, match="is gone"):
        ids(open_version(store, first.version))


def test_the_history_tells_each_change_with_its_version(store: Path) -> None:
    add_release(store, make_release(5, 2))
    add_release(store, make_release(4, release="B"))
    add_release(store, make_release(3, sha="n"))
    remove_release(store, "B")
    told = [(v.version, v.what, v.release, v.events) for v in read_history(store)]
    assert told == [
        (4, "removed", "made/B", 4), (3, "replaced", "made/A", 3), (2, "added", "made/B", 4),
        (1, "added", "made/A", 5), (0, "made", "", None),
    ]  # fmt: skip
    assert [v.version for v in read_history(store, limit=2)] == [4, 3]


def test_versions_stay_true_after_the_log_was_condensed(store: Path) -> None:
    for i in range(12):
        add_release(store, make_release(i + 1, 1, sha=str(i)))
    DeltaTable(str(store)).create_checkpoint()
    for version in (1, 7, 12):
        assert len(ids(open_version(store, version))) == version
    assert [v.version for v in read_history(store)] == list(range(12, -1, -1))


# ---- What a new release changed


def test_a_difference_is_told_event_by_event_and_column_by_column(store: Path) -> None:
    add_release(store, make_release(0))
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
    # c has no figure any more, so it counts on neither side.
    assert (d.deaths_before, d.deaths_after) == (6, 6)
    back = compare_releases(open_version(store), "new", "old")
    assert (back.came, back.went, back.same) == (d.went, d.came, d.same)


def test_one_release_is_compared_with_itself_in_an_earlier_version(store: Path) -> None:
    add_release(store, make_release(5))
    then = open_version(store)
    add_release(store, make_release(7, sha="n"))
    assert compare_releases(open_version(store), "A", "A", earlier=then).came == ("A-5", "A-6")
    assert compare_releases(open_version(store), "A", "A").changed == ()


def test_a_release_without_events_is_compared_too(store: Path) -> None:
    add_release(store, make_release(0, 1))
    add_release(store, make_release(2, release="B"))
    d = compare_releases(open_version(store), "A", "B")
    assert (d.came, d.went, d.same) == (("B-0", "B-1"), (), 0)


def test_the_schema_of_a_stream_is_that_of_its_events(store: Path) -> None:
    add_release(store, read_release(CHRONOLOGY))
    events = open_version(store).events().read_all().select(SCHEMA.names)
    assert events.cast(SCHEMA) == to_table(from_table(events))
