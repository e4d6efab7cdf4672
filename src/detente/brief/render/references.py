"""The references of a brief as BibTeX and RIS."""

import re
from collections.abc import Sequence

from detente.brief.document import Brief
from detente.brief.render.bibliography import BibliographyEntry, build_entries

_RIS_TYPES = {"brief": "RPRT", "dataset": "DATA", "report": "ELEC"}
_PUBLICATION_LABELS = {"brief": "Brief", "dataset": "Dataset", "report": "Web page"}
_TEX_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def render_bibtex(brief: Brief, address: str = "") -> str:
    """Render the brief, its datasets and its reports as BibTeX, UTF-8.

    Unknown fields are left out. Titles have two pairs of braces, so that no style changes their capitals.

    Args:
        address: where the brief is published, or empty.
    """
    return format_bibtex(build_entries(brief, address))


def render_ris(brief: Brief, address: str = "") -> str:
    """Render the same as RIS for EndNote, Zotero and Mendeley. Lines end in CR LF, as the format requires."""
    return format_ris(build_entries(brief, address))


def format_bibtex(entries: Sequence[BibliographyEntry]) -> str:
    """Format entries as BibTeX.

    Example:
        >>> print(format_bibtex([BibliographyEntry("report-1", "report", "[Report: 5 % more]", "dawn.com", None, "https://dawn.com/a_b", "", "")]))
        @misc{report-1,
          author = {{dawn.com}},
          title = {{[Report: 5 \\% more]}},
          howpublished = {Web page},
          url = {https://dawn.com/a_b},
        }
        <BLANKLINE>
    """
    out = []
    for e in entries:
        fields = {
            "author": "{" + _escape_tex(e.by) + "}",
            "title": "{" + _escape_tex(e.title) + "}",
            "year": f"{e.day:%Y}" if e.day else "",
            "month": f"{e.day:%b}".lower() if e.day else "",
            "day": str(e.day.day) if e.day else "",
            "howpublished": "" if _has_no_medium(e) else _PUBLICATION_LABELS[e.kind],
            "version": _escape_tex(e.version),
            "url": _escape_address(e.address),
            "note": _escape_tex(e.note),
        }
        # A month is a BibTeX macro and takes no braces.
        lines = [f"  {k} = {v if k == 'month' else '{' + v + '}'},\n" for k, v in fields.items() if v]
        out.append(f"@misc{{{e.key},\n{''.join(lines)}}}\n")
    return "\n".join(out)


def format_ris(entries: Sequence[BibliographyEntry]) -> str:
    """Format entries as RIS."""
    out: list[str] = []
    for e in entries:
        fields = [
            ("TY", "GEN" if _has_no_medium(e) else _RIS_TYPES[e.kind]), ("ID", e.key), ("TI", e.title), ("AU", e.by), ("PB", e.by),
            ("PY", f"{e.day:%Y}" if e.day else ""), ("DA", f"{e.day:%Y/%m/%d}" if e.day else ""), ("ET", e.version),
            ("UR", _escape_address(e.address)), ("N1", e.note),
        ]  # fmt: skip
        out += [f"{k}  - {' '.join(v.split())}" for k, v in fields if v]
        out += ["ER  - ", ""]
    return "\r\n".join(out) + "\r\n"


def _has_no_medium(entry: BibliographyEntry) -> bool:
    """Return whether it is not known how a report appeared: one without an address may be no web page."""
    return entry.kind == "report" and not entry.address


def _escape_tex(text: str) -> str:
    return "".join(_TEX_ESCAPES.get(c, c) for c in " ".join(text.split()))


def _escape_address(address: str) -> str:
    # Readers take an address literally. A brace or a space in it would end or break the field.
    return re.sub(r"[{}\s\\]", lambda m: f"%{ord(m.group()):02X}", address)
