"""Loading a case as known on a day for its claims, with the other sources of a store."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from detente.cases.case_file import CaseFile
from detente.cases.errors import BadCase
from detente.cases.load import load_case_data
from detente.claims.claim_ids import CLAIM_IDS
from detente.claims.context import SEED, ClaimContext
from detente.core.errors import nearest, quoted_choices

if TYPE_CHECKING:
    from detente.cases.matched_reports import MatchedReports


def load_claim_context(
    case: CaseFile, as_of: date | None = None, store: Path | None = None, seed: int = SEED
) -> "tuple[ClaimContext, MatchedReports | None]":
    """Load the case as known on the day, with the other sources of a store and their reports of the same events.

    Raises:
        BadCase: a demand names a claim that does not exist. AsOfOutOfRange: see `load_case_data`.
    """
    _check_claims(case)
    g = load_case_data(case, as_of, store)
    if store is None:
        return ClaimContext(g, seed=seed), None
    from detente.cases.matched_reports import find_matched_reports  # imports the query engine

    # A case made of releases and its other sources come from one version, also while another program ingests.
    matched = find_matched_reports(g, g.store or store)
    return ClaimContext(g, seed=seed, others=tuple(matched.records.values())), matched


def _check_claims(case: CaseFile) -> None:
    for i, demand in enumerate(case.demands):
        for claim in demand.claims:
            if claim not in CLAIM_IDS:
                near = quoted_choices(nearest(claim, CLAIM_IDS))
                why, remedy = "there is no such claim", f"Nearest: {near}. Known: {', '.join(CLAIM_IDS)}."
                raise BadCase(str(case.file), f"demands.{i}.claims", claim, why, remedy)
