"""Passwords: Argon2id, and the same time for an unknown name as for a wrong password.

The cost is OWASP's least for Argon2id (19 MiB, two passes, one lane). At most four are computed at once in a process:
logging in cannot be used to fill the memory.
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
    """The password as it is kept.

    Raises:
        WeakPassword: shorter than ten characters, longer than two hundred, one repeated character, or the name.
    """
    plain = _normalise_password(password)
    if len(plain) < MIN_PASSWORD_LENGTH:
        raise WeakPassword(f"it has {len(plain)} characters, and {MIN_PASSWORD_LENGTH} are the least")
    if len(plain) > MAX_PASSWORD_LENGTH:
        raise WeakPassword(f"it has {len(plain)} characters, and {MAX_PASSWORD_LENGTH} are the most")
    if len(set(plain)) < 4 or plain.casefold() == name.casefold():
        raise WeakPassword("it is the first thing that would be tried")
    return hash_without_checks(password)


def hash_without_checks(password: str) -> str:
    """The password as it is kept, whatever it is like: for one that was let through before."""
    with _hash_slots:
        return HASHER.hash(_normalise_password(password).encode())


def verify_password(kept: str | None, password: str) -> bool:
    """Is it the password? `kept` None stands for a name that nobody has: it takes as long and is never right."""
    with _hash_slots:
        try:
            right = HASHER.verify(
                kept or _dummy_hash(),
                _normalise_password(password)[: MAX_PASSWORD_LENGTH + 1].encode("utf-8", "replace"),
            )
        except (VerificationError, InvalidHashError):
            return False
    return right and kept is not None


def needs_rehash(kept: str) -> bool:
    """Was it hashed at another cost than today's? Then it is hashed anew when its owner logs in."""
    return HASHER.check_needs_rehash(kept)


def _normalise_password(password: str) -> str:
    """One form for what keyboards compose in several ways."""
    return unicodedata.normalize("NFC", password)


@cache
def _dummy_hash() -> str:
    return HASHER.hash("nobody has this name")
