"""Numbers as text: one format for each kind of number, always with its limits."""

from collections.abc import Sequence

from detente.measures.quantity import Quantity
from detente.text.sentence import NumberPiece, SentencePiece

LEVEL = {0.95: "95\u00a0%", 0.9: "90\u00a0%"}


def count_text(m: Quantity, one: str = "", many: str = "") -> NumberPiece:
    """A count with its noun: `24 strikes`, `no strike`.

    Example:
        >>> from detente.measures.quantity import tally_quantity
        >>> count_text(tally_quantity("x", 0, "", "", {}, ()), "strike", "strikes").text
        'no strike'
    """
    n = int(m.value or 0)
    if not one:
        return NumberPiece(m, f"{n:,}")
    return NumberPiece(m, f"no {one}" if n == 0 else f"{n:,} {one if n == 1 else many}")


def join_words(words: Sequence[str], last: str = "and") -> str:
    """Join words: `a, b and c`. `last` stands before the last one.

    Example:
        >>> join_words(["attack"]), join_words(["attack", "strike", "clash"])
        ('attack', 'attack, strike and clash')
    """
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def count_or_none_text(m: Quantity) -> NumberPiece:
    """A count without its noun: `none` or `12`."""
    return count_text(m) if m.value else NumberPiece(m, "none")


def share_text(m: Quantity) -> NumberPiece:
    """A share, with its limits if it has any: `66 % (95 % limits 52–77 %)`."""
    text = f"{100 * (m.value or 0):.0f}\u00a0%"
    if m.low is not None and m.high is not None and m.level in LEVEL:
        text += f" ({LEVEL[m.level]} limits {100 * m.low:.0f}–{100 * m.high:.0f}\u00a0%)"
    return NumberPiece(m, text)


def ratio_text(m: Quantity) -> NumberPiece:
    """A ratio with its limits: `12 times as often (95 % limits 5.7–27)`."""
    low, high = m.low or 0.0, m.high if m.high is not None else float("inf")
    if m.value == 0:
        return NumberPiece(m, f"none, so at most {_format_ratio(high)} times as often (95\u00a0% limit)")
    limits = f"at least {_format_ratio(low)}" if high == float("inf") else f"{_format_ratio(low)}–{_format_ratio(high)}"
    if m.value == float("inf"):
        return NumberPiece(m, f"more often without bound (95\u00a0% limits: {limits} times)")
    return NumberPiece(m, f"{_format_ratio(m.value or 0.0)} times as often (95\u00a0% limits {limits})")


def range_text(m: Quantity, unit: str = "") -> NumberPiece:
    """A reported range, or one figure where both ends agree: `167`, `69–405`. `unit` is a plural, and one is singular."""
    low, high = int(m.low or 0), int(m.high or 0)
    if low == high == 1:
        unit = unit.removesuffix("s")
    if low == high == 0:
        return NumberPiece(m, f"no {unit}" if unit else "none")
    return NumberPiece(m, (f"{low:,}" if low == high else f"{low:,}–{high:,}") + (f" {unit}" if unit else ""))


def index_level_text(m: Quantity) -> NumberPiece:
    """An index level with its band: `−2.1 (90 % band −2.9 to −1.3)`."""
    low, high = m.low or 0.0, m.high or 0.0
    return NumberPiece(
        m, f"{_format_level(m.value or 0.0)} (90\u00a0% band {_format_level(low)} to {_format_level(high)})"
    )


def median_text(m: Quantity, unit: str) -> NumberPiece:
    """A median with its limits: `36 days (95 % limits 8–88)`. A median not reached is said to lie beyond the record."""
    if m.value is None:
        return NumberPiece(m, "a time longer than the record can tell")
    low = "none" if m.low is None else f"{m.low:.0f}"
    high = "no upper limit" if m.high is None else f"{m.high:.0f}"
    limits = f"95\u00a0% limits {low}–{high}" if m.high is not None else f"95\u00a0% limits from {low}, {high}"
    return NumberPiece(m, f"{m.value:.0f} {unit if m.value != 1 else unit.removesuffix('s')} ({limits})")


def compare_with_nearby(after: Quantity, nearby: Quantity) -> str:
    """Compare a share with that of nearby days: `more` or `less` only where its limits exclude that share."""
    base = nearby.value or 0.0
    if after.low is not None and after.low > base:
        return "more often than"
    if after.high is not None and after.high < base:
        return "less often than"
    return "not clearly more or less often than"


def follow_up_pieces(followed: tuple[Quantity, Quantity], of: str = "") -> list[SentencePiece]:
    """A share of days compared with nearby days, up to the closing bracket: `66 %, more often than on nearby days (8 %`."""
    after, nearby = followed
    return [share_text(after), f"{of}, {compare_with_nearby(after, nearby)} on nearby days (", share_text(nearby)]


def _format_ratio(x: float) -> str:
    return f"{x:.0f}" if x >= 10 else f"{x:.1f}" if x >= 1 else f"{x:.2f}"


def _format_level(x: float) -> str:
    # A value that rounds to zero is written without a sign.
    return f"{x + 0.0 if abs(x) >= 0.05 else 0.0:.1f}".replace("-", "−")


def format_bytes(n: int) -> str:
    """A size in bytes with its unit.

    Example:
        >>> format_bytes(999), format_bytes(131_956), format_bytes(2_500_000_000)
        ('999 B', '132.0 kB', '2.5 GB')
    """
    for unit, one in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n >= one:
            return f"{n / one:,.1f} {unit}"
    return f"{n} B"


def format_by_chance(expected: float) -> str:
    """An expected number in words: `about 5`, or `fewer than one` where it rounds to 0.

    Example:
        >>> format_by_chance(4.9), format_by_chance(0.2)
        ('about 5', 'fewer than one')
    """
    return "fewer than one" if expected < 0.5 else f"about {expected:.0f}"
