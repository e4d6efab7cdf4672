"""Stated responses: which acts their own sources present as a reaction to which earlier act, how often and how soon.

Stated links (`cases/stated_links.py`) are coded by reading, so they are evidence that does not depend on counts of days. A
missing link is no evidence that an act was unprompted: a report names a motive only where it knows one. So shares of
stated reactions are lower limits. An act without a link is *not stated*, never *unprompted*.

Acts of one campaign share their trigger. Acts are put into one cluster if they name the same trigger, or begin within
`CAMPAIGN_DAYS` days of the last of them. Limits of a share count the acts of a cluster, and those of a quarter, as dependent
(`clustering.py`), whichever makes them wider. Limits of a median delay come from resampling clusters.

Only links of the relation `reaction` count here: a next round of talks and the carrying out of a deal are no responses.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detente.cases.load import CaseData
from detente.cases.stated_links import StatedLink
from detente.cases.testimony import CLOSED_MODES
from detente.core.rng import make_rng
from detente.events.event import Event
from detente.measures.clustering import BLOCK_DAYS, design_effect
from detente.measures.errors import NotObserved
from detente.measures.rate import Interval, estimate_share
from detente.measures.survival import SurvivalCurve, kaplan_meier

CAMPAIGN_DAYS = 3
RESAMPLES, LEVEL = 1000, 0.95
CLOSURE = "closure"
# Kinds of a trigger that is not in the record, as channels.
_OUTSIDE_KINDS: Mapping[str, tuple[str, ...]] = {"third_party": ("outside",), CLOSURE: (CLOSURE, "pressure")}


@dataclass(frozen=True, slots=True)
class DelayQuantiles:
    """Days from the latest trigger: quartiles, and limits of the median from resampled clusters, None with one cluster."""

    n: int
    first_quartile: float
    median: float
    third_quartile: float
    median_low: float | None
    median_high: float | None


@dataclass(frozen=True, slots=True)
class StatedResponse:
    """How many acts of one kind are presented as reactions to acts of another.

    Fields:
        causes: kinds of the trigger. effect: kind of the act. total: acts of that kind.
        stated, implied: acts presented so, by the source's words or by implication alone.
        other: acts with a trigger of another kind only. not_stated: acts without any; that is no evidence that nothing set
            them off. outside: of the stated and implied, those whose trigger is not in the record.
        clusters: of all acts. stated_clusters: those with a stated reaction.
        share, share_with_implied: of all acts; limits with the acts of a cluster dependent. Lower limits of the truth, as
            reports name few motives.
        delay: of stated and implied reactions whose trigger is in the record; None without any.
        stated_events: ids of the stated reactions, in order.
        events, triggers: ids of the stated and implied reactions, and of their triggers, in order.
    """

    causes: tuple[str, ...]
    effect: str
    total: int
    stated: int
    implied: int
    other: int
    not_stated: int
    outside: int
    clusters: int
    stated_clusters: int
    share: Interval
    share_with_implied: Interval
    delay: DelayQuantiles | None
    stated_events: tuple[str, ...]
    events: tuple[str, ...]
    triggers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatedAnswers:
    """How many acts of one kind were answered, by what kind and how soon, as sources state it.

    Fields:
        causes: kinds of the acts. answers: kinds of answer counted, empty for all. total: acts on observed days.
        answered, implied: acts with a stated answer, or with an implied one alone. not_stated: the others; that no
            answer is stated is no evidence that none came.
        by: number of acts whose first answers include each kind. clusters: of the acts.
        share: answered of all, stated or implied; limits with the acts of a cluster dependent.
        curve: share not yet answered by days since the act (Kaplan–Meier), its variance multiplied by the design effect.
        delay: of the first answers. events, answering: ids of the answered acts and of their first answers.
    """

    causes: tuple[str, ...]
    answers: tuple[str, ...]
    total: int
    answered: int
    implied: int
    not_stated: int
    by: Mapping[str, int]
    clusters: int
    share: Interval
    curve: SurvivalCurve
    delay: DelayQuantiles | None
    events: tuple[str, ...]
    answering: tuple[str, ...]


def kinds_of(g: CaseData, event: Event) -> frozenset[str]:
    """The kinds of an event: its channel, and `closure` where it shuts a crossing or stops trade."""
    channel = g.channel(event)
    return frozenset({*((channel,) if channel else ()), *((CLOSURE,) if event.mode in CLOSED_MODES else ())})


def trigger_kinds(g: CaseData, link: StatedLink, events: Mapping[str, Event]) -> frozenset[str]:
    """The kinds of a link's trigger, in the record or outside it."""
    if link.responds_to is None:
        return frozenset(_OUTSIDE_KINDS.get(link.outside_kind, (link.outside_kind,)))
    return kinds_of(g, events[link.responds_to])


