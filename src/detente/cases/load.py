"""Data of a case as known on a day: events, channels, reporting coverage and rejected rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from detente.cases.actors import UnknownActor, index_aliases, resolve_actors, role_on
from detente.cases.background import CaseBackground, read_background, select_known
from detente.cases.case_file import CaseFile
from detente.cases.channels import Assignment, assign_channels
from detente.cases.coverage import ReportingCoverage, compute_coverage
from detente.cases.edits.apply import EditedRecord, RecordEdits, apply_journal
from detente.cases.edits.journal import Journal, journal_path, read_journal
from detente.cases.errors import AsOfOutOfRange, BadCase
from detente.cases.renamed_events import read_renamed_events
from detente.cases.stated_links import StatedLink, link_columns, read_stated_links
from detente.cases.store_read import StoreRead, open_store
from detente.core.row_error import RowError
from detente.events.event import Event
from detente.events.rejects import RejectedRow, TranslatedRelease, sort_events
from detente.events.translations import chronology as translation
from detente.sources import chronology
from detente.sources.release import Release


@dataclass(frozen=True, slots=True)
class CaseData:
    """A case as known on `as_of`.

    `events` are in order of day and id; `later` counts events that became known after `as_of`; `set_aside` holds the
    rejected rows. For releases supplied by the user, `elsewhere` counts rows of other conflicts, `superseded` rows that
    a newer release replaced, `covered` is the last day that the releases cover, and `store` says what was read from a
    store.

    `links` are the stated links between the events known on `as_of`, in the order of their file. `has_links` is False
    where the source has none: nothing is then known about which act answers which. `renamed` maps old ids to new ones.
    `background` is what the case says of actors, arguments, options, places and terms, as far as it was known on `as_of`;
    None where the case gives none.
    `as_of_given` says whether the day of knowledge was asked for; else it follows from the data. `edits` says what people
    changed; None if nobody changed anything, or no store was read.
    `len(events) + later + elsewhere + superseded + len(set_aside) == rows`, always.
    """

    case: CaseFile
    as_of: date
    release: Release
    events: tuple[Event, ...]
    later: int
    set_aside: tuple[RejectedRow, ...]
    assignments: Mapping[str, Assignment]
    coverage: ReportingCoverage
    elsewhere: int = 0
    superseded: int = 0
    covered: date | None = None
    links: tuple[StatedLink, ...] = ()
    has_links: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    store: StoreRead | None = None
    background: CaseBackground | None = None
    as_of_given: bool = False
    edits: RecordEdits | None = None

    @property
    def rows(self) -> int:
        """Number of rows in the source files."""
        return len(self.events) + self.later + self.elsewhere + self.superseded + len(self.set_aside)

    def channel(self, event: Event) -> str | None:
        """Return the event's channel, or None if it has none."""
        return self.assignments[event.id].channel

    def of(self, *channels: str) -> tuple[Event, ...]:
        """Return the events of these channels, in order."""
        return tuple(e for e in self.events if self.channel(e) in channels)

    def event(self, key: str) -> Event:
        """Return the event with this id."""
        return next(e for e in self.events if e.id == key)

    def links_of(self, key: str) -> tuple[StatedLink, ...]:
        """Return the links from an event to its triggers."""
        return tuple(k for k in self.links if k.event == key)

    def links_to(self, key: str) -> tuple[StatedLink, ...]:
        """Return the links to an event from those presented as answers to it, in order of day."""
        at = {e.id: e.day for e in self.events}
        return tuple(sorted((k for k in self.links if k.responds_to == key), key=lambda k: (at[k.event], k.event)))

    @property
    def link_columns(self) -> dict[str, dict[str, list[str]]] | None:
        """The links by event id, as columns of an export; None where the source has no links."""
        return link_columns(self.links) if self.has_links else None

    def current_id(self, key: str) -> str:
        """Return the id under which an event is listed now: the new one for an id that moved, else the same."""
        return self.renamed.get(key, key)

    @property
    def unassigned(self) -> tuple[Event, ...]:
        """Events without a channel; their assignment gives the reason."""
        return tuple(e for e in self.events if self.channel(e) is None)

    @property
    def watched_to(self) -> date:
        """The last covered day known on `as_of`: the end of the observation period."""
        return find_watched_end(self.case, self.as_of, self.covered)


