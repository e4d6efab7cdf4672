"""Compiled loops: the one door to numba, so that types survive it. Nothing is compiled on import."""

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, TypeVar, cast

import numba

# Where neither OpenMP nor TBB is there, numba's own team of threads ends the process when two threads enter it at once.
_PARALLEL_LOCK = Lock()

F = TypeVar("F", bound=Callable[..., Any])


def jit(function: F) -> F:
    """The same function, compiled on its first call and kept on disk; other threads go on while it runs."""
    return cast("F", numba.njit(cache=True, nogil=True)(function))


def parallel_jit(function: F) -> F:
    """As `compiled`; loops over `prange` run on all cores, for one caller at a time."""
    fast = numba.njit(cache=True, parallel=True, nogil=True)(function)

    @wraps(function)
    def alone(*args: Any) -> Any:
        with _PARALLEL_LOCK:
            return fast(*args)

    return cast("F", alone)
