"""What each provider can testify to: the kinds of event that its data can hold, from `testimony.tsv`.

Zero events of a kind that a provider never records is not zero: it is unknown. So nothing is counted, estimated or said
of such kinds. `yes` means that the provider records the kind by a rule of its own; `no` that it does not, or so
incompletely that its absence says nothing. Kinds are the channels of the cases, `closure` (crossings and trade shut),
`deaths` and `civilian_deaths`. A provider without rows, such as a table of the user, is not described.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

CLOSURE, DEATHS, CIVILIAN_DEATHS = "closure", "deaths", "civilian_deaths"


@dataclass(frozen=True, slots=True)
class HeldKind:
    """Whether a provider holds a kind of event, and why."""

    provider: str
    kind: str
    holds: bool
    why: str


@cache
def load_testimony() -> Mapping[str, Mapping[str, HeldKind]]:
    """Load the table, by provider and kind.

    Example:
        >>> ucdp = load_testimony()["ucdp"]
        >>> ucdp["clash"].holds, ucdp["defiance"].holds, ucdp["defiance"].why
        (True, False, 'UCDP records deadly violence only')
    """
    text = files(__package__).joinpath("testimony.tsv").read_text(encoding="utf-8")
    out: dict[str, dict[str, HeldKind]] = {}
    for r in csv.DictReader(text.splitlines(), delimiter="\t"):
        held = HeldKind(r["provider"], r["kind"], r["holds"] == "yes", r["why"])
        out.setdefault(held.provider, {})[held.kind] = held
    return out


def format_source_name(source: str) -> str:
    """The usual spelling of a source's name.

    Example:
        >>> format_source_name("ucdp"), format_source_name("my table")
        ('UCDP', 'my table')
    """
    return source.upper() if source in ("ucdp", "acled", "gdelt", "icews", "polecat") else source
