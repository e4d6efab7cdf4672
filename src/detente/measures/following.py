"""What comes after: how often one kind of event follows another within some days, against any day.

This is a description, not a cause: events cluster, so much follows much. The share over all watched
days is given beside it, and the two are told together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from detente.case.exposure import Exposure
from detente.events.event import Event
from detente.measures.rate import Interval, share


@dataclass(frozen=True, slots=True)
class Following:
    """`after` is the share of occasions with a follower; `any_day` that of all watched days.

    `occasions` are the days counted, each once; `followed` those with a follower. Occasions whose
    `within` days are not fully watched are left out, and `left_out` counts them.
    """

    within: int
    occasions: tuple[date, ...]
    followed: tuple[date, ...]
    after: Interval
    any_day: Interval
    left_out: int


def following(
    occasions: Iterable[Event], followers: Iterable[Event], within: int, exposure: Exposure
) -> Following:
    """How often a follower begins 1 to `within` days after an occasion began.

    The same day does not count as after, since a day does not say what came first.

    Raises:
        NotWatched: no occasion has its days fully watched.
    """
    days = {e.day for e in followers}
    starts = sorted({e.day for e in occasions})
    reach = [timedelta(days=i) for i in range(1, within + 1)]

    def full(day: date) -> bool:
        return exposure.days(day + reach[0], day + reach[-1]) == within

    def hit(day: date) -> bool:
        return any(day + r in days for r in reach)

    counted = [d for d in starts if full(d)]
    followed = [d for d in counted if hit(d)]
    span = (exposure.first + timedelta(days=i) for i in range(len(exposure.density)))
    base = [hit(d) for d in span if exposure.watched(d) and full(d)]
    return Following(
        within=within,
        occasions=tuple(counted),
        followed=tuple(followed),
        after=share(len(followed), len(counted)),
        any_day=share(sum(base), len(base)),
        left_out=len(starts) - len(counted),
    )
