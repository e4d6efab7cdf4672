"""Effects of policy options, by paired simulation of the fitted model.

Each future is simulated twice with common random numbers, with and without the change, and the difference is
taken path by path. A policy option is an assumption; what follows is read off associations, which need not be effects: acts
are not assigned at random. So there are three columns:

    direct     the assumption alone, all else as in the path without it: what changes if no association is an effect
    checked    the whole change if the responses that pass the lead check are effects, and no others
    whole      the whole change if every association is an effect; `estimated` is whole less direct

A sign is given only where the three agree (`InterventionEffect.agreed_sign`). Policy options, with x the value given:

    border=x             attacks times x (crossings made harder)     mu_attack and W[attack, .] times x
    delink=x             response of defiance to pressure times x    W[defiance, pressure] times x
    mediation=x          response of force to hostile acts times x   W[strike and clash, hostile] times x

mu is the background without same-day responses and W the branching matrix (`kernels.py`): with S = sum_m s_m W_m
the simulated base is (I - S)^-1 mu, so that an option also changes same-day responses. There is no option on talks or
concessions: they come when violence is near, so their effect is not identified.

The interval of a change is that of its expected value over the draws of the model. A mean over a draw's paths also varies by
chance, by the variance within the draw divided by its paths; this part is taken out, so that the interval does not depend on
how many paths are simulated. The spread of single futures is reported apart.

Numbers are events at reporting coverage 1. Deaths are events times deaths per event, bootstrapped over past events
with a reported figure, each drawn uniformly between its lowest and highest figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.model.fit import FittedModel
from detente.model.intervention_spec import Intervention
from detente.model.paired_simulation import (
    BaselinePaths,
    PairedPaths,
    check_interventions,
    simulate_baseline,
    simulate_past_baseline,
    with_interventions,
    without_channels,
)

HORIZONS = (30, 90, 180, 365)
MIN_CHANGE = 0.05


@dataclass(frozen=True, slots=True)
class CountChange:
    """Change of event counts; arrays of shape (horizon, c).

    Fields:
        mean, low, high: expected change and its interval. fewer: probability that the expected change is below 0.
        error: simulation standard error of the mean. single_low, single_high: interval of the change in a single future.
    """

    mean: FloatArray
    low: FloatArray
    high: FloatArray
    fewer: FloatArray
    error: FloatArray
    single_low: FloatArray
    single_high: FloatArray


@dataclass(frozen=True, slots=True)
class InterventionEffect:
    """Effect of policy options within each horizon.

    Fields:
        channels: names, length c, with `deaths` last if `tolls` were given. horizons: days, length h.
        without: expected counts without the change, shape (h, c). direct: effect of the assumption alone, shape (h, c).
        estimated: effect through all fitted responses. whole: both together. checked: the whole change if only responses
        that pass the lead check are effects. level: of the intervals.
    """

    channels: tuple[str, ...]
    horizons: tuple[int, ...]
    without: FloatArray
    direct: FloatArray
    estimated: CountChange
    whole: CountChange
    checked: CountChange
    level: float

    def agreed_sign(self, i: int, k: int) -> int:
        """Sign of the change at horizon i in channel k on which all columns agree, 0 if they do not.

        The assumption alone may leave a channel unchanged; `checked` and `whole` must both change it, by at least 0.05.
        """
        alone, checked, whole = (float(x[i, k]) for x in (self.direct, self.checked.mean, self.whole.mean))
        if min(abs(checked), abs(whole)) < MIN_CHANGE:
            return 0
        signs = {np.sign(checked), np.sign(whole), *((np.sign(alone),) if abs(alone) >= MIN_CHANGE else ())}
        return int(signs.pop()) if len(signs) == 1 else 0


def estimate_interventions(
    s: FittedModel, changes: Sequence[Intervention], rng: np.random.Generator, *, horizons: Sequence[int] = HORIZONS,
    paths: int = 2_000, tolls: Mapping[str, FloatArray] | None = None, level: float = 0.9,
) -> InterventionEffect:  # fmt: skip
    """Simulate futures with and without policy options.

    Args:
        changes: from `parse_interventions`. horizons: days, in order. tolls: channel to the lowest and highest
            reported deaths of past events, shape (event, 2).

    Raises:
        BadIntervention: an option changes a channel that the model lacks.

    Example:
        >>> from detente.model.fit import fit_model
        >>> from detente.model.intervention_spec import parse_interventions
        >>> from detente.model.synthetic import calming_talks
        >>> w = calming_talks(np.random.default_rng(4), days=3000)
        >>> s = fit_model(w.y, channels=("attack", "dialogue"), rng=np.random.default_rng(0))
        >>> e = estimate_interventions(s, parse_interventions(["border=0.5"]), np.random.default_rng(0), horizons=[180])
        >>> bool(e.whole.mean[0, 0] < 0), e.agreed_sign(0, 0)
        (True, -1)
    """
    check_interventions(s, changes)
    u = simulate_baseline(s, max(horizons), rng, paths=paths, tolls=tolls)
    return summarise_effect(u, with_interventions(u, changes), horizons, level=level)


def estimate_without_channels(
    s: FittedModel, first: int, without: Sequence[str], rng: np.random.Generator, *, paths: int = 2_000,
    tolls: Mapping[str, FloatArray] | None = None, level: float = 0.9,
) -> InterventionEffect:  # fmt: skip
    """Run a counterfactual: the days from `first` on, simulated with and without the events of some channels.

    The direct part is the absence of these events; all else is estimated. The one horizon is the length of the period.
    Days keep their coverage.
    """
    u = simulate_past_baseline(s, first, rng, paths=paths, tolls=tolls)
    return summarise_effect(u, without_channels(u, without), (u.base.shape[1],), level=level)


def sum_within_days(x: NDArray[Any], days: Sequence[int]) -> FloatArray:
    """Sum a daily array of shape (path, day, c) within each number of days: shape (path, len(days), c).

    Example:
        >>> sum_within_days(np.ones((1, 5, 1)), [2, 5]).ravel().tolist()
        [2.0, 5.0]
    """
    parts = np.add.reduceat(x[:, : days[-1]], [0, *days[:-1]], axis=1, dtype=float)
    out: FloatArray = np.cumsum(parts, axis=1)
    return out


def summarise_effect(
    u: BaselinePaths, pair: PairedPaths, horizons: Sequence[int], *, level: float = 0.9
) -> InterventionEffect:
    """Summarise paired paths by horizon; `horizons` are days in order."""
    without, direct, whole = _path_sums(u, pair, horizons)
    if pair.checked is None or u.checked is None:
        checked = whole
    else:
        _, _, checked = _path_sums(u.checked, pair.checked, horizons)
    names, draw = pair.plain.channels, pair.plain.draw
    return InterventionEffect(
        (*names, "deaths") if u.each is not None else names, tuple(horizons), without.mean(axis=0), direct.mean(axis=0),
        expected_change(whole - direct, draw, level), expected_change(whole, draw, level),
        expected_change(checked, draw, level), level,
    )  # fmt: skip


def _path_sums(
    u: BaselinePaths, pair: PairedPaths, horizons: Sequence[int]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Counts without the change, direct effect and whole change by path, each of shape (path, horizon, c)."""
    a, b, d = (sum_within_days(x, list(horizons)) for x in (pair.plain.y, pair.changed.y, pair.direct))
    if u.each is not None:
        each = u.each[pair.plain.draw]
        a, b, d = (np.concatenate([x, np.einsum("phc,pc->ph", x, each)[:, :, None]], axis=2) for x in (a, b, d))
    # Sums of deaths in another order differ in their last digits only.
    return a, d, np.round(b - a, 9)


