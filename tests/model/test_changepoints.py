"""Steps that all channels share are found where they are, and not where there are none."""

import numpy as np

from detente.model.background import build_background
from detente.model.changepoints import find_changepoints
from detente.model.fit import fit_model
from detente.model.simulate import extend_background
from detente.model.synthetic import independent_actors, one_sided_response, shared_background, two_actors


def test_calm_records_and_those_with_a_season_have_no_upheaval() -> None:
    found = 0
    for i in range(10):
        for w in (independent_actors(np.random.default_rng(i)), one_sided_response(np.random.default_rng(i)), two_actors(np.random.default_rng(i), season=0.9)):  # fmt: skip
            found += bool(find_changepoints(w.y, w.coverage, build_background(len(w.y))))
    # One in a hundred is expected; of 30, three or more happen with probability 0.003.
    assert found <= 2


def test_a_tripling_is_found_near_its_days() -> None:
    days = [[s.day for s in find_changepoints(w.y, w.coverage, build_background(1500))] for w in (shared_background(np.random.default_rng(i)) for i in range(10))]  # fmt: skip
    assert all(days)
    # The days are 600 and 900; a season of 90 % lets either pass for its slope, and half a season is half a year.
    near = [min(abs(d - 600), abs(d - 900)) for found in days for d in found]
    assert np.median(near) <= 20


def test_a_named_upheaval_is_not_found_again() -> None:
    again = 0
    for i in range(10):
        w = shared_background(np.random.default_rng(i))
        again += len(find_changepoints(w.y, w.coverage, build_background(1500, w.regimes)))
    assert again <= 2


def test_what_was_not_watched_makes_no_step() -> None:
    w = independent_actors(np.random.default_rng(1))
    coverage = w.coverage.copy()
    coverage[500:700] = 0
    y = np.where((coverage > 0)[:, None], w.y, 0)
    assert find_changepoints(y, coverage, build_background(1500)) == ()


def test_the_days_to_come_go_on_after_the_last_step() -> None:
    w = shared_background(np.random.default_rng(1))
    s = fit_model(w.y, channels=w.channels, rng=np.random.default_rng(0), draws=50)
    assert s.steps
    held = [i for i, n in enumerate(s.background.names) if n.startswith("step")]
    assert len(held) == len(s.steps)
    assert s.background.X[-1, held].tolist() == [1.0] * len(held)
    assert np.isfinite(extend_background(s, 10)).all()
