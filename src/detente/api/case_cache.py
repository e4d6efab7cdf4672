"""In-memory cache of what pages derive from a prepared case."""

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from cachetools import LRUCache, cached
from cachetools.keys import hashkey

F = TypeVar("F", bound=Callable[..., Any])


def cached_per_case(most: int = 64) -> Callable[[F], F]:
    """Keep the last results of a function of a prepared case and hashable arguments; the case counts by its key.

    Two threads that ask for a missing result at once may both compute it.
    """

    def key(prepared: Any, *args: Any) -> Any:
        return hashkey(prepared.key, *args)

    decorate: Callable[[F], F] = cached(LRUCache(most), key=key, lock=Lock())  # type: ignore[assignment]
    return decorate
