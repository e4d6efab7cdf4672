"""Responses between event types, computed once from the fitted model so that pages only look them up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.charts.picture import Picture
from detente.charts.residuals import draw_residuals
from detente.core.rng import make_rng
from detente.model.diagnostics import FitDiagnostics, diagnose_fit
from detente.model.fit import FittedModel
from detente.model.responses_table import ResponsesTable, tabulate_responses
from detente.model.summaries import (
    PosteriorInterval,
    Responses,
    crisis_half_life,
    criticality,
    direct_draws,
    direct_responses,
    impulse_response,
    total_responses,
)

Array = NDArray[np.float64]
DAYS, MAX_DAYS, LEVEL = (7, 14, 30, 90), 90, 0.9


@dataclass(frozen=True, slots=True)
class CumulativeCurves:
    """Cumulative responses from the day of the event to day 90: mean and interval, shape (day, k, j) each."""

    mean: Array
    low: Array
    high: Array


@dataclass(frozen=True, slots=True)
class ResponseTables:
    """Responses between event types in the fitted model.

    Fields:
        direct, total: responses by horizon in days. Direct ones are those of the brief and its claims; total ones include
            indirect responses. direct_curve, total_curve: day by day. criticality, half_life: of the whole process.
        table: lead check, false discovery rate and verdict of each response within 30 days. check: residual diagnostics;
            leftovers: their picture.
    """

    direct: Mapping[int, Responses]
    total: Mapping[int, Responses]
    direct_curve: CumulativeCurves
    total_curve: CumulativeCurves
    criticality: PosteriorInterval
    half_life: PosteriorInterval
    table: ResponsesTable
    check: FitDiagnostics
    leftovers: Picture


def compute_response_tables(s: FittedModel, seed: int) -> ResponseTables:
    """Compute all responses of one fit, with 90 % intervals."""
    children = (direct_draws(s, d) for d in range(MAX_DAYS + 1))
    chain = np.cumsum(impulse_response(s, MAX_DAYS), axis=1) - np.eye(len(s.channels))
    fit = diagnose_fit(s, make_rng(seed))
    return ResponseTables(
        {d: direct_responses(s, d, level=LEVEL) for d in DAYS},
        {d: total_responses(s, d, level=LEVEL) for d in DAYS},
        _summarize_curves(children),
        _summarize_curves(chain[:, d] for d in range(MAX_DAYS + 1)),
        criticality(s, level=LEVEL),
        crisis_half_life(s, level=LEVEL),
        tabulate_responses(s, level=LEVEL, seed=seed),
        fit,
        draw_residuals(fit),
    )


def _summarize_curves(draws_by_day: Iterable[Array]) -> CumulativeCurves:
    rows = [(x.mean(axis=0), *np.quantile(x, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)) for x in draws_by_day]
    mean, low, high = (np.array(x) for x in zip(*rows, strict=True))
    return CumulativeCurves(mean, low, high)
