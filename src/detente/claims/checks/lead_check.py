"""Lead check: the future of the cause must not explain the effect as well as its past does (`model/lead_check.py`).

It decides: no response is supported without it. Mutual responses that fail it cannot be told apart from a shock that both
share, by counts of days.
"""

from detente.claims.checks.base import EstimateFunction, RobustnessCheck, not_applicable
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.measures.quantity import Quantity
from detente.model.lead_check import MIN_T, check_lead
from detente.text.sentence import NumberPiece, make_sentence

UNDECIDABLE = "undecidable from counts of days: a shock that both share would look the same"


def _run(e: Estimate, estimates: EstimateFunction, view: ClaimContext) -> CheckOutcome:
    s = view.fit_system(e.fit)
    if s is None or e.measured is None:
        return not_applicable("lead_check", e, "No model could be fitted.")
    r = check_lead(s, e.terms, claimed=e.claimed)
    if r.outcome == "not applicable":
        return not_applicable("lead_check", e, f"{r.reason[0].upper()}{r.reason[1:]}.")
    how = "t-value of the slope on the past of the cause less that on its future, with spread by day"
    m = Quantity(
        f"{e.key}_lead_check", r.t, "t", how, {"kind": "lead check", "of": e.measured.recipe}, e.measured.events
    )
    t = NumberPiece(m, f"{r.t:.2f}".replace("-", "−"))
    if r.outcome == "held":
        told = make_sentence("The past of the cause explains the effect better than its future does (t = ", t, ").")
    elif (1 if e.claimed == "above" else -1) * r.t > MIN_T:
        told = make_sentence(
            "The past of the cause by itself does not explain the effect; t against its future is ", t, "."
        )
    else:
        told = make_sentence(
            "The future of the cause explains the effect about as well as its past does (t = ", t, f"); {UNDECIDABLE}."
        )
    return CheckOutcome("lead_check", e.key, r.outcome, told)


CHECK = RobustnessCheck(
    "lead_check", "lead check", "Does the past of the cause explain the effect better than its future does?",
    lambda claim, e: bool(e.terms), _run,
)  # fmt: skip
