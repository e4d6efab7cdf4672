"""The survival curve against scipy's."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from detente.measures.errors import NotObserved
from detente.measures.survival import kaplan_meier

durations = st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=25)


@given(durations)
def test_the_curve_and_its_band_are_those_of_another_program(told: list[tuple[int, bool]]) -> None:
    days, ended = [float(d) for d, _ in told], [e for _, e in told]
    ours = kaplan_meier(days, ended)
    # One pair each: scipy takes a censored duration as an interval that reaches to infinity.
    judge = ecdf(CensoredData.right_censored(days, [not e for e in ended])).sf
    at = ours.days[1:]
    assert ours.alive[1:] == pytest.approx(judge.evaluate(at), abs=1e-12)
    if not at.size:
        return
    with np.errstate(all="ignore"), warnings.catch_warnings():
        # scipy warns where its band is undefined; ours is NaN there.
        warnings.simplefilter("ignore", RuntimeWarning)
        band: Any = judge.confidence_interval(0.95, method="log-log")
    inside = ours.alive[1:] > 0
    assert ours.low[1:][inside] == pytest.approx(band.low.evaluate(at)[inside], abs=1e-9)
    assert ours.high[1:][inside] == pytest.approx(band.high.evaluate(at)[inside], abs=1e-9)


def test_where_fewer_than_half_have_ended_there_is_no_median() -> None:
    s = kaplan_meier([5, 10, 20, 30], [True, False, False, False])
    assert s.median is None


def test_what_is_still_running_counts_as_at_risk_until_it_was_last_seen() -> None:
    s = kaplan_meier([1, 2, 3], [True, False, True])
    # Two are at risk on day one's successor; one of them is lost to sight before day three.
    assert s.alive.tolist() == pytest.approx([1.0, 2 / 3, 0.0])


def test_nothing_begun_has_no_curve() -> None:
    with pytest.raises(NotObserved):
        kaplan_meier([], [])