def find_watched_end(case: CaseFile, as_of: date, covered: date | None) -> date:
    """Return the last covered day known on `as_of`; `covered` is the last day of the releases, None for a chronology."""
    ends = [w.last or as_of for w in case.windows if w.coverage is not None]
    return min(max(ends), as_of, covered or as_of)


def is_against_unnamed(g: CaseData, event: Event) -> bool:
    """Return whether an event is an operation at home against fighters whom nobody named."""
    roles = {role_on(g.case.actor(a), event.day) for a in event.recipients}
    return g.channel(event) == "operation" and "unknown" in roles and "group" not in roles


def load_case_data(case: CaseFile, as_of: date | None = None, store: Path | StoreRead | None = None) -> CaseData:
    """Load a case's chronology, or the releases supplied for it, as known on a day.

    Args:
        case: from `load_case_file`.
        as_of: day of knowledge; if not given, the first day on which every event of the chronology was known.
        store: the store with the releases of a case that brings its own, such as `find_store()` returns; a `StoreRead` reads
            the same version again. Of a case with a chronology only the journal of changes beside the store is read. None: no
            store and no changes are read.

    Raises:
        AsOfOutOfRange: the day is before the case begins.
        BadCase: the case names an event that its chronology lacks. BadJournal: the journal of changes is damaged.
        MissingUserData: the case needs releases that are missing.
        NoStore, NotAStore, StoreNotReadable, StoreTooNew, CorruptStore: the store cannot be used.
    """
    if case.brought:
        return replace(_load_user_releases(case, as_of, store), as_of_given=as_of is not None)
    raw = translation.translate_chronology(chronology.read_chronology(case.folder / case.chronology))
    renamed = _read_renamed(case, raw)
    edited = apply_journal(case, raw, _read_journal(case, store), renamed)
    case, harvest = edited.case, resolve_events(edited.case, edited.harvest)
    ids = _list_ids(harvest) | _retracted(edited)
    given = as_of is not None
    as_of = as_of or max((e.known_on for e in harvest.events), default=case.last)
    if as_of < case.first:
        raise AsOfOutOfRange(as_of, case.first, case.last)
    _check_referenced_events(case, ids)
    known = tuple(e for e in harvest.events if e.known_on <= as_of)
    return CaseData(
        case, as_of, harvest.release, known, len(harvest.events) - len(known), harvest.set_aside,
        assign_channels(case, known), compute_coverage(case, as_of),
        superseded=edited.edits.superseded if edited.edits else 0,
        links=_read_links(case, ids, known), has_links=bool(case.links), renamed=renamed,
        background=_read_background(case, ids, harvest, as_of),
        as_of_given=given, edits=edited.edits,
    )  # fmt: skip


def _read_journal(case: CaseFile, store: Path | StoreRead | None) -> Journal:
    if store is None:
        return Journal(Path())
    return read_journal(journal_path(store.path if isinstance(store, StoreRead) else store, case.id))


def _retracted(edited: EditedRecord) -> set[str]:
    # Files of the case may still name an event that people retracted.
    return set(edited.edits.retracted) if edited.edits else set()


def _read_links(case: CaseFile, ids: set[str], known: tuple[Event, ...]) -> tuple[StatedLink, ...]:
    if not case.links:
        return ()
    links = read_stated_links(case.folder / case.links, ids, str(case.file))
    at = {e.id for e in known}
    return tuple(k for k in links if k.event in at and (k.responds_to is None or k.responds_to in at))


def _read_background(case: CaseFile, ids: set[str], harvest: TranslatedRelease, as_of: date) -> CaseBackground | None:
    if not case.background:
        return None
    background = read_background(case.folder / case.background, ids, str(case.file))
    return select_known(background, {e.id: e.known_on for e in harvest.events}, as_of)


def _read_renamed(case: CaseFile, harvest: TranslatedRelease) -> Mapping[str, str]:
    return read_renamed_events(case.folder / case.renamed, _list_ids(harvest), str(case.file)) if case.renamed else {}


