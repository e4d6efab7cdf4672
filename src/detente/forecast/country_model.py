"""Monthly deaths by country: a mixture of recent months, long memory and analogues.

Each country-month ahead is a mixture of members; a member is a set of draws:

    as they were    the last 12 months (conflictology)
    smoothed        the last 3, 6 and 12 months, each spread log-normally, since 12 draws leave gaps
    fading          all past months, weighted by half-lives of 2 and of 8 years: decay to the long-run level
    alike           what followed the 150 most similar country-months of all countries, scaled to the
                    country's level: breaks, outbreaks after quiet, and heavy tails

A country's class at the origin is the mean of its last 12 months, or five years without a death. Each class has the
weights that would have scored best (`mixture_weights.py`) on past origins half a year apart; only outcomes known at the
origin are used. Few countries have exceeded 500 deaths a month, so there only the country's own recent months are drawn.

These did not help on the windows 2010–2017 and were left out: neighbours' deaths among the features, analogues without
scaling, other numbers of analogues, other weights of ignorance (`docs/replications/forecast_countries.md`). Draws of
different months are independent: sums over months need more.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.core.arrays import FloatArray
from detente.core.scipy_functions import ndtri
from detente.forecast.errors import HistoryTooShort
from detente.forecast.mixture_weights import fill_distances, fit_mixture_weights, share_in_bin
from detente.forecast.training_data import History, systematic_resample

Periods = NDArray[np.int64]
MEMBERS = ("as they were", "smoothed 3", "smoothed 6", "smoothed 12", "fading 24", "fading 96", "alike")
CLASS_EDGES = (1e-9, 0.5, 2.0, 8.0, 30.0, 120.0, 500.0)
FIRST_ORIGIN, ORIGIN_STEP, LONG_QUIET, HIGHEST_CLASS = 60, 6, 60, 7
RECENT_MEMBERS = (0, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class CountryModelSettings:
    """Settings chosen on the windows 2010–2017.

    Fields:
        alike: number of analogues. grid: draws per member while fitting, and when drawing. ignorance: its share beside
            CRPS. borders, nearness: names of neighbours and the weight of their deaths among the features; off.
    """

    alike: int = 150
    grid: tuple[int, int] = (60, 200)
    ignorance: float = 0.5
    nearness: float = 0.0
    borders: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class MixtureWeights:
    """Weights by class and member, shape (class, member); `cases` fitted on, shape (class,)."""

    of: FloatArray
    cases: NDArray[np.int64]


def forecast_mixture(
    h: History, ahead: Periods, draws: int, rng: np.random.Generator, settings: CountryModelSettings | None = None
) -> FloatArray:
    """Draw from the mixture, shape (unit, ahead, draw): a `training_data.ForecastModel`.

    Raises:
        HistoryTooShort: under 8 years of months, or a unit without any known month in the last year.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> y = rng.poisson(rng.gamma(0.2, 30.0, (12, 1)), (12, 130)).astype(float)
        >>> x = forecast_mixture(History(tuple("abcdefghijkl"), y, 12), np.array([1, 6]), 200, rng)
        >>> x.shape, bool((x >= 0).all())
        ((12, 2, 200), True)
    """
    s = settings or CountryModelSettings()
    features = _compute_features(h, s)
    w = fit_class_weights(h, ahead, s, features)
    origin = h.y.shape[1] - 1
    members = _draw_members(h, origin, ahead, s, features, s.grid[1])
    classes = _classify_units(features, origin)
    out = np.empty((len(h.units), len(ahead), draws))
    for i in range(len(h.units)):
        each = np.repeat(w.of[classes[i]] / s.grid[1], s.grid[1])
        for j in range(len(ahead)):
            out[i, j] = systematic_resample(members[i, j].ravel(), draws, rng, each)
    return out


def fit_class_weights(
    h: History, ahead: Periods, settings: CountryModelSettings | None = None, marks: "_UnitFeatures | None" = None
) -> MixtureWeights:
    """Fit the weights of each class on the history alone."""
    s = settings or CountryModelSettings()
    periods, furthest = h.y.shape[1], int(ahead.max())
    if periods < FIRST_ORIGIN + furthest + 24:
        raise HistoryTooShort("the mixture", periods, FIRST_ORIGIN + furthest + 24, "months")
    marks = marks or _compute_features(h, s)
    parts = []
    for t in range(periods - 1 - int(ahead.min()), FIRST_ORIGIN - 1, -ORIGIN_STEP):
        known = ahead[t + ahead < periods]
        y = h.y[:, t + known]
        x = _draw_members(h, t, known, s, marks, s.grid[0])
        usable = np.isfinite(y) & np.isfinite(marks.year[:, t])[:, None]
        which = np.broadcast_to(_classify_units(marks, t)[:, None], y.shape)
        level = np.broadcast_to(marks.year[:, t][:, None], y.shape)
        x, y = x[usable], y[usable]
        a, b = np.empty(x.shape[:2]), np.empty((*x.shape[:2], x.shape[1]))
        fill_distances(x, y, a, b)
        parts.append((a, b, share_in_bin(x, y), which[usable], level[usable]))
    a, b, p, which, level = (np.concatenate(c) for c in zip(*parts, strict=True))
    classes = len(CLASS_EDGES) + 2
    weights, cases = np.full((classes, len(MEMBERS)), 1 / len(MEMBERS)), np.bincount(which, minlength=classes)
    for k in range(classes):
        allowed = np.array(RECENT_MEMBERS if k == HIGHEST_CLASS else range(len(MEMBERS)))
        rows = np.flatnonzero(which == k)
        weights[k] = 0
        # With few cases the members keep equal weights.
        weights[k, allowed] = (
            fit_mixture_weights(a[np.ix_(rows, allowed)], b[np.ix_(rows, allowed, allowed)], p[np.ix_(rows, allowed)],
                  1 / (level[rows] + 1), ignorance=s.ignorance)
            if len(rows) >= 50 else 1 / len(allowed)
        )  # fmt: skip
    return MixtureWeights(weights, cases)


@dataclass(frozen=True, slots=True)
class _UnitFeatures:
    year: FloatArray
    level: FloatArray
    quiet: FloatArray
    of: FloatArray


def _compute_features(h: History, s: CountryModelSettings) -> _UnitFeatures:
    y = h.y
    units, periods = y.shape
    year, quarter, three = _rolling_mean(y, 12), _rolling_mean(y, 3), _rolling_mean(y, 36)
    quiet = np.zeros((units, periods))
    for t in range(periods):
        before = quiet[:, t - 1] if t else np.zeros(units)
        quiet[:, t] = np.where(y[:, t] > 0, 0, before + 1)
    padded = np.pad(np.nan_to_num(y), ((0, 0), (23, 0)))
    peak = np.lib.stride_tricks.sliding_window_view(padded, 24, axis=1).max(axis=2)
    marks = [np.log1p(quarter), np.log1p(year), 0.7 * np.log1p(three), 0.3 * np.log1p(np.minimum(quiet, 120)),
             0.3 * np.log1p(peak)]  # fmt: skip
    if s.nearness:
        index = {u: i for i, u in enumerate(h.units)}
        neighbours = np.zeros((units, units))
        for unit, *others in s.borders:
            for o in others:
                if unit in index and o in index:
                    neighbours[index[unit], index[o]] = 1
        neighbours /= np.maximum(neighbours.sum(axis=1, keepdims=True), 1)
        marks.append(s.nearness * np.log1p(neighbours @ np.nan_to_num(year)))
    return _UnitFeatures(year, 0.5 * quarter + 0.5 * year, quiet, np.stack(marks, axis=-1))


def _rolling_mean(y: FloatArray, months: int) -> FloatArray:
    """Mean of the known values of the last `months` months, NaN if none is known."""
    known = np.isfinite(y)
    total = np.cumsum(np.where(known, y, 0), axis=1)
    n = np.cumsum(known, axis=1).astype(float)
    total[:, months:] -= total[:, :-months].copy()
    n[:, months:] -= n[:, :-months].copy()
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def _classify_units(m: _UnitFeatures, t: int) -> NDArray[np.int64]:
    year = np.nan_to_num(m.year[:, t])
    return np.where((year == 0) & (m.quiet[:, t] >= LONG_QUIET), len(CLASS_EDGES) + 1, np.digitize(year, CLASS_EDGES))


def _draw_members(
    h: History, t: int, ahead: Periods, s: CountryModelSettings, m: _UnitFeatures, grid: int
) -> FloatArray:
    """Sorted draws of each member at period t: shape (unit, ahead, member, grid)."""
    units = len(h.units)
    out = np.empty((units, len(ahead), len(MEMBERS), grid))
    quantiles = (np.arange(grid) + 0.5) / grid
    spread = ndtri((np.arange(20) + 0.5) / 20)
    age = np.arange(t + 1)[::-1]
    for i in range(units):
        row = h.y[i, : t + 1]
        known = np.isfinite(row)
        year = row[max(t - 11, 0) :][known[max(t - 11, 0) :]]
        if not len(year):
            if t == h.y.shape[1] - 1:
                raise HistoryTooShort(f"{h.units[i]}, in its last year", 0, 1, "months")
            out[i] = np.nan
            continue
        out[i, :, 0] = _pick_quantiles(np.sort(year), quantiles)
        for k, (months, sd) in enumerate(((3, 0.7), (6, 0.6), (12, 0.5)), start=1):
            recent = row[max(t + 1 - months, 0) :]
            recent = recent[np.isfinite(recent)]
            recent = recent if len(recent) else year
            out[i, :, k] = _pick_quantiles(np.sort(np.round(recent[:, None] * np.exp(sd * spread)).ravel()), quantiles)
        for k, half in enumerate((24, 96), start=4):
            order = np.argsort(row[known], kind="stable")
            w = np.cumsum(0.5 ** (age[known][order] / half))
            picks = np.minimum(np.searchsorted(w, quantiles * w[-1]), len(w) - 1)
            out[i, :, k] = row[known][order][picks]
    out[:, :, 6] = _draw_analogues(h, t, ahead, s, m, quantiles)
    return out


def _pick_quantiles(values: FloatArray, quantiles: FloatArray) -> FloatArray:
    out: FloatArray = values[np.minimum((quantiles * len(values)).astype(int), len(values) - 1)]
    return out


def _draw_analogues(
    h: History, t: int, ahead: Periods, s: CountryModelSettings, m: _UnitFeatures, quantiles: FloatArray
) -> FloatArray:
    """Scaled outcomes after the most similar country-months; only outcomes known at t are used."""
    units = len(h.units)
    past = np.arange(36, t + 1 - int(ahead.max()))
    marks, level = m.of[:, past].reshape(-1, m.of.shape[-1]), m.level[:, past].ravel()
    unit, period = np.repeat(np.arange(units), len(past)), np.tile(past, units)
    usable = np.flatnonzero(np.isfinite(marks).all(axis=1) & np.isfinite(level))
    if len(usable) < s.alike:
        raise HistoryTooShort("moments that were alike", len(usable), s.alike, "country-months")
    out = np.full((units, len(ahead), len(quantiles)), np.nan)
    for i in range(units):
        features = m.of[i, t]
        if not np.isfinite(features).all():
            continue
        distance = ((marks[usable] - features) ** 2).sum(axis=1)
        # Quiet months have equal features. 1e-9 a month breaks ties in favour of the latest.
        analogues = usable[np.argpartition(distance + 1e-9 * (t - period[usable]), s.alike - 1)[: s.alike]]
        ratio = (m.level[i, t] + 0.3) / (level[analogues] + 0.3)
        for j, step in enumerate(ahead):
            outcomes = np.round(h.y[unit[analogues], period[analogues] + step] * ratio)
            outcomes = np.sort(outcomes[np.isfinite(outcomes)])
            out[i, j] = _pick_quantiles(outcomes, quantiles) if len(outcomes) else 0.0
    return out
