"""The chronology format: one CSV line an event, coded by hand after the codebook beside the data.

A row that breaks the codebook is kept apart with its row number, column, value and a remedy, and the
rest goes on. The codebook allows no line break inside a field, so each line is read by itself: a
quotation mark that is never closed costs one row and cannot swallow the rows below it.
"""

import csv
import hashlib
import itertools
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from detente.ground.errors import EmptyFile, NoSuchFile, WrongHeader, nearest, one_of
from detente.ground.fault import Fault
from detente.ground.place import GEO_PRECISIONS
from detente.ground.span import PRECISIONS
from detente.sources.published import Published, Release, Unread

COLUMNS = (
    "event_id,date_start,date_end,date_precision,country,admin1,place,latitude,longitude,"
    "geo_precision,initiator,target,event_type,mode,context,summary,deaths_best,deaths_low,"
    "deaths_high,civilian_deaths,disputed,sources,confidence"
).split(",")

TYPES = (
    "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN "
    "PROTEST SANCTION MOBILIZE COERCE ASSAULT"
).split()

MODES = {
    "ASSAULT": "airstrike drone-strike artillery firearms explosives suicide-attack abduct assassinate raid clash",
    "SANCTION": "close-crossing suspend-trade suspend-visas expel-diplomat terminate-talks terminate-ceasefire",
    "RETREAT": "reopen-crossing ceasefire release withdraw hand-over",
    "COERCE": "deport arrest ban",
    "CONSULT": "visit talks third-party-talks phone joint-committee",
    "COOPERATE": "intelligence trade extradition joint-patrol arrest-militants relocate-militants",
    "MOBILIZE": "deploy fence alert",
}

CONTEXTS = ("military terrorism territory diplomatic economic migration intelligence humanitarian legal").split()

CONFIDENCES = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class ChronologyRow:
    """One row as published; fields carry the codebook's names, empty optional numbers are None."""

    row: int
    event_id: str
    date_start: date
    date_end: date
    date_precision: str
    country: str
    admin1: str
    place: str
    latitude: float | None
    longitude: float | None
    geo_precision: str
    initiator: tuple[str, ...]
    target: tuple[str, ...]
    event_type: str
    mode: str
    context: str
    summary: str
    deaths_best: int | None
    deaths_low: int | None
    deaths_high: int | None
    civilian_deaths: int | None
    disputed: bool
    sources: tuple[str, ...]
    confidence: str


def read(
    path: Path, *, source: str = "chronology", name: str | None = None, known_on: date | None = None
) -> Published[ChronologyRow]:
    """Read a chronology file.

    Args:
        path: a UTF-8 CSV with the codebook's header; a byte-order mark is allowed.
        source: the name of the published dataset.
        name: the release's name; the file's own name if not given.
        known_on: the day the release became known; today is never assumed, so if not given it is
            the last day that the file itself speaks of.

    Returns:
        Rows and unread rows; together they are the rows of the file.

    Raises:
        NoSuchFile, EmptyFile, WrongHeader: the file as a whole cannot be read.
    """
    if not path.is_file():
        raise NoSuchFile(path, "chronology file")
    data = path.read_bytes()
    if not data.strip():
        raise EmptyFile(str(path), f"a header of {len(COLUMNS)} columns that begins {COLUMNS[0]!r}")
    # A byte that is no UTF-8 becomes a lone surrogate, which no honest text holds, and is named below.
    text = data.decode("utf-8-sig", errors="surrogateescape")
    # Not str.splitlines(), which also cuts at U+2028 and the like inside a summary.
    lines = text.replace("\r\n", "\n").split("\n")
    _check_header(str(path), next(csv.reader([lines[0]])))
    rows: list[ChronologyRow] = []
    unread: list[Unread] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        row, faults = _read_line(number, line, seen)
        if row is None:
            unread.append(Unread(number, tuple(faults), line))
        else:
            rows.append(row)
    last = max((r.date_end for r in rows), default=date.min)
    release = Release(source, name or path.name, known_on or last, hashlib.sha256(data).hexdigest())
    return Published(release, tuple(rows), tuple(unread))


