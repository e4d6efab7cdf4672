r"""Placebo in time: a circular-shift test of the association between two series.

One series is shifted against the other around the circle of covered days, by every number of days from 60 up. Each
keeps its own clusters, and their alignment is lost. p = (1 + shifts at least as extreme) / (1 + shifts). Held if p <= 5 %.

For a response the statistic is a t-value, summed over the terms w of the form,

    T = sum w s / (sum w^2 v)^(1/2),   s = sum_t e_t f_t / sum_t f_t^2,   v = sum_t e_t^2 f_t^2 / (sum_t f_t^2)^2,

where e is the residual of channel k with channel j's part put back, u = y_k / d - (b + sum_{i != j} R_ki z_i), and f is
channel j's memory, M = sum_m (1 - 2^(-30 / h_m)) z_jm. Both are residualised on the background (its columns b X, by weighted
least squares with the prior's penalty) and divided by the standard deviation that the fit expects for the day. Without the
first step, a season or a change point that the fit estimates slightly wrong moves both series and none of the shifted ones.
Without the second and the t-value, days of fighting count for more before the shift than after it. Under a shared background,
responses that do not exist then pass far more often than in 5 % of cases (`tests/claims/test_checks.py` tests this). f is the
series that is shifted. For shares and ratios the statistic is the number of days on which both series have an event.

Sources: Davison and Hinkley (1997), chapter 4; circular shifts as in Politis and Romano (1992); residuals of both sides as in
Freedman and Lane (1983).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, not_applicable
from detente.claims.checks.result import CheckOutcome, ResultLabel
from detente.claims.context import ClaimContext
from detente.claims.estimate import RESPONSE_DAYS, Estimate
from detente.core.arrays import FloatArray
from detente.measures.quantity import Quantity
from detente.model.fit import FittedModel
from detente.text.sentence import NumberPiece, make_sentence

MIN_SHIFT_DAYS, MIN_SHIFTS, MAX_P_VALUE = 60, 100, 0.05


def residual_series(s: FittedModel, after: str, of: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Residual u, memory M and reporting coverage d on covered days, each of shape (day,)."""
    k, j, m = s.channels.index(of), s.channels.index(after), len(s.half_lives)
    covered, (level, others) = s.coverage > 0, _components_without(s, after, of)
    share = 1 - 0.5 ** (RESPONSE_DAYS / np.array(s.half_lives))
    memory = s.Z[covered, j * m : (j + 1) * m] @ share
    d = s.by_channel[covered, k]
    return s.y[covered, k] / d - (level + others), memory, d


def _components_without(s: FittedModel, after: str, of: str) -> tuple[FloatArray, FloatArray]:
    """Background of `of` and its responses to all channels but `after`, at coverage 1 on covered days, each of shape (day,)."""
    k, j, m = s.channels.index(of), s.channels.index(after), len(s.half_lives)
    covered, width, best = s.coverage > 0, s.background.X.shape[1], s.of[k].best
    rates = best[width:-1].copy()
    rates[j * m : (j + 1) * m] = 0.0
    return np.exp(np.clip(s.background.X[covered] @ best[:width], -30, 30)), s.Z[covered] @ rates


def slope(u: FloatArray, memory: FloatArray, d: FloatArray) -> float:
    """Slope of u on the memory, by least squares weighted by reporting coverage."""
    centred = memory - memory.mean()
    return float((d * u * centred).sum() / (d * centred**2).sum())


def residualise(s: FittedModel, after: str, of: str) -> tuple[FloatArray, FloatArray]:
    """e and f of the module docstring on covered days, each of shape (day,)."""
    u, memory, d = residual_series(s, after, of)
    posterior, (level, others) = s.of[s.channels.index(of)], _components_without(s, after, of)
    # Concessions or talks can push the fitted rate to zero; 2 % of the background remain, since the weights divide by it.
    mean = d * np.maximum(level + others, 0.02 * level)
    weight = d**2 / (mean + mean**2 / np.exp(np.clip(posterior.best[-1], -6, 12)))
    D = s.background.X[s.coverage > 0] * level[:, None]
    penalty = s.background.precision[int(np.argmax(posterior.weights))]
    fitted = np.linalg.solve((D.T * weight) @ D + penalty, (D.T * weight) @ np.column_stack([u, memory]))
    residuals = (np.column_stack([u, memory]) - D @ fitted) * np.sqrt(weight)[:, None]
    return residuals[:, 0], residuals[:, 1]


