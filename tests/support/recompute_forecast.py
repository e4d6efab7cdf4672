"""Makes forecast numbers again: counts from the raw file, both halves of the futures with the stated seed, then shares and quantiles."""

import warnings
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from detente.forecast import severity
from detente.model.fit import FittedModel, fit_model
from detente.model.simulate import simulate
from support.recompute import RecomputedCase, Triple, find_closure_spells, load_altered_case, parse_day
from support.recompute_tests import CHANNEL_ORDER

VIOLENT_CHANNELS = ("attack", "operation", "strike", "clash")


def fit_forecast_model(a: RecomputedCase, coverage: float, answers: bool, rng: np.random.Generator) -> FittedModel:
    names = [*CHANNEL_ORDER, "closure"]
    days = a.days(a.case["from"], min(a.as_of, a.case["to"]))
    y = np.zeros((len(days), len(names)), dtype=int)
    for row in a.events:
        i = (row["first"] - a.case["from"]).days
        if row["channel"] in names and 0 <= i < len(days):
            y[i, names.index(row["channel"])] += 1
    for day in {first for c in a.case["crossings"] for first, _, _ in find_closure_spells(a, c["key"])}:
        if 0 <= (day - a.case["from"]).days < len(days):
            y[(day - a.case["from"]).days, -1] = 1
    effort = np.array([[a.coverage(d, ("pressure" if n == "closure" else n,)) for n in names] for d in days])
    regimes: dict[str, Any] = {}
    for g in a.case["regimes"]:
        if "to" in g and g["to"] < a.as_of:  # while it lasts nobody knows that it is one
            on = np.array([g["from"] <= d <= g["to"] for d in days])
            regimes[g["name"]] = regimes.get(g["name"], np.zeros(len(days), dtype=bool)) | on
    heard = y[effort[:, 0] > 0].sum(axis=0) > 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit_model(y[:, heard], effort[:, heard] / coverage, regimes, rng=rng, channels=[n for n, h in zip(names, heard, strict=True) if h],
                   leave_out_unwatched=True, response_sd=None if answers else 0.0)  # fmt: skip


@cache
def simulate_futures(
    as_of: date, coverage: float, horizons: tuple[int, ...], paths: int, seed: int
) -> tuple[Any, Any, Any]:
    """Counts of all paths, (path, day, channel), their channels, and deaths by either end up to each horizon."""
    a, rng = load_altered_case(as_of, "", (), False), np.random.default_rng(seed)
    systems = [fit_forecast_model(a, coverage, answers, rng) for answers in (True, False)]
    halves = []
    for s, n in zip(systems, (paths - paths // 2, paths // 2), strict=True):
        t = np.arange(len(s.y), len(s.y) + max(horizons))
        columns = np.tile(s.background.X[-1], (len(t), 1))
        for i, name in enumerate(s.background.names):
            if name.split()[0] in ("cos", "sin"):
                columns[:, i] = getattr(np, name.split()[0])(2 * np.pi * int(name.split()[1]) * t / 365.25)
        base = np.stack([np.exp(np.clip(c.theta[:, : columns.shape[1]] @ columns.T, -30, 30)) for c in s.of], axis=-1)
        halves.append(simulate(base, s.R, s.size, s.half_lives, s.soft, s.z, rng, paths=n).y)
    y, names = np.concatenate(halves), systems[0].channels
    grid = sorted({*range(0, max(horizons), max(1, max(horizons) // 60)), *horizons})
    tolls = {c: [a.range(r) for r in a.events if r["channel"] == c] for c in VIOLENT_CHANNELS if c in names}
    most = 10 * max((t[1] for told in tolls.values() for t in told if t), default=1)
    dead = []
    for end in (0, 1):
        learned = {
            c: severity.fit_severity([t[end] if t else None for t in told], most, rng) for c, told in tolls.items()
        }
        total = np.zeros((paths, len(grid)))
        for c, m in learned.items():
            between = [y[:, x:z, names.index(c)].sum(axis=1) for x, z in pairwise(grid)]
            total[:, 1:] += np.cumsum(severity.draw_deaths(m, np.stack(between, axis=1), rng), axis=1)
        dead.append({d: total[:, grid.index(d)] for d in horizons})
    return y, names, dead


def recompute_forecast(r: dict[str, Any]) -> Triple:
    y, names, dead = simulate_futures(parse_day(r["as_of"]), r["coverage"], tuple(r["horizons"]), r["paths"], r["seed"])
    if r["what"].startswith("deaths"):
        x = dead[("deaths, lowest", "deaths, highest").index(r["what"])][r["days"]]
    else:
        x = sum(y[:, : r["days"], names.index(c)].sum(axis=1) for c in r["channels"] if c in names)
    if r["what"] == "any":
        return float((x > 0).mean()), None, None
    low, middle, high = (float(sorted(x)[int(np.ceil(q * len(x))) - 1]) for q in (0.05, 0.5, 0.95))
    return middle, low, high
