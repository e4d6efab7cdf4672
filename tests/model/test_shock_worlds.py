"""Synthetic conflicts with shocks: their size, their shared movement, and their reporting."""

import numpy as np
import pytest

from detente.model.shock_worlds import SHOCK_WORLDS, branching, hidden_driver, simulate_shock_world

NONE = branching(2, own=0.0)


@pytest.mark.parametrize("name", SHOCK_WORLDS)
def test_world_has_expected_events(name: str) -> None:
    """Every world has the expected number of events on average, and the W it was asked for."""
    w = branching(2, {("a", "b"): 0.3}, own=0.1)
    runs = [simulate_shock_world(name, np.random.default_rng([1, i]), W=w, events=800) for i in range(12)]
    assert np.mean([x.y.sum() for x in runs]) == pytest.approx(800, rel=0.2)
    assert runs[0].W[1, 0] == 0.3


@pytest.mark.parametrize(
    ("name", "shared"), [("plain", False), ("crises", True), ("media bursts", True), ("political weather", True)]
)
def test_shared_shock_correlates_channels(name: str, shared: bool) -> None:
    """Channels without responses move together in weeks of a shared shock, and only there."""
    r = []
    for i in range(8):
        y = simulate_shock_world(name, np.random.default_rng([2, i]), W=NONE).y[:1820].reshape(260, 7, 2).sum(axis=1)
        r.append(np.corrcoef(y.T)[0, 1])
    assert bool(np.mean(r) > 0.1) is shared


def test_late_response_comes_after_delay() -> None:
    """Responses of the late world come after the stated number of days."""
    w = branching(2, {("a", "b"): 0.5}, own=0.0)
    y = simulate_shock_world("late response", np.random.default_rng(3), W=w, events=4000, late_days=5).y.astype(float)
    a, b = y[:, 0] - y[:, 0].mean(), y[:, 1] - y[:, 1].mean()
    lags = [float((b[lag:] * a[: len(a) - lag]).mean()) for lag in range(10)]
    assert int(np.argmax(lags)) == 5


def test_hidden_driver_reaches_a_first() -> None:
    """Events of a lead those of b, though neither responds to the other."""
    y = hidden_driver(np.random.default_rng(4), events=5000).y.astype(float)
    a, b = y[:, 0] - y[:, 0].mean(), y[:, 1] - y[:, 1].mean()
    after, before = (sum(float((u[lag:] * v[:-lag]).mean()) for lag in (1, 2, 3)) for u, v in ((b, a), (a, b)))
    assert after > 2 * abs(before)