def measure_stated_response(
    g: CaseData, causes: Collection[str], effects: Sequence[Event], effect: str
) -> StatedResponse:
    """Measure how many of some acts are presented as reactions to acts of some kinds, and how soon they came.

    Args:
        causes: kinds of trigger: channels or `closure`. effects: the acts. effect: their kind, for the result.

    Raises:
        NotObserved: the source has no stated links, or there are no acts.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> g = load_case_data(load_case_file("pakistan-afghanistan"))
        >>> r = measure_stated_response(g, ["attack"], g.of("strike"), "strike")
        >>> r.stated + r.implied + r.other + r.not_stated == r.total
        True
    """
    _require(g, effects)
    at, links, wanted = {e.id: e for e in g.events}, _reactions(g), set(causes)
    stated, hit, delays, triggers, linked, outside = [], [], [], [], [], 0
    for e in effects:
        own = [k for k in links.get(e.id, ()) if trigger_kinds(g, k, at) & wanted]
        stated.append(any(k.basis == "stated" for k in own))
        hit.append(bool(own))
        linked.append(bool(links.get(e.id)))
        inside = [at[k.responds_to] for k in own if k.responds_to]
        outside += bool(own) and not inside
        triggers += [t.id for t in inside]
        delays.append((e.day - max(t.day for t in inside)).days if inside else None)
    clusters = find_clusters(effects, lambda e: [k.responds_to for k in links.get(e.id, ()) if k.responds_to])
    days = [e.day.toordinal() for e in effects]
    known = [(d, int(c)) for d, c in zip(delays, clusters, strict=True) if d is not None]
    return StatedResponse(
        causes=tuple(causes), effect=effect, total=len(effects), stated=sum(stated),
        implied=sum(hit) - sum(stated), other=sum(linked) - sum(hit), not_stated=len(effects) - sum(linked), outside=outside,
        clusters=len(set(clusters.tolist())),
        stated_clusters=len({int(c) for c, s in zip(clusters, stated, strict=True) if s}),
        share=clustered_share(stated, clusters, days), share_with_implied=clustered_share(hit, clusters, days),
        delay=delay_quantiles(*zip(*known, strict=True)) if known else None,
        stated_events=tuple(e.id for e, s in zip(effects, stated, strict=True) if s),
        events=tuple(e.id for e, h in zip(effects, hit, strict=True) if h), triggers=tuple(dict.fromkeys(triggers)),
    )  # fmt: skip


def measure_stated_answers(
    g: CaseData, causes: Sequence[Event], kind: Collection[str], answers: Collection[str] = ()
) -> StatedAnswers:
    """Measure how many acts on observed days were answered, by what and how soon, as sources state it.

    Args:
        causes: the acts. kind: their kinds, for the result. answers: kinds of answer that count; all if empty.

    Raises:
        NotObserved: the source has no stated links, or no act is on an observed day.
    """
    acts, end = [e for e in causes if g.coverage.watched(e.day)], g.watched_to
    _require(g, acts)
    at, wanted = {e.id: e for e in g.events}, set(answers)
    replies: dict[str, list[tuple[Event, StatedLink]]] = {}
    for own in _reactions(g).values():
        for k in own:
            reply = at[k.event]
            if k.responds_to and reply.day <= end and (not wanted or kinds_of(g, reply) & wanted):
                replies.setdefault(k.responds_to, []).append((reply, k))
    by: Counter[str] = Counter()
    stated, hit, waits, answering = [], [], [], []
    for e in acts:
        mine = replies.get(e.id, [])
        first_day = min((r.day for r, _ in mine), default=None)
        stated.append(any(k.basis == "stated" for _, k in mine))
        hit.append(bool(mine))
        waits.append(((first_day or end) - e.day).days)
        firsts = [r for r, _ in mine if r.day == first_day]
        answering += [r.id for r in firsts]
        by.update({k for r in firsts for k in (kinds_of(g, r) or {"other"})})
    clusters = find_clusters(acts, lambda e: [r.id for r, _ in replies.get(e.id, ())])
    days = [e.day.toordinal() for e in acts]
    known = [(w, int(c)) for w, c, h in zip(waits, clusters, hit, strict=True) if h]
    return StatedAnswers(
        causes=tuple(kind), answers=tuple(answers), total=len(acts), answered=sum(stated),
        implied=sum(hit) - sum(stated), not_stated=len(acts) - sum(hit), by=dict(sorted(by.items())),
        clusters=len(set(clusters.tolist())), share=clustered_share(hit, clusters, days),
        curve=kaplan_meier([max(w, 0) for w in waits], hit, effect=_effect(hit, clusters, days)),
        delay=delay_quantiles(*zip(*known, strict=True)) if known else None,
        events=tuple(e.id for e, h in zip(acts, hit, strict=True) if h), answering=tuple(dict.fromkeys(answering)),
    )  # fmt: skip


