"""The id of a case: the first part of its addresses on the server, and of its file names."""

import re

RESERVED_IDS = frozenset(
    {
        "account",
        "accounts",
        "ask",
        "cases",
        "comments",
        "data",
        "feeds",
        "fonts",
        "glossary",
        "healthz",
        "how-to-read",
        "metrics",
        "moderation",
        "new",
        "static",
    }
)


def check_case_id(key: str) -> str:
    """Return an id that can be the first part of a case's addresses and of its file names.

    Raises:
        ValueError: it is not such a word.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) or len(key) > 60:
        raise ValueError("an id has lower-case letters, digits and single hyphens, and at most 60 of them")
    if key in RESERVED_IDS:
        raise ValueError(f"the server has pages of its own under {', '.join(sorted(RESERVED_IDS))}")
    return key
