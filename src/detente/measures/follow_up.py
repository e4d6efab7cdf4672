"""Follow-up: how often one kind of event follows another within some days, compared with nearby days.

In a crisis, or with high reporting coverage, all kinds of event follow each other often. So the share is compared with
that of covered days within two months of each occasion. A higher share means that followers cluster after occasions; it
does not mean that the occasions caused them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from detente.cases.coverage import ReportingCoverage
from detente.core.arrays import FloatArray
from detente.events.event import Event
from detente.measures.clustering import ClusteredMean, design_effect, mean_by_blocks
from detente.measures.rate import Interval, estimate_share


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`after` is the share of occasions with a follower; `nearby` that of comparable days.

    `excess` is the mean over occasions of follower less nearby share. `reversal` is that of a follower in the days after less
    one in as many days before: a level that both kinds share, however slow, looks the same in both directions of time. Both
    have standard errors that count occasions in the same 90 days as dependent (`clustering.py`), and so have the limits of
    `after`.

    `occasions` are the distinct days counted; `followed` those with a follower. `left_out` counts the occasions whose
    next `within` days are not fully covered; they are excluded. `nearby` is the mean over occasions of the share of
    days within `reach` days of the occasion, without the occasion itself.
    """

    within: int
    occasions: tuple[date, ...]
    followed: tuple[date, ...]
    after: Interval
    nearby: float
    left_out: int
    excess: ClusteredMean
    reversal: ClusteredMean


NEARBY_DAYS = 60  # days on either side


def measure_follow_up(
    occasions: Iterable[Event],
    followers: Iterable[Event],
    within: int,
    coverage: ReportingCoverage,
    *,
    reach: int = NEARBY_DAYS,
) -> FollowUp:
    """Measure how often a follower begins 1 to `within` days after an occasion began.

    The same day does not count as after, since the order within a day is unknown.

    Raises:
        NotObserved: no occasion has its days fully covered.
    """
    starts = sorted({e.day for e in occasions})
    length = len(coverage.by_day)
    event = np.zeros(length + within + 1, dtype=bool)
    for e in followers:
        i = (e.day - coverage.first).days
        if 0 <= i < length:
            event[i] = True
    covered = coverage.by_day > 0
    soon = np.array([event[i + 1 : i + 1 + within].any() for i in range(length)])
    full = np.array([covered[i] and covered[i + 1 : i + 1 + within].sum() == within for i in range(length)])
    counted = [i for d in starts if 0 <= (i := (d - coverage.first).days) < length and full[i]]
    near = []
    for i in counted:
        around = np.arange(max(i - reach, 0), min(i + reach + 1, length))
        around = around[full[around] & (around != i)]
        near.append(float(soon[around].mean()) if len(around) else float("nan"))
    before = np.array([event[max(i - within, 0) : i].any() for i in counted])
    early = np.array([covered[max(i - within, 0) : i].sum() == within for i in counted])
    hits, known = soon[counted].astype(float), ~np.isnan(near)
    effect = design_effect(hits, counted) if counted else 1.0
    return FollowUp(
        within,
        occasions=tuple(coverage.first + timedelta(days=i) for i in counted),
        followed=tuple(coverage.first + timedelta(days=i) for i in counted if soon[i]),
        after=estimate_share(int(soon[counted].sum()), len(counted), effect=effect),
        nearby=float(np.nanmean(near)),
        left_out=len(starts) - len(counted),
        excess=_mean_or_nan((hits - near)[known], np.array(counted)[known]),
        reversal=_mean_or_nan((hits - before)[early], np.array(counted)[early]),
    )


def _mean_or_nan(values: FloatArray, days: NDArray[np.int64]) -> ClusteredMean:
    return mean_by_blocks(values, days) if len(values) else ClusteredMean(float("nan"), float("nan"), 0)
