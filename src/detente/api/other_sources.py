"""Other sources' reports of the served cases' events, read from the store.

Reading a store takes seconds, and pages must not wait for it. So it is read before the first worker starts, and the result is
cached. After a new release or decision it is read again in the background; pages meanwhile show the previous result, marked as such.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread

from detente.api.case import Case
from detente.cases.coverage import ReportingCoverage
from detente.cases.matched_reports import find_matched_reports
from detente.core.disk_cache import DiskCache, content_key
from detente.core.errors import DetenteError
from detente.events.matching.decisions import decisions_path
from detente.events.matching.linkage import Link
from detente.store.paths import LOG_FOLDER

STAGE = "other sources"
LOGGER = logging.getLogger("detente.web")
RETRY_AFTER_S = 60.0  # before an unreadable store is read again

# Modification times of the store's log and of its file of decisions, and the size of the latter: they change with every change.
StoreFingerprint = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class OtherSource:
    """Another source: how many of its events belong to the case, and the days that its releases cover."""

    name: str
    events: int
    coverage: ReportingCoverage


@dataclass(frozen=True, slots=True)
class OtherSources:
    """Reports of other sources in the store on one case.

    Fields:
        key: identifies the prepared case and the store with its decisions. version: of the store, None if it could not be
            read; `trouble` is then the reason in words. releases: those read, as `source/release`. unread: sources in the store
            without events here: none of their actors is in the case file, or nothing was published by the day of knowledge.
        links: candidate links by the id of the case's event, highest score first, including refused ones. also: for another
            source's report (`ucdp:611281`) the ids of all events that it may describe.
        read_at: monotonic time of reading, in seconds.
    """

    key: tuple[str, str, StoreFingerprint]
    version: int | None = None
    trouble: str = ""
    releases: tuple[str, ...] = ()
    sources: tuple[OtherSource, ...] = ()
    unread: tuple[str, ...] = ()
    links: Mapping[str, tuple[Link, ...]] = field(default_factory=dict)
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    read_at: float = 0.0


@dataclass(frozen=True, slots=True)
class OtherSourcesStatus:
    """The latest result (`found`, None if there is none yet) and whether the store is being read again (`reading`)."""

    found: OtherSources | None
    reading: bool


class OtherSourcesLoader:
    """Loader and cache of other sources' reports; each worker process has one.

    Args:
        path: the store's folder, which need not exist; an empty path means no store. cache: the cache folder.
    """

    def __init__(self, path: Path, cache: Path | None) -> None:
        self.path, self.cache = path, cache
        self._read: dict[str, OtherSources] = {}
        self._reading: set[str] = set()
        self._lock = Lock()

    def status(self, prepared: Case) -> OtherSourcesStatus:
        """Return the latest result at once; start reading in the background if it is out of date."""
        fingerprint = self._fingerprint()
        if fingerprint is None:
            return OtherSourcesStatus(None, False)
        with self._lock:
            latest = self._read.get(prepared.id)
            if latest and latest.key == self._cache_key(prepared, fingerprint) and not _should_retry(latest):
                return OtherSourcesStatus(latest, False)
            if prepared.id not in self._reading:
                self._reading.add(prepared.id)
                name = f"other sources of {prepared.id}"
                Thread(target=self._read_in_background, args=(prepared,), daemon=True, name=name).start()
        return OtherSourcesStatus(latest, True)

    def read(self, prepared: Case, report: Callable[[str], None] = lambda _: None) -> OtherSources | None:
        """Load the result from the cache folder, or read the store now and cache it; None if there is no store.

        A store that cannot be read sets `trouble` and raises nothing, since the case's own pages work without it.
        """
        fingerprint = self._fingerprint()
        if fingerprint is None:
            return None
        key, cache = self._cache_key(prepared, fingerprint), DiskCache(self.cache)
        entry = content_key(key)
        result = cache.stored_record(STAGE, entry)
        if result is None:
            report(f"{prepared.case.title}: reading other sources in the store (once per version) ...")
            result = _read_other_sources(prepared, self.path, key)
            if not result.trouble:
                cache.record(STAGE, entry, lambda: result)
        with self._lock:
            self._read[prepared.id] = result
        return result

    def _read_in_background(self, prepared: Case) -> None:
        try:
            self.read(prepared)
        finally:
            with self._lock:
                self._reading.discard(prepared.id)

    def _fingerprint(self) -> StoreFingerprint | None:
        # Every page calls this. Two calls of stat are fast; opening the table takes milliseconds.
        if self.path == Path():
            return None
        try:
            log = (self.path / LOG_FOLDER).stat().st_mtime_ns
        except OSError:
            if not self.path.exists():
                return None
            log = 0  # not a store: reading it gives the reason
        try:
            decided = decisions_path(self.path).stat()
        except OSError:
            return log, 0, 0
        return log, decided.st_mtime_ns, decided.st_size

    def _cache_key(self, prepared: Case, fingerprint: StoreFingerprint) -> tuple[str, str, StoreFingerprint]:
        return prepared.key, str(self.path.absolute()), fingerprint


def _should_retry(result: OtherSources) -> bool:
    return bool(result.trouble) and time.monotonic() - result.read_at > RETRY_AFTER_S


def _read_other_sources(prepared: Case, path: Path, key: tuple[str, str, StoreFingerprint]) -> OtherSources:
    try:
        r = find_matched_reports(prepared.g, path)
    except DetenteError as e:
        return OtherSources(key, trouble=str(e), read_at=time.monotonic())
    except Exception:
        # This runs in a background thread, where an exception would go unnoticed.
        LOGGER.exception("Cannot read the store %s", path)
        what = "Reading the store broke, and it is our fault. What was written down tells us where."
        return OtherSources(key, trouble=what, read_at=time.monotonic())
    links: dict[str, list[Link]] = {}
    also: dict[str, list[str]] = {}
    for n in r.links:
        links.setdefault(n.a.id, []).append(n)
        if n.standing != "refused":
            also.setdefault(f"{n.b.source}:{n.b.id}", []).append(n.a.id)
    own = {prepared.g.release.source, *(b.source for b in prepared.case.brought)}
    others = {k.source for k in r.store.releases()} - own
    return OtherSources(
        key,
        r.store.version,
        releases=r.releases,
        sources=tuple(OtherSource(s, len(g.events), g.coverage) for s, g in r.records.items()),
        unread=tuple(sorted(others - set(r.records))),
        links={k: tuple(v) for k, v in links.items()},
        also={k: tuple(v) for k, v in also.items()},
        read_at=time.monotonic(),
    )
