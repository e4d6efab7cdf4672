"""Panels of deaths by country and month: read, checked, and never filled in.

A panel is a table with one row for each country and month. Columns: `month` (2024-10) or VIEWS' `month_id`
(1 is January 1980); `country` (any code) or `country_id` (a whole number), or both; `deaths` or `outcome`.
CSV or Parquet. An empty cell says *unknown*. A month missing between a country's first and last is refused, since
nobody can tell whether it was quiet or lost.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.core.errors import NoSuchFile
from detente.forecast.errors import BadPanel, DateOutsideRecord
from detente.forecast.training_data import Array, History
from detente.sources.errors import EmptyFile, WrongHeader

EXPECTED = "a table with the columns month, country, deaths"
COLUMNS = {
    "month": ("month", "year_month", "month_id"),
    "country": ("country", "country_iso3", "country_id"),
    "deaths": ("deaths", "deaths_best", "outcome"),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """Deaths by country and month.

    Fields:
        file: where it was read. units: country codes as written. ids: VIEWS' whole numbers for them, None
            where the panel has none. first: the first month, counted from January of year 0.
        y: shape (unit, month); NaN where unknown or not covered.
    """

    file: str
    units: tuple[str, ...]
    ids: tuple[int, ...] | None
    first: int
    y: Array

    @property
    def last(self) -> int:
        """The last month of the panel."""
        return self.first + int(self.y.shape[1]) - 1

    def until(self, origin: int) -> tuple[History, tuple[str, ...]]:
        """The history known at the end of a month, and the countries left out since that month is unknown of them.

        Raises:
            BeyondTheRecord: the month is outside the panel.
        """
        if not self.first <= origin <= self.last:
            remedy = f"Give --origin from {format_month(self.first)} to {format_month(self.last)}."
            raise DateOutsideRecord(format_month(origin), format_month(self.first), format_month(self.last), remedy)
        y = self.y[:, : origin - self.first + 1]
        there = np.isfinite(y[:, -1])
        gone = tuple(u for u, t in zip(self.units, there, strict=True) if not t)
        kept = tuple(u for u, t in zip(self.units, there, strict=True) if t)
        return History(kept, y[there], 12, self.first % 12), gone

    def outcomes(self, units: Iterable[str], months: NDArray[np.int64]) -> Array:
        """What happened, shape (unit, month); NaN where the panel does not say."""
        place = {u: i for i, u in enumerate(self.units)}
        rows = np.array([place.get(u, -1) for u in units])
        columns = np.asarray(months) - self.first
        inside = (rows[:, None] >= 0) & (columns >= 0)[None, :] & (columns < self.y.shape[1])[None, :]
        found = self.y[np.maximum(rows, 0)[:, None], np.clip(columns, 0, self.y.shape[1] - 1)[None, :]]
        out: Array = np.where(inside, found, np.nan)
        return out


def parse_month(text: str) -> int:
    """Months since January of year 0.

    Raises:
        ValueError: it is not a month.

    Example:
        >>> parse_month("2024-10") - parse_month("1980-01") + 1    # VIEWS' month_id
        538
    """
    year, _, month = text.strip().partition("-")
    if len(year) != 4 or not (year + month).isdecimal() or len(month) != 2 or not 1 <= int(month) <= 12:
        raise ValueError(f"{text!r} is no month; write it as 2024-10")
    return int(year) * 12 + int(month) - 1


def format_month(month: int) -> str:
    """A month as 2024-10."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


VIEWS_ZERO = parse_month("1980-01") - 1  # month_id 1 is January 1980


