"""The forecast in words: a likelihood word and its number together, produced from the paths and never by hand."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.core.date_range import in_words
from detente.forecast.case import CLOSURE, FORCE, CaseForecast, breakers
from detente.measures.quantity import Measured, tally
from detente.text.probability_words import likelihood, percent
from detente.text.sentence import Chosen, Piece, Said, Sentence, say

HORIZON = "the days ahead that were asked for"
ENDS = ("lowest", "highest")
MANY = {"attack": "attacks", "operation": "operations", "strike": "strikes", "clash": "clashes"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing forecast, in a few words, and what is said of it for each horizon in order; no cells where nothing can be said."""

    what: str
    cells: tuple[Said, ...]


def asked(f: CaseForecast) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """What is asked yes or no: key, channels of which one event makes it a yes, and in words."""
    n = f.g.case.names
    out: list[tuple[str, tuple[str, ...], str]] = [
        ("strike", ("strike",), f"At least one strike by {n.target} on the soil of {n.host}"),
        ("clash", ("clash",), f"At least one clash between forces of {n.target} and {n.host_government}"),
        ("attack", ("attack",), f"At least one attack by {n.group} in {n.target}"),
        ("operation", ("operation",), f"At least one operation of {n.target} against {n.group} at home"),
    ]
    if f.truce:
        pair = f.truce.pair.replace("–", " and ")
        out.append(("truce", breakers(f.truce), f"That the truce between {pair} is broken"))
    if f.open_crossings:
        out.append((CLOSURE, (CLOSURE,), "That a crossing is newly shut to trade"))
    return tuple(out)


def not_asked(f: CaseForecast) -> tuple[Sentence, ...]:
    """What cannot happen as things stand, and so is not asked."""
    out = []
    if not f.truce:
        out.append(say("No truce is known to hold on the day of the forecast, so none can be broken."))
    if not f.open_crossings:
        out.append(
            say(
                "Every crossing of the case is shut to trade as far as is reported, so none can be newly shut before one is opened."
            )
        )
    return tuple(out)


def lines(f: CaseForecast, seed: int) -> tuple[Line, ...]:
    """The forecast as a table: whether, how many, how deadly, each for all horizons."""
    out = [Line(what, _whether(f, seed, key, channels)) for key, channels, what in asked(f)]
    out += [Line(f"{MANY[c].capitalize()}, how many", _count(f, seed, c)) for c in FORCE if c in f.channels]
    by_end = zip(*(_deaths(f, seed, d) for d in f.horizons), strict=True)
    return (*out, *(Line(f"Deaths told of in them, {end} figures", c) for end, c in zip(ENDS, by_end, strict=True)))


def sentences(f: CaseForecast, seed: int) -> tuple[Sentence, ...]:
    """What the paths say, in order: yes or no, how many, how deadly, and on what it rests."""
    out = []
    for key, channels, what in asked(f):
        cells = _whether(f, seed, key, channels)
        nothing = say(f"{what}: nothing of the kind is on record before, so nothing is said of it.")
        out.append(_told(f, f"{what} is ", cells) if cells else nothing)
    out += not_asked(f)
    out += [_told(f, f"{MANY[c].capitalize()}: ", _count(f, seed, c)) for c in FORCE if c in f.channels]
    for days in f.horizons:
        low, high = _deaths(f, seed, days)
        out.append(
            say(
                "Deaths told of in these acts of force within ", Chosen(f"{days} days", HORIZON), ": ",
                low, " by the lowest figures; ", high, " by the highest figures.",
            )
        )  # fmt: skip
    return (*out, *rests_on(f))


def _told(f: CaseForecast, opening: str, cells: tuple[Said, ...]) -> Sentence:
    pieces: list[Piece] = [opening]
    for i, (days, cell) in enumerate(zip(f.horizons, cells, strict=True)):
        pieces += ["; " if i else "", cell, " within ", Chosen(f"{days} days", HORIZON)]
    return say(*pieces, ".")


