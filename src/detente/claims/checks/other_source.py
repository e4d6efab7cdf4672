"""Other source: does somebody else's record show the same?

Needs events that the user brings (UCDP, ACLED, GDELT). A case rests on one chronology, so this cannot be asked of
it, and is never counted as held.
"""

from detente.claims.checks.check import Again, Check
from detente.claims.checks.outcome import Outcome
from detente.claims.estimate import Estimate
from detente.claims.sentence import say
from detente.claims.view import View


def _run(e: Estimate, estimates: Again, view: View) -> Outcome:
    why = f"The case holds one source, {view.g.release.source}: a second one has to be brought."
    return Outcome("other_source", e.key, "not askable", say(why))


CHECK = Check(
    "other_source",
    "other source",
    "Does somebody else's record show the same?",
    lambda claim, e: True,
    _run,
)
