"""The words of a text, as both databases index them, so that both find the same comments.

SQLite and PostgreSQL cut and fold text by different rules; here it is done once, before either sees it. A word
is a run of letters, marks and digits of any script, without case and without accents. The marks that stay are
those that are not accents on Latin, Greek or Cyrillic letters: in Devanagari they are vowels.
"""

import unicodedata

# Unicode's combining classes: accents below (220) and above (230), and the optional vowels of Arabic (27 to 35).
# The vowel signs of Indian scripts have others and stay.
ACCENT_CLASSES = frozenset({220, 230, *range(27, 36)})
MAX_TERM_LENGTH = 80  # letters of one word; PostgreSQL refuses lexemes over 2 kB


def extract_terms(text: str) -> list[str]:
    """The words of `text`, each once, in the order in which they first stand.

    Example:
        >>> extract_terms("Türkiye's border-crossing at Torkham: CLOSED, closed!")
        ['turkiye', 's', 'border', 'crossing', 'at', 'torkham', 'closed']
    """
    found: dict[str, None] = {}
    run: list[str] = []
    # Folding can leave letters to take apart, and taking apart can leave capitals (mathematical letters).
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    for c in folded + " ":
        if unicodedata.combining(c) in ACCENT_CLASSES:
            continue
        if unicodedata.category(c)[0] in "LNM":
            run.append(c)
        elif run:
            found["".join(run)[:MAX_TERM_LENGTH]] = None
            run = []
    return list(found)
