"""Scores of past forecasts in words; every number is one of the score card."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from detente.core.date_range import format_date
from detente.forecast.backtest import OURS
from detente.forecast.case import DEATH_SERIES
from detente.forecast.members import BACKGROUND, RECENT, SYSTEM
from detente.forecast.scorecard import MAX_P
from detente.forecast.scorecard_store import StoredScoreCard
from detente.measures.quantity import Quantity
from detente.text.probability_words import format_percent
from detente.text.sentence import ConventionPiece, NumberPiece, Sentence, SentencePiece, make_sentence

# Model names in words, because sentences contain no untraced digit.
MODEL_LABELS = {
    OURS: "this forecast",
    SYSTEM: "the model with responses",
    BACKGROUND: "the model without responses",
    RECENT: "the recent rate",
    "zero": "a forecast of zero",
    "last value": "repeating the last period",
    "climatology": "the same season of earlier years",
    "conflictology 6": "repeating the past six months",
    "conflictology 12": "repeating the past twelve months",
    "bootstrap": "repeating any past period",
    "exponential": "an exponentially weighted mean",
    "nb regression": "a regression on the past",
}
LEADS, DEATH_LEADS = "lead_over_conflictology_12_log_crps", "deaths_lead_over_conflictology_12_log_crps"


def past_performance(card: StoredScoreCard | None, days: int) -> str:
    """Compare past forecasts of the number of events with repeating the past twelve months.

    Returns:
        `better`, `worse` or `no clear difference`, after the allowance for several comparisons; empty without a card or horizon.
    """
    lead = None if card is None else card.card[LEADS].get(str(days))
    return "" if lead is None else str(lead["verdict"])


def describe_scores(card: StoredScoreCard, horizons: Sequence[int], *, unwatched: bool) -> tuple[Sentence, ...]:
    """Describe past forecasts: how many, leads over repeating the past year, ranking, and how often the intervals held.

    Args:
        horizons: in days; those that the card lacks are left out. unwatched: the days just before the forecast had no coverage.
    """
    days = [d for d in horizons if any(r["days"] == d for r in card.card["models"])]
    out = [
        *_describe_backtest(card),
        *_describe_leads(card, "Numbers of events", [([LEADS, str(d)], card.card[LEADS][str(d)], d) for d in days if str(d) in card.card[LEADS]]),
        *_describe_leads(card, "Deaths, by the highest figures", [
            ([DEATH_LEADS, i], lead, lead["days"])
            for i, lead in enumerate(card.card[DEATH_LEADS])
            if lead["days"] in days and lead["series"] == DEATH_SERIES[1]
        ]),
        *_describe_test(card),
        *_describe_brier_ranking(card, days),
        *_describe_even_coverage(card, days),
        make_sentence("Differences in Brier score and in CRPS were not tested."),
        *_describe_interval_coverage(card, days),
    ]  # fmt: skip
    if unwatched:
        out.append(
            make_sentence(
                "All these forecasts started on days with coverage. This one does not, so expect it to do worse."
            )
        )
    return tuple(out)


def _describe_backtest(card: StoredScoreCard) -> list[Sentence]:
    first, last = (format_date(date.fromisoformat(card.card[k])) for k in ("first_origin", "last_origin"))
    origins = _score_quantity(card, ["origins"], "days", "days on which forecasts were made")
    return [
        make_sentence(
            "Forecasts of this kind were made for ", NumberPiece(origins, f"{card.card['origins']} month ends"), ", ",
            ConventionPiece(first, "the first month end with a covered year before it"), " to ",
            ConventionPiece(last, "the last month end with covered days after it"), ".",
        ),
        make_sentence("Each used only what was known on its day, and later counts of the record decided."),
        make_sentence("The record was compiled afterwards, so these scores may be too good."),
    ]  # fmt: skip


def _describe_leads(
    card: StoredScoreCard, what: str, leads: Sequence[tuple[list[Any], dict[str, Any], int]]
) -> list[Sentence]:
    """One sentence for each horizon: better, worse, or no clear difference, with the lead."""
    how = "mean CRPS of logarithms of repeating the past twelve months, less that of the forecast; above 0 the forecast leads"
    wording = {
        "better": "better than",
        "worse": "worse than",
        "no clear difference": "not clearly better or worse than",
    }
    out = []
    for i, (path, lead, d) in enumerate(leads):
        m = _score_quantity(card, path, "log CRPS", how, lead["mean"], lead["low"], lead["high"], lead["level"])
        interval = "" if lead["low"] is None else f"; 90\u00a0% interval {lead['low']:+.3f} to {lead['high']:+.3f}"
        text = f"{lead['mean']:+.3f}{interval}; {lead['blocks']} separate periods".replace("-", "−")
        few = ", too few to tell" if 2 / 2 ** lead["blocks"] > MAX_P else ""
        opening = f"{what}, within " if not i else "Within "
        pieces: list[SentencePiece] = [
            opening,
            _horizon_piece(d),
            f": {wording[lead['verdict']]} {MODEL_LABELS['conflictology 12']}",
        ]
        out.append(make_sentence(*pieces, " (lead in log CRPS ", NumberPiece(m, text), f"{few})."))
    return out


def _describe_test(card: StoredScoreCard) -> list[Sentence]:
    if not card.card[LEADS] and not card.card[DEATH_LEADS]:
        return []
    level = ConventionPiece(format_percent(MAX_P), "the usual level of a test")
    return [
        make_sentence(
            "A forecast is called better or worse only where a test at the level of ", level, ", with an allowance for all comparisons, says so.",
        )
    ]  # fmt: skip


def _describe_brier_ranking(card: StoredScoreCard, days: Sequence[int]) -> list[Sentence]:
    """Name the model with the lowest Brier score for at least one event, horizon by horizon."""
    out = []
    for d in days:
        rows = [(k, r) for k, r in enumerate(card.card["models"]) if r["days"] == d]
        at, best = min(rows, key=lambda x: x[1]["Brier"])
        ours_at, ours = next((k, r) for k, r in rows if r["model"] == OURS)
        pieces: list[SentencePiece] = [
            "Lowest Brier score for at least one event within ",
            _horizon_piece(d),
            f": {MODEL_LABELS[best['model']]} (",
        ]
        pieces += [_score_piece(card, at, "Brier", best), ")"]
        if ours is not best:
            pieces += [", against ", _score_piece(card, ours_at, "Brier", ours), " of this forecast"]
        out.append(make_sentence(*pieces, "."))
    return out


def _describe_even_coverage(card: StoredScoreCard, days: Sequence[int]) -> list[Sentence]:
    """Name the models with a lower CRPS where reporting coverage stayed as on the day of the forecast."""
    key = "CRPS where evenly collected"
    out = []
    for d in days:
        rows = [r for r in card.card["models"] if r["days"] == d and r[key] is not None]
        ours = next((r for r in rows if r["model"] == OURS), None)
        if ours is None:
            continue
        better = sorted((r for r in rows if r[key] < ours[key]), key=lambda r: r[key])
        names = ", ".join(MODEL_LABELS[r["model"]] for r in better) or "no model"
        out.append(
            make_sentence("Lower CRPS in periods of constant coverage, within ", _horizon_piece(d), f": {names}.")
        )
    return out


def _describe_interval_coverage(card: StoredScoreCard, days: Sequence[int]) -> list[Sentence]:
    pieces: list[SentencePiece] = []
    for i, d in enumerate(days):
        k, r = next((k, r) for k, r in enumerate(card.card["models"]) if r["days"] == d and r["model"] == OURS)
        share = r["coverage"]["0.9"]
        how = "share of rounds whose 90 % interval held the number that came"
        m = _score_quantity(card, ["models", k, "coverage", "0.9"], "share", how, share)
        pieces += ["; " if i else "", NumberPiece(m, f"{100 * share:.0f}\u00a0%"), " within ", _horizon_piece(d)]
    if not pieces:
        return []
    level = ConventionPiece("90\u00a0%", "the level of the intervals above")
    return [make_sentence("Share of outcomes inside the ", level, " interval: ", *pieces, ".")]


def _score_piece(card: StoredScoreCard, at: int, score: str, row: dict[str, Any]) -> NumberPiece:
    m = _score_quantity(card, ["models", at, score], score, f"mean {score} score of {row['model']}", row[score])
    return NumberPiece(m, f"{row[score]:.3f}")


def _score_quantity(
    card: StoredScoreCard, path: list[Any], unit: str, how: str, value: float | None = None, low: float | None = None,
    high: float | None = None, level: float | None = None,
) -> Quantity:  # fmt: skip
    """Build a number of the score card; `path` is where it stands in the card."""
    known = card.card[path[0]] if value is None else value
    recipe = {"kind": "score card", "sha256": card.sha256, "as_of": str(card.as_of), "path": path}
    key = "score_" + "_".join(str(p) for p in path).replace(" ", "_")
    description = f"{how}, from the score card of release {card.release} made by version {card.detente}"
    return Quantity(key, known, unit, description, recipe, (), low, high, level)


def _horizon_piece(d: int) -> ConventionPiece:
    return ConventionPiece(f"{d} days", "a horizon of the forecast")
