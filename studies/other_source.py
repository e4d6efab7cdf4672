"""Claims compared with another source: the flagship's claims in the UCDP files at hand.

    .venv/bin/python studies/other_source.py ../shared/data

Two complete months of UCDP Candidate are at hand, October 2023 and January 2026 (Hegre et al. 2020, CC BY 4.0). UCDP covers only
deadly force and does not say who started it, so most parts of the claims do not apply. The parts that apply are tested with UCDP's
own days as the observed ones. As in a brief, only necessary parts that the chronology supports are tested.
"""

import sys
import tempfile
from pathlib import Path

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.cases.matched_reports import find_matched_reports
from detente.claims import ALL
from detente.claims.checks import run_checks
from detente.claims.checks.external_replication import CHECK
from detente.claims.context import ClaimContext
from detente.events.reader import read_release
from detente.store.writer import add_release

OUT = Path(__file__).parents[1] / "docs/replications/other_source.md"
FILES = ("GEDEvent_v23_0_10.csv", "GEDEvent_v26_0_1.csv")


def main(data: Path) -> None:
    g = load_case_data(load_case_file("pakistan-afghanistan"))
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        for name in FILES:
            add_release(store, read_release(data / "ucdp" / name))
        matches = find_matched_reports(g, store)
    view = ClaimContext(g, others=tuple(matches.records.values()))
    lines = ["| claim | that | outcome | what was seen |", "| --- | --- | --- | --- |"]
    for claim in ALL:
        for e in claim.estimates(view):
            results = run_checks(claim, e, view, (CHECK,)) if e.necessary else ()
            lines += [f"| {claim.id} | {e.part} | {o.result} | {o.told.text} |" for o in results]
    ucdp = matches.records["ucdp"]
    counts = {c: len(ucdp.of(c)) for c in ("attack", "operation", "strike", "clash")}
    by_channel = ", ".join(f"{n} {c}" for c, n in counts.items())
    summary = (
        f"{len(ucdp.events)} events of {ucdp.rows} rows are of the case ({by_channel}; the rest in no channel); "
        f"{len(matches.links)} pairs of reports may tell one event."
    )
    text = "\n".join(
        [
            f"# {(__doc__ or '').splitlines()[0].rstrip('.')}",
            "",
            *(__doc__ or "").splitlines()[2:],
            "",
            summary,
            "",
            *lines,
        ]
    )
    OUT.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
