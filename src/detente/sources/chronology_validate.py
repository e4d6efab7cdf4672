"""Validation of one chronology row against its codebook."""

import itertools
import re
from datetime import date

from detente.core.date_range import DATE_PRECISIONS
from detente.core.errors import nearest, quoted_choices
from detente.core.place import GEO_PRECISIONS
from detente.core.publishers import is_address
from detente.core.row_error import RowError
from detente.sources.chronology_schema import CONFIDENCES, CONTEXTS, MODES, TYPES, ChronologyRow
from detente.sources.release import escape_undecodable

_BAD_BYTE = re.compile("[\udc80-\udcff]")
MAX_DIGITS = 10  # of a number of deaths; the world population has ten digits


class RowReader:
    """Reader of one row; it collects every error, so that a person can correct all of them at once."""

    def __init__(self, number: int, values: dict[str, str]) -> None:
        self.number, self.values = number, values
        self.faults: list[RowError] = []

    def add_fault(self, column: str, reason: str, remedy: str) -> None:
        self.faults.append(RowError(self.number, column, escape_undecodable(self.values[column]), reason, remedy))

    def read(self, row_by_id: dict[str, int]) -> ChronologyRow | None:
        v = self.values
        for column, text in v.items() if _BAD_BYTE.search("".join(v.values())) else ():
            if bad := _BAD_BYTE.search(text):
                byte = ord(bad.group()) - 0xDC00
                self.add_fault(column, f"byte 0x{byte:02x} is not UTF-8", "Save the file as UTF-8.")
        first, last = self.day("date_start"), self.day("date_end")
        self.check_id(row_by_id, first)
        if first and last and last < first:
            self.add_fault("date_end", f"it is before date_start {first}", "Swap or correct the dates.")
        latitude, longitude = self.coordinates()
        deaths = self.deaths()
        row = ChronologyRow(
            row=self.number,
            event_id=v["event_id"],
            date_start=first or date.min,
            date_end=last or date.min,
            date_precision=self.read_choice("date_precision", DATE_PRECISIONS),
            country=self.country(),
            admin1=v["admin1"],
            place=v["place"],
            latitude=latitude,
            longitude=longitude,
            geo_precision=self.read_choice("geo_precision", GEO_PRECISIONS),
            initiator=self.actors("initiator", required=True),
            target=self.actors("target", required=False),
            event_type=self.read_choice("event_type", TYPES),
            mode=self.mode(),
            context=self.read_choice("context", CONTEXTS),
            summary=self.summary(),
            **deaths,
            disputed=self.read_choice("disputed", ("yes", "no")) == "yes",
            sources=self.addresses(),
            confidence=self.read_choice("confidence", CONFIDENCES),
        )
        return None if self.faults else row

    def check_id(self, row_by_id: dict[str, int], first: date | None) -> None:
        name = self.values["event_id"]
        if not re.fullmatch(r"[A-Z]{2,6}-\d{8}-\d{2,3}", name):
            remedy = "Write letters, the start day and a number: DL-20251009-01."
            self.add_fault("event_id", "it does not have the form of an id", remedy)
        elif name in row_by_id:
            remedy = "Give this event its own number, or delete the repeated row."
            self.add_fault("event_id", f"row {row_by_id[name]} already has this id", remedy)
        elif first and name.split("-")[1] != f"{first:%Y%m%d}":
            self.add_fault("event_id", f"its day is not date_start {first}", "Make the two agree.")
        row_by_id.setdefault(name, self.number)

    def day(self, column: str) -> date | None:
        try:
            return date.fromisoformat(self.values[column])
        except ValueError:
            self.add_fault(column, "it is not a day of the calendar", "Write it as 2025-10-09.")
            return None

    def read_choice(self, column: str, allowed: tuple[str, ...] | list[str]) -> str:
        value = self.values[column]
        if value not in allowed:
            near = nearest(value, list(allowed))
            choice = f"Nearest: {quoted_choices(near)}. " if near else ""
            why = "the codebook has no such word" if value else "it is empty"
            self.add_fault(column, why, f"{choice}Use: {' '.join(allowed)}.")
        return value

    def country(self) -> str:
        if not re.fullmatch(r"[A-Z]{3}", self.values["country"]):
            self.add_fault("country", "it is not a three-letter country code", "Use ISO codes: PAK, AFG.")
        return self.values["country"]

    def coordinates(self) -> tuple[float | None, float | None]:
        out: list[float | None] = []
        for column, limit in (("latitude", 90.0), ("longitude", 180.0)):
            text = self.values[column]
            number: float | None = None
            # float() alone would accept 3_2.99, nan and inf.
            if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", text):
                number = float(text)
                if not -limit <= number <= limit:
                    self.add_fault(column, f"it lies outside ±{limit:.0f} degrees", "Are the two coordinates swapped?")
            elif text:
                self.add_fault(column, "it is not a number", "Write decimal degrees: 34.12.")
            out.append(number)
        if bool(self.values["latitude"]) != bool(self.values["longitude"]):
            empty = "longitude" if self.values["latitude"] else "latitude"
            self.add_fault(empty, "only half of the coordinate is given", "Give both, or neither.")
        return out[0], out[1]

    def actors(self, column: str, *, required: bool) -> tuple[str, ...]:
        names = tuple(a.strip() for a in self.values[column].split(";") if a.strip())
        if required and not names:
            self.add_fault(column, "nobody is named", "Name who acted, or UNK if nobody knows.")
        return names

    def mode(self) -> str:
        mode, kind = self.values["mode"], self.values["event_type"]
        allowed = MODES.get(kind, "").split()
        if mode and mode not in allowed and kind in TYPES:
            remedy = f"Use: {' '.join(allowed)}." if allowed else f"Leave it empty: {kind} has none."
            self.add_fault("mode", f"{kind} has no such mode", remedy)
        if kind == "ASSAULT" and not mode:
            self.add_fault("mode", "an ASSAULT needs one", f"Use: {' '.join(allowed)}.")
        return mode

    def summary(self) -> str:
        words = len(self.values["summary"].split())
        if not words:
            self.add_fault("summary", "it is empty", "Write one sentence of your own.")
        elif words > 50:
            self.add_fault("summary", f"it has {words} words", "Shorten it to 45 words or fewer.")
        return self.values["summary"]

    def deaths(self) -> dict[str, int | None]:
        out: dict[str, int | None] = {}
        for column in ("deaths_low", "deaths_best", "deaths_high", "civilian_deaths"):
            text = self.values[column]
            out[column] = None
            if text and not text.isdecimal():
                self.add_fault(column, "it is not a whole number", "Write digits, or nothing if unknown.")
            elif len(text) > MAX_DIGITS:
                self.add_fault(column, "it is more people than live on earth", "Correct the figure.")
            elif text:
                out[column] = int(text)
        known = [(c, n) for c, n in out.items() if n is not None and c != "civilian_deaths"]
        for (smaller, a), (larger, b) in itertools.pairwise(known):
            if a > b:
                why = f"{smaller} {a} is more than {larger} {b}"
                self.add_fault(smaller, why, "Correct them so that low ≤ best ≤ high.")
        return out

    def addresses(self) -> tuple[str, ...]:
        out = tuple(s.strip() for s in self.values["sources"].split(" | ") if s.strip())
        if not out:
            self.add_fault("sources", "no report is named", "Give the address of a page that states it.")
        elif not all(map(is_address, out)):
            self.add_fault("sources", "not every part is a web address", "Separate them by ' | '.")
        return out