def _whether(f: CaseForecast, seed: int, key: str, channels: tuple[str, ...]) -> tuple[Said, ...]:
    if not any(c in f.channels for c in channels):
        return ()
    out = []
    for days in f.horizons:
        p = f.any(channels, days)
        m = _measured(f, seed, f"any_{key}_{days}", p, "share", days, "any", list(channels),
                      "share of paths with at least one event")  # fmt: skip
        out.append(Said(m, f"{likelihood(p)} ({percent(p)})"))
    return tuple(out)


def _count(f: CaseForecast, seed: int, channel: str) -> tuple[Said, ...]:
    out = []
    for days in f.horizons:
        low, middle, high = _three(f.totals(channel, days))
        m = _measured(f, seed, f"number_{channel}_{days}", middle, MANY[channel], days, "number", [channel],
                      "median of the paths' totals, with their 5 % and 95 % quantiles", low, high)  # fmt: skip
        out.append(_interval(m))
    return tuple(out)


def _deaths(f: CaseForecast, seed: int, days: int) -> tuple[Said, Said]:
    low, high = (
        _interval(
            _measured(f, seed, f"deaths_{key}_{days}", middle, "deaths told of", days, f"deaths, {end}", list(FORCE),
                      f"median of simulated deaths by the {end} figures told, with 5 % and 95 % quantiles", first, last)
        )
        for key, end, (first, middle, last) in zip(("low", "high"), ENDS, map(_three, f.deaths(days)), strict=True)
    )  # fmt: skip
    return low, high


def _interval(m: Measured) -> Said:
    return Said(m, f"{m.value:,.0f} (90\u00a0% interval {m.low:,.0f} to {m.high:,.0f})")


def rests_on(f: CaseForecast) -> list[Sentence]:
    """On what a forecast rests: the day, the density of collection, days that nobody watched, channels with little on record."""
    day = Chosen(in_words(f.as_of), "the last day whose knowledge is used")
    as_dense = next((w.name for w in f.g.case.windows if w.density == f.density), None)
    density = Chosen(f"{f.density:g}", "the density of collection asked for")
    pieces: list[Piece] = [
        "All this is from what was known on ",
        day,
        ", of events as this record would show them at a density of collection of ",
        density,
    ]
    if as_dense:
        pieces += [", as densely as in its window ", Chosen(as_dense, "the case file's name")]
    out = [say(*pieces, ".")]
    if f.unwatched:
        m = tally(
            "unwatched_days",
            f.unwatched,
            "days",
            "days before the forecast outside every window of systematic collection",
            {"kind": "unwatched"},
            (),
        )
        out.append(
            say(
                "The last ",
                Said(m, f"{f.unwatched} days"),
                " before it were not collected systematically: they count as usual, not as quiet.",
            )
        )
    if f.system.too_few:
        names = ", ".join(f.system.too_few)
        m = tally(
            "too_few",
            30,
            "events",
            "the number under which answers rest mostly on the prior",
            {"kind": "threshold"},
            (),
        )
        out.append(
            say(
                "Fewer than ",
                Said(m, "30 events"),
                f" each are on record of {names}: what is said of these rests largely on the prior.",
            )
        )
    if f.silent:
        out.append(say(f"Nothing on record, so nothing is forecast, of {', '.join(f.silent)}."))
    return out


def _three(x: NDArray[Any]) -> tuple[float, float, float]:
    low, middle, high = np.quantile(x, [0.05, 0.5, 0.95], method="inverted_cdf")
    return float(low), float(middle), float(high)


def _measured(
    f: CaseForecast, seed: int, key: str, value: float, unit: str, days: int, what: str,
    channels: list[str], how: str,
    low: float | None = None, high: float | None = None,
) -> Measured:  # fmt: skip
    paths = len(f.paths.y)
    recipe = {
        "kind": "forecast",
        "as_of": str(f.as_of),
        "what": what,
        "days": days,
        "horizons": list(f.horizons),
        "channels": channels,
        "density": f.density,
        "paths": paths,
        "seed": seed,
    }
    return Measured(
        key, value, unit, f"{how}, of {paths:,} simulated futures", recipe, (), low, high, None if low is None else 0.9
    )
