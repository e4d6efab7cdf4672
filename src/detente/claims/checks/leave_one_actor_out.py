"""Drop one actor: does it rest on a single party's events?

The three parties that carry most of a part's events, target, host and civilians aside, are left out in turn; the worst
is told. One without whom too little is left is passed over: a claim about a group cannot lose the group.
"""

from collections import Counter

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, outcome_of, re_estimate
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.text.sentence import make_sentence

MAX_ACTORS, MIN_EVENTS = 3, 3


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    # Civilians are harmed in what others do: without "their" events the deadliest acts would be gone.
    pair = {*view.target, *view.host} | {a.key for a in view.g.case.cast if a.role in ("civilians", "unknown")}
    told = set(e.measured.events) if e.measured else set()
    carry = Counter(a for x in view.g.events if x.id in told for a in x.actors - pair)
    tried = []
    for actor in [a for a, n in sorted(carry.items(), key=lambda x: (-x[1], x[0])) if n >= MIN_EVENTS][:MAX_ACTORS]:
        after = re_estimate(e, estimates, view.with_changes(f"without {actor}", without=actor))
        if after.enough and after.chance is not None:
            tried.append((after.probability or 0.0, actor, after))
    if not tried:
        why = "No party beside the two governments carries enough of it that could be left out."
        return CheckOutcome("drop_actor", e.key, "not askable", make_sentence(why))
    _, actor, after = min(tried, key=lambda x: x[:2])
    return outcome_of("drop_actor", e, after, f"Without the events of {view.g.case.actor(actor).name}")


CHECK = RobustnessCheck(
    "drop_actor",
    "drop one actor",
    "Does it rest on a single party's events?",
    lambda claim, e: True,
    _run,
)
