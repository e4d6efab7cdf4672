"""Likelihood in words, from the number and never by hand.

Source: Office of the Director of National Intelligence (2015), Intelligence Community Directive 203,
section D.6.e.2.a, first row of words.
"""

BANDS = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.00, "almost certain"),
)


def likelihood(p: float) -> str:
    """The words for a probability. A band holds its lower end; beyond 1 and 99 % the outermost words stand.

    Raises:
        ValueError: `p` is no probability.

    Example:
        >>> likelihood(0.86), likelihood(0.5), likelihood(0.0)
        ('very likely', 'roughly even', 'almost no chance')
    """
    if not 0 <= p <= 1:
        raise ValueError(f"{p!r} is no probability: it must lie between 0 and 1")
    return next((words for upper, words in BANDS if p < upper), BANDS[-1][1])