def find_clusters(events: Sequence[Event], shared: Callable[[Event], Collection[str]]) -> NDArray[np.int64]:
    """Number the clusters of acts: those that share something, or follow within `CAMPAIGN_DAYS` days. Shape (event,).

    Args:
        shared: ids of what an act shares with others, such as its triggers.
    """
    parent = list(range(len(events)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    order = sorted(range(len(events)), key=lambda i: events[i].day)
    for a, b in pairwise(order):
        if (events[b].day - events[a].day).days <= CAMPAIGN_DAYS:
            parent[root(b)] = root(a)
    seen: dict[str, int] = {}
    for i, e in enumerate(events):
        for key in shared(e):
            parent[root(i)] = root(seen.setdefault(key, i))
    numbers = {r: n for n, r in enumerate(dict.fromkeys(root(i) for i in order))}
    return np.array([numbers[root(i)] for i in range(len(events))], dtype=np.int64)


def clustered_share(hits: Sequence[bool], clusters: NDArray[np.int64], days: Sequence[int]) -> Interval:
    """The share of acts that are hits, with limits that count the acts of a cluster, and of a quarter, as dependent.

    Args:
        hits, clusters, days: of each act, shape (event,).

    Example:
        >>> c = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])    # four campaigns, all alike within
        >>> s = clustered_share([True] * 3 + [False] * 9, c, [100 * int(i) for i in c])
        >>> s.value, s.high > estimate_share(3, 12).high
        (0.25, True)
    """
    return estimate_share(sum(hits), len(hits), level=LEVEL, effect=_effect(hits, clusters, days))


def _effect(hits: Sequence[bool], clusters: NDArray[np.int64], days: Sequence[int]) -> float:
    """The larger of the design effects by cluster and by quarter."""
    return max(design_effect(hits, clusters, block=1), design_effect(hits, days, block=BLOCK_DAYS))


def delay_quantiles(delays: Sequence[int], clusters: Sequence[int]) -> DelayQuantiles:
    """Quartiles of delays, with limits of the median from resampled clusters.

    Args:
        delays: in days, shape (n,). clusters: of each, shape (n,).

    Example:
        >>> delay_quantiles([0, 1, 1, 2], [0, 1, 2, 3]).median
        1.0
    """
    x = np.asarray(delays, dtype=float)
    groups = [x[np.asarray(clusters) == c] for c in dict.fromkeys(clusters)]
    low: float | None = None
    high: float | None = None
    if len(groups) > 1:
        rng, n = make_rng(0), len(groups)
        medians = [np.median(np.concatenate([groups[i] for i in rng.integers(0, n, n)])) for _ in range(RESAMPLES)]
        low, high = (float(q) for q in np.quantile(medians, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    first, median, third = (float(q) for q in np.quantile(x, [0.25, 0.5, 0.75]))
    return DelayQuantiles(len(x), first, median, third, low, high)


def _reactions(g: CaseData) -> dict[str, list[StatedLink]]:
    out: dict[str, list[StatedLink]] = {}
    for k in g.links:
        if k.relation == "reaction":
            out.setdefault(k.event, []).append(k)
    return out


def _require(g: CaseData, acts: Sequence[Event]) -> None:
    if not g.has_links:
        raise NotObserved([f"stated links: {g.release.source} has none"])
    if not acts:
        raise NotObserved(["acts of this kind"])
