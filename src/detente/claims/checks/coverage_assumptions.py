"""Coverage assumed otherwise: the estimate with each assumption about reporting coverage halved and doubled.

Only kinds with a yardstick have a coverage that was estimated. For the others the case file states named assumptions;
each is halved and doubled, all its values together, where it concerns the kinds of the estimate. The least favourable
result is reported.
"""

from collections.abc import Iterable

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, not_applicable, outcome_of, re_estimate
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import OTHER_STRIKE, STRIKE_WITH_CIVILIAN_DEATHS, ClaimContext
from detente.claims.estimate import Estimate
from detente.text.sentence import ConventionPiece

FACTORS = (0.5, 2.0)
FACTOR_TEXT = {0.5: "half", 2.0: "twice"}


def find_assumptions(view: ClaimContext, channels: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the assumptions about these channels, in the order of the windows."""
    wanted = set(channels)
    kinds = (k for w in view.g.case.windows if w.first <= view.g.as_of for k in w.kinds)
    return tuple(dict.fromkeys(k.assumption for k in kinds if k.assumption and wanted & set(k.channels)))


def _channels_of(e: Estimate, view: ClaimContext) -> set[str]:
    strikes = {STRIKE_WITH_CIVILIAN_DEATHS, OTHER_STRIKE}
    if e.terms:
        return {"strike" if c in strikes else c for _, j, k in e.terms for c in (j, k)}
    ids = set(e.measured.events) if e.measured else set()
    return {c for x in view.g.events if x.id in ids and (c := view.g.channel(x))}


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    tried = []
    for name in find_assumptions(view, _channels_of(e, view)):
        for factor in FACTORS:
            changed = view.with_changes(f"assumed {name} {factor}", assumed=(name, factor))
            after = re_estimate(e, estimates, changed)
            if after.enough and after.chance is not None:
                tried.append((after.probability or 0.0, name, factor, after))
    if not tried:
        why = "The case file states no assumption about the coverage of these kinds."
        return not_applicable("coverage_assumptions", e, why)
    _, name, factor, after = min(tried, key=lambda x: x[:3])
    what = ConventionPiece(name, "an assumption of the case file about reporting coverage")
    how = f"With {FACTOR_TEXT[factor]} the coverage assumed for "
    return outcome_of("coverage_assumptions", e, after, how, what, ", the least favourable change,")


CHECK = RobustnessCheck(
    "coverage_assumptions", "coverage assumed otherwise", "Does it rest on a coverage that nothing measures?",
    lambda claim, e: bool(e.terms) or e.key in ("strikes_more", "harm_more", "contacts_fewer"), _run,
)  # fmt: skip
