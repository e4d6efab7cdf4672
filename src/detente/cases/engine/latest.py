"""One row an event: of the releases of a source that tell of one id, the row that holds, by the rule of `events/vintage.py`.

The same rule as an expression, for an engine. What only an earlier release tells stays, unless a later one tells its whole
stretch of days anew: monthly releases each hold a month, so that a missing id says nothing.
"""

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from detente.events.vintage import find_release_coverage, rank_releases
from detente.store.snapshot import ReleaseAccount


def select_latest(rows: ir.Table, releases: Sequence[ReleaseAccount], as_of: date | None = None) -> ir.Table:
    """Rows of `coding.COLUMNS` without those that a newer release replaces or drops.

    Only sources of which there is more than one release are looked at: with one, ids are those of the release. Rows known
    after `as_of` are left in, to be counted as known later.
    """
    count: dict[str, int] = {}
    for k in releases:
        count[k.source] = count.get(k.source, 0) + 1
    several = sorted(s for s, n in count.items() if n > 1)
    if not several:
        return rows
    day = as_of or date.max
    shared = [k for k in releases if k.source in several]
    named = [(p, i) for p, i in rank_releases(shared, day).items()]
    place = ibis.cases(*(((rows.source == s) & (rows.release == r), i) for (s, r), i in named), else_=-1)
    told = rows.mutate(place=place)
    known = told if as_of is None else told.filter(told.known_on <= ibis.literal(as_of))
    best = known.filter(known.place >= 0).group_by("source", "id").agg(best=known.place.max())
    best = best.select(best_source="source", best_id="id", best="best")
    joined = told.left_join(best, [told.source == best.best_source, told.id == best.best_id])
    holds = joined.best.isnull() | (joined.place >= joined.best)
    for c in find_release_coverage(shared):
        earlier = [k.release for k in shared if k.source == c.source and k.known_on < c.known_on]
        if c.known_on <= day and earlier:
            within = joined["first"].between(ibis.literal(c.first), ibis.literal(c.last))
            holds = holds & ~((joined.source == c.source) & joined.release.isin(earlier) & within)
    kept = joined.filter(holds if as_of is None else holds | (joined.known_on > ibis.literal(as_of)))
    return kept.select(*rows.columns)
