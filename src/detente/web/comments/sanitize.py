"""A comment's text: plain, in paragraphs, with web addresses that can be followed. Nothing else is markup."""

import re
import unicodedata
from dataclasses import dataclass

from detente.web.comments.errors import BadComment

MAX_COMMENT_LENGTH = 5_000  # characters
_URL_PATTERN = re.compile(r"https?://[^\s<>\"'`{}|\\^]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextRun:
    """A run of text; `address` is where it leads, or None."""

    text: str
    address: str | None = None


Paragraph = tuple[TextRun, ...]


def clean_comment(body: str) -> str:
    """The text as it is kept: lines end in a line feed, no control characters, no more than one empty line on end.

    Marks that turn the direction of writing stay: Pashto and Urdu need them, and each paragraph is set apart
    on the page, so that none of them reaches beyond its own.

    Raises:
        BadComment: nothing is left, or it is longer than 5,000 characters.

    Example:
        >>> clean_comment(" one\\r\\n\\r\\n\\r\\n\\r\\ntwo\\x07 ")
        'one\\n\\ntwo'
    """
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or not _is_control(c))
    text = re.sub(r"\n[ \t]*\n(?:[ \t]*\n)+", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()
    if not any(unicodedata.category(c)[0] in "LNPS" for c in text):
        raise BadComment("it holds no letter")
    if len(text) > MAX_COMMENT_LENGTH:
        raise BadComment(f"it has {len(text):,} characters, and {MAX_COMMENT_LENGTH:,} are the most")
    return text


def split_paragraphs(body: str) -> tuple[Paragraph, ...]:
    """The text as paragraphs of pieces; an empty line parts paragraphs.

    Example:
        >>> [p.address for p in split_paragraphs("See https://example.org/a_(b), please.")[0]]
        [None, 'https://example.org/a_(b)', None]
    """
    return tuple(_linkify(p) for p in body.split("\n\n") if p.strip())


def _linkify(text: str) -> Paragraph:
    found, at = [], 0
    for m in _URL_PATTERN.finditer(text):
        address = _strip_punctuation(m[0])
        if m.start() > at:
            found.append(TextRun(text[at : m.start()]))
        found.append(TextRun(address, address))
        at = m.start() + len(address)
    if at < len(text):
        found.append(TextRun(text[at:]))
    return tuple(found)


def _strip_punctuation(address: str) -> str:
    """The address without the sentence's own full stop or bracket; a bracket that was opened in it is its own."""
    while address[-1] in ".,;:!?)]\u2026\u06d4\u060c\u061f" and not (
        address[-1] == ")" and address.count("(") >= address.count(")")
    ):
        address = address[:-1]
    return address


def _is_control(c: str) -> bool:
    # Controls, halves of characters, and the code points that are no characters: XML and PostgreSQL refuse them.
    return unicodedata.category(c) in ("Cc", "Cs") or ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF
