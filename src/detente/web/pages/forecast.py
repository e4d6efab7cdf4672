"""The forecast page: probabilities, fan charts, drivers and past forecast performance."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.api.case import Case
from detente.api.forecast import CountForecast, EventProbability, ForecastSummary, SeveritySummary
from detente.charts.inline.axes import format_signed_number
from detente.charts.inline.calibration_bars import draw_calibration_bars
from detente.charts.inline.panels import split_panels
from detente.charts.inline.probability_strip import ProbabilityDot, draw_banded_strip
from detente.core.date_range import format_date, format_date_range
from detente.core.publishers import format_publishers
from detente.forecast.attribution import Driver
from detente.forecast.backtest import OURS
from detente.forecast.case import CLOSURE
from detente.forecast.scorecard_store import load_scorecard
from detente.measures.yardstick import Yardstick
from detente.text.probability_words import format_percent, probability_word
from detente.text.sentence import Sentence
from detente.web.rendering.link_preview import LinkPreview
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond

# Smaller effects would be printed as 0.00.
MIN_DRIVER_EFFECT = 0.005


SCALE_KINDS = ("attack", "strike")
"""Kinds of which another source's count is shown for scale; it counts operations with attacks, and clashes with strikes."""


@dataclass(frozen=True, slots=True)
class ForecastKind:
    """A kind of event that is forecast: key, name, and what the record collects of it; empty for all that is reported."""

    key: str
    name: str
    rule: str


@dataclass(frozen=True, slots=True)
class ForecastQuestion:
    """One kind of event with its probability within each horizon."""

    key: str
    sentence: Sentence
    chances: tuple[EventProbability, ...]


@dataclass(frozen=True, slots=True)
class DriverRow:
    """A recent event and its effect on the forecast number of acts of force: mean and 90 % interval."""

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
    """The stored scorecard of this release, as `detente forecast score` writes it; `as_of` is its day of knowledge."""

    as_of: date
    card: dict[str, Any]
    horizons: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ForecastPage:
    """A case's forecast.

    Fields:
        why_not: why there is no forecast; the rest is then empty. as_of, horizons, paths, seed, coverage: of the forecast.
        outlook: the next 90 days in plain sentences. counted: kinds of force, with what the record collects of each. scale:
            another source's counts of the nearest violence, empty where it has none.
        asked: probability of each kind of event. numbers: of events and deaths, in words. amounts: the same as data.
        basis: what the forecast rests on. unwatched: days without coverage just before it.
        drivers: by horizon, events with an effect of 0.005 acts or more. driver_text: by horizon, the effect of each kind in words.
        scored: past performance in words. marks: fitted deaths per event. score: None if this release has no scorecard.
        command: that computes the forecast.
    """

    why_not: str
    as_of: str
    horizons: tuple[int, ...]
    paths: int
    seed: int
    coverage: float
    outlook: tuple[Sentence, ...]
    counted: tuple[ForecastKind, ...]
    scale: tuple[Yardstick, ...]
    asked: tuple[ForecastQuestion, ...]
    numbers: tuple[Sentence, ...]
    basis: tuple[Sentence, ...]
    amounts: tuple[CountForecast, ...]
    unwatched: int
    drivers: dict[int, tuple[DriverRow, ...]]
    driver_text: dict[int, tuple[Sentence, ...]]
    marks: tuple[SeveritySummary, ...]
    scored: tuple[Sentence, ...]
    score: ScoreCardView | None
    command: str


