"""Makes forecast numbers again: counts from the raw file, the futures of the three models with the stated seed and weights, then shares."""

import csv
import warnings
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np

from detente.core.rng import make_rng
from detente.forecast import severity
from detente.forecast.members import MEMBERS, simulate_recent_rate, walk_on
from detente.measures.counts import Counts
from detente.model.fit import FittedModel, fit_model
from detente.model.simulate import simulate
from support.recompute import CASES_FOLDER, RecomputedCase, Triple, find_closure_spells, load_altered_case, parse_day
from support.recompute_tests import CHANNEL_ORDER

VIOLENT_CHANNELS = ("attack", "operation", "strike", "clash")


ALL_CHANNELS = (*CHANNEL_ORDER, "closure")


def read_all_counts(a: RecomputedCase) -> Counts:
    """Counts and coverage of all channels by day, closures included, from the raw rows."""
    days = a.days(a.case["from"], min(a.as_of, a.case["to"]))
    y = np.zeros((len(days), len(ALL_CHANNELS)), dtype=int)
    for row in a.events:
        i = (row["first"] - a.case["from"]).days
        if row["channel"] in ALL_CHANNELS and 0 <= i < len(days):
            y[i, ALL_CHANNELS.index(row["channel"])] += 1
    for day in {first for c in a.case["crossings"] for first, _, _ in find_closure_spells(a, c["key"])}:
        if 0 <= (day - a.case["from"]).days < len(days):
            y[(day - a.case["from"]).days, -1] = 1
    effort = np.array([[a.coverage(d, ("pressure" if n == "closure" else n,)) for n in ALL_CHANNELS] for d in days])
    none = np.zeros(len(ALL_CHANNELS), dtype=int)
    return Counts(a.case["from"], ALL_CHANNELS, y, effort.max(axis=1), none, effort)


def fit_forecast_model(a: RecomputedCase, coverage: float, answers: bool, rng: np.random.Generator) -> FittedModel:
    counts = read_all_counts(a)
    days, y, effort = counts.days, counts.y, counts.by_channel
    regimes: dict[str, Any] = {}
    for g in a.case["regimes"]:
        if "to" in g and g["to"] < a.as_of:  # while it lasts nobody knows that it is one
            on = np.array([g["from"] <= d <= g["to"] for d in days])
            regimes[g["name"]] = regimes.get(g["name"], np.zeros(len(days), dtype=bool)) | on
    heard = y[effort[:, 0] > 0].sum(axis=0) > 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit_model(y[:, heard], effort[:, heard] / coverage, regimes, rng=rng, channels=[n for n, h in zip(ALL_CHANNELS, heard, strict=True) if h],
                   leave_out_unwatched=True, response_sd=None if answers else 0.0)  # fmt: skip


@cache
def simulate_futures(
    as_of: date, coverage: float, horizons: tuple[int, ...], paths: int, seed: int, weights: tuple[float, ...]
) -> tuple[Any, Any, Any, Any]:
    """Counts of all paths, (path, day, channel), their channels, deaths by either end, and each member's own counts."""
    a = load_altered_case(as_of, "", (), False)
    streams, tolls_rng = make_rng(seed).spawn(2)
    fits, errors, *own = streams.spawn(5)
    systems = [fit_forecast_model(a, coverage, answers, fits) for answers in (True, False)]
    names = systems[0].channels
    gap = (as_of - a.case["from"]).days - len(systems[0].y) + 1
    most = gap + max(horizons)
    numbers = [round(w * paths) for w in weights]
    numbers[int(np.argmax(weights))] += paths - sum(numbers)
    sizes = [max(n, min(500, paths)) for n in numbers]
    level = draw_errors(a, names, coverage, systems[0], errors)
    each = []
    for s, n, rng in zip(systems, sizes, own, strict=False):
        t = np.arange(len(s.y), len(s.y) + most)
        columns = np.tile(s.background.X[-1], (len(t), 1))
        for i, name in enumerate(s.background.names):
            if name.split()[0] in ("cos", "sin"):
                columns[:, i] = getattr(np, name.split()[0])(2 * np.pi * int(name.split()[1]) * t / 365.25)
        base = np.stack([np.exp(np.clip(c.theta[:, : columns.shape[1]] @ columns.T, -30, 30)) for c in s.of], axis=-1)
        walk, run = rng.spawn(2)
        base = base * walk_on(s, most, walk) * level[:, None, [ALL_CHANNELS.index(n) for n in names]]
        each.append(simulate(base, s.R, s.size, s.half_lives, s.soft, s.z, run, paths=n).y)
    counts = read_all_counts(a)
    recent = simulate_recent_rate(
        counts, np.full(len(ALL_CHANNELS), coverage), most, own[2], paths=sizes[2], level=level
    )
    each.append(recent[:, :, [ALL_CHANNELS.index(n) for n in names]])
    y = np.concatenate([x[:n, gap:] for x, n in zip(each, numbers, strict=True)])
    alone = {
        name: x[:n, gap:] if n == size else x[:, gap:]
        for name, x, n, size in zip(MEMBERS, each, numbers, sizes, strict=True)
    }
    tolls = {c: [a.range(r) for r in a.events if r["channel"] == c] for c in VIOLENT_CHANNELS if c in names}
    most = 10 * max((t[1] for told in tolls.values() for t in told if t), default=1)
    dead = []
    for end, rng in enumerate(tolls_rng.spawn(2)):
        total = np.zeros((paths, max(horizons)))
        for (c, told), own_rng in zip(tolls.items(), rng.spawn(len(tolls)), strict=True):
            fit, draw = own_rng.spawn(2)
            m = severity.fit_severity([t[end] if t else None for t in told], most, fit)
            total += np.cumsum(severity.draw_deaths(m, y[:, :, names.index(c)], draw), axis=1)
        dead.append({d: total[:, d - 1] for d in horizons})
    return y, names, dead, alone


