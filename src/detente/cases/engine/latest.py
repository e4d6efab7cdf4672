"""Selection of one row for each event where several releases of a source report the same id.

The rule is that of `events/vintage.py`, as an expression for an engine. An id that only an earlier release reports
stays, unless a later release covers its period and country again: monthly releases each hold one month, so a missing
id means nothing.
"""

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from detente.events.vintage import find_release_coverage, rank_releases
from detente.store.snapshot import ReleaseAccount


def select_latest(rows: ir.Table, releases: Sequence[ReleaseAccount], as_of: date | None = None) -> ir.Table:
    """Return the rows (`classify.COLUMNS`) without those that a newer release replaces or drops.

    Sources with a single release are left unchanged. Rows known after `as_of` stay, to be counted as known later.
    """
    count: dict[str, int] = {}
    for k in releases:
        count[k.source] = count.get(k.source, 0) + 1
    several = sorted(s for s, n in count.items() if n > 1)
    if not several:
        return rows
    day = as_of or date.max
    shared = [k for k in releases if k.source in several]
    ranks = rank_releases(shared, day).items()
    rank = ibis.cases(*(((rows.source == s) & (rows.release == r), i) for (s, r), i in ranks), else_=-1)
    ranked = rows.mutate(release_rank=rank)
    known = ranked if as_of is None else ranked.filter(ranked.known_on <= ibis.literal(as_of))
    best = known.filter(known.release_rank >= 0).group_by("source", "id").agg(best=known.release_rank.max())
    best = best.select(best_source="source", best_id="id", best="best")
    joined = ranked.left_join(best, [ranked.source == best.best_source, ranked.id == best.best_id])
    holds = joined.best.isnull() | (joined.release_rank >= joined.best)
    for c in find_release_coverage(shared):
        earlier = [k.release for k in shared if k.source == c.source and k.known_on < c.known_on]
        if c.known_on <= day and earlier:
            within = joined["first"].between(ibis.literal(c.first), ibis.literal(c.last))
            if c.countries is None:
                own = rows.filter((rows.source == c.source) & (rows.release == c.release)).select("country").distinct()
                within = within & joined.country.isin(own.country)
            else:
                within = within & joined.country.isin(sorted(c.countries))
            holds = holds & ~ibis.coalesce((joined.source == c.source) & joined.release.isin(earlier) & within, False)
    valid = joined.filter(holds if as_of is None else holds | (joined.known_on > ibis.literal(as_of)))
    return valid.select(*rows.columns)
