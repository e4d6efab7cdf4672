"""Makes the numbers of a brief again from the raw chronology, with other code.

Nothing of `detente.measures`, `detente.claims` or `detente.cases` is used: the CSV, the case file, the channel
table and the geometry are read here anew, limits come from scipy.stats, the survival curve from scipy, the
relation index from a Kalman filter and smoother, distances from walking the border.
"""

import csv
import hashlib
import json
import math
import tomllib
import warnings
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

PACKAGE_FOLDER = Path(__file__).parents[2] / "src/detente"
CASES_FOLDER = PACKAGE_FOLDER / "cases/shipped"
PRECISION_SLACK_DAYS = {"day": 0, "week": 3, "month": 15}
Row = dict[str, Any]
Triple = tuple[float | None, float | None, float | None]


def parse_day(text: str) -> date:
    return date.fromisoformat(text)


@dataclass
class RecomputedCase:
    """The flagship case as known on a day."""

    as_of: date
    without: str = ""
    left_out: tuple[str, ...] = ()
    even: bool = False
    assumed: tuple[Any, ...] = ()
    named_only: bool = False

    @cached_property
    def case(self) -> dict[str, Any]:
        return tomllib.loads((CASES_FOLDER / "pakistan_afghanistan.toml").read_text(encoding="utf-8"))

    @cached_property
    def all_rows(self) -> list[Row]:
        with (CASES_FOLDER / self.case["chronology"]).open(newline="", encoding="utf-8") as f:
            rows: list[Row] = list(csv.DictReader(f))
        for r in rows:
            r["first"], r["last"] = parse_day(r["date_start"]), parse_day(r["date_end"])
            r["known"] = r["last"] + timedelta(days=PRECISION_SLACK_DAYS[r["date_precision"]])
            r["did"] = [a for a in r["initiator"].split(";") if a]
            r["got"] = [a for a in r["target"].split(";") if a]
            for k in ("deaths_low", "deaths_best", "deaths_high", "civilian_deaths"):
                r[k] = int(r[k]) if r[k] else None
            r["channel"] = self.channel(r)
        return sorted(rows, key=lambda r: (r["first"], r["event_id"]))

    @cached_property
    def events(self) -> list[Row]:
        known = [r for r in self.all_rows if r["known"] <= self.as_of]
        if self.named_only:
            known = [
                r for r in known if not (r["channel"] == "operation" and "UNK" in r["got"] and not self.has_group(r))
            ]
        return [r for r in known if self.without not in (*r["did"], *r["got"])] if self.without else known

    # ---- roles and channels

    def has_group(self, r: Row) -> bool:
        return any(self.role(a, r["first"]) == "group" for a in r["got"])

    def role(self, key: str, day: date) -> str:
        actor = next(a for a in self.case["cast"] if a["key"] == key)
        for side in actor.get("sides", []):
            if side["from"] <= day <= side.get("to", date.max):
                return str(side["role"])
        return f"{actor['of']}-civilians" if actor["role"] == "civilians" else str(actor["role"])

    @cached_property
    def table(self) -> list[dict[str, str]]:
        text = (PACKAGE_FOLDER / "cases/channels.tsv").read_text(encoding="utf-8").splitlines()
        return list(csv.DictReader(text, delimiter="\t"))

    def channel(self, r: Row) -> str | None:
        did = {self.role(a, r["first"]) for a in r["did"]}
        got = {self.role(a, r["first"]) for a in r["got"]}

        def fits(pattern: str, roles: set[str]) -> bool:
            if pattern == "-":
                return len(roles) == 0
            banned = {w[1:] for w in pattern.split() if w[0] == "!"}
            wanted = [w for w in pattern.split() if w[0] != "!"]
            any_of = not wanted or any(w == "*" or all(x in roles for x in w.split("+")) for w in wanted)
            return any_of and not banned & roles

        at = "/".join([r["country"], r["admin1"], r["place"]]) + "/"
        blank = {"initiators": "*", "recipients": "*", "types": "*", "modes": "*", "soil": "*", "places": []}
        for rule in [*({**blank, **x} for x in self.case["rules"]), *({**blank, **x} for x in self.table)]:
            if rule["places"] and not any(at.startswith(f"{p}/") for p in rule["places"]):
                continue
            soil = rule["soil"] == "*" or r["country"] == self.case["countries"][rule["soil"]]
            kind = rule["types"] == "*" or r["event_type"] in rule["types"].split()
            mode = rule["modes"] == "*" or r["mode"] in rule["modes"].split()
            if soil and kind and mode and fits(rule["initiators"], did) and fits(rule["recipients"], got):
                return None if rule["channel"] == "-" else rule["channel"]
        raise AssertionError(r["event_id"])

    # ---- selection and exposure

    def select(self, of: dict[str, Any]) -> list[Row]:
        return [r for r in self.events if all(self.meets(r, k, v) for k, v in of.items())]

    def meets(self, r: Row, condition: str, v: Any) -> bool:
        """Whether an event meets one condition of a selection; one that is unknown here must fail."""
        actors, deaths = {*r["did"], *r["got"]}, self.range(r)
        match condition:
            case "channels":
                return r["channel"] in v
            case "types":
                return r["event_type"] in v
            case "modes":
                return r["mode"] in v
            case "contexts":
                return r["context"] in v
            case "countries":
                return r["country"] in v
            case "confidence":
                return r["confidence"] in v
            case "initiators":
                return bool(set(v) & set(r["did"]))
            case "recipients":
                return bool(set(v) & set(r["got"]))
            case "actors":
                return bool(set(v) & actors)
            case "every":
                return set(v) <= actors
            case "without":
                return not set(v) & actors
            case "first":
                return bool(r["first"] >= parse_day(v))
            case "last":
                return bool(r["first"] <= parse_day(v))
            case "deaths_from":
                return deaths is not None and deaths[0] >= v
            case "civilians":
                return r["civilian_deaths"] is not None and (r["civilian_deaths"] > 0) == v
        raise AssertionError(condition)

    @staticmethod
    def range(r: Row) -> tuple[int, int] | None:
        low, best, high = r["deaths_low"], r["deaths_best"], r["deaths_high"]
        told = [x for x in (low, best, high) if x is not None]
        if not told:
            return None
        return (0 if low is None and best is None else min(told)), max(told)

    @cached_property
    def known_coverage(self) -> dict[tuple[date, tuple[str, ...]], float]:
        """Coverage that was asked for before."""
        return {}

    def coverage(self, day: date, channels: tuple[str, ...] = ()) -> float:
        """Of events in general, or the mean over these channels."""
        key = day, channels
        if key not in self.known_coverage:
            self.known_coverage[key] = self.find_coverage(day, channels)
        return self.known_coverage[key]

    def find_coverage(self, day: date, channels: tuple[str, ...]) -> float:
        """The same, from the windows of the case."""
        if channels:
            each = [self.kind_coverage(day, c) for c in dict.fromkeys(channels)]
            return sum(each) / len(each)
        if day > min(self.as_of, self.case["to"]) or day < self.case["from"]:
            return 0.0
        if self.left_out and parse_day(self.left_out[0]) <= day <= parse_day(self.left_out[1]):
            return 0.0
        for w in self.case["windows"]:
            if w["from"] <= day <= w.get("to", date.max):
                stated = float(w.get("coverage", 0.0))
                return float(stated > 0) if self.even else stated
        return 0.0

    def kind_coverage(self, day: date, channel: str) -> float:
        stated = self.coverage(day)
        if not stated or self.even:
            return stated
        window = next(w for w in self.case["windows"] if w["from"] <= day <= w.get("to", date.max))
        for k in window.get("kinds", []):
            if channel in k["channels"]:
                varied = self.assumed and k.get("assumption") == self.assumed[0]
                return float(k["coverage"]) * (self.assumed[1] if varied else 1.0)
        return stated

    def days(self, a: date, b: date) -> list[date]:
        return [a + timedelta(days=i) for i in range((b - a).days + 1)]

    def effort(self, a: date, b: date, channels: tuple[str, ...] = ()) -> float:
        return sum(self.coverage(d, channels) for d in self.days(a, b))

    @cached_property
    def observation_end(self) -> date:
        end: date = max(w["to"] for w in self.case["windows"] if "coverage" in w)
        return min(end, self.as_of)

    # ---- where

    @cached_property
    def lines(self) -> dict[str, np.ndarray]:
        data = json.loads((CASES_FOLDER / self.case["geometry"]).read_text(encoding="utf-8"))
        out = {}
        for f in data["features"]:
            if f["properties"]["kind"] in ("border", "placebo border"):
                g = f["geometry"]
                parts = g["coordinates"] if g["type"] == "MultiLineString" else [g["coordinates"]]
                border = f["properties"]["kind"] == "border"
                name = self.case["names"]["border"] if border else f["properties"]["name"]
                out[name] = np.vstack([self.interpolate_line(np.array(p)) for p in parts])
        return out

    @staticmethod
    def interpolate_line(points: np.ndarray) -> np.ndarray:
        """A point at least every 300 metres or so along a line."""
        out = []
        for (x0, y0), (x1, y1) in pairwise(points):
            n = max(int(math.hypot(x1 - x0, y1 - y0) / 0.003), 1)
            out.append(np.column_stack([np.linspace(x0, x1, n + 1), np.linspace(y0, y1, n + 1)]))
        return np.vstack(out)

    def distance_km(self, r: Row, line: str) -> float | None:
        if not r["latitude"] or r["geo_precision"] not in ("place", "district"):
            return None
        lat, lon = np.radians(float(r["latitude"])), np.radians(float(r["longitude"]))
        lons, lats = np.radians(self.lines[line]).T
        h = np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin((lons - lon) / 2) ** 2
        return float(2 * 6371.0088 * np.arcsin(np.sqrt(h)).min())


