"""What may come: probabilities, fans, what drives them, and how forecasts of the kind have done, good or bad."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.api.case import PreparedCase
from detente.api.forecast import CountForecast, EventProbability, ForecastSummary, SeveritySummary
from detente.charts.inline.axes import format_signed_number
from detente.charts.inline.calibration_bars import draw_calibration_bars
from detente.charts.inline.probability_strip import ProbabilityDot, draw_banded_strip
from detente.core.date_range import format_date, format_date_range
from detente.core.publishers import format_publishers
from detente.forecast.attribution import Driver
from detente.forecast.backtest import OURS
from detente.forecast.scorecard_store import load_scorecard
from detente.text.probability_words import format_percent, probability_word
from detente.text.sentence import Sentence
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond

# What prints as 0.00 moves nothing.
MIN_DRIVER_EFFECT = 0.005


@dataclass(frozen=True, slots=True)
class ForecastQuestion:
    """One question with its probability within each horizon."""

    key: str
    sentence: Sentence
    chances: tuple[EventProbability, ...]


@dataclass(frozen=True, slots=True)
class DriverRow:
    """A recent event and how many acts of force it adds to the forecast: mean and 90 % interval."""

    event: str
    when: str
    where: str
    channel: str
    summary: str
    publishers: str
    more: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ScoreCardView:
    """The score card that is kept for this release: `card` as `detente forecast score` writes it, with all that was known on `as_of`."""

    as_of: date
    card: dict[str, Any]
    horizons: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ForecastPage:
    """What may come.

    Fields:
        why_not: why there is no forecast; the rest is then empty. as_of, horizons, paths, seed, density: of the forecast.
        asked: whether, by question. said: how many, how deadly, and on what it rests. amounts: the same as numbers.
        unwatched: days just before it that nobody watched. drivers: by horizon, those that move it by 0.005 acts or more.
        scored: how such forecasts have done, in words. marks: deaths per event, as learned. score: None where no score card has been made for this release;
            `score_command` makes one. command: that makes the forecast.
    """

    why_not: str
    as_of: str
    horizons: tuple[int, ...]
    paths: int
    seed: int
    coverage: float
    asked: tuple[ForecastQuestion, ...]
    said: tuple[Sentence, ...]
    amounts: tuple[CountForecast, ...]
    unwatched: int
    drivers: dict[int, tuple[DriverRow, ...]]
    marks: tuple[SeveritySummary, ...]
    scored: tuple[Sentence, ...]
    score: ScoreCardView | None
    score_command: str
    command: str


def build_forecast_page(study: PreparedCase) -> ForecastPage:
    """The page's content."""
    f, score_command = study.forecast, f"detente forecast score {study.named} --keep"
    if isinstance(f, str):
        return ForecastPage(
            f, "", (), 0, 0, 0.0, (), (), (), 0, {}, (), (), _load_scorecard_view(study), score_command, ""
        )
    asked = tuple(a for s in f.sentences if (a := _build_question(f, s)) is not None)
    told = {id(a.sentence) for a in asked}
    return ForecastPage(
        "", str(f.as_of), f.horizons, f.paths, f.seed, f.coverage, asked, tuple(s for s in f.sentences if id(s) not in told), f.amounts, f.unwatched,
        {d: tuple(_build_driver_row(study, x) for x in xs if abs(x.more) >= MIN_DRIVER_EFFECT) for d, xs in f.drivers.items()}, f.marks, study.brief.outlook.score,
        _load_scorecard_view(study), score_command,
        f"detente forecast {study.named} --as-of {f.as_of} --paths {f.paths}",
    )  # fmt: skip


def _build_question(f: ForecastSummary, s: Sentence) -> ForecastQuestion | None:
    keys = {m.key for m in s.measured}
    chances = tuple(c for c in f.chances if c.number.key in keys)
    return ForecastQuestion(chances[0].key, s, chances) if chances else None


def _build_driver_row(study: PreparedCase, d: Driver) -> DriverRow:
    e = d.event
    return DriverRow(
        e.id,
        format_date_range(e.span),
        study.brief.where(e),
        d.channel,
        e.summary,
        format_publishers(e.addresses),
        d.more,
        d.low,
        d.high,
    )


def _load_scorecard_view(study: PreparedCase) -> ScoreCardView | None:
    found = load_scorecard(study.g)
    if found is None:
        return None
    return ScoreCardView(found.as_of, found.card, tuple(sorted({m["days"] for m in found.card["models"]})))


def draw_probabilities(a: ForecastQuestion, *, words: bool) -> str:
    """The question's probabilities on the bands of their words."""
    dots = [
        ProbabilityDot(
            c.number.value or 0.0,
            True,
            c.answers,
            c.background,
            f"{c.days} days: {format_percent(c.number.value or 0.0)}",
        )
        for c in a.chances
    ]
    return draw_banded_strip(dots, a.sentence.text, words=words)


def format_horizon_end(as_of: str, days: int) -> str:
    """The last day of a horizon, in words."""
    return format_date(date.fromisoformat(as_of) + timedelta(days=days))


async def handler(request: Request) -> Response:
    """`/{case}/forecast`."""
    study = get_case(request)
    page = build_forecast_page(study)
    f = study.forecast
    pictures = {a.key: draw_probabilities(a, words=not i) for i, a in enumerate(page.asked)}
    calibration = {
        int(d): draw_calibration_bars(c["share_by_tenth"], f"Within {d} days, share of outcomes by tenth of the forecast: " + ", ".join(f"{100 * s:.0f} %" for s in c["share_by_tenth"]))
        for d, c in (page.score.card["calibration"].items() if page.score else ())
    }  # fmt: skip
    return respond(
        request, "forecast.html", page, foot=provenance_footer(study), title="Forecast", drawn=pictures, fans=None if isinstance(f, str) else f.fans,
        until=format_horizon_end, likelihood=probability_word, ours=OURS, signed=format_signed_number, calibration=calibration,
    )  # fmt: skip


async def fan_chart_handler(request: Request) -> Response:
    """`/{case}/forecast/fans.svg`: the fans drawn."""
    f = get_case(request).forecast
    return Response(
        "" if isinstance(f, str) else f.fans.svg, 404 if isinstance(f, str) else 200, media_type="image/svg+xml"
    )


ROUTES = [
    Route("/{case}/forecast/fans.svg", fan_chart_handler),
    *page_routes("/{case}/forecast", handler, page=ForecastPage),
]
