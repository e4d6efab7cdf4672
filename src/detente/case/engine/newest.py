"""One row an event: where several releases of a source tell of the same id, the newest that was known then.

A release that became known later takes the place of an earlier one, id by id. What only an earlier release tells stays:
monthly releases each hold a month, so that a missing id says nothing.
"""

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from detente.events.store.snapshot import Kept


def order(releases: Sequence[Kept], as_of: date | None) -> dict[tuple[str, str], int]:
    """Releases by source and name, each with its place: the higher one holds.

    A release that was known by `as_of` goes before one that was not, whose events may be older than itself.
    """
    known = sorted(releases, key=lambda k: (as_of is None or k.known_on <= as_of, k.known_on, k.added, k.release))
    return {(k.source, k.release): i for i, k in enumerate(known)}


def newest(rows: ir.Table, releases: Sequence[Kept], as_of: date | None = None) -> ir.Table:
    """Rows of `coding.COLUMNS` without those that a newer release replaces.

    Only sources of which there is more than one release are looked at: with one, ids are those of the release.
    """
    count: dict[str, int] = {}
    for k in releases:
        count[k.source] = count.get(k.source, 0) + 1
    several = sorted(s for s, n in count.items() if n > 1)
    if not several:
        return rows
    places = [(p, i) for p, i in order(releases, as_of).items() if p[0] in several]
    place = ibis.cases(*(((rows.source == s) & (rows.release == r), i) for (s, r), i in places), else_=-1)
    told = rows.mutate(place=place)
    known = told if as_of is None else told.filter(told.known_on <= ibis.literal(as_of))
    shared = known.filter(known.source.isin(several))
    best = shared.group_by("source", "id").agg(best=shared.place.max())
    best = best.select(best_source="source", best_id="id", best="best")
    joined = told.left_join(best, [told.source == best.best_source, told.id == best.best_id])
    holds = joined.best.isnull() | (joined.place >= joined.best)
    # What nobody knew by then is left in, to be counted as known later.
    kept = joined.filter(holds if as_of is None else holds | (joined.known_on > ibis.literal(as_of)))
    return kept.select(*rows.columns)
