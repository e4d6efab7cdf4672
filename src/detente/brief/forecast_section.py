"""What may come: the forecast as a table, and how such forecasts have done, good or bad."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from detente.brief.document import ForecastSection
from detente.cases.load import load_case_data
from detente.charts import fan_chart
from detente.claims.context import ClaimContext
from detente.core.date_range import format_date
from detente.core.rng import make_rng
from detente.forecast.backtest import BACKGROUND, OURS, SYSTEM
from detente.forecast.case import DEATH_SERIES, MIN_OBSERVED_DAYS, CaseForecast, forecast_case
from detente.forecast.errors import HistoryTooShort
from detente.forecast.scorecard_store import StoredScoreCard, load_scorecard
from detente.forecast.text import build_forecast_table, describe_basis, describe_skipped_questions
from detente.measures.quantity import Quantity
from detente.model.errors import BadCounts, DidNotConverge
from detente.text.sentence import ConventionPiece, NumberPiece, Sentence, SentencePiece, make_sentence

FORECAST_DAYS = (30, 90, 180)
# Enough that chance moves a probability by about one point; the command draws more.
PATH_COUNT = 4_000
# Names of models in words: a sentence holds no untraced digit.
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


def case_forecast(view: ClaimContext) -> CaseForecast | ForecastFailure:
    """The forecast of a case from the day of its brief, or what stands against one.

    A case ends on a day of its own; a brief of a later day is forecast from that day.
    """
    g = view.g if view.g.as_of <= view.g.case.last else load_case_data(view.g.case, view.g.case.last)
    try:
        return forecast_case(g, FORECAST_DAYS, make_rng(view.seed), paths=PATH_COUNT)
    except (HistoryTooShort, BadCounts, DidNotConverge) as why:
        return why


def build_forecast_section(view: ClaimContext, f: CaseForecast | ForecastFailure) -> ForecastSection:
    """What may come, as a brief tells it, from what `ahead` found."""
    if isinstance(f, HistoryTooShort):
        least = ConventionPiece(f"{MIN_OBSERVED_DAYS} days", "a year, so that each season was seen once")
        why = make_sentence(
            "Nothing is forecast: it takes events, and ", least, " or more that were collected systematically."
        )
        return ForecastSection("", (), (), (why,), (), None)
    if not isinstance(f, CaseForecast):
        why = make_sentence("Nothing is forecast: no system could be fitted to so thin a record.")
        return ForecastSection("", (), (), (why,), (), None)
    table = tuple(x for x in build_forecast_table(f, view.seed) if x.cells)
    return ForecastSection(
        format_date(f.as_of),
        FORECAST_DAYS,
        table,
        (*_build_opening(f), *describe_skipped_questions(f)),
        _build_score_sentences(f, view),
        fan_chart.draw_forecast_fans(f),
    )


def _build_opening(f: CaseForecast) -> list[Sentence]:
    opening = make_sentence(
        "If the conflict goes on as it was fitted, with nothing new from outside, ",
        ConventionPiece(
            f"{len(f.paths.y):,} simulated futures", "enough that chance moves a probability by about one point"
        ),
        " show what stands below. Half of them come from the whole system and half from its background alone.",
    )
    return [opening, *describe_basis(f)]


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
    return make_sentence(
        "Forecasts of this kind were made for ",
        NumberPiece(
            _build_score_quantity(card, ["origins"], "days", "days on which forecasts were made"),
            f"{card.card['origins']} days",
        ),
        " from ",
        ConventionPiece(first, "the first month end with a watched year behind it"),
        " to ",
        ConventionPiece(last, "the last month end with watched days after it"),
        ", month by month, each with only what was known then, and judged by what came.",
    )


def _describe_count_leads(card: StoredScoreCard, days: Sequence[int]) -> Sentence:
    key, by_days = "lead_over_conflictology_12_log_crps", card.card["lead_over_conflictology_12_log_crps"]
    told = [([key, str(d)], by_days[str(d)], d) for d in days if str(d) in by_days]
    return _describe_leads(card, "On how many events came, they were ", told)


def _describe_death_leads(card: StoredScoreCard, days: Sequence[int]) -> list[Sentence]:
    key = "deaths_lead_over_conflictology_12_log_crps"
    told = [
        ([key, i], lead, lead["days"])
        for i, lead in enumerate(card.card[key])
        if lead["days"] in days and lead["series"] == DEATH_SERIES[1]
    ]
    return [_describe_leads(card, "On deaths told of, by the highest figures, they were ", told)]


def _describe_leads(
    card: StoredScoreCard, opening: str, told: Sequence[tuple[list[Any], dict[str, Any], int]]
) -> Sentence:
    if not told:
        return Sentence(())
    pieces: list[SentencePiece] = [opening]
    for i, (path, lead, d) in enumerate(told):
        how = "better than" if lead["low"] > 0 else "worse than" if lead["high"] < 0 else "not to be told from"
        m = _build_score_quantity(card, path, "log CRPS", "mean CRPS of logarithms of a draw from the twelve months before, less that of the forecast; above nought the forecast leads",
                lead["mean"], lead["low"], lead["high"], lead["level"])  # fmt: skip
        text = f"{lead['mean']:+.3f} (90\u00a0% interval {lead['low']:+.3f} to {lead['high']:+.3f})".replace("-", "−")
        pieces += ["; " if i else "", f"{how} ", MODEL_LABELS["conflictology 12"] if not i else "it", " within ", _build_horizon_piece(d),
                   ", with a lead of " if not i else ", ", NumberPiece(m, text)]  # fmt: skip
    return make_sentence(*pieces, ".")


def _describe_brier_ranking(card: StoredScoreCard, days: Sequence[int]) -> list[Sentence]:
    """Who had the lowest Brier score on whether anything comes."""
    pieces: list[SentencePiece] = []
    for i, d in enumerate(days):
        rows = [(k, r) for k, r in enumerate(card.card["models"]) if r["days"] == d]
        at, best = min(rows, key=lambda x: x[1]["Brier"])
        mine_at, mine = next((k, r) for k, r in rows if r["model"] == OURS)
        pieces += [
            "; " if i else "",
            f"{MODEL_LABELS[best['model']]} within ",
            _build_horizon_piece(d),
            " (",
            _build_score_piece(card, at, "Brier", best),
            ")",
        ]
        if mine is not best:
            pieces += [", where this forecast had ", _build_score_piece(card, mine_at, "Brier", mine)]
    return (
        [make_sentence("The lowest Brier score of all on whether anything came had ", *pieces, ".")] if pieces else []
    )


def _describe_even_coverage(card: StoredScoreCard, days: Sequence[int]) -> list[Sentence]:
    """Who did better on numbers where days were collected as densely throughout as on the day of the forecast."""
    key = "CRPS where evenly collected"
    told = []
    for d in days:
        rows = [r for r in card.card["models"] if r["days"] == d and r[key] is not None]
        mine = next((r for r in rows if r["model"] == OURS), None)
        if mine:
            ahead = sorted((r for r in rows if r[key] < mine[key]), key=lambda r: r[key])
            told.append((d, [MODEL_LABELS[r["model"]] for r in ahead]))
    if not told:
        return []
    pieces: list[SentencePiece] = [
        "Where collection was even, so that only the conflict changed, nearer than this forecast to the numbers that came were, "
    ]
    for i, (d, ahead) in enumerate(told):
        pieces += [
            "; " if i else "",
            "within ",
            _build_horizon_piece(d),
            f", {', '.join(ahead) or 'none of the others'}",
        ]
    return [make_sentence(*pieces, ".")]


def _describe_interval_coverage(card: StoredScoreCard, days: Sequence[int]) -> list[Sentence]:
    pieces: list[SentencePiece] = []
    for i, d in enumerate(days):
        k, r = next((k, r) for k, r in enumerate(card.card["models"]) if r["days"] == d and r["model"] == OURS)
        share = r["coverage"]["0.9"]
        m = _build_score_quantity(
            card,
            ["models", k, "coverage", "0.9"],
            "share",
            "share of rounds whose 90 % interval held the number that came",
            share,
        )
        pieces += ["; " if i else "", NumberPiece(m, f"{100 * share:.0f}\u00a0%"), " within ", _build_horizon_piece(d)]
    level = ConventionPiece("90\u00a0%", "the level of the intervals above")
    return (
        [
            make_sentence(
                "Intervals of ", level, " for numbers of events held what came in this share of rounds: ", *pieces, "."
            )
        ]
        if pieces
        else []
    )


def _build_score_piece(card: StoredScoreCard, at: int, score: str, row: dict[str, Any]) -> NumberPiece:
    m = _build_score_quantity(card, ["models", at, score], score, f"mean {score} score of {row['model']}", row[score])
    return NumberPiece(m, f"{row[score]:.3f}")


def _build_score_quantity(
    card: StoredScoreCard, path: list[Any], unit: str, how: str, value: float | None = None, low: float | None = None,
    high: float | None = None, level: float | None = None,
) -> Quantity:  # fmt: skip
    """A figure of the score card; `path` leads to it."""
    found = card.card[path[0]] if value is None else value
    recipe = {"kind": "score card", "sha256": card.sha256, "as_of": str(card.as_of), "path": path}
    key = "score_" + "_".join(str(p) for p in path).replace(" ", "_")
    said = f"{how}, from the score card of release {card.release} made by version {card.detente}"
    return Quantity(key, found, unit, said, recipe, (), low, high, level)


def _build_horizon_piece(d: int) -> ConventionPiece:
    return ConventionPiece(f"{d} days", "a horizon of the forecast")
