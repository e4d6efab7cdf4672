"""What a store holds beside the cases that are served: other sources' reports of the same events.

Reading a store takes seconds and a page must not wait for it. So it is read before the first worker starts and kept in the cache
folder; when a release or a decision has come since, it is read anew behind the pages, which meanwhile show what was read before and
say so.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock, Thread

from detente.api.cache import cache_get, cache_put
from detente.api.case import PreparedCase
from detente.cases.coverage import ReportingCoverage
from detente.cases.matched_reports import find_matched_reports
from detente.core.errors import DetenteError
from detente.events.matching.decisions import decisions_path
from detente.events.matching.linkage import Link
from detente.store.open import LOG_FOLDER

LOGGER = logging.getLogger("detente.web")
RETRY_AFTER_S = 60.0  # after which a store that could not be read is tried again

# What shows that a store or its file of decisions is another than before: when the log of one and the text of the other changed.
StoreFingerprint = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class OtherSource:
    """One other source as read: how many of its events tell of the case, and the days that its releases cover."""

    name: str
    events: int
    coverage: ReportingCoverage


@dataclass(frozen=True, slots=True)
class OtherSources:
    """Of one case, what other sources in the store say.

    Fields:
        key: the case as prepared and the store with its decisions. version: of the store, None where it could not be read,
            and then `trouble` is why, in words. releases: those read, as `source/release`. unread: sources that are in the
            store and say nothing here, since the cast knows none of their names or nothing of theirs was out by the day of knowledge.
        links: candidate links of the case's events, by their id, most alike first; refused ones too. also: by an other
            report (`ucdp:611281`) the ids of all events that it may tell.
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
    """What a page may show now: `found` is None where there is no store or it was never read; `reading`: it is being read anew."""

    found: OtherSources | None
    reading: bool


class OtherSourcesLoader:
    """The store beside the cases; a worker has one.

    Args:
        path: the folder of releases, which need not be there; an empty path is none. cache: where what was read is kept.
    """

    def __init__(self, path: Path, cache: Path) -> None:
        self.path, self.cache = path, cache
        self._read: dict[str, OtherSources] = {}
        self._under_way: set[str] = set()
        self._lock = Lock()

    def status(self, study: PreparedCase) -> OtherSourcesStatus:
        """What is known now, at once; begins to read where that is not the newest."""
        mark = self._fingerprint()
        if mark is None:
            return OtherSourcesStatus(None, False)
        with self._lock:
            found = self._read.get(study.id)
            if found and found.key == self._cache_key(study, mark) and not _should_retry(found):
                return OtherSourcesStatus(found, False)
            if study.id not in self._under_way:
                self._under_way.add(study.id)
                Thread(
                    target=self._read_in_background, args=(study,), daemon=True, name=f"store beside {study.id}"
                ).start()
        return OtherSourcesStatus(found, True)

    def read(self, study: PreparedCase, tell: Callable[[str], None] = lambda _: None) -> OtherSources | None:
        """What other sources say, from the cache folder if it is there, else read now and kept; None where there is no store.

        A store that cannot be read is told as `trouble` and raises nothing: the case's own pages stand without it.
        """
        mark = self._fingerprint()
        if mark is None:
            return None
        key, file = self._cache_key(study, mark), self._cache_file(study)
        found = cache_get(file, OtherSources, key)
        if found is None:
            tell(f"{study.case.title}: reading what other sources in the store say (once for each version) ...")
            found = _read_other_sources(study, self.path, key)
            if not found.trouble:
                cache_put(file, found)
        with self._lock:
            self._read[study.id] = found
        return found

    def _read_in_background(self, study: PreparedCase) -> None:
        try:
            self.read(study)
        finally:
            with self._lock:
                self._under_way.discard(study.id)

    def _fingerprint(self) -> StoreFingerprint | None:
        # A page asks this each time: two looks at the disk, where opening the table takes milliseconds.
        if self.path == Path():
            return None
        try:
            log = (self.path / LOG_FOLDER).stat().st_mtime_ns
        except OSError:
            # Something else lies there, or nothing: reading tells which.
            if not self.path.exists():
                return None
            log = 0
        try:
            decided = decisions_path(self.path).stat()
        except OSError:
            return log, 0, 0
        return log, decided.st_mtime_ns, decided.st_size

    def _cache_key(self, study: PreparedCase, mark: StoreFingerprint) -> tuple[str, str, StoreFingerprint]:
        return f"{study.key} {_code_digest()}", str(self.path.absolute()), mark

    def _cache_file(self, study: PreparedCase) -> Path:
        name = hashlib.sha256(f"{study.key}\0{self.path.absolute()}".encode()).hexdigest()[:24]
        return self.cache / f"{study.id}-{name}.beside"


@cache
def _code_digest() -> str:
    # What was kept by another state of this file is read anew; the code below this floor is in the case's own key.
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]


def _should_retry(found: OtherSources) -> bool:
    return bool(found.trouble) and time.monotonic() - found.read_at > RETRY_AFTER_S


def _read_other_sources(study: PreparedCase, path: Path, key: tuple[str, str, StoreFingerprint]) -> OtherSources:
    try:
        r = find_matched_reports(study.g, path)
    except DetenteError as e:
        return OtherSources(key, trouble=str(e), read_at=time.monotonic())
    except Exception:
        # It runs behind the pages, where nobody would hear of it.
        LOGGER.exception("the store %s could not be read", path)
        what = "Reading the store broke, and it is our fault. What was written down tells us where."
        return OtherSources(key, trouble=what, read_at=time.monotonic())
    links: dict[str, list[Link]] = {}
    also: dict[str, list[str]] = {}
    for n in r.links:
        links.setdefault(n.a.id, []).append(n)
        if n.standing != "refused":
            also.setdefault(f"{n.b.source}:{n.b.id}", []).append(n.a.id)
    own = {study.g.release.source, *(b.source for b in study.case.brought)}
    there = {k.source for k in r.store.releases()} - own
    return OtherSources(
        key,
        r.store.version,
        releases=r.releases,
        sources=tuple(OtherSource(s, len(g.events), g.coverage) for s, g in r.records.items()),
        unread=tuple(sorted(there - set(r.records))),
        links={k: tuple(v) for k, v in links.items()},
        also={k: tuple(v) for k, v in also.items()},
        read_at=time.monotonic(),
    )
