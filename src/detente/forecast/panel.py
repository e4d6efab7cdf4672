"""Panels of deaths by country and month: read and checked, without imputation.

A panel is a table with one row for each country and month. Columns: `month` (2024-10) or VIEWS' `month_id`
(1 is January 1980); `country` (any code) or `country_id` (a whole number), or both; `deaths` or `outcome`; VIEWS' and UCDP's
own names (`ged_sb`, `best`, `isoab`) are known too. CSV or Parquet. An empty cell means *unknown*. A month missing between a country's first and last is rejected: it may
have been quiet or lost.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.forecast.errors import BadPanel, DateOutsideRecord
from detente.forecast.tables import COUNTRY_NAMES, MONTH_NAMES, find_column, is_missing, read_table
from detente.forecast.training_data import History
from detente.sources.detect import normalise_name
from detente.sources.errors import WrongHeader

EXPECTED = "a table with the columns month, country, deaths"
# As VIEWS, UCDP and the commands here name them.
DEATHS_NAMES = (
    "deaths", "deaths_best", "outcome", "ged_sb", "ged_sb_best", "ged_best_sb", "ged_sb_best_sum_nokgi", "sb_best",
    "best", "ucdp_ged_sb_best_sum", "actual", "observed",
)  # fmt: skip
COLUMNS = {"month": MONTH_NAMES, "country": COUNTRY_NAMES, "deaths": DEATHS_NAMES}
MAX_DEATHS = 10**8
# A run of months in which every country has 0 is taken for months not yet recorded if chance would give it less often.
FALSE_ZERO_CHANCE = 0.01


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
        # A forecast may name countries by VIEWS' numbers where the panel has other codes too.
        index = {str(k): i for i, k in enumerate(self.ids or ())} | {u: i for i, u in enumerate(self.units)}
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


def read_panel(path: Path, *, first: int | None = None, accept_zeros: bool = False) -> Panel:
    """Read and check a panel.

    Args:
        path: CSV (commas, semicolons or tabs) or Parquet. first: drop earlier months, as not covered.
        accept_zeros: take months in which every country has 0 deaths as they stand.

    Raises:
        NoSuchFile, EmptyFile, WrongHeader: as their names say.
        BadPanel: unreadable cells, negative or fractional deaths, duplicate rows, months missing inside a country's
            record, a panel that begins with a year without any death, or months in which all countries have 0.
    """
    table = read_table(path, "panel", EXPECTED)
    names = _match_columns(path.name, table.columns)
    ids = find_column(table.columns, ("country_id",)) or None
    values: dict[tuple[str, int], float] = {}
    codes: dict[str, int] = {}
    bad: list[str] = []
    duplicates: list[str] = []
    for n, row in enumerate(table.rows, start=2):
        try:
            unit = parse_unit_cell(row[names["country"]])
            month = parse_month_cell(names["month"], row[names["month"]])
            deaths = _parse_deaths_cell(row[names["deaths"]])
            if ids:
                codes[unit] = _parse_whole(row[ids], "country_id")
        except (ValueError, TypeError, OverflowError, KeyError) as e:
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
    panel = _build_panel(path.name, values, codes if ids else None)
    if not accept_zeros:
        _check_false_zeros(panel)
    return panel


def _check_false_zeros(p: Panel) -> None:
    """Reject a run of months in which every country has 0, if the panel's other months make it improbable."""
    if len(p.units) < 10:
        return
    total = np.nansum(p.y, axis=0)
    known = np.isfinite(p.y).all(axis=0)
    begin = int(np.argmax(total > 0)) if (total > 0).any() else len(total)
    zero = (total == 0) & known
    zero[:begin] = False
    runs: list[tuple[int, int]] = []
    for m in np.flatnonzero(zero).tolist():
        if runs and runs[-1][1] == m - 1:
            runs[-1] = (runs[-1][0], m)
        else:
            runs.append((m, m))
    for a, b in runs:
        others = zero[begin:].sum() - (b - a + 1)
        chance = (others + 1) / (len(total) - begin - (b - a + 1) + 2)
        if chance ** (b - a + 1) < FALSE_ZERO_CHANCE:
            months = format_month(p.first + a) + (f" to {format_month(p.first + b)}" if b > a else "")
            which = (
                f"all {len(p.units)} countries have 0 deaths in {b - a + 1} {'month' if a == b else 'months'}, {months}"
            )
            remedy = (
                "These months look not yet recorded: leave their cells empty, or end the panel before them. "
                "If they are true, give --accept-zeros."
            )
            raise BadPanel(p.file, which, [], remedy)


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


def _match_columns(file: str, columns: Sequence[str]) -> dict[str, str]:
    matched = {k: find_column(columns, known) for k, known in COLUMNS.items()}
    if missing := [k for k, c in matched.items() if not c]:
        extra = [c for c in columns if c not in matched.values()]
        raise WrongHeader(file, "a panel (month, country, deaths)", missing, extra, [])
    return matched


def parse_month_cell(column: str, cell: object) -> int:
    """Convert a cell of a month to months since January of year 0: VIEWS' month_id, 2024-10, or a day of the month.

    Raises:
        ValueError: it is not a month from 1900 to 2199.
    """
    text = str(cell).strip()
    if normalise_name(column) == "month_id":
        month = _parse_whole(cell, "month_id") + VIEWS_ZERO
    else:
        month = parse_month(text[:7] if re.fullmatch(r"\d{4}-\d\d-\d\d([ T].*)?", text) else text)
    if not 1900 * 12 <= month < 2200 * 12:
        raise ValueError(f"{text!r} is not a month of this or the last century")
    return month


def _parse_whole(cell: object, what: str) -> int:
    number = float(str(cell))
    if not number.is_integer() or abs(number) > 10**12:
        raise ValueError(f"{what} {cell!r} is not a whole number")
    return int(number)


def parse_unit_cell(cell: object) -> str:
    """Return a country's code as text, whole numbers without a decimal point.

    Raises:
        ValueError: there is none.
    """
    text = (
        "" if is_missing(cell) and str(cell).strip() != "NA" else str(cell).strip()
    )  # NA is Namibia's two-letter code
    if not text:
        raise ValueError("no country")
    return str(int(float(text))) if re.fullmatch(r"\d{1,9}\.0+", text) else text


def _parse_deaths_cell(cell: object) -> float:
    if is_missing(cell):
        return float("nan")
    deaths = float(str(cell))
    if deaths < 0:
        raise ValueError(f"{deaths:g} deaths is negative")
    if deaths != np.floor(deaths) or deaths > MAX_DEATHS:
        raise ValueError(
            f"{deaths:g} deaths is not a whole number"
            if deaths <= MAX_DEATHS
            else f"{deaths:g} deaths is no possible number"
        )
    return deaths
