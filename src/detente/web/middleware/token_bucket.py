"""How often: a bucket of tokens for each address and each account, refilled slowly.

Counted in memory, by each worker for itself: with two workers twice as much passes. That is enough to stop
guessing and flooding from a few places; against many, a proxy in front must help.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`burst` at once, and one more every `every_s` seconds."""

    burst: int
    every_s: float


class TokenBuckets:
    """The buckets of one kind. One that has filled up again is forgotten, so memory does not grow with visitors."""

    def __init__(self, rate: RateLimit, clock: Callable[[], float] = time.monotonic, most: int = 20_000) -> None:
        self.rate, self.clock, self.most = rate, clock, most
        self._full_at: dict[str, float] = {}  # when the bucket will be full again

    def take(self, key: str) -> float:
        """Take one. Returns 0 if there was one, else the seconds until there is.

        Example:
            >>> b = TokenBuckets(RateLimit(burst=2, every_s=10), clock=lambda: 0.0)
            >>> b.take("a"), b.take("a"), b.take("a"), b.take("b")
            (0.0, 0.0, 10.0, 0.0)
        """
        now = self.clock()
        full_at = max(self._full_at.get(key, now), now)
        wait = full_at + self.rate.every_s - (now + self.rate.burst * self.rate.every_s)
        # A quarter of a millisecond is rounding, no flood.
        if wait > 0.00025:
            return wait
        if key not in self._full_at and len(self._full_at) >= self.most:
            self._forget(now)
        self._full_at[key] = full_at + self.rate.every_s
        return 0.0

    def _forget(self, now: float) -> None:
        self._full_at = {k: t for k, t in self._full_at.items() if t > now}
        # Still too many: those that are nearly full lose least by being forgotten.
        for key in sorted(self._full_at, key=self._full_at.__getitem__)[: len(self._full_at) - self.most + 1]:
            del self._full_at[key]
