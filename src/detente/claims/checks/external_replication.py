"""Other source: does somebody else's record show the same?

Needs releases that the user brings into a store (UCDP, ACLED, GDELT). Every day they cover is taken as watched alike, and
where a source does not say who began a fight, soil decides (`cases/other_source.py`). What a source never tells of, as UCDP
never tells of talks, cannot be asked of it, which is another thing than a record of none. Where several can be asked
the worst is told. Not askable is never counted as held.
"""

from collections.abc import Iterator
from typing import Any

from detente.cases.load import CaseData
from detente.claims.checks.base import EstimateFunction, RobustnessCheck, outcome_of, re_estimate
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.events.event import Event
from detente.text.sentence import ConventionPiece, SentencePiece, make_sentence

KIND_FIELDS = ("channels", "types", "modes", "contexts")
CONVENTION_REASON = "another source in the store, with the same cast and channels"


def format_source_name(source: str) -> str:
    """A source as people write it.

    Example:
        >>> format_source_name("ucdp"), format_source_name("my table")
        ('UCDP', 'my table')
    """
    return source.upper() if source in ("ucdp", "acled", "gdelt", "icews", "polecat") else source


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    if not view.others:
        why = f"The case holds one source, {view.g.release.source}: a second one has to be brought."
        return CheckOutcome("other_source", e.key, "not askable", make_sentence(why))
    asked: list[tuple[float, str, Estimate]] = []
    pieces: list[SentencePiece] = []
    for g in view.others:
        name = format_source_name(g.release.source)
        silent = describe_missing_kind(e, g)
        after = None if silent else re_estimate(e, estimates, view.from_source(g))
        if after is not None and after.enough and after.chance is not None:
            asked.append((after.probability or 0.0, name, after))
        else:
            why = silent or (after.why_not if after else "") or "it tells too little"
            pieces += [
                "; by " if pieces else "By ",
                ConventionPiece(name, CONVENTION_REASON),
                ": ",
                ConventionPiece(why, "what the other record lacks"),
            ]
    if not asked:
        return CheckOutcome("other_source", e.key, "not askable", make_sentence(*pieces, "."))
    _, name, after = min(asked, key=lambda x: x[:2])
    return outcome_of("other_source", e, after, "By the record of ", ConventionPiece(name, CONVENTION_REASON))


def describe_missing_kind(e: Estimate, g: CaseData) -> str:
    """Of what the other source never tells, though the part needs it; empty if of nothing."""
    recipe = e.measured.recipe if e.measured else {}
    for sel in _selections(recipe):
        if not any(_matches_kind(x, g, sel) for x in g.events):
            # The first kind that is missing by itself is named; else all that would have to come together.
            alone = next(
                (f for f in KIND_FIELDS if sel.get(f) and not any(_matches_kind(x, g, {f: sel[f]}) for x in g.events)),
                None,
            )
            words = [w.replace("-", " ") for f in ((alone,) if alone else KIND_FIELDS) for w in sel.get(f, ())]
            return f"it tells of no {' or '.join(words)}"
    told = {x.quad for x in g.events if g.channel(x)}
    if str(recipe.get("kind", "")).startswith("index") and len(told) < 2:
        return "it tells of one kind of act alone, which makes no index of relations"
    return ""


def _matches_kind(x: Event, g: CaseData, sel: dict[str, Any]) -> bool:
    mine = {"channels": g.channel(x), "types": x.type, "modes": x.mode, "contexts": x.context}
    return all(mine[f] in sel[f] for f in KIND_FIELDS if sel.get(f))


def _selections(recipe: Any) -> Iterator[dict[str, Any]]:
    """Every selection of events within a recipe that says which kind of act it wants."""
    if isinstance(recipe, dict):
        if any(recipe.get(f) and not isinstance(recipe[f], str) for f in KIND_FIELDS):
            yield recipe
        for inner in recipe.values():
            yield from _selections(inner)


CHECK = RobustnessCheck(
    "other_source",
    "other source",
    "Does somebody else's record show the same?",
    lambda claim, e: True,
    _run,
)
