"""Another source's figures by month and year for the two states of a case: a longer view, and a scale for its counts.

Two tables beside the case file, derived from a source that counts deaths. A month without a row is unknown, not peaceful.
A figure is used only from the day on which its release can be known; provisional figures are marked.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import Field, field_validator

from detente.cases.base_model import CaseFileModel
from detente.cases.channel_rule import check_channels
from detente.cases.errors import BadCase

ALL_CONFLICTS = "all"
MONTH_COLUMNS = ("country", "conflict", "month", "events", "deaths", "release", "status", "known_on")
YEAR_COLUMNS = ("country", "year", "events", "deaths", "deaths_low", "deaths_high", "release", "status", "known_on", "dyads")  # fmt: skip
STATUS = {"final": False, "provisional": True}
T = TypeVar("T")


class YardstickRule(CaseFileModel):
    """What the source counts that comes nearest to some channels: its conflicts, where, and what that means."""

    channels: tuple[str, ...]
    conflicts: tuple[str, ...]
    countries: tuple[str, ...]
    counts: str

    @field_validator("channels")
    @classmethod
    def _check_channels(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        return check_channels(channels)


class LongerViewFile(CaseFileModel):
    """The tables, their source and licence, and the yardsticks of channels; of several for a channel the finest is first."""

    source: str
    months: str
    years: str
    licence: str
    cite: str
    yardsticks: tuple[YardstickRule, ...] = Field(default=())


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """Events and deaths of one conflict in one country and month.

    Fields:
        conflict: the source's name, or `all`. month: its first day. deaths: best estimate, None where not at hand.
        provisional: later releases may change it. known_on: the latest day on which its release can have appeared.
    """

    country: str
    conflict: str
    month: date
    events: int
    deaths: int | None
    release: str
    provisional: bool
    known_on: date


@dataclass(frozen=True, slots=True)
class YearFigure:
    """Events and deaths in one country and year; `deaths_low` and `deaths_high` are None where not at hand.

    `dyads` are the pairs of parties that fought, as the source names them; empty where not at hand.
    """

    country: str
    year: int
    events: int
    deaths: int
    deaths_low: int | None
    deaths_high: int | None
    release: str
    provisional: bool
    known_on: date
    dyads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """The figures of a source that were known on a day, in order of country, conflict and time."""

    source: str
    licence: str
    cite: str
    months: tuple[MonthFigure, ...]
    years: tuple[YearFigure, ...]

    def monthly(self, country: str, conflict: str = ALL_CONFLICTS) -> tuple[MonthFigure, ...]:
        """Return the months of one conflict in one country, in order."""
        return tuple(m for m in self.months if (m.country, m.conflict) == (country, conflict))


def read_source_figures(settings: LongerViewFile, folder: Path, as_of: date, case_file: str) -> SourceFigures:
    """Read the figures known on a day.

    Args:
        settings: of the case file. folder: of the case file. case_file: its path, for errors.

    Raises:
        BadCase: a table has a wrong header or an invalid row.
    """
    months = _read_table(folder / settings.months, MONTH_COLUMNS, _parse_month, "longer_view.months", case_file)
    years = _read_table(folder / settings.years, YEAR_COLUMNS, _parse_year, "longer_view.years", case_file)
    return SourceFigures(
        settings.source, settings.licence, settings.cite,
        tuple(m for m in months if m.known_on <= as_of), tuple(y for y in years if y.known_on <= as_of),
    )  # fmt: skip


def _read_table(
    path: Path, columns: tuple[str, ...], parse: Callable[[dict[str, str]], T], key: str, case_file: str
) -> tuple[T, ...]:
    stamp = path.stat()
    return _read_unchanged_table(path, columns, parse, key, case_file, (stamp.st_mtime_ns, stamp.st_size))


@lru_cache(maxsize=16)
def _read_unchanged_table(
    path: Path, columns: tuple[str, ...], parse: Callable[[dict[str, str]], T], key: str, case_file: str,
    stamp: tuple[int, int],
) -> tuple[T, ...]:  # fmt: skip
    # Claims are estimated many times over by their checks. `stamp` tells a changed file.
    with path.open(newline="", encoding="utf-8-sig") as file:
        table = csv.DictReader(file)
        if tuple(table.fieldnames or ()) != columns:
            raise BadCase(case_file, key, path.name, "its header differs", f"Write: {','.join(columns)}.")
        out = []
        for n, row in enumerate(table, start=2):
            try:
                out.append(parse(row))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                shown = ",".join(str(v) for v in row.values())
                remedy = "Write whole numbers, days as YYYY-MM-DD, and final or provisional."
                raise BadCase(case_file, f"{key} row {n}", shown, str(error), remedy) from error
    return tuple(out)


def _parse_month(row: dict[str, str]) -> MonthFigure:
    return MonthFigure(
        row["country"], row["conflict"], date.fromisoformat(f"{row['month']}-01"), _parse_count(row["events"]),
        _parse_known_count(row["deaths"]), row["release"], STATUS[row["status"]], date.fromisoformat(row["known_on"]),
    )  # fmt: skip


def _parse_year(row: dict[str, str]) -> YearFigure:
    return YearFigure(
        row["country"], int(row["year"]), _parse_count(row["events"]), _parse_count(row["deaths"]),
        _parse_known_count(row["deaths_low"]), _parse_known_count(row["deaths_high"]), row["release"], STATUS[row["status"]],
        date.fromisoformat(row["known_on"]), tuple(d for d in row["dyads"].split("; ") if d),
    )  # fmt: skip


def _parse_count(text: str) -> int:
    n = int(text)
    if n < 0:
        raise ValueError(f"{n} is below zero")
    return n


def _parse_known_count(text: str) -> int | None:
    return _parse_count(text) if text else None
