"""Another kernel: does it rest on how long the past is taken to be felt?

Half-lives of 1, 5 and 30 days instead of 2, 10 and 45.
"""

from detente.claims.checks.base import Again, Check, again, stands
from detente.claims.checks.result import Outcome
from detente.claims.context import View
from detente.claims.estimate import Estimate
from detente.text.sentence import Chosen

HALF_LIVES = (1.0, 5.0, 30.0)


def _run(e: Estimate, estimates: Again, view: View) -> Outcome:
    after = again(e, estimates, view.changed("kernel", half_lives=HALF_LIVES))
    how = Chosen("1, 5 and 30\u00a0days", "shorter than the usual 2, 10 and 45, by a half to a third")
    return stands("another_kernel", e, after, "With half-lives of ", how)


CHECK = Check(
    "another_kernel",
    "another kernel",
    "Does it rest on how long the past is taken to be felt?",
    lambda claim, e: bool(e.terms),
    _run,
)
