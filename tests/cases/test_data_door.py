"""A case's releases come from the store, and give the same case as the same files in a folder."""

import subprocess
import sys
import warnings
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from detente.cases.case_file import load_case_file
from detente.cases.errors import MissingUserData
from detente.cases.load import CaseData, load_case_data
from detente.cases.matched_reports import find_matched_reports
from detente.cli.main import cli
from detente.events.reader import read_release
from detente.events.vintage import WITHDRAWN_SCHEMA
from detente.store.errors import NoStore, NotAStore, StoreNotReadable, StoreTooNew
from detente.store.paths import LOG_FOLDER, find_store
from detente.store.writer import add_release
from support.provider_rows import change_row, encode_file, make_rows
from support.releases import make_reading, make_release
from support.small_case import write_case_folder

PKK = load_case_file("turkiye-iraq-pkk")
UCDP_FILES = Path(__file__).parents[3] / "shared/data/ucdp"
EARLY = date(2026, 3, 1)
TURKEY = {
    "year": "2026",
    "side_a": "Government of Turkey", "side_a_new_id": "115", "side_b": "PKK", "side_b_new_id": "323", "country": "Turkey",
    "country_id": "640", "date_start": "2026-01-05 00:00:00.000", "date_end": "2026-01-05 00:00:00.000",
}  # fmt: skip
IRAQ = {**TURKEY, "country": "Iraq", "country_id": "645"}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two made months of UCDP Candidate in a data folder; the second corrects an event, and each has a rejected row."""
    monkeypatch.setenv("DETENTE_DATA", str(tmp_path / "data"))
    folder = tmp_path / "data/ucdp"
    folder.mkdir(parents=True)
    a, b, c, d, e, f = make_rows("ucdp-49", 6)
    unknown = {**IRAQ, "side_a": "PKKK", "side_a_new_id": "9", "side_b": "IS", "side_b_new_id": "234"}
    later = {"date_start": "2026-02-20 00:00:00.000", "date_end": "2026-02-20 00:00:00.000"}
    months = {
        "GEDEvent_v26_0_1.csv": [change_row("ucdp-49", a, **TURKEY), change_row("ucdp-49", b, **IRAQ), change_row("ucdp-49", c, **unknown),
                                 d, d, change_row("ucdp-49", e, **TURKEY, best="many")],
        "GEDEvent_v26_0_2.csv": [change_row("ucdp-49", a, **TURKEY, best="6"), change_row("ucdp-49", f, **{**IRAQ, **later}),
                                 change_row("ucdp-49", b, **IRAQ, low="x", id="990077")],
    }  # fmt: skip
    for name, rows in months.items():
        (folder / name).write_bytes(encode_file("ucdp-49", rows))
    return sorted(folder.iterdir())


def ingest(store: Path, files: Iterable[Path]) -> Path:
    for file in files:
        add_release(store, read_release(file))
    return store


def load_from_folder(name: str, as_of: date | None) -> CaseData:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return load_case_data(load_case_file(name), as_of)


def assert_equal_cases(a: CaseData, b: CaseData) -> None:
    for name in ("as_of", "release", "events", "later", "set_aside", "elsewhere", "superseded", "covered", "rows"):
        assert getattr(a, name) == getattr(b, name), name
    assert a.assignments == b.assignments
    assert np.array_equal(a.coverage.by_day, b.coverage.by_day)


@pytest.mark.parametrize("as_of", [None, EARLY])
def test_store_and_files_give_equal_cases(files: list[Path], tmp_path: Path, as_of: date | None) -> None:
    """Every event, count and rejected row is the same, and the rows add up to those of the files."""
    g = load_case_data(PKK, as_of, ingest(tmp_path / "store", reversed(files)))
    assert_equal_cases(g, load_from_folder(PKK.id, as_of))
    assert (g.rows, len(g.set_aside)) == (9, 4)
    assert (len(g.events), g.later, g.elsewhere, g.superseded) == ((3, 0, 1, 1) if as_of is None else (2, 2, 1, 0))


@pytest.mark.parametrize("as_of", [None, date(2025, 6, 1)])
@pytest.mark.parametrize("case", ["turkiye-iraq-pkk", "rwanda-drcongo-fdlr"])
def test_published_files_give_equal_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, as_of: date | None
) -> None:
    """Published UCDP files give the same case from the store as from a folder."""
    published = sorted(UCDP_FILES.glob("GEDEvent_*.csv"))
    if not published:
        pytest.skip(f"needs the UCDP files in {UCDP_FILES}")
    monkeypatch.setenv("DETENTE_DATA", str(tmp_path))
    (tmp_path / "ucdp").symlink_to(UCDP_FILES)
    monkeypatch.setattr("detente.cases.user_data.find_release_files", lambda brought: published)
    g = load_case_data(load_case_file(case), as_of, ingest(tmp_path / "store", published))
    assert_equal_cases(g, load_from_folder(case, as_of))
    assert len(g.events) > 20
    assert g.rows == sum(len(read_release(p).events.read_all()) for p in published)


def test_case_names_what_it_read(files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case names the store's version and releases, and reads that version again."""
    monkeypatch.setenv("DETENTE_DATA", str(tmp_path / "nowhere"))
    store = ingest(tmp_path / "store", files[:1])
    first = load_case_data(PKK, store=store)
    assert first.store is not None
    assert (first.store.version, first.store.releases) == (1, ("ucdp/GEDEvent_v26_0_1.csv",))
    ingest(store, files[1:])
    again = load_case_data(PKK, store=first.store)
    assert (again.store, again.events) == (first.store, first.events)
    assert len(load_case_data(PKK, store=store).events) > len(first.events)
    # Other sources can be read from the case's own version, also where another came between.
    assert [find_matched_reports(first, s).store.version for s in (first.store, store)] == [1, 2]


