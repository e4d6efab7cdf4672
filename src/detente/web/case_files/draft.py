"""The text of a new case: from the template, with the names of a release in the store where one is chosen, or a copy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from detente.cases.case_file import find_shipped_cases, load_case_file
from detente.cases.release_names import NameCounts, count_event_names, country_code
from detente.cases.scaffold import format_case_file, format_toml_string, list_gaps
from detente.store.errors import NoStore
from detente.store.snapshot import open_version
from detente.web.case_files.errors import CaseTextInvalid
from detente.web.case_files.folder import check_id, find_case_files
from detente.web.config import ServerConfig

FIELDS = ("id", "target", "host", "group", "rival", "source", "from", "to")
MAX_COUNTED_EVENTS = 5_000_000  # of a source; counting more names would take longer than a reader waits
MAX_NAMES = 300


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A source of the store that a new case can read, with its number of events."""

    source: str
    events: int


@dataclass(frozen=True, slots=True)
class ActorName:
    """A name in the chosen release, with its events in the two countries."""

    name: str
    events: int


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A draft: its text, the names that the release offers, and what a person must still find."""

    text: str
    names: tuple[ActorName, ...] = ()
    gaps: tuple[str, ...] = ()


def list_sources(settings: ServerConfig) -> tuple[StoredSource, ...]:
    """List the sources of the store that served cases read, by name."""
    store = settings.case_store
    if store is None:
        return ()
    try:
        releases = open_version(store).releases()
    except NoStore:
        return ()
    totals: dict[str, int] = {}
    for k in releases:
        totals[k.source] = totals.get(k.source, 0) + k.events
    return tuple(StoredSource(s, n) for s, n in sorted(totals.items()))


def build_draft(fields: Mapping[str, str], settings: ServerConfig) -> CaseDraft:
    """Build the text of a new case from the fields of the form.

    Raises:
        CaseTextInvalid: a field is missing or cannot be used. BadCase: the release has no event of the countries.
    """
    given = {name: " ".join(fields.get(name, "").split())[:120] for name in FIELDS}
    key = check_id(given["id"])
    for name in ("target", "host"):
        if not given[name]:
            raise CaseTextInvalid(name, "''", "the country is missing", "Write its name or code, such as Mali or MLI.")
    target, host = country_code(given["target"]), country_code(given["host"])
    if target == host:
        raise CaseTextInvalid(
            "host", repr(given["host"]), "target and host are the same country", "Name two countries."
        )
    counts = _count_source(settings, given["source"], target, host) if given["source"] else None
    first = _parse_day("from", given["from"], counts.days[0] if counts else None)
    last = _parse_day("to", given["to"], counts.days[1] if counts else None)
    if last < first:
        raise CaseTextInvalid("to", str(last), f"it is before the first day, {first}", "Write a later day.")
    text = format_case_file(key, target, host, counts, (), (first, last), group=given["group"], rival=given["rival"])
    # A case written here reads its releases from the store, never from named files.
    text = "\n".join(line for line in text.split("\n") if not line.startswith("# files"))
    gaps = (
        list_gaps(target, host, counts)
        if counts
        else ["further actors: no release was chosen", *list_gaps(target, host, None)[1:]]
    )
    names = tuple(ActorName(n.name, n.events) for n in counts.names[:MAX_NAMES]) if counts else ()
    return CaseDraft(text, names, tuple(gaps))


def copy_case(key: str, settings: ServerConfig) -> CaseDraft:
    """Return the text of a shipped case, or of one written here, under a new id.

    Raises:
        CaseTextInvalid: there is no such case to copy.
    """
    known = find_case_files(settings.case_folder) | find_shipped_cases()
    if key not in known:
        raise CaseTextInvalid(
            "copy", repr(key[:80]), "no case of this server has this id", f"Known: {', '.join(known)}."
        )
    text = known[key].read_text(encoding="utf-8")
    for name, value in (("id", f"{key}-copy"), ("title", f"{load_case_file(str(known[key])).title} (copy)")):
        line = f"{name} = {format_toml_string(value)}".replace("\\", r"\\")  # no reference to a group
        text = re.sub(rf'^{name} = ".*"', line, text, count=1, flags=re.MULTILINE)
    return CaseDraft(text)


def _parse_day(name: str, text: str, default: date | None) -> date:
    if not text and default is not None:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError:
        why = "without a release, the days are unknown" if not text else "it is not a day"
        raise CaseTextInvalid(name, repr(text[:20]), why, "Write it as 2021-08-15.") from None


def _count_source(settings: ServerConfig, source: str, target: str, host: str) -> NameCounts:
    known = {s.source: s.events for s in list_sources(settings)}
    if source not in known:
        listed = ", ".join(known) or "none"
        raise CaseTextInvalid(
            "source", repr(source[:40]), "the store has no release of it", f"The store has: {listed}."
        )
    if known[source] > MAX_COUNTED_EVENTS:
        why = f"it has {known[source]:,} events, too many to count their names here"
        raise CaseTextInvalid("source", repr(source), why, "Leave the source out, and write the names yourself.")
    store = settings.case_store
    assert store is not None
    return _count_stored(store, open_version(store).version, source, target, host)


@lru_cache(maxsize=16)
def _count_stored(store: Path, version: int, source: str, target: str, host: str) -> NameCounts:
    snapshot = open_version(store, version)
    names = [k.name for k in snapshot.releases() if k.source == source]
    return count_event_names(
        snapshot.events(names), source, f"the {source.upper()} releases in the store", target, host
    )


def is_draft_asked(fields: Mapping[str, str]) -> bool:
    """Return whether the form of a new case was sent, rather than opened."""
    return any(fields.get(name, "").strip() for name in FIELDS)
