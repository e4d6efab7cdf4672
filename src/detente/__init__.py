"""Détente: conflicts between two states over an armed group that shelters in one of them.

A *target* state fights an *armed group* that finds shelter in a *host* state, and the two
governments' relations rise and fall with it. Each folder is a floor and imports only from those below:
`core`, `sources`, `events`, `store`, `cases`, `measures`, `model`, `text`, then `forecast`, `claims` and
`questions` side by side, then `charts`, `brief`, `api`, `web`, `cli`.

    import detente

    case = detente.open("pakistan-afghanistan", as_of="2025-10-08")
    case.responses(days=30)["attack", "strike"]
    case.claims["trust"].verdict
    case.brief().save("out")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from detente.core.errors import DetenteError
from detente.core.version import __version__

if TYPE_CHECKING:
    from detente.api import datasets
    from detente.api.case import Case, list_cases
    from detente.api.open import open
    from detente.api.read import read_events
    from detente.api.results.fit import fit_counts as fit

__all__ = ["Case", "DetenteError", "__version__", "datasets", "fit", "list_cases", "open", "read_events"]

# Public names by module: they are imported at first use, so that `import detente` costs nothing.
_PUBLIC = {
    "Case": ("detente.api.case", "Case"),
    "datasets": ("detente.api.datasets", ""),
    "fit": ("detente.api.results.fit", "fit_counts"),
    "list_cases": ("detente.api.case", "list_cases"),
    "open": ("detente.api.open", "open"),
    "read_events": ("detente.api.read", "read_events"),
}


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'detente' has no attribute {name!r}. Public names: {', '.join(__all__)}.")
    module, attribute = _PUBLIC[name]
    found = import_module(module)
    value = getattr(found, attribute) if attribute else found
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
