"""Estimates as sentences: probability and size."""

from detente.claims.estimate import Estimate
from detente.measures.quantity import Quantity
from detente.text.numbers import ratio_text, share_text
from detente.text.probability_words import format_percent, probability_word
from detente.text.sentence import NumberPiece, Sentence, make_sentence


def probability_text(m: Quantity) -> NumberPiece:
    """A probability as its word and its figure, never 0 or 100 %.

    Example:
        >>> probability_text(Quantity("p", 0.996, "share", "", {}, ())).text
        'almost certain (over 99\u00a0%)'
    """
    p = m.value or 0.0
    return NumberPiece(m, f"{probability_word(p)} ({format_percent(p)})")


def effect_text(m: Quantity) -> NumberPiece:
    """The size of an effect in the format of its unit: a response, a share, a ratio or a change of the index."""
    if m.unit == "share":
        return share_text(m)
    if m.unit == "times as often":
        return ratio_text(m)
    value, low, high = (format_signed(x or 0.0) for x in (m.value, m.low, m.high))
    level = f"{100 * (m.level or 0):.0f}\u00a0%"
    if m.unit == "events":
        return NumberPiece(m, f"{value} events within 30\u00a0days ({level} interval {low} to {high})")
    return NumberPiece(m, f"{value} {m.unit} ({level} band {low} to {high})")


def describe_estimate(e: Estimate) -> Sentence:
    """Describe an estimate in one sentence. Where data are missing, say which."""
    if not e.applicable:
        return make_sentence(f"Whether {e.part} is not applicable: {e.why_not}.")
    if not e.enough or e.measured is None or e.chance is None:
        return make_sentence(f"Whether {e.part} cannot be said: {e.why_not}.")
    return make_sentence(f"That {e.part} is ", probability_text(e.chance), ": ", effect_text(e.measured), ".")


def format_signed(x: float) -> str:
    """Format a number with its sign, to two decimals: `+0.58`, `−0.05`."""
    return f"{x + 0.0 if abs(x) >= 0.005 else 0.0:+.2f}".replace("-", "−")
