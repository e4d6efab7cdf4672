"""Scores of one model on a set of cases, with interval coverage."""

from dataclasses import dataclass

import numpy as np

from detente.core.arrays import FloatArray
from detente.forecast.scores.crps import crps
from detente.forecast.scores.ignorance import ignorance
from detente.forecast.scores.interval import interval_coverage, interval_score

LEVELS = (0.5, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class ForecastScores:
    """Scores of one model by case, shape (case,), smaller is better; `held` is interval coverage by level."""

    crps: FloatArray
    log_crps: FloatArray
    ignorance: FloatArray
    interval: FloatArray
    held: dict[float, float]

    def means(self) -> dict[str, float]:
        """Means, in the order of the tables."""
        return {
            "CRPS": float(self.crps.mean()),
            "IGN": float(self.ignorance.mean()),
            "MIS": float(self.interval.mean()),
            "log CRPS": float(self.log_crps.mean()),
        }


def score_draws(draws: FloatArray, outcome: FloatArray) -> ForecastScores:
    """Compute all scores of draws of shape (case, draw) against outcomes of shape (case,).

    Example:
        >>> score_draws(np.array([[0.0, 2.0]]), np.array([1.0])).means()["CRPS"]
        0.5
    """
    x = np.sort(draws, axis=1)
    return ForecastScores(
        crps(x, outcome), crps(x, outcome, log=True), ignorance(x, outcome), interval_score(x, outcome),
        {a: interval_coverage(x, outcome, level=a) for a in LEVELS},
    )  # fmt: skip
