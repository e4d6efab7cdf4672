"""Change points of the overall level: found where they are, and not elsewhere."""

import numpy as np

from detente.model.background import build_background
from detente.model.changepoints import find_changepoints
from detente.model.fit import fit_model
from detente.model.simulate import extend_background
from detente.model.synthetic import independent_actors, one_sided_response, shared_background, two_actors


def test_changepoints_absent_in_calm_records() -> None:
    """Records without a change point, with or without a season, give none."""
    false_positives = 0
    for i in range(10):
        for w in (independent_actors(np.random.default_rng(i)), one_sided_response(np.random.default_rng(i)), two_actors(np.random.default_rng(i), season=0.9)):  # fmt: skip
            false_positives += bool(find_changepoints(w.y, w.coverage, build_background(len(w.y))))
    # One in a hundred is expected; of 30, three or more happen with probability 0.003.
    assert false_positives <= 2


def test_changepoints_located_near_tripling() -> None:
    """A tripling of the overall level is located near its first and last day."""
    days = [[s.day for s in find_changepoints(w.y, w.coverage, build_background(1500))] for w in (shared_background(np.random.default_rng(i)) for i in range(10))]  # fmt: skip
    assert all(days)
    # The days are 600 and 900; the slope of a season of 90 % can hide either.
    near = [min(abs(d - 600), abs(d - 900)) for of_world in days for d in of_world]
    assert np.median(near) <= 20


def test_changepoints_skip_named_regimes() -> None:
    """A change that a named regime covers is not reported again."""
    repeats = 0
    for i in range(10):
        w = shared_background(np.random.default_rng(i))
        repeats += len(find_changepoints(w.y, w.coverage, build_background(1500, w.regimes)))
    assert repeats <= 2


def test_changepoints_ignore_days_without_coverage() -> None:
    """A gap in reporting coverage is not a change point."""
    w = independent_actors(np.random.default_rng(1))
    coverage = w.coverage.copy()
    coverage[500:700] = 0
    y = np.where((coverage > 0)[:, None], w.y, 0)
    assert find_changepoints(y, coverage, build_background(1500)) == ()


def test_extend_background_keeps_last_level_shift() -> None:
    """Future days stay at the level after the last change point."""
    w = shared_background(np.random.default_rng(1))
    s = fit_model(w.y, channels=w.channels, rng=np.random.default_rng(0), draws=50)
    assert s.steps
    shifts = [i for i, n in enumerate(s.background.names) if n.startswith("step")]
    assert len(shifts) == len(s.steps)
    assert s.background.X[-1, shifts].tolist() == [1.0] * len(shifts)
    assert np.isfinite(extend_background(s, 10)).all()
