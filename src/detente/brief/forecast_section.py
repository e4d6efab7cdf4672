"""The forecast section of a brief: forecast table, its basis, and the scores of past forecasts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from detente.brief.document import ForecastSection
from detente.cases.load import load_case_data
from detente.claims.context import ClaimContext
from detente.core.date_range import format_date
from detente.core.rng import make_rng
from detente.forecast.backtest import BACKGROUND, OURS, SYSTEM
from detente.forecast.case import DEATH_SERIES, MIN_OBSERVED_DAYS, CaseForecast, forecast_case
from detente.forecast.errors import HistoryTooShort
from detente.forecast.scorecard_store import StoredScoreCard, load_scorecard
from detente.forecast.text import ForecastRow, build_forecast_table, describe_basis, describe_skipped_questions
from detente.measures.quantity import Quantity
from detente.model.errors import BadCounts, DidNotConverge
from detente.text.sentence import ConventionPiece, NumberPiece, Sentence, SentencePiece, make_sentence

FORECAST_DAYS = (30, 90, 180)
FORECAST_PATHS = 10_000
"""Simulated futures: the sampling error of a probability is half a percentage point."""
# Model names in words, because sentences contain no untraced digit.
MODEL_LABELS = {
    OURS: "this forecast",
    SYSTEM: "the fitted system with all its answers",
    BACKGROUND: "its background without answers",
    "zero": "saying that nothing comes",
    "last value": "repeating the last stretch",
    "climatology": "the same season of earlier years",
    "conflictology 6": "a draw from the six months before",
    "conflictology 12": "a draw from the twelve months before",
    "bootstrap": "a draw from all that went before",
    "exponential": "a rate that forgets",
    "nb regression": "a regression on the past",
}
ForecastFailure = HistoryTooShort | BadCounts | DidNotConverge


def case_forecast(
    view: ClaimContext, days: tuple[int, ...] = FORECAST_DAYS, seed: int | None = None, paths: int = FORECAST_PATHS,
    coverage: float = 1.0,
) -> CaseForecast | ForecastFailure:  # fmt: skip
    """Forecast a case from the day of its brief, or from the case's last day if that is earlier; return a failure as a value."""
    g = view.g if view.g.as_of <= view.g.case.last else load_case_data(view.g.case, view.g.case.last, view.g.store)
    try:
        return forecast_case(g, days, make_rng(view.seed if seed is None else seed), paths=paths, coverage=coverage)
    except (HistoryTooShort, BadCounts, DidNotConverge) as error:
        return error


def build_forecast_section(view: ClaimContext, f: CaseForecast | ForecastFailure) -> ForecastSection:
    """Build the section from the result of `case_forecast`."""
    if isinstance(f, HistoryTooShort):
        minimum = ConventionPiece(f"{MIN_OBSERVED_DAYS} days", "a year, so that each season was seen once")
        note = make_sentence("Nothing is forecast: it takes events, and ", minimum, " or more that were collected systematically.")  # fmt: skip
        return ForecastSection("", (), (), (note,), (), None)
    if not isinstance(f, CaseForecast):
        note = make_sentence("Nothing is forecast: no system could be fitted to so thin a record.")
        return ForecastSection("", (), (), (note,), (), None)
    from detente.charts import fan_chart  # imports the chart library

    table = tuple(x for x in build_forecast_table(f, view.seed) if x.cells)
    notes = (_build_opening(f), *describe_basis(f), *describe_skipped_questions(f))
    scores, fans = _build_score_sentences(f, view), fan_chart.draw_forecast_fans(f)
    return ForecastSection(format_date(f.as_of), FORECAST_DAYS, table, notes, scores, fans, _describe_plainly(f, table))


def _describe_plainly(f: CaseForecast, table: Sequence[ForecastRow]) -> tuple[Sentence, ...]:
    """Tell the probabilities within the second horizon, one sentence each."""
    i = min(1, len(f.horizons) - 1)
    span = ConventionPiece(f"{f.horizons[i]}\u00a0days", "the second of the horizons shown")
    day = ConventionPiece(format_date(f.as_of), "the day from which the forecast starts")
    rows = [r for r in table if r.what.startswith("At least one")][:3]
    return tuple(make_sentence(f"{r.what} within ", span, " of ", day, " is ", r.cells[i], ".") for r in rows)