def t_values(parts: Sequence[tuple[float, FloatArray, FloatArray]]) -> FloatArray:
    """T for every shift of f by 0, 1, ... days, shape (day,); `parts` holds (w, e, f) of each term.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> f = rng.normal(size=500)
        >>> e = 0.3 * f + rng.normal(size=500)
        >>> t = t_values([(1.0, e, f)])
        >>> bool(t[0] > 5), bool(abs(t[60:440]).max() < 4)
        (True, True)
    """

    def correlate(a: FloatArray, b: FloatArray) -> FloatArray:
        # The circular cross-correlation: a_t b_(t - i) summed over t, for every i.
        out: FloatArray = np.fft.irfft(np.fft.rfft(a) * np.conj(np.fft.rfft(b)), len(a))
        return out

    total = sum(w * correlate(e, f) / (f @ f) for w, e, f in parts)
    spread = sum(w**2 * correlate(e**2, f**2) / (f @ f) ** 2 for w, e, f in parts)
    out: FloatArray = total / np.sqrt(np.maximum(spread, 1e-300))
    return out


def shifts(days: int) -> range:
    """The shifts tried: at least 60 days in either direction around the circle."""
    return range(MIN_SHIFT_DAYS, days - MIN_SHIFT_DAYS + 1)


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    if e.line is not None:
        observed, placebo = _count_coincidences(e)
    else:
        s = view.fit_system(e.fit)
        if s is None:
            return not_applicable("placebo_in_time", e, "No system could be fitted.")
        t = t_values([(w, *residualise(s, j, k)) for w, j, k in e.terms])
        observed, placebo = float(t[0]), t[list(shifts(len(t)))]
    if len(placebo) < MIN_SHIFTS:
        return not_applicable("placebo_in_time", e, "The watch is too short to shift one series far.")
    extreme = placebo >= observed - 1e-12 if e.claimed == "above" else placebo <= observed + 1e-12
    p = (1 + int(extreme.sum())) / (1 + len(placebo))
    how = f"share of {len(placebo)} circular shifts, of {MIN_SHIFT_DAYS} days or more, that show as much"
    recipe = {"kind": "placebo in time", "least": MIN_SHIFT_DAYS}
    return p_value_outcome("placebo_in_time", e, p, "Of shifts in time ", how, recipe)


def p_value_outcome(check: str, e: Estimate, p: float, start: str, how: str, recipe: Mapping[str, Any]) -> CheckOutcome:
    """The outcome of a placebo test: held if p <= 5 %. `start` begins its sentence."""
    of, events = (e.measured.recipe, e.measured.events) if e.measured else ({}, ())
    m = Quantity(f"{e.key}_{check}", p, "share", how, {**recipe, "claimed": e.claimed, "of": of}, events)
    text = f"{100 * p:.0f}\u00a0%" if p >= 0.01 else "under 1\u00a0%"
    result: ResultLabel = "held" if p <= MAX_P_VALUE else "failed"
    return CheckOutcome(check, e.key, result, make_sentence(start, NumberPiece(m, text), " show as much."))


def _count_coincidences(e: Estimate) -> tuple[float, FloatArray]:
    line = e.line
    assert line is not None
    tried = np.array([np.roll(line.moving, i) @ line.fixed for i in shifts(len(line.moving))])
    return float(line.moving @ line.fixed), tried


CHECK = RobustnessCheck(
    "placebo_in_time", "placebo in time", "Would as much be seen if one series were shifted in time against the other?",
    lambda claim, e: bool(e.terms) or e.line is not None, _run,
)  # fmt: skip
