"""A case's forecast as pages tell it: what some thousands of futures come to, without the futures."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from detente.brief.forecast_section import ForecastFailure
from detente.charts import fan_chart
from detente.charts.style import Picture
from detente.forecast.attribution import Driver, find_drivers
from detente.forecast.case import CLOSURE, FORCE, CaseForecast
from detente.forecast.text import describe_forecast
from detente.measures.quantity import Quantity
from detente.text.sentence import Sentence


@dataclass(frozen=True, slots=True)
class EventProbability:
    """One thing that may come within so many days.

    Fields:
        key, what: its name, and in words. days: within which. number: the probability, traced. answers,
            background: the same from either half of the futures: those in which channels answer one another, and those
            of the background alone. The forecast is their mean.
    """

    key: str
    what: str
    days: int
    number: Quantity
    answers: float
    background: float


@dataclass(frozen=True, slots=True)
class CountForecast:
    """How many of something within so many days: the middle of the futures, and intervals at 50 and 90 %."""

    what: str
    days: int
    median: float
    low50: float
    high50: float
    low90: float
    high90: float


@dataclass(frozen=True, slots=True)
class SeveritySummary:
    """What was learned of deaths per event of a channel, from the highest figures.

    Fields:
        told, none, untold: events with a figure, of these with nobody dead, and without one. seen, expected: the largest
            figure, and the median largest of as many draws. fit_p: None where too few are known to ask.
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
    """A forecast.

    Fields:
        as_of: the last day known. paths, seed, density: of the simulation. horizons: days ahead. sentences: all that is
            said, in order. chances, amounts: by what and horizon. drivers: by horizon, recent events that move it most.
        marks: deaths per event. too_few, silent: channels that rest on the prior, and those without any event.
        unwatched: days just before it that nobody watched. fans: the picture.
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


def summarize_forecast(f: CaseForecast | ForecastFailure, seed: int) -> ForecastSummary | str:
    """The forecast of the brief, of the very draws, so that brief and page say the same numbers; or why there is none."""
    if not isinstance(f, CaseForecast):
        return str(f)
    said = describe_forecast(f, seed)
    return ForecastSummary(
        f.as_of, len(f.paths.y), seed, f.coverage, f.horizons, said, _event_probabilities(f, said), _count_forecasts(f),
        {d: find_drivers(f, d) for d in f.horizons},
        tuple(
            SeveritySummary(c, m.told, m.none, m.untold, m.most, _finite_or_none(m.seen), _finite_or_none(m.expected), _finite_or_none(m.fit_p))
            for c, m in f.marks.items()
        ),
        f.system.too_few, f.silent, f.unwatched, fan_chart.draw_forecast_fans(f),
    )  # fmt: skip


def _event_probabilities(f: CaseForecast, said: tuple[Sentence, ...]) -> tuple[EventProbability, ...]:
    y, first = f.paths.y, len(f.paths.y) - len(f.paths.y) // 2
    out = []
    for s in said:
        for m in s.measured:
            if m.recipe["kind"] != "forecast" or not m.key.startswith("any_"):
                continue
            days, columns = m.recipe["days"], [f.channels.index(c) for c in m.recipe["channels"] if c in f.channels]
            came = (y[:, :days, columns].sum(axis=(1, 2)) > 0).astype(float)
            what, key = str(s.pieces[0]).removesuffix(" is "), m.key.removeprefix("any_").rpartition("_")[0]
            out.append(EventProbability(key, what, days, m, float(came[:first].mean()), float(came[first:].mean())))
    return tuple(out)


def _count_forecasts(f: CaseForecast) -> tuple[CountForecast, ...]:
    out = []
    told = [c for c in (*FORCE, CLOSURE) if c in f.channels]
    for days in f.horizons:
        totals = [(c, f.totals(c, days)) for c in told]
        low, high = f.deaths(days)
        for what, x in (*totals, ("deaths told, lowest figures", low), ("deaths told, highest figures", high)):
            q = np.quantile(x, [0.5, 0.25, 0.75, 0.05, 0.95], method="inverted_cdf")
            out.append(CountForecast(what, days, *(float(v) for v in q)))
    return tuple(out)


def _finite_or_none(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None
