"""What is said of the conflict: one file a claim, and for each what the record shows.

In this edition a claim's finding is descriptive: counts, shares, durations, with exact limits. It
tests no cause and gives no verdict.
"""

from collections.abc import Callable
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
from detente.claims.finding import Finding
from detente.claims.view import View

CLAIMS: dict[str, Callable[[View], Finding]] = {
    "linkage": linkage.find,
    "safe_haven": safe_haven.find,
    "trust": trust.find,
    "sovereignty": sovereignty.find,
    "spillover": spillover.find,
    "threat_perception": threat_perception.find,
    "coordination": coordination.find,
    "civilian_harm": civilian_harm.find,
    "third_parties": third_parties.find,
}


TOO_LITTLE = "Too little is on record to say"


def find(claim: str, view: View) -> Finding:
    """What the record shows of one claim; where it holds too little, the headline says that and no more."""
    finding = CLAIMS[claim](view)
    return finding if finding.enough else replace(finding, headline=TOO_LITTLE)