def build_forecast_page(prepared: Case) -> ForecastPage:
    """Build the page."""
    f = prepared.forecast_summary
    if isinstance(f, str):
        card = _load_scorecard_view(prepared)
        return ForecastPage(f, "", (), 0, 0, 0.0, (), (), (), (), (), (), (), 0, {}, {}, (), (), card, "")
    asked = tuple(a for s in f.sentences if (a := _build_question(f, s)) is not None)
    in_questions = {id(a.sentence) for a in asked}
    others = [s for s in f.sentences if id(s) not in in_questions]
    numbers = tuple(s for s in others if any(m.key.startswith(("number_", "deaths_")) for m in s.measured))
    counted = tuple(ForecastKind(k.key, k.name, "" if k.rule == "any" else k.rule) for k in f.counted)
    # Where no crossing is known to be open, the text says that no closure is forecast.
    amounts = tuple(a for a in f.amounts if a.what != CLOSURE or any(q.key == CLOSURE for q in asked))
    return ForecastPage(
        "", str(f.as_of), f.horizons, f.paths, f.seed, f.coverage, f.outlook, counted, _list_yardsticks(prepared), asked, numbers,
        tuple(s for s in others if s not in numbers), amounts, f.unwatched,
        {d: tuple(_build_driver_row(prepared, x) for x in xs if abs(x.more) >= MIN_DRIVER_EFFECT) for d, xs in f.drivers.items()},
        f.driver_text, f.marks, prepared.document.outlook.score, _load_scorecard_view(prepared),
        f"detente forecast {prepared.shown_name} --as-of {f.as_of} --paths {f.paths}",
    )  # fmt: skip


def _list_yardsticks(prepared: Case) -> tuple[Yardstick, ...]:
    found = (prepared.yardstick(k) for k in SCALE_KINDS)
    return tuple(y for y in found if y is not None)


def _build_question(f: ForecastSummary, s: Sentence) -> ForecastQuestion | None:
    keys = {m.key for m in s.measured}
    chances = tuple(c for c in f.chances if c.number.key in keys)
    return ForecastQuestion(chances[0].key, s, chances) if chances else None


def _build_driver_row(prepared: Case, d: Driver) -> DriverRow:
    e = d.event
    when, where = format_date_range(e.span), e.place.format_name(prepared.case.country_names)
    return DriverRow(e.id, when, where, d.channel, e.summary, format_publishers(e.addresses), d.more, d.low, d.high)


def _load_scorecard_view(prepared: Case) -> ScoreCardView | None:
    stored = load_scorecard(prepared.g)
    if stored is None:
        return None
    return ScoreCardView(stored.as_of, stored.card, tuple(sorted({m["days"] for m in stored.card["models"]})))


def draw_probabilities(a: ForecastQuestion, *, words: bool, title: str = "") -> str:
    """Draw the probabilities on the bands of their verbal scale; `title` is drawn above, or empty."""
    dots = []
    for c in a.chances:
        p = c.number.value or 0.0
        alone = (c.answers, c.background, c.recent)
        dots.append(ProbabilityDot(p, True, min(alone), max(alone), f"{c.days} days: {format_percent(p)}"))
    return draw_banded_strip(dots, a.sentence.text, words=words, title=title)


def format_horizon_end(as_of: str, days: int) -> str:
    """Write the last day of a horizon in words."""
    return format_date(date.fromisoformat(as_of) + timedelta(days=days))


async def handler(request: Request) -> Response:
    """Return the forecast of a case, its drivers and past forecast performance."""
    prepared = get_case(request)
    page = build_forecast_page(prepared)
    f = prepared.forecast_summary
    pictures = {a.key: draw_probabilities(a, words=not i) for i, a in enumerate(page.asked)}
    calibration = {
        int(d): draw_calibration_bars(c["share_by_tenth"], f"Within {d} days, share of outcomes by tenth of the forecast: " + ", ".join(f"{100 * s:.0f} %" for s in c["share_by_tenth"]))
        for d, c in (page.score.card["calibration"].items() if page.score else ())
    }  # fmt: skip
    preview = LinkPreview(
        page.outlook[0].text if page.outlook else page.why_not, f"/{prepared.id}/preview/forecast.png"
    )
    return respond(
        request, "forecast.html", page, preview=preview, foot=provenance_footer(prepared), title="Forecast", drawn=pictures, fans=None if isinstance(f, str) else f.fans, panels=() if isinstance(f, str) else split_panels(f.fans.svg),
        until=format_horizon_end, likelihood=probability_word, ours=OURS, signed=format_signed_number, calibration=calibration,
    )  # fmt: skip


async def fan_chart_handler(request: Request) -> Response:
    """Return the fan charts of the forecast as SVG."""
    f = get_case(request).forecast_summary
    svg, status = ("", 404) if isinstance(f, str) else (f.fans.svg, 200)
    return Response(svg, status, media_type="image/svg+xml")


ROUTES = [
    Route("/{case}/forecast/fans.svg", fan_chart_handler),
    *page_routes("/{case}/forecast", handler, page=ForecastPage),
]
