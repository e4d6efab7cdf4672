"""What Word files need and python-docx has no call for: links, bookmarks, page numbers, rows that repeat, words for pictures."""

import io
import zipfile
from itertools import count

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shape import InlineShape
from docx.styles.style import ParagraphStyle
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

# The date of every part of the file: the same brief gives the same bytes.
_FIXED_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def build_element(tag: str, **attributes: str) -> BaseOxmlElement:
    """An element of WordprocessingML; attributes are of the same namespace."""
    out = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        out.set(qn(f"w:{name}"), value)
    return out


def add_link(paragraph: Paragraph, text: str, *, address: str = "", bookmark: str = "", style: str = "Link") -> None:
    """Text at the end of a paragraph that leads to a web page or to a bookmark of the same file."""
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
    """Text that stands back."""
    paragraph.add_run(text)._r.style = "Soft"


class BookmarkNumbers:
    """Remembers numbers: every bookmark of a file needs its own."""

    def __init__(self) -> None:
        self._next = count(1)

    def put(self, paragraph: Paragraph, name: str) -> None:
        """A bookmark around what the paragraph holds."""
        n = str(next(self._next))
        start, end = build_element("bookmarkStart", id=n, name=name), build_element("bookmarkEnd", id=n)
        at = 1 if paragraph._p.pPr is not None else 0
        paragraph._p.insert(at, start)
        paragraph._p.append(end)


def format_bookmark_name(key: str) -> str:
    """A bookmark's name for an id: letters, digits and underscores, a letter first, at most 40.

    Example:
        >>> format_bookmark_name("DL-20251009-01")
        'at_DL_20251009_01'
    """
    return ("at_" + "".join(c if c.isascii() and c.isalnum() else "_" for c in key))[:40]


def add_field(paragraph: Paragraph, code: str) -> None:
    """A field that Word fills in: PAGE, NUMPAGES."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("shown", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind == "":
            told = build_element("instrText")
            told.text = f" {text} "
            run._r.append(told)
        elif kind == "shown":
            run.text = text
        else:
            run._r.append(build_element("fldChar", fldCharType=kind))


def repeat_header_row(row: _Row) -> None:
    """The row heads the table on every page."""
    properties = row._tr.get_or_add_trPr()
    properties.append(build_element("tblHeader", val="true"))


def keep_row_together(row: _Row) -> None:
    """The row is not divided between pages."""
    row._tr.get_or_add_trPr().append(build_element("cantSplit", val="true"))


def add_cell_border(cell: _Cell, colour: str, eighths: int = 4) -> None:
    """A line under a cell."""
    borders = build_element("tcBorders")
    borders.append(build_element("bottom", val="single", sz=str(eighths), space="0", color=colour))
    cell._tc.get_or_add_tcPr().append(borders)


def add_paragraph_border(
    paragraph: Paragraph | ParagraphStyle, side: str, colour: str, eighths: int, space: int = 6
) -> None:
    """A line at one side of a paragraph: top, bottom or left."""
    borders = build_element("pBdr")
    borders.append(build_element(side, val="single", sz=str(eighths), space=str(space), color=colour))
    properties = (
        paragraph._p.get_or_add_pPr() if isinstance(paragraph, Paragraph) else paragraph.element.get_or_add_pPr()
    )
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr"
    )


def add_alt_text(shape: InlineShape, title: str, text: str) -> None:
    """Words for those who cannot see a picture."""
    told = shape._inline.docPr
    told.set("title", title)
    told.set("descr", text)


def save_document(document: Document) -> bytes:
    """The file, the same to the byte for the same content."""
    raw, out = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in given.namelist():
            info = zipfile.ZipInfo(name, _FIXED_ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(info, given.read(name))
    return out.getvalue()
