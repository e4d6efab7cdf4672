"""Who answers whom, read off the fitted system once, so that pages only look it up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.charts import residuals as leftovers
from detente.charts.style import Picture
from detente.core.rng import generator
from detente.model.diagnostics import FitCheck, check
from detente.model.fit import System
from detente.model.summaries import (
    Number,
    Responses,
    crisis_half_life,
    criticality,
    direct,
    impulse,
    total,
)

Array = NDArray[np.float64]
DAYS, LONGEST, LEVEL = (7, 14, 30, 90), 90, 0.9


@dataclass(frozen=True, slots=True)
class Curve:
    """A response as it adds up from the event's day to day 90: mean and interval, shape (day, k, j) each."""

    mean: Array
    low: Array
    high: Array


@dataclass(frozen=True, slots=True)
class Answered:
    """What the fitted system says of who answers whom.

    Fields:
        direct, total: responses by days within; direct ones are those of the brief and its claims, total ones
            hold what follows in turn. direct_curve, total_curve: day by day. criticality, half_life: of the whole.
        check: what the fit left over; leftovers: the same drawn.
    """

    direct: Mapping[int, Responses]
    total: Mapping[int, Responses]
    direct_curve: Curve
    total_curve: Curve
    criticality: Number
    half_life: Number
    check: FitCheck
    leftovers: Picture


def answered(s: System, seed: int) -> Answered:
    """All answers of one fit, at a level of 90 %."""
    half = np.array(s.half_lives)
    children = (np.einsum("nkjm,m->nkj", s.W, 1 - 0.5 ** (d / half)) for d in range(LONGEST + 1))
    chain = np.cumsum(impulse(s, LONGEST), axis=1) - np.eye(len(s.channels))
    fit = check(s, generator(seed))
    return Answered(
        {d: direct(s, d, level=LEVEL) for d in DAYS},
        {d: total(s, d, level=LEVEL) for d in DAYS},
        _curve(children),
        _curve(chain[:, d] for d in range(LONGEST + 1)),
        criticality(s, level=LEVEL),
        crisis_half_life(s, level=LEVEL),
        fit,
        leftovers.picture(fit),
    )


def _curve(draws_by_day: Iterable[Array]) -> Curve:
    rows = [(x.mean(axis=0), *np.quantile(x, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)) for x in draws_by_day]
    mean, low, high = (np.array(x) for x in zip(*rows, strict=True))
    return Curve(mean, low, high)
