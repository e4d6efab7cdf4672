"""Survival curve against SciPy."""

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
def test_curve_and_band_equal_scipy(pairs: list[tuple[int, bool]]) -> None:
    """The curve and its band equal SciPy's."""
    days, ended = [float(d) for d, _ in pairs], [e for _, e in pairs]
    ours = kaplan_meier(days, ended)
    # One pair each: scipy takes a censored duration as an interval that reaches to infinity.
    scipy_curve = ecdf(CensoredData.right_censored(days, [not e for e in ended])).sf
    at = ours.days[1:]
    assert ours.alive[1:] == pytest.approx(scipy_curve.evaluate(at), abs=1e-12)
    if not at.size:
        return
    with np.errstate(all="ignore"), warnings.catch_warnings():
        # scipy warns where its band is undefined; ours is NaN there.
        warnings.simplefilter("ignore", RuntimeWarning)
        band: Any = scipy_curve.confidence_interval(0.95, method="log-log")
    inside = ours.alive[1:] > 0
    assert ours.low[1:][inside] == pytest.approx(band.low.evaluate(at)[inside], abs=1e-9)
    assert ours.high[1:][inside] == pytest.approx(band.high.evaluate(at)[inside], abs=1e-9)


def test_median_is_none_above_half() -> None:
    """There is no median where the curve stays above one half."""
    s = kaplan_meier([5, 10, 20, 30], [True, False, False, False])
    assert s.median is None


def test_censored_duration_counts_as_at_risk() -> None:
    """A censored duration counts as at risk until its end."""
    s = kaplan_meier([1, 2, 3], [True, False, True])
    # Two are at risk after day one; one of them is censored before day three.
    assert s.alive.tolist() == pytest.approx([1.0, 2 / 3, 0.0])


def test_empty_durations_are_rejected() -> None:
    """Without durations there is no curve."""
    with pytest.raises(NotObserved):
        kaplan_meier([], [])
