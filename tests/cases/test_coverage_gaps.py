"""Gaps of a record's coverage: days missing, and spans of covered days."""

from datetime import timedelta

import numpy as np

from detente.cases.coverage import ReportingCoverage
from support.worlds import FIRST, nth_day

COVERAGE = ReportingCoverage(FIRST, np.ones(10)).without(nth_day(3), nth_day(5))


def test_missing_days_include_days_outside() -> None:
    """Days before the first and after the last are missing too."""
    assert COVERAGE.missing_days(nth_day(0), nth_day(9)) == 3
    assert COVERAGE.missing_days(nth_day(0) - timedelta(days=2), nth_day(11)) == 7
    assert COVERAGE.missing_days(nth_day(6), nth_day(9)) == 0


def test_spans_are_runs_of_covered_days() -> None:
    """Each run of covered days is one span."""
    assert COVERAGE.spans(nth_day(0), nth_day(9)) == ((nth_day(0), nth_day(2)), (nth_day(6), nth_day(9)))
    assert COVERAGE.spans(nth_day(4), nth_day(7)) == ((nth_day(6), nth_day(7)),)
    assert COVERAGE.spans(FIRST - timedelta(days=5), nth_day(1)) == ((nth_day(0), nth_day(1)),)
    assert COVERAGE.spans(nth_day(3), nth_day(5)) == ()
