"""Crosswalk from providers' codes to PLOVER, from `codes.tsv`.

UCDP codes three types of violence, ACLED pairs of event and sub-event type; GDELT and ICEWS use CAMEO, POLECAT uses
PLOVER. Type `-` means that PLOVER has no type, as for a bare statement; such rows are rejected. CAMEO codes follow the
PLOVER project's conversion table (2021), with appeals (02) as REQUEST, as in `plover.tsv`. Modes are PLOVER's, or the
chronology codebook's for the same act. Intensity is Goldstein's weight of the CAMEO code; for others, of the PLOVER type.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class CrosswalkEntry:
    """One code of one provider. `type` is None if PLOVER has none; `intensity` may then be None."""

    source: str
    code: str
    type: str | None
    mode: str
    context: str
    intensity: float | None
    meaning: str


@cache
def load_crosswalk() -> dict[tuple[str, str], CrosswalkEntry]:
    """Load all codes by provider and code.

    Example:
        >>> load_crosswalk()["cameo", "0871"].type, load_crosswalk()["cameo", "010"].type, load_crosswalk()["ucdp", "3"].meaning
        ('RETREAT', None, 'one-sided violence: side A killed civilians')
    """
    text = files(__package__).joinpath("codes.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {
        (r["source"], r["code"]): CrosswalkEntry(
            r["source"], r["code"], None if r["type"] == "-" else r["type"], r["mode"], r["context"],
            float(r["intensity"]) if r["intensity"] else None, r["meaning"],
        )
        for r in rows
    }  # fmt: skip
