"""Typed wrappers of numba's decorators. Nothing is compiled on import, and numba itself is imported at the first call.

Importing numba takes a quarter of a second, which a command that reads its results from the cache need not wait for.
"""

from collections.abc import Callable
from functools import wraps
from threading import Lock, RLock
from typing import Any, TypeVar, cast

# Without OpenMP and TBB, numba's own thread pool aborts the process when two threads enter it at once.
_PARALLEL_LOCK = Lock()
_COMPILE_LOCK = RLock()

F = TypeVar("F", bound=Callable[..., Any])

prange = range
"""In a `parallel_jit` loop: iterations on all cores."""


class CompiledLoop:
    """One function to be compiled, and its dispatcher once it has been called."""

    def __init__(self, function: Callable[..., Any], *, parallel: bool) -> None:
        self.function, self.parallel = function, parallel
        self.dispatcher: Any = None

    def compile(self) -> Any:
        """Return the dispatcher, made at the first call."""
        with _COMPILE_LOCK:
            if self.dispatcher is None:
                import numba

                # numba sees the globals of the function: what it calls must be compiled, and `prange` numba's own.
                names = self.function.__globals__
                for name in self.function.__code__.co_names:
                    if name in names and names[name] is prange and name == "prange":
                        names[name] = numba.prange
                    elif isinstance(loop := getattr(names.get(name), "loop", None), CompiledLoop):
                        names[name] = loop.compile()
                self.dispatcher = numba.njit(cache=True, nogil=True, parallel=self.parallel)(self.function)
            return self.dispatcher


LOOPS: dict[str, CompiledLoop] = {}
"""Every function to be compiled that has been imported, by its full name."""


def jit(function: F) -> F:
    """Compile a function on its first call, cache it on disk and release the GIL while it runs."""
    loop = _register(function, parallel=False)

    @wraps(function)
    def call(*args: Any) -> Any:
        return (loop.dispatcher or loop.compile())(*args)

    call.loop = loop  # type: ignore[attr-defined]
    return cast("F", call)


def parallel_jit(function: F) -> F:
    """Compile as `jit` does, with `prange` loops on all cores, for one caller at a time."""
    loop = _register(function, parallel=True)

    @wraps(function)
    def locked(*args: Any) -> Any:
        compiled = loop.dispatcher or loop.compile()
        with _PARALLEL_LOCK:
            return compiled(*args)

    return cast("F", locked)


def _register(function: Callable[..., Any], *, parallel: bool) -> CompiledLoop:
    loop = LOOPS[f"{function.__module__}.{function.__name__}"] = CompiledLoop(function, parallel=parallel)
    return loop
