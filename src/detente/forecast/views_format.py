"""Forecasts in the format of the VIEWS challenge: one row per draw, with month_id, country_id, draw and outcome.

month_id 1 is January 1980; country_id is VIEWS' whole number; draws are counted from 0. If a panel has other country
codes, the column `country` replaces `country_id`: numbers are not guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.forecast.errors import BadPanel
from detente.forecast.panel import VIEWS_ZERO, parse_month_cell, parse_unit_cell
from detente.forecast.tables import (
    COUNTRY_NAMES,
    MONTH_NAMES,
    CountryMonthTable,
    find_column,
    is_missing,
    parse_list_cell,
    read_table,
)
from detente.sources.detect import normalise_name
from detente.sources.errors import WrongHeader


@dataclass(frozen=True, slots=True)
class Draws:
    """Draws by country and month: x has shape (unit, month, draw), months count from January of year 0."""

    units: tuple[str, ...]
    months: NDArray[np.int64]
    x: FloatArray


def encode_parquet(d: Draws, ids: dict[str, int] | None) -> bytes:
    """Encode draws as a Parquet file; `ids` are VIEWS' numbers of the units, if known."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    u, m, n = d.x.shape
    unit = np.repeat(np.arange(u), m * n)
    if ids is None:
        named = pa.DictionaryArray.from_arrays(pa.array(unit, pa.int32()), pa.array(d.units))
        country = ("country", named)
    else:
        country = ("country_id", pa.array(np.array([ids[k] for k in d.units])[unit], pa.int32()))
    columns = {
        "month_id": pa.array(np.tile(np.repeat(d.months - VIEWS_ZERO, n), u), pa.int32()),
        country[0]: country[1],
        "draw": pa.array(np.tile(np.arange(n), u * m), pa.int32()),
        "outcome": pa.array(d.x.ravel().astype(np.int64), pa.int64()),
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink, compression="zstd")
    return bytes(sink.getvalue())


VALUE_NAMES = ("outcome", "pred_ged_sb", "step_combined", "prediction", "pred", "draws", "samples", "main_mean")
DRAW_NAMES = ("draw", "sample", "draw_id", "sample_id")


def read_draws(path: Path) -> Draws:
    """Read a forecast: one row per draw (VIEWS challenge), draws as a list in one cell, or one point per row; Parquet or CSV.

    A point forecast gives one draw.

    Raises:
        NoSuchFile, EmptyFile, WrongHeader: as their names say.
        BadPanel: unknown or negative outcomes, duplicate rows, or different numbers of draws.
    """
    table = read_table(path, "forecast", "the columns month_id, country_id, draw, outcome")
    month, country, draw, value = _match_columns(path.name, table.columns)
    if draw is not None and table.arrow is not None and (read := _read_columns(table, month, country, draw, value)):
        return read
    cells: dict[tuple[str, int], list[tuple[object, float]]] = {}
    bad: list[str] = []
    rows = 0
    for n, row in enumerate(table.rows, start=2):
        rows += 1
        try:
            at = (parse_unit_cell(row[country]), parse_month_cell(month, row[month]))
            drawn = parse_list_cell(row[value])
            if drawn is None:
                drawn = [float("nan") if is_missing(row[value]) else float(str(row[value]))]
        except (ValueError, TypeError, OverflowError, KeyError) as e:
            bad.append(f"row {n}: {e}")
            continue
        keys = range(len(drawn)) if draw is None else [row[draw]] * len(drawn)
        cells.setdefault(at, []).extend(zip(keys, drawn, strict=True))
    if bad:
        raise BadPanel(path.name, f"{len(bad)} rows cannot be read", bad, "Correct these rows.")
    if not rows:
        raise BadPanel(path.name, "it has no rows", [], "Give a forecast with rows.")
    return _build_draws(path.name, cells)


