"""A case's forecast for pages: summaries of the simulated paths, without the paths."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from detente.brief.forecast_section import FORECAST_PATHS as FORECAST_PATHS
from detente.brief.forecast_section import ForecastFailure
from detente.charts.picture import Picture
from detente.core.arrays import FloatArray
from detente.forecast.attribution import Driver, find_drivers
from detente.forecast.case import CLOSURE, FORCE, CaseForecast
from detente.forecast.text import describe_forecast
from detente.measures.quantity import Quantity
from detente.text.sentence import Sentence


@dataclass(frozen=True, slots=True)
class EventProbability:
    """Probability of at least one event of some kind within a horizon.

    Fields:
        key, what: the kind's name, and in words. days: the horizon. number: the probability, traced.
        answers, background: the probability in the half of the paths simulated from the full model, and in the half from
            its background only. The forecast is their mean.
    """

    key: str
    what: str
    days: int
    number: Quantity
    answers: float
    background: float


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
        as_of: the last day known. paths, seed, coverage: of the simulation. horizons: days ahead. sentences: the text,
            in order. chances, amounts: by kind and horizon. drivers: by horizon, recent events with the largest effect.
        marks: deaths per event. too_few, silent: channels dominated by the prior, and channels without events.
        unwatched: days without coverage just before the forecast. fans: the chart. open_crossings: number not known to be
        closed. channels, by_day: probability of at least one event of each channel by each day ahead, shape (day, channel).
    """

    as_of: date
    paths: int
    seed: int
    coverage: float
    horizons: tuple[int, ...]
    sentences: tuple[Sentence, ...]
    chances: tuple[EventProbability, ...]
    amounts: tuple[CountForecast, ...]
    drivers: dict[int, tuple[Driver, ...]]
    marks: tuple[SeveritySummary, ...]
    too_few: tuple[str, ...]
    silent: tuple[str, ...]
    unwatched: int
    fans: Picture
    open_crossings: int
    channels: tuple[str, ...]
    by_day: FloatArray


def summarize_forecast(f: CaseForecast | ForecastFailure, seed: int) -> ForecastSummary | str:
    """Summarise the brief's own forecast, so that brief and page show equal numbers; return the reason if there is none."""
    if not isinstance(f, CaseForecast):
        return str(f)
    from detente.charts import fan_chart  # imports the chart library

    sentences = describe_forecast(f, seed)
    return ForecastSummary(
        f.as_of, len(f.paths.y), seed, f.coverage, f.horizons, sentences, _event_probabilities(f, sentences), _count_forecasts(f),
        {d: find_drivers(f, d) for d in f.horizons},
        tuple(
            SeveritySummary(c, m.told, m.none, m.untold, m.most, _finite_or_none(m.seen), _finite_or_none(m.expected), _finite_or_none(m.fit_p))
            for c, m in f.marks.items()
        ),
        f.system.too_few, f.silent, f.unwatched, fan_chart.draw_forecast_fans(f), f.open_crossings, f.channels,
        (np.maximum.accumulate(f.paths.y > 0, axis=1)).mean(axis=0),
    )  # fmt: skip


def _event_probabilities(f: CaseForecast, sentences: tuple[Sentence, ...]) -> tuple[EventProbability, ...]:
    y, first = f.paths.y, len(f.paths.y) - len(f.paths.y) // 2
    out = []
    for s in sentences:
        for m in s.measured:
            if m.recipe["kind"] != "forecast" or not m.key.startswith("any_"):
                continue
            days, columns = m.recipe["days"], [f.channels.index(c) for c in m.recipe["channels"] if c in f.channels]
            occurred = (y[:, :days, columns].sum(axis=(1, 2)) > 0).astype(float)
            what, key = str(s.pieces[0]).removesuffix(" is "), m.key.removeprefix("any_").rpartition("_")[0]
            out.append(
                EventProbability(key, what, days, m, float(occurred[:first].mean()), float(occurred[first:].mean()))
            )
    return tuple(out)


def _count_forecasts(f: CaseForecast) -> tuple[CountForecast, ...]:
    out = []
    channels = [c for c in (*FORCE, CLOSURE) if c in f.channels]
    for days in f.horizons:
        totals = [(c, f.totals(c, days)) for c in channels]
        low, high = f.deaths(days)
        for what, x in (*totals, ("deaths told, lowest figures", low), ("deaths told, highest figures", high)):
            q = np.quantile(x, [0.5, 0.25, 0.75, 0.05, 0.95], method="inverted_cdf")
            out.append(CountForecast(what, days, *(float(v) for v in q)))
    return tuple(out)


def _finite_or_none(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None