# ---- limits, from scipy.stats


def read_source_months(a: RecomputedCase, r: dict[str, Any]) -> tuple[list[int], int]:
    """The other source's events of every conflict by month, as known on the day, and the index of the break."""
    with (CASES_FOLDER / a.case["longer_view"]["months"]).open(newline="", encoding="utf-8") as f:
        rows = [
            x for x in csv.DictReader(f)
            if (x["country"], x["conflict"]) == (r["country"], "all") and parse_day(x["known_on"]) <= a.as_of
        ]  # fmt: skip
    return [int(x["events"]) for x in rows], [x["month"] for x in rows].index(r["break"])


def recompute_count_change(y: list[int], at: int, months: int) -> tuple[float, float, float, float]:
    """Ratio, its 95 % limits and the probability that it exceeds 1, with loops."""
    sides = [y[at - months : at], y[at + 1 : at + 1 + months]]
    means = [sum(s) / months for s in sides]
    variance = 0.0
    for s, mean in zip(sides, means, strict=True):
        total = sum((v - mean) ** 2 for v in s) / months
        for lag in range(1, 13):
            total += 2 * (1 - lag / 13) * sum((s[i] - mean) * (s[i - lag] - mean) for i in range(lag, months)) / months
        variance += max(total, mean) / months / mean**2
    t = stats.t(2 * (months // 12) - 2)
    value, error = math.log(means[1] / means[0]), math.sqrt(variance)
    reach = t.ppf(0.975) * error
    return math.exp(value), math.exp(value - reach), math.exp(value + reach), float(t.cdf(value / error))


def recompute_share(k: int, n: int, effect: float = 1.0) -> Triple:
    """Exact limits as quantiles of beta distributions, with counts divided by the design effect."""
    a, b = k / effect, (n - k) / effect
    low = float(stats.beta(a, b + 1).ppf(0.025)) if k else 0.0
    high = float(stats.beta(a + 1, b).ppf(0.975)) if k < n else 1.0
    return k / n, low, high


def block_variance(values: list[float], days: list[int]) -> tuple[float, int]:
    """Variance of a mean whose values within 90 days depend on one another, and the number of blocks."""
    mean = sum(values) / len(values)
    sums: dict[int, float] = defaultdict(float)
    for x, d in zip(values, days, strict=True):
        sums[d // 90] += x - mean
    g = len(sums)
    return (g / (g - 1) * sum(s * s for s in sums.values()) / len(values) ** 2 if g > 1 else math.nan), g


def recompute_dispersion(
    a: RecomputedCase, days: list[date], periods: list[list[date]], kinds: tuple[str, ...] = ()
) -> float:
    """Pearson's statistic over its degrees of freedom, by blocks of 30 days about the rate of each period."""
    total, used, freedom = 0.0, 0, 0
    for first, last in periods:
        inside = [d for d in days if first <= d <= last]
        freedom += bool(inside)
        start = first
        while start <= last:
            end = min(start + timedelta(days=29), last)
            whole = a.effort(first, last, kinds)
            e = len(inside) * a.effort(start, end, kinds) / whole if whole else 0.0
            if e > 0:
                total += (sum(start <= d <= end for d in inside) - e) ** 2 / e
                used += 1
            start = end + timedelta(days=1)
    return max(1.0, total / (used - freedom)) if used > freedom else 1.0


def recompute_rate(k: int, years: float) -> Triple:
    low = stats.gamma.ppf(0.025, k) if k else 0.0
    return k / years, float(low) / years, float(stats.gamma.ppf(0.975, k + 1)) / years


def recompute_ratio(k: int, ek: float, n: int, en: float, effect: float = 1.0) -> Triple:
    p, low, high = recompute_share(k, k + n, effect)
    assert p is not None
    assert low is not None
    assert high is not None

    def odds(x: float) -> float | None:
        return None if x >= 1 else x / (1 - x) * en / ek

    return odds(p), odds(low), odds(high)


# ---- what follows what


def recompute_following(a: RecomputedCase, m: dict[str, Any]) -> tuple[int, int, float]:
    """Followed, occasions, and the nearby share."""
    hits, _, near, _ = list_occasions(a, m)
    known = [x for x in near if x is not None]
    return sum(hits), len(hits), sum(known) / len(known)


def list_occasions(
    a: RecomputedCase, m: dict[str, Any]
) -> tuple[list[bool], list[int], list[float | None], list[bool | None]]:
    """For each occasion: whether it was followed, its day number, the nearby share, and whether it was preceded."""
    within, reach = m["within"], m.get("reach", 60)
    starts = sorted({r["first"] for r in a.select(m["of"])})
    hits = {r["first"] for r in a.select(m["then"])}
    end = min(a.as_of, a.case["to"])
    full = {
        d for d in a.days(a.case["from"], end)
        if a.coverage(d) > 0 and all(a.coverage(d + timedelta(days=i)) > 0 for i in range(1, within + 1))
    }  # fmt: skip
    soon = {d for d in full if any(d + timedelta(days=i) in hits for i in range(1, within + 1))}
    counted = [d for d in starts if d in full]
    near: list[float | None] = []
    before: list[bool | None] = []
    for d in counted:
        around = [x for i in range(1, reach + 1) for x in (d - timedelta(days=i), d + timedelta(days=i)) if x in full]
        near.append(sum(x in soon for x in around) / len(around) if around else None)
        past = [d - timedelta(days=i) for i in range(1, within + 1)]
        before.append(any(x in hits for x in past) if all(a.coverage(x) > 0 for x in past) else None)
    days = [(d - a.case["from"]).days for d in counted]
    return [d in soon for d in counted], days, near, before


# ---- crossings


def find_closure_spells(a: RecomputedCase, key: str) -> list[tuple[date, date, date]]:
    """Stretches without trade over a crossing: first day, and last day by the shortest and by the longest reading."""
    crossing = next(c for c in a.case["crossings"] if c["key"] == key)
    coded = {(c["event"], k): c for c in a.case["crossing_events"] for k in c["crossings"]}
    any_coded = {c["event"] for c in a.case["crossing_events"]}
    told: list[Row] = []
    for r in a.events:
        until = r["last"] if r["last"] > r["first"] else None
        c = coded.get((r["event_id"], key))
        if c:
            opens = c.get("opens", False) or r["event_type"] == "RETREAT"
            told.append(
                {
                    "day": r["first"],
                    "state": c["state"],
                    "until": until,
                    "opens": opens,
                    "still": c.get("continues", False),
                }
            )
        elif r["event_id"] not in any_coded and r["place"] in crossing["places"]:
            if r["mode"] == "close-crossing":
                told.append({"day": r["first"], "state": "closed", "until": until, "opens": False, "still": False})
            elif r["mode"] == "reopen-crossing":
                told.append({"day": r["first"], "state": "open", "until": until, "opens": True, "still": False})
    told.sort(key=lambda t: (t["day"], t["state"] == "open"))
    end, out = a.observation_end, []
    for i, t in enumerate(told):
        if t["state"] not in ("closed", "no trade") or t["still"] or t["day"] > end:
            continue
        rest = told[i + 1 :]
        still = []
        while rest and rest[0]["still"]:
            still.append(rest.pop(0))
        known = max([t["day"], *([t["until"]] if t["until"] else []), *(s["day"] for s in still)])
        if rest:
            eve = max(rest[0]["day"] - timedelta(days=1), t["day"])
            if rest[0]["opens"]:
                low = high = eve
            elif t["until"] and not still:
                low = high = known
            else:
                low, high = min(known, eve), eve
        else:
            low, high = known, (known if t["until"] and not still else end)
        out.append((t["day"], min(low, end), min(high, end)))
    return out


def count_closed_days(a: RecomputedCase, key: str) -> tuple[int, int]:
    least, most = set(), set()
    for first, low, high in find_closure_spells(a, key):
        least |= set(a.days(first, low))
        most |= set(a.days(first, high))
    return len(least), len(most)


# ---- truces and rounds, and their curve


def find_durations(a: RecomputedCase, what: str) -> list[tuple[date, date, bool]]:
    force = [r for r in a.events if r["channel"] in ("strike", "clash") and r["first"] <= a.observation_end]

    def until(start: date, stop: date) -> tuple[date, bool]:
        after = [r["first"] for r in force if start < r["first"] <= stop]
        return (after[0], True) if after else (stop, False)

    if what == "rounds":
        met = [r for r in a.events if r["channel"] == "dialogue" and r["mode"] == "third-party-talks"]
        out = []
        for r in met:
            if r["first"] <= a.observation_end:
                end, over = until(r["last"], a.observation_end)
                out.append((r["last"], end, over))
        return out
    chains: list[list[Row]] = []
    for r in a.events:
        is_truce = r["mode"] == "ceasefire" or r["event_id"] in a.case["truce_events"]
        group = any(a.role(x, r["first"]) == "group" for x in {*r["did"], *r["got"]})
        if not is_truce or group or r["first"] > a.observation_end:
            continue
        if chains:
            last = chains[-1][-1]
            told = last["last"] if last["last"] > last["first"] else None
            lapsed = told is not None and r["first"] > told + timedelta(days=3)
            if not lapsed and not until(chains[-1][0]["first"], r["first"])[1]:
                chains[-1].append(r)
                continue
        chains.append([r])
    out = []
    for c in chains:
        told = c[-1]["last"] if c[-1]["last"] > c[-1]["first"] else a.observation_end
        end, over = until(c[0]["first"], min(told, a.observation_end))
        out.append((c[0]["first"], end, over))
    return out


def recompute_median(spans: list[tuple[date, date, bool]]) -> Triple:
    days = [float((b - a).days) for a, b, _ in spans]
    sf = stats.ecdf(stats.CensoredData.right_censored(days, [not over for _, _, over in spans])).sf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        band: Any = sf.confidence_interval(0.95, method="log-log")

    def half(q: np.ndarray, p: np.ndarray, alive: np.ndarray) -> float | None:
        # Where nothing is left alive the band has no value, and none is claimed.
        at = np.flatnonzero((p <= 0.5) & (alive > 0 if p is not alive else True))
        return float(q[at[0]]) if len(at) else None

    s = sf.probabilities
    return (
        half(sf.quantiles, s, s), half(band.low.quantiles, band.low.probabilities, s),
        half(band.high.quantiles, band.high.probabilities, s),
    )  # fmt: skip


# ---- the relation index, by a Kalman filter and smoother


def load_intensities() -> dict[str, float]:
    rows = csv.DictReader(
        (PACKAGE_FOLDER / "events/plover.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"
    )
    return {r["type"]: float(r["intensity"]) for r in rows}


def compute_weekly_means(a: RecomputedCase) -> tuple[date, np.ndarray, np.ndarray]:
    weight = load_intensities()
    first = a.case["from"] - timedelta(days=a.case["from"].weekday())
    last = a.observation_end - timedelta(days=a.observation_end.weekday())
    n, total = np.zeros((last - first).days // 7 + 1), np.zeros((last - first).days // 7 + 1)
    acts = ("strike", "clash", "pressure", "defiance", "dialogue", "concession")
    for r in a.events:
        if r["channel"] in acts and r["first"] <= a.observation_end and a.coverage(r["first"]) > 0:
            i = (r["first"] - first).days // 7
            n[i] += 1
            total[i] += weight[r["event_type"]]
    return first, n, total / np.maximum(n, 1)


def smooth_level(
    n: np.ndarray, y: np.ndarray, v: dict[str, float], pair: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of the level at two weeks: the earlier one rides along in the state unchanged."""
    i, j = min(pair), max(pair)
    size = len(n)
    # State: level, and the level at week i once it has come. A start this wide is flat for our purpose.
    m, p = np.zeros((size, 2)), np.zeros((size, 2, 2))
    prior_m, prior_p = np.zeros(2), np.array([[1e6, 0.0], [0.0, 0.0]])
    mp, pp = [], []
    for t in range(size):
        if t == i:
            prior_p = np.array([[prior_p[0, 0], prior_p[0, 0]], [prior_p[0, 0], prior_p[0, 0]]])
            prior_m = np.array([prior_m[0], prior_m[0]])
        mp.append(prior_m)
        pp.append(prior_p)
        if n[t] > 0:
            s = prior_p[0, 0] + v["within"] / n[t] + v["between"]
            k = prior_p[:, 0] / s
            m[t] = prior_m + k * (y[t] - prior_m[0])
            p[t] = prior_p - np.outer(k, prior_p[0])
        else:
            m[t], p[t] = prior_m, prior_p
        prior_m, prior_p = m[t], p[t] + np.array([[v["drift"], 0.0], [0.0, 0.0]])
    ms, ps = m[-1], p[-1]
    for t in range(size - 2, j - 1, -1):
        g = p[t] @ np.linalg.pinv(pp[t + 1], rcond=1e-12)
        ms, ps = m[t] + g @ (ms - mp[t + 1]), p[t] + g @ (ps - pp[t + 1]) @ g.T
    return ms, ps


def recompute_index(a: RecomputedCase, recipe: dict[str, Any]) -> Triple:
    first, n, y = compute_weekly_means(a)
    j = (parse_day(recipe["day"]) - first).days // 7
    mean, cov = smooth_level(n, y, recipe, (j, j))
    half = stats.norm.ppf(0.95) * math.sqrt(cov[0, 0])
    return float(mean[0]), float(mean[0] - half), float(mean[0] + half)


def recompute_change(a: RecomputedCase, recipe: dict[str, Any]) -> Triple:
    first, n, y = compute_weekly_means(a)
    i, j = ((parse_day(recipe[k]) - first).days // 7 for k in ("day", "to"))
    mean, cov = smooth_level(n, y, recipe, (i, j))
    moved, half = float(mean[0] - mean[1]), stats.norm.ppf(0.95) * math.sqrt(cov[0, 0] + cov[1, 1] - 2 * cov[0, 1])
    return moved, moved - half, moved + half


def recompute_halves(a: RecomputedCase, r: dict[str, Any]) -> Triple:
    """Mean intensity of words by week after the middle of the record less that before it; near weeks are dependent."""
    first = a.case["from"] - timedelta(days=a.case["from"].weekday())
    weeks: dict[int, list[float]] = defaultdict(list)
    for x in a.events:
        word = x["channel"] in ("pressure", "defiance", "dialogue", "concession")
        if word and x["first"] <= a.observation_end and a.coverage(x["first"]) > 0:
            weeks[(x["first"] - first).days // 7].append(load_intensities()[x["event_type"]])
    middle = ((a.observation_end - first).days // 7 + 1) // 2
    assert str(first + timedelta(weeks=middle)) == r["cut"]
    means, variance = [], 0.0
    for half in ([w for w in weeks if w < middle], [w for w in weeks if w >= middle]):
        score = {w: sum(weeks[w]) / len(weeks[w]) for w in half}
        mean = sum(score.values()) / len(half)
        total = sum(
            (score[v] - mean) * (score[w] - mean) * max(1 - abs(v - w) / 13, 0) for v in half for w in half
        )  # fmt: skip
        variance += total / len(half) / (len(half) - 2)
        means.append(mean)
    moved, band = means[1] - means[0], float(stats.norm.ppf(0.95)) * math.sqrt(variance)
    return moved, moved - band, moved + band


def recompute_recodings(a: RecomputedCase, r: dict[str, Any]) -> int:
    of = r["of"]
    now, then = ([parse_day(d) for d in of[k]] for k in ("now", "then"))
    k, n = (
        len([x for x in a.select(of["of"]) if s[0] <= x["first"] <= s[1] and a.coverage(x["first"]) > 0])
        for s in (now, then)
    )
    kinds = tuple(of["of"].get("channels", ()))
    recent, earlier = a.effort(now[0], now[1], kinds), a.effort(then[0], then[1], kinds)
    q, extra = recent / (recent + earlier), 0
    chance = 1.0
    while chance >= r["least"]:
        extra += 1
        f = of["dispersion"]
        chance = float(stats.beta((k + extra) / f + 0.5, n / f + 0.5).cdf(q))
    return extra


def restricted_log_likelihood(a: RecomputedCase, within: float, between: float, drift: float) -> float:
    """The restricted log likelihood of the weeks' means, up to a constant."""
    _, n, y = compute_weekly_means(a)
    at = np.flatnonzero(n > 0)
    v = drift * np.minimum.outer(at, at) + np.diag(within / n[at] + between)
    w = np.linalg.inv(v)
    one = np.ones(len(at))
    mean = one @ w @ y[at] / (one @ w @ one)
    r = y[at] - mean
    return float(-0.5 * (np.linalg.slogdet(v)[1] + math.log(one @ w @ one) + r @ w @ r))


# ---- every kind of recipe


def count_episodes(a: RecomputedCase, gap: int) -> int:
    force = [r for r in a.events if r["channel"] in ("strike", "clash") and r["first"] <= a.observation_end]
    n, end = 0, None
    for r in force:
        n += end is None or (r["first"] - end).days > gap
        end = r["last"] if end is None or (r["first"] - end).days > gap else max(end, r["last"])
    return n


def find_row(rows: list[Row], key: str) -> Row:
    return next(r for r in rows if r["event_id"] == key)


@cache
def load_altered_case(
    as_of: date, without: str, left_out: tuple[str, ...], even: bool, assumed: tuple[Any, ...] = (),
    named_only: bool = False,
) -> RecomputedCase:  # fmt: skip
    """The case as a robustness check changed it, kept, since the channels of its rows are made once."""
    return RecomputedCase(as_of, without, left_out, even, assumed, named_only)


def alter_case(a: RecomputedCase, r: dict[str, Any]) -> RecomputedCase:
    """The case with the changes that a recipe names."""
    return load_altered_case(
        a.as_of, r.get("without", ""), tuple(r.get("left_out", ())), bool(r.get("even", False)),
        tuple(r.get("assumed", ())), bool(r.get("named_only", False)),
    )  # fmt: skip


def recompute_false_alarms(r: dict[str, Any]) -> Triple:
    """The share of synthetic conflicts with a false alarm, read anew from the shipped table."""
    table = tomllib.loads((PACKAGE_FOLDER / "claims/false_alarms.toml").read_text(encoding="utf-8"))
    n, k = table["conflicts"], table["alarms"][r["claim"]]
    worst = sorted(n, key=lambda w: -k[w] / n[w])[0]
    whole = recompute_share(sum(k.values()), sum(n.values()))
    counts = {"conflicts": sum(n.values()), "worst": k[worst], "worst_of": n[worst]}
    return whole if r["kind"] == "false alarms" else (counts[r["kind"].removeprefix("false alarm ")], None, None)


def recompute(a: RecomputedCase, m: dict[str, Any]) -> tuple[Triple, list[str] | None]:
    """A number made again from its recipe: value, low, high, and the events, or None where they are not listed here."""
    r = m["recipe"]
    changes, changed = ("without", "left_out", "even", "assumed", "named_only"), (a.without, a.left_out, a.even)
    if any(k in r for k in changes) and not any((*changed, a.assumed, a.named_only)):
        a = alter_case(a, r)
    chosen = a.select(r["of"]) if "of" in r and "kind" not in r["of"] else []
    ids = [x["event_id"] for x in chosen]
    match r["kind"]:
        case "count":
            return (len(ids), None, None), ids
        case "deaths":
            rows = chosen if "of" in r else [x for x in a.events if x["event_id"] in r["ids"]]
            told = [t for t in map(a.range, rows) if t]
            low, high = sum(t[0] for t in told), sum(t[1] for t in told)
            return (low if low == high and "of" in r else None, low, high), [x["event_id"] for x in rows]
        case "civilian deaths":
            total = sum(x["civilian_deaths"] or 0 for x in chosen)
            return (total, total, total), ids
        case "untold deaths":
            return (sum(a.range(x) is None for x in chosen), None, None), ids
        case "untold civilians":
            silent = [x["event_id"] for x in chosen if x["civilian_deaths"] is None]
            return (len(silent), None, None), silent
        case "ratio":
            now, then = ([parse_day(d) for d in r[k]] for k in ("now", "then"))
            inside = [
                [x for x in chosen if s[0] <= x["first"] <= s[1] and a.coverage(x["first"]) > 0] for s in (now, then)
            ]
            kinds = tuple(r["of"].get("channels", ()))
            e = [a.effort(now[0], now[1], kinds), a.effort(then[0], then[1], kinds)]
            effect = recompute_dispersion(a, [x["first"] for part in inside for x in part], [now, then], kinds)
            assert math.isclose(effect, r["dispersion"])
            return recompute_ratio(len(inside[0]), e[0], len(inside[1]), e[1], effect), [
                x["event_id"] for x in (*inside[1], *inside[0])
            ]
        case "expected":
            now, then = ([parse_day(d) for d in r[k]] for k in ("now", "then"))
            before = [x for x in chosen if then[0] <= x["first"] <= then[1] and a.coverage(x["first"]) > 0]
            kinds = tuple(r["of"].get("channels", ()))
            scale = a.effort(now[0], now[1], kinds) / a.effort(then[0], then[1], kinds)
            return (len(before) * scale, None, None), [x["event_id"] for x in before]
        case "following":
            hits, days, _, _ = list_occasions(a, r)
            k, n = sum(hits), len(hits)
            variance, blocks = block_variance([float(h) for h in hits], days)
            effect = (
                n / blocks if k in (0, n) else n * 1.0 if blocks < 2 else max(1, variance / (k / n * (1 - k / n) / n))
            )
            return recompute_share(k, n, effect), ids + [x["event_id"] for x in a.select(r["then"])]
        case "nearby days":
            return (recompute_following(a, r)[2], None, None), ids + [x["event_id"] for x in a.select(r["then"])]
        case "near":
            far = {x["event_id"]: a.distance_km(x, r["line"]) for x in chosen}
            located = [i for i in ids if far[i] is not None]
            return recompute_share(sum((far[i] or 0.0) <= r["km"] for i in located), len(located)), located
        case "days shut":
            low, high = count_closed_days(a, r["crossing"])
            return (low if low == high else None, low, high), None
        case "median held":
            spans = find_durations(a, r["what"])
            assert [[str(x), str(y)] for x, y, _ in spans] == [h[:2] for h in r["held"]]
            return recompute_median(spans), None
        case "index":
            return recompute_index(a, r), None
        case "index change":
            return recompute_change(a, r), None
        case "index halves":
            return recompute_halves(a, r), None
        case "recodings":
            return (recompute_recodings(a, r), None, None), None
        case "days between":
            return (max((parse_day(r["to"]) - parse_day(r["from"])).days, 0), None, None), None
        case "observed days":
            return (sum(a.coverage(d) > 0 for d in a.days(parse_day(r["first"]), parse_day(r["last"]))), None, None), []
        case "brokers":
            roles = ("mediator", "outsider")
            parties = {p for x in chosen for p in (*x["did"], *x["got"]) if a.role(p, x["first"]) in roles}
            return (len(parties), None, None), ids
        case "truces":
            return (len(find_durations(a, "truces")), None, None), None
        case "truce shortest" | "truce longest":
            lengths = sorted((end - start).days for start, end, _ in find_durations(a, "truces"))
            return (lengths[0 if r["kind"] == "truce shortest" else -1], None, None), None
        case kind if kind.startswith("false alarm"):
            return recompute_false_alarms(r), []
        case "episodes":
            return (count_episodes(a, r["gap"]), None, None), None
        case "disputed":
            split = [x["event_id"] for x in a.events if x["disputed"] == "yes"]
            return (len(split), None, None), split
        case "imprecise":
            coarse = [
                x["event_id"]
                for x in a.events
                if x["channel"] and x["date_precision"] != "day" and a.coverage(x["first"]) > 0
            ]
            return (len(coarse), None, None), coarse
        case "unclaimed":
            nobody = [x["event_id"] for x in a.events if x["channel"] is None and "UNK" in x["did"]]
            return (len(nobody), None, None), nobody
        case "rows":
            sizes = {
                "rows": len(a.all_rows),
                "events": len(a.events),
                "later": len(a.all_rows) - len(a.events),
                "set_aside": 0,
                "unassigned": sum(x["channel"] is None for x in a.events),
            }
            return (sizes[r["what"]], None, None), None
        case "share":
            part = [x["event_id"] for x in a.select(r["part"])]
            return recompute_share(len(set(part) & set(ids)), len(ids)), ids
        case "nearer":
            here = {i for i in ids if (a.distance_km(find_row(chosen, i), r["line"]) or 1e9) <= r["km"]}
            there = {i for i in ids if (a.distance_km(find_row(chosen, i), r["other"]) or 1e9) <= r["km"]}
            return recompute_share(len(here - there), len(here ^ there)), [i for i in ids if i in here ^ there]
        case "unwatched":
            tail = a.days(a.case["from"], a.as_of)[::-1]
            return (next(i for i, d in enumerate(tail) if a.coverage(d) > 0), None, None), None
        case "threshold":
            return (30, None, None), None
        case "count change":
            y, at = read_source_months(a, r)
            return recompute_count_change(y, at, r["months"])[:3], []
        case "count change elsewhere":
            y, at = read_source_months(a, r)
            n = r["months"]
            ratios = [recompute_count_change(y, i, n)[0] for i in range(n, at - n)]
            real = recompute_count_change(y, at, n)[0]
            return (sum(x >= real for x in ratios) / len(ratios), None, None), []
        case "source events":
            y, at = read_source_months(a, r | {"break": f"{r['year']}-01"})
            return (sum(y[at : at + 12]), None, None), []
        case "score card":
            card = json.loads((PACKAGE_FOLDER / "forecast/cards/pakistan-afghanistan.json").read_text(encoding="utf-8"))
            chronology = (CASES_FOLDER / a.case["chronology"]).read_bytes()
            assert r["sha256"] == card["sha256"] == hashlib.sha256(chronology).hexdigest()
            assert parse_day(r["as_of"]) <= a.as_of
            found: Any = card["card"]
            for step in r["path"]:
                found = found[step]
            if isinstance(found, dict):
                return (found["mean"], found["low"], found["high"]), None
            return (found, None, None), None
        case "forecast":
            from support.recompute_forecast import recompute_forecast

            return recompute_forecast(r), None
        case "yardstick":
            from support.recompute_forecast import recompute_yardstick

            return (recompute_yardstick(a, r), None, None), []
        case "response" | "probability" | "placebo in time" | "shuffled labels" | "lead check" | "lever":
            from support.recompute_tests import recompute_test

            return recompute_test(a, r)
        case kind if kind.startswith("stated "):
            from support.recompute_links import recompute_stated

            return recompute_stated(a, r)
        case unknown:
            raise AssertionError(f"no way is known to make a {unknown!r} again")
