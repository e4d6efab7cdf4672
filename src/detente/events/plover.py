"""PLOVER: the field's sixteen types of event, their quad classes, and how intense each is.

Types and quad classes: the PLOVER manual (Open Event Data Alliance) as used by POLECAT (Halterman et
al. 2023). Intensity: Goldstein's weights (Goldstein 1992, Journal of Conflict Resolution 36, 369-385)
run from -10 to +10 and are published for CAMEO's twenty root codes; a PLOVER type takes the mean over
the CAMEO roots that it replaces. The correspondence is `plover.tsv`, beside this file:

    intensity(type) = mean over CAMEO roots r of the type of Goldstein(r)

Two joins hide a spread that the reader should know of: REQUEST merges appeals (+3) with demands (-5),
and ASSAULT merges assault (-9) with the use of military force (-10).
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

Quad = Literal["verbal cooperation", "material cooperation", "verbal conflict", "material conflict"]

# Goldstein's weights by CAMEO root code, as distributed with CAMEO event data.
GOLDSTEIN = {
    "01": 0.0, "02": 3.0, "03": 4.0, "04": 1.0, "05": 3.5, "06": 6.0, "07": 7.0, "08": 5.0,
    "09": -2.0, "10": -5.0, "11": -2.0, "12": -4.0, "13": -6.0, "14": -6.5, "15": -7.2,
    "16": -4.0, "17": -7.0, "18": -9.0, "19": -10.0, "20": -10.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventType:
    """One of the sixteen. `intensity` is on Goldstein's scale, -10 (war) to +10 (union)."""

    name: str
    quad: Quad
    cameo_roots: tuple[str, ...]
    intensity: float
    meaning: str


@cache
def event_types() -> dict[str, EventType]:
    """The sixteen types by name, in the manual's order.

    Example:
        >>> event_types()["THREATEN"].intensity
        -6.0
        >>> event_types()["RETREAT"].quad
        'material cooperation'
    """
    text = files(__package__).joinpath("plover.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {
        r["type"]: EventType(
            name=r["type"],
            quad=cast("Quad", r["quad"]),
            cameo_roots=tuple(r["cameo_roots"].split()),
            intensity=float(r["intensity"]),
            meaning=r["meaning"],
        )
        for r in rows
    }


def intensity(event_type: str) -> float:
    """How hostile (below 0) or friendly (above 0) an event of this type is."""
    return event_types()[event_type].intensity
