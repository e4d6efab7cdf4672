"""Monthly deaths of every country of a panel, as draws, and how a forecast of them scored."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.forecast.baselines import BASELINES
from detente.forecast.country_model import forecast_mixture
from detente.forecast.errors import BadForecast, BadHorizon
from detente.forecast.panel import Panel
from detente.forecast.score_table import ForecastScores, score_draws
from detente.forecast.training_data import ForecastModel
from detente.forecast.views_format import Draws

MODELS: dict[str, ForecastModel] = {"blend": forecast_mixture, **BASELINES}
MAX_MONTHS_AHEAD = 36


@dataclass(frozen=True, slots=True)
class CountryForecast:
    """Draws, the month from which they were made, and countries left out since that month is unknown of them."""

    draws: Draws
    origin: int
    left_out: tuple[str, ...]


def forecast_countries(
    panel: Panel,
    origin: int,
    ahead: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    model: str = "blend",
    draws: int = 1_000,
) -> CountryForecast:
    """Draws for months ahead of an origin, from what the panel held then.

    Args:
        origin: the last month known, counted as `panel.as_month` does. ahead: months ahead, 1 is the next.

    Raises:
        BadHorizon: months ahead outside 1 to 36. BeyondTheRecord: the origin is outside the panel.
        TooShort: too little is known before it.
    """
    if not len(ahead) or ahead.min() < 1 or ahead.max() > MAX_MONTHS_AHEAD:
        raise BadHorizon(f"{ahead.min()}..{ahead.max()}" if len(ahead) else "none", 1, MAX_MONTHS_AHEAD, "months")
    h, gone = panel.until(origin)
    x = MODELS[model](h, ahead, draws, rng)
    return CountryForecast(Draws(h.units, origin + ahead, x), origin, gone)


def score_forecast(d: Draws, panel: Panel) -> tuple[ForecastScores, int]:
    """Scores over the country-months that the panel knows, and how many of the forecast it does not.

    Raises:
        BadForecast: it knows none.
    """
    y = panel.outcomes(d.units, d.months)
    known = np.isfinite(y)
    if not known.any():
        raise BadForecast(
            "this forecast",
            "the panel knows none of its country-months",
            "Give a later panel, or one with the same country codes.",
        )
    return score_draws(d.x[known], y[known]), int((~known).sum())
