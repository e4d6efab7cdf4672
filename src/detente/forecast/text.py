"""The forecast as sentences and a table; every number comes from the simulated paths."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.core.date_range import format_date
from detente.forecast.case import CLOSURE, FORCE, CaseForecast, breaking_channels
from detente.measures.quantity import Quantity, tally_quantity
from detente.text.probability_words import format_percent, probability_word
from detente.text.sentence import ConventionPiece, NumberPiece, Sentence, SentencePiece, make_sentence

HORIZON_REASON = "the days ahead that were asked for"
ENDS = ("lowest", "highest")
PLURAL = {"attack": "attacks", "operation": "operations", "strike": "strikes", "clash": "clashes"}


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """One forecast quantity and its value at each horizon, in order; no cells if nothing can be forecast."""

    what: str
    cells: tuple[NumberPiece, ...]


def list_yes_no_questions(f: CaseForecast) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """List the yes-or-no questions: key, channels of which one event means yes, and wording."""
    n = f.g.case.names
    out: list[tuple[str, tuple[str, ...], str]] = [
        ("strike", ("strike",), f"At least one strike by {n.target} on the soil of {n.host}"),
        ("clash", ("clash",), f"At least one clash between forces of {n.target} and {n.host_government}"),
        ("attack", ("attack",), f"At least one attack by {n.group} in {n.target}"),
        ("operation", ("operation",), f"At least one operation of {n.target} against {n.group} at home"),
    ]
    if f.truce:
        pair = f.truce.pair.replace("–", " and ")
        out.append(("truce", breaking_channels(f.truce), f"That the truce between {pair} is broken"))
    if f.open_crossings:
        out.append((CLOSURE, (CLOSURE,), "That a crossing is newly shut to trade"))
    return tuple(out)


def describe_skipped_questions(f: CaseForecast) -> tuple[Sentence, ...]:
    """Name the events that are impossible in the present situation and therefore not forecast."""
    out = []
    if not f.truce:
        out.append("No truce is known to hold on the day of the forecast, so none can be broken.")
    if not f.open_crossings:
        out.append(
            "Every crossing of the case is shut to trade as far as is reported, so none can be newly shut before one is opened."
        )
    return tuple(make_sentence(text) for text in out)


def build_forecast_table(f: CaseForecast, seed: int) -> tuple[ForecastRow, ...]:
    """Build the table: probability of each event, counts and deaths, for all horizons."""
    out = [ForecastRow(what, _probability_cells(f, seed, key, chs)) for key, chs, what in list_yes_no_questions(f)]
    counted = [c for c in FORCE if c in f.channels]
    out += [ForecastRow(f"{PLURAL[c].capitalize()}, how many", _count_cells(f, seed, c)) for c in counted]
    by_end = zip(*(_death_cells(f, seed, d) for d in f.horizons), strict=True)
    out += [ForecastRow(f"Deaths told of in them, {end} figures", c) for end, c in zip(ENDS, by_end, strict=True)]
    return tuple(out)


def describe_forecast(f: CaseForecast, seed: int) -> tuple[Sentence, ...]:
    """Describe probabilities, counts, deaths, and the basis of the forecast, in this order."""
    out = []
    for key, channels, what in list_yes_no_questions(f):
        cells = _probability_cells(f, seed, key, channels)
        nothing = make_sentence(f"{what}: nothing of the kind is on record before, so nothing is said of it.")
        out.append(_horizon_sentence(f, f"{what} is ", cells) if cells else nothing)
    out += describe_skipped_questions(f)
    out += [
        _horizon_sentence(f, f"{PLURAL[c].capitalize()}: ", _count_cells(f, seed, c)) for c in FORCE if c in f.channels
    ]
    for days in f.horizons:
        low, high = _death_cells(f, seed, days)
        out.append(
            make_sentence(
                "Deaths told of in these acts of force within ", ConventionPiece(f"{days} days", HORIZON_REASON), ": ",
                low, " by the lowest figures; ", high, " by the highest figures.",
            )
        )  # fmt: skip
    return (*out, *describe_basis(f))


def _horizon_sentence(f: CaseForecast, opening: str, cells: tuple[NumberPiece, ...]) -> Sentence:
    pieces: list[SentencePiece] = [opening]
    for i, (days, cell) in enumerate(zip(f.horizons, cells, strict=True)):
        pieces += ["; " if i else "", cell, " within ", ConventionPiece(f"{days} days", HORIZON_REASON)]
    return make_sentence(*pieces, ".")


def _probability_cells(f: CaseForecast, seed: int, key: str, channels: tuple[str, ...]) -> tuple[NumberPiece, ...]:
    if not any(c in f.channels for c in channels):
        return ()
    out = []
    for days in f.horizons:
        p = f.probability_of_any(channels, days)
        m = _forecast_quantity(f, seed, f"any_{key}_{days}", p, "share", days, "any", list(channels),
                      "share of paths with at least one event")  # fmt: skip
        out.append(NumberPiece(m, f"{probability_word(p)} ({format_percent(p)})"))
    return tuple(out)


def _count_cells(f: CaseForecast, seed: int, channel: str) -> tuple[NumberPiece, ...]:
    out = []
    for days in f.horizons:
        low, middle, high = _interval_quantiles(f.totals(channel, days))
        m = _forecast_quantity(f, seed, f"number_{channel}_{days}", middle, PLURAL[channel], days, "number", [channel],
                      "median of the paths' totals, with their 5 % and 95 % quantiles", low, high)  # fmt: skip
        out.append(_interval_piece(m))
    return tuple(out)


def _death_cells(f: CaseForecast, seed: int, days: int) -> tuple[NumberPiece, NumberPiece]:
    low, high = (
        _interval_piece(
            _forecast_quantity(f, seed, f"deaths_{key}_{days}", middle, "deaths told of", days, f"deaths, {end}", list(FORCE),
                      f"median of simulated deaths by the {end} figures told, with 5 % and 95 % quantiles", first, last)
        )
        for key, end, (first, middle, last) in zip(("low", "high"), ENDS, map(_interval_quantiles, f.deaths(days)), strict=True)
    )  # fmt: skip
    return low, high


def _interval_piece(m: Quantity) -> NumberPiece:
    return NumberPiece(m, f"{m.value:,.0f} (90\u00a0% interval {m.low:,.0f} to {m.high:,.0f})")


def describe_basis(f: CaseForecast) -> list[Sentence]:
    """Describe the basis: origin, coverage, days not observed, channels with few events."""
    day = ConventionPiece(format_date(f.as_of), "the last day whose knowledge is used")
    as_dense = next((w.name for w in f.g.case.windows if w.coverage == f.coverage), None)
    coverage = ConventionPiece(f"{f.coverage:g}", "the density of collection asked for")
    shown_at = ", of events as this record would show them at a density of collection of "
    pieces: list[SentencePiece] = ["All this is from what was known on ", day, shown_at, coverage]
    if as_dense:
        pieces += [", as densely as in its window ", ConventionPiece(as_dense, "the case file's name")]
    out = [make_sentence(*pieces, ".")]
    if f.unwatched:
        how = "days before the forecast outside every window of systematic collection"
        m = tally_quantity("unwatched_days", f.unwatched, "days", how, {"kind": "unwatched"}, ())
        ending = " before it were not collected systematically: they count as usual, not as quiet."
        out.append(make_sentence("The last ", NumberPiece(m, f"{f.unwatched} days"), ending))
    if f.system.too_few:
        names = ", ".join(f.system.too_few)
        how = "the number under which answers rest mostly on the prior"
        m = tally_quantity("too_few", 30, "events", how, {"kind": "threshold"}, ())
        ending = f" each are on record of {names}: what is said of these rests largely on the prior."
        out.append(make_sentence("Fewer than ", NumberPiece(m, "30 events"), ending))
    if f.silent:
        out.append(make_sentence(f"Nothing on record, so nothing is forecast, of {', '.join(f.silent)}."))
    return out


def _interval_quantiles(x: NDArray[Any]) -> tuple[float, float, float]:
    low, middle, high = np.quantile(x, [0.05, 0.5, 0.95], method="inverted_cdf")
    return float(low), float(middle), float(high)


def _forecast_quantity(
    f: CaseForecast, seed: int, key: str, value: float, unit: str, days: int, what: str,
    channels: list[str], how: str, low: float | None = None, high: float | None = None,
) -> Quantity:  # fmt: skip
    paths = len(f.paths.y)
    recipe = {
        "kind": "forecast", "as_of": str(f.as_of), "what": what, "days": days, "horizons": list(f.horizons),
        "channels": channels, "coverage": f.coverage, "paths": paths, "seed": seed,
    }  # fmt: skip
    how, level = f"{how}, of {paths:,} simulated futures", None if low is None else 0.9
    return Quantity(key, value, unit, how, recipe, (), low, high, level)
