"""Scales, round ticks and SVG elements shared by the inline charts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from detente.charts.style import INK, RULE, SOFT


@dataclass(frozen=True, slots=True)
class AxisScale:
    """A linear or logarithmic map from values low to high onto pixels a to b. Values outside are clamped."""

    low: float
    high: float
    a: float
    b: float
    log: bool = False

    def __call__(self, x: float) -> float:
        """Return the position of a value in pixels.

        Example:
            >>> AxisScale(0, 10, 0, 100)(5), AxisScale(1, 100, 0, 100, log=True)(10), AxisScale(0, 1, 0, 10)(7)
            (50.0, 50.0, 10.0)
        """
        if self.log:
            x = math.log(max(x, self.low))
            low, high = math.log(self.low), math.log(self.high)
        else:
            low, high = self.low, self.high
        share = (min(max(x, low), high) - low) / ((high - low) or 1.0)
        return round(self.a + share * (self.b - self.a), 2)


def compute_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers between two values, including the ends where they are round.

    Example:
        >>> compute_ticks(0, 1), compute_ticks(-0.32, 0.9, 4)
        ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.0, 0.5])
    """
    if not high > low:
        return [low]
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 10) + 0.0 for i in range(first, math.floor(high / step + 1e-9) + 1)]


def format_signed_number(x: float, digits: int = 2) -> str:
    """Format a number with a true minus sign: `−0.5`, `0`, `2`.

    Example:
        >>> format_signed_number(-0.5), format_signed_number(0.0), format_signed_number(2.0)
        ('−0.5', '0', '2')
    """
    formatted = f"{x:,.{digits}f}"
    if "." in formatted:
        formatted = formatted.rstrip("0").rstrip(".")
    return "0" if formatted == "-0" else formatted.replace("-", "−")


def build_svg(width: float, height: float, parts: Sequence[str], label: str) -> str:
    """Build the SVG with a label for screen readers. The page's width decides its size."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{escape(label)}" font-family="Source Sans, Source Sans Pro, Helvetica Neue, Arial, sans-serif" font-size="12" '
        f'fill="{INK}">{"".join(parts)}</svg>'
    )


def draw_text(
    x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK, size: float = 12, bold: bool = False
) -> str:
    """Draw words at a point; `anchor` is start, middle or end."""
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{fill}" font-size="{size:g}"{weight}>{escape(words)}</text>'


def draw_vertical_text(x: float, y: float, words: str, size: float = 11) -> str:
    """Draw the title of an upright axis, read from below, with its middle at a point."""
    return (
        f'<text transform="translate({x:g} {y:g})rotate(-90)" text-anchor="middle" font-size="{size:g}" fill="{SOFT}">'
        f"{escape(words)}</text>"
    )


def draw_line(x1: float, y1: float, x2: float, y2: float, stroke: str = RULE, width: float = 1, dash: str = "") -> str:
    """Draw a straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{stroke}" stroke-width="{width:g}"{dashed}/>'


def draw_circle(x: float, y: float, r: float, fill: str, stroke: str = "none", width: float = 1.5) -> str:
    """Draw a dot, or a ring if `fill` is `none` or the background colour."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{fill}" stroke="{stroke}" stroke-width="{width:g}"/>'


def draw_path(xs: Sequence[float], ys: Sequence[float], stroke: str, width: float = 2, dash: str = "") -> str:
    """Draw a line through points."""
    d = "M" + "L".join(f"{x:g} {y:g}" for x, y in zip(xs, ys, strict=True))
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width:g}" stroke-linejoin="round"{dashed}/>'


def draw_area(xs: Sequence[float], low: Sequence[float], high: Sequence[float], fill: str, opacity: float) -> str:
    """Draw a band between two lines."""
    forward = [f"{x:g} {y:g}" for x, y in zip(xs, high, strict=True)]
    back = [f"{x:g} {y:g}" for x, y in zip(reversed(xs), reversed(low), strict=True)]
    return f'<path d="M{"L".join([*forward, *back])}Z" fill="{fill}" fill-opacity="{opacity:g}"/>'
