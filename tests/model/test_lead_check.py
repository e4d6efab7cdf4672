"""The lead check on synthetic conflicts: a response passes, a shared shock and mutual retaliation do not."""

import math

import numpy as np
import pytest

from detente.model.errors import TooFewEvents
from detente.model.fit import FittedModel, fit_model
from detente.model.lead_check import check_lead
from detente.model.partial_residuals import backward_memory, forward_memory
from detente.model.shock_worlds import branching, simulate_shock_world
from detente.model.synthetic import SyntheticData, calming_talks

FORWARD, REVERSE = [(1.0, "a", "b")], [(1.0, "b", "a")]


def fit(w: SyntheticData) -> FittedModel:
    return fit_model(w.y, w.coverage, channels=w.channels, rng=np.random.default_rng(0), draws=50)


def simulate(name: str, run: int, answers: dict[tuple[str, str], float] | None = None, **more: float) -> SyntheticData:
    rng = np.random.default_rng([9300, run])
    return simulate_shock_world(name, rng, W=branching(2, answers), **more)  # type: ignore[arg-type]


def test_lead_check_holds_for_response() -> None:
    """A true response holds in at least five of six worlds, its reverse in none."""
    fits = [fit(simulate("plain", i, {("a", "b"): 0.3}, events=1500)) for i in range(6)]
    assert sum(check_lead(s, FORWARD).outcome == "held" for s in fits) >= 5
    assert not [s for s in fits if check_lead(s, REVERSE).outcome == "held"]


@pytest.mark.parametrize("world", ["media bursts", "crises", "political weather"])
def test_lead_check_fails_under_shared_shock(world: str) -> None:
    """Under a shock that both channels share the check holds in at most two of twelve directions (nominal 5 %)."""
    fits = [fit(simulate(world, i)) for i in range(6)]
    outcomes = [check_lead(s, terms).outcome for s in fits for terms in (FORWARD, REVERSE)]
    # Three or more of twelve happen with probability 0.02.
    assert outcomes.count("held") <= 2


def test_lead_check_leaves_mutual_response_undecided() -> None:
    """Mutual responses of equal size fail: they look the same in both directions of time."""
    s = fit(simulate("plain", 0, {("a", "b"): 0.3, ("b", "a"): 0.3}, events=3000))
    r = check_lead(s, FORWARD)
    assert r.outcome == "failed"
    assert r.lag > 0
    assert r.lead > 0


def test_lead_check_follows_claimed_sign() -> None:
    """A preventing response holds if `below` is claimed and fails if `above` is."""
    s = fit(calming_talks(np.random.default_rng(4), days=3000))
    terms = [(1.0, "talks", "violence")]
    assert check_lead(s, terms, claimed="below").outcome == "held"
    assert check_lead(s, terms, claimed="above").outcome == "failed"


def test_lead_check_ignores_prevented_cause() -> None:
    """Where talks prevent violence, violence does not seem to bring talks: its past alone explains nothing."""
    s = fit(calming_talks(np.random.default_rng(4), days=3000))
    r = check_lead(s, [(1.0, "violence", "talks")])
    assert r.t > 1.96
    assert r.outcome == "failed"


def test_lead_check_adds_terms_by_day() -> None:
    """A term less itself leaves nothing, twice a term has the same t, and a sign change turns t around."""
    s = fit(simulate("plain", 1, {("a", "b"): 0.3}))
    one = check_lead(s, FORWARD)
    assert check_lead(s, [(2.0, "a", "b")]).t == pytest.approx(one.t)
    assert check_lead(s, [(1.5, "a", "b"), (-0.5, "a", "b")]).t == pytest.approx(one.t)
    assert check_lead(s, [(-1.0, "a", "b")], claimed="below").t == pytest.approx(-one.t)


def test_lead_check_not_applicable_to_oneself() -> None:
    """A channel's response to itself, or a channel with few events, gives no outcome and a reason."""
    w = simulate("plain", 2)
    own = check_lead(fit(w), [(1.0, "a", "a")])
    assert own.outcome == "not applicable"
    assert math.isnan(own.t)
    y = w.y.copy()
    y[:, 0] = 0
    y[[100, 300, 500, 700, 900], 0] = 1
    with pytest.warns(TooFewEvents) as caught:
        fit_model(y, channels=("a", "b"), rng=np.random.default_rng(0), draws=50)
    few = check_lead(caught[0].message.system, FORWARD)  # type: ignore[union-attr]
    assert few.outcome == "not applicable"
    assert "events of a" in few.reason
    assert "of z" in check_lead(fit(w), [(1.0, "z", "b")]).reason


def test_backward_memory_mirrors_forward_memory() -> None:
    """The memory of the future is the memory of the past on reversed days."""
    w = simulate("plain", 3)
    there = fit(w)
    back = fit(SyntheticData(w.name, w.channels, w.y[::-1].copy(), w.coverage, w.W, w.decay))
    assert backward_memory(there, "a") == pytest.approx(forward_memory(back, "a")[::-1])
