"""PLOVER's 16 event types with quad class and intensity.

Types and quad classes: the PLOVER manual (Open Event Data Alliance) as used by POLECAT (Halterman et
al. 2023). Goldstein's weights (Goldstein 1992, Journal of Conflict Resolution 36, 369-385) run from
-10 to +10 for the 20 CAMEO root codes; a PLOVER type has the mean of the roots listed in `plover.tsv`:

    intensity(type) = mean over CAMEO roots r of the type of Goldstein(r)

Two types merge different intensities: REQUEST contains appeals (+3) and demands (-5), and ASSAULT
contains assault (-9) and the use of military force (-10).
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
    """One event type. `intensity` is on Goldstein's scale, -10 (war) to +10 (union)."""

    name: str
    quad: Quad
    cameo_roots: tuple[str, ...]
    intensity: float
    meaning: str


@cache
def event_types() -> dict[str, EventType]:
    """Load the types by name, in the manual's order.

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
            r["type"], cast("Quad", r["quad"]), tuple(r["cameo_roots"].split()), float(r["intensity"]), r["meaning"]
        )
        for r in rows
    }


def intensity(event_type: str) -> float:
    """Return the Goldstein weight of a type: hostile below 0, cooperative above 0."""
    return event_types()[event_type].intensity
