"""Text of comments: plain paragraphs with links for web addresses and no other markup."""

import re
import unicodedata
from dataclasses import dataclass

from detente.web.comments.errors import BadComment

MAX_COMMENT_LENGTH = 5_000  # characters
_URL_PATTERN = re.compile(r"https?://[^\s<>\"'`{}|\\^]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextRun:
    """A run of text; `address` is its link target, or None."""

    text: str
    address: str | None = None


Paragraph = tuple[TextRun, ...]


def clean_comment(body: str) -> str:
    """Clean a text: line feeds only, no control characters, at most one empty line in a row.

    Marks of writing direction stay, since Pashto and Urdu need them. The page isolates each paragraph, so they cannot
    affect other text.

    Raises:
        BadComment: the result is empty or longer than 5,000 characters.

    Example:
        >>> clean_comment(" one\\r\\n\\r\\n\\r\\n\\r\\ntwo\\x07 ")
        'one\\n\\ntwo'
    """
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or not _is_control(c))
    text = re.sub(r"\n[ \t]*\n(?:[ \t]*\n)+", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()
    if not any(unicodedata.category(c)[0] in "LNPS" for c in text):
        raise BadComment("it contains no visible character")
    if len(text) > MAX_COMMENT_LENGTH:
        raise BadComment(f"it has {len(text):,} characters; the maximum is {MAX_COMMENT_LENGTH:,}")
    return text


def split_paragraphs(body: str) -> tuple[Paragraph, ...]:
    """Split a text at empty lines into paragraphs, and each paragraph into runs.

    Example:
        >>> [p.address for p in split_paragraphs("See https://example.org/a_(b), please.")[0]]
        [None, 'https://example.org/a_(b)', None]
    """
    return tuple(_linkify(p) for p in body.split("\n\n") if p.strip())


def _linkify(text: str) -> Paragraph:
    runs, at = [], 0
    for m in _URL_PATTERN.finditer(text):
        address = _strip_punctuation(m[0])
        if m.start() > at:
            runs.append(TextRun(text[at : m.start()]))
        runs.append(TextRun(address, address))
        at = m.start() + len(address)
    if at < len(text):
        runs.append(TextRun(text[at:]))
    return tuple(runs)


def _strip_punctuation(address: str) -> str:
    """Remove trailing punctuation of the sentence; keep a bracket that was opened inside the address."""
    while address[-1] in ".,;:!?)]\u2026\u06d4\u060c\u061f" and not (
        address[-1] == ")" and address.count("(") >= address.count(")")
    ):
        address = address[:-1]
    return address


def _is_control(c: str) -> bool:
    # XML and PostgreSQL refuse control characters, lone surrogates and noncharacters.
    return unicodedata.category(c) in ("Cc", "Cs") or ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF
