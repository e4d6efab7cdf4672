"""How strong the evidence of a finding is: the one place that says which point comes first."""

from detente.claims.finding import Finding


def strength(finding: Finding) -> float:
    """Higher is stronger: 0 where too little is recorded; 1 for counts; 2 where a number of its short sentence has limits.

    Verdicts of tested claims will be read here and nowhere else.
    """
    if not finding.enough:
        return 0.0
    limited = any(
        m.low is not None and m.high is not None and m.low != m.high and m.level for m in finding.short.measured
    )
    return 2.0 if limited else 1.0
