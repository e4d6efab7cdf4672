"""Monthly deaths of every country of a panel, as draws, and their scores."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.forecast.baselines import BASELINES
from detente.forecast.country_model import forecast_mixture
from detente.forecast.errors import BadForecast, BadHorizon
from detente.forecast.panel import Panel, format_month
from detente.forecast.score_table import ForecastScores, score_draws
from detente.forecast.training_data import ForecastModel
from detente.forecast.views_format import Draws

MODELS: dict[str, ForecastModel] = {"blend": forecast_mixture, **BASELINES}
MAX_MONTHS_AHEAD = 36


@dataclass(frozen=True, slots=True)
class CountryForecast:
    """Draws, their origin month, and the countries left out because that month is unknown."""

    draws: Draws
    origin: int
    left_out: tuple[str, ...]


def forecast_countries(
    panel: Panel, origin: int, ahead: NDArray[np.int64], rng: np.random.Generator, *, model: str = "blend",
    draws: int = 1_000,
) -> CountryForecast:  # fmt: skip
    """Draw the months ahead of an origin, from what the panel held then.

    Args:
        origin: last known month, in the units of `panel.parse_month`. ahead: months ahead, 1 is the next.

    Raises:
        BadHorizon: months ahead outside 1 to 36. DateOutsideRecord: the origin is outside the panel.
        HistoryTooShort: too little is known before it. BadForecast: no country is known then, or the model does not fit.
    """
    if not len(ahead) or ahead.min() < 1 or ahead.max() > MAX_MONTHS_AHEAD:
        raise BadHorizon(f"{ahead.min()}..{ahead.max()}" if len(ahead) else "none", 1, MAX_MONTHS_AHEAD, "months")
    h, left_out = panel.until(origin)
    if not h.units:
        remedy = "Give --origin a month whose deaths are known."
        raise BadForecast(panel.file, f"no country has known deaths in {format_month(origin)}", remedy)
    try:
        x = MODELS[model](h, ahead, draws, rng)
    except (ValueError, ArithmeticError, np.linalg.LinAlgError) as e:
        # Panels that no model foresees, such as two months a century apart.
        remedy = "Choose another --model, or a panel with a longer record."
        raise BadForecast(panel.file, f"the model {model!r} cannot be fitted to it ({e})", remedy) from e
    return CountryForecast(Draws(h.units, origin + ahead, x), origin, left_out)


def score_forecast(d: Draws, panel: Panel) -> tuple[ForecastScores, int]:
    """Score the country-months that the panel knows, and count those that it does not.

    Raises:
        BadForecast: it knows none.
    """
    y = panel.outcomes(d.units, d.months)
    known = np.isfinite(y)
    if not known.any():
        remedy = "Give a later panel, or one with the same country codes."
        raise BadForecast("this forecast", "the panel has none of its country-months", remedy)
    return score_draws(d.x[known], y[known]), int((~known).sum())
