"""Violence before and after the takeover: what is counted, that it decides nothing, and a check that can fail."""

from dataclasses import replace
from pathlib import Path

import pytest

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.claims import CLAIMS
from detente.claims.checks import break_moved, run_checks
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.claims.violence_before_after import KEY, describe_violence_change, estimate_violence_change
from support.worlds import FLAGSHIP

VIEW = ClaimContext(FLAGSHIP)


def _estimates(view: ClaimContext) -> tuple[Estimate, ...]:
    e = estimate_violence_change(view)
    return (e,) if e else ()


def _with_months(folder: Path, counts: list[int]) -> ClaimContext:
    """The flagship with made events in Pakistan by month, from January 2017 on."""
    lines = [
        f"PAK,all,{2017 + i // 12}-{i % 12 + 1:02},{n},,made,final,2025-01-01" for i, n in enumerate(counts)
    ]  # fmt: skip
    settings = VIEW.g.case.longer_view
    assert settings is not None
    header = "country,conflict,month,events,deaths,release,status,known_on"
    (folder / "months.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    changed = settings.model_copy(update={"months": str(folder / "months.csv")})
    return replace(VIEW, g=replace(VIEW.g, case=VIEW.g.case.model_copy(update={"longer_view": changed})))


def test_rise_is_reported_and_decides_nothing() -> None:
    """The part belongs to the claim on a safe haven and is not necessary."""
    part = estimate_violence_change(VIEW)
    assert part is not None
    assert (part.necessary, part.claimed, part.than) == (False, "above", 1.0)
    assert part.measured is not None
    assert 4 < (part.measured.value or 0) < 5.5


def test_claim_holds_the_part_once() -> None:
    """The claim's estimates name it once, after its own."""
    keys = [e.key for e in CLAIMS["safe_haven"].estimates(VIEW)]
    assert keys.count(KEY) == 1


def test_only_the_moved_break_is_checked() -> None:
    """Checks that change the record cannot fail here, so they are not run."""
    (e,) = _estimates(VIEW)
    claim = replace(CLAIMS["safe_haven"], estimates=_estimates)
    assert [(o.check, o.result) for o in run_checks(claim, e, VIEW)] == [("break_moved", "held")]


def test_moved_break_fails_where_the_rise_is_late(tmp_path: Path) -> None:
    """A rise at the end of the months after the takeover vanishes when the window moves off it."""
    months = [10] * 56 + [10] * 4 + [13] * 20
    view = _with_months(tmp_path, [*months, *[4] * 30])
    e = estimate_violence_change(view)
    assert e is not None
    claimed = replace(e, chance=replace(e.chance, value=0.99) if e.chance else None)
    outcome = break_moved.CHECK.run(claimed, _estimates, view)
    assert outcome.result == "failed"


def test_missing_month_is_no_zero(tmp_path: Path) -> None:
    """A gap in the months leaves the part out."""
    view = _with_months(tmp_path, [10] * 110)
    path = tmp_path / "months.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert estimate_violence_change(view) is not None
    path.write_text("\n".join(lines[:30] + lines[31:]) + "\n", encoding="utf-8")
    assert estimate_violence_change(view) is None


@pytest.mark.parametrize("as_of", ["2023-10-01", "2025-06-01"])
def test_figures_published_later_are_not_used(as_of: str) -> None:
    """Before the release was known there is neither part nor sentence."""
    from datetime import date

    view = ClaimContext(load_case_data(load_case_file("pakistan-afghanistan"), date.fromisoformat(as_of)))
    assert estimate_violence_change(view) is None
    assert describe_violence_change(view) == ()
