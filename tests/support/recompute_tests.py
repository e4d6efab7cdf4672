"""Makes tested numbers again: responses, probabilities, placebo shifts and deals of labels.

Counts, densities, regimes and selections are those of `again.py`, read from the raw files. The system is fitted
anew to these counts with the stated seed; what is read off it (responses, slopes, shifts) is written out here
a second time, as the formulas stand in the docstrings, with loops where the product has arrays.
"""

import json
import math
import warnings
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import numpy as np
from scipy import stats

from detente.model.fit import FittedModel, fit_model, replace_responses
from detente.model.simulate import SimulatedPaths, simulate
from support.recompute import (
    RecomputedCase,
    Triple,
    alter_case,
    block_variance,
    list_occasions,
    load_altered_case,
    parse_day,
    read_source_months,
    recompute,
    recompute_count_change,
    recompute_following,
)

CHANNEL_ORDER = (
    "attack",
    "operation",
    "strike",
    "clash",
    "pressure",
    "defiance",
    "dialogue",
    "concession",
    "truce",
    "outside",
)
HARMFUL_STRIKE, OTHER_STRIKE = "strike with civilian deaths", "strike without civilian deaths"
STRIKE_WITHOUT_FIGURE = "strike without a figure of civilian deaths"


def label_event(a: RecomputedCase, r: dict[str, Any], kind: str) -> str | None:
    c: str | None = r["channel"]
    if c == "restraint":  # counted, not fitted
        return None
    if r["date_precision"] != "day":
        return None  # a model of days needs the day
    if c == "concession" and not any(a.role(x, r["first"]) == "host" for x in r["did"]):
        return None
    if c == "strike" and kind == "harm":
        if r["civilian_deaths"] is None:
            return STRIKE_WITHOUT_FIGURE
        return HARMFUL_STRIKE if r["civilian_deaths"] else OTHER_STRIKE
    return c


def fit_responses(a: RecomputedCase, r: dict[str, Any]) -> FittedModel:
    return _fit_cached(
        a.as_of, a.without, a.left_out, a.even, a.assumed, a.named_only,
        json.dumps({k: r[k] for k in ("fit", "seed", "draws", "half_lives", "sigmas")}),
    )  # fmt: skip


@cache
def _fit_cached(
    as_of: Any,
    without: str,
    left_out: tuple[str, ...],
    even: bool,
    assumed: tuple[Any, ...],
    named_only: bool,
    how: str,
) -> FittedModel:
    a, r = load_altered_case(as_of, without, left_out, even, assumed, named_only), json.loads(how)
    names = (
        list(CHANNEL_ORDER)
        if r["fit"] == "host"
        else [*(c for c in CHANNEL_ORDER if c != "strike"), HARMFUL_STRIKE, OTHER_STRIKE, STRIKE_WITHOUT_FIGURE]
    )
    days = a.days(a.case["from"], min(a.as_of, a.case["to"]))
    y = np.zeros((len(days), len(names)), dtype=int)
    for row in a.events:
        c, i = label_event(a, row, r["fit"]), (row["first"] - a.case["from"]).days
        if c and 0 <= i < len(days):
            y[i, names.index(c)] += 1
    kinds = ["strike" if n in (HARMFUL_STRIKE, OTHER_STRIKE, STRIKE_WITHOUT_FIGURE) else n for n in names]
    coverage = np.array([[a.coverage(d, (n,)) for n in kinds] for d in days])
    regimes: dict[str, Any] = {}
    for g in a.case["regimes"]:
        if g["from"] <= a.as_of:
            on = np.array([g["from"] <= d <= g.get("to", days[-1]) for d in days])
            regimes[g["name"]] = regimes.get(g["name"], np.zeros(len(days), dtype=bool)) | on
    heard = y[coverage[:, 0] > 0].sum(axis=0) > 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit_model(
            y[:, heard], coverage[:, heard], regimes, rng=np.random.default_rng(r["seed"]), draws=r["draws"],
            channels=[n for n, h in zip(names, heard, strict=True) if h], half_lives=r["half_lives"],
            sigmas=tuple(r["sigmas"]), leave_out_unwatched=True,
        )  # fmt: skip