def expected_change(x: FloatArray, draw: NDArray[np.int64], level: float) -> CountChange:
    """Summarise changes by path, shape (path, horizon, c), as the posterior of the expected change.

    With m_d the mean over the n paths of draw d, v the variance within draws and D draws, the means are drawn together about
    their average until their variance is var(m) - v / n + v / (n D), the last term being that of the average itself.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> draw = np.repeat(np.arange(200), 5)
        >>> x = (rng.normal(-1, 1, 200)[draw] + rng.normal(0, 10, 1000))[:, None, None]    # five noisy paths a draw
        >>> e = expected_change(x, draw, 0.9)
        >>> bool(e.high[0, 0] - e.low[0, 0] < 5), bool(e.single_high[0, 0] > 10)    # 2 x 1.64 x 1 is expected
        (True, True)
    """
    n = np.bincount(draw)
    used = n > 0

    def by_draw(values: FloatArray) -> FloatArray:
        out = np.zeros((len(n), *values.shape[1:]))
        np.add.at(out, draw, values)
        return out[used] / n[used, None, None]

    means = by_draw(x)
    average, between = means.mean(axis=0), means.var(axis=0)
    # Without a second path a draw says nothing of its chance variation: the means then stay as they are.
    repeated = n[used] > 1
    correction = np.where(repeated, n[used] / np.maximum(n[used] - 1, 1), 0.0)
    within = (by_draw(x**2) - means**2) * correction[:, None, None]
    chance = (within / n[used, None, None]).mean(axis=0)
    target = np.maximum(between - chance, 0) + chance / len(means)
    scale = np.sqrt(np.divide(target, between, out=np.zeros_like(between), where=between > 0))
    expected = np.round(average + (means - average) * np.minimum(scale, 1), 9)
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(expected, tails, axis=0)
    single_low, single_high = np.quantile(x, tails, axis=0)
    # A draw without a difference has no sign: it counts half.
    fewer = (expected < 0).mean(axis=0) + 0.5 * (expected == 0).mean(axis=0)
    error = np.sqrt((chance if repeated.any() else between) / len(means))
    return CountChange(average, low, high, fewer, error, single_low, single_high)
