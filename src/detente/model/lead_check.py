r"""Lead check: the future of a cause must not explain its effect as well as its past does.

A shock that two channels share looks the same in both directions of time; a response does not. So what the fit leaves of
channel k without channel j's part, e, is regressed on j's memory f and on j's time-reversed memory g together,

    e_t = a f_t + c g_t + error,

all residualised as in `partial_residuals.py`; f and g weigh the half-lives as the prior does (`prior.RESPONSE_SD`). The
check asks whether a - c has the claimed sign, and whether a has it by itself:

    t = sum w (a - c) / (sum_t (sum w psi_t)^2)^(1/2),   psi_t the influence of day t on a - c,

summed over the terms w of a claim. Day by day the terms are added before they are squared, so that channels that share bad
days do not count as independent, and days of unequal spread do not mislead (White 1980). Held if t is over 1.96, so that a
shared shock passes in one case of forty, and the t-value of a alone is as well. Without the second condition violence would
seem to bring talks where talks calm violence: what follows the effect then lowers c.

Further controls (same-day events, the effect's own past and future) and a spread that allows for autocorrelation were tried:
at an equal rate of false alarms none found more true responses (`docs/replications/lead_check.md` has the check's rates).

Mutual responses fail: retaliation in both directions looks like a shock that both share, and counts of days cannot tell
one from the other. A channel's response to itself is symmetric in time by construction, so the check does not apply.

Sources: the future as a placebo after Granger (1969) and Sims (1972); White (1980), Econometrica 48, 817-838.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.core.blas_threads import one_blas_thread
from detente.model.fit import FittedModel
from detente.model.partial_residuals import backward_memory, forward_memory, residualise_series, response_shares
from detente.model.prior import RESPONSE_SD

LeadOutcome = Literal["held", "failed", "not applicable"]
Term = tuple[float, str, str]

MIN_T, MIN_T_LAG, MIN_EVENTS = 1.96, 1.96, 10


@dataclass(frozen=True, slots=True)
class LeadCheck:
    """Result of a lead check.

    Fields:
        outcome: held, failed or not applicable. t: of the difference, t_lag: of the slope on the past alone; NaN where not
        applicable. lag, lead: slopes on the cause's past and future, summed over terms. reason: why it does not apply, or "".
    """

    outcome: LeadOutcome
    t: float
    t_lag: float
    lag: float
    lead: float
    reason: str = ""


def check_lead(s: FittedModel, terms: Sequence[Term], *, claimed: Literal["above", "below"] = "above") -> LeadCheck:
    """Check that the past of each cause explains its effect better than its future does.

    Args:
        terms: (weight, cause, effect) of a sum of responses. claimed: sign of the sum.

    Returns:
        `not applicable` where a cause is its own effect, or a channel is absent or has under 10 events.

    Example:
        >>> from detente.model.fit import fit_model
        >>> from detente.model.synthetic import one_sided_response
        >>> w = one_sided_response(np.random.default_rng(3), events=2000)
        >>> s = fit_model(w.y, channels=w.channels, rng=np.random.default_rng(0))
        >>> check_lead(s, [(1.0, "a", "b")]).outcome, check_lead(s, [(1.0, "b", "a")]).outcome
        ('held', 'failed')
    """
    reason = _reason_against(s, terms)
    if reason:
        unknown = float("nan")
        return LeadCheck("not applicable", unknown, unknown, unknown, unknown, reason)
    parts = [(w, *_lag_and_lead(s, j, k)) for w, j, k in terms]
    lag, lead = (float(sum(w * slopes[i] for w, slopes, _ in parts)) for i in (0, 1))
    influence = sum((w * x for w, _, x in parts), np.zeros((int((s.coverage > 0).sum()), 2)))
    spread = float(np.sqrt(((influence[:, 0] - influence[:, 1]) ** 2).sum()))
    spread_lag = float(np.sqrt((influence[:, 0] ** 2).sum()))
    if not (spread > 0 and spread_lag > 0):
        why = "the cause does not vary on observed days"
        return LeadCheck("not applicable", float("nan"), float("nan"), lag, lead, why)
    t, t_lag = (lag - lead) / spread, lag / spread_lag
    sign = 1 if claimed == "above" else -1
    held = sign * t > MIN_T and sign * t_lag > MIN_T_LAG
    return LeadCheck("held" if held else "failed", t, t_lag, lag, lead)


def lead_checked_pairs(s: FittedModel) -> NDArray[np.bool_]:
    """Whether the response of k to j passes, with the sign of its mean: shape (k, j); False where it does not apply."""
    out = np.zeros((len(s.channels), len(s.channels)), dtype=bool)
    mean = s.W.sum(axis=-1).mean(axis=0)
    # On busy cores, multithreaded BLAS is many times slower for matrices this small.
    with one_blas_thread():
        for k, effect in enumerate(s.channels):
            for j, cause in enumerate(s.channels):
                claimed: Literal["above", "below"] = "above" if mean[k, j] >= 0 else "below"
                out[k, j] = check_lead(s, [(1.0, cause, effect)], claimed=claimed).outcome == "held"
    return out


def _reason_against(s: FittedModel, terms: Sequence[Term]) -> str:
    if any(j == k for _, j, k in terms):
        return "a channel's response to itself looks the same in both directions of time"
    events = dict(zip(s.channels, s.events, strict=True))
    few = sorted({c for _, j, k in terms for c in (j, k) if events.get(c, 0) < MIN_EVENTS})
    return f"fewer than ten events of {' and of '.join(few)}" if few else ""


def _lag_and_lead(s: FittedModel, after: str, of: str) -> tuple[FloatArray, FloatArray]:
    """Slopes on past and future, shape (2,), and the influence of each covered day on them, shape (day, 2)."""
    sds = np.array([*RESPONSE_SD, *(RESPONSE_SD[-1:] * len(s.half_lives))])
    weights = sds[: len(s.half_lives)] * response_shares(s)
    e, _, *sides = residualise_series(
        s, after, of, forward_memory(s, after, weights), backward_memory(s, after, weights)
    )
    X = np.column_stack(sides)
    inverse = np.linalg.pinv(X.T @ X)
    slopes: FloatArray = inverse @ (X.T @ e)
    influence: FloatArray = (X @ inverse) * (e - X @ slopes)[:, None]
    return slopes, influence