def _read_columns(table: CountryMonthTable, month: str, country: str, draw: str, value: str) -> Draws | None:
    """Read millions of draws by column; None if a column is of another kind, which the reading by row explains."""
    import pyarrow as pa

    kinds = table.arrow.schema
    whole = all(pa.types.is_integer(kinds.field(c).type) for c in (month, draw))
    number = kinds.field(value).type
    if not (
        whole and normalise_name(month) == "month_id" and (pa.types.is_floating(number) or pa.types.is_integer(number))
    ):
        return None
    columns = {c: table.arrow[c].combine_chunks() for c in (month, country, draw, value)}
    if any(x.null_count for x in columns.values()) or not len(columns[value]):
        return None
    outcome = columns[value].to_numpy(zero_copy_only=False).astype(float)
    if wrong := int((~np.isfinite(outcome) | (outcome < 0)).sum()):
        raise BadPanel(table.file, f"{wrong} outcomes are unknown or negative", [], "Give a count for every draw.")
    named = (
        columns[country].dictionary_encode() if not pa.types.is_dictionary(columns[country].type) else columns[country]
    )
    names = [parse_unit_cell(k) for k in named.dictionary.to_pylist()]
    units, of = np.unique(np.array(names), return_inverse=True)
    u = of[named.indices.to_numpy()]
    months, m = np.unique(columns[month].to_numpy().astype(np.int64), return_inverse=True)
    draws, d = np.unique(columns[draw].to_numpy(), return_inverse=True)
    size = len(units) * len(months) * len(draws)
    filled = size == len(outcome) and len(np.unique((u * len(months) + m) * len(draws) + d)) == size
    if not filled:
        why = f"{len(outcome)} rows do not fill {len(units)} countries × {len(months)} months × {len(draws)} draws once each"
        raise BadPanel(table.file, why, [], "Give each country and month the same draws, each once.")
    x = np.empty((len(units), len(months), len(draws)))
    x[u, m, d] = outcome
    absolute = np.array([parse_month_cell(month, k) for k in months.tolist()], dtype=np.int64)
    return Draws(tuple(map(str, units)), absolute, x)


def _match_columns(file: str, columns: Sequence[str]) -> tuple[str, str, str | None, str]:
    month, country = find_column(columns, MONTH_NAMES), find_column(columns, ("country_id", *COUNTRY_NAMES))
    draw = find_column(columns, DRAW_NAMES) or None
    value = find_column([c for c in columns if c != draw], VALUE_NAMES)
    others = [c for c in columns if c not in (month, country, draw)]
    if not value and len(others) == 1:
        value = others[0]
    missing = [k for k, c in (("month_id", month), ("country_id", country), ("outcome", value)) if not c]
    if missing:
        raise WrongHeader(file, "a forecast (month_id, country_id, draw, outcome)", missing, others, [])
    return month, country, draw, value


def _build_draws(file: str, cells: dict[tuple[str, int], list[tuple[object, float]]]) -> Draws:
    units = tuple(sorted({u for u, _ in cells}))
    months = np.array(sorted({m for _, m in cells}), dtype=np.int64)
    number = max(len(x) for x in cells.values())
    outcomes = np.array([v for x in cells.values() for _, v in x])
    if wrong := int((~np.isfinite(outcomes) | (outcomes < 0)).sum()):
        raise BadPanel(file, f"{wrong} outcomes are unknown or negative", [], "Give a count for every draw.")
    keys = {str(k) for x in cells.values() for k, _ in x}
    uneven = any(len(x) != number or len({str(k) for k, _ in x}) != number for x in cells.values())
    if uneven or len(keys) != number or len(cells) != len(units) * len(months):
        why = f"{len(outcomes)} draws do not fill {len(units)} countries × {len(months)} months × {len(keys)} draws once each"
        raise BadPanel(file, why, [], "Give each country and month the same draws, each once.")
    x = np.empty((len(units), len(months), number))
    unit_of, month_of = {u: i for i, u in enumerate(units)}, {m: i for i, m in enumerate(months.tolist())}
    for (u, m), drawn in cells.items():
        x[unit_of[u], month_of[m]] = [v for _, v in sorted(drawn, key=lambda d: _sort_key(d[0]))]
    return Draws(units, months, x)


def _sort_key(key: object) -> tuple[float, str]:
    try:
        return float(str(key)), ""
    except ValueError:
        return float("inf"), str(key)
