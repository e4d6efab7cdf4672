"""Search terms of a text, extracted alike for both databases, so that both find the same comments.

SQLite and PostgreSQL tokenise and fold text differently. A term is a run of letters, marks and digits of any script,
without case and accents. Marks other than accents on Latin, Greek or Cyrillic letters stay: in Devanagari they are vowels.
"""

import unicodedata

# Unicode's combining classes: accents below (220) and above (230), and the optional vowels of Arabic (27 to 35).
# Vowel signs of Indian scripts have other classes and stay.
ACCENT_CLASSES = frozenset({220, 230, *range(27, 36)})
MAX_TERM_LENGTH = 80  # characters of one term; PostgreSQL refuses lexemes over 2 kB


def extract_terms(text: str) -> list[str]:
    """Return the distinct terms of `text` in order of first appearance.

    Example:
        >>> extract_terms("Türkiye's border-crossing at Torkham: CLOSED, closed!")
        ['turkiye', 's', 'border', 'crossing', 'at', 'torkham', 'closed']
    """
    terms: dict[str, None] = {}
    run: list[str] = []
    # Twice: case folding can produce composed letters, and NFKD of mathematical letters can produce capitals.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    for c in folded + " ":
        if unicodedata.combining(c) in ACCENT_CLASSES:
            continue
        if unicodedata.category(c)[0] in "LNM":
            run.append(c)
        elif run:
            terms["".join(run)[:MAX_TERM_LENGTH]] = None
            run = []
    return list(terms)