def draw_responses(a: RecomputedCase, r: dict[str, Any]) -> np.ndarray:
    s = fit_responses(a, r)
    rows = s.W
    if a.without or a.left_out or a.even or a.assumed or a.named_only:
        # A check fits the effects anew; responses of the other kinds are those of the whole record.
        whole = fit_responses(
            load_altered_case(a.as_of, "", (), False, (), False), r | {"draws": 500, "sigmas": [0.05, 0.15, 0.4, 1.0]}
        )
        daily = s.R.copy()
        for k, name in enumerate(s.channels):
            if name not in {of for _, _, of in r["terms"]} and name in whole.channels:
                daily[:, k] = 0.0
                for j, cause in enumerate(s.channels):
                    if cause in whole.channels:
                        daily[:, k, j] = whole.R[: len(daily), whole.channels.index(name), whole.channels.index(cause)]
        rows = replace_responses(s, daily).W
    out = np.zeros(r["draws"])
    for weight, after, of in r["terms"]:
        for m, h in enumerate(s.half_lives):
            children = rows[:, s.channels.index(of), s.channels.index(after), m]
            beta = np.log(2) / h
            same_day = 1 - (1 - np.exp(-beta)) / beta  # of an event at a uniform moment of its day
            out += weight * children * (same_day + (1 - same_day) * (1 - np.exp(-beta * r["days"])))
    return out


def recompute_test(a: RecomputedCase, r: dict[str, Any]) -> tuple[Triple, list[str] | None]:
    match r["kind"]:
        case "response":
            d, tail = draw_responses(a, r), 100 * (1 - r["level"]) / 2
            used = {c for _, j, k in r["terms"] for c in (j, k)}
            ids = [
                x["event_id"] for x in a.events if label_event(a, x, r["fit"]) in used and a.coverage(x["first"]) > 0
            ]
            return (float(d.mean()), float(np.percentile(d, tail)), float(np.percentile(d, 100 - tail))), ids
        case "probability":
            return (recompute_probability(a, r), None, None), None
        case "placebo in time":
            return (recompute_placebo(a, r), None, None), None
        case "lead check":
            return (recompute_lead_check(a, r)[0], None, None), None
        case "lever":
            return recompute_intervention(a, r), []
        case _:
            return (recompute_permutation(a, r), None, None), None


def load_inner_case(a: RecomputedCase, r: dict[str, Any]) -> RecomputedCase:
    return alter_case(a, r)


def recompute_probability(a: RecomputedCase, r: dict[str, Any]) -> float:
    of = r["of"]
    b = load_inner_case(a, of)
    if r["rule"] == "response":
        p = float(np.mean(draw_responses(b, of) > 0))
    elif r["rule"] == "count change":
        p = recompute_count_change(*read_source_months(b, of), of["months"])[3]
    elif r["rule"] == "normal":
        (value, low, high), _ = recompute(b, {"recipe": of})
        assert value is not None
        assert low is not None
        assert high is not None
        p = float(stats.norm.cdf(value / ((high - low) / 2 / stats.norm.ppf(0.95))))
    elif r["rule"] == "excess":
        hits, days, near, before = list_occasions(b, of)
        chances = []
        for other in (near, before):
            x = [float(h) - float(o) for h, o in zip(hits, other, strict=True) if o is not None]
            variance, blocks = block_variance(x, [d for d, o in zip(days, other, strict=True) if o is not None])
            t = sum(x) / len(x) / math.sqrt(variance)
            chances.append(float(stats.t(blocks - 1).cdf(t if r["claimed"] == "above" else -t)))
        return min(chances)
    else:
        k, n, q = count_successes(b, of)
        if r["rule"] == "ratio":
            k, n = k / of["dispersion"], n / of["dispersion"]
        assert r["rule"] == "ratio" or q is None or q == r["than"]
        p = float(stats.beta(k + 0.5, n - k + 0.5).sf(r["than"] if q is None else q))
    return p if r["claimed"] == "above" else 1 - p


def count_successes(a: RecomputedCase, of: dict[str, Any]) -> tuple[float, float, float | None]:
    """k of n behind a share or a ratio, and for a ratio the share that its even odds stand for."""
    if of["kind"] == "following":
        k, n, _ = recompute_following(a, of)
        return k, n, None
    if of["kind"] == "ratio":
        (n1, t1), (n0, t0) = (count_in_period(a, of, w) for w in ("now", "then"))
        return n1, n1 + n0, t1 / (t1 + t0)
    (value, _, _), ids = recompute(a, {"recipe": of})
    assert ids is not None
    assert value is not None
    return round(value * len(ids)), len(ids), None


def count_in_period(a: RecomputedCase, of: dict[str, Any], which: str) -> tuple[int, float]:
    first, last = (parse_day(d) for d in of[which])
    inside = [x for x in a.select(of["of"]) if first <= x["first"] <= last and a.coverage(x["first"]) > 0]
    return len(inside), a.effort(first, last, tuple(of["of"].get("channels", ())))


def compute_residuals(
    s: FittedModel, after: str, of: str, days: float = 30
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is left of channel `of` with `after`'s part put back; the memory of `after`; density."""
    k, j, m, width = s.channels.index(of), s.channels.index(after), len(s.half_lives), s.background.X.shape[1]
    best, reach = s.of[k].best.tolist(), [1 - 2 ** (-days / h) for h in s.half_lives]
    left, memory, d = [], [], []
    for t in np.flatnonzero(s.coverage > 0):
        expected = float(np.exp(np.clip(s.background.X[t] @ best[:width], -30, 30)))
        felt, memories = 0.0, s.Z[t].tolist()
        for c in range(len(s.channels)):
            for h in range(m):
                z = memories[c * m + h]
                if c == j:
                    felt += z * reach[h]
                else:
                    expected += z * best[width + c * m + h]
        left.append(s.y[t, k] / s.by_channel[t, k] - expected)
        memory.append(felt)
        d.append(s.by_channel[t, k])
    return np.array(left), np.array(memory), np.array(d)


def fit_slope(u: np.ndarray, m: np.ndarray, d: np.ndarray) -> float:
    m = m - m.mean()
    return float((d * u * m).sum() / (d * m * m).sum())


def compute_p_value(seen: float, tried: np.ndarray, claimed: str) -> float:
    extreme = tried >= seen - 1e-12 if claimed == "above" else tried <= seen + 1e-12
    return float((1 + extreme.sum()) / (1 + len(tried)))


def standardise_residuals(s: FittedModel, after: str, by: str, *more: np.ndarray) -> tuple[np.ndarray, ...]:
    """What is left of answer and of memory once the background had its chance, in deviations of the day."""
    u, m, d = compute_residuals(s, after, by)
    k, best = s.channels.index(by), s.of[s.channels.index(by)].best
    columns = s.background.X[s.coverage > 0]
    level = np.exp(columns @ best[: columns.shape[1]])
    part = s.Z[s.coverage > 0] * best[columns.shape[1] : -1]
    mine = [i for i in range(part.shape[1]) if i // len(s.half_lives) == s.channels.index(after)]
    mean = np.maximum(level + np.delete(part, mine, axis=1).sum(axis=1), 0.02 * level)
    variance = mean / d + mean**2 / np.exp(best[-1])
    # Penalised least squares as plain least squares: the prior is further rows, which say nought.
    root = np.linalg.cholesky(s.background.precision[int(np.argmax(s.of[k].weights))]).T
    rows = np.vstack([columns * (level / np.sqrt(variance))[:, None], root])
    out = []
    for v in (u, m, *more):
        scaled = v / np.sqrt(variance)
        found = np.linalg.lstsq(rows, np.append(scaled, np.zeros(len(root))), rcond=None)[0]
        out.append(scaled - rows[: len(v)] @ found)
    return tuple(out)


def recompute_lead_check(a: RecomputedCase, r: dict[str, Any]) -> tuple[float, float]:
    """Past against future of each cause, and past alone, by least squares, with a spread that adds the terms day by day."""
    of = r["of"]
    s = fit_responses(load_inner_case(a, of), of)
    watched, n = s.coverage > 0, len(s.y)
    difference, by_day = 0.0, np.zeros(int(watched.sum()))
    past_only, past_by_day = 0.0, np.zeros(int(watched.sum()))
    for w, after, by in of["terms"]:
        y, d = s.y[:, s.channels.index(after)], s.by_channel[:, s.channels.index(after)]
        mean = y[watched].sum() / d[watched].sum()
        past, future = np.zeros(n), np.zeros(n)
        for h, sd in zip(s.half_lives, (0.3, 0.07, 0.01), strict=True):
            weight = sd * (1 - 2 ** (-30 / h))
            for series, days in ((past, range(n)), (future, range(n - 1, -1, -1))):
                z = mean
                for t in days:
                    series[t] += weight * z
                    z = 2 ** (-1 / h) * z + (1 - 2 ** (-1 / h)) * (y[t] / d[t] if watched[t] else mean)
        e, _, f, g = standardise_residuals(s, after, by, past[watched], future[watched])
        x = np.column_stack([f, g])
        slopes = np.linalg.lstsq(x, e, rcond=None)[0]
        pull = np.linalg.solve(x.T @ x, np.array([1.0, -1.0]))
        difference += w * (slopes[0] - slopes[1])
        by_day += w * (x @ pull) * (e - x @ slopes)
        past_only += w * slopes[0]
        past_by_day += w * (x @ np.linalg.solve(x.T @ x, np.array([1.0, 0.0]))) * (e - x @ slopes)
    return (
        float(difference / np.sqrt((by_day**2).sum())),
        float(past_only / np.sqrt((past_by_day**2).sum())),
    )


def recompute_placebo(a: RecomputedCase, r: dict[str, Any]) -> float:
    of = r["of"]
    b = load_inner_case(a, of)
    if of["kind"] == "response":
        s = fit_responses(b, of)
        parts = [(w, *standardise_residuals(s, j, k)) for w, j, k in of["terms"]]
        n = len(parts[0][1])

        def at(i: int) -> float:
            turn = (np.arange(n) - i) % n
            slopes = [w * (e * f[turn]).sum() / (f**2).sum() for w, e, f in parts]
            spread = [w**2 * ((e * f[turn]) ** 2).sum() / (f**2).sum() ** 2 for w, e, f in parts]
            return float(sum(slopes) / np.sqrt(sum(spread)))
    else:
        moving, fixed = build_daily_series(b, of)
        n = len(moving)

        def at(i: int) -> float:
            return float(moving[(np.arange(n) - i) % n] @ fixed)

    return compute_p_value(at(0), np.array([at(i) for i in range(r["least"], n - r["least"] + 1)]), r["claimed"])


def build_daily_series(a: RecomputedCase, of: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    every = a.days(a.case["from"], min(a.as_of, a.case["to"]))
    if of["kind"] == "following":
        within = of["within"]
        full = [d for d in every if all(a.coverage(d + timedelta(days=i)) > 0 for i in range(within + 1))]
        hits, starts = ({x["first"] for x in a.select(of[k])} for k in ("then", "of"))
        soon = [float(any(d + timedelta(days=i) in hits for i in range(1, within + 1))) for d in full]
        return np.array(soon), np.array([float(d in starts) for d in full])
    watched = [d for d in every if a.coverage(d) > 0]
    first, last = (parse_day(d) for d in of["now"])
    events, kinds = [x["first"] for x in a.select(of["of"])], tuple(of["of"].get("channels", ()))
    return (
        np.array([events.count(d) / a.coverage(d, kinds) for d in watched]),
        np.array([float(first <= d <= last) for d in watched]),
    )


def recompute_permutation(a: RecomputedCase, r: dict[str, Any]) -> float:
    """The deals are chance: they are dealt again with the stated seed, block by block, day by day."""
    of, rng = r["of"], np.random.default_rng(r["seed"])
    s = fit_responses(load_inner_case(a, of), of)
    rho = [0.5 ** (1 / h) for h in s.half_lives]
    watched, seen, tried = s.coverage > 0, 0.0, np.zeros(400)
    for w, after, by in of["terms"]:
        u, m, d = compute_residuals(s, after, by)
        j, k = s.channels.index(after), s.channels.index(by)
        seen += w * fit_slope(u, m, d)
        y = np.zeros((len(tried), len(s.y)))
        blocks = [range(start, min(start + 90, len(s.y))) for start in range(0, len(s.y), 90)]
        pools = [[t for t in block for _ in range(s.y[t].sum() - s.y[t, k])] for block in blocks]
        dealt = [s.y[list(block), j].sum() for block in blocks]
        for i in range(len(tried)):
            for pool, number in zip(pools, dealt, strict=True):
                for t in rng.permutation(pool)[:number]:
                    y[i, int(t)] += 1
        mean = y[:, watched].sum(axis=1) / s.by_channel[watched, j].sum()
        felt = np.zeros(y.shape)
        for h, q in enumerate(rho):
            z = mean
            for t in range(len(s.y)):
                felt[:, t] += z * (1 - 2 ** (-30 / s.half_lives[h]))
                z = q * z + (1 - q) * (y[:, t] / s.by_channel[t, j] if watched[t] else mean)
        tried += [w * fit_slope(u, f[watched], d) for f in felt]
    return compute_p_value(seen, tried, r["claimed"])


# ---- policy options: futures are simulated again with the stated seed, and what the option does is written out anew

OPTIONS: dict[str, list[tuple[str, str]]] = {
    "delink": [("defiance", "pressure")],
    "mediation": [
        (f, h) for f in ("strike", "clash") for h in ("attack", "operation", "strike", "clash", "pressure", "defiance")
    ],
}


@cache
def _passing_responses(as_of: Any, fit_text: str) -> np.ndarray:
    """Whether the response of k to j passes the lead check with the sign of its mean, over the draws simulated; shape (k, j)."""
    a, r = load_altered_case(as_of, "", (), False), json.loads(fit_text)
    s = fit_responses(a, r)
    draws = np.linspace(0, r["draws"] - 1, r["simulated draws"]).round().astype(int)
    out = np.eye(len(s.channels), dtype=bool)
    for k, effect in enumerate(s.channels):
        for j, cause in enumerate(s.channels):
            if k != j and min(s.events[k], s.events[j]) >= 10:
                against, alone = recompute_lead_check(a, {"of": {**r, "terms": [[1.0, cause, effect]]}})
                sign = 1 if s.W[draws, k, j].sum() >= 0 else -1
                out[k, j] = sign * against > 1.96 and sign * alone > 1.96
    return out


@dataclass(frozen=True)
class Future:
    """The days after the record as fitted: background without same-day answers, answers, and simulated paths."""

    s: FittedModel
    keep: np.ndarray
    bare: np.ndarray
    children: np.ndarray
    base: np.ndarray
    answers: np.ndarray
    plain: SimulatedPaths


def _add_same_day(s: FittedModel, level: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put back what is answered on the same day."""
    same_day, width = _same_day_share(s), len(s.channels)
    out, answers = np.empty(level.shape), np.empty(w.shape)
    for n in range(len(level)):
        left = np.eye(width) - w[n] @ same_day
        out[n] = np.linalg.solve(left, level[n].T).T
        answers[n] = np.linalg.solve(left, (w[n] * (1 - same_day)).reshape(width, -1)).reshape(w[n].shape)
    return out, answers


def _same_day_share(s: FittedModel) -> np.ndarray:
    beta = np.log(2) / np.array(s.half_lives)
    share: np.ndarray = 1 - (1 - np.exp(-beta)) / beta
    return share


def _simulate(
    f: FittedModel, keep: np.ndarray, base: np.ndarray, answers: np.ndarray, r: dict[str, Any]
) -> tuple[SimulatedPaths, np.random.Generator]:
    rng = np.random.default_rng(r["seed"])
    return simulate(base, answers, f.size[keep], f.half_lives, f.soft, f.z, rng, paths=r["paths"]), rng


@cache
def _simulate_future(as_of: Any, fit_text: str, only_passing: bool) -> Future:
    """The future without a policy option, which all options share."""
    a, r = load_altered_case(as_of, "", (), False), json.loads(fit_text)
    s = fit_responses(a, r)
    keep = np.linspace(0, r["draws"] - 1, r["simulated draws"]).round().astype(int)
    days = max(r["horizons"])
    t = np.arange(len(s.y), len(s.y) + days)
    columns = np.tile(s.background.X[-1], (days, 1))
    for i, name in enumerate(s.background.names):
        if name.split()[0] in ("cos", "sin"):
            columns[:, i] = getattr(np, name.split()[0])(2 * np.pi * int(name.split()[1]) * t / 365.25)
    p = columns.shape[1]
    base = np.stack([np.exp(np.clip(c.theta[keep, :p] @ columns.T, -30, 30)) for c in s.of], axis=-1)
    # Counts of a day hold what was answered on the same day: that is taken out, an option applied, and put back.
    width, children, answers = len(s.channels), s.W[keep], s.R[keep]
    bare = np.stack([base[n] @ (np.eye(width) - children[n] @ _same_day_share(s)).T for n in range(len(keep))])
    if only_passing:
        fit = {k: r[k] for k in ("fit", "seed", "draws", "simulated draws", "half_lives", "sigmas")}
        passing, watched = _passing_responses(as_of, json.dumps(fit)), s.coverage > 0
        rate = s.y[watched].sum(axis=0) / s.by_channel[watched].sum(axis=0)
        children = children.copy()
        for k in range(width):
            for j in np.flatnonzero(~passing[k]):
                bare[:, :, k] += (children[:, k, j].sum(axis=1) * rate[j])[:, None]
                children[:, k, j] = 0.0
        base, answers = _add_same_day(s, bare, children)
    return Future(s, keep, bare, children, base, answers, _simulate(s, keep, base, answers, r)[0])


@cache
def _simulate_both_futures(as_of: Any, r_text: str, only_passing: bool) -> tuple[Any, Any, Any, FittedModel]:
    a, r = load_altered_case(as_of, "", (), False), json.loads(r_text)
    f = _simulate_future(as_of, json.dumps({k: v for k, v in r.items() if k != "levers"}), only_passing)
    s, keep, plain, at, days = f.s, f.keep, f.plain, f.s.channels.index, max(r["horizons"])
    name, value = r["levers"].split("=")
    x = float(value)
    mu, changed_children = f.bare.copy(), f.children.copy()
    damped = [(k, j) for k, j in OPTIONS.get(name, []) if k in s.channels and j in s.channels]
    if name == "border":
        mu[:, :, at("attack")] *= x
        changed_children[:, at("attack")] *= x
    for effect, cause in damped:
        changed_children[:, at(effect), at(cause)] *= x
    moved, answers = _add_same_day(s, mu, changed_children)
    changed, rng = _simulate(s, keep, moved, answers, r)
    each = np.zeros((len(keep), len(s.channels)))
    for c in ("attack", "operation", "strike", "clash"):
        told = [(a.range(e) or (0, 0))[1:] * 2 for e in a.events if e["channel"] == c]
        if c not in s.too_few and c in s.channels and told:
            i = rng.integers(len(told), size=(len(keep), len(told)))
            low, high = np.array(told, dtype=float).T
            each[:, at(c)] = np.mean(low[i] + (high - low)[i] * rng.random(i.shape), axis=1)
    direct = np.zeros(plain.y.shape)
    if name == "border":
        direct[..., at("attack")] = (x - 1) * plain.y[..., at("attack")]
    else:
        z = np.tile(s.z.reshape(len(s.channels), -1), (len(plain.y), 1, 1))
        was, now = f.answers[plain.draw], answers[plain.draw]
        for d in range(days):
            for k in sorted({at(k) for k, _ in damped}):
                two = ((f.base, was), (moved, now))
                eta = [b[plain.draw, d, k] + np.einsum("pjm,pjm->p", w[:, k], z) for b, w in two]
                soft = s.soft[k]
                direct[:, d, k] = soft * (np.logaddexp(0, eta[1] / soft) - np.logaddexp(0, eta[0] / soft))
            z += (1 - 0.5 ** (1 / np.array(s.half_lives))) * (plain.y[:, d][:, :, None] - z)
    return plain, (changed, direct), each, s


@cache
def _total_events(
    as_of: Any, r_text: str, only_passing: bool, days: int, channel: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Events of a channel, or deaths, in each path: without the option, with it, by the assumption alone; and its draw."""
    plain, (changed, direct), each, s = _simulate_both_futures(as_of, r_text, only_passing)

    def total(y: np.ndarray) -> np.ndarray:
        if channel != "deaths":
            return np.asarray(y[:, :days, s.channels.index(channel)].sum(axis=1), dtype=float)
        return np.asarray((y[:, :days].sum(axis=1) * each[plain.draw]).sum(axis=1), dtype=float)

    return total(plain.y), total(changed.y), total(direct), plain.draw


def recompute_intervention(a: RecomputedCase, r: dict[str, Any]) -> Triple:
    names = ("levers", "paths", "simulated draws", "horizons", "fit", "seed", "draws", "half_lives", "sigmas")
    text = json.dumps({k: r[k] for k in names})
    was, now, alone, draw = _total_events(a.as_of, text, r["part"] == "checked", r["days"], r["channel"])
    if r["part"] in ("without", "direct"):
        return float(np.mean(was if r["part"] == "without" else alone)), None, None
    change = (now - was).round(9) - (alone if r["part"] == "estimated" else 0)
    groups = [change[draw == d] for d in np.unique(draw)]
    means = np.array([g.mean() for g in groups])
    if r["part"] == "single":
        return float(means.mean()), float(np.percentile(change, 5)), float(np.percentile(change, 95))
    # What the chance of single paths adds to the spread of the means is taken out; what it adds to their average stays.
    chance = float(np.mean([g.var(ddof=1) / len(g) for g in groups]))
    between = float(means.var())
    scale = math.sqrt((max(between - chance, 0) + chance / len(means)) / between) if between > 0 else 0.0
    drawn = (means.mean() + (means - means.mean()) * min(scale, 1)).round(9)
    if r["part"] == "chance":
        return float(np.mean(drawn < 0) + np.mean(drawn == 0) / 2), None, None
    return float(means.mean()), float(np.percentile(drawn, 5)), float(np.percentile(drawn, 95))
