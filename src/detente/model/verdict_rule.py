"""The verdict rule for one estimate, from its probability, its number of events and its robustness checks.

    too little data   fewer than 10 events support it, or it uses a channel in the model's `too_few`
    not supported     a deciding check failed, whatever the probability
    supported         probability of the claimed sign at least 95 %, no check failed, at least one held, and each
                      required check held (the lead check, for a response)
    leaning           at least 90 %
    contradicted      at most 5 %, under the same conditions as supported, for the contrary
    not supported     all else

`docs/replications/lead_check.md` gives the rule's rate of false alarms on synthetic conflicts.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

SUPPORTED, LEANING, CONTRADICTED = 0.95, 0.90, 0.05
ENOUGH_EVENTS = 10
DECIDING = ("lead_check", "placebo_in_time", "shuffled_labels")

VerdictLabel = Literal["contradicted", "not supported", "too little data", "leaning", "supported"]


def apply_verdict_rule(
    probability: float | None, results: Mapping[str, str], *, required: Iterable[str] = (), enough: bool = True
) -> VerdictLabel:
    """Return the verdict on one estimate.

    Args:
        probability: of the claimed sign, None where it is unknown. results: `held` or `failed` by key of the check; any other
            word counts as neither. required: keys of checks that have to hold. enough: whether there are enough events.

    Raises:
        ValueError: the probability is NaN or outside 0 to 1.

    Example:
        >>> apply_verdict_rule(0.97, {"lead_check": "held"}, required=["lead_check"])
        'supported'
        >>> apply_verdict_rule(0.97, {"lead_check": "failed", "drop_actor": "held"}, required=["lead_check"])
        'not supported'
        >>> apply_verdict_rule(0.97, {})    # no check was run
        'leaning'
    """
    p = probability
    if p is not None and not 0 <= p <= 1:  # NaN is in no interval
        raise ValueError(f"A probability is {p}. Pass a number from 0 to 1, or None where it is unknown.")
    if not enough or p is None:
        return "too little data"
    if any(results.get(c) == "failed" for c in DECIDING):
        return "not supported"
    found = set(results.values())
    robust = "failed" not in found and "held" in found and all(results.get(c) == "held" for c in required)
    if p <= CONTRADICTED:
        return "contradicted" if robust else "not supported"
    if p < LEANING:
        return "not supported"
    return "supported" if p >= SUPPORTED and robust else "leaning"
