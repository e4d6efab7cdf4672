"""Détente: conflicts between two states over an armed group that shelters in one of them.

A *target* state fights an *armed group* that finds shelter in a *host* state, and the two
governments' relations rise and fall with it. Each folder is a floor and imports only from those below:
`core`, `sources`, `events`, `store`, `cases`, `measures`, `model`, `text`, then `forecast`, `claims` and
`questions` side by side, then `charts`, `brief`, `api`, `web`, `cli`.
"""

from detente.core.version import __version__

__all__ = ["__version__"]
