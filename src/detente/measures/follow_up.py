"""What comes after: how often one kind of event follows another within some days, against nearby days.

Much follows much: in a season of crisis, or in a window that was collected densely, everything is
followed by everything. So the share is told beside that of comparable days: watched days within two
months of each occasion, on either side. A share above it says that the answer came close upon the
occasion; it still does not say that the occasion was its cause.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from detente.cases.coverage import ReportingCoverage
from detente.events.event import Event
from detente.measures.rate import Interval, estimate_share


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`after` is the share of occasions with a follower; `nearby` that of comparable days.

    `occasions` are the days counted, each once; `followed` those with a follower. Occasions whose
    `within` days are not fully watched are left out, and `left_out` counts them. `nearby` is the mean
    over occasions of the share of days within `reach` days of it, itself left out.
    """

    within: int
    occasions: tuple[date, ...]
    followed: tuple[date, ...]
    after: Interval
    nearby: float
    left_out: int


NEARBY_DAYS = 60  # days on either side


def measure_follow_up(
    occasions: Iterable[Event],
    followers: Iterable[Event],
    within: int,
    coverage: ReportingCoverage,
    *,
    reach: int = NEARBY_DAYS,
) -> FollowUp:
    """How often a follower begins 1 to `within` days after an occasion began.

    The same day does not count as after, since a day does not say what came first.

    Raises:
        NotWatched: no occasion has its days fully watched.
    """
    starts = sorted({e.day for e in occasions})
    length = len(coverage.by_day)
    event = np.zeros(length + within + 1, dtype=bool)
    for e in followers:
        i = (e.day - coverage.first).days
        if 0 <= i < length:
            event[i] = True
    watched = coverage.by_day > 0
    soon = np.array([event[i + 1 : i + 1 + within].any() for i in range(length)])
    full = np.array([watched[i] and watched[i + 1 : i + 1 + within].sum() == within for i in range(length)])
    at = [(d - coverage.first).days for d in starts]
    counted = [i for i in at if 0 <= i < length and full[i]]
    near = []
    for i in counted:
        around = np.arange(max(i - reach, 0), min(i + reach + 1, length))
        around = around[full[around] & (around != i)]
        near.append(float(soon[around].mean()) if len(around) else float("nan"))
    return FollowUp(
        within=within,
        occasions=tuple(coverage.first + timedelta(days=i) for i in counted),
        followed=tuple(coverage.first + timedelta(days=i) for i in counted if soon[i]),
        after=estimate_share(int(soon[counted].sum()), len(counted)),
        nearby=float(np.nanmean(near)),
        left_out=len(starts) - len(counted),
    )
