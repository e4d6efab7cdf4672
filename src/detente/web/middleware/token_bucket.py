"""Token buckets for rate limits by address or account.

Each worker counts in its own memory, so two workers allow twice the rate. This stops guessing and flooding from a few
addresses; a proxy in front must stop distributed attacks.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`burst` requests at once, then one every `every_s` seconds."""

    burst: int
    every_s: float


class TokenBuckets:
    """Buckets with the same limit. Full buckets are dropped, so that memory stays bounded by `most`."""

    def __init__(self, rate: RateLimit, clock: Callable[[], float] = time.monotonic, most: int = 20_000) -> None:
        self.rate, self.clock, self.most = rate, clock, most
        self._full_at: dict[str, float] = {}  # clock time at which each bucket is full again

    def take(self, key: str) -> float:
        """Take a token. Return 0, or the seconds until the next token if the bucket is empty.

        Example:
            >>> b = TokenBuckets(RateLimit(burst=2, every_s=10), clock=lambda: 0.0)
            >>> b.take("a"), b.take("a"), b.take("a"), b.take("b")
            (0.0, 0.0, 10.0, 0.0)
        """
        now = self.clock()
        full_at = max(self._full_at.get(key, now), now)
        wait = full_at + self.rate.every_s - (now + self.rate.burst * self.rate.every_s)
        # Ignore differences below the timer resolution.
        if wait > 0.00025:
            return wait
        if key not in self._full_at and len(self._full_at) >= self.most:
            self._drop_full(now)
        self._full_at[key] = full_at + self.rate.every_s
        return 0.0

    def give_back(self, key: str) -> None:
        """Return a token that was taken for nothing.

        Example:
            >>> b = TokenBuckets(RateLimit(burst=1, every_s=10), clock=lambda: 0.0)
            >>> b.take("a"), b.give_back("a"), b.take("a")
            (0.0, None, 0.0)
        """
        if key in self._full_at:
            self._full_at[key] -= self.rate.every_s

    def _drop_full(self, now: float) -> None:
        self._full_at = {k: t for k, t in self._full_at.items() if t > now}
        # Still too many: drop those that are nearest to full, whose state matters least.
        for key in sorted(self._full_at, key=self._full_at.__getitem__)[: len(self._full_at) - self.most + 1]:
            del self._full_at[key]
