"""The form of an event: its fields, and the choices that the codebook and the cast allow."""

from collections.abc import Mapping
from dataclasses import dataclass

from detente.cases.case_file import CaseFile
from detente.cases.edits.row import clean_row
from detente.events.plover import event_types
from detente.sources.chronology_schema import CONFIDENCES, CONTEXTS, MODES, TYPES

PLAIN_FIELDS = (
    "date_start", "date_end", "date_precision", "country", "admin1", "place", "latitude", "longitude", "geo_precision",
    "context", "summary", "deaths_best", "deaths_low", "deaths_high", "civilian_deaths", "disputed", "sources", "confidence",
)  # fmt: skip
SIDES = {"initiator": "Who acted", "target": "Towards whom"}
MOST_ACTORS = 4  # of a side in the form; an event with more keeps them
ROLE_GROUPS = {
    "target": "Governments and their forces", "host": "Governments and their forces", "group": "Armed groups",
    "rival": "Armed groups", "civilians": "Civilians", "mediator": "Other states and organisations",
    "outsider": "Other states and organisations", "other": "Others", "unknown": "Others",
}  # fmt: skip
FORM_FIELDS: Mapping[str, str] = {
    **{f: f"optional: `{f}` of the codebook" for f in PLAIN_FIELDS},
    "act": "optional: type of act, with its mode after a colon, such as ASSAULT:airstrike",
    **{f"{s}_{n}": f"optional: key of an actor; {SIDES[s].lower()}" for s in SIDES for n in range(1, MOST_ACTORS + 1)},
    "reason": "optional: why the record changes; a correction needs it",
    "base": "optional: version of the event that the author saw",
    "zoom": "optional: of the small map", "centre": "optional: of the small map, longitude and latitude",
    "do": "optional: preview, change, save, closer or whole",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FormChoice:
    """A choice of a select: its value and its words."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class FormChoiceGroup:
    """Choices under one heading."""

    name: str
    choices: tuple[FormChoice, ...]


def list_acts() -> tuple[FormChoiceGroup, ...]:
    """List every type of act with its modes, by type."""
    out = []
    for t in TYPES:
        meaning = event_types()[t].meaning
        modes = MODES.get(t, "").split()
        plain = () if t == "ASSAULT" else (FormChoice(t, meaning[:1].upper() + meaning[1:]),)
        named = tuple(FormChoice(f"{t}:{m}", m.replace("-", " ").capitalize()) for m in modes)
        out.append(FormChoiceGroup(f"{t.capitalize()}: {meaning}", (*plain, *named)))
    return tuple(out)


def list_actors(case: CaseFile) -> tuple[FormChoiceGroup, ...]:
    """List the cast by role."""
    groups: dict[str, list[FormChoice]] = {}
    for a in case.cast:
        groups.setdefault(ROLE_GROUPS[a.role], []).append(FormChoice(a.key, f"{a.name} ({a.key})"))
    return tuple(FormChoiceGroup(name, tuple(sorted(c, key=lambda x: x.text))) for name, c in groups.items())


def list_contexts() -> tuple[FormChoice, ...]:
    """List the contexts."""
    return tuple(FormChoice(c, c.capitalize()) for c in CONTEXTS)


def list_confidences() -> tuple[FormChoice, ...]:
    """List the grades of confidence."""
    return tuple(FormChoice(c, c.capitalize()) for c in CONFIDENCES)


def list_countries(case: CaseFile, used: Mapping[str, int]) -> tuple[FormChoice, ...]:
    """List the countries of the case first, then those that the record names, most frequent first."""
    own = list(case.countries.values())
    others = sorted((c for c in used if c not in own and len(c) == 3), key=lambda c: (-used[c], c))
    return tuple(FormChoice(c, case.country_names.get(c, c)) for c in (*own, *others))


def form_to_row(form: Mapping[str, str]) -> dict[str, str]:
    """Read the codebook's columns from the fields of the form.

    Example:
        >>> row = form_to_row({"act": "ASSAULT:airstrike", "initiator_1": "PAK", "sources": "https://a.org/1\\nhttps://b.org/2"})
        >>> row["event_type"], row["mode"], row["initiator"], row["sources"]
        ('ASSAULT', 'airstrike', 'PAK', 'https://a.org/1 | https://b.org/2')
    """
    row = {f: form.get(f, "") for f in PLAIN_FIELDS}
    row["event_type"], _, row["mode"] = form.get("act", "").partition(":")
    for side in SIDES:
        keys = [form.get(f"{side}_{n}", "").strip() for n in range(1, MOST_ACTORS + 1)]
        row[side] = ";".join(dict.fromkeys(filter(None, keys)))
    row["sources"] = " | ".join(filter(None, (s.strip() for s in form.get("sources", "").splitlines())))
    return clean_row(row)


def row_to_form(row: Mapping[str, str]) -> dict[str, str]:
    """Fill the fields of the form from the codebook's columns.

    Example:
        >>> row = {"event_type": "ASSAULT", "mode": "airstrike", "initiator": "PAK;AFG", "sources": "https://a.org/1 | https://b.org/2"}
        >>> form_to_row(row_to_form(row))["initiator"], form_to_row(row_to_form(row))["sources"]
        ('PAK;AFG', 'https://a.org/1 | https://b.org/2')
    """
    form = {f: row.get(f, "") for f in PLAIN_FIELDS}
    form["act"] = ":".join(filter(None, (row.get("event_type", ""), row.get("mode", ""))))
    for side in SIDES:
        for n, key in enumerate(row.get(side, "").split(";")[:MOST_ACTORS], start=1):
            form[f"{side}_{n}"] = key
    if form["date_end"] == form["date_start"]:
        form["date_end"] = ""  # it follows the day that the author writes
    form["sources"] = "\n".join(row.get("sources", "").split(" | "))
    return form
