"""Web addresses of reports and the names of their publishers."""

import re
from datetime import date
from urllib.parse import urlsplit

# What nearly every address is; only others are taken apart.
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?:[/?#][^\s|]*)?")


def is_address(text: str) -> bool:
    """Return whether the text is exactly one web address with a scheme and a host.

    Example:
        >>> is_address("https://apnews.com/3"), is_address("https://a.org/1|https://b.org/2"), is_address("https:///x")
        (True, False, False)
    """
    if _PLAIN_ADDRESS.fullmatch(text):
        return True
    if not re.fullmatch(r"https?://[^\s|]+", text):
        return False
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:  # an IPv6 host with an unclosed bracket
        return False


def publisher_name(address: str) -> str:
    """Return the host of an address without prefixes such as `www.`.

    Example:
        >>> publisher_name("https://www.dawn.com/news/1948341")
        'dawn.com'
        >>> publisher_name("https://m.khaama.com/x")
        'khaama.com'
    """
    host = urlsplit(address).hostname or ""
    for prefix in ("www.", "m.", "amp.", "en.", "english."):
        if host.startswith(prefix) and host.count(".") > 1:
            host = host.removeprefix(prefix)
    return host


def format_publishers(addresses: tuple[str, ...], first_report: str = "", most: int = 2) -> str:
    """List the first distinct publishers and the number of further ones.

    Args:
        first_report: the first report that the source names; its publisher is given where no address is known.

    Example:
        >>> format_publishers(("https://www.dawn.com/1", "https://dawn.com/2", "https://apnews.com/3"))
        'dawn.com, apnews.com'
        >>> format_publishers((), "Kabul Now, 2026-01-08"), format_publishers(())
        ('Kabul Now', '')
    """
    if not addresses:
        return split_first_report(first_report)[0]
    names = list(dict.fromkeys(publisher_name(a) for a in addresses))
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def split_first_report(text: str) -> tuple[str, date | None]:
    """Split the first report that a source names into publisher and day; any other text is unknown.

    Example:
        >>> split_first_report("Kabul Now, 2026-01-08"), split_first_report("")
        (('Kabul Now', datetime.date(2026, 1, 8)), ('', None))
    """
    publisher, _, day = text.rpartition(", ")
    try:
        return publisher, date.fromisoformat(day)
    except ValueError:
        return "", None
