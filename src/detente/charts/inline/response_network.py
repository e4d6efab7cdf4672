"""Responses between kinds of event as a ring of nodes with arrows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import atan2, cos, hypot, pi, sin
from textwrap import wrap

from detente.charts.inline.axes import build_svg, draw_circle, draw_text
from detente.charts.style import INK, KIND_COLOURS, tone_colour

WIDTH, HEIGHT, RING_RADIUS = 720, 520, 175
LABEL_WIDTH, LINE_HEIGHT = 20, 17  # letters, and pixels between lines


@dataclass(frozen=True, slots=True)
class ResponseEdge:
    """The response of channel `answer` to channel `after`: events more or fewer, link address, and text."""

    after: str
    answer: str
    mean: float
    address: str
    told: str


def draw_response_network(
    channels: Sequence[str], few: Sequence[str], edges: Sequence[ResponseEdge], label: str, names: Mapping[str, str]
) -> str:
    """Draw a ring of nodes. Arrows lead from event to response: dashed for fewer events, wider for stronger responses.

    Args:
        few: kinds with too few events, drawn hollow. names: readers' names by channel.
    """
    at = {}
    for i, c in enumerate(channels):
        turn = 2 * pi * i / len(channels) - pi / 2
        at[c] = (WIDTH / 2 + RING_RADIUS * 1.12 * cos(turn), HEIGHT / 2 + RING_RADIUS * sin(turn))
    parts = [_draw_edge(e, at) for e in sorted(edges, key=lambda e: -abs(e.mean))]
    for c in channels:
        x, y = at[c]
        colour = KIND_COLOURS.get(c, INK)
        parts.append(draw_circle(x, y, 7, "#fff" if c in few else colour, colour))
        side = "middle" if abs(x - WIDTH / 2) < 30 else "start" if x > WIDTH / 2 else "end"
        dx = 0 if side == "middle" else 24 if side == "start" else -24
        lines = wrap(names.get(c, c) + (" †" if c in few else ""), LABEL_WIDTH * 2 if side == "middle" else LABEL_WIDTH)
        above = y - 40 - LINE_HEIGHT * (len(lines) - 1) if y < HEIGHT / 2 else y + 50
        top = above if side == "middle" else y + 5 - LINE_HEIGHT * (len(lines) - 1) / 2
        parts += [
            draw_text(x + dx, top + LINE_HEIGHT * i, words, anchor=side, size=15) for i, words in enumerate(lines)
        ]
    return build_svg(WIDTH, HEIGHT, parts, label).replace('role="img"', 'role="group"')


def _draw_edge(e: ResponseEdge, at: dict[str, tuple[float, float]]) -> str:
    colour = tone_colour(e.answer, e.mean)
    width = 1.2 + 7 * min(abs(e.mean), 0.6)
    dash = "" if e.mean >= 0 else ' stroke-dasharray="6 4"'
    (x1, y1), (x2, y2) = at[e.after], at[e.answer]
    if e.after == e.answer:
        out = atan2(y1 - HEIGHT / 2, x1 - WIDTH / 2)
        a, b = out - 0.75, out + 0.75
        d = (
            f"M{x1 + 9 * cos(a):.1f} {y1 + 9 * sin(a):.1f}C{x1 + 46 * cos(a):.1f} {y1 + 46 * sin(a):.1f} "
            f"{x1 + 46 * cos(b):.1f} {y1 + 46 * sin(b):.1f} {x1 + 14 * cos(b):.1f} {y1 + 14 * sin(b):.1f}"
        )
        end, way = (x1 + 9 * cos(b), y1 + 9 * sin(b)), b + pi
    else:
        # Curved, so that the responses in the two directions are separate lines.
        length = hypot(x2 - x1, y2 - y1)
        nx, ny = (y2 - y1) / length, -(x2 - x1) / length
        cx, cy = (x1 + x2) / 2 + nx * length * 0.14, (y1 + y2) / 2 + ny * length * 0.14
        way = atan2(y2 - cy, x2 - cx)
        end = (x2 - 10 * cos(way), y2 - 10 * sin(way))
        start = atan2(cy - y1, cx - x1)
        d = (
            f"M{x1 + 9 * cos(start):.1f} {y1 + 9 * sin(start):.1f}Q{cx:.1f} {cy:.1f} "
            f"{end[0] - 5 * cos(way):.1f} {end[1] - 5 * sin(way):.1f}"
        )
    size = 6 + width
    head = " ".join(
        f"{end[0] + size * k * cos(way + turn):.1f},{end[1] + size * k * sin(way + turn):.1f}" for k, turn in ((0, 0.0), (1, pi - 0.42), (1, pi + 0.42))
    )  # fmt: skip
    return (
        f'<a href="{escape(e.address)}" aria-label="{escape(e.told)}"><title>{escape(e.told)}</title><path d="{d}" fill="none" stroke="{colour}" '
        f'stroke-width="{width:.1f}" stroke-opacity="0.85"{dash}/><polygon points="{head}" fill="{colour}"/></a>'
    )
