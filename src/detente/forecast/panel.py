"""Panels of deaths by country and month: read and checked, without imputation.

A panel is a table with one row for each country and month. Columns: `month` (2024-10) or VIEWS' `month_id`
(1 is January 1980); `country` (any code) or `country_id` (a whole number), or both; `deaths` or `outcome`.
CSV or Parquet. An empty cell means *unknown*. A month missing between a country's first and last is rejected: it may
have been quiet or lost.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.core.errors import NoSuchFile
from detente.forecast.errors import BadPanel, DateOutsideRecord
from detente.forecast.training_data import History
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
        file: name. units: country codes as written. ids: VIEWS' whole numbers for them, None if the panel has none.
        first: first month, counted from January of year 0. y: shape (unit, month); NaN if unknown or not covered.
    """

    file: str
    units: tuple[str, ...]
    ids: tuple[int, ...] | None
    first: int
    y: FloatArray

    @property
    def last(self) -> int:
        """Last month of the panel."""
        return self.first + int(self.y.shape[1]) - 1

    def until(self, origin: int) -> tuple[History, tuple[str, ...]]:
        """Return the history up to a month, and the countries left out because that month is unknown.

        Raises:
            DateOutsideRecord: the month is outside the panel.
        """
        if not self.first <= origin <= self.last:
            remedy = f"Give --origin from {format_month(self.first)} to {format_month(self.last)}."
            raise DateOutsideRecord(format_month(origin), format_month(self.first), format_month(self.last), remedy)
        y = self.y[:, : origin - self.first + 1]
        known = np.isfinite(y[:, -1])
        left_out = tuple(u for u, t in zip(self.units, known, strict=True) if not t)
        units = tuple(u for u, t in zip(self.units, known, strict=True) if t)
        return History(units, y[known], 12, self.first % 12), left_out

    def outcomes(self, units: Iterable[str], months: NDArray[np.int64]) -> FloatArray:
        """Return the deaths, shape (unit, month); NaN if the panel lacks them."""
        index = {u: i for i, u in enumerate(self.units)}
        rows = np.array([index.get(u, -1) for u in units])
        columns = np.asarray(months) - self.first
        inside = (rows[:, None] >= 0) & (columns >= 0)[None, :] & (columns < self.y.shape[1])[None, :]
        values = self.y[np.maximum(rows, 0)[:, None], np.clip(columns, 0, self.y.shape[1] - 1)[None, :]]
        out: FloatArray = np.where(inside, values, np.nan)
        return out


def parse_month(text: str) -> int:
    """Convert `2024-10` to months since January of year 0.

    Raises:
        ValueError: it is not a month.

    Example:
        >>> parse_month("2024-10") - parse_month("1980-01") + 1    # VIEWS' month_id
        538
    """
    year, _, month = text.strip().partition("-")
    if len(year) != 4 or not (year + month).isdecimal() or len(month) != 2 or not 1 <= int(month) <= 12:
        raise ValueError(f"{text!r} is not a month; write it as 2024-10")
    return int(year) * 12 + int(month) - 1


def format_month(month: int) -> str:
    """Write a month as 2024-10."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


VIEWS_ZERO = parse_month("1980-01") - 1  # month_id 1 is January 1980


def read_panel(path: Path, *, first: int | None = None) -> Panel:
    """Read and check a panel.

    Args:
        path: CSV, or Parquet by its ending. first: drop earlier months, as not covered.

    Raises:
        NoSuchFile, EmptyFile, WrongHeader: as their names say.
        BadPanel: unreadable cells, negative or fractional deaths, duplicate rows, months missing inside a country's
            record, or a panel that begins with a year without any death.
    """
    if not path.is_file():
        raise NoSuchFile(path, "panel")
    # Only single files are read, not folders of a partitioned table.
    columns, rows = _read_parquet(path) if path.suffix == ".parquet" else _read_csv(path)
    names = _match_columns(path.name, columns)
    ids = "country_id" if "country_id" in columns else None
    values: dict[tuple[str, int], float] = {}
    codes: dict[str, int] = {}
    bad: list[str] = []
    duplicates: list[str] = []
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
            duplicates.append(f"row {n}: {unit} {format_month(month)}")
        values[unit, month] = deaths
    if bad:
        remedy = "Correct these rows; leave the cell of unknown deaths empty."
        raise BadPanel(path.name, f"{len(bad)} rows cannot be read", bad, remedy)
    if duplicates:
        remedy = "Keep one row for each country and month."
        raise BadPanel(path.name, f"{len(duplicates)} rows are duplicates", duplicates, remedy)
    if not values:
        raise BadPanel(path.name, "no rows are left", [], "Give a panel with rows, or an earlier --from.")
    return _build_panel(path.name, values, codes if ids else None)


def _build_panel(file: str, values: dict[tuple[str, int], float], codes: dict[str, int] | None) -> Panel:
    units = tuple(sorted({u for u, _ in values}))
    months = [m for _, m in values]
    begin, end = min(months), max(months)
    y = np.full((len(units), end - begin + 1), np.nan)
    filled = np.zeros(y.shape, dtype=bool)
    index = {u: i for i, u in enumerate(units)}
    for (u, m), deaths in values.items():
        y[index[u], m - begin], filled[index[u], m - begin] = deaths, True
    gaps = []
    for u, row in zip(units, filled, strict=True):
        at = np.flatnonzero(row)
        missing = np.setdiff1d(np.arange(at[0], at[-1]), at)
        if len(missing):
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            gaps.append(f"{u} lacks {format_month(begin + int(missing[0]))}{more}")
    if gaps:
        remedy = "Add the missing rows, with an empty cell where deaths are unknown."
        raise BadPanel(file, f"{len(gaps)} countries have gaps", gaps, remedy)
    quiet = int(np.argmax(np.nansum(y, axis=0) > 0)) if np.nansum(y) > 0 else y.shape[1]
    if quiet >= 12 and len(units) >= 10:
        remedy = f"Give --from {format_month(begin + quiet)}, or the month in which the source's coverage began (UCDP: 1989-01)."
        raise BadPanel(file, f"the first {quiet} months have no deaths in any of {len(units)} countries", [], remedy)
    return Panel(file, units, None if codes is None else tuple(codes[u] for u in units), begin, y)


def _match_columns(file: str, columns: list[str]) -> dict[str, str]:
    matched = {k: next((c for c in known if c in columns), "") for k, known in COLUMNS.items()}
    if missing := [k for k, c in matched.items() if not c]:
        extra = [c for c in columns if c not in matched.values()]
        raise WrongHeader(file, "a panel (month, country, deaths)", missing, extra, [])
    return matched


def _parse_month_cell(column: str, text: str) -> int:
    return int(float(text)) + VIEWS_ZERO if column == "month_id" else parse_month(text)


def _parse_deaths_cell(cell: object) -> float:
    if cell is None or str(cell).strip() == "":
        return float("nan")
    deaths = float(str(cell))
    if np.isnan(deaths):
        return deaths
    if deaths < 0:
        raise ValueError(f"{deaths:g} deaths is negative")
    if deaths != np.floor(deaths) or np.isinf(deaths):
        raise ValueError(f"{deaths:g} deaths is not a whole number")
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
        raise BadPanel(path.name, f"it is not Parquet: {str(e)[:80]}", [], "Write the file as Parquet or CSV.") from e
    return list(table.column_names), iter(table.to_pylist())
