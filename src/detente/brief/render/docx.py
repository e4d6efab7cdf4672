"""A brief as a Word file: headings, numbered points, pictures, tables, and sources with links, to work on further."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import docx
import vl_convert
from docx.document import Document
from docx.shared import Cm
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph

from detente.brief.document import Brief
from detente.brief.render.docx_elements import (
    BookmarkNumbers,
    add_alt_text,
    add_cell_border,
    add_field,
    add_link,
    add_muted_text,
    format_bookmark_name,
    keep_row_together,
    repeat_header_row,
    save_document,
)
from detente.brief.render.docx_styles import INK, RULE, WIDTH, apply_styles
from detente.brief.render.json import build_brief_data, format_check_results
from detente.charts.style import Picture, register_fonts
from detente.claims.checks import CHECKS
from detente.claims.finding import Finding
from detente.claims.verdict import VERDICT_SYMBOLS
from detente.core.date_range import format_date, format_date_range
from detente.core.publishers import format_publishers, publisher_name
from detente.events.event import Event
from detente.text.sentence import EventPiece, Sentence

SCALE = 2.0
"""Pixels of a picture for each of its points: sharp in print."""


def render_docx(brief: Brief) -> bytes:
    """The brief as a .docx file, the same to the byte for the same brief."""
    return save_document(_DocxWriter(brief).written())


class _DocxWriter:
    """The document while it is written; remembers which bookmarks it has."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.out: Document = apply_styles(docx.Document())
        self.marks = BookmarkNumbers()
        self.by_id = {e.id: e for e in brief.cited}

    def written(self) -> Document:
        self._core()
        self._head()
        self._demands()
        self._findings()
        b = self.brief
        if b.changes:
            self._heading(f"What changed since {b.since}", 1)
            self._prose(b.changes)
        self._heading("Introduction", 1)
        self._prose(b.introduction)
        self._picture(b.lead)
        n = 0
        for s in b.sections:
            self._heading(s.title, 1, s.key)
            self._said(s.asks, "Asks")
            for p in s.points:
                n += 1
                self._point(n, p)
                if p.claim in s.pictures:
                    self._picture(s.pictures[p.claim])
        self._outlook()
        self._conclusion()
        if b.alternatives:
            self._heading("Other readings", 1)
            for x in b.alternatives:
                self._sentences((x,), "List Bullet")
        self._heading("What we cannot see", 1)
        self._headed(b.unseen)
        self._checks()
        self._heading("The record behind it", 1)
        for picture in b.appendix:
            self._picture(picture)
        self._heading("Method", 1)
        self._headed(b.method)
        self._sources()
        return self.out

    def _core(self) -> None:
        p, core = self.brief.provenance, self.out.core_properties
        core.title, core.subject, core.author = self.brief.question, self.brief.title, "détente"
        core.comments = f"Made by {p.package} {p.version}; knowledge as of {p.as_of}; SHA-256 of the release {p.sha256}"
        core.language, core.last_modified_by, core.revision = "en-GB", "détente", 1
        # The day of knowledge and not of writing: the same brief is the same file.
        core.created = core.modified = datetime.fromisoformat(p.as_of).replace(tzinfo=UTC)
        foot = self.out.sections[0].footer.paragraphs[0]
        foot._p.style = "Foot"
        day = format_date(datetime.fromisoformat(p.as_of).date())
        foot.add_run(f"{self.brief.title} · what was known on {day} · détente {p.version}\t")
        add_field(foot, "PAGE")
        foot.add_run(" / ")
        add_field(foot, "NUMPAGES")

    def _head(self) -> None:
        b, p = self.brief, self.brief.provenance
        self._said(b.title, "Case")
        self._said(b.question, "Title")
        day, to = (format_date(datetime.fromisoformat(x).date()) for x in (p.as_of, p.watched_to))
        told = f"What was known on {day} · {p.events:,} sourced events · systematic collection to {to}"
        self._said(told, "Small")

    def _demands(self) -> None:
        self._heading("Core demands, and what the record answers", 1)
        n = 0
        for i, s in enumerate(self.brief.sections, 1):
            asks = self._line("Demand")
            asks.add_run(f"{i}.\t")
            add_link(asks, s.asks, bookmark=format_bookmark_name(s.key), style="InnerLink")
            for p in s.points:
                n += 1
                line = self._line("Answer")
                line.add_run(f"{n}\t")
                add_link(line, p.headline, bookmark=format_bookmark_name(p.claim), style="InnerLink")

    def _findings(self) -> None:
        self._heading("All findings", 1)
        rows = build_brief_data(self.brief)["findings"]
        table = [
            (
                f"{VERDICT_SYMBOLS[r['word']]} {r['word']}" if r["word"] else "",
                r["statement"],
                f"{'That' if r['number'] else 'Whether'} {r['weakest']}: {r['likely']}" if r["weakest"] else "",
                r["survived"],
            )
            for r in rows
        ]
        self._table(("verdict", "what was tested", "its weakest part", "checks"), (2.9, 5.4, 5.4, 2.5), table)

    def _point(self, n: int, p: Finding) -> None:
        self._heading(f"{n}\u2002{p.headline}", 2, p.claim)
        self._prose(p.sentences)
        if p.verdict:
            v = p.verdict
            line = self._line("Verdict")
            line.add_run(f"{v.mark} {v.word[0].upper()}{v.word[1:]}. ").bold = True
            asked = format_check_results(v)
            line.add_run(p.statement + ("" if asked == "not checked" else f" {asked[0].upper()}{asked[1:]}."))
            for t in p.tests:
                self._sentences((t,), "Test")
        for i in p.examples:
            self._example(self.by_id[i])
        limits = self._line("Small")
        limits.add_run("What this cannot show. ").bold = True
        self._pour(limits, p.limits)

    def _example(self, e: Event) -> None:
        line = self._line("Example")
        line.add_run("e.g. ").bold = True
        add_link(
            line,
            f"{format_date_range(e.span)}, {self.brief.where(e)}",
            bookmark=format_bookmark_name(e.id),
            style="InnerLink",
        )
        line.add_run(f": {e.summary}{' (disputed)' if e.disputed else ''} ")
        add_muted_text(line, f"[{e.id}; {format_publishers(e.addresses)}]")

    def _outlook(self) -> None:
        o = self.brief.outlook
        self._heading("What may come", 1)
        self._prose(o.notes)
        if o.lines:
            heads = (f"from {o.since}", *(f"within {d} days" for d in o.horizons))
            widths = (5.2, *[(WIDTH - 5.2) / len(o.horizons)] * len(o.horizons))
            self._table(heads, widths, [(x.what, *(c.text for c in x.cells)) for x in o.lines])
        if o.picture:
            self._picture(o.picture)
        if o.score:
            self._heading("How such forecasts have done", 3)
            for s in o.score:
                self._sentences((s,), "List Bullet")

    def _conclusion(self) -> None:
        self._heading("Conclusion and way forward", 1)
        for told in self.brief.conclusion:
            self._prose(told)
        for w in self.brief.levers:
            line = self._line("List Bullet")
            line.add_run(f"{w.title}. ").bold = True
            line.add_run(f"{w.proposal} ")
            self._pour(line, w.record)
            for x in w.effect:
                line.add_run(" ")
                self._pour(line, x)

    def _checks(self) -> None:
        told = [(p, e) for s in self.brief.sections for p in s.points for e in p.estimates if e.necessary]
        titles = {c.key: c.title for c in CHECKS}
        if not any(o.part == e.key for p, e in told for o in p.outcomes):
            return
        self._heading("Checks, one by one", 1)
        for p, e in told:
            rows = [(titles[o.check], o.result, o.told.text) for o in p.outcomes if o.part == e.key]
            if rows:
                self._said(f"That {e.part}", "Part")
                self._table(("check", "outcome", "what was seen"), (4.0, 2.2, 10.0), rows)

    def _sources(self) -> None:
        self._heading("Sources", 1)
        self._said("Events that the text names, with the reports that state them. A report is its author's claim.")
        b, p = self.brief, self.brief.provenance
        table = self._table(("event", "when and where", "what is reported", "reports"), (3.0, 3.3, 6.4, 3.5), ())
        for e in b.cited:
            row: _Row = table.add_row()  # type: ignore[no-untyped-call]
            keep_row_together(row)
            said = (e.id, f"{format_date_range(e.span)}\n{b.where(e)}", e.summary, "")
            for cell, text, wide in zip(row.cells, said, (3.0, 3.3, 6.4, 3.5), strict=True):
                cell.width = Cm(wide)
                add_cell_border(cell, RULE)
                cell.paragraphs[0]._p.style = "Cell"
                cell.paragraphs[0].add_run(text)
            self.marks.put(row.cells[0].paragraphs[0], format_bookmark_name(e.id))
            doubt = f" {e.confidence} confidence{'; disputed' if e.disputed else ''}." if e.confidence else ""
            add_muted_text(row.cells[2].paragraphs[0], doubt)
            if again := b.retold.get(e.id):
                add_muted_text(row.cells[2].paragraphs[0], f" {again.text[0].upper()}{again.text[1:]}.")
            reports = row.cells[3].paragraphs[0]
            for k, a in enumerate(e.addresses):
                if k:
                    reports.add_run("\n")
                add_link(reports, publisher_name(a), address=a)
        self._said("")
        sets = [(d.name, d.use, d.licence, d.cite) for d in b.datasets]
        self._table(("dataset", "used for", "licence", "cite"), (4.6, 3.6, 2.4, 5.6), sets)
        line = self._line("Small")
        line.add_run("Provenance. ").bold = True
        line.add_run(
            f"{p.package} {p.version}; case {p.case}; release {p.release}, {p.rows:,} rows, SHA-256 {p.sha256}; knowledge as of "
            f"{p.as_of}; systematic collection to {p.watched_to}; {p.store_text}made by {p.command}"
        )

    def _heading(self, text: str, level: int, key: str = "") -> None:
        paragraph = self.out.add_heading(text, level)
        if key:
            self.marks.put(paragraph, format_bookmark_name(key))

    def _line(self, style: str = "Normal") -> Paragraph:
        paragraph = self.out.add_paragraph()
        if style != "Normal":
            # By its id: python-docx looks through all styles for a name, each time.
            paragraph._p.style = style.replace(" ", "")
        return paragraph

    def _said(self, text: str, style: str = "Normal") -> None:
        self._line(style).add_run(text)

    def _prose(self, sentences: Sequence[Sentence]) -> None:
        self._sentences(sentences, "Normal")

    def _headed(self, told: Iterable[tuple[str, tuple[Sentence, ...]]]) -> None:
        for heading, sentences in told:
            paragraph = self.out.add_paragraph()
            paragraph.add_run(f"{heading}. ").bold = True
            for s in sentences:
                self._pour(paragraph, s)
                paragraph.add_run(" ")

    def _sentences(self, sentences: Sequence[Sentence], style: str) -> None:
        paragraph = self._line(style)
        for i, s in enumerate(sentences):
            if i:
                paragraph.add_run(" ")
            self._pour(paragraph, s)

    def _pour(self, paragraph: Paragraph, sentence: Sentence) -> None:
        for piece in sentence.pieces:
            if isinstance(piece, EventPiece) and piece.event in self.by_id:
                add_link(paragraph, piece.text, bookmark=format_bookmark_name(piece.event), style="InnerLink")
            else:
                paragraph.add_run(piece if isinstance(piece, str) else piece.text)

    def _picture(self, p: Picture) -> None:
        register_fonts()
        png: bytes = vl_convert.svg_to_png(p.svg, scale=SCALE)
        self._said(p.title, "Figure")
        shape = self.out.add_picture(io.BytesIO(png), width=Cm(WIDTH))
        self.out.paragraphs[-1].paragraph_format.keep_with_next = True
        add_alt_text(shape, p.title, p.alt)
        self._said(p.caption, "Small")

    def _table(self, heads: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[str]]) -> Table:
        table: Table = self.out.add_table(1, len(heads))
        table.autofit = False
        # Word goes by the cells, other programs by the columns.
        for column, wide in zip(table.columns, widths, strict=True):
            column.width = Cm(wide)
        repeat_header_row(table.rows[0])
        for cell, text, wide in zip(table.rows[0].cells, heads, widths, strict=True):
            cell.width = Cm(wide)
            add_cell_border(cell, INK, 8)
            cell.paragraphs[0]._p.style = "Cell"
            cell.paragraphs[0].add_run(text).bold = True
        for told in rows:
            row: _Row = table.add_row()  # type: ignore[no-untyped-call]
            keep_row_together(row)
            for cell, text, wide in zip(row.cells, told, widths, strict=True):
                cell.width = Cm(wide)
                add_cell_border(cell, RULE)
                cell.paragraphs[0]._p.style = "Cell"
                cell.paragraphs[0].add_run(text)
        return table
