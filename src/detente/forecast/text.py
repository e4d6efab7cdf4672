"""The forecast as statements, sentences and a table; every number comes from the simulated paths.

A statement has two registers: the reader's sentence, with at most one number, and the evidence line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.core.date_range import format_date
from detente.forecast.attribution import DriverGroup
from detente.forecast.basis_text import MEMBER_LABELS, describe_rules, describe_scale, describe_start
from detente.forecast.case import DEATH_SERIES, FORCE, CaseForecast
from detente.forecast.kinds import kind_name, list_yes_no_questions
from detente.measures.quantity import Quantity
from detente.text.probability_words import format_percent, probability_word
from detente.text.sentence import ConventionPiece, NumberPiece, Sentence, SentencePiece, make_sentence

HORIZON_REASON = "the horizon asked for"
ENDS = ("lowest", "highest")
PLURAL = {"attack": "attacks", "operation": "operations", "strike": "strikes", "clash": "clashes"}
MIN_EFFECT = 0.01
OUTLOOK_DAYS, OUTLOOK_CHANNELS = 90, ("attack", "strike", "clash")


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """One forecast quantity and its value at each horizon, in order; no cells if nothing can be forecast."""

    what: str
    cells: tuple[NumberPiece, ...]


@dataclass(frozen=True, slots=True)
class ForecastStatement:
    """What is forecast of one kind within one horizon, in two registers.

    Fields:
        key: the kind: a channel, `truce` or `closure`. days: the horizon. reader: the sentence, with one number. evidence: the number of
            events with its 90 % interval, and the probability by each model alone; None if nothing can be forecast.
    """

    key: str
    days: int
    reader: Sentence
    evidence: Sentence | None


def describe_skipped_questions(f: CaseForecast) -> tuple[Sentence, ...]:
    """Name the events that are impossible in the present situation and therefore not forecast."""
    out = []
    if not f.truce:
        out.append("No truce is known to be in force on the day of the forecast, so none is forecast to end.")
    if not f.open_crossings:
        out.append("No crossing is known to be open to trade, so no new closure is forecast.")
    return tuple(make_sentence(text) for text in out)


def build_forecast_table(f: CaseForecast, seed: int) -> tuple[ForecastRow, ...]:
    """Build the table: probability of each event, counts and deaths, for all horizons."""
    out = [ForecastRow(what, _probability_cells(f, seed, key, chs)) for key, chs, what in list_yes_no_questions(f)]
    counted = [c for c in FORCE if c in f.channels]
    out += [ForecastRow(f"Number of {kind_name(f, c)}", _count_cells(f, seed, c)) for c in counted]
    by_end = zip(*(_death_cells(f, seed, d) for d in f.horizons), strict=True)
    out += [ForecastRow(name.capitalize(), c) for name, c in zip(DEATH_SERIES, by_end, strict=True)]
    return tuple(out)


def describe_statements(f: CaseForecast, seed: int) -> tuple[ForecastStatement, ...]:
    """Describe each kind within each horizon, in two registers."""
    out = []
    for key, channels, what in list_yes_no_questions(f):
        for days in f.horizons:
            opening: list[SentencePiece] = ["Within ", _horizon_piece(days), f", {_lower(what)} "]
            if not any(c in f.channels for c in channels):
                out.append(ForecastStatement(key, days, make_sentence(*opening, "cannot be forecast: the record holds none."), None))  # fmt: skip
                continue
            said = make_sentence(*opening, *probability_pieces(probability_quantity(f, seed, key, channels, days)), ".")
            out.append(ForecastStatement(key, days, said, _evidence_line(f, seed, key, channels, days)))
    return tuple(out)


def _evidence_line(f: CaseForecast, seed: int, key: str, channels: tuple[str, ...], days: int) -> Sentence:
    pieces: list[SentencePiece] = []
    if len(channels) == 1:
        pieces += ["Number: ", _count_cell(f, seed, channels[0], days), ". "]
    pieces.append("By each model alone: ")
    for i, (name, p) in enumerate(f.member_probabilities(channels, days).items()):
        m = _forecast_quantity(f, seed, f"any_{key}_{days}_{name.replace(' ', '_')}", p, "share", days, f"any, {name}", list(channels),
                      f"share of paths of {MEMBER_LABELS[name]} with at least one event")  # fmt: skip
        pieces += [", " if i else "", f"{MEMBER_LABELS[name]} ", NumberPiece(m, format_percent(p))]
    return make_sentence(*pieces, ".")


def outlook_sentences(f: CaseForecast, seed: int, past: str = "") -> tuple[Sentence, ...]:
    """Write three plain sentences on the next 90 days: attacks; strikes and clashes; how past forecasts did.

    Args:
        past: how past forecasts of this kind compare with repeating the past year: `better`, `worse` or `no clear difference`, from
            `score_text.past_performance`; empty if unknown.

    Returns:
        fewer sentences if a kind cannot be forecast. Each sentence of a kind names what it counts.
    """
    days = OUTLOOK_DAYS if OUTLOOK_DAYS in f.horizons else max(f.horizons)
    said = {
        c: [f"one or more {_name_with_rule(f, c)} ", *probability_pieces(probability_quantity(f, seed, c, (c,), days))]
        for c in OUTLOOK_CHANNELS
        if c in f.channels
    }
    out, start = [], ConventionPiece(format_date(f.as_of), "the day from which the forecast starts")
    opening: list[SentencePiece] = ["In the ", _horizon_piece(days), " after ", start, ", "]
    if "attack" in said:
        out.append(make_sentence(*opening, *said.pop("attack"), "."))
        opening = ["In the same time, "]
    if said:
        first, *rest = said.values()
        others: list[SentencePiece] = [x for pieces in rest for x in (", and ", *pieces)]
        out.append(make_sentence(*opening, *first, *others, "."))
    out.append(make_sentence(PAST_SENTENCES[past]))
    return tuple(out)


def _name_with_rule(f: CaseForecast, channel: str) -> str:
    """The name of a kind; where the record collects only a part of it, the name says so."""
    rule = next((c.rule for c in f.g.case.channels if c.key == channel), "any")
    return kind_name(f, channel) + ("" if rule in ("", "any") else " of the kind that this record collects")


PAST_SENTENCES = {
    "better": "Past forecasts of this kind were better than repeating the past twelve months.",
    "worse": "Past forecasts of this kind were worse than repeating the past twelve months.",
    "no clear difference": "Past forecasts of this kind were not clearly better or worse than repeating the past twelve months.",
    "": "How good past forecasts of this kind were is not known.",
}


def probability_pieces(m: Quantity) -> list[SentencePiece]:
    """Write a probability as the end of a sentence with a plural subject: `are likely (62 %)`."""
    p = m.value or 0.0
    word = probability_word(p)
    number = NumberPiece(m, f"({format_percent(p)})")
    if word in ("roughly even", "almost no chance"):
        return ["have ", "almost no chance " if word != "roughly even" else "a roughly even chance ", number]
    return [f"are {word} ", number]


def describe_forecast(f: CaseForecast, seed: int) -> tuple[Sentence, ...]:
    """Describe the start of the forecast, probabilities, counts, deaths, and what is counted, in this order."""
    out = describe_start(f)
    for key, channels, what in list_yes_no_questions(f):
        cells = _probability_cells(f, seed, key, channels)
        nothing = make_sentence(f"{what} cannot be forecast: the record holds none.")
        out.append(_horizon_sentence(f, f"{what}: ", cells) if cells else nothing)
    out += describe_skipped_questions(f)
    out += [
        _horizon_sentence(f, f"Number of {kind_name(f, c)}: ", _count_cells(f, seed, c))
        for c in FORCE
        if c in f.channels
    ]
    for days in f.horizons:
        low, high = _death_cells(f, seed, days)
        out.append(
            make_sentence(
                "Reported deaths in these acts of force within ", _horizon_piece(days), ": ", low, " by the lowest figures; ", high, " by the highest figures.",
            )
        )  # fmt: skip
    return (*out, *describe_rules(f), *describe_scale(f))


def _horizon_sentence(f: CaseForecast, opening: str, cells: tuple[NumberPiece, ...]) -> Sentence:
    pieces: list[SentencePiece] = [opening]
    for i, (days, cell) in enumerate(zip(f.horizons, cells, strict=True)):
        pieces += ["; " if i else "", cell, " within ", _horizon_piece(days)]
    return make_sentence(*pieces, ".")


def _probability_cells(f: CaseForecast, seed: int, key: str, channels: tuple[str, ...]) -> tuple[NumberPiece, ...]:
    if not any(c in f.channels for c in channels):
        return ()
    out = []
    for days in f.horizons:
        m = probability_quantity(f, seed, key, channels, days)
        p = m.value or 0.0
        out.append(NumberPiece(m, f"{probability_word(p)} ({format_percent(p)})"))
    return tuple(out)


def probability_quantity(f: CaseForecast, seed: int, key: str, channels: tuple[str, ...], days: int) -> Quantity:
    """The probability of at least one event of these channels within a horizon."""
    p = f.probability_of_any(channels, days)
    how = "share of paths with at least one event"
    return _forecast_quantity(f, seed, f"any_{key}_{days}", p, "share", days, "any", list(channels), how)


def _count_cells(f: CaseForecast, seed: int, channel: str) -> tuple[NumberPiece, ...]:
    return tuple(_count_cell(f, seed, channel, days) for days in f.horizons)


def _count_cell(f: CaseForecast, seed: int, channel: str, days: int) -> NumberPiece:
    low, middle, high = _interval_quantiles(f.totals(channel, days))
    unit = PLURAL.get(channel, "events")
    m = _forecast_quantity(f, seed, f"number_{channel}_{days}", middle, unit, days, "number", [channel],
                  "median of the paths' totals, with their 5 % and 95 % quantiles", low, high)  # fmt: skip
    return _interval_piece(m)


def _death_cells(f: CaseForecast, seed: int, days: int) -> tuple[NumberPiece, NumberPiece]:
    low, high = (
        _interval_piece(
            _forecast_quantity(f, seed, f"deaths_{key}_{days}", middle, "reported deaths", days, f"deaths, {end}", list(FORCE),
                      f"median of simulated deaths by the {end} reported figures, with 5 % and 95 % quantiles", first, last)
        )
        for key, end, (first, middle, last) in zip(("low", "high"), ENDS, map(_interval_quantiles, f.deaths(days)), strict=True)
    )  # fmt: skip
    return low, high


def _interval_piece(m: Quantity) -> NumberPiece:
    return NumberPiece(m, f"{m.value:,.0f} (90\u00a0% interval {m.low:,.0f} to {m.high:,.0f})")


def _horizon_piece(days: int) -> ConventionPiece:
    return ConventionPiece(f"{days} days", HORIZON_REASON)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def describe_drivers(f: CaseForecast, groups: Sequence[DriverGroup], days: int) -> tuple[Sentence, ...]:
    """Describe what recent events of each kind add to the forecast, at most three kinds; say so if none adds anything."""
    out = []
    for d in groups[:3]:
        if abs(d.more) < MIN_EFFECT:
            continue
        name = kind_name(f, d.channel)
        m = _forecast_quantity(f, 0, f"driver_{d.channel}_{days}", d.more, "acts of force", days, "driver", [d.channel],
                      "change of expected acts of force by recent events of the kind, responses included", d.low, d.high)  # fmt: skip
        text = f"{d.more:+.2f} acts of force (90\u00a0% interval {d.low:+.2f} to {d.high:+.2f})".replace("-", "−")
        out.append(make_sentence(f"Recent {name}: ", NumberPiece(m, text), " within ", _horizon_piece(days), "."))
    if out:
        return tuple(out)
    small = ConventionPiece(f"{MIN_EFFECT}", "the smallest change that is shown")
    nothing = make_sentence("No kind of recent event changes the forecast by as much as ", small, " acts of force.")
    if not f.unwatched:
        return (nothing,)
    return nothing, make_sentence("The last events on days with coverage are too old to have an effect.")


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
        "channels": channels, "coverage": f.coverage, "paths": paths, "seed": seed, "weights": f.weights.of,
    }  # fmt: skip
    how, level = f"{how}, of {paths:,} simulated futures", None if low is None else 0.9
    return Quantity(key, value, unit, how, recipe, (), low, high, level)
