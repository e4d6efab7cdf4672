"""Stated responses: counts by hand, and limits on synthetic campaigns."""

from dataclasses import replace

import numpy as np
import pytest

from detente.cases.load import CaseData
from detente.cases.stated_links import StatedLink
from detente.measures.errors import NotObserved
from detente.measures.rate import estimate_share
from detente.measures.stated_responses import (
    clustered_share,
    delay_quantiles,
    find_clusters,
    kinds_of,
    measure_stated_answers,
    measure_stated_response,
)
from support.worlds import make_event, make_world, nth_day


def link(event: str, to: str | None, basis: str = "stated", relation: str = "reaction", kind: str = "") -> StatedLink:
    return StatedLink(event, to, kind, relation, basis, "", "")  # type: ignore[arg-type]


def with_links(g: CaseData, *links: StatedLink) -> CaseData:
    return replace(g, links=links, has_links=True)


@pytest.fixture(scope="module")
def world() -> CaseData:
    """Three attacks and six strikes: two stated, one implied, one of another kind, one outside the record, one not stated."""
    attacks = [make_event(nth_day(d), "TTP", "PAK", "ASSAULT", "raid", country="PAK") for d in (10, 60, 110)]
    closing = make_event(nth_day(200), "PAK", "AFG", "SANCTION", "close-crossing", country="PAK")
    strikes = [make_event(nth_day(d), "PAK", "TTP", "ASSAULT", "airstrike", n=2) for d in (11, 12, 64, 205, 240, 300)]
    g = make_world([*attacks, closing, *strikes])
    ids = [e.id for e in strikes]
    return with_links(
        g, link(ids[0], attacks[0].id), link(ids[1], attacks[0].id), link(ids[2], attacks[1].id, "implied"),
        link(ids[3], closing.id), link(ids[4], None, kind="attack"), link(ids[5], attacks[2].id, relation="continuation"),
    )  # fmt: skip


def test_stated_response_counts_by_hand(world: CaseData) -> None:
    """Stated, implied, other and not stated add up; a continuation is no reaction."""
    r = measure_stated_response(world, ["attack"], world.of("strike"), "strike")
    assert (r.total, r.stated, r.implied, r.other, r.not_stated, r.outside) == (6, 3, 1, 1, 1, 1)
    assert (r.clusters, r.stated_clusters) == (5, 2)
    assert r.share.value == 3 / 6
    assert r.delay is not None
    assert (r.delay.n, r.delay.median) == (3, 2.0)  # delays of 1, 2 and 4 days
    assert len(r.stated_events) == 3
    assert len(r.events) == 4
    assert len(r.triggers) == 2


def test_stated_response_knows_closures(world: CaseData) -> None:
    """An act that shuts a crossing is pressure and a closure."""
    strikes = world.of("strike")
    assert measure_stated_response(world, ["closure"], strikes, "strike").stated == 1
    assert measure_stated_response(world, ["pressure"], strikes, "strike").stated == 1
    assert kinds_of(world, world.of("pressure")[0]) == {"pressure", "closure"}


def test_stated_answers_by_hand(world: CaseData) -> None:
    """Of three attacks one has a stated and one an implied answer; the third is censored at the end of the observation."""
    a = measure_stated_answers(world, world.of("attack"), ["attack"])
    assert (a.total, a.answered, a.implied, a.not_stated) == (3, 1, 1, 1)
    assert dict(a.by) == {"strike": 2}
    assert a.delay is not None
    assert a.delay.median == 2.5  # first answers after 1 and 4 days
    assert a.curve.alive.round(3).tolist() == [1.0, 0.667, 0.333]


def test_stated_response_needs_links(world: CaseData) -> None:
    """Without stated links nothing is known: not a share of 0."""
    with pytest.raises(NotObserved):
        measure_stated_response(replace(world, links=(), has_links=False), ["attack"], world.of("strike"), "strike")
    with pytest.raises(NotObserved):
        measure_stated_response(world, ["attack"], (), "strike")


def test_clusters_join_campaigns_and_triggers() -> None:
    """Acts within three days, or with one trigger, are one cluster."""
    events = [
        make_event(nth_day(d), "PAK", "TTP", "ASSAULT", "airstrike", n=i) for i, d in enumerate((0, 2, 5, 20, 60))
    ]
    shared = {events[0].id: ["T"], events[4].id: ["T"]}
    assert find_clusters(events, lambda e: shared.get(e.id, [])).tolist() == [0, 0, 0, 1, 0]


def simulate_campaigns(rng: np.random.Generator, p: float) -> tuple[list[bool], np.ndarray, list[int]]:
    """About 60 acts in campaigns of mean size 3; acts of a campaign share whether a trigger is stated."""
    hits, clusters, days = [], [], []
    for c in range(20):
        first, stated = int(rng.integers(0, 1500)), bool(rng.random() < p)
        for i in range(int(rng.geometric(1 / 3))):
            hits.append(stated)
            clusters.append(c)
            days.append(first + i)
    return hits, np.array(clusters), days


def test_clustered_share_covers_campaigns() -> None:
    """95 % limits hold the truth in at least 92 % of synthetic campaigns; exact limits for single acts do not."""
    rng, p = np.random.default_rng(7), 0.35
    ours: list[bool] = []
    naive: list[bool] = []
    for _ in range(400):
        hits, clusters, days = simulate_campaigns(rng, p)
        for out, s in ((ours, clustered_share(hits, clusters, days)), (naive, estimate_share(sum(hits), len(hits)))):
            out.append(s.low <= p <= s.high)
    assert np.mean(ours) >= 0.92
    assert np.mean(naive) <= 0.85


def test_delay_limits_cover_campaigns() -> None:
    """Limits of the median delay hold the truth in at least 88 % of synthetic campaigns that share their delay."""
    rng, held = np.random.default_rng(8), []
    for _ in range(100):
        delays, clusters = [], []
        for c in range(25):
            d = int(rng.exponential(6))
            n = int(rng.geometric(1 / 3))
            delays += [d] * n
            clusters += [c] * n
        q = delay_quantiles(delays, clusters)
        assert q.median_low is not None
        assert q.median_high is not None
        held.append(q.median_low <= 4 <= q.median_high)  # the median of int(exponential(6)) is 4
    assert np.mean(held) >= 0.88


def test_delays_of_one_cluster_have_no_limits() -> None:
    """Delays of one cluster say nothing of others: the median has no limits. Quartiles are those of the delays."""
    q = delay_quantiles([0, 1, 2, 3, 8], [7] * 5)
    assert (q.median, q.median_low, q.median_high) == (2.0, None, None)
    assert delay_quantiles([0, 1, 2, 3, 8], [1, 2, 2, 2, 2]).median_low is not None


def test_stated_answers_leave_unobserved_acts(world: CaseData) -> None:
    """An act after the last observed day has no observed waiting time and is not counted."""
    late = replace(world, as_of=nth_day(80), coverage=world.coverage.without(nth_day(81), nth_day(400)))
    assert measure_stated_answers(late, world.of("attack"), ["attack"]).total == 2
