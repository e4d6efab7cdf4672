"""Stated links: which earlier event an event is presented as a reaction to, as its own source tells it.

Links are coded by reading, so they are a witness that is independent of the counts of days. A missing link is no
evidence that an act was unprompted: a summary names a motive only where the report does. So shares of linked events
are lower limits.
"""

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from detente.cases.errors import BadCase
from detente.core.publishers import is_address

Relation = Literal["reaction", "implementation", "continuation"]
Basis = Literal["stated", "implied"]

LINK_COLUMNS = ("event_id", "responds_to", "relation", "basis", "outside_kind", "note", "source")
RELATIONS = ("reaction", "implementation", "continuation")
BASES = ("stated", "implied")
OUTSIDE = "outside"
OUTSIDE_KINDS = (
    "attack", "operation", "strike", "clash", "pressure", "defiance", "dialogue", "concession", "truce", "closure",
    "third_party", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatedLink:
    """One stated link.

    Fields:
        event: id of the later event. responds_to: id of the earlier event; None where the trigger is named but is not
            in the chronology, and `outside_kind` is then its kind.
        relation: reaction (answers, protests, retaliates, denies), implementation (carries out an agreement or order)
            or continuation (next round, extension, end of it).
        basis: stated (the source names the trigger) or implied (subject, addressee and at most 14 days leave no doubt).
        note: a few words. source: address of the page that states the trigger, where it is not the event's own.
    """

    event: str
    responds_to: str | None
    outside_kind: str
    relation: Relation
    basis: Basis
    note: str
    source: str


def link_columns(links: Iterable[StatedLink]) -> dict[str, dict[str, list[str]]]:
    """Arrange links by event id, as parallel lists for an export: `events.export.LINK_COLUMNS`.

    Example:
        >>> link_columns([StatedLink("B", "A", "", "reaction", "stated", "", "")])["A"]
        {'responds_to': [], 'relation': [], 'basis': [], 'answered_by': ['B']}
    """
    out: dict[str, dict[str, list[str]]] = {}

    def of(key: str) -> dict[str, list[str]]:
        return out.setdefault(key, {c: [] for c in ("responds_to", "relation", "basis", "answered_by")})

    for k in links:
        own = of(k.event)
        own["responds_to"].append(k.responds_to or f"{OUTSIDE}:{k.outside_kind}")
        own["relation"].append(k.relation)
        own["basis"].append(k.basis)
        if k.responds_to:
            of(k.responds_to)["answered_by"].append(k.event)
    return out


def read_stated_links(path: Path, events: Collection[str], case_file: str) -> tuple[StatedLink, ...]:
    """Read and validate a file of stated links, in the order of the file.

    Args:
        path: a UTF-8 CSV with the header `LINK_COLUMNS`. events: ids that the chronology holds.
        case_file: the case file that names it, for errors.

    Raises:
        BadCase: a missing or wrong header, an unknown event or word, or an event that responds to itself.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> load_case_data(load_case_file("pakistan-afghanistan")).links[1].relation
        'continuation'
    """
    text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    rows = list(csv.DictReader(text.splitlines()))
    header = text.split("\n", 1)[0].strip()
    if header != ",".join(LINK_COLUMNS):
        raise BadCase(case_file, "links", path.name, "its header differs", f"Write: {','.join(LINK_COLUMNS)}.")
    return tuple(_read_row(row, n, path.name, events, case_file) for n, row in enumerate(rows, start=2))


def _read_row(
    row: dict[str, str | None], n: int, name: str, events: Collection[str], case_file: str
) -> StatedLink:  # fmt: skip
    def fail(column: str, why: str, remedy: str) -> BadCase:
        return BadCase(case_file, f"links {name} row {n} {column}", row.get(column), why, remedy)

    if None in row or any(v is None for v in row.values()):
        raise fail("event_id", f"the row does not have {len(LINK_COLUMNS)} columns", "Quote fields that hold a comma.")
    v = {k: x or "" for k, x in row.items()}
    outside = v["responds_to"] == OUTSIDE
    for column, checked in (("event_id", True), ("responds_to", not outside)):
        if checked and v[column] not in events:
            raise fail(column, "the chronology has no such event", "Correct the id, or remove the row.")
    if v["event_id"] == v["responds_to"]:
        raise fail("responds_to", "an event cannot respond to itself", "Correct the id, or remove the row.")
    for column, allowed in (("relation", RELATIONS), ("basis", BASES)):
        if v[column] not in allowed:
            raise fail(column, "the codebook has no such word", f"Use: {' '.join(allowed)}.")
    if outside and v["outside_kind"] not in OUTSIDE_KINDS:
        raise fail("outside_kind", "a trigger outside the chronology needs a kind", f"Use: {' '.join(OUTSIDE_KINDS)}.")
    if not outside and v["outside_kind"]:
        raise fail("outside_kind", "it is only for triggers outside the chronology", "Leave it empty.")
    if v["source"] and not is_address(v["source"]):
        raise fail("source", "it is not an address", "Write one that begins with http.")
    return StatedLink(
        v["event_id"], None if outside else v["responds_to"], v["outside_kind"], cast(Relation, v["relation"]),
        cast(Basis, v["basis"]), v["note"], v["source"],
    )  # fmt: skip
