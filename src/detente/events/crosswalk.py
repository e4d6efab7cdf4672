"""What each provider's codes mean in PLOVER: one table, `codes.tsv`, read by all translations.

UCDP codes three kinds of violence, ACLED pairs of event and sub-event type, GDELT and ICEWS use CAMEO; POLECAT
is PLOVER already. A type of `-` says that PLOVER has none: a bare statement, a change inside one group. Such
rows are set aside under that name. CAMEO's facts follow the PLOVER project's conversion table (2021), with
appeals (02) as REQUEST, as `plover.tsv` has it; modes are PLOVER's words, or the chronology codebook's where that
names the same act. Intensity is Goldstein's weight of the CAMEO code; for the others, of the PLOVER type.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class CrosswalkEntry:
    """One code of one provider. `type` is None where PLOVER has none; `intensity` then may be unknown."""

    source: str
    code: str
    type: str | None
    mode: str
    context: str
    intensity: float | None
    meaning: str


@cache
def load_crosswalk() -> dict[tuple[str, str], CrosswalkEntry]:
    """Every code, by provider and code.

    Example:
        >>> load_crosswalk()["cameo", "0871"].type, load_crosswalk()["cameo", "010"].type, load_crosswalk()["ucdp", "3"].meaning
        ('RETREAT', None, 'one-sided violence: side A killed civilians')
    """
    text = files(__package__).joinpath("codes.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {
        (r["source"], r["code"]): CrosswalkEntry(
            source=r["source"],
            code=r["code"],
            type=None if r["type"] == "-" else r["type"],
            mode=r["mode"],
            context=r["context"],
            intensity=float(r["intensity"]) if r["intensity"] else None,
            meaning=r["meaning"],
        )
        for r in rows
    }
