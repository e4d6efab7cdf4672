"""Secret tokens of sessions and invitations; the database stores only their hashes."""

import hashlib
import secrets


def new_token() -> str:
    """Return a random 256-bit token that is safe in a URL."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return the stored hash of a token. The token is random, so a plain hash cannot be reversed by guessing.

    Example:
        >>> len(hash_token(new_token()))
        64
    """
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
