"""The event filters within the recipe of a number: which kinds of event it counts."""

from collections.abc import Iterator
from typing import Any

from detente.measures.relation_index import WORD_CHANNELS

KIND_FIELDS = ("channels", "types", "modes", "contexts")


def find_filters(recipe: Any) -> Iterator[dict[str, Any]]:
    """Find every event filter within a recipe that names a kind of event.

    Example:
        >>> list(find_filters({"kind": "share", "of": {"channels": ["strike"]}, "level": 0.9}))
        [{'channels': ['strike']}]
    """
    if isinstance(recipe, dict):
        if any(recipe.get(f) and not isinstance(recipe[f], str) for f in KIND_FIELDS):
            yield recipe
        if str(recipe.get("kind", "")).startswith("index"):
            yield {"channels": list(WORD_CHANNELS)}
        for inner in recipe.values():
            yield from find_filters(inner)
