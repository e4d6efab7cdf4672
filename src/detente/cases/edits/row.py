"""An event as a row of the codebook's columns, and a row as an event: what forms, imports and the journal hold."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from detente.cases.case_file import CaseFile
from detente.cases.edits.errors import InvalidEvent
from detente.core.clock import today
from detente.core.errors import nearest, quoted_choices
from detente.core.row_error import RowError
from detente.events.event import Event
from detente.events.translations.chronology import build_event
from detente.sources.chronology_schema import COLUMNS, ChronologyRow
from detente.sources.chronology_validate import RowReader

SOURCE = "notes"
ID_PREFIX = "NT"


def event_to_row(event: Event) -> dict[str, str]:
    """Write an event in the codebook's columns; unknown is empty.

    Example:
        >>> import detente
        >>> row = event_to_row(detente.open("pakistan-afghanistan", store=None).g.event("DL-20210815-02"))
        >>> row["date_end"], row["initiator"], row["mode"], row["deaths_best"]
        ('2021-08-16', 'AFG', 'release', '')
    """
    p, t = event.place, event.tolls
    return {
        "event_id": event.id, "date_start": str(event.span.first), "date_end": str(event.span.last),
        "date_precision": event.span.precision, "country": p.country, "admin1": p.province, "place": p.name,
        "latitude": _number(p.latitude), "longitude": _number(p.longitude), "geo_precision": p.precision,
        "initiator": ";".join(event.initiators or event.raw_initiators), "target": ";".join(event.recipients or event.raw_recipients), "event_type": event.type,
        "mode": event.mode, "context": event.context, "summary": event.summary, "deaths_best": _number(t.best),
        "deaths_low": _number(t.low), "deaths_high": _number(t.high), "civilian_deaths": _number(t.civilian),
        "disputed": "yes" if event.disputed else "no", "sources": " | ".join(event.addresses),
        "confidence": event.confidence,
    }  # fmt: skip


def _number(n: float | None) -> str:
    return "" if n is None else f"{n:.6f}".rstrip("0").rstrip(".") if isinstance(n, float) else str(n)


class _EditedRowReader(RowReader):
    """A reader that leaves the id alone: it is given, and stays when the day is corrected."""

    def check_id(self, row_by_id: dict[str, int], first: object) -> None:
        return


def find_faults(case: CaseFile, row: Mapping[str, str], number: int = 0) -> tuple[ChronologyRow | None, list[RowError]]:
    """Check a row against the codebook, the cast and the days of the case.

    Returns:
        The row, or None with every fault.
    """
    values = {c: " ".join(row.get(c, "").split()) for c in COLUMNS}
    reader = _EditedRowReader(number, values)
    read = reader.read({})
    faults = list(reader.faults)
    keys = [a.key for a in case.cast]
    for column in ("initiator", "target"):
        for name in filter(None, (n.strip() for n in values[column].split(";"))):
            if name not in keys:
                remedy = f"Nearest: {quoted_choices(nearest(name, keys))}. Use a key of the cast."
                faults.append(RowError(number, column, name, "the cast has no such actor", remedy, unknown_name=True))
    if read is not None:
        if read.date_end > today():
            remedy = "Write the day on which it happened; what is announced is an event of the day of its announcement."
            faults.append(RowError(number, "date_end", values["date_end"], "it is in the future", remedy))
        if read.date_start < case.first:
            remedy = "Events before the case begins cannot be counted in it."
            faults.append(
                RowError(number, "date_start", values["date_start"], f"the case begins on {case.first}", remedy)
            )
        if read.geo_precision in ("place", "district") and read.latitude is None:
            remedy = "Give its coordinates, or the precision province or country."
            faults.append(RowError(number, "latitude", "", f"the place is known to the {read.geo_precision}", remedy))
    return (None if faults else read), faults


def clean_row(row: Mapping[str, str]) -> dict[str, str]:
    """Fill in what follows from the rest: all columns, single spaces, the last day of an event of one day.

    Raises:
        InvalidEvent: the codebook has no column of that name.

    Example:
        >>> clean_row({"date_start": "2026-11-05", "summary": "A  crossing was closed."})["date_end"]
        '2026-11-05'
    """
    if unknown := sorted(set(row) - set(COLUMNS)):
        why = "the codebook has no such column"
        raise InvalidEvent([RowError(0, c, row[c], why, f"Use: {' '.join(COLUMNS)}.") for c in unknown])
    out = {c: " ".join(row.get(c, "").split()) for c in COLUMNS}
    for column, default in (
        ("date_end", out["date_start"]), ("date_precision", "day"), ("disputed", "no"), ("confidence", "medium"),
    ):  # fmt: skip
        out[column] = out[column] or default
    return out


def read_row(case: CaseFile, row: Mapping[str, str], number: int = 0) -> ChronologyRow:
    """Read a row, or raise with every fault.

    Raises:
        InvalidEvent: the row breaks the codebook, or names something that the case does not have.
    """
    read, faults = find_faults(case, row, number)
    if read is None:
        raise InvalidEvent(faults)
    return read


def row_to_event(case: CaseFile, read: ChronologyRow, original: Event | None = None) -> Event:
    """Make an event from a row whose actors are keys of the cast.

    Args:
        original: the event that the row corrects. The corrected one keeps its id, source and place in that source, and is
            known from the same day unless the correction moves it past that day.
    """
    event = replace(
        build_event(read, SOURCE, case.id), initiators=tuple(dict.fromkeys(read.initiator)),
        recipients=tuple(dict.fromkeys(read.target)),
    )  # fmt: skip
    if original is None:
        return event
    moved = original.known_on == original.span.latest
    return replace(
        event, id=original.id, source=original.source, release=original.release, row=original.row,
        known_on=event.known_on if moved else max(event.known_on, original.known_on),
        intensity=original.intensity if event.type == original.type else None, provisional=original.provisional,
        reports=original.reports, doubts=original.doubts, first_report=original.first_report,
    )  # fmt: skip


def next_id(first: str, taken: Collection[str]) -> str:
    """Return a new id for an event of this day.

    Raises:
        InvalidEvent: the day is none, or its 999 ids are used up.

    Example:
        >>> next_id("2026-11-05", {"NT-20261105-01"})
        'NT-20261105-02'
    """
    day = first.replace("-", "")
    if not (len(day) == 8 and day.isdecimal()):
        raise InvalidEvent(
            [RowError(0, "date_start", first, "it is not a day of the calendar", "Write it as 2026-11-05.")]
        )
    for n in range(1, 1000):
        if (key := f"{ID_PREFIX}-{day}-{n:02d}") not in taken:
            return key
    raise InvalidEvent(
        [RowError(0, "date_start", first, "999 events of this day were added", "Import them as a release.")]
    )
