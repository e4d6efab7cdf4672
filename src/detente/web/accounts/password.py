"""Password hashing with Argon2id. An unknown name takes as long as a wrong password.

The cost is OWASP's minimum for Argon2id (19 MiB, two passes, one lane). A process computes at most four hashes at once,
so logins cannot exhaust its memory.
"""

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from detente.web.accounts.errors import WeakPassword

MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH = 10, 200
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_hash_slots = threading.BoundedSemaphore(4)


def hash_password(password: str, name: str) -> str:
    """Return the hash of a new password.

    Raises:
        WeakPassword: under 10 or over 200 characters, fewer than four different ones, or equal to the name.
    """
    plain = _normalise_password(password)
    if len(plain) < MIN_PASSWORD_LENGTH:
        raise WeakPassword(f"it has {len(plain)} characters; the minimum is {MIN_PASSWORD_LENGTH}")
    if len(plain) > MAX_PASSWORD_LENGTH:
        raise WeakPassword(f"it has {len(plain)} characters; the maximum is {MAX_PASSWORD_LENGTH}")
    if len(set(plain)) < 4 or plain.casefold() == name.casefold():
        raise WeakPassword("it is easy to guess")
    return hash_without_checks(password)


def hash_without_checks(password: str) -> str:
    """Return the hash of a password that was accepted before, by whatever rules."""
    with _hash_slots:
        return HASHER.hash(_normalise_password(password).encode())


def verify_password(stored: str | None, password: str) -> bool:
    """Compare a password with a stored hash. None (an unknown name) takes as long and returns False."""
    with _hash_slots:
        try:
            given = _normalise_password(password)[: MAX_PASSWORD_LENGTH + 1].encode("utf-8", "replace")
            matches = HASHER.verify(stored or _dummy_hash(), given)
        except (VerificationError, InvalidHashError):
            return False
    return matches and stored is not None


def needs_rehash(stored: str) -> bool:
    """Return whether the hash has an outdated cost; then the next login replaces it."""
    return HASHER.check_needs_rehash(stored)


def _normalise_password(password: str) -> str:
    """Return the password in the one form (NFC) that all keyboards share."""
    return unicodedata.normalize("NFC", password)


@cache
def _dummy_hash() -> str:
    return HASHER.hash("nobody has this name")
