"""Forecasts in the format of the VIEWS challenge: one row per draw, with month_id, country_id, draw and outcome.

month_id 1 is January 1980; country_id is VIEWS' whole number; draws are counted from 0. If a panel has other country
codes, the column `country` replaces `country_id`: numbers are not guessed.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.core.errors import NoSuchFile
from detente.forecast.errors import BadPanel
from detente.forecast.panel import VIEWS_ZERO
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


def read_draws(path: Path) -> Draws:
    """Read a forecast in the VIEWS format.

    Raises:
        NoSuchFile, WrongHeader: as their names say.
        BadPanel: unknown or negative outcomes, duplicate rows, or different numbers of draws.
    """
    import pyarrow.parquet as pq

    if not path.is_file():
        raise NoSuchFile(path, "forecast")
    table = pq.read_table(path)
    names = table.column_names
    country = "country_id" if "country_id" in names else "country"
    missing = [c for c in ("month_id", country, "draw", "outcome") if c not in names]
    if missing:
        raise WrongHeader(path.name, "the VIEWS challenge (month_id, country_id, draw, outcome)", missing,
                          [c for c in names if c not in ("month_id", country, "draw", "outcome")], [])  # fmt: skip
    outcome = table["outcome"].to_numpy().astype(float)
    if not np.isfinite(outcome).all() or (outcome < 0).any():
        n = int((~np.isfinite(outcome) | (outcome < 0)).sum())
        raise BadPanel(path.name, f"{n} outcomes are unknown or negative", [], "Give a count for every draw.")
    named = np.array([str(k) for k in table[country].to_pylist()])
    units, u = np.unique(named, return_inverse=True)
    months, m = np.unique(table["month_id"].to_numpy().astype(np.int64), return_inverse=True)
    draws, d = np.unique(table["draw"].to_numpy(), return_inverse=True)
    x = np.full((len(units), len(months), len(draws)), np.nan)
    x[u, m, d] = outcome
    if len(outcome) != x.size or np.isnan(x).any():
        why = f"{len(outcome)} rows do not fill {len(units)} countries × {len(months)} months × {len(draws)} draws once each"
        raise BadPanel(path.name, why, [], "Give each country and month the same draws, each once.")
    return Draws(tuple(map(str, units)), months + VIEWS_ZERO, x)