def read_panel(path: Path, *, first: int | None = None) -> Panel:
    """Read and check a panel.

    Args:
        path: CSV, or Parquet by its ending. first: leave out earlier months, as not covered.

    Raises:
        NoSuchFile, EmptyFile, WrongHeader: as their names say.
        BadPanel: cells that cannot be read, negative or fractional deaths, rows that stand there twice, months
            missing inside a country's record, or a panel that begins with a year without any death at all.
    """
    if not path.is_file():
        raise NoSuchFile(path, "panel")
    # A folder of a partitioned table would be another thing; only single files are read.
    columns, rows = _read_parquet(path) if path.suffix == ".parquet" else _read_csv(path)
    names = _match_columns(path.name, columns)
    ids = "country_id" if "country_id" in columns else None
    values: dict[tuple[str, int], float] = {}
    codes: dict[str, int] = {}
    bad: list[str] = []
    twice: list[str] = []
    for n, row in enumerate(rows, start=2):
        try:
            unit = str(row[names["country"]]).strip()
            month = _parse_month_cell(names["month"], str(row[names["month"]]))
            deaths = _parse_deaths_cell(row[names["deaths"]])
            if not unit:
                raise ValueError("no country")
            if ids:
                codes[unit] = int(str(row[ids]))
        except (ValueError, TypeError) as e:
            bad.append(f"row {n}: {e}")
            continue
        if first is not None and month < first:
            continue
        if (unit, month) in values:
            twice.append(f"row {n}: {unit} {format_month(month)}")
        values[unit, month] = deaths
    if bad:
        remedy = "Correct these rows. Unknown deaths are an empty cell, never a guess."
        raise BadPanel(path.name, f"{len(bad)} rows cannot be read", bad, remedy)
    if twice:
        raise BadPanel(
            path.name, f"{len(twice)} rows stand there twice", twice, "Keep one row for each country and month."
        )
    if not values:
        raise BadPanel(path.name, "no rows are left", [], "Give a panel with rows, or an earlier --from.")
    return _build_panel(path.name, values, codes if ids else None)


def _build_panel(file: str, values: dict[tuple[str, int], float], codes: dict[str, int] | None) -> Panel:
    units = tuple(sorted({u for u, _ in values}))
    months = [m for _, m in values]
    begin, end = min(months), max(months)
    y = np.full((len(units), end - begin + 1), np.nan)
    told = np.zeros(y.shape, dtype=bool)
    place = {u: i for i, u in enumerate(units)}
    for (u, m), deaths in values.items():
        y[place[u], m - begin], told[place[u], m - begin] = deaths, True
    gaps = []
    for u, row in zip(units, told, strict=True):
        at = np.flatnonzero(row)
        missing = np.setdiff1d(np.arange(at[0], at[-1]), at)
        if len(missing):
            gaps.append(
                f"{u} lacks {format_month(begin + int(missing[0]))}"
                + (f" and {len(missing) - 1} more" if len(missing) > 1 else "")
            )
    if gaps:
        remedy = "A missing month is not a quiet one: add the rows, with an empty cell where deaths are unknown."
        raise BadPanel(file, f"{len(gaps)} countries have gaps", gaps, remedy)
    silent = int(np.argmax(np.nansum(y, axis=0) > 0)) if np.nansum(y) > 0 else y.shape[1]
    if silent >= 12 and len(units) >= 10:
        remedy = (
            f"Months that the source did not cover are unknown, not quiet: give --from {format_month(begin + silent)}, or the "
            "month in which it began (UCDP: 1989-01)."
        )
        raise BadPanel(file, f"the first {silent} months hold no death in any of {len(units)} countries", [], remedy)
    return Panel(file, units, None if codes is None else tuple(codes[u] for u in units), begin, y)


def _match_columns(file: str, columns: list[str]) -> dict[str, str]:
    found = {k: next((c for c in known if c in columns), "") for k, known in COLUMNS.items()}
    if missing := [k for k, c in found.items() if not c]:
        raise WrongHeader(
            file, "a panel (month, country, deaths)", missing, [c for c in columns if c not in found.values()], []
        )
    return found


def _parse_month_cell(column: str, text: str) -> int:
    return int(float(text)) + VIEWS_ZERO if column == "month_id" else parse_month(text)


def _parse_deaths_cell(cell: object) -> float:
    if cell is None or str(cell).strip() == "":
        return float("nan")
    deaths = float(str(cell))
    if np.isnan(deaths):
        return deaths
    if deaths < 0:
        raise ValueError(f"{deaths:g} deaths: less than none")
    if deaths != np.floor(deaths) or np.isinf(deaths):
        raise ValueError(f"{deaths:g} deaths: not a whole number")
    return deaths


def _read_csv(path: Path) -> tuple[list[str], Iterator[dict[str, object]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as e:
        raise BadPanel(path.name, f"byte {e.start} is not UTF-8", [], "Save the file as UTF-8.") from e
    if not text.strip():
        raise EmptyFile(path.name, EXPECTED)
    reader = csv.DictReader(text.splitlines())
    columns = list(reader.fieldnames or [])
    return columns, (dict(r) for r in reader)


def _read_parquet(path: Path) -> tuple[list[str], Iterator[dict[str, object]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as e:
        raise BadPanel(path.name, f"it is not Parquet: {str(e)[:80]}", [], "Write the file again.") from e
    return list(table.column_names), iter(table.to_pylist())
