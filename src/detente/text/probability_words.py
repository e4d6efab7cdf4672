"""Words for probabilities: the seven bands of ICD 203, always computed from the number.

Write the word together with its number, and never in one sentence with a level of confidence: readers confuse the two.
Below 1 % and above 99 % the outermost words are used, and the number says `under 1 %` or `over 99 %`.
"""

from detente.core.errors import DetenteError

# Intelligence Community Directive 203 (2015), D.6.e.(2): upper end of each band.
BANDS = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.00, "almost certain"),
)


class InvalidProbability(DetenteError):
    """A value to be written as a probability lies outside 0 to 1."""

    exit_code = 6

    def __init__(self, value: float) -> None:
        self.value = value
        super().__init__(f"{value} is not a probability. Pass a value from 0 to 1.")


def probability_word(p: float) -> str:
    """The ICD 203 word for a probability in whole per cent, so that one printed figure has one word.

    A value on an edge takes the word of the band above.

    Example:
        >>> probability_word(0.72), probability_word(0.2), probability_word(0.0)
        ('likely', 'unlikely', 'almost no chance')
        >>> probability_word(0.949), probability_word(0.951)  # both are printed as 95 %
        ('almost certain', 'almost certain')
    """
    if not 0 <= p <= 1:
        raise InvalidProbability(p)
    printed = int(f"{100 * p:.0f}") / 100
    return next((w for end, w in BANDS if printed < end), BANDS[-1][1])


def format_percent(p: float) -> str:
    """A probability in whole per cent, never 0 or 100.

    Example:
        >>> format_percent(0.0), format_percent(0.724), format_percent(0.997)
        ('under 1\\xa0%', '72\\xa0%', 'over 99\\xa0%')
    """
    if not 0 <= p <= 1:
        raise InvalidProbability(p)
    if p < 0.01:
        return "under 1\u00a0%"
    return "over 99\u00a0%" if p > 0.99 else f"{100 * p:.0f}\u00a0%"
