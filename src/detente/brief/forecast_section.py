"""The forecast section of a brief: forecast table, its basis, and the scores of past forecasts."""

from detente.brief.document import ForecastSection
from detente.claims.context import ClaimContext
from detente.core.date_range import format_date
from detente.core.rng import make_rng
from detente.forecast.basis_text import describe_basis
from detente.forecast.case import MIN_OBSERVED_DAYS, CaseForecast, forecast_case
from detente.forecast.errors import DateOutsideRecord, HistoryTooShort
from detente.forecast.score_text import describe_scores, past_performance
from detente.forecast.scorecard_store import load_scorecard, load_weights
from detente.forecast.text import (
    OUTLOOK_DAYS,
    build_forecast_table,
    describe_skipped_questions,
    outlook_sentences,
)
from detente.forecast.usual_run import FORECAST_DAYS, FORECAST_PATHS
from detente.model.errors import BadCounts, DidNotConverge
from detente.model.interventions import HORIZONS
from detente.text.sentence import ConventionPiece, Sentence, make_sentence

ForecastFailure = HistoryTooShort | DateOutsideRecord | BadCounts | DidNotConverge


def case_forecast(
    view: ClaimContext, days: tuple[int, ...] = FORECAST_DAYS, seed: int | None = None, paths: int = FORECAST_PATHS,
    coverage: float = 1.0,
) -> CaseForecast | ForecastFailure:  # fmt: skip
    """Forecast a case from the day of its brief; return a failure as a value.

    The paths of the usual horizons reach as far as those of the simulator, which takes its baseline from them.
    """
    chosen, long = make_rng(view.seed if seed is None else seed), max(HORIZONS) if days == FORECAST_DAYS else 0
    try:
        return forecast_case(
            view.g, days, chosen, paths=paths, coverage=coverage, weights=load_weights(view.g), simulated_days=long
        )
    except (HistoryTooShort, DateOutsideRecord, BadCounts, DidNotConverge) as error:
        return error


def build_forecast_section(view: ClaimContext, f: CaseForecast | ForecastFailure) -> ForecastSection:
    """Build the section from the result of `case_forecast`."""
    if isinstance(f, HistoryTooShort):
        minimum = ConventionPiece(f"{MIN_OBSERVED_DAYS} days", "a year, so that each season was seen once")
        note = make_sentence("Nothing is forecast. A forecast needs events on at least ", minimum, " of systematic collection.")  # fmt: skip
        return ForecastSection("", (), (), (note,), (), None)
    if isinstance(f, DateOutsideRecord):
        note = make_sentence("Nothing is forecast, because the record ended too long before this day.")
        return ForecastSection("", (), (), (note,), (), None)
    if not isinstance(f, CaseForecast):
        note = make_sentence("Nothing is forecast, because the record is too thin to fit a model.")
        return ForecastSection("", (), (), (note,), (), None)
    from detente.charts import fan_chart  # imports the chart library

    table = tuple(x for x in build_forecast_table(f, view.seed) if x.cells)
    notes = (_build_opening(f), *describe_basis(f), *describe_skipped_questions(f))
    scores, fans = _build_score_sentences(f, view), fan_chart.draw_forecast_fans(f)
    plain = outlook_sentences(f, view.seed, past_performance(load_scorecard(view.g), OUTLOOK_DAYS))
    return ForecastSection(format_date(f.as_of), FORECAST_DAYS, table, notes, scores, fans, plain)


def _build_opening(f: CaseForecast) -> Sentence:
    paths = f"{len(f.paths.y):,} simulated futures"
    return make_sentence(
        "The table summarises ",
        ConventionPiece(paths, "enough that chance moves a probability by half a point"),
        ", if present patterns continue and nothing new intervenes.",
    )


def _build_score_sentences(f: CaseForecast, view: ClaimContext) -> tuple[Sentence, ...]:
    card = load_scorecard(view.g)
    if card is None:
        command = f"detente forecast score {view.g.case.id} --as-of {view.g.as_of} --keep"
        return (
            make_sentence("How good such forecasts are is not known: this release has no score card for this day."),
            make_sentence("Make one, in some minutes: ", ConventionPiece(command, "the command that makes it"), "."),
        )
    return describe_scores(card, f.horizons, unwatched=f.unwatched > 0)
