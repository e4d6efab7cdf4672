"""Styles of the Word file: A4, thin rules, a serif for text and a sans for everything else.

The fonts ship with every Word, because an editable document does not embed its own.
"""

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle

from detente.brief.render.docx_elements import add_paragraph_border, build_element

INK, SOFT, RULE, LINK = "1B1F24", "525B65", "D5D9DE", "005B8E"
SERIF, SANS = "Georgia", "Arial"
WIDTH = 16.2
"""Text width in centimetres: A4 without its margins of 2.4."""


def apply_styles(document: Document) -> Document:
    """Apply our styles and an A4 page to the document."""
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.4)
    page.top_margin = page.bottom_margin = Cm(2.2)
    _format_style(_get_paragraph_style(document, "Normal"), SERIF, 10.5, after=6, line=1.2)
    _format_style(_get_paragraph_style(document, "Title"), SERIF, 19, bold=True, after=6, line=1.15)
    properties = _get_paragraph_style(document, "Title").element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)
    _format_style(_get_paragraph_style(document, "Heading 1"), SANS, 13, bold=True, before=20, after=6)
    add_paragraph_border(_get_paragraph_style(document, "Heading 1"), "top", INK, 8, 4)
    _format_style(_get_paragraph_style(document, "Heading 2"), SANS, 11, bold=True, before=13, after=4)
    _format_style(_get_paragraph_style(document, "Heading 3"), SANS, 10, bold=True, before=10, after=4)
    _format_style(_get_paragraph_style(document, "List Bullet"), SERIF, 10.5, after=4, line=1.2)
    _format_style(_add_paragraph_style(document, "Case"), SANS, 9, colour=SOFT, bold=True, after=3)
    _format_style(_add_paragraph_style(document, "Small"), SANS, 8.5, colour=SOFT, after=8, line=1.15)
    _format_style(_add_paragraph_style(document, "Asks"), SERIF, 10.5, colour=SOFT, italic=True, after=6)
    _format_style(_add_paragraph_style(document, "Cell"), SANS, 8, after=1, before=1)
    _format_style(_add_paragraph_style(document, "Figure"), SANS, 9.5, bold=True, before=12, after=3)
    _format_style(_add_paragraph_style(document, "Part"), SANS, 9, bold=True, before=10, after=3)
    for name in ("Figure", "Part", "Case", "Asks"):
        _get_paragraph_style(document, name).paragraph_format.keep_with_next = True
    _format_style(_add_paragraph_style(document, "Verdict"), SANS, 9.5, after=4)
    for name, size, colour in (("Test", 9.5, INK), ("Example", 9.5, RULE)):
        style = _add_paragraph_style(document, name)
        _format_style(style, SERIF, size, after=5, line=1.15)
        add_paragraph_border(style, "left", colour, 8, 8)
        style.paragraph_format.left_indent = Cm(0.5)
    for name, size, indent in (("Demand", 10.5, 0.6), ("Answer", 9.5, 1.3)):
        style = _add_paragraph_style(document, name)
        _format_style(style, SERIF if name == "Demand" else SANS, size, after=3, italic=name == "Demand")
        style.paragraph_format.left_indent = Cm(indent)
        style.paragraph_format.first_line_indent = Cm(-0.6)
        style.paragraph_format.tab_stops.add_tab_stop(Cm(indent))
    foot = _add_paragraph_style(document, "Foot")
    _format_style(foot, SANS, 7.5, colour=SOFT)
    foot.paragraph_format.tab_stops.add_tab_stop(Cm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    _add_character_style(document, "Link", LINK, underline=True)
    _add_character_style(document, "InnerLink", None, underline=False)
    _add_character_style(document, "Soft", SOFT, underline=False)
    return document


def _get_paragraph_style(document: Document, name: str) -> ParagraphStyle:
    style = document.styles[name]
    assert isinstance(style, ParagraphStyle)
    return style


def _add_paragraph_style(document: Document, name: str) -> ParagraphStyle:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    style.base_style = _get_paragraph_style(document, "Normal")
    return style


def _add_character_style(document: Document, name: str, colour: str | None, *, underline: bool) -> None:
    style = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
    assert isinstance(style, CharacterStyle)
    style.font.underline = underline
    if colour:
        style.font.color.rgb = RGBColor.from_string(colour)


def _format_style(
    style: ParagraphStyle, face: str, size: float, *, colour: str = INK, bold: bool = False, italic: bool = False,
    before: float = 0, after: float = 0, line: float = 1.1,
) -> None:  # fmt: skip
    f, p = style.font, style.paragraph_format
    f.name, f.size, f.bold, f.italic = face, Pt(size), bold, italic
    f.color.rgb = RGBColor.from_string(colour)
    # Word prefers the theme's font to the named one, and the template names others for some scripts.
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if "heme" in name:
            del fonts.attrib[name]
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{name}"), face)
    languages = style.element.get_or_add_rPr().findall(qn("w:lang"))
    if not languages and style.name == "Normal":
        style.element.get_or_add_rPr().append(build_element("lang", val="en-GB"))
    p.space_before, p.space_after, p.line_spacing = Pt(before), Pt(after), line
