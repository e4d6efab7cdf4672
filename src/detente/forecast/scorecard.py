"""Score card of a case: every model on the same questions, calibration, leads, and every past forecast with its outcome."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from detente.core.arrays import FloatArray
from detente.forecast.backtest import MODELS, OURS, TARGETS, BacktestRound, learned_weights
from detente.forecast.case import DEATH_SERIES
from detente.forecast.errors import BadForecast
from detente.forecast.score_table import ForecastScores, score_draws
from detente.forecast.scores.brier import Brier, brier
from detente.forecast.scores.pit import Calibration, pit
from detente.forecast.scores.sign_flip import ScoreLead, compare_scores, holm
from detente.forecast.stacking import MemberWeights

REFERENCE_MODEL = "conflictology 12"
MAX_P = 0.05
"""Level of Holm's test at which one forecast is called better than another."""


@dataclass(frozen=True, slots=True)
class ModelScores:
    """One model at one horizon.

    Fields:
        yes: Brier score of *at least one event*, over all targets and origins. counts: scores of the number of events.
            cases: how many. even: mean CRPS over rounds of constant coverage, NaN without any.
    """

    model: str
    days: int
    cases: int
    yes: Brier
    counts: ForecastScores
    even: float


@dataclass(frozen=True, slots=True)
class DeathScores:
    """One model's scores on one series of reported deaths, at one horizon."""

    model: str
    series: str
    days: int
    cases: int
    counts: ForecastScores


@dataclass(frozen=True, slots=True)
class ForecastRecord:
    """One past forecast with its outcome.

    Fields:
        origin: day whose knowledge was used. days: horizon. channel: kind of event. probability: of at least one event.
        median, low, high: of the number of events, with its 90 % interval. came: number that the record shows.
    """

    origin: date
    days: int
    channel: str
    probability: float
    median: float
    low: float
    high: float
    came: int


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """All scores of a backtest.

    Fields:
        rows: by model and horizon. said, happened: our probabilities and their outcomes, over all horizons, for the
            chart. calibration: our transforms by horizon. leads: ours over the reference model in log CRPS, by horizon.
        deaths: by model, series and horizon. deaths_leads: as leads, by series and horizon. All leads are adjusted together.
        truces: probability that the truce in force would be broken, and whether it was.
        even: share of rounds of constant coverage. weights: of the forecast's members at each origin, and after the last outcome.
        history: every past forecast with its outcome.
    """

    case: str
    first: date
    last: date
    origins: int
    rows: tuple[ModelScores, ...]
    said: FloatArray
    happened: FloatArray
    calibration: dict[int, Calibration]
    leads: dict[int, ScoreLead]
    deaths: tuple[DeathScores, ...]
    deaths_leads: dict[tuple[str, int], ScoreLead]
    truces: tuple[tuple[date, int, float, bool], ...]
    even: float
    weights: tuple[MemberWeights, ...]
    history: tuple[ForecastRecord, ...]
    seed: int

    def row(self, model: str, days: int) -> ModelScores:
        """One model at one horizon."""
        return next(r for r in self.rows if r.model == model and r.days == days)


def build_scorecard(case: str, rounds: list[BacktestRound], *, seed: int = 0) -> ScoreCard:
    """Score all rounds of a backtest.

    Models that could not forecast from every origin, because the history was too short, are left out.

    Raises:
        BadForecast: there are no rounds.
    """
    if not rounds:
        raise BadForecast("this backtest", "no origin has a scored horizon", "Shorten the horizons or extend the case.")
    rng = np.random.default_rng(seed)
    rows, calibration, leads = [], {}, {}
    said, happened = [], []
    for days in sorted({r.days for r in rounds}):
        at_horizon = [r for r in rounds if r.days == days]
        came = np.array([r.came for r in at_horizon])
        even = np.repeat([r.even for r in at_horizon], len(TARGETS))
        crps: dict[str, FloatArray] = {}
        for model in MODELS:
            if not all(model in r.draws for r in at_horizon):
                continue
            x = np.array([r.draws[model] for r in at_horizon])
            flat, y = x.reshape(-1, x.shape[-1]), came.ravel().astype(float)
            s = score_draws(flat, y)
            crps[model] = s.log_crps.reshape(came.shape)
            p = (flat > 0).mean(axis=1)
            if model == OURS:
                calibration[days] = pit(flat, y, rng)
                said.append(p)
                happened.append(y > 0)
            crps_even = float(s.crps[even].mean()) if even.any() else np.nan
            rows.append(ModelScores(model, days, len(y), brier(p, y > 0), s, crps_even))
        if REFERENCE_MODEL in crps and len(at_horizon) >= 2 * _block_of(days):
            leads[days] = compare_scores(crps[OURS], crps[REFERENCE_MODEL], block=_block_of(days))
    deaths, deaths_leads = _score_deaths(rounds)
    adjusted = holm([x.p for x in (*leads.values(), *deaths_leads.values())])
    leads = {k: replace(x, p_holm=p) for (k, x), p in zip(leads.items(), adjusted, strict=False)}
    deaths_leads = {
        k: replace(x, p_holm=p) for (k, x), p in zip(deaths_leads.items(), adjusted[len(leads) :], strict=True)
    }
    by_origin = {r.origin: r.weights for r in rounds}
    last_outcome = max(r.origin + timedelta(days=r.days) for r in rounds)
    weights = (*by_origin.values(), learned_weights(rounds, last_outcome))
    truces = tuple((r.origin, r.days, *r.truce) for r in rounds if r.truce)
    return ScoreCard(
        case, min(r.origin for r in rounds), max(r.origin for r in rounds), len({r.origin for r in rounds}), tuple(rows),
        np.concatenate(said), np.concatenate(happened).astype(float), calibration, leads, deaths, deaths_leads, truces,
        float(np.mean([r.even for r in rounds])), weights, tuple(_list_history(rounds)), seed,
    )  # fmt: skip


