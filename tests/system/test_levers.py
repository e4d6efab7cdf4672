"""Levers on worlds whose answer has a closed form, and levers that cannot be pulled."""

import numpy as np
import pytest

from detente.system.fit import System, fit
from detente.system.lever import BadLever, lever, levers
from detente.system.levers import relived, whatif
from detente.system.worlds import two_actors


def two(answer: float) -> System:
    """Attack and strike, strikes answering attacks; the middle of the posterior stands for all of it."""
    w = two_actors(np.random.default_rng(5), events=2500, answer=answer, own=0.0)
    return fit(w.y, channels=("attack", "strike"), rng=np.random.default_rng(0), draws=200)


def test_fewer_attacks_bring_fewer_strikes_by_as_much_as_strikes_answer_attacks() -> None:
    s = two(0.5)
    e = whatif(s, levers(["border=0.5"]), np.random.default_rng(1), horizons=[200], paths=2000)
    lost = -e.direct[0, 0]
    assert lost == pytest.approx(e.without[0, 0] / 2, rel=1e-9)
    # Closed form: an attack that does not happen u days before the end takes sum_m W_m (1 - 2^(-u / h_m))
    # strikes with it; u is uniform over the stretch. What strikes bring in turn is not in the form: hence 12 %.
    # Without the answers of the same day a quarter would be missing.
    h = np.array(s.half_lives)
    share = 1 - (1 - 2 ** (-200 / h)) * h / (200 * np.log(2))
    answered = (s.W[:, 1, 0] @ share).mean()
    assert -e.estimated.mean[0, 1] == pytest.approx(answered * -e.whole.mean[0, 0], rel=0.12)
    assert e.direct[0, 1] == 0
    assert e.whole.mean == pytest.approx(e.direct + e.estimated.mean)


def test_a_lever_set_to_no_change_changes_nothing_on_any_path() -> None:
    e = whatif(two(0.5), levers(["border=1"]), np.random.default_rng(1), horizons=[30, 60], paths=400)
    assert not e.whole.mean.any()
    assert not e.whole.high.any()
    assert (e.whole.fewer == 0.5).all()


def test_where_strikes_do_not_answer_attacks_fewer_attacks_leave_strikes_as_they_were() -> None:
    e = whatif(two(0.0), levers(["border=0.5"]), np.random.default_rng(1), horizons=[200], paths=2000)
    assert e.estimated.low[0, 1] <= 0 <= e.estimated.high[0, 1]


def test_a_past_without_attacks_has_none_and_fewer_strikes() -> None:
    s = two(0.5)
    e = relived(s, 500, ["attack"], np.random.default_rng(2), paths=600)
    assert e.whole.mean[0, 0] == pytest.approx(-e.without[0, 0])
    assert e.whole.high[0, 1] < 0
    assert e.horizons == (1000,)


def test_deaths_are_events_times_deaths_per_event() -> None:
    tolls = {"attack": np.array([[4.0, 4.0]])}
    e = whatif(two(0.5), levers(["border=0.5"]), np.random.default_rng(1), horizons=[100], paths=400, tolls=tolls)
    assert e.channels[-1] == "deaths"
    assert e.whole.mean[0, -1] == pytest.approx(4 * e.whole.mean[0, 0])


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (["bordr=0.8"], "Nearest: 'border'"),
        (["border"], "'' is no number"),
        (["border=1.5"], "between 0 and 1"),
        (["border=-0.1"], "between 0 and 1"),
        (["border=nan"], "between 0 and 1"),
        (["border=0.8/month"], "it is a factor"),
        (["dialogue=2"], "by the month"),
        (["dialogue=+2/week"], "by the month"),
        (["dialogue=+99/month"], "between 0 and 30 a month"),
        (["border=0.5", "border=0.8"], "contradicts --lever border=0.5"),
    ],
)
def test_a_lever_that_cannot_be_pulled_is_told_with_the_remedy(typed: list[str], why: str) -> None:
    with pytest.raises(BadLever, match=why):
        levers(typed)


def test_a_lever_on_a_channel_that_the_record_does_not_hold_is_refused() -> None:
    with pytest.raises(BadLever, match="no event of dialogue"):
        whatif(two(0.0), [lever("dialogue=+1/month")], np.random.default_rng(0), horizons=[30], paths=100)
