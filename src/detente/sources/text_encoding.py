"""Text as UTF-8: byte-order marks, UTF-16, Windows-1252 and lone carriage returns.

A file is read as UTF-8. It is read as Windows-1252 (cp1252) only if the start of the file holds bytes that are not UTF-8 and
every byte beyond ASCII in the whole file is a letter or a mark of that code page in a place where one may stand, on two lines
at least. Otherwise a row with such bytes is damaged and is rejected.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from itertools import chain, islice

UTF8_BOM = b"\xef\xbb\xbf"
SNIFF_BYTES = 1 << 20
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Latin letters without × ÷ ÿ þ ð, and the marks that word processors write: quotes, dashes, the ellipsis, °, §, ½.
_LETTER = rb"[\x8a\x8c\x8e\x9a\x9c\x9e\xc0-\xcf\xd1-\xd6\xd8-\xdd\xdf-\xef\xf1-\xf6\xf8-\xfd]"
_N_TILDE = rb"[\xd1\xf1]"
_PLAUSIBLE = re.compile(
    rb"(?:(?<=[A-Za-z ,;\t\"'(\n-])" + _LETTER + rb"(?=[A-Za-z]))|(?:(?<=[A-Za-z])(?:" + _LETTER + rb"|" + _N_TILDE
    + rb"))|(?:(?<=[A-Za-z0-9.,;\"' )(\n\t-])[\x82\x84\x85\x91-\x97\xa7\xb0\xab\xbb](?=[A-Za-z0-9 .,;\"'(\n\r\t]))|" + _N_TILDE + rb"(?=[a-zA-Z])"
)  # fmt: skip
_FOREIGN = re.compile(rb"[\x80-\xff]")
NOTE_CP1252 = "read as Windows-1252 (cp1252), since it is not UTF-8"


def decode_text(raw: Callable[[], Iterator[bytes]], encoding: str | None, notes: list[str]) -> Iterator[bytes]:
    """Stream the bytes of a text file as UTF-8.

    Args:
        raw: opens the file's bytes from the start. encoding: a name known to Python, or None to recognise it.
        notes: receives one sentence if the text is not plain UTF-8.
    """
    blocks = raw()
    first = next(blocks, b"")
    bom = next((b for b in _UTF16 if first.startswith(b)), None)
    name = encoding or (_UTF16[bom] if bom else None)
    if name is None and not _is_utf8_start(first) and looks_like_cp1252(raw()):
        name = "cp1252"
    if name and name.lower().replace("_", "-") not in ("utf-8", "utf8", "utf-8-sig"):
        note = NOTE_CP1252 if name == "cp1252" and not encoding else f"read as {name}"
        if note not in notes:
            notes.append(note)
        yield from _normalise_line_ends(_recode(chain([first[len(bom or b"") :]], blocks), name))
    else:
        yield from _normalise_line_ends(chain([first.removeprefix(UTF8_BOM)], blocks))


def looks_like_cp1252(blocks: Iterator[bytes]) -> bool:
    """Return whether every byte beyond ASCII is plausible Windows-1252.

    Example:
        >>> looks_like_cp1252(iter(["Übergang\\nCafé".encode("cp1252")])), looks_like_cp1252(iter([b"ab\\xff\\nab\\xff"]))
        (True, False)
    """
    rest, lines = b"", 0
    for block in chain(blocks, [b"\n"]):
        data = rest + block
        # A line is checked whole; the last one of a block waits for the next.
        cut = data.rfind(b"\n") + 1
        data, rest = (data[:cut], data[cut:]) if cut else (data, b"")
        foreign = len(_FOREIGN.findall(data))
        if not foreign:
            continue
        lines += sum(bool(_FOREIGN.search(x)) for x in data.splitlines())
        # Each block begins at the start of a line.
        if b"\0" in data or len(_PLAUSIBLE.findall(b"\n" + data)) != foreign:
            return False
    return lines >= 2


def _is_utf8_start(first: bytes) -> bool:
    head = first[:SNIFF_BYTES]
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as e:
        # The last character may be cut.
        return len(head) - e.start < 4 and "unexpected end" in e.reason
    return True


def _recode(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    # A byte that the code page does not define stays visible as an escape.
    decoder = codecs.getincrementaldecoder(encoding)("backslashreplace")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8")
    if rest := decoder.decode(b"", final=True):
        yield rest.encode("utf-8")


def _normalise_line_ends(blocks: Iterator[bytes]) -> Iterator[bytes]:
    # Old spreadsheets and some current exports end lines with a carriage return alone.
    for first in islice(blocks, 1):
        cr_only = b"\n" not in first and b"\r" in first
        yield first.replace(b"\r", b"\n") if cr_only else first
        for block in blocks:
            yield block.replace(b"\r", b"\n") if cr_only else block