def lead_verdict(p_holm: float, mean: float) -> str:
    """Return `better`, `worse` or `no clear difference`, after the allowance for several comparisons.

    Example:
        >>> lead_verdict(0.2, 0.3), lead_verdict(0.01, 0.3)
        ('no clear difference', 'better')
    """
    return "no clear difference" if p_holm > MAX_P else "better" if mean > 0 else "worse"


def _block_of(days: int) -> int:
    # Months end to end do not overlap; longer horizons do, over their length (`sign_flip.py`).
    months = max(1, round(days / 30))
    return months if months == 1 else 2 * months


def _list_history(rounds: list[BacktestRound]) -> list[ForecastRecord]:
    out = []
    for r in rounds:
        for channel, x, came in zip(TARGETS, r.draws[OURS], r.came, strict=True):
            low, median, high = (float(v) for v in np.quantile(x, [0.05, 0.5, 0.95], method="inverted_cdf"))
            p = float((x > 0).mean())
            out.append(ForecastRecord(r.origin, r.days, channel, p, median, low, high, int(came)))
    return out


def _score_deaths(
    rounds: list[BacktestRound],
) -> tuple[tuple[DeathScores, ...], dict[tuple[str, int], ScoreLead]]:
    rows, leads = [], {}
    for days in sorted({r.days for r in rounds}):
        at_horizon = [r for r in rounds if r.days == days]
        for i, series in enumerate(DEATH_SERIES):
            came, crps = np.array([float(r.died[i]) for r in at_horizon]), dict[str, FloatArray]()
            for model in MODELS:
                if all(model in r.dead for r in at_horizon):
                    s = score_draws(np.array([r.dead[model][i] for r in at_horizon]), came)
                    crps[model] = s.log_crps[:, None]
                    rows.append(DeathScores(model, series, days, len(came), s))
            if REFERENCE_MODEL in crps and len(at_horizon) >= 2 * _block_of(days):
                leads[series, days] = compare_scores(crps[OURS], crps[REFERENCE_MODEL], block=_block_of(days))
    return tuple(rows), leads


def as_data(c: ScoreCard) -> dict[str, Any]:
    """Return the score card as JSON data."""

    def known(x: float) -> float | None:
        return float(x) if np.isfinite(x) else None

    def lead(v: ScoreLead) -> dict[str, Any]:
        return {"mean": v.mean, "low": known(v.low), "high": known(v.high), "level": v.level, "p": v.p, "p_holm": v.p_holm,
                "blocks": v.blocks, "verdict": lead_verdict(v.p_holm, v.mean)}  # fmt: skip

    return {
        "format": "detente score card 2",
        "case": c.case, "first_origin": str(c.first), "last_origin": str(c.last), "origins": c.origins, "seed": c.seed,
        "targets": list(TARGETS), "evenly_collected": c.even,
        "models": [
            {"model": r.model, "days": r.days, "cases": r.cases, **{k: known(v) for k, v in r.counts.means().items()},
             "CRPS where evenly collected": known(r.even), "Brier": r.yes.score, "Brier skill": known(r.yes.skill),
             "reliability": r.yes.reliability, "resolution": r.yes.resolution, "uncertainty": r.yes.uncertainty,
             "within": r.yes.within, "coverage": {str(k): v for k, v in r.counts.held.items()}}
            for r in c.rows
        ],
        "deaths": [
            {"model": r.model, "series": r.series, "days": r.days, "cases": r.cases,
             **{k: known(v) for k, v in r.counts.means().items()}, "coverage": {str(k): v for k, v in r.counts.held.items()}}
            for r in c.deaths
        ],
        "deaths_lead_over_conflictology_12_log_crps": [
            {"series": s, "days": d, **lead(v)} for (s, d), v in c.deaths_leads.items()
        ],
        "calibration": {str(d): {"share_by_tenth": k.share.tolist(), "held": {str(a): v for a, v in k.held.items()}}
                        for d, k in c.calibration.items()},
        "lead_over_conflictology_12_log_crps": {
            str(d): lead(v) for d, v in c.leads.items()
        },
        "weights": [{"day": str(w.day), "origins": w.origins, "learned": w.learned, "of": w.of} for w in c.weights],
        "history": [
            {"origin": str(h.origin), "days": h.days, "channel": h.channel, "probability": round(h.probability, 4),
             "median": h.median, "low": h.low, "high": h.high, "came": h.came}
            for h in c.history
        ],
        "truces": [{"origin": str(o), "days": d, "said": p, "broken": b} for o, d, p, b in c.truces],
    }  # fmt: skip
