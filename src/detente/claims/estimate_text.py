"""A tested number in a careful sentence: how likely, and how large."""

from detente.claims.estimate import Estimate
from detente.measures.quantity import Quantity
from detente.text.numbers import ratio_text, share_text
from detente.text.probability_words import probability_word
from detente.text.sentence import NumberPiece, Sentence, make_sentence


def probability_text(m: Quantity) -> NumberPiece:
    """A probability as its words and its figure; never 0 or 100 %.

    Example:
        >>> probability_text(Quantity("p", 0.996, "share", "", {}, ())).text
        'almost certain (over 99\u00a0%)'
    """
    p = m.value or 0.0
    words = probability_word(p)
    if "%" in words:
        return NumberPiece(m, words)
    figure = "under 1" if p < 0.01 else "over 99" if p > 0.99 else f"{100 * p:.0f}"
    return NumberPiece(m, f"{words} ({figure}\u00a0%)")


def effect_text(m: Quantity) -> NumberPiece:
    """How large, by the unit: a response, a share, a ratio, a change of the index."""
    if m.unit == "share":
        return share_text(m)
    if m.unit == "times as often":
        return ratio_text(m)
    low, high = format_signed(m.low or 0.0), format_signed(m.high or 0.0)
    level = f"{100 * (m.level or 0):.0f}\u00a0%"
    if m.unit == "events":
        return NumberPiece(
            m, f"{format_signed(m.value or 0.0)} events within 30\u00a0days ({level} interval {low} to {high})"
        )
    return NumberPiece(m, f"{format_signed(m.value or 0.0)} {m.unit} ({level} band {low} to {high})")


def describe_estimate(e: Estimate) -> Sentence:
    """The estimate in one sentence; where data are missing, that and why."""
    if not e.enough or e.measured is None or e.chance is None:
        return make_sentence(f"Whether {e.part} cannot be said: {e.why_not}.")
    return make_sentence(f"That {e.part} is ", probability_text(e.chance), ": ", effect_text(e.measured), ".")


def format_signed(x: float) -> str:
    """A number with its sign, to two decimals: `+0.58`, `−0.05`."""
    return f"{x + 0.0 if abs(x) >= 0.005 else 0.0:+.2f}".replace("-", "−")
