"""Rank findings by the strength of their evidence. This order decides which point comes first."""

from detente.claims.finding import Finding

VERDICT_STRENGTH = {"supported": 5.0, "contradicted": 5.0, "leaning": 4.0, "not supported": 3.0}


def rank_strength(finding: Finding) -> float:
    """Return the strength, higher is stronger.

    A tested claim ranks by its verdict: 5 supported or contradicted, 4 leaning, 3 not supported. Otherwise 2 where a number
    of the short sentence has limits, 1 for plain counts, 0 where too little is recorded.
    """
    if not finding.enough:
        return 0.0
    if finding.verdict is not None and finding.verdict.word in VERDICT_STRENGTH:
        return VERDICT_STRENGTH[finding.verdict.word]
    limited = any(
        m.low is not None and m.high is not None and m.low != m.high and m.level for m in finding.short.measured
    )
    return 2.0 if limited else 1.0
