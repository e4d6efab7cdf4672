"""The ids by which a case names claims."""

from pathlib import Path

import pytest

from detente.cases.case_file import load_case_file
from detente.cases.errors import BadCase
from detente.claims import CLAIMS
from detente.claims.claim_ids import CLAIM_IDS
from detente.claims.load import load_claim_context
from support.small_case import write_case_folder


def test_claim_ids_are_those_of_the_claims() -> None:
    """The list that a case is checked with names every claim, in order."""
    assert tuple(CLAIMS) == CLAIM_IDS


def test_unknown_claim_of_a_demand_is_refused(tmp_path: Path) -> None:
    """A demand that names no claim is an error with the place and the nearest id."""
    path = write_case_folder(tmp_path)
    path.write_text(path.read_text().replace('"trust"', '"trusted"', 1))
    with pytest.raises(BadCase, match="trusted") as error:
        load_claim_context(load_case_file(str(path)))
    assert "Nearest: 'trust'" in str(error.value)
