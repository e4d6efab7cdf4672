"""Functions of scipy, which is imported at the first call of one of them.

Importing scipy takes a fifth of a second, which a command that reads its results from the cache need not wait for.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any


class ScipyFunction:
    """A function of scipy by its module and name; found at the first call."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name
        self._found: Callable[..., Any] | None = None

    def __call__(self, *args: Any, **named: Any) -> Any:
        if self._found is None:
            self._found = getattr(import_module(self.module), self.name)
        return self._found(*args, **named)

    def __repr__(self) -> str:
        return f"<{self.module}.{self.name}>"


bdtr = ScipyFunction("scipy.special", "bdtr")
betainc = ScipyFunction("scipy.special", "betainc")
betaincinv = ScipyFunction("scipy.special", "betaincinv")
chdtrc = ScipyFunction("scipy.special", "chdtrc")
chdtri = ScipyFunction("scipy.special", "chdtri")
digamma = ScipyFunction("scipy.special", "digamma")
gammaln = ScipyFunction("scipy.special", "gammaln")
kolmogorov = ScipyFunction("scipy.special", "kolmogorov")
ndtr = ScipyFunction("scipy.special", "ndtr")
ndtri = ScipyFunction("scipy.special", "ndtri")
stdtr = ScipyFunction("scipy.special", "stdtr")
stdtrit = ScipyFunction("scipy.special", "stdtrit")

cho_factor = ScipyFunction("scipy.linalg", "cho_factor")
cho_solve = ScipyFunction("scipy.linalg", "cho_solve")
solve_triangular = ScipyFunction("scipy.linalg", "solve_triangular")
