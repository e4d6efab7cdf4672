"""Timeline of all events: one row for each kind, one bar for each month, with the reporting coverage of each window."""

from collections import Counter
from datetime import date, timedelta
from html import escape
from math import sqrt
from textwrap import wrap

from detente.cases.channel_names import channel_name
from detente.cases.channel_rule import COUNTED_CHANNELS
from detente.charts.inline.axes import build_svg, draw_line, draw_text
from detente.charts.inline.time_axis import TimeAxis
from detente.charts.inline.values import ValueZone, draw_values
from detente.charts.picture import Picture
from detente.charts.style import GREEN, KIND_COLOURS, RULE, SOFT
from detente.claims.context import ClaimContext
from detente.text.numbers import join_words

WIDTH, LEFT, RIGHT, TOP = 760, 190, 8, 52
ROW_HEIGHT, NAME_WIDTH, MAX_COVERAGE = 29, 32, 3.5
MIN_LABEL_WIDTH = 30.0  # a coverage label needs that many pixels
MIN_SPAN_WIDTH = 1.5  # a single covered day stays visible


def count_events_by_month(view: ClaimContext) -> dict[tuple[str, date], int]:
    """Count the events of each kind by the month of their first day; months without events are left out."""
    g = view.g
    return dict(Counter((g.channel(e) or "", e.day.replace(day=1)) for e in g.of(*COUNTED_CHANNELS)))


def draw_event_timeline(view: ClaimContext) -> Picture:
    """Draw one row of monthly bars per kind of event, and above them the reporting coverage of each window, gaps left out."""
    g = view.g
    counts = count_events_by_month(view)
    kinds = [c for c in COUNTED_CHANNELS if any(k == c for k, _ in counts)]
    bottom = TOP + ROW_HEIGHT * len(kinds)
    last = min(g.as_of, g.case.last)
    x = TimeAxis(g.case.first, last, LEFT, WIDTH - RIGHT, TOP, bottom)
    parts = [*x.draw_periods(g.case, g.as_of), *x.draw_years(), *_draw_coverage(view, x, last)]
    most = max(counts.values(), default=1)
    for i, kind in enumerate(kinds):
        floor = TOP + ROW_HEIGHT * (i + 1)
        parts.append(draw_line(0, floor, WIDTH - RIGHT, floor, RULE, 0.8))
        lines = wrap(channel_name(g.case, kind, capital=True), NAME_WIDTH)
        parts += [draw_text(0, floor - 6 - 12 * (len(lines) - 1 - j), t, size=11) for j, t in enumerate(lines)]
        parts.append(f'<g fill="{KIND_COLOURS[kind]}">')
        for (k, month), n in counts.items():
            if k != kind:
                continue
            # The root keeps single events visible beside the months of heavy fighting.
            height = (ROW_HEIGHT - 5) * sqrt(n / most)
            a, b = x(max(month, g.case.first)), x(min(_next_month(month), last))
            parts.append(f'<path d="M{a:.1f} {floor}v-{height:.1f}H{max(b - 1, a + 1.5):.1f}v{height:.1f}z"/>')
        parts.append("</g>")
    parts.append(_draw_month_values(view, counts, kinds, x, last))
    shown, busiest = sum(counts.values()), _say_busiest_month(counts)
    # A chronology collects the kinds of its codebook; other releases are sorted into them by the case's rules.
    none = "are of no kind" if g.case.chronology else "fall into none of the case's kinds"
    return Picture(
        key="strip",
        title="Events by kind and month",
        caption=(
            f"{shown:,} events of {_count_kinds(len(kinds))}; {len(g.unassigned)} more {none}. Height: square root of the month's events; the tallest "
            f"bar stands for {most}. Top row: reporting coverage compared with the reference period. More events where coverage is "
            f"higher may show reporting and not conflict.{_tell_gaps(view)}"
        ),
        alt=(
            f"Bar chart: {'one row' if len(kinds) == 1 else f'one row for each of {len(kinds)} kinds of event'}, one bar for each month, {g.case.first} to {last}. {busiest}"
        ),
        svg=build_svg(WIDTH, bottom + 20, parts, "Events by kind and month"),
    )  # fmt: skip


def _tell_gaps(view: ClaimContext) -> str:
    g = view.g
    gaps = g.coverage.missing_days(g.case.first, g.watched_to)
    return " Days where the top row is empty were not collected: what happened on them is unknown." if gaps else ""


def _draw_month_values(
    view: ClaimContext, counts: dict[tuple[str, date], int], kinds: list[str], x: TimeAxis, last: date
) -> str:
    """Draw a zone for each month of the record: its events by kind, without kinds that have none."""
    case, month = view.g.case, view.g.case.first.replace(day=1)
    zones = []
    while month <= last:
        a, b = x(max(month, case.first)), x(min(_next_month(month), last))
        found = [f"{channel_name(case, k)} {counts[k, month]}" for k in kinds if (k, month) in counts]
        total = sum(counts.get((k, month), 0) for k in kinds)
        told = f"{total} event{'s' if total != 1 else ''}: {', '.join(found)}" if found else ""
        zones.append(
            ValueZone(a, TOP, b - a, x.bottom - TOP, f"{month:%B %Y}, {_add_coverage(view, month, last, told)}")
        )
        month = _next_month(month)
    return draw_values(zones)


def _add_coverage(view: ClaimContext, month: date, last: date, told: str) -> str:
    """Add to a month's events how many of its days were collected; without events, unknown is not zero."""
    g = view.g
    first, end = max(month, g.case.first), min(_next_month(month) - timedelta(days=1), last)
    # Events after systematic collection ended are single reports, as the end of the coverage row shows.
    missing = g.coverage.missing_days(first, min(end, g.watched_to) if told else end)
    days = (end - first).days + 1
    if not missing:
        return told or "no event on record"
    if missing == days:
        return f"{told}; not collected systematically" if told else "not collected"
    return f"{told or 'no event on record'}; {days - missing} of {days} days collected"


def _draw_coverage(view: ClaimContext, x: TimeAxis, last: date) -> list[str]:
    y = TOP - 49
    out = [draw_text(0, y + 12, "Reporting coverage", size=11, fill=SOFT)]
    for w in view.g.case.windows:
        if w.first > last or not w.coverage:
            continue
        shade = 0.08 + 0.42 * min(w.coverage / MAX_COVERAGE, 1)
        text = escape(f"{w.name}: ×{w.coverage:.2g}")
        for first, end in view.g.coverage.spans(w.first, min(w.last or last, last)):
            a, b = x(first), x(end)
            width = max(b - a, MIN_SPAN_WIDTH)
            out.append(
                f'<rect x="{a:g}" y="{y}" width="{width:.1f}" height="16" fill="{GREEN}" fill-opacity="{shade:.2f}"><title>{text}</title></rect>'
            )
            if width >= MIN_LABEL_WIDTH:
                out.append(draw_text(a + 3, y + 12, f"×{w.coverage:.1f}", size=10.5))
    return out


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _say_busiest_month(counts: dict[tuple[str, date], int]) -> str:
    months: Counter[date] = Counter()
    for (_, month), n in counts.items():
        months[month] += n
    most = max(months.values(), default=0)
    busiest = [f"{m:%B %Y}" for m, n in sorted(months.items()) if n == most]
    if len(busiest) > 1:
        return f"The busiest months, with equally many events, are {join_words(busiest)}."
    return f"The busiest month is {busiest[0] if busiest else 'none'}."


def _count_kinds(n: int) -> str:
    return "one kind" if n == 1 else f"{n} kinds"
