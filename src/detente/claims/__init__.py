"""Claims about the conflict: one module a claim, each with estimates, robustness checks and a verdict.

A claim's module gives its formulas in the docstring, computes the estimates and describes the record in sentences.
`evaluate` adds the robustness checks (`checks/`) and the verdict (`verdict.py`).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.claims.catalogue import ALL, CLAIMS, evaluate

__all__ = ["ALL", "CLAIMS", "evaluate"]


def __getattr__(name: str) -> Any:
    # The claims and their checks are imported at first use: a command that reads its results from the cache tests none.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from detente.claims import catalogue

    return getattr(catalogue, name)
