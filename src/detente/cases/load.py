"""All that is known of a case on a day: its events, in their channels, and what was set aside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from detente.cases.actors import UnknownActor, resolve_actors
from detente.cases.case_file import CaseFile
from detente.cases.channels import Assignment, assign_channels
from detente.cases.coverage import ReportingCoverage, compute_coverage
from detente.cases.errors import AsOfOutOfRange, BadCase
from detente.cases.user_data import read_case_releases
from detente.core.row_error import RowError
from detente.events import vintage
from detente.events.arrow import from_table
from detente.events.event import Event
from detente.events.rejects import RejectedRow, TranslatedRelease, sort_events
from detente.events.translations import chronology as translation
from detente.sources import chronology
from detente.sources.release import Release


@dataclass(frozen=True, slots=True)
class CaseData:
    """A case as known on `as_of`.

    `events` in order of day and id; `later` counts those the file holds but nobody knew by `as_of`. Of releases that the
    user brought, `elsewhere` counts rows of other conflicts and `superseded` rows that a newer release replaced;
    `covered` is the last day that the releases speak of. `len(events) + later + elsewhere + superseded + len(set_aside) ==
    rows`, always.
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

    @property
    def rows(self) -> int:
        """Rows of the source file or files."""
        return len(self.events) + self.later + self.elsewhere + self.superseded + len(self.set_aside)

    def channel(self, event: Event) -> str | None:
        """The event's channel, or None if it belongs to none."""
        return self.assignments[event.id].channel

    def of(self, *channels: str) -> tuple[Event, ...]:
        """Events of these channels, in order."""
        return tuple(e for e in self.events if self.channel(e) in channels)

    def event(self, key: str) -> Event:
        """The event with this id."""
        return next(e for e in self.events if e.id == key)

    @property
    def unassigned(self) -> tuple[Event, ...]:
        """Events that belong to no channel; their assignment says why."""
        return tuple(e for e in self.events if self.channel(e) is None)

    @property
    def watched_to(self) -> date:
        """The last day of systematic collection that is known."""
        ends = [w.last or self.as_of for w in self.case.windows if w.coverage is not None]
        return min(max(ends), self.as_of, self.covered or self.as_of)


def load_case_data(case: CaseFile, as_of: date | None = None) -> CaseData:
    """Read a case's chronology, or the releases brought for it, as they were known on a day.

    Args:
        case: from `case.load`.
        as_of: the day whose knowledge is used; if not given, the day on which the last event of the
            chronology was surely known.

    Raises:
        AsOfOutside: the day lies before the case begins.
        BadCase: the case names an event that its chronology does not hold.
        NothingBrought: the case needs releases that are not there.
    """
    if case.brought:
        return _load_user_releases(case, as_of)
    harvest = resolve_events(
        case, translation.translate_chronology(chronology.read_chronology(case.folder / case.chronology))
    )
    as_of = as_of or max((e.known_on for e in harvest.events), default=case.last)
    if as_of < case.first:
        raise AsOfOutOfRange(as_of, case.first, case.last)
    _check_referenced_events(case, harvest)
    known = tuple(e for e in harvest.events if e.known_on <= as_of)
    return CaseData(
        case=case,
        as_of=as_of,
        release=harvest.release,
        events=known,
        later=len(harvest.events) - len(known),
        set_aside=harvest.set_aside,
        assignments=assign_channels(case, known),
        coverage=compute_coverage(case, as_of),
    )


def _load_user_releases(case: CaseFile, as_of: date | None) -> CaseData:
    found = read_case_releases(case)
    as_of = as_of or found.release.known_on
    if as_of < case.first:
        raise AsOfOutOfRange(as_of, case.first, case.last)
    covered = [(c.first, c.last) for c in found.covered if c.known_on <= as_of]
    known = vintage.select_as_of(found.events, as_of, found.releases, found.anew)
    later = found.events.num_rows - vintage.select_known(found.events, as_of).num_rows
    harvest = resolve_events(case, TranslatedRelease(found.release, sort_events(from_table(known)), ()))
    return CaseData(
        case=case,
        as_of=as_of,
        release=found.release,
        events=harvest.events,
        later=later,
        set_aside=(*found.set_aside, *harvest.set_aside),
        assignments=assign_channels(case, harvest.events),
        coverage=compute_coverage(case, as_of, covered),
        elsewhere=found.elsewhere,
        superseded=found.events.num_rows - later - known.num_rows,
        covered=max((b for _, b in covered), default=case.first),
    )


def resolve_events(case: CaseFile, harvest: TranslatedRelease) -> TranslatedRelease:
    """Resolve the actors of every event; one that names a stranger, or a day outside the case, is set aside."""
    events: list[Event] = []
    aside = list(harvest.set_aside)
    for e in harvest.events:
        faults: list[RowError] = []
        sides: list[tuple[str, ...]] = []
        for column, names, codes in (
            ("initiator", e.raw_initiators, e.initiator_codes),
            ("target", e.raw_recipients, e.recipient_codes),
        ):
            try:
                where = f"{e.release} row {e.row}"
                sides.append(
                    resolve_actors(case, e.source, names, where, day=e.day, country=e.place.country, codes=codes)
                )
            except UnknownActor as stranger:
                faults.append(
                    RowError(e.row, column, stranger.name, stranger.reason, stranger.remedy, unknown_name=True)
                )
        faults += _check_event_day(case, e)
        if faults:
            aside.append(RejectedRow(e.source, e.release, e.row, tuple(faults), _format_row(e)))
        else:
            events.append(replace(e, initiators=sides[0], recipients=sides[1]))
    aside.sort(key=lambda s: s.row)
    return TranslatedRelease(harvest.release, tuple(events), tuple(aside))


def _check_event_day(case: CaseFile, event: Event) -> list[RowError]:
    # Nothing counts days outside the case, so such an event would be listed and never counted.
    if case.first <= event.day <= case.last:
        return []
    why, remedy = f"the case runs from {case.first} to {case.last}", "Widen the case's from or to, or leave the row."
    return [RowError(event.row, "date_start", str(event.day), why, remedy)]


def _format_row(e: Event) -> str:
    names = (";".join(e.raw_initiators), ";".join(e.raw_recipients))
    return ",".join((e.id, str(e.day), *names, e.type, e.summary))


def _check_referenced_events(case: CaseFile, harvest: TranslatedRelease) -> None:
    # An id that was set aside may still be named: its fault is reported already, as a row.
    gone = {s.raw.split(",", 1)[0] for s in harvest.set_aside}
    known = {e.id for e in harvest.events} | gone
    for key, ids in (
        ("crossing_events", [c.event for c in case.crossing_events]),
        ("truce_events", list(case.truce_events)),
    ):
        for name in ids:
            if name not in known:
                why = f"the chronology {case.chronology} holds no such event"
                raise BadCase(str(case.file), key, name, why, "Correct the id, or remove it.")
