"""Survival curves of truces and rounds of talks, with confidence bands."""

import math
from dataclasses import dataclass

import numpy as np

from detente.charts.inline.axes import AxisScale, build_svg, compute_ticks, draw_line, draw_text, draw_vertical_text
from detente.charts.inline.values import ValueZone, draw_values
from detente.charts.picture import Picture
from detente.charts.style import INK, KIND_COLOURS, RULE, SOFT
from detente.claims.context import ClaimContext
from detente.measures.survival import SurvivalCurve
from detente.measures.truces import TruceDuration, fit_duration_curve

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 320, 62, 14, 34, 44
SPELL_LABELS = {"round": "mediated round of talks", "truce": "truce between the governments"}
COLOURS = {"round": KIND_COLOURS["dialogue"], "truce": KIND_COLOURS["truce"]}
DASHES = {"round": "", "truce": "6 4"}


@dataclass(frozen=True, slots=True)
class DurationCurve:
    """The curve of one kind (`round` or `truce`) with the spells behind it, in order of length."""

    kind: str
    spells: tuple[TruceDuration, ...]
    curve: SurvivalCurve

    @property
    def plural(self) -> str:
        """The kind in one word."""
        return "truces" if self.kind == "truce" else "rounds"


def list_duration_curves(view: ClaimContext) -> tuple[DurationCurve, ...]:
    """Return the curves of mediated rounds and of truces between the governments; those without spells are left out."""
    kinds = {"round": list(view.rounds), "truce": [t for t in view.truces if t.pair == "target–host"]}
    return tuple(
        DurationCurve(k, tuple(sorted(of, key=lambda h: h.days)), fit_duration_curve(of))
        for k, of in kinds.items()
        if of
    )


def draw_truce_survival(view: ClaimContext) -> Picture | None:
    """Draw the two curves, or return None if no truce and no round is recorded."""
    curves = list_duration_curves(view)
    if not curves:
        return None
    most = max(h.days for c in curves for h in c.spells)
    x, y = AxisScale(0, most, LEFT, WIDTH - RIGHT), AxisScale(0, 1, HEIGHT - BOTTOM, TOP)
    parts, rows = [], []
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts += [
            draw_line(LEFT, y(share), WIDTH - RIGHT, y(share), RULE, 0.8),
            draw_text(LEFT - 6, y(share) + 4, f"{100 * share:.0f} %", anchor="end", fill=SOFT),
        ]
    for t in compute_ticks(0, most, 6):
        parts += [
            draw_line(x(t), y(0), x(t), y(0) + 4, SOFT),
            draw_text(x(t), y(0) + 17, f"{t:,.0f}", anchor="middle", fill=SOFT),
        ]
    parts += [
        draw_line(LEFT, y(0), WIDTH - RIGHT, y(0), INK),
        draw_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "days since the truce began or the round ended", anchor="middle", fill=SOFT, size=11.5),
        draw_vertical_text(14, (TOP + y(0)) / 2, "share not yet followed by force", 11.5),
    ]  # fmt: skip
    for i, c in enumerate(curves):
        parts += _draw_curve(c, x, y)
        at = LEFT + 8 + 250 * i
        parts += [
            draw_line(at, 14, at + 34, 14, COLOURS[c.kind], 2.4, DASHES[c.kind]),
            draw_text(at + 42, 18, SPELL_LABELS[c.kind], size=12.5),
        ]
        rows.append(draw_values(_build_zones(c, x, y)))
    summaries = [f"{len(c.spells)} {c.plural}, {c.curve.ended} followed by force" for c in curves]
    medians = [f"half of the {c.plural} within {c.curve.median:.0f} days" for c in curves if c.curve.median is not None]
    return Picture(
        key="held",
        title="How long truces and rounds of talks held",
        caption=(
            f"{'; '.join(summaries)}. Bands: 95 % confidence. Ticks on a curve: the record or the truce's announced "
            "term ended first. Rounds are held because force is near; no curve shows what caused it."
        ),
        alt=f"Survival curves: {'; '.join(summaries)}. Followed by force: {', '.join(medians) or 'fewer than half'}.",
        svg=build_svg(WIDTH, HEIGHT, [*parts, *rows], "How long truces and rounds of talks held"),
    )


def _list_steps(c: DurationCurve) -> list[tuple[float, float, float, float]]:
    """List day, share and band of each step; the last one is where the longest spell ends."""
    steps = [(float(d), float(a), float(b), float(t)) for d, a, b, t in zip(c.curve.days, c.curve.alive, c.curve.low, c.curve.high, strict=True)]  # fmt: skip
    longest = float(c.spells[-1].days)
    return [*steps, (longest, *steps[-1][1:])] if longest > steps[-1][0] else steps


def _draw_curve(c: DurationCurve, x: AxisScale, y: AxisScale) -> list[str]:
    steps, colour = _list_steps(c), COLOURS[c.kind]
    known = [s for s in steps if not math.isnan(s[2])]
    upper, lower = (_step_path(x, y, [(s[0], s[i]) for s in known]) for i in (3, 2))
    band = f'<path d="M{"L".join([*upper, *reversed(lower)])}Z" fill="{colour}" fill-opacity="0.14"/>'
    line = "L".join(_step_path(x, y, [(s[0], s[1]) for s in steps]))
    dash = f' stroke-dasharray="{DASHES[c.kind]}"' if DASHES[c.kind] else ""
    out = [band, f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2.3"{dash}/>']
    for h in c.spells:
        if h.ended_by is None:
            share = _share_at(c, h.days)
            out.append(draw_line(x(h.days), y(share) - 6, x(h.days), y(share) + 6, colour, 2))
    return out


def _step_path(x: AxisScale, y: AxisScale, points: list[tuple[float, float]]) -> list[str]:
    out: list[str] = []
    for i, (day, share) in enumerate(points):
        if i:
            out.append(f"{x(day):g} {y(points[i - 1][1]):g}")
        out.append(f"{x(day):g} {y(share):g}")
    return out


def _share_at(c: DurationCurve, days: float) -> float:
    return float(c.curve.alive[np.searchsorted(c.curve.days, days, side="right") - 1])


def _build_zones(c: DurationCurve, x: AxisScale, y: AxisScale) -> list[ValueZone]:
    """Build a zone for each step of a curve, around the curve, so that both curves can be pointed at."""
    steps, zones = _list_steps(c), []
    for (day, share, low, high), after in zip(steps, [*[s[0] for s in steps[1:]], None], strict=True):
        end = x(after) if after is not None else x(day) + 8
        band = "" if math.isnan(low) or day == 0 else f" (95\u00a0% limits {100 * low:.0f} to {100 * high:.0f}\u00a0%)"
        until = f"days {day:.0f} to {after:.0f}" if after is not None else f"day {day:.0f}"
        text = f"{c.plural.capitalize()}, {until}: {100 * share:.0f}\u00a0% not yet followed by force{band}"
        zones.append(ValueZone(x(day), y(share) - 14, max(end - x(day), 5), 28, text, y(share)))
    return zones
