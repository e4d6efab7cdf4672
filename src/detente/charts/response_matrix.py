"""The matrix of responses between channels as a chart."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from detente.charts.inline.axes import build_svg, draw_text
from detente.charts.inline.values import ValueZone, draw_values
from detente.charts.picture import Picture
from detente.charts.style import INK, RULE, SOFT, tone_colour
from detente.model.summaries import Responses
from detente.text.numbers import format_by_chance

CERTAIN_SIGN_PROBABILITY = 0.95
CELL_WIDTH, CELL_HEIGHT, LEFT, TOP = 62, 32, 96, 92
FULL_RESPONSE = 0.8  # events from which on a cell has its full colour


def draw_response_matrix(
    r: Responses, names: Mapping[str, str] | None = None, standing: NDArray[np.bool_] | None = None
) -> Picture:
    """Draw the response of each row's channel to one event of each column's.

    A cell whose direction is certain is coloured and bold: dark red for more hostility or less cooperation, slate for the reverse.

    Args:
        names: readers' names by channel; channels without one keep their key. standing: the links to colour, shape (k, j); by
            default those with a certain direction.
    """
    called = {c: (names or {}).get(c, c) for c in r.channels}
    left = max(LEFT, 16 + 6.2 * max(map(len, called.values())))
    top = TOP if not names else TOP + 3.2 * max(map(len, called.values()))
    certain_sign = (r.positive >= CERTAIN_SIGN_PROBABILITY) | (r.positive <= 1 - CERTAIN_SIGN_PROBABILITY)
    sure = certain_sign if standing is None else standing
    parts = [
        draw_text(left - 8, top - 10, "extra events of ↓", anchor="end", fill=SOFT, size=11),
        draw_text(left, 14, "after one event of →", fill=SOFT, size=11),
    ]
    rows, certain = [], []
    for j, name in enumerate(r.channels):
        at = left + CELL_WIDTH * (j + 0.5)
        parts.append(
            f'<g transform="translate({at:g} {top - 8})rotate(-35)">{draw_text(0, 0, called[name], size=11.5)}</g>'
        )
    for k, answer in enumerate(r.channels):
        y, zones = top + CELL_HEIGHT * k, []
        parts.append(draw_text(left - 8, y + CELL_HEIGHT / 2 + 4, called[answer], anchor="end", size=11.5))
        for j, event in enumerate(r.channels):
            x, mean, clear = left + CELL_WIDTH * j, float(r.mean[k, j]), bool(sure[k, j])
            label = f"{mean:+.2f}".replace("-", "−")
            fill = tone_colour(answer, mean) if clear else "#fafaf8"
            opacity = 0.12 + 0.38 * min(abs(mean) / FULL_RESPONSE, 1) if clear else 1
            parts.append(
                f'<rect x="{x}" y="{y}" width="{CELL_WIDTH}" height="{CELL_HEIGHT}" fill="{fill}" fill-opacity="{opacity:.2f}" '
                f'stroke="{RULE}" stroke-width="0.8"/>'
            )
            middle = (x + CELL_WIDTH / 2, y + CELL_HEIGHT / 2 + 4)
            parts.append(draw_text(*middle, label, anchor="middle", fill=INK if clear else SOFT, bold=clear))
            told = "" if clear else ", direction not clear" if standing is None else ", does not pass the checks"
            low, high = (f"{float(v[k, j]):+.2f}".replace("-", "−") for v in (r.low, r.high))
            zones.append(
                ValueZone(x, y, CELL_WIDTH, CELL_HEIGHT, f"{called[answer]} after {called[event]}: {label} events ({100 * r.level:.0f}\u00a0% interval {low} to {high}){told}")
            )  # fmt: skip
            if clear:
                certain.append(f"{called[answer]} after {called[event]} {label}")
        rows.append(draw_values(zones))
    n = len(r.channels)
    return Picture(
        key="responses",
        title="Responses between kinds of event",
        caption=(
            f"Extra events of the row's kind within {r.days:g} days after one event of the column's kind, above the baseline rate. "
            f"Coloured and bold: the direction has a probability of {CERTAIN_SIGN_PROBABILITY:.0%} or more; dark red for more hostility or "
            f"less cooperation, slate for the reverse. {len(certain)} of {n * n} links look clear; "
            f"{format_by_chance(2 * (1 - CERTAIN_SIGN_PROBABILITY) * n * n)} would by chance alone."
        ),
        alt=f"Matrix of responses between {n} channels. Links whose direction is clear: {'; '.join(certain) or 'none'}.",
        svg=build_svg(left + CELL_WIDTH * n + 70, top + CELL_HEIGHT * n + 4, [*parts, *rows], "Matrix of responses"),
    )