def draw_errors(a: RecomputedCase, names: Any, coverage: float, s: FittedModel, rng: np.random.Generator) -> Any:
    """Draws of the level's error from the intervals of the case file's coverages, shape (draw, channel)."""
    counts = read_all_counts(a)
    out = np.zeros((s.draws, len(ALL_CHANNELS)))
    w = np.where(counts.coverage > 0, 0.5 ** (np.arange(len(counts.y))[::-1] / 180), 0)
    effort = w[:, None] * counts.by_channel
    days = [a.case["from"] + timedelta(days=i) for i in range(len(w))]
    for window in a.case["windows"]:
        inside = np.array([window["from"] <= d <= window.get("to", date.max) for d in days])
        noise: dict[Any, Any] = {}
        for k, channel in enumerate(ALL_CHANNELS):
            named = "pressure" if channel == "closure" else channel
            kind = next((x for x in window.get("kinds", ()) if named in x["channels"]), window)
            if "interval" not in kind:
                continue
            low, high = kind["interval"]
            key = tuple(kind.get("channels", (low, high)))
            if key not in noise:
                noise[key] = rng.standard_normal(s.draws) * np.log(high / low) / (2 * 1.959964)
            out[:, k] -= effort[inside, k].sum() / effort[:, k].sum() * noise[key]
    return np.exp(out)


def recompute_forecast(r: dict[str, Any]) -> Triple:
    weights = tuple(r["weights"][m] for m in MEMBERS)
    day, horizons = parse_day(r["as_of"]), tuple(r["horizons"])
    y, names, dead, alone = simulate_futures(day, r["coverage"], horizons, r["paths"], r["seed"], weights)
    what, _, member = r["what"].partition(", ")
    if what == "deaths":
        x = dead[("lowest", "highest").index(member)][r["days"]]
    else:
        some = alone[member] if member else y
        x = sum(some[:, : r["days"], names.index(c)].sum(axis=1) for c in r["channels"] if c in names)
    if what == "any":
        return float((x > 0).mean()), None, None
    low, middle, high = (float(sorted(x)[int(np.ceil(q * len(x))) - 1]) for q in (0.05, 0.5, 0.95))
    return middle, low, high


def recompute_yardstick(a: RecomputedCase, r: dict[str, Any]) -> int:
    """Events or deaths of the other source over whole months, or the record's events of the channel in them."""
    first, last = parse_day(r["first"]), parse_day(r["last"])
    if r["part"] == "record":
        return sum(x["channel"] == r["channel"] and first <= x["first"] <= last for x in a.events)
    settings = a.case["longer_view"]
    rule = next(x for x in settings["yardsticks"] if r["channel"] in x["channels"] and x["counts"] == r["counts"])
    with (CASES_FOLDER / settings["months"]).open(newline="", encoding="utf-8") as f:
        rows = [
            x
            for x in csv.DictReader(f)
            if x["country"] in rule["countries"]
            and x["conflict"] in rule["conflicts"]
            and first <= parse_day(f"{x['month']}-01") <= last
            and parse_day(x["known_on"]) <= a.as_of
        ]
    assert len(rows) == len(rule["countries"]) * len(rule["conflicts"]) * len({x["month"] for x in rows})
    return sum(int(x[r["part"]]) for x in rows)