def _build_opening(f: CaseForecast) -> Sentence:
    paths = f"{len(f.paths.y):,} simulated futures"
    return make_sentence(
        "If the conflict goes on as it was fitted, with nothing new from outside, ",
        ConventionPiece(paths, "enough that chance moves a probability by half a point"),
        " show what stands below. Half of them come from the whole system and half from its background alone.",
    )


def _build_score_sentences(f: CaseForecast, view: ClaimContext) -> tuple[Sentence, ...]:
    card = load_scorecard(view.g)
    if card is None:
        command = f"detente forecast score {view.g.case.id} --as-of {view.g.as_of} --keep"
        return (
            make_sentence(
                "How good such forecasts are is not known: no score card has been made of this release as it was known by this day. ",
                ConventionPiece(command, "the command that makes it"),
                " makes one, in some minutes.",
            ),
        )
    days = [d for d in f.horizons if any(r["days"] == d for r in card.card["models"])]
    out = [
        _describe_backtest(card),
        _describe_count_leads(card, days),
        *_describe_brier_ranking(card, days),
        *_describe_even_coverage(card, days),
        *_describe_death_leads(card, days),
        *_describe_interval_coverage(card, days),
    ]
    if f.unwatched:
        out.append(
            make_sentence(
                "All these were made on watched days. The days just before this one were not, so this forecast must be "
                "expected to do worse than its score."
            )
        )
    return tuple(s for s in out if s.pieces)


def _describe_backtest(card: StoredScoreCard) -> Sentence:
    first, last = (format_date(date.fromisoformat(card.card[k])) for k in ("first_origin", "last_origin"))
    origins = _build_score_quantity(card, ["origins"], "days", "days on which forecasts were made")
    return make_sentence(
        "Forecasts of this kind were made for ",
        NumberPiece(origins, f"{card.card['origins']} days"),
        " from ",
        ConventionPiece(first, "the first month end with a watched year behind it"),
        " to ",
        ConventionPiece(last, "the last month end with watched days after it"),
        ", month by month, each with only what was known then, and judged by what came.",
    )


def _describe_count_leads(card: StoredScoreCard, days: Sequence[int]) -> Sentence:
    key, by_days = "lead_over_conflictology_12_log_crps", card.card["lead_over_conflictology_12_log_crps"]
    leads = [([key, str(d)], by_days[str(d)], d) for d in days if str(d) in by_days]
    return _describe_leads(card, "On how many events came, they were ", leads)


def _describe_death_leads(card: StoredScoreCard, days: Sequence[int]) -> list[Sentence]:
    key = "deaths_lead_over_conflictology_12_log_crps"
    leads = [
        ([key, i], lead, lead["days"])
        for i, lead in enumerate(card.card[key])
        if lead["days"] in days and lead["series"] == DEATH_SERIES[1]
    ]
    return [_describe_leads(card, "On deaths told of, by the highest figures, they were ", leads)]


def _describe_leads(
    card: StoredScoreCard, opening: str, leads: Sequence[tuple[list[Any], dict[str, Any], int]]
) -> Sentence:
    if not leads:
        return Sentence(())
    pieces: list[SentencePiece] = [opening]
    for i, (path, lead, d) in enumerate(leads):
        how = "better than" if lead["low"] > 0 else "worse than" if lead["high"] < 0 else "not to be told from"
        m = _build_score_quantity(card, path, "log CRPS", "mean CRPS of logarithms of a draw from the twelve months before, less that of the forecast; above nought the forecast leads",
                lead["mean"], lead["low"], lead["high"], lead["level"])  # fmt: skip
        text = f"{lead['mean']:+.3f} (90\u00a0% interval {lead['low']:+.3f} to {lead['high']:+.3f})".replace("-", "−")
        pieces += ["; " if i else "", f"{how} ", MODEL_LABELS["conflictology 12"] if not i else "it", " within ", _build_horizon_piece(d),
                   ", with a lead of " if not i else ", ", NumberPiece(m, text)]  # fmt: skip
    return make_sentence(*pieces, ".")