def test_folder_is_read_without_release(files: list[Path], tmp_path: Path) -> None:
    """Without a release in the store the folder is read, with a warning that names the command."""
    store = tmp_path / "store"
    add_release(store, make_release(1, release="other"))
    with pytest.warns(FutureWarning, match="detente ingest"):
        g = load_case_data(PKK, store=store)
    assert (g.store, len(g.events)) == (None, 3)


def test_unread_folder_files_are_named(files: list[Path], tmp_path: Path) -> None:
    """Files of the folder that the store lacks are named, since the store is read instead."""
    with pytest.warns(FutureWarning, match=r"GEDEvent_v26_0_2\.csv not read"):
        g = load_case_data(PKK, store=ingest(tmp_path / "store", files[:1]))
    assert g.release.name == "GEDEvent_v26_0_1.csv"


def test_files_of_case_file_stay(files: list[Path], tmp_path: Path) -> None:
    """Files that the case file names are read even where the store has the source."""
    text = PKK.file.read_text(encoding="utf-8")
    named = text.replace('source = "ucdp"\n', f'source = "ucdp"\nfiles = ["{files[1]}"]\n', 1)
    (tmp_path / "case.toml").write_text(named, encoding="utf-8")
    g = load_case_data(load_case_file(str(tmp_path / "case.toml")), store=ingest(tmp_path / "store", files[:1]))
    assert (g.release.name, g.store) == ("GEDEvent_v26_0_2.csv", None)


