"""How long a record is: covered days, and whether they are enough to forecast or simulate its future."""

from detente.cases.load import CaseData

MIN_COVERED_DAYS = 365
"""Covered days that a record needs before its future is forecast, or simulated with a change: each season was seen once."""


def count_covered_days(g: CaseData) -> int:
    """Count the days of a case with systematic coverage.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> count_covered_days(load_case_data(load_case_file("pakistan-afghanistan"))) > MIN_COVERED_DAYS
        True
    """
    return int((g.coverage.by_day > 0).sum())
