"""Word elements that python-docx does not provide: links, bookmarks, page numbers, repeated rows, alternative texts."""

import io
import zipfile
from collections.abc import Sequence
from itertools import count

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shape import InlineShape
from docx.shared import Cm
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

# Date of every part of the zip file, so that the same brief gives the same bytes.
_FIXED_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def build_element(tag: str, **attributes: str) -> BaseOxmlElement:
    """Build an element of WordprocessingML; attributes are in the same namespace."""
    out = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        out.set(qn(f"w:{name}"), value)
    return out


def add_link(paragraph: Paragraph, text: str, *, address: str = "", bookmark: str = "", style: str = "Link") -> None:
    """Append a link to a web page or to a bookmark of the same file."""
    out = build_element("hyperlink")
    if address:
        out.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    else:
        out.set(qn("w:anchor"), bookmark)
    run = paragraph.add_run(text)
    run._r.style = style
    out.append(run._r)
    paragraph._p.append(out)


def add_muted_text(paragraph: Paragraph, text: str) -> None:
    """Append text in a muted colour."""
    paragraph.add_run(text)._r.style = "Soft"


class BookmarkNumbers:
    """A counter, because every bookmark of a file needs its own number."""

    def __init__(self) -> None:
        self._next = count(1)

    def put(self, paragraph: Paragraph, name: str) -> None:
        """Put a bookmark around the content of a paragraph."""
        n = str(next(self._next))
        start, end = build_element("bookmarkStart", id=n, name=name), build_element("bookmarkEnd", id=n)
        at = 1 if paragraph._p.pPr is not None else 0
        paragraph._p.insert(at, start)
        paragraph._p.append(end)


def format_bookmark_name(key: str) -> str:
    """Format an id as a bookmark's name: a letter, then letters, digits and underscores, at most 40 in all.

    Example:
        >>> format_bookmark_name("DL-20251009-01")
        'at_DL_20251009_01'
    """
    return ("at_" + "".join(c if c.isascii() and c.isalnum() else "_" for c in key))[:40]


def add_field(paragraph: Paragraph, code: str) -> None:
    """Append a field that Word fills in: PAGE, NUMPAGES."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("shown", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind == "":
            instruction = build_element("instrText")
            instruction.text = f" {text} "
            run._r.append(instruction)
        elif kind == "shown":
            run.text = text
        else:
            run._r.append(build_element("fldChar", fldCharType=kind))


def repeat_header_row(row: _Row) -> None:
    """Repeat the row at the top of every page of the table."""
    row._tr.get_or_add_trPr().append(build_element("tblHeader", val="true"))


def add_table_row(table: Table, widths: Sequence[float], texts: Sequence[str], colour: str) -> _Row:
    """Append a row of texts with a line under each cell, kept on one page; widths in centimetres."""
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    row._tr.get_or_add_trPr().append(build_element("cantSplit", val="true"))
    for cell, text, wide in zip(row.cells, texts, widths, strict=True):
        cell.width = Cm(wide)
        add_cell_border(cell, colour)
        cell.paragraphs[0]._p.style = "Cell"
        cell.paragraphs[0].add_run(text)
    return row


def add_cell_border(cell: _Cell, colour: str, eighths: int = 4) -> None:
    """Draw a line under a cell."""
    borders = build_element("tcBorders")
    borders.append(build_element("bottom", val="single", sz=str(eighths), space="0", color=colour))
    cell._tc.get_or_add_tcPr().append(borders)


def add_paragraph_border(
    paragraph: Paragraph | ParagraphStyle, side: str, colour: str, eighths: int, space: int = 6
) -> None:
    """Draw a line at one side of a paragraph: top, bottom or left."""
    borders = build_element("pBdr")
    borders.append(build_element(side, val="single", sz=str(eighths), space=str(space), color=colour))
    element = paragraph._p if isinstance(paragraph, Paragraph) else paragraph.element
    properties = element.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr"
    )


def add_alt_text(shape: InlineShape, title: str, text: str) -> None:
    """Set the title and the alternative text of a picture."""
    properties = shape._inline.docPr
    properties.set("title", title)
    properties.set("descr", text)


def save_document(document: Document) -> bytes:
    """Save the document as bytes. The same content gives the same bytes."""
    raw, out = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name in given.namelist():
            info = zipfile.ZipInfo(name, _FIXED_ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(info, given.read(name))
    return out.getvalue()
