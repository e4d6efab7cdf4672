"""What every test of the web has: cheap password hashes."""

import pytest
from argon2 import PasswordHasher

from detente.web.accounts import password as passwords

CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make password hashes cheap. Their full cost is under test where a test takes `full_hashes`."""
    monkeypatch.setattr(passwords, "HASHER", CHEAP_HASHER)
