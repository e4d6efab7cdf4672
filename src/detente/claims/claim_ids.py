"""The ids of the claims, in the order of `catalogue.ALL`: a case can be checked without importing the claims themselves."""

CLAIM_IDS = (
    "linkage",
    "safe_haven",
    "trust",
    "sovereignty",
    "spillover",
    "threat_perception",
    "coordination",
    "civilian_harm",
    "third_parties",
)
