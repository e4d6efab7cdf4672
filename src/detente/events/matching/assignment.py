"""Assignment of reports between two sources: one event, one report, with a probability.

`linkage.py` scores each pair alone. Here the candidates compete, since one report describes one event. With `NONE_BITS` = 4 an
event without any report is 16 times as probable before the comparison as a match with one candidate. So an only candidate needs
6 bits for a probability of 80 %:

    P(event e is report r) = w_er v_r / (2^NONE_BITS + sum over r' of w_er' v_r'),    w_er = 2^score,

a softmax over the event's candidates and "none". The factor v_r is the share of report r that other events leave; belief
propagation computes it, exactly if the candidates form no loop. The assignment with the highest total score is one to one. A pair
is `probable` if it is in that assignment and its probability is at least `PROBABLE`.

An event of several days, or of a district or a wider place, may be several events to the other source. Its parts are 2 to 6 reports of
overlapping days, with a common party, at no contradicting place, each with fewer deaths than the event and together with as many.
Sets of parts compete with single reports and with "none". A set weighs as much as one report with the mean score of its members
(without deaths) and the deaths of their sum. It is divided by the number of sets of its size, since sums agree by chance. An event
whose highest toll is over `WIDEST_TOLL` times the lowest has no parts: most sums would agree with it.

Decisions of a person bind: an accepted pair takes both reports out of the competition, and a refused pair has no weight.

Source: Fellegi & Sunter 1969, Journal of the American Statistical Association 64, 1183-1210 (scores); Williams & Lau 2014, IEEE
Transactions on Aerospace and Electronic Systems 50, 2942-2959 (probabilities); Crouse 2016, the same 52, 1679-1696 (assignment).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations
from math import comb, prod

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from detente.events.event import Event, ReportedDeaths
from detente.events.matching.linkage import (
    PROBABLE,
    Decision,
    Link,
    candidate_links,
    may_have_parts,
    score_days,
    score_deaths,
    score_distance,
)

NONE_BITS = 4.0
MOST_PARTS, MOST_CANDIDATES = 6, 12  # 12 candidates have 2,500 sets of 2 to 6
WIDEST_TOLL = 1.5
ROUNDS, TOLERANCE = 200, 1e-9


def match_events(
    a: Iterable[Event], b: Iterable[Event], decisions: Mapping[frozenset[str], Decision] | None = None
) -> tuple[Link, ...]:
    """Match the events of two sources: candidate links with probability, standing and relation, most probable first.

    Args:
        a: events of the record. b: events of one other source. Actors are resolved.
        decisions: decisions of people by `pair_id`.

    Example:
        >>> from dataclasses import replace
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> e = load_case_data(load_case_file("pakistan-afghanistan")).event("DL-20260112-02")
        >>> [(n.standing, round(n.probability, 2)) for n in match_events([e], [replace(e, source="ucdp", id="611281")])]
        [('probable', 0.99)]
    """
    return assign_links(candidate_links(a, b, decisions))


def assign_links(links: Iterable[Link]) -> tuple[Link, ...]:
    """Return the links with probability and relation, accepted ones first, then by probability and score."""
    links = tuple(links)
    accepted = [n for n in links if n.decided == "accept"]
    events, reports = {n.a.id for n in accepted}, {n.b.id for n in accepted}
    open_links = [n for n in links if not n.decided and n.a.id not in events and n.b.id not in reports]
    found = _assign_one_to_one(open_links)
    found |= _assign_parts(open_links, found)
    out = []
    for n in links:
        if n.decided:
            out.append(replace(n, probability=1.0 if n.decided == "accept" else 0.0))
        else:
            out.append(found.get(_key(n), replace(n, probability=0.0)))
    return tuple(sorted(out, key=lambda n: (n.decided != "accept", -n.probability, -n.score, n.a.id, n.b.id)))


def _key(n: Link) -> tuple[str, str]:
    return n.a.id, n.b.id


def _assign_one_to_one(links: list[Link]) -> dict[tuple[str, str], Link]:
    out: dict[tuple[str, str], Link] = {}
    for group in _split_components(links):
        rows = {k: i for i, k in enumerate(dict.fromkeys(n.a.id for n in group))}
        columns = {k: i for i, k in enumerate(dict.fromkeys(n.b.id for n in group))}
        score = np.full((len(rows), len(columns)), -np.inf)
        for n in group:
            score[rows[n.a.id], columns[n.b.id]] = n.score
        chosen = assign_scores(score)
        probability = association_probabilities(score)
        for n in group:
            i, j = rows[n.a.id], columns[n.b.id]
            out[_key(n)] = replace(n, probability=float(probability[i, j]), assigned=chosen[i] == j)
    return out


def _split_components(links: list[Link]) -> list[list[Link]]:
    if not links:
        return []
    nodes = {k: i for i, k in enumerate(dict.fromkeys(k for n in links for k in (("a", n.a.id), ("b", n.b.id))))}
    start, end = (
        [nodes[side, k] for k in ids] for side, ids in (("a", [n.a.id for n in links]), ("b", [n.b.id for n in links]))
    )
    _, label = connected_components(
        coo_array((np.ones(len(links)), (start, end)), shape=(len(nodes),) * 2), directed=False
    )
    groups: dict[int, list[Link]] = {}
    for n, i in zip(links, start, strict=True):
        groups.setdefault(int(label[i]), []).append(n)
    return list(groups.values())


def assign_scores(score: NDArray[np.float64], none: float = NONE_BITS) -> list[int | None]:
    """Assign each row at most one column and each column at most one row, with the highest total score.

    Args:
        score: bits, shape (event, report); -inf excludes a pair. none: bits of an event without a report.

    Returns:
        The column of each row, or None.

    Example:
        >>> assign_scores(np.array([[9.0, 8.0], [8.5, 1.0]]))    # the best pair alone would leave the second event without a report
        [1, 0]
    """
    n = len(score)
    padded = np.hstack([score, np.full((n, n), none)])  # one "none" for each row
    rows, columns = linear_sum_assignment(np.where(np.isneginf(padded), -1e6, padded), maximize=True)
    return [int(j) if j < score.shape[1] and score[i, j] > none else None for i, j in zip(rows, columns, strict=True)]


def association_probabilities(score: NDArray[np.float64], none: float = NONE_BITS) -> NDArray[np.float64]:
    """Compute the probability of each pair in a one-to-one match, shape (event, report), by belief propagation.

    Args:
        score: bits, shape (event, report); -inf excludes a pair. none: bits of an event without a report.

    Returns:
        Probabilities, exact if the candidates form no loop. Rows sum to at most 1; the rest is "none".

    Example:
        >>> association_probabilities(np.array([[6.0]])).tolist()
        [[0.8]]
    """
    weight = np.exp2(score - none)
    free = np.ones_like(weight)
    for _ in range(ROUNDS):
        offered = weight * free
        message = weight / (1.0 + offered.sum(axis=1, keepdims=True) - offered)
        updated = 1.0 / (1.0 + message.sum(axis=0, keepdims=True) - message)
        done = np.abs(updated - free).max(initial=0.0) < TOLERANCE
        free = updated
        if done:
            break
    offered = weight * free
    probability: NDArray[np.float64] = offered / (1.0 + offered.sum(axis=1, keepdims=True))
    return probability


def _assign_parts(links: list[Link], found: Mapping[tuple[str, str], Link]) -> dict[tuple[str, str], Link]:
    """Compare sets of parts with single reports, for each event that may have parts, the best scored event first."""
    out: dict[tuple[str, str], Link] = {}
    taken = {n.b.id: n.a.id for n in found.values() if n.standing == "probable"}
    by_event: dict[str, list[Link]] = {}
    claimed: dict[str, float] = {}
    for n in found.values():
        claimed[n.b.id] = claimed.get(n.b.id, 0.0) + n.probability
    for n in links:
        by_event.setdefault(n.a.id, []).append(n)
    for key, group in sorted(by_event.items(), key=lambda item: (-max(n.score for n in item[1]), item[0])):
        if not may_have_parts(group[0].a):
            continue
        free = [n for n in group if taken.get(n.b.id, key) == key]
        # A report counts by the share that other events leave.
        share = {n.b.id: max(1.0 - claimed[n.b.id] + found[_key(n)].probability, 0.0) for n in free}
        sets = {ids: w * prod(share[i] for i in ids) for ids, w in weigh_part_sets(free).items()}
        if not sets:
            continue
        single = {n.b.id: 2.0**n.score * share[n.b.id] for n in free}
        total = 2.0**NONE_BITS + sum(single.values()) + sum(sets.values())
        for n in free:
            in_sets = sum(w for ids, w in sets.items() if n.b.id in ids)
            alone = single[n.b.id]
            part = in_sets > alone
            # The event's own report and a part of it are two relations: only one of them is stated.
            probability = (in_sets if part else alone) / total
            link = replace(
                n, probability=probability, relation="part" if part else "same", assigned=probability >= PROBABLE
            )
            out[_key(n)] = link
            if link.standing in ("probable", "part"):
                taken[n.b.id] = key
            elif taken.get(n.b.id) == key:
                del taken[n.b.id]
    return out


def weigh_part_sets(links: list[Link]) -> dict[frozenset[str], float]:
    """Weigh the sets of reports that may be the parts of one event, by the ids of the reports.

    Args:
        links: candidate links of one event with one source.

    Returns:
        Weights on the scale of 2^score; empty if the event has no narrow toll or no set agrees with it.
    """
    event = links[0].a if links else None
    toll = event.tolls.range if event else None
    if event is None or toll is None or toll[0] < 2 or toll[1] > WIDEST_TOLL * toll[0]:
        return {}
    members = [n for n in links if _may_be_part(n, toll[0])]
    members = sorted(members, key=lambda n: (-_score_without_deaths(n), n.b.id))[:MOST_CANDIDATES]
    out = {}
    for size in range(2, min(MOST_PARTS, len(members)) + 1):
        for chosen in combinations(members, size):
            low, high = (sum(n.b.tolls.range[i] for n in chosen if n.b.tolls.range) for i in (0, 1))
            if low > toll[1] or high < toll[0]:
                continue
            total = replace(chosen[0].b, tolls=ReportedDeaths(low, None, high))
            bits = sum(map(_score_without_deaths, chosen)) / size + score_deaths(event, total).bits
            out[frozenset(n.b.id for n in chosen)] = 2.0**bits / comb(len(members), size)
    return out


def _may_be_part(n: Link, least: int) -> bool:
    deaths = n.b.tolls.range
    if deaths is None or not 0 < deaths[1] < least or not n.a.actors & n.b.actors - {"UNK"}:
        return False
    return score_days(n.a, n.b).bits > 0 and score_distance(n.a, n.b).bits >= 0


def _score_without_deaths(n: Link) -> float:
    return sum(p.bits for p in n.parts if p.what != "deaths")
