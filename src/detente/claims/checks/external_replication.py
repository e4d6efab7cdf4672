"""Other source: the same estimate from another source's record.

Needs releases that the user adds to a store (UCDP, ACLED, GDELT). Reporting coverage counts as equal on all days they cover.
Where a source does not say who began a fight, the territory decides (`cases/other_source.py`). A source that never reports a
kind of event, as UCDP never reports talks, cannot test an estimate that needs it: missing is not zero. Where several sources
apply, the least favourable is reported. A check that does not apply is never counted as held.
"""

from typing import Any

from detente.cases.load import CaseData
from detente.cases.testimony import describe_gaps, find_gaps
from detente.claims.checks.base import EstimateFunction, RobustnessCheck, not_applicable, outcome_of, re_estimate
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.claims.recipe_filters import KIND_FIELDS, find_filters
from detente.events.event import Event
from detente.sources.testimony import format_source_name as format_source_name
from detente.text.sentence import ConventionPiece, SentencePiece

CONVENTION_REASON = "another source in the store, with the same cast and channels"


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    if not view.others:
        why = f"The case holds one source, {view.g.release.source}: a second one has to be brought."
        return not_applicable("other_source", e, why)
    estimated: list[tuple[float, str, Estimate]] = []
    pieces: list[SentencePiece] = []
    for g in view.others:
        name = format_source_name(g.release.source)
        missing = describe_missing_kind(e, g)
        after = None if missing else re_estimate(e, estimates, view.from_source(g))
        if after is not None and after.enough and after.chance is not None:
            estimated.append((after.probability or 0.0, name, after))
        else:
            why = missing or (after.why_not if after else "") or "it tells too little"
            pieces += [
                "; by " if pieces else "By ", ConventionPiece(name, CONVENTION_REASON), ": ",
                ConventionPiece(why, "what the other record lacks"),
            ]  # fmt: skip
    if not estimated:
        return not_applicable("other_source", e, *pieces, ".")
    _, name, after = min(estimated, key=lambda x: x[:2])
    return outcome_of("other_source", e, after, "By the record of ", ConventionPiece(name, CONVENTION_REASON))


def describe_missing_kind(e: Estimate, g: CaseData) -> str:
    """The kind of event that the estimate needs and the other source never reports, as a clause; empty if none."""
    recipe = e.measured.recipe if e.measured else {}
    for sel in find_filters(recipe):
        if gaps := find_gaps(g, sel):
            return describe_gaps(g, gaps)
        if not any(_matches_kind(x, g, sel) for x in g.events):
            # Name the first field without any event; if none is alone to blame, name the combination.
            alone = next(
                (f for f in KIND_FIELDS if sel.get(f) and not any(_matches_kind(x, g, {f: sel[f]}) for x in g.events)),
                None,
            )
            words = [w.replace("-", " ") for f in ((alone,) if alone else KIND_FIELDS) for w in sel.get(f, ())]
            return f"it tells of no {' or '.join(words)}"
    quads = {x.quad for x in g.events if g.channel(x)}
    if str(recipe.get("kind", "")).startswith("index") and len(quads) < 2:
        return "it tells of one kind of act alone, which makes no index of relations"
    return ""


def _matches_kind(x: Event, g: CaseData, sel: dict[str, Any]) -> bool:
    kind = {"channels": g.channel(x), "types": x.type, "modes": x.mode, "contexts": x.context}
    return all(kind[f] in sel[f] for f in KIND_FIELDS if sel.get(f))


CHECK = RobustnessCheck(
    "other_source", "other source", "Does somebody else's record show the same?", lambda claim, e: True, _run
)