def _describe_brier_ranking(card: StoredScoreCard, days: Sequence[int]) -> list[Sentence]:
    """Name the models with the lowest Brier score for at least one event."""
    pieces: list[SentencePiece] = []
    for i, d in enumerate(days):
        rows = [(k, r) for k, r in enumerate(card.card["models"]) if r["days"] == d]
        at, best = min(rows, key=lambda x: x[1]["Brier"])
        ours_at, ours = next((k, r) for k, r in rows if r["model"] == OURS)
        pieces += ["; " if i else "", f"{MODEL_LABELS[best['model']]} within ", _build_horizon_piece(d)]
        pieces += [" (", _build_score_piece(card, at, "Brier", best), ")"]
        if ours is not best:
            pieces += [", where this forecast had ", _build_score_piece(card, ours_at, "Brier", ours)]
    opening = "The lowest Brier score of all on whether anything came had "
    return [make_sentence(opening, *pieces, ".")] if pieces else []


def _describe_even_coverage(card: StoredScoreCard, days: Sequence[int]) -> list[Sentence]:
    """Name the models with a lower CRPS where reporting coverage stayed as on the day of the forecast."""
    key = "CRPS where evenly collected"
    better_by_days = []
    for d in days:
        rows = [r for r in card.card["models"] if r["days"] == d and r[key] is not None]
        ours = next((r for r in rows if r["model"] == OURS), None)
        if ours:
            better = sorted((r for r in rows if r[key] < ours[key]), key=lambda r: r[key])
            better_by_days.append((d, [MODEL_LABELS[r["model"]] for r in better]))
    if not better_by_days:
        return []
    pieces: list[SentencePiece] = [
        "Where collection was even, so that only the conflict changed, nearer than this forecast to the numbers that came were, "
    ]
    for i, (d, better) in enumerate(better_by_days):
        names = ", ".join(better) or "none of the others"
        pieces += ["; " if i else "", "within ", _build_horizon_piece(d), f", {names}"]
    return [make_sentence(*pieces, ".")]


def _describe_interval_coverage(card: StoredScoreCard, days: Sequence[int]) -> list[Sentence]:
    pieces: list[SentencePiece] = []
    for i, d in enumerate(days):
        k, r = next((k, r) for k, r in enumerate(card.card["models"]) if r["days"] == d and r["model"] == OURS)
        share = r["coverage"]["0.9"]
        how = "share of rounds whose 90 % interval held the number that came"
        m = _build_score_quantity(card, ["models", k, "coverage", "0.9"], "share", how, share)
        pieces += ["; " if i else "", NumberPiece(m, f"{100 * share:.0f}\u00a0%"), " within ", _build_horizon_piece(d)]
    if not pieces:
        return []
    opening: list[SentencePiece] = ["Intervals of ", ConventionPiece("90\u00a0%", "the level of the intervals above")]
    return [make_sentence(*opening, " for numbers of events held what came in this share of rounds: ", *pieces, ".")]


def _build_score_piece(card: StoredScoreCard, at: int, score: str, row: dict[str, Any]) -> NumberPiece:
    m = _build_score_quantity(card, ["models", at, score], score, f"mean {score} score of {row['model']}", row[score])
    return NumberPiece(m, f"{row[score]:.3f}")


def _build_score_quantity(
    card: StoredScoreCard, path: list[Any], unit: str, how: str, value: float | None = None, low: float | None = None,
    high: float | None = None, level: float | None = None,
) -> Quantity:  # fmt: skip
    """Build a number of the score card; `path` is where it stands in the card."""
    known = card.card[path[0]] if value is None else value
    recipe = {"kind": "score card", "sha256": card.sha256, "as_of": str(card.as_of), "path": path}
    key = "score_" + "_".join(str(p) for p in path).replace(" ", "_")
    description = f"{how}, from the score card of release {card.release} made by version {card.detente}"
    return Quantity(key, known, unit, description, recipe, (), low, high, level)


def _build_horizon_piece(d: int) -> ConventionPiece:
    return ConventionPiece(f"{d} days", "a horizon of the forecast")
