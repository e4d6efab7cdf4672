"""Typed wrappers of numba's decorators. Nothing is compiled on import."""

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, TypeVar, cast

import numba

# Without OpenMP and TBB, numba's own thread pool aborts the process when two threads enter it at once.
_PARALLEL_LOCK = Lock()

F = TypeVar("F", bound=Callable[..., Any])


def jit(function: F) -> F:
    """Compile a function on its first call, cache it on disk and release the GIL while it runs."""
    return cast("F", numba.njit(cache=True, nogil=True)(function))


def parallel_jit(function: F) -> F:
    """Compile as `jit` does, with `prange` loops on all cores, for one caller at a time."""
    compiled = numba.njit(cache=True, parallel=True, nogil=True)(function)

    @wraps(function)
    def locked(*args: Any) -> Any:
        with _PARALLEL_LOCK:
            return compiled(*args)

    return cast("F", locked)
