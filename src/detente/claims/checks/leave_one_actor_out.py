"""Drop one actor: the estimate without the events of one actor.

The three actors with most of a part's events are left out in turn, except the target, the host and civilians. The least
favourable result is reported. An actor without whom too few events are left is skipped: a claim about a group needs its events.
The check does not apply to a share of 0 or 1, which no actor's events can change.
"""

from collections import Counter

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, not_applicable, outcome_of, re_estimate
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate

MAX_ACTORS, MIN_EVENTS = 3, 3


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    # Civilians are recorded as actors where others harm them: without these events the deadliest acts would be missing.
    excluded = {*view.target, *view.host} | {a.key for a in view.g.case.cast if a.role in ("civilians", "unknown")}
    used = set(e.measured.events) if e.measured else set()
    count = Counter(a for x in view.g.events if x.id in used for a in x.actors - excluded)
    tried = []
    for actor in [a for a, n in sorted(count.items(), key=lambda x: (-x[1], x[0])) if n >= MIN_EVENTS][:MAX_ACTORS]:
        after = re_estimate(e, estimates, view.with_changes(f"without {actor}", without=actor))
        if after.enough and after.chance is not None:
            tried.append((after.probability or 0.0, actor, after))
    if not tried:
        why = "No party beside the two governments carries enough of it that could be left out."
        return not_applicable("drop_actor", e, why)
    _, actor, after = min(tried, key=lambda x: x[:2])
    return outcome_of("drop_actor", e, after, f"Without the events of {view.g.case.actor(actor).name}")


def _is_unanimous(e: Estimate) -> bool:
    return e.measured is not None and e.measured.unit == "share" and e.measured.value in (0.0, 1.0)


CHECK = RobustnessCheck(
    "drop_actor",
    "drop one actor",
    "Does it rest on a single party's events?",
    lambda claim, e: not _is_unanimous(e) and (e.measured is None or bool(e.measured.events)),
    _run,
)
