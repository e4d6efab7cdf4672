"""Summaries of a fit: direct and total responses count the same days; criticality of signed responses."""

import numpy as np
import pytest

from detente.model.fit import fit_model, replace_responses
from detente.model.kernels import daily_response_matrix, same_day_share, share_within
from detente.model.summaries import direct_responses, impulse_response, largest_growth
from detente.model.synthetic import one_sided_response


def test_direct_responses_count_event_day() -> None:
    """Without responses of b to itself, direct and total responses of b to a agree on every horizon."""
    w = one_sided_response(np.random.default_rng(3), events=1500)
    s = fit_model(w.y, channels=w.channels, rng=np.random.default_rng(0), draws=100)
    W = s.W.copy()
    W[:, 0], W[:, 1, 1] = 0.0, 0.0
    s = replace_responses(s, daily_response_matrix(W, s.half_lives), W)
    total = np.cumsum(impulse_response(s, 30), axis=1).mean(axis=0)
    for days in (0, 1, 7, 30):
        assert direct_responses(s, days).mean[1, 0] == pytest.approx(total[days, 1, 0])


def test_share_within_starts_with_own_day() -> None:
    """Day 0 holds the share of the event's own day; the share grows to 1."""
    assert share_within([2.0, 45.0], 0) == pytest.approx(same_day_share([2.0, 45.0]))
    assert share_within([2.0], 500) == pytest.approx([1.0])


@pytest.mark.parametrize(
    ("W", "growth"),
    [
        ([[-1.5, 0.0], [0.0, 0.2]], 0.2),  # alternates and dies out
        ([[0.0, -1.2], [1.2, 0.0]], 0.0),  # turns in a circle: eigenvalues are imaginary
        ([[0.3, 0.4], [0.4, 0.3]], 0.7),
        ([[-0.5]], 0.0),
    ],
)
def test_criticality_ignores_alternation(W: list[list[float]], growth: float) -> None:
    """Only a real part above 0 counts as events set off; a modulus alone does not."""
    assert float(largest_growth(np.array([W]))[0]) == pytest.approx(growth)
