"""Responses between all channels as a table: size, probability, lead check, false discovery rate and verdict.

Of 100 cells about five of each sign reach 95 % by chance alone, and more where shocks are shared. So each row says how often
a list that ends with it would be wrong (Benjamini and Hochberg), and whether the future of the cause explains the effect as
well as its past does. The verdict is that of `verdict_rule.py` for the sign that the draws favour; the two placebo tests are
run only where the verdict depends on them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from detente.core.arrays import FloatArray
from detente.core.blas_threads import one_blas_thread
from detente.core.scipy_functions import ndtr
from detente.model.fit import FittedModel
from detente.model.lead_check import LeadOutcome, check_lead
from detente.model.placebo_tests import MAX_P_VALUE, placebo_in_time_p, shuffled_labels_p
from detente.model.summaries import direct_draws
from detente.model.verdict_rule import LEANING, VerdictLabel, apply_verdict_rule

Check = Literal["held", "failed", "not run"]

UNDECIDABLE = "undecidable from counts of days: a shock that both share would look the same"


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """Response of `effect` to one event of `cause`.

    Fields:
        mean, low, high: additional events of the effect, and their interval at `ResponsesTable.level`.
        probability: that the response is above 0. lead_check: for the sign that the draws favour. fdr: share of false rows
            expected among this row and all with a smaller value, 0 to 1. placebo_in_time, shuffled_labels: `not run`
            where the verdict does not depend on them. verdict: on the favoured sign; a preventing response that stands is
            `supported` with `mean` below 0. reason: why a row is no response although its interval excludes 0, or "".
    """

    cause: str
    effect: str
    mean: float
    low: float
    high: float
    probability: float
    lead_check: LeadOutcome
    fdr: float
    placebo_in_time: Check
    shuffled_labels: Check
    verdict: VerdictLabel
    reason: str


@dataclass(frozen=True, slots=True)
class ResponsesTable:
    """All rows, causes in the order of the channels, then effects; responses within `days` days."""

    days: float
    level: float
    rows: tuple[ResponseRow, ...]

    def __iter__(self) -> Iterator[ResponseRow]:
        return iter(self.rows)

    def __getitem__(self, pair: tuple[str, str]) -> ResponseRow:
        """Return the row of (cause, effect).

        Raises:
            KeyError: names the channels that are known.
        """
        found = next((r for r in self.rows if (r.cause, r.effect) == pair), None)
        if found is None:
            known = ", ".join(dict.fromkeys(r.cause for r in self.rows))
            raise KeyError(f"No response of {pair[1]!r} to {pair[0]!r}. Channels: {known}.")
        return found


def tabulate_responses(
    s: FittedModel, *, days: float = 30, level: float = 0.9, seed: int = 0, checks: bool = True
) -> ResponsesTable:
    """Tabulate the direct responses of a fitted model.

    Args:
        days: period in which a response is counted. level: of the intervals. seed: of the shuffled labels.
        checks: run the placebo tests as well. Without them the verdict rests on the probability and the lead check.

    Example:
        >>> from detente.model.fit import fit_model
        >>> from detente.model.synthetic import one_sided_response
        >>> w = one_sided_response(np.random.default_rng(3), events=2000)
        >>> t = tabulate_responses(fit_model(w.y, channels=w.channels, rng=np.random.default_rng(0)))
        >>> t["a", "b"].lead_check, t["b", "a"].lead_check
        ('held', 'failed')
    """
    draws = direct_draws(s, days)
    rate = false_discovery_rates(two_sided_p(draws.reshape(len(draws), -1))).reshape(draws.shape[1:])
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    rows = []
    # On busy cores, multithreaded BLAS is many times slower for matrices this small.
    with one_blas_thread():
        for j, cause in enumerate(s.channels):
            for k, effect in enumerate(s.channels):
                x = draws[:, k, j]
                sizes = float(x.mean()), float(low[k, j]), float(high[k, j]), float((x > 0).mean())
                rows.append(_build_row(s, cause, effect, sizes, float(rate[k, j]), seed, placebos=checks))
    return ResponsesTable(days, level, tuple(rows))


def _build_row(
    s: FittedModel, cause: str, effect: str, sizes: tuple[float, float, float, float], fdr: float, seed: int, *,
    placebos: bool,
) -> ResponseRow:  # fmt: skip
    mean, low, high, above = sizes
    claimed: Literal["above", "below"] = "above" if above >= 0.5 else "below"
    p, terms = max(above, 1 - above), ((1.0, cause, effect),)
    lead = check_lead(s, terms, claimed=claimed)
    enough = not {cause, effect} & set(s.too_few)
    results: dict[str, str] = {"lead_check": lead.outcome}
    in_time: Check = "not run"
    labels: Check = "not run"
    if placebos and enough and p >= LEANING and lead.outcome != "failed":
        in_time = _outcome(placebo_in_time_p(s, terms, claimed)[0])
        if cause != effect:
            labels = _outcome(shuffled_labels_p(s, terms, claimed, seed))
        results |= {"placebo_in_time": in_time, "shuffled_labels": labels}
    verdict = apply_verdict_rule(p, results, required=("lead_check",), enough=enough)
    reason = ""
    if not enough:
        reason = "fewer than thirty events of the cause or the effect"
    elif p >= LEANING and verdict == "not supported":
        reason = (
            UNDECIDABLE if lead.outcome == "failed"
            else "as much is seen after a shift in time" if in_time == "failed"
            else "as much is seen after other events of those weeks"
        )  # fmt: skip
    elif lead.outcome == "not applicable":
        reason = lead.reason
    return ResponseRow(cause, effect, mean, low, high, above, lead.outcome, fdr, in_time, labels, verdict, reason)


def _outcome(p: float) -> Check:
    return "not run" if not p <= 1 else "held" if p <= MAX_P_VALUE else "failed"


def two_sided_p(draws: ArrayLike) -> FloatArray:
    """Two-sided tail probability of 0 for each column of draws, shape (cell,).

    By a normal approximation, since a few hundred draws cannot resolve the small values that a list of 100 cells needs.

    Example:
        >>> two_sided_p(np.random.default_rng(0).normal(2, 1, (100_000, 1))).round(2).tolist()    # 2 Phi(-2) = 0.0455
        [0.05]
    """
    x = np.asarray(draws, dtype=float)
    sd = x.std(axis=0)
    out: FloatArray = 2 * ndtr(-np.abs(x.mean(axis=0)) / np.where(sd > 0, sd, np.inf))
    return out


def false_discovery_rates(p: Sequence[float] | FloatArray) -> FloatArray:
    """Benjamini and Hochberg's adjusted p-values, in the order given, shape (cell,).

    A list of all cells with a value up to q has an expected share of false cells of at most q.

    Source:
        Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300.

    Example:
        >>> false_discovery_rates([0.01, 0.02, 0.9]).round(3).tolist()
        [0.03, 0.03, 0.9]
    """
    values = np.asarray(p, dtype=float)
    n, order = len(values), np.argsort(values)
    scaled = values[order] * n / np.arange(1, n + 1)
    out = np.empty(n)
    out[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return out