def _check_header(file: str, header: list[str]) -> None:
    if header == COLUMNS:
        return
    missing = [c for c in COLUMNS if c not in header]
    extra = [c for c in header if c not in COLUMNS]
    moved = [] if missing or extra else [c for c, h in zip(COLUMNS, header, strict=False) if c != h]
    raise WrongHeader(file, "the chronology", missing, extra, moved)


def _read_line(number: int, line: str, seen: dict[str, int]) -> tuple[ChronologyRow | None, list[Fault]]:
    try:
        values = next(csv.reader([line], strict=True))
    except csv.Error:
        why = "a quotation mark is opened and never closed"
        return None, [Fault(number, "", line, why, "Close it, or double a mark that is meant.")]
    if len(values) != len(COLUMNS):
        why = f"{len(values)} columns where the header has {len(COLUMNS)}"
        remedy = "Put fields that hold a comma in quotation marks, and keep each event on one line."
        return None, [Fault(number, "", line, why, remedy)]
    row = _Row(number, dict(zip(COLUMNS, values, strict=True)))
    return row.read(seen), row.faults


class _Row:
    """Reads one row, remembering every fault on the way, so that a person mends all of them at once."""

    def __init__(self, number: int, values: dict[str, str]) -> None:
        self.number, self.values = number, values
        self.faults: list[Fault] = []

    def fault(self, column: str, reason: str, remedy: str) -> None:
        value = self.values[column].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        self.faults.append(Fault(self.number, column, value, reason, remedy))

    def read(self, seen: dict[str, int]) -> ChronologyRow | None:
        v = self.values
        for column, text in v.items():
            bad = re.search("[\udc80-\udcff]", text)
            if bad:
                byte = ord(bad.group()) - 0xDC00
                self.fault(column, f"byte 0x{byte:02x} is not UTF-8", "Save the file as UTF-8.")
        first, last = self.day("date_start"), self.day("date_end")
        self.identity(seen, first)
        if first and last and last < first:
            self.fault("date_end", f"it is before date_start {first}", "Swap or correct the dates.")
        latitude, longitude = self.coordinates()
        tolls = self.tolls()
        out = ChronologyRow(
            row=self.number,
            event_id=v["event_id"],
            date_start=first or date.min,
            date_end=last or date.min,
            date_precision=self.chosen("date_precision", PRECISIONS),
            country=self.country(),
            admin1=v["admin1"],
            place=v["place"],
            latitude=latitude,
            longitude=longitude,
            geo_precision=self.chosen("geo_precision", GEO_PRECISIONS),
            initiator=self.actors("initiator", required=True),
            target=self.actors("target", required=False),
            event_type=self.chosen("event_type", TYPES),
            mode=self.mode(),
            context=self.chosen("context", CONTEXTS),
            summary=self.summary(),
            deaths_best=tolls["deaths_best"],
            deaths_low=tolls["deaths_low"],
            deaths_high=tolls["deaths_high"],
            civilian_deaths=tolls["civilian_deaths"],
            disputed=self.chosen("disputed", ("yes", "no")) == "yes",
            sources=self.addresses(),
            confidence=self.chosen("confidence", CONFIDENCES),
        )
        return None if self.faults else out

    def identity(self, seen: dict[str, int], first: date | None) -> None:
        name = self.values["event_id"]
        if not re.fullmatch(r"[A-Z]{2,6}-\d{8}-\d{2,3}", name):
            remedy = "Write letters, the start day and a number: DL-20251009-01."
            self.fault("event_id", "it does not have the form of an id", remedy)
        elif name in seen:
            remedy = "Give this event its own number, or delete the repeated row."
            self.fault("event_id", f"row {seen[name]} already has this id", remedy)
        elif first and name.split("-")[1] != f"{first:%Y%m%d}":
            self.fault("event_id", f"its day is not date_start {first}", "Make the two agree.")
        seen.setdefault(name, self.number)

    def day(self, column: str) -> date | None:
        try:
            return date.fromisoformat(self.values[column])
        except ValueError:
            self.fault(column, "it is not a day of the calendar", "Write it as 2025-10-09.")
            return None

    def chosen(self, column: str, allowed: tuple[str, ...] | list[str]) -> str:
        value = self.values[column]
        if value not in allowed:
            near = nearest(value, list(allowed))
            choice = f"Nearest: {one_of(near)}. " if near else ""
            self.fault(column, "the codebook has no such word", f"{choice}Use: {' '.join(allowed)}.")
        return value

    def country(self) -> str:
        if not re.fullmatch(r"[A-Z]{3}", self.values["country"]):
            self.fault("country", "it is not a three-letter country code", "Use ISO codes: PAK, AFG.")
        return self.values["country"]

    def coordinates(self) -> tuple[float | None, float | None]:
        out: list[float | None] = []
        for column, limit in (("latitude", 90.0), ("longitude", 180.0)):
            text = self.values[column]
            number: float | None = None
            if text:
                try:
                    number = float(text)
                except ValueError:
                    self.fault(column, "it is not a number", "Write decimal degrees: 34.12.")
                else:
                    if not -limit <= number <= limit:
                        why = f"it lies outside ±{limit:.0f} degrees"
                        self.fault(column, why, "Are the two coordinates swapped?")
            out.append(number)
        if bool(self.values["latitude"]) != bool(self.values["longitude"]):
            empty = "longitude" if self.values["latitude"] else "latitude"
            self.fault(empty, "only half of the coordinate is given", "Give both, or neither.")
        return out[0], out[1]

    def actors(self, column: str, *, required: bool) -> tuple[str, ...]:
        names = tuple(a.strip() for a in self.values[column].split(";") if a.strip())
        if required and not names:
            self.fault(column, "nobody is named", "Name who acted, or UNK if nobody knows.")
        return names

    def mode(self) -> str:
        mode, kind = self.values["mode"], self.values["event_type"]
        allowed = MODES.get(kind, "").split()
        if mode and mode not in allowed and kind in TYPES:
            remedy = f"Use: {' '.join(allowed)}." if allowed else f"Leave it empty: {kind} has none."
            self.fault("mode", f"{kind} has no such mode", remedy)
        if kind == "ASSAULT" and not mode:
            self.fault("mode", "an ASSAULT needs one", f"Use: {' '.join(allowed)}.")
        return mode

    def summary(self) -> str:
        words = len(self.values["summary"].split())
        if not words:
            self.fault("summary", "it is empty", "Write one sentence of your own.")
        elif words > 50:
            self.fault("summary", f"it has {words} words", "Shorten it to 45 words or fewer.")
        return self.values["summary"]

    def tolls(self) -> dict[str, int | None]:
        out: dict[str, int | None] = {}
        for column in ("deaths_low", "deaths_best", "deaths_high", "civilian_deaths"):
            text = self.values[column]
            if text and not text.isdecimal():
                self.fault(column, "it is not a whole number", "Write digits, or nothing if unknown.")
            out[column] = int(text) if text.isdecimal() else None
        told = [c for c in ("deaths_low", "deaths_best", "deaths_high") if out[c] is not None]
        for smaller, larger in itertools.pairwise(told):
            a, b = out[smaller], out[larger]
            if a is not None and b is not None and a > b:
                why = f"{smaller} {a} is more than {larger} {b}"
                self.fault(smaller, why, "Correct them so that low ≤ best ≤ high.")
        return out

    def addresses(self) -> tuple[str, ...]:
        out = tuple(s.strip() for s in self.values["sources"].split(" | ") if s.strip())
        if not out:
            self.fault("sources", "no report is named", "Give the address of a page that states it.")
        elif not all(re.match(r"https?://\S+$", s) for s in out):
            self.fault("sources", "not every part is a web address", "Separate them by ' | '.")
        return out
