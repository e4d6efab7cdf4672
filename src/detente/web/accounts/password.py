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

SHORTEST, LONGEST = 10, 200
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_at_once = threading.BoundedSemaphore(4)


def hashed(password: str, name: str) -> str:
    """The password as it is kept.

    Raises:
        WeakPassword: shorter than ten characters, longer than two hundred, one repeated character, or the name.
    """
    plain = _folded(password)
    if len(plain) < SHORTEST:
        raise WeakPassword(f"it has {len(plain)} characters, and {SHORTEST} are the least")
    if len(plain) > LONGEST:
        raise WeakPassword(f"it has {len(plain)} characters, and {LONGEST} are the most")
    if len(set(plain)) < 4 or plain.casefold() == name.casefold():
        raise WeakPassword("it is the first thing that would be tried")
    return at_todays_cost(password)


def at_todays_cost(password: str) -> str:
    """The password as it is kept, whatever it is like: for one that was let through before."""
    with _at_once:
        return HASHER.hash(_folded(password).encode())


def fits(kept: str | None, password: str) -> bool:
    """Is it the password? `kept` None stands for a name that nobody has: it takes as long and is never right."""
    with _at_once:
        try:
            right = HASHER.verify(kept or _nobodys(), _folded(password)[: LONGEST + 1].encode("utf-8", "replace"))
        except (VerificationError, InvalidHashError):
            return False
    return right and kept is not None


def is_dated(kept: str) -> bool:
    """Was it hashed at another cost than today's? Then it is hashed anew when its owner logs in."""
    return HASHER.check_needs_rehash(kept)


def _folded(password: str) -> str:
    """One form for what keyboards compose in several ways."""
    return unicodedata.normalize("NFC", password)


@cache
def _nobodys() -> str:
    return HASHER.hash("nobody has this name")
