r"""Placebo in time: would the same be seen if the two series had nothing to do with each other?

The one series is shifted against the other around the circle of watched days, by every number of days from
60 up, so that each keeps its own clusters and the two lose their meeting. p = (1 + shifts at least as
extreme) / (1 + shifts). Held if p <= 5 %.

For a response the statistic is, summed over the terms w of the form,

    T = sum w  (sum_t d_t u_t (M_t - mean M)) / (sum_t d_t (M_t - mean M)^2),   u = y_k / d - (b + sum_{i != j} R_ki z_i),

the slope of what the fit leaves of channel k, channel j's part put back, on channel j's memory
M = sum_m (1 - 2^(-30 / h_m)) z_jm; M is what is shifted. For shares and ratios it is the count of meetings
of the two series. Source: Davison and Hinkley (1997), chapter 4; circular shifts as in Politis and Romano (1992).
"""

import numpy as np
from numpy.typing import NDArray

from detente.claims.checks.check import Again, Check
from detente.claims.checks.outcome import Outcome, Result
from detente.claims.estimate import DAYS, Estimate
from detente.claims.sentence import Said, say
from detente.claims.view import View
from detente.measures.measured import Measured
from detente.system.fit import System

Array = NDArray[np.float64]
LEAST, ENOUGH, PASSES = 60, 100, 0.05


def series(s: System, after: str, of: str) -> tuple[Array, Array, Array]:
    """Left-over u, memory M and density d on watched days, each of shape (day,)."""
    k, j, m = s.channels.index(of), s.channels.index(after), len(s.half_lives)
    watched = s.density > 0
    width = s.background.X.shape[1]
    best = s.of[k].best
    others = best[width:-1].copy()
    others[j * m : (j + 1) * m] = 0.0
    expected = np.exp(np.clip(s.background.X @ best[:width], -30, 30)) + s.Z @ others
    share = 1 - 0.5 ** (DAYS / np.array(s.half_lives))
    memory = s.Z[:, j * m : (j + 1) * m] @ share
    d = s.density[watched]
    return s.y[watched, k] / d - expected[watched], memory[watched], d


def slope(u: Array, memory: Array, d: Array) -> float:
    """Of u on the memory, by least squares weighted by density."""
    centred = memory - memory.mean()
    return float((d * u * centred).sum() / (d * centred**2).sum())


def shifts(days: int) -> range:
    """The shifts tried: those that keep the series two months apart on either side."""
    return range(LEAST, days - LEAST + 1)


def _run(e: Estimate, estimates: Again, view: View) -> Outcome:
    if e.line is not None:
        seen, placebo = _meetings(e)
    else:
        s = view.fitted(e.fit)
        if s is None:
            return Outcome("placebo_in_time", e.key, "not askable", say("No system could be fitted."))
        parts = [(w, *series(s, j, k)) for w, j, k in e.terms]
        seen = sum(w * slope(u, m, d) for w, u, m, d in parts)
        placebo = np.array(
            [sum(w * slope(u, np.roll(m, i), d) for w, u, m, d in parts) for i in shifts(len(parts[0][1]))]
        )
    if len(placebo) < ENOUGH:
        return Outcome("placebo_in_time", e.key, "not askable", say("The watch is too short to shift one series far."))
    extreme = placebo >= seen - 1e-12 if e.claimed == "above" else placebo <= seen + 1e-12
    p = (1 + int(extreme.sum())) / (1 + len(placebo))
    recipe = {
        "kind": "placebo in time", "least": LEAST, "claimed": e.claimed,
        "of": e.measured.recipe if e.measured else {},
    }  # fmt: skip
    how = f"share of {len(placebo)} circular shifts, of {LEAST} days or more, that show as much"
    m = Measured(f"{e.key}_placebo_in_time", p, "share", how, recipe, e.measured.events if e.measured else ())
    text = f"{100 * p:.0f}\u00a0%" if p >= 0.01 else "under 1\u00a0%"
    result: Result = "held" if p <= PASSES else "failed"
    return Outcome("placebo_in_time", e.key, result, say("Of shifts in time ", Said(m, text), " show as much."))


def _meetings(e: Estimate) -> tuple[float, Array]:
    line = e.line
    assert line is not None
    tried = np.array([np.roll(line.moving, i) @ line.fixed for i in shifts(len(line.moving))])
    return float(line.moving @ line.fixed), tried


CHECK = Check(
    "placebo_in_time",
    "placebo in time",
    "Would as much be seen if one series were shifted in time against the other?",
    lambda claim, e: bool(e.terms) or e.line is not None,
    _run,
)
