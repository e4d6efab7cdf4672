"""Other source: does somebody else's record show the same?

Needs releases that the user brings into a store (UCDP, ACLED, GDELT). Every day they cover is taken as watched alike, and
where a source does not say who began a fight, soil decides (`cases/other_source.py`). What a source never tells of, as UCDP
never tells of talks, cannot be asked of it, which is another thing than a record of none. Where several can be asked
the worst is told. Not askable is never counted as held.
"""

from collections.abc import Iterator
from typing import Any

from detente.cases.load import Gathered
from detente.claims.checks.base import Again, Check, again, stands
from detente.claims.checks.result import Outcome
from detente.claims.context import View
from detente.claims.estimate import Estimate
from detente.events.event import Event
from detente.text.sentence import Chosen, Piece, say

KIND = ("channels", "types", "modes", "contexts")
WHY = "another source in the store, with the same cast and channels"


def named(source: str) -> str:
    """A source as people write it.

    Example:
        >>> named("ucdp"), named("my table")
        ('UCDP', 'my table')
    """
    return source.upper() if source in ("ucdp", "acled", "gdelt", "icews", "polecat") else source


def _run(e: Estimate, estimates: Again, view: View) -> Outcome:
    if not view.others:
        why = f"The case holds one source, {view.g.release.source}: a second one has to be brought."
        return Outcome("other_source", e.key, "not askable", say(why))
    asked: list[tuple[float, str, Estimate]] = []
    pieces: list[Piece] = []
    for g in view.others:
        name = named(g.release.source)
        silent = untold(e, g)
        after = None if silent else again(e, estimates, view.by(g))
        if after is not None and after.enough and after.chance is not None:
            asked.append((after.probability or 0.0, name, after))
        else:
            why = silent or (after.why_not if after else "") or "it tells too little"
            pieces += [
                "; by " if pieces else "By ",
                Chosen(name, WHY),
                ": ",
                Chosen(why, "what the other record lacks"),
            ]
    if not asked:
        return Outcome("other_source", e.key, "not askable", say(*pieces, "."))
    _, name, after = min(asked, key=lambda x: x[:2])
    return stands("other_source", e, after, "By the record of ", Chosen(name, WHY))


def untold(e: Estimate, g: Gathered) -> str:
    """Of what the other source never tells, though the part needs it; empty if of nothing."""
    recipe = e.measured.recipe if e.measured else {}
    for sel in _selections(recipe):
        if not any(_of_kind(x, g, sel) for x in g.events):
            # The first kind that is missing by itself is named; else all that would have to come together.
            alone = next(
                (f for f in KIND if sel.get(f) and not any(_of_kind(x, g, {f: sel[f]}) for x in g.events)), None
            )
            words = [w.replace("-", " ") for f in ((alone,) if alone else KIND) for w in sel.get(f, ())]
            return f"it tells of no {' or '.join(words)}"
    told = {x.quad for x in g.events if g.channel(x)}
    if str(recipe.get("kind", "")).startswith("index") and len(told) < 2:
        return "it tells of one kind of act alone, which makes no index of relations"
    return ""


def _of_kind(x: Event, g: Gathered, sel: dict[str, Any]) -> bool:
    mine = {"channels": g.channel(x), "types": x.type, "modes": x.mode, "contexts": x.context}
    return all(mine[f] in sel[f] for f in KIND if sel.get(f))


def _selections(recipe: Any) -> Iterator[dict[str, Any]]:
    """Every selection of events within a recipe that says which kind of act it wants."""
    if isinstance(recipe, dict):
        if any(recipe.get(f) and not isinstance(recipe[f], str) for f in KIND):
            yield recipe
        for inner in recipe.values():
            yield from _selections(inner)


CHECK = Check(
    "other_source",
    "other source",
    "Does somebody else's record show the same?",
    lambda claim, e: True,
    _run,
)
