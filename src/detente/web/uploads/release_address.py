"""The address of a release's page."""

from urllib.parse import quote


def build_release_address(source: str, release: str) -> str:
    """Return the path of a release's page.

    Example:
        >>> build_release_address("ucdp", "GED 25/1")
        '/data/releases/ucdp/GED%2025%2F1'
    """
    return f"/data/releases/{quote(source, safe='')}/{quote(release, safe='')}"
