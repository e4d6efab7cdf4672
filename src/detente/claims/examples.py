"""Which events serve as examples: the well documented ones first."""

import math
from collections.abc import Iterable
from datetime import date

from detente.core.publishers import publisher_name
from detente.events.event import Event


def best_documented(events: Iterable[Event], most: int = 8) -> tuple[str, ...]:
    """Rank events as examples: well sourced, undisputed, severe and recent ones first. Return at most `most` ids.

    The score adds the source's confidence (high 1, medium 0.5), 0.5 if undisputed, up to 0.5 for the
    number of publishers, the common logarithm of deaths (lowest or best figure), and up to 1 for
    recency, halving with each year before the newest event.
    """
    pool = list(events)
    newest = max((e.day for e in pool), default=date.min)

    def score(e: Event) -> float:
        deaths = e.tolls.low if e.tolls.low is not None else e.tolls.best
        return (
            {"high": 1.0, "medium": 0.5}.get(e.confidence, 0.0)
            + (0.0 if e.disputed else 0.5)
            + min(len({publisher_name(a) for a in e.addresses}), 3) / 6
            + math.log10(1 + (deaths or 0))
            + math.exp2(-(newest - e.day).days / 365)
        )

    return tuple(e.id for e in sorted(pool, key=lambda e: (-score(e), e.id))[:most])
