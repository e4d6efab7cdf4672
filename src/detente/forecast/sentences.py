"""The forecast in words: a likelihood word and its number together, produced from the paths and never by hand."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.claims.sentence import Chosen, Piece, Said, Sentence, say
from detente.forecast.case import CLOSURE, FORCE, CaseForecast, breakers
from detente.ground.likelihood import likelihood, percent
from detente.ground.span import in_words
from detente.measures.measured import Measured, tally

HORIZON = "the days ahead that were asked for"
MANY = {"attack": "attacks", "operation": "operations", "strike": "strikes", "clash": "clashes"}


def sentences(f: CaseForecast, seed: int) -> tuple[Sentence, ...]:
    """What the paths say, in order: yes or no, how many, how deadly, and on what it rests."""
    n = f.g.case.names
    asked: list[tuple[str, tuple[str, ...], str]] = [
        ("strike", ("strike",), f"At least one strike by {n.target} on the soil of {n.host}"),
        ("clash", ("clash",), f"At least one clash between forces of {n.target} and {n.host_government}"),
        ("attack", ("attack",), f"At least one attack by {n.group} in {n.target}"),
        ("operation", ("operation",), f"At least one operation of {n.target} against {n.group} at home"),
    ]
    out = [_whether(f, seed, key, channels, what) for key, channels, what in asked]
    if f.truce:
        out.append(
            _whether(
                f,
                seed,
                "truce",
                breakers(f.truce),
                f"That the truce between {f.truce.pair.replace('–', ' and ')} is broken",
            )
        )
    else:
        out.append(say("No truce is known to hold on the day of the forecast, so none can be broken."))
    if f.open_crossings == 0:
        out.append(
            say(
                "Every crossing of the case is shut to trade as far as is reported, so none can be newly shut before one is opened."
            )
        )
    else:
        out.append(_whether(f, seed, CLOSURE, (CLOSURE,), "That a crossing is newly shut to trade"))
    out += [_count(f, seed, c) for c in FORCE if c in f.channels]
    out += [_deaths(f, seed, days) for days in f.horizons]
    return (*out, *_rests_on(f))


def _whether(f: CaseForecast, seed: int, key: str, channels: tuple[str, ...], what: str) -> Sentence:
    if not any(c in f.channels for c in channels):
        return say(f"{what}: nothing of the kind is on record before, so nothing is said of it.")
    pieces: list[Piece] = [f"{what} is "]
    for i, days in enumerate(f.horizons):
        p = f.any(channels, days)
        m = _measured(
            f,
            seed,
            f"any_{key}_{days}",
            p,
            "probability",
            days,
            list(channels),
            "share of paths with at least one event",
        )
        pieces += [
            "; " if i else "",
            Said(m, f"{likelihood(p)} ({percent(p)})"),
            " within ",
            Chosen(f"{days} days", HORIZON),
        ]
    return say(*pieces, ".")


def _count(f: CaseForecast, seed: int, channel: str) -> Sentence:
    pieces: list[Piece] = [f"{MANY[channel].capitalize()}: "]
    for i, days in enumerate(f.horizons):
        low, middle, high = _three(f.totals(channel, days))
        m = _measured(f, seed, f"number_{channel}_{days}", middle, MANY[channel], days, [channel],
                      "median of the paths' totals, with their 5 % and 95 % quantiles", low, high)  # fmt: skip
        pieces += [
            "; " if i else "",
            Said(m, f"{middle:,.0f} (90\u00a0% interval {low:,.0f} to {high:,.0f})"),
            " within ",
            Chosen(f"{days} days", HORIZON),
        ]
    return say(*pieces, ".")


def _deaths(f: CaseForecast, seed: int, days: int) -> Sentence:
    pieces: list[Piece] = ["Deaths told of in these acts of force within ", Chosen(f"{days} days", HORIZON), ": "]
    for end, name, x in (("low", "lowest", f.deaths(days)[0]), ("high", "highest", f.deaths(days)[1])):
        low, middle, high = _three(x)
        m = _measured(f, seed, f"deaths_{end}_{days}", middle, "deaths told of", days, list(FORCE),
                      f"median of simulated deaths by the {name} figures told, with 5 % and 95 % quantiles", low, high)  # fmt: skip
        pieces += [
            "; " if end == "high" else "",
            Said(m, f"{middle:,.0f} (90\u00a0% interval {low:,.0f} to {high:,.0f})"),
            f" by the {name} figures",
        ]
    return say(*pieces, ".")


def _rests_on(f: CaseForecast) -> list[Sentence]:
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
    f: CaseForecast, seed: int, key: str, value: float, unit: str, days: int, channels: list[str], how: str,
    low: float | None = None, high: float | None = None,
) -> Measured:  # fmt: skip
    paths = len(f.paths.y)
    recipe = {
        "kind": "forecast",
        "as_of": str(f.as_of),
        "days": days,
        "channels": channels,
        "density": f.density,
        "paths": paths,
        "seed": seed,
    }
    return Measured(
        key, value, unit, f"{how}, of {paths:,} simulated futures", recipe, (), low, high, None if low is None else 0.9
    )
