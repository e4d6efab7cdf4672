"""What is said of the conflict: one file a claim, each tested, attacked and stated.

A claim's file says what it holds to be true as formulas, makes the numbers, and tells what the record shows in
words. `find` puts the tested numbers, the attacks on them (`checks/`) and the verdict (`verdict.py`) to it.
"""

from dataclasses import replace

from detente.claims import (
    civilian_harm,
    coordination,
    linkage,
    safe_haven,
    sovereignty,
    spillover,
    third_parties,
    threat_perception,
    trust,
)
from detente.claims.checks import CHECKS, attack
from detente.claims.claim import Claim
from detente.claims.context import View
from detente.claims.estimate_text import tested
from detente.claims.finding import Finding
from detente.claims.verdict import verdict

ALL: tuple[Claim, ...] = (
    Claim(
        "linkage", "relations",
        "After attacks the host answers by defiance rather than by concession, and it spares the group where it does "
        "not spare its rivals.",
        ("attack", "defiance", "concession"), linkage.estimates, linkage.find,
    ),
    Claim(
        "safe_haven", "relations",
        "Attacks fall by this border rather than by any other, and strikes across it answer them.",
        ("attack", "strike", "borders"), safe_haven.estimates, safe_haven.find,
    ),
    Claim(
        "trust", "relations",
        "Relations have worsened over these years, and strikes bring hostile answers.",
        ("strike", "defiance", "clash", "relation index"), trust.estimates, trust.find,
    ),
    Claim(
        "sovereignty", "relations",
        "Pressure on the host brings defiance rather than concession.",
        ("pressure", "defiance", "concession"), sovereignty.estimates, sovereignty.find,
    ),
    Claim(
        "spillover", "relations",
        "Force across the border is followed by closures of crossings, and civilians come to more harm.",
        ("strike", "clash", "crossings", "tolls"), spillover.estimates, spillover.find,
    ),
    Claim(
        "threat_perception", "cooperation",
        "Force against the group is the target's rather than the host's.",
        ("operation", "strike"), threat_perception.estimates, threat_perception.find,
    ),
    Claim(
        "coordination", "cooperation",
        "Contacts against terrorism came less often since the fighting began.",
        ("dialogue", "concession"), coordination.estimates, coordination.find,
    ),
    Claim(
        "civilian_harm", "cooperation",
        "Strikes that kill civilians bring more defiance than other strikes.",
        ("strike", "defiance", "tolls"), civilian_harm.estimates, civilian_harm.find,
    ),
    Claim(
        "third_parties", "cooperation",
        "Most mediated rounds are followed by force within a month, and contacts with outsiders bring hostility.",
        ("dialogue", "strike", "clash", "outside"), third_parties.estimates, third_parties.find,
    ),
)  # fmt: skip
CLAIMS: dict[str, Claim] = {c.id: c for c in ALL}

TOO_LITTLE = "Too little is on record to say"


def find(claim: str, view: View, *, checks: bool = True) -> Finding:
    """One claim tested, attacked and stated; where the record holds too little, the headline says that and no more.

    Args:
        checks: attack it? Without attacks no claim is more than leaning.
    """
    c = CLAIMS[claim]
    finding, parts = c.find(view), c.estimates(view)
    outcomes = tuple(o for p in parts if p.necessary for o in attack(c, p, view, CHECKS)) if checks else ()
    return replace(
        finding,
        headline=finding.headline if finding.enough else TOO_LITTLE,
        kind="tested",
        statement=c.statement,
        estimates=parts,
        tests=tuple(tested(p) for p in parts),
        outcomes=outcomes,
        verdict=verdict(parts, outcomes),
    )