def _load_user_releases(case: CaseFile, as_of: date | None, store: Path | StoreRead | None) -> CaseData:
    # These import the compiled readers and pyarrow, which a chronology does not need.
    from detente.cases.user_data import read_case_releases
    from detente.events.arrow import from_table
    from detente.events.vintage import select_as_of, select_known

    # Files that the case file names are read where they lie.
    user_data = read_case_releases(case, None if all(b.files for b in case.brought) else open_store(store))
    as_of = as_of or user_data.release.known_on
    if as_of < case.first:
        raise AsOfOutOfRange(as_of, case.first, case.last)
    covered = [(c.first, c.last) for c in user_data.covered if c.known_on <= as_of]
    known = select_as_of(user_data.events, as_of, user_data.releases, user_data.recoded)
    later = user_data.events.num_rows - select_known(user_data.events, as_of).num_rows
    raw = TranslatedRelease(user_data.release, sort_events(from_table(known)), ())
    edited = apply_journal(case, raw, _read_journal(case, store))
    case, harvest = edited.case, resolve_events(edited.case, edited.harvest)
    unknown = tuple(e for e in harvest.events if e.known_on > as_of)  # events that people added and that came later
    if unknown:
        harvest = replace(harvest, events=tuple(e for e in harvest.events if e.known_on <= as_of))
    return CaseData(
        case, as_of, harvest.release, harvest.events, later + len(unknown), (*user_data.set_aside, *harvest.set_aside),
        assign_channels(case, harvest.events), compute_coverage(case, as_of, covered), elsewhere=user_data.elsewhere,
        superseded=user_data.events.num_rows - later - known.num_rows + (edited.edits.superseded if edited.edits else 0),
        covered=max((b for _, b in covered), default=case.first), store=user_data.store, edits=edited.edits,
    )  # fmt: skip


def resolve_events(case: CaseFile, harvest: TranslatedRelease) -> TranslatedRelease:
    """Resolve the actors of every event; reject events with an unknown actor or a day outside the case."""
    events: list[Event] = []
    rejected = list(harvest.set_aside)
    indexes = {source: index_aliases(case, source) for source in {e.source for e in harvest.events}}
    for e in harvest.events:
        faults: list[RowError] = []
        sides: list[tuple[str, ...]] = []
        for column, names, codes in (
            ("initiator", e.raw_initiators, e.initiator_codes),
            ("target", e.raw_recipients, e.recipient_codes),
        ):
            where, country = f"{e.release} row {e.row}", e.place.country
            if e.initiators:  # a person named the actors
                sides.append(e.initiators if column == "initiator" else e.recipients)
                continue
            try:
                keys = resolve_actors(
                    case, e.source, names, where, day=e.day, country=country, codes=codes, index=indexes[e.source]
                )
                sides.append(keys)
            except UnknownActor as error:
                faults.append(RowError(e.row, column, error.name, error.reason, error.remedy, unknown_name=True))
        faults += _check_event_day(case, e)
        if faults:
            rejected.append(RejectedRow(e.source, e.release, e.row, tuple(faults), _format_row(e)))
        else:
            events.append(replace(e, initiators=sides[0], recipients=sides[1]))
    rejected.sort(key=lambda s: s.row)
    return TranslatedRelease(harvest.release, tuple(events), tuple(rejected))


def _check_event_day(case: CaseFile, event: Event) -> list[RowError]:
    # Counts cover only the days of the case, so such an event would be listed but never counted.
    if case.first <= event.day <= case.last:
        return []
    why, remedy = f"the case runs from {case.first} to {case.last}", "Widen the case's from or to, or leave the row."
    return [RowError(event.row, "date_start", str(event.day), why, remedy)]


def _format_row(e: Event) -> str:
    names = (";".join(e.raw_initiators), ";".join(e.raw_recipients))
    return ",".join((e.id, str(e.day), *names, e.type, e.summary))


def _list_ids(harvest: TranslatedRelease) -> set[str]:
    # A file may name a rejected event: its error is already reported with its row.
    return {e.id for e in harvest.events} | {s.raw.split(",", 1)[0] for s in harvest.set_aside}


def _check_referenced_events(case: CaseFile, known: set[str]) -> None:
    for key, ids in (
        ("crossing_events", [c.event for c in case.crossing_events]),
        ("truce_events", list(case.truce_events)),
    ):
        for name in ids:
            if name not in known:
                why = f"the chronology {case.chronology} has no such event"
                raise BadCase(str(case.file), key, name, why, "Correct the id, or remove it.")
