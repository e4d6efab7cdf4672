"""Secrets that a browser carries: made here, kept in the database as a digest only."""

import hashlib
import secrets


def new_token() -> str:
    """A secret of 256 bits that may stand in an address."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token. It is random, so that a plain hash cannot be turned back by trying.

    Example:
        >>> len(hash_token(new_token()))
        64
    """
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
