"""A case's forecast for pages: summaries of the simulated paths, without the paths."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from detente.brief.forecast_section import ForecastFailure
from detente.charts.fan_chart import ForecastFan, compute_forecast_fans, draw_forecast_fans
from detente.charts.picture import Picture
from detente.core.arrays import FloatArray
from detente.forecast.attribution import Driver, find_drivers, group_drivers
from detente.forecast.basis_text import describe_rules, describe_start
from detente.forecast.case import CLOSURE, DEATH_SERIES, FORCE, CaseForecast
from detente.forecast.kinds import CountedKind, list_counted_kinds, list_yes_no_questions
from detente.forecast.members import BACKGROUND, RECENT, SYSTEM
from detente.forecast.score_text import past_performance
from detente.forecast.scorecard import ForecastRecord as ForecastRecord
from detente.forecast.scorecard_store import load_scorecard
from detente.forecast.stacking import MemberWeights
from detente.forecast.text import (
    OUTLOOK_DAYS,
    ForecastStatement,
    describe_drivers,
    describe_forecast,
    describe_statements,
    outlook_sentences,
    probability_quantity,
)
from detente.measures.quantity import Quantity
from detente.model.interventions import HORIZONS
from detente.model.quantile_bands import LEVELS
from detente.text.sentence import Sentence

BASELINE_GRID = tuple(sorted({*range(max(HORIZONS) // 48, max(HORIZONS), max(HORIZONS) // 48), *HORIZONS}))
DEATHS = "deaths"


@dataclass(frozen=True, slots=True)
class EventProbability:
    """Probability of at least one event of some kind within a horizon.

    Fields:
        key, what: the kind's name, and in words. days: the horizon. number: the probability, traced.
        answers, background, recent: the probability by each model alone: with responses, without, and the recent rate. The
            forecast is their mean, weighted by past scores.
    """

    key: str
    what: str
    days: int
    number: Quantity
    answers: float
    background: float
    recent: float


@dataclass(frozen=True, slots=True)
class BaselineSeries:
    """The forecast's cumulative counts by day: the baseline of the simulator.

    Fields:
        channels: the forecast's, with `deaths`, reported deaths in acts of force by the highest figures, last. days: grid, 1 to 365, with
            all horizons of the simulator. levels: of the quantiles, length q. quantiles: shape (q, day, channel). mean: (day, channel).
    """

    channels: tuple[str, ...]
    days: tuple[int, ...]
    levels: tuple[float, ...]
    quantiles: FloatArray
    mean: FloatArray

    def median(self, channel: str, days: int) -> float:
        """Median of the events of a channel within some days of the grid."""
        return float(self.quantiles[self.levels.index(0.5), self.days.index(days), self.channels.index(channel)])


@dataclass(frozen=True, slots=True)
class CountForecast:
    """Number of events or deaths within a horizon: median of the paths, and 50 and 90 % intervals."""

    what: str
    days: int
    median: float
    low50: float
    high50: float
    low90: float
    high90: float


@dataclass(frozen=True, slots=True)
class SeveritySummary:
    """Fitted distribution of deaths per event of a channel, from the highest figures.

    Fields:
        told, none, untold: events with a figure, of these with zero deaths, and events without a figure. cut_at: upper limit of
            a draw. seen, expected: the largest figure, and the median largest of as many draws. fit_p: p-value of the fit, None
            if there are too few events.
    """

    channel: str
    told: int
    none: int
    untold: int
    cut_at: float
    seen: float | None
    expected: float | None
    fit_p: float | None


@dataclass(frozen=True, slots=True)
class ForecastSummary:
    """Summary of a forecast.

    Fields:
        as_of: the last day known; the forecast starts the day after. paths, seed, coverage: of the simulation. horizons: days ahead.
        sentences: the text, in order. basis: those on the first day, on what is unknown before it, and on what is counted. statements: each kind and horizon as a reader's sentence and an evidence line. outlook: three plain
            sentences on the next 90 days. counted: kinds of force with what the record collects of each.
        chances, amounts: by kind and horizon. drivers: by horizon, recent events with the largest effect; driver_text: by horizon, the
            effect of each kind. marks: deaths per event. too_few, silent: channels dominated by the prior, and channels without events.
        weights: of the three models. unwatched, unknown_since: days without coverage just before the forecast, and the first of these.
        fans: the chart. panels: its numbers. open_crossings: number not known to be closed. channels, by_day: probability of at least one event of each
            channel by each day ahead, shape (day, channel). baseline: of the simulator; None if the horizons are not the usual ones.
    """

    as_of: date
    paths: int
    seed: int
    coverage: float
    horizons: tuple[int, ...]
    sentences: tuple[Sentence, ...]
    basis: tuple[Sentence, ...]
    statements: tuple[ForecastStatement, ...]
    outlook: tuple[Sentence, ...]
    counted: tuple[CountedKind, ...]
    chances: tuple[EventProbability, ...]
    amounts: tuple[CountForecast, ...]
    drivers: dict[int, tuple[Driver, ...]]
    driver_text: dict[int, tuple[Sentence, ...]]
    marks: tuple[SeveritySummary, ...]
    too_few: tuple[str, ...]
    silent: tuple[str, ...]
    weights: MemberWeights
    unwatched: int
    unknown_since: date | None
    fans: Picture
    panels: tuple[ForecastFan, ...]
    open_crossings: int
    channels: tuple[str, ...]
    by_day: FloatArray
    baseline: BaselineSeries | None


def summarize_forecast(f: CaseForecast | ForecastFailure, seed: int) -> ForecastSummary | str:
    """Summarise the brief's own forecast, so that brief and page show equal numbers; return the reason if there is none."""
    if not isinstance(f, CaseForecast):
        return str(f)
    past = past_performance(load_scorecard(f.g), OUTLOOK_DAYS)
    return ForecastSummary(
        f.as_of, len(f.paths.y), seed, f.coverage, f.horizons, describe_forecast(f, seed), (*describe_start(f), *describe_rules(f)), describe_statements(f, seed),
        outlook_sentences(f, seed, past), list_counted_kinds(f), _event_probabilities(f, seed), _count_forecasts(f),
        {d: find_drivers(f, d) for d in f.horizons}, {d: describe_drivers(f, group_drivers(f, d), d) for d in f.horizons},
        tuple(
            SeveritySummary(c, m.told, m.none, m.untold, m.most, _finite_or_none(m.seen), _finite_or_none(m.expected), _finite_or_none(m.fit_p))
            for c, m in f.marks.items()
        ),
        f.system.too_few, f.silent, f.weights, f.unwatched, f.unknown_since, draw_forecast_fans(f), compute_forecast_fans(f), f.open_crossings, f.channels,
        np.maximum.accumulate(f.paths.y[:, : max(f.horizons)] > 0, axis=1).mean(axis=0), _build_baseline(f),
    )  # fmt: skip


