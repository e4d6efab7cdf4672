"""Compiled loops: the one door to numba, so that types survive it. Nothing is compiled on import."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """The same function, compiled on its first call and kept on disk; other threads go on while it runs."""
    return cast("F", numba.njit(cache=True, nogil=True)(function))


def compiled_in_parallel(function: F) -> F:
    """As `compiled`; loops over `prange` run on all cores."""
    return cast("F", numba.njit(cache=True, parallel=True)(function))
