"""The symbol of one response in a matrix: triangle up for more events, down for fewer; its size shows how many."""

from math import sqrt

from detente.charts.style import BLUE, VERMILLION

CELL_SIDE, FULL_SIZE_RESPONSE = 30.0, 0.55
UNCERTAIN_COLOURS = {BLUE: "#b9d3e3", VERMILLION: "#f0cdb4"}


def draw_arrow(mean: float, *, sure: bool) -> str:
    """Draw the symbol, hidden from screen readers because the cell says the same in words.

    Args:
        mean: events more or fewer; from 0.55 on the triangle fills its cell. sure: the sign is certain; pale and hollow if not.

    Example:
        >>> "M15 " in draw_arrow(0.4, sure=True), draw_arrow(-0.4, sure=False).count("none")
        (True, 1)
    """
    half = max(2.5, CELL_SIDE / 2 * 0.95 * sqrt(min(abs(mean), FULL_SIZE_RESPONSE) / FULL_SIZE_RESPONSE))
    up = half if mean >= 0 else -half
    tip, base = CELL_SIDE / 2 - up, CELL_SIDE / 2 + up
    colour = BLUE if mean >= 0 else VERMILLION
    look = f'fill="{colour}"' if sure else f'fill="none" stroke="{UNCERTAIN_COLOURS[colour]}" stroke-width="1.5"'
    return (
        f'<svg class="arrow" viewBox="0 0 30 30" aria-hidden="true"><path d="M15 {tip:.1f}L{15 + half:.1f} {base:.1f}L{15 - half:.1f} {base:.1f}Z" '
        f"{look}/></svg>"
    )