def _event_probabilities(f: CaseForecast, seed: int) -> tuple[EventProbability, ...]:
    out = []
    for key, channels, what in list_yes_no_questions(f):
        if not any(c in f.channels for c in channels):
            continue
        for days in f.horizons:
            by = f.member_probabilities(channels, days)
            m = probability_quantity(f, seed, key, channels, days)
            out.append(EventProbability(key, what, days, m, by[SYSTEM], by[BACKGROUND], by[RECENT]))
    return tuple(out)


def _count_forecasts(f: CaseForecast) -> tuple[CountForecast, ...]:
    out = []
    channels = [c for c in (*FORCE, CLOSURE) if c in f.channels]
    for days in f.horizons:
        totals = [(c, f.totals(c, days)) for c in channels]
        for what, x in (*totals, *zip(DEATH_SERIES, f.deaths(days), strict=True)):
            q = np.quantile(x, [0.5, 0.25, 0.75, 0.05, 0.95], method="inverted_cdf")
            out.append(CountForecast(what, days, *(float(v) for v in q)))
    return tuple(out)


def _build_baseline(f: CaseForecast) -> BaselineSeries | None:
    if f.paths.y.shape[1] < max(BASELINE_GRID):
        return None
    ends, quantiles, means = np.array(BASELINE_GRID), [], []
    for k in range(len(f.channels) + 1):
        x = (
            np.cumsum(f.paths.y[:, :, k], axis=1, dtype=np.int32)[:, ends - 1]
            if k < len(f.channels)
            else f.deaths_high[:, ends]
        )
        quantiles.append(np.quantile(x, LEVELS, axis=0, method="inverted_cdf"))
        means.append(x.mean(axis=0))
    channels = (*f.channels, DEATHS)
    return BaselineSeries(channels, BASELINE_GRID, LEVELS, np.stack(quantiles, axis=-1), np.stack(means, axis=-1))


def _finite_or_none(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None
