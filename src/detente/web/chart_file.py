"""A chart as a file: SVG or PNG with its title and source line, and its data as CSV."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from re import sub
from textwrap import wrap

import vl_convert

from detente.api.case import Case
from detente.charts.style import SOFT, register_fonts
from detente.core.date_range import format_date

TITLE_LINE, SOURCE_LINE, EDGE, PNG_SCALE = 19, 14, 12, 2.0
TITLE_LETTER, SOURCE_LETTER = 7.4, 5.0  # pixels of a letter in the title and in the source line
MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class ChartFile:
    """A chart to download.

    Fields:
        title: above the drawing. svg: without a title. header, rows: its data, a tuple for each row. note: what the numbers are,
            and the citation of another source; before the record's source line.
    """

    title: str
    svg: str
    header: tuple[str, ...]
    rows: Iterable[tuple[object, ...]]
    note: str = ""


def format_source_line(prepared: Case) -> str:
    """Return the line under a downloaded chart: record, its digest, licence, day of knowledge."""
    d = next(iter(prepared.datasets), None)
    release = prepared.g.release
    licence = f", licence {d.licence}" if d else ""
    return f"Source: détente, {release.name} (SHA-256 {release.sha256[:12]}){licence}. As known on {format_date(prepared.g.as_of)}."


def add_title_and_source(svg: str, title: str, source: str) -> str:
    """Return the drawing as a file of its own: title above, source below in lines of its width, size in pixels."""
    head, body = svg.split(">", 1)
    width, height = (float(x) for x in head.split('viewBox="0 0 ')[1].split('"')[0].split())
    titles = wrap(title, max(12, int((width - 4) / TITLE_LETTER)))
    sources = wrap(source, max(20, int((width - 4) / SOURCE_LETTER)))
    above, below = TITLE_LINE * len(titles) + EDGE, SOURCE_LINE * len(sources) + EDGE
    total = height + above + below
    head = head.replace(
        f'viewBox="0 0 {width:g} {height:g}"',
        f'width="{width:g}" height="{total:g}" viewBox="0 {-above} {width:g} {total:g}"',
    )
    parts = [f'<rect y="{-above}" width="{width:g}" height="{total:g}" fill="#fff"/>']
    parts += [
        f'<text x="2" y="{TITLE_LINE * (i + 1) - above - 3}" font-size="15" font-weight="600">{escape(t)}</text>'
        for i, t in enumerate(titles)
    ]
    lines = [
        f'<text x="2" y="{height + SOURCE_LINE * (i + 1) + 4:g}" font-size="10.5" fill="{SOFT}">{escape(t)}</text>'
        for i, t in enumerate(sources)
    ]
    # A file has no page that its links could lead to.
    body = sub(r"</?a(?: [^>]*)?>", "", body.removesuffix("</svg>"))
    return f"{head}>{''.join(parts)}{body}{''.join(lines)}</svg>"


def render_chart_file(chart: ChartFile, source: str, form: str) -> bytes:
    """Render a chart as `svg`, `png` or `csv`."""
    source = f"{chart.note} {source}".strip()
    if form == "csv":
        out = io.StringIO()
        out.write(f"# {chart.title}. {source}\n")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(chart.header)
        writer.writerows(chart.rows)
        return out.getvalue().encode()
    svg = add_title_and_source(chart.svg, chart.title, source)
    if form == "svg":
        return svg.encode()
    register_fonts()
    return bytes(vl_convert.svg_to_png(svg, scale=PNG_SCALE))
