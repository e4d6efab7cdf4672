"""Synthetic conflicts whose truth is known, to learn with and to test methods on."""

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

from detente.core.errors import DetenteError, nearest, quoted_choices
from detente.core.rng import make_rng
from detente.model import synthetic as worlds
from detente.model.synthetic import SyntheticData

WORLDS: Mapping[str, Callable[..., SyntheticData]] = {
    "independent_actors": worlds.independent_actors,
    "shared_background": worlds.shared_background,
    "one_sided_response": worlds.one_sided_response,
    "bilateral_response": worlds.bilateral_response,
    "near_critical": worlds.near_critical,
    "few_events": worlds.few_events,
    "uneven_coverage": worlds.uneven_coverage,
    "calming_talks": worlds.calming_talks,
}
"""The synthetic conflicts by name."""


class UnknownWorld(DetenteError):
    """There is no synthetic conflict of this name, or no such setting of it."""

    exit_code = 2


def synthetic(name: str = "one_sided_response", *, seed: int = 0, **settings: Any) -> SyntheticData:
    """Simulate a synthetic conflict.

    Args:
        name: one of `WORLDS`. seed: of the simulation. settings: of the world, such as `events=500` or `answer=0.3`.

    Returns:
        SyntheticData: `y`, counts of shape (day, channel); `coverage`; `W`, the true responses, shape (effect, cause).

    Raises:
        UnknownWorld: no such name, or no such setting of this conflict.

    Example:
        >>> world = synthetic("one_sided_response", seed=1, events=200)
        >>> world.channels, float(world.W[1, 0])
        (('a', 'b'), 0.3)
    """
    if name not in WORLDS:
        near = quoted_choices(nearest(name, list(WORLDS)))
        raise UnknownWorld(f"No synthetic conflict {name!r}. Nearest: {near}. Known: {', '.join(WORLDS)}.")
    known = [k for k in signature(WORLDS[name]).parameters if k != "rng"]
    for setting in settings:
        if setting not in known:
            named = f"Its settings: {', '.join(known)}." if known else "It has no settings."
            raise UnknownWorld(f"The synthetic conflict {name!r} has no setting {setting!r}. {named}")
    return WORLDS[name](rng=make_rng(seed), **settings)
