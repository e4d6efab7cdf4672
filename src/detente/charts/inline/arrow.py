"""The symbol of one response in a matrix: triangle up for more events, down for fewer; its size shows how many."""

from math import sqrt

from detente.charts.style import tone_colour

CELL_SIDE, FULL_SIZE_RESPONSE = 30.0, 0.55
UNCERTAIN_COLOUR = "#c3c9cf"


def draw_arrow(kind: str, mean: float, *, sure: bool) -> str:
    """Draw the symbol, hidden from screen readers because the cell says the same in words.

    Args:
        kind: the responding kind of event. mean: events more or fewer; from 0.55 on the triangle fills its cell.
        sure: the direction is known; hollow and grey if not.

    Example:
        >>> "M15 " in draw_arrow("strike", 0.4, sure=True), draw_arrow("strike", -0.4, sure=False).count("none")
        (True, 1)
    """
    half = max(2.5, CELL_SIDE / 2 * 0.95 * sqrt(min(abs(mean), FULL_SIZE_RESPONSE) / FULL_SIZE_RESPONSE))
    up = half if mean >= 0 else -half
    tip, base = CELL_SIDE / 2 - up, CELL_SIDE / 2 + up
    look = (
        f'fill="{tone_colour(kind, mean)}"' if sure else f'fill="none" stroke="{UNCERTAIN_COLOUR}" stroke-width="1.5"'
    )
    return (
        f'<svg class="arrow" viewBox="0 0 30 30" aria-hidden="true"><path d="M15 {tip:.1f}L{15 + half:.1f} {base:.1f}L{15 - half:.1f} {base:.1f}Z" '
        f"{look}/></svg>"
    )