def test_withdrawn_events_leave_the_case(files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that withdraws an event removes it from its day of knowledge on; other withdrawals count as elsewhere."""
    monkeypatch.setenv("DETENTE_DATA", str(tmp_path / "nowhere"))
    store = ingest(tmp_path / "store", files[:1])
    whole = load_case_data(PKK, store=store)
    gone, day = whole.events[0].id, date(2026, 4, 1)
    rows = [
        {"id": key, "source": "ucdp", "release": "gone", "row": i, "known_on": day, "first": day, "withdrawn": True}
        for i, key in enumerate((gone, "nobody's"))
    ]
    table = pa.Table.from_pylist(rows, WITHDRAWN_SCHEMA)
    add_release(store, make_reading(table, source="ucdp", release="gone", known_on=day))
    now, before = load_case_data(PKK, store=store), load_case_data(PKK, EARLY, store)
    assert {e.id for e in whole.events} - {e.id for e in now.events} == {gone}
    assert (now.rows, now.elsewhere - whole.elsewhere, now.superseded) == (whole.rows + 2, 1, 2)
    assert (before.later, before.rows, len(before.events)) == (1, now.rows, len(whole.events))
    assert now.covered == whole.covered


def test_missing_data_names_the_store(files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the store that was searched."""
    monkeypatch.setenv("DETENTE_DATA", str(tmp_path / "nowhere"))
    store = tmp_path / "store"
    add_release(store, make_release(1, release="other"))
    with pytest.raises(MissingUserData) as refusal:
        load_case_data(PKK, store=store)
    assert (refusal.value.store, refusal.value.source) == (store, "ucdp")


# ---- Which store is read


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of the user's own store in a new data folder; nothing is there yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    monkeypatch.delenv("DETENTE_STORE", raising=False)
    return tmp_path / "user/detente/store"


def test_store_is_found_in_order(
    files: list[Path], own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is the one named, else that of DETENTE_STORE, else the user's own if there is one."""
    assert find_store() is None
    (own_store / LOG_FOLDER).mkdir(parents=True)  # what a killed ingest leaves
    assert find_store() is None
    ingest(own_store, files)
    assert find_store() == own_store
    monkeypatch.setenv("DETENTE_STORE", str(tmp_path / "named"))
    with pytest.raises(NoStore):
        find_store()
    ingest(tmp_path / "named", files)
    assert find_store() == tmp_path / "named"
    assert find_store(own_store) == own_store
    with pytest.raises(NoStore):
        find_store(tmp_path / "missing")


COMMANDS = (
    "answer what", "brief", "case show", "events", "explain", "forecast case", "forecast score", "measure counts", "measure rates",
    "measure relation", "measure episodes", "measure crossings", "measure distance", "measure truces", "whatif",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_command_rejects_missing_named_store(command: str, tmp_path: Path) -> None:
    """Every command that opens a case rejects a named store that does not exist, and two contrary options."""
    error = CliRunner().invoke(cli, [*command.split(), "--store", str(tmp_path / "missing")]).exception
    assert isinstance(error, NoStore)
    assert error.exit_code == 3
    assert CliRunner().invoke(cli, [*command.split(), "--store", str(tmp_path), "--no-store"]).exit_code == 2


def _make_newer(store: Path) -> None:
    log = store / LOG_FOLDER / f"{0:020}.json"
    log.write_text(log.read_text().replace('"detente.format":"1"', '"detente.format":"2"'))


def test_unusable_own_store_is_an_error(files: list[Path], own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own store of a newer format, or without access, is an error; --no-store leaves it out."""
    ingest(own_store, files)
    args = ["case", "show", PKK.id]
    assert CliRunner().invoke(cli, args, catch_exceptions=False).exit_code == 0
    with monkeypatch.context() as m:
        m.setattr("detente.store.open.os.access", lambda path, mode: False)
        locked = CliRunner().invoke(cli, args).exception
        assert isinstance(locked, StoreNotReadable)
        assert (locked.path, locked.exit_code) == (own_store, 5)
    _make_newer(own_store)
    newer = CliRunner().invoke(cli, args).exception
    assert isinstance(newer, StoreTooNew)
    assert newer.exit_code == 7
    monkeypatch.setattr("warnings.warn", lambda *a, **k: None)
    assert CliRunner().invoke(cli, [*args, "--no-store"], catch_exceptions=False).exit_code == 0


def test_foreign_folder_is_not_read_as_store(own_store: Path) -> None:
    """Something else in the place of the user's own store is an error, not an empty store."""
    own_store.mkdir(parents=True)
    (own_store / "holiday.jpg").write_bytes(b"x")
    error = CliRunner().invoke(cli, ["case", "show", PKK.id]).exception
    assert isinstance(error, NotAStore)


def test_command_without_store_imports_no_engine(own_store: Path, tmp_path: Path) -> None:
    """A command imports neither table format nor query engine where there is no store."""
    path = write_case_folder(tmp_path)
    code = (
        "import sys; from click.testing import CliRunner; from detente.cli.main import cli; "
        f"r = CliRunner().invoke(cli, ['measure', 'rates', {str(path)!r}], catch_exceptions=False); "
        "print(r.exit_code, sorted({'deltalake', 'duckdb', 'ibis'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0 []"


def test_ingested_file_gives_a_brief(files: list[Path], own_store: Path, tmp_path: Path) -> None:
    """`detente ingest FILE && detente brief CASE` writes a brief that names the store's version and releases."""
    import json

    def run(*args: str) -> None:
        assert CliRunner().invoke(cli, [*args], catch_exceptions=False).exit_code == 0

    run("ingest", *map(str, files))
    run("brief", PKK.id, "--no-checks", "--out", str(tmp_path / "out"))
    data = json.loads((tmp_path / "out/brief.json").read_text(encoding="utf-8"))
    p = data["provenance"]
    assert (p["store_version"], p["rows"], p["events"]) == (2, 9, 3)
    assert p["releases"] == ["ucdp/GEDEvent_v26_0_1.csv", "ucdp/GEDEvent_v26_0_2.csv"]
    method = json.dumps(data["method"])
    assert all(text in method for text in ("version 2", ", ".join(p["releases"])))
    text = (tmp_path / "out/brief.md").read_text(encoding="utf-8")
    assert "store version 2 with ucdp/GEDEvent_v26_0_1.csv, ucdp/GEDEvent_v26_0_2.csv" in text
