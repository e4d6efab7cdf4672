"""Makes numbers from stated links again: the file of links is read anew, clusters are grown by search instead of union."""

import csv
import itertools
from datetime import timedelta
from typing import Any

import numpy as np

from support.recompute import CASES_FOLDER, RecomputedCase, Row, Triple, block_variance, recompute_share

CLOSING, GAP = ("close-crossing", "suspend-trade"), 3
OUTSIDE = {"third_party": {"outside"}, "closure": {"closure", "pressure"}}


def read_reactions(a: RecomputedCase) -> list[dict[str, str]]:
    with (CASES_FOLDER / a.case["links"]).open(newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    known = {r["event_id"] for r in a.events}
    return [
        r for r in rows
        if r["relation"] == "reaction" and r["event_id"] in known and (r["responds_to"] == "outside" or r["responds_to"] in known)
    ]  # fmt: skip


def kinds(r: Row) -> set[str]:
    return ({r["channel"]} - {None}) | ({"closure"} if r["mode"] in CLOSING else set())


def grow_clusters(acts: list[Row], shared: dict[str, set[str]]) -> list[int]:
    """The cluster of each act: reached by steps over acts that share something, or lie next in time within three days."""
    order = sorted(range(len(acts)), key=lambda i: acts[i]["first"])
    near: dict[int, set[int]] = {i: set() for i in order}
    for x, y in itertools.pairwise(order):
        if acts[y]["first"] - acts[x]["first"] <= timedelta(days=GAP):
            near[x].add(y)
            near[y].add(x)
    for x in order:
        for y in order:
            if shared[acts[x]["event_id"]] & shared[acts[y]["event_id"]]:
                near[x].add(y)
    label = [-1] * len(acts)
    for x in order:
        if label[x] < 0:
            number, todo = max(label) + 1, [x]
            while todo:
                i = todo.pop()
                if label[i] < 0:
                    label[i] = number
                    todo += near[i]
    return label


def clustered(hits: list[bool], label: list[int], acts: list[Row]) -> Triple:
    n, k = len(hits), sum(hits)
    effects = []
    for groups in ([90 * g for g in label], [r["first"].toordinal() for r in acts]):
        variance, blocks = block_variance([float(h) for h in hits], groups)
        effects.append(
            n / blocks if k in (0, n) else n if blocks < 2 else max(1.0, variance / (k / n * (1 - k / n) / n))
        )
    return recompute_share(k, n, max(effects))


def median_delay(delays: list[int], label: list[int]) -> Triple:
    groups: dict[int, list[int]] = {}
    for d, c in zip(delays, label, strict=True):
        groups.setdefault(c, []).append(d)
    parts, rng = list(groups.values()), np.random.default_rng(0)
    if len(parts) == 1:
        return float(np.median(delays)), None, None
    medians = []
    for _ in range(1000):
        drawn = [d for i in rng.integers(0, len(parts), len(parts)) for d in parts[int(i)]]
        medians.append(float(np.median(drawn)))
    low, high = np.quantile(medians, [0.025, 0.975])
    return float(np.median(delays)), float(low), float(high)


def recompute_stated(a: RecomputedCase, r: dict[str, Any]) -> tuple[Triple, list[str]]:
    at = {x["event_id"]: x for x in a.events}
    what = r["kind"].removeprefix("stated ")
    return _answered(a, r, at, what) if "answers" in r else _reactions(a, r, at, what)


def _reactions(a: RecomputedCase, r: dict[str, Any], at: dict[str, Row], what: str) -> tuple[Triple, list[str]]:
    acts, causes = a.select(r["of"]), set(r["causes"])
    own: dict[str, list[dict[str, str]]] = {x["event_id"]: [] for x in acts}
    for k in read_reactions(a):
        if k["event_id"] in own:
            own[k["event_id"]].append(k)
    label = grow_clusters(acts, {i: {k["responds_to"] for k in ks} - {"outside"} for i, ks in own.items()})
    named, implied, delays, of, triggers = list[bool](), list[bool](), [], [], list[str]()
    for x, c in zip(acts, label, strict=True):
        mine: list[dict[str, str]] = []
        for k in own[x["event_id"]]:
            outside = k["responds_to"] == "outside"
            found = OUTSIDE.get(k["outside_kind"], {k["outside_kind"]}) if outside else kinds(at[k["responds_to"]])
            mine += [k] if found & causes else []
        named.append(any(k["basis"] == "stated" for k in mine))
        implied.append(bool(mine) and not named[-1])
        inside = [k["responds_to"] for k in mine if k["responds_to"] != "outside"]
        triggers += [i for i in inside if i not in triggers]
        if inside:
            delays.append((x["first"] - max(at[i]["first"] for i in inside)).days)
            of.append(c)
    named_ids, implied_ids = (
        [x["event_id"] for x, h in zip(acts, hits, strict=True) if h] for hits in (named, implied)
    )
    match what:
        case "reactions":
            return (sum(named), None, None), named_ids
        case "implied reactions":
            return (sum(implied), None, None), implied_ids
        case "share":
            return clustered(named, label, acts), named_ids
        case "clusters":
            return (len(set(label)), None, None), [x["event_id"] for x in acts]
        case "delay":
            return median_delay(delays, of), named_ids + implied_ids + triggers
    raise AssertionError(what)


def _answered(a: RecomputedCase, r: dict[str, Any], at: dict[str, Row], what: str) -> tuple[Triple, list[str]]:
    acts = [x for x in a.select(r["of"]) if a.coverage(x["first"]) > 0]
    replies: dict[str, list[Row]] = {x["event_id"]: [] for x in acts}
    # In the order of the answering events as the links first name them.
    for k in sorted(read_reactions(a), key=_first_named(a)):
        answer = at[k["event_id"]]
        counts = not r["answers"] or kinds(answer) & set(r["answers"])
        if k["responds_to"] in replies and counts and answer["first"] <= a.observation_end:
            replies[k["responds_to"]].append(answer)
    label = grow_clusters(acts, {i: {x["event_id"] for x in xs} for i, xs in replies.items()})
    hits = [bool(replies[x["event_id"]]) for x in acts]
    first = {x["event_id"]: min((y["first"] for y in replies[x["event_id"]]), default=None) for x in acts}
    delays = [(first[x["event_id"]] - x["first"]).days for x, h in zip(acts, hits, strict=True) if h]
    of = [c for c, h in zip(label, hits, strict=True) if h]
    answering: list[str] = []
    for x in acts:
        for y in replies[x["event_id"]]:
            if y["first"] == first[x["event_id"]] and y["event_id"] not in answering:
                answering.append(y["event_id"])
    ids = [x["event_id"] for x, h in zip(acts, hits, strict=True) if h] + answering
    match what:
        case "causes":
            return (len(acts), None, None), [x["event_id"] for x in acts]
        case "answered":
            return (sum(hits), None, None), ids
        case "answered share":
            return clustered(hits, label, acts), ids
        case "answered delay":
            return median_delay(delays, of), ids
    raise AssertionError(what)


def _first_named(a: RecomputedCase) -> Any:
    order: dict[str, int] = {}
    for k in read_reactions(a):
        order.setdefault(k["event_id"], len(order))
    return lambda k: order[k["event_id"]]
