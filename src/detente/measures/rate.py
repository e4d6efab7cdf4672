"""Event rates, shares and rate ratios with exact confidence limits.

The limits assume independent events. Conflict events cluster, so the true uncertainty is larger: pass the design effect or the
dispersion that `clustering.py` measures, and the exact formulas are used with counts divided by it.
"""

from dataclasses import dataclass

from detente.core.scipy_functions import betaincinv, chdtri
from detente.measures.errors import NotObserved


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and limits that cover the true value with probability `level` or more."""

    value: float
    low: float
    high: float
    level: float


def estimate_rate(count: int, exposure: float, *, level: float = 0.95, effect: float = 1.0) -> Interval:
    """Estimate events per unit of exposure.

    Args:
        count: events, a whole number.
        exposure: observed days, years or coverage-weighted days. Leave days without coverage out: they are unknown,
            not peaceful.
        level: confidence level of the limits, 0 to 1. effect: dispersion of the counts, 1 for independent events.

    Returns:
        Zero events give rate 0 with a high limit above 0.

    Raises:
        NotObserved: the exposure is not above 0.

    Source:
        Garwood (1936), Biometrika 28, 437-442: exact limits for a Poisson mean.

    Example:
        >>> quiet = estimate_rate(0, 365)
        >>> quiet.value, round(quiet.high * 365, 2)     # a year without events still allows 3.7 a year
        (0.0, 3.69)
    """
    if not exposure > 0:
        raise NotObserved(["the requested period"])
    tail = (1 - level) / 2
    # chdtri is the chi-square quantile from the upper tail.
    k = count / effect
    low = effect * float(chdtri(2 * k, 1 - tail)) / 2 if count else 0.0
    high = effect * float(chdtri(2 * k + 2, tail)) / 2
    return Interval(count / exposure, low / exposure, high / exposure, level)


def estimate_share(count: int, total: int, *, level: float = 0.95, effect: float = 1.0) -> Interval:
    """Estimate the share of a whole, with exact limits.

    Args:
        effect: design effect, 1 for independent events. Two events that always come together count as one at 2.

    Raises:
        NotObserved: the whole is empty.

    Source:
        Clopper and Pearson (1934), Biometrika 26, 404-413.

    Example:
        >>> s = estimate_share(3, 12)
        >>> round(s.low, 3), s.value, round(s.high, 3)
        (0.055, 0.25, 0.572)
    """
    if total <= 0:
        raise NotObserved(["an empty total"])
    tail, k, n = (1 - level) / 2, count / effect, total / effect
    low = float(betaincinv(k, n - k + 1, tail)) if count else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - tail)) if count < total else 1.0
    return Interval(count / total, low, high, level)


def estimate_rate_ratio(
    count: int, exposure: float, base: int, base_exposure: float, *, level: float = 0.95, effect: float = 1.0
) -> Interval:
    """Estimate the ratio of a rate to a base rate, with exact limits.

    Args:
        effect: dispersion of the counts, 1 for independent events.

    Given the total number of events, the first count is binomial; its exact limits give those of the ratio. Without
    base events the ratio is infinite; without any events it is NaN.

    Raises:
        NotObserved: one of the two exposures is not above 0.

    Source:
        Przyborowski and Wilenski (1940), Biometrika 31, 313-323.

    Example:
        >>> r = estimate_rate_ratio(10, 100, 5, 100)
        >>> round(r.value, 2), round(r.low, 2), round(r.high, 2)
        (2.0, 0.62, 7.46)
    """
    if not (exposure > 0 and base_exposure > 0):
        raise NotObserved(["one of the two periods"])
    if count + base == 0:
        return Interval(float("nan"), 0.0, float("inf"), level)
    s = estimate_share(count, count + base, level=level, effect=effect)
    scale = base_exposure / exposure

    def odds(p: float) -> float:
        return scale * p / (1 - p) if p < 1 else float("inf")

    return Interval(odds(s.value), odds(s.low), odds(s.high), level)
