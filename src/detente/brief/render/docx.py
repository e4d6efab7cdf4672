"""A brief as an editable Word file: headings, numbered points, pictures, tables, and sources with links."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import docx
import vl_convert
from docx.document import Document
from docx.shared import Cm
from docx.table import Table
from docx.text.paragraph import Paragraph

from detente.brief.document import Brief, BriefArgument, format_origin
from detente.brief.render.docx_elements import (
    BookmarkNumbers,
    add_alt_text,
    add_cell_border,
    add_field,
    add_link,
    add_muted_text,
    add_table_row,
    format_bookmark_name,
    repeat_header_row,
    save_document,
)
from detente.brief.render.docx_styles import INK, RULE, WIDTH, apply_styles
from detente.brief.render.json import build_brief_data, format_check_results
from detente.brief.render.printable import make_printable
from detente.charts.picture import Picture
from detente.claims.checks import CHECKS
from detente.claims.evidence_line import list_evidence
from detente.claims.finding import Finding
from detente.claims.reader_text import MARK_SYMBOLS, MARK_WORDS
from detente.claims.stated_evidence import STATED_NOTE
from detente.claims.verdict import VERDICT_SYMBOLS
from detente.core.date_range import format_date, format_date_range
from detente.core.publishers import format_publishers, is_address, publisher_name
from detente.events.event import Event
from detente.text.sentence import EventPiece, Sentence

SCALE = 2.0
"""Pixels per point of a picture; sharp in print."""


def render_docx(brief: Brief) -> bytes:
    """Render the brief as a .docx file. The same brief gives the same bytes.

    Characters that XML cannot hold are shown as a sign (`printable.py`); Word finds fonts for all others.
    """
    return save_document(_DocxWriter(make_printable(brief)).write_document())


class _DocxWriter:
    """The document under construction, with the numbers of its bookmarks."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.document: Document = apply_styles(docx.Document())
        self.bookmarks = BookmarkNumbers()
        self.by_id = {e.id: e for e in brief.cited}

    def write_document(self) -> Document:
        self._set_properties()
        self._write_title()
        self._write_answer()
        b = self.brief
        if b.changes:
            self._add_heading(f"What changed since {b.since}", 1)
            self._add_sentences(b.changes)
        self._add_heading("Introduction", 1)
        self._add_sentences(b.introduction)
        if b.no_background:
            self._add_text(b.no_background, "Small")
        for note in b.background:
            line = self._add_paragraph()
            line.add_run(f"{note.title}. ").bold = True
            line.add_run(note.text)
            if note.note:
                add_muted_text(line, f" {note.note}")
        n = 0
        for s in b.sections:
            self._add_heading(s.title, 1, s.key)
            for p in s.points:
                n += 1
                self._write_point(n, p, s.arguments.get(p.claim))
                if p.claim in s.pictures:
                    self._add_picture(s.pictures[p.claim])
        self._write_forecast()
        self._write_conclusion()
        self._write_annex()
        return self.document

    def _write_annex(self) -> None:
        b = self.brief
        self._write_findings_table()
        self._add_heading("Figures, estimates and limits of each point", 1)
        self._add_text(STATED_NOTE)
        for p in (p for s in b.sections for p in s.points):
            self._write_figures(p)
        for w in b.levers:
            if w.effect:
                self._add_text(w.title, "Part")
                self._add_sentences(w.effect)
        self._write_checks()
        if b.outlook.lines:
            self._add_heading("Forecast: spread and past scores", 1)
            self._add_sentences(b.outlook.notes)
            if b.outlook.picture:
                self._add_picture(b.outlook.picture)
            for s in b.outlook.score:
                self._add_sentences((s,), "List Bullet")
        if b.alternatives:
            self._add_heading("Other readings", 1)
            for x in b.alternatives:
                self._add_sentences((x,), "List Bullet")
        self._add_heading("Limitations", 1)
        self._add_headed_paragraphs(b.unseen)
        self._add_heading("The record behind it", 1)
        for picture in b.appendix:
            self._add_picture(picture)
        self._add_heading("Method", 1)
        self._add_headed_paragraphs(b.method)
        self._write_background_sources()
        self._write_sources()

    def _set_properties(self) -> None:
        p, core = self.brief.provenance, self.document.core_properties
        core.title, core.subject, core.author = self.brief.question, self.brief.title, "détente"
        core.comments = f"Made by {p.package} {p.version}; knowledge as of {p.as_of}; SHA-256 of the release {p.sha256}"
        core.language, core.last_modified_by, core.revision = "en-GB", "détente", 1
        # The knowledge date, not today's date, so that the same brief gives the same file.
        core.created = core.modified = datetime.fromisoformat(p.as_of).replace(tzinfo=UTC)
        foot = self.document.sections[0].footer.paragraphs[0]
        foot._p.style = "Foot"
        day = format_date(datetime.fromisoformat(p.as_of).date())
        foot.add_run(f"{self.brief.title} · as known on {day} · détente {p.version}\t")
        add_field(foot, "PAGE")
        foot.add_run(" / ")
        add_field(foot, "NUMPAGES")

    def _write_title(self) -> None:
        b, p = self.brief, self.brief.provenance
        self._add_text(b.title, "Case")
        self._add_text(b.question, "Title")
        day = format_date(datetime.fromisoformat(p.as_of).date())
        details = f"As known on {day} · {p.events:,} sourced events. {b.age.text}"
        self._add_text(details, "Small")

    def _write_answer(self) -> None:
        """The demands, the answer with its marks, what the marks mean, and one chart."""
        b = self.brief
        for i, s in enumerate(b.sections, 1):
            asks = self._add_paragraph("Demand")
            asks.add_run(f"{i}.\t")
            add_link(asks, s.asks, bookmark=format_bookmark_name(s.key), style="InnerLink")
        self._add_heading("The answer", 1)
        heading = ""
        for a in b.answer:
            if a.heading != heading:
                self._add_text(a.heading, "Part")
                heading = a.heading
            line = self._add_paragraph("Answer")
            line.add_run(f"{MARK_SYMBOLS[a.mark] if a.mark else ''}\t")
            self._add_pieces(line, a.sentence)
        self._add_text("; ".join(f"{MARK_SYMBOLS[m]} {MARK_WORDS[m]}" for m in b.marks), "Small")
        if b.caution:
            self._add_sentences((b.caution,), "Small")
        self._add_picture(b.lead)

    def _write_findings_table(self) -> None:
        self._add_heading("Annex: all findings", 1)
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
        self._add_table(("verdict", "what was tested", "its weakest part", "checks"), (2.9, 5.4, 5.4, 2.5), table)

    def _write_point(self, n: int, p: Finding, argument: BriefArgument | None) -> None:
        self._add_heading(f"{n}\u2002{p.headline}", 2, p.claim)
        if argument:
            line = self._add_paragraph()
            line.add_run("The argument. ").bold = True
            line.add_run(argument.text)
            add_muted_text(line, f" Held by {'; '.join(argument.held_by)}.")
            if argument.counter:
                line.add_run(" Against it. ").bold = True
                line.add_run(argument.counter)
        for m in p.reader.sentences if p.reader else ():
            line = self._add_paragraph("Answer")
            line.add_run(f"{m.symbol}\t")
            self._add_pieces(line, m.sentence)
        for i in p.examples:
            self._write_example(self.by_id[i])
        line = self._add_paragraph("Small")
        for m in list_evidence(p):
            line.add_run(f"{m.symbol} ")
            self._add_pieces(line, m.sentence)
            line.add_run(" ")

    def _write_figures(self, p: Finding) -> None:
        self._add_text(p.headline, "Part")
        self._add_sentences(p.sentences)
        if p.verdict:
            v = p.verdict
            line = self._add_paragraph("Verdict")
            line.add_run(f"{v.mark} {v.word[0].upper()}{v.word[1:]}. ").bold = True
            checks = format_check_results(v)
            line.add_run(p.statement + ("" if checks == "not checked" else f" {checks[0].upper()}{checks[1:]}."))
            for t in p.tests:
                self._add_sentences((t,), "Test")
        if p.stated:
            self._add_paragraph("Small").add_run("What sources state.").bold = True
        for x in p.stated:
            line = self._add_paragraph("Test")
            self._add_pieces(line, x.told)
            line.add_run(f" {x.compared}" if x.compared else "")
        if p.false_alarms:
            alarms = self._add_paragraph("Small")
            alarms.add_run("False alarms. ").bold = True
            self._add_pieces(alarms, p.false_alarms)
        limits = self._add_paragraph("Small")
        limits.add_run("What this cannot show. ").bold = True
        self._add_pieces(limits, p.limits)

    def _write_example(self, e: Event) -> None:
        line = self._add_paragraph("Example")
        line.add_run("For example, ").bold = True
        place = f"{format_date_range(e.span)}, {self.brief.where(e)}"
        add_link(line, place, bookmark=format_bookmark_name(e.id), style="InnerLink")
        line.add_run(f": {e.summary}{' (disputed)' if e.disputed else ''} ")
        add_muted_text(line, f"[{'; '.join(filter(None, (e.id, format_publishers(e.addresses))))}]")

    def _write_forecast(self) -> None:
        o = self.brief.outlook
        self._add_heading("What may come", 1)
        self._add_sentences(o.plain or o.notes)
        if o.lines:
            heads = (f"from {o.since}", *(f"within {d} days" for d in o.horizons))
            widths = (5.2, *[(WIDTH - 5.2) / len(o.horizons)] * len(o.horizons))
            self._add_table(heads, widths, [(x.what, *(c.text for c in x.cells)) for x in o.lines])

    def _write_conclusion(self) -> None:
        self._add_heading("Conclusion and way forward", 1)
        for sentences in self.brief.conclusion:
            self._add_sentences(sentences)
        for w in self.brief.levers:
            line = self._add_paragraph("List Bullet")
            line.add_run(f"{w.title}. ").bold = True
            line.add_run(f"{w.proposal} ")
            if w.precedent or w.record.text:
                line.add_run("So far. ").bold = True
                line.add_run(f"{w.precedent} " if w.precedent else "")
                self._add_pieces(line, w.record)
            if w.expectation.text:
                line.add_run(" What to expect. ").bold = True
                self._add_pieces(line, w.expectation)
            if w.objection:
                line.add_run(" Against it. ").bold = True
                line.add_run(w.objection)

    def _write_checks(self) -> None:
        parts = [(p, e) for s in self.brief.sections for p in s.points for e in p.estimates if e.necessary]
        titles = {c.key: c.title for c in CHECKS}
        if not any(o.part == e.key for p, e in parts for o in p.outcomes):
            return
        self._add_heading("Checks, one by one", 1)
        for p, e in parts:
            rows = [(titles[o.check], o.result, o.told.text) for o in p.outcomes if o.part == e.key]
            if rows:
                self._add_text(f"That {e.part}", "Part")
                self._add_table(("check", "outcome", "what was seen"), (4.0, 2.2, 10.0), rows)

    def _write_background_sources(self) -> None:
        b = self.brief
        listed = [(n.title, n.sources) for n in b.background]
        listed += [
            (p.headline, (*a.sources, *a.counter_sources))
            for s in b.sections
            for p in s.points
            if (a := s.arguments.get(p.claim))
        ]
        listed += [(w.title, (*w.precedent_events, *w.sources)) for w in b.levers if w.sources]
        if listed:
            self._add_heading("Sources of background, arguments and options", 1)
        for title, sources in listed:
            line = self._add_paragraph("Small")
            line.add_run(f"{title}. ").bold = True
            for i, source in enumerate(dict.fromkeys(sources)):
                line.add_run("; " if i else "")
                if source in self.by_id:
                    add_link(line, source, bookmark=format_bookmark_name(source), style="InnerLink")
                elif is_address(source):
                    add_link(line, publisher_name(source), address=source)
                else:
                    line.add_run(source)

    def _write_sources(self) -> None:
        self._add_heading("Sources", 1)
        self._add_text("Events that the text names, with the reports of them. A report is its author's claim.")
        b, p = self.brief, self.brief.provenance
        widths = (3.0, 3.3, 6.4, 3.5)
        table = self._add_table(("event", "when and where", "what is reported", "reports"), widths, ())
        for e in b.cited:
            texts = (e.id, f"{format_date_range(e.span)}\n{b.where(e)}", e.summary, "")
            row = add_table_row(table, widths, texts, RULE)
            self.bookmarks.put(row.cells[0].paragraphs[0], format_bookmark_name(e.id))
            doubt = f" {e.confidence} confidence{'; disputed' if e.disputed else ''}." if e.confidence else ""
            add_muted_text(row.cells[2].paragraphs[0], doubt)
            if again := b.retold.get(e.id):
                add_muted_text(row.cells[2].paragraphs[0], f" {again.text[0].upper()}{again.text[1:]}.")
            reports = row.cells[3].paragraphs[0]
            for k, a in enumerate(e.addresses):
                if k:
                    reports.add_run("\n")
                add_link(reports, publisher_name(a), address=a)
            if not e.addresses:
                reports.add_run(format_origin(e))
        self._add_text("")
        sets = [(d.name, d.use, d.licence, d.cite) for d in b.datasets]
        self._add_table(("dataset", "used for", "licence", "cite"), (4.6, 3.6, 2.4, 5.6), sets)
        line = self._add_paragraph("Small")
        line.add_run("Provenance. ").bold = True
        line.add_run(
            f"{p.package} {p.version}; case {p.case}; release {p.release}, {p.rows:,} rows, SHA-256 {p.sha256}; knowledge as of "
            f"{p.as_of}; systematic collection to {p.watched_to}; {p.store_text}made by {p.command}"
        )

    def _add_heading(self, text: str, level: int, key: str = "") -> None:
        paragraph = self.document.add_heading(text, level)
        if key:
            self.bookmarks.put(paragraph, format_bookmark_name(key))

    def _add_paragraph(self, style: str = "Normal") -> Paragraph:
        paragraph = self.document.add_paragraph()
        if style != "Normal":
            # Set by id: python-docx searches all styles for a name, each time.
            paragraph._p.style = style.replace(" ", "")
        return paragraph

    def _add_text(self, text: str, style: str = "Normal") -> None:
        self._add_paragraph(style).add_run(text)

    def _add_headed_paragraphs(self, paragraphs: Iterable[tuple[str, tuple[Sentence, ...]]]) -> None:
        for heading, sentences in paragraphs:
            paragraph = self.document.add_paragraph()
            paragraph.add_run(f"{heading}. ").bold = True
            for s in sentences:
                self._add_pieces(paragraph, s)
                paragraph.add_run(" ")

    def _add_sentences(self, sentences: Sequence[Sentence], style: str = "Normal") -> None:
        paragraph = self._add_paragraph(style)
        for i, s in enumerate(sentences):
            if i:
                paragraph.add_run(" ")
            self._add_pieces(paragraph, s)

    def _add_pieces(self, paragraph: Paragraph, sentence: Sentence) -> None:
        for piece in sentence.pieces:
            if isinstance(piece, EventPiece) and piece.event in self.by_id:
                add_link(paragraph, piece.text, bookmark=format_bookmark_name(piece.event), style="InnerLink")
            else:
                paragraph.add_run(piece if isinstance(piece, str) else piece.text)

    def _add_picture(self, p: Picture) -> None:
        from detente.charts.style import register_fonts  # imports the chart library

        register_fonts()
        png: bytes = vl_convert.svg_to_png(p.svg, scale=SCALE)
        self._add_text(p.title, "Figure")
        shape = self.document.add_picture(io.BytesIO(png), width=Cm(WIDTH))
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        add_alt_text(shape, p.title, p.alt)
        self._add_text(p.caption, "Small")

    def _add_table(self, heads: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[str]]) -> Table:
        table: Table = self.document.add_table(1, len(heads))
        table.autofit = False
        # Word reads the widths of cells, other programs those of columns.
        for column, wide in zip(table.columns, widths, strict=True):
            column.width = Cm(wide)
        repeat_header_row(table.rows[0])
        for cell, text, wide in zip(table.rows[0].cells, heads, widths, strict=True):
            cell.width = Cm(wide)
            add_cell_border(cell, INK, 8)
            cell.paragraphs[0]._p.style = "Cell"
            cell.paragraphs[0].add_run(text).bold = True
        for texts in rows:
            add_table_row(table, widths, texts, RULE)
        return table
