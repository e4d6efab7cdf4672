"""Verification of every byte of a store, and removal of files that killed ingests left behind."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import duckdb

from detente.store.errors import CorruptStore
from detente.store.open import open_table, wrap_write_errors
from detente.store.paths import LOG_FOLDER
from detente.store.schema import PARTS
from detente.store.snapshot import DataFile, Snapshot, open_version, read_account, read_batches
from detente.store.staging import parse_hash_from_name


@dataclass(frozen=True, slots=True)
class StoreProblem:
    """A problem of one release in the store."""

    release: str
    what: str


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """Result of verifying one version; `problems` is empty for a sound store.

    `rows == events + merged + set_aside` over the releases whose account could be read. `leftovers` are
    files that no version names: an ingest was killed, or one is running now.
    """

    version: int
    releases: int
    files: int
    bytes: int
    rows: int
    events: int
    merged: int
    set_aside: int
    problems: tuple[StoreProblem, ...]
    leftovers: tuple[Path, ...]


def verify_store(now: Snapshot, told: Callable[[int], None] | None = None) -> VerificationReport:
    """Check every file of a version: hashes, checksums, counts, accounts, duplicate ids.

    Args:
        now: from `open_version`.
        told: progress callback, called with the number of files read.
    """
    problems: list[StoreProblem] = []
    sums = dict.fromkeys(("rows", "events", "merged", "set_aside"), 0)
    sound: set[str] = set()
    done = 0
    for name in now.names:
        files = [f for f in now.files if f.name == name]
        faults: list[str] = []
        for f in files:
            faults += _find_damage(now.path, f)
            done += 1
            if told:
                told(done)
        if not faults:
            sound.add(name)
            faults += _check_account(now, name, files, sums)
        problems += [StoreProblem(name, what) for what in faults]
    problems += [StoreProblem(f.name, f"the part {f.part!r} is unknown") for f in now.files if f.part not in PARTS]
    problems += _find_duplicate_ids(now, sound)
    return VerificationReport(
        version=now.version, releases=len(now.names), files=len(now.files), bytes=sum(f.bytes for f in now.files),
        problems=tuple(problems), leftovers=tuple(find_leftovers(now.path)), **sums,
    )  # fmt: skip


def _find_damage(path: Path, file: DataFile) -> list[str]:
    if not file.path.is_file():
        return [f"its file {file.path.name} is gone"]
    size = file.path.stat().st_size
    if size != file.bytes:
        return [f"its file {file.path.name} has {size:,} bytes where {file.bytes:,} were written"]
    with file.path.open("rb") as f:
        digest = hashlib.file_digest(f, "sha256").hexdigest()
    if digest != parse_hash_from_name(file.path):
        return [f"the bytes of its file {file.path.name} are not those that were written"]
    try:
        rows = sum(b.num_rows for b in read_batches(path, file))
    except CorruptStore as e:
        return [e.what]
    return [] if rows == file.rows else [f"its file {file.path.name} holds {rows:,} rows, not {file.rows:,}"]


def _check_account(now: Snapshot, name: str, files: list[DataFile], sums: dict[str, int]) -> list[str]:
    accounts = [f for f in files if f.part == "account"]
    if len(accounts) != 1 or accounts[0].rows != 1:
        return [f"it has {sum(f.rows for f in accounts)} accounts, not one"]
    account = read_account(now.path, accounts[0], 0)
    faults = []
    for part in ("events", "set_aside"):
        rows = sum(f.rows for f in files if f.part == part)
        if rows != getattr(account, part):
            faults.append(
                f"its account says {getattr(account, part):,} {part.replace('_', ' ')}, but there are {rows:,}"
            )
    if account.rows != account.events + account.merged + account.set_aside:
        faults.append(f"its {account.rows:,} rows are not its events, merged rows and rejected rows together")
    for key in sums:
        sums[key] += getattr(account, key)
    return faults


def _find_duplicate_ids(now: Snapshot, sound: set[str]) -> list[StoreProblem]:
    problems = []
    for name in sorted(sound):
        files = [str(f.path) for f in now.files_of("events", [name])]
        if not files:
            continue
        # DuckDB spills to disk where ids do not fit in memory.
        duplicates = duckdb.execute(
            "SELECT id, count(*) AS n, count(*) OVER () FROM read_parquet($files) "
            "GROUP BY id HAVING n > 1 ORDER BY n DESC, id LIMIT 1",
            {"files": files},
        ).fetchone()
        if duplicates:
            what = f"{duplicates[2]:,} ids stand there more than once, such as {duplicates[0]!r}"
            problems.append(StoreProblem(name, what))
    return problems


def find_leftovers(path: Path) -> list[Path]:
    """List the files in the table's folders that no version names."""
    named = {path / p for p in _list_logged_files(path)} | {f.path for f in open_version(path).files}
    files = [p for p in path.rglob("*.par*") if p.suffix in (".parquet", ".part") and LOG_FOLDER not in p.parts]
    return sorted(p for p in files if p not in named)


def _list_logged_files(path: Path) -> set[str]:
    named = set()
    for commit in (path / LOG_FOLDER).glob("*.json"):
        for line in commit.read_text(encoding="utf-8").splitlines():
            action = json.loads(line)
            if "add" in action:
                named.add(unquote(action["add"]["path"]))
    return named


@dataclass(frozen=True, slots=True)
class CleanupResult:
    """Files removed, or to be removed in a dry run, and their size in bytes."""

    files: tuple[Path, ...]
    bytes: int


def remove_leftovers(path: Path, *, days: float, forget: bool = False, dry_run: bool = False) -> CleanupResult:
    """Remove the leftovers of killed ingests; with `forget`, also files that only earlier versions name.

    Args:
        path: the store.
        days: minimum age in days. Younger files are left: an ingest may be writing them now.
        forget: earlier versions can then no longer be read, nor their briefs reproduced.
        dry_run: list the files without removing them.
    """
    newest = time.time() - days * 86_400
    candidates = list(find_leftovers(path))
    if forget:
        with wrap_write_errors(path):
            unneeded = open_table(path).vacuum(int(days * 24), dry_run=True, enforce_retention_duration=False)
            candidates += [path / p for p in unneeded if path / p not in candidates]
    files = [p for p in candidates if p.is_file() and p.stat().st_mtime <= newest]
    size = sum(p.stat().st_size for p in files)
    if not dry_run:
        with wrap_write_errors(path):
            for p in files:
                p.unlink()
    return CleanupResult(tuple(files), size)
