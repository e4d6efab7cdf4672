"""CaseBackground of a case: who is who, what changed, why claims are held, what policy options mean, places and terms.

A TOML file beside the chronology. Every line names its sources: ids of events, addresses, publications, or a file beside
it such as the codebook. Arguments are views that somebody holds, not findings. A line that cites an event which became
known later, or whose `known_from` is later, is left out of a brief as of an earlier day.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError

from detente.cases.base_model import CaseFileModel, TomlDate
from detente.cases.errors import BadCase
from detente.core.publishers import is_address


class SourcedText(CaseFileModel):
    """What every line of the background has: a key, its sources, and optionally the day from which it can be known."""

    key: str = ""
    sources: tuple[str, ...] = ()
    known_from: TomlDate | None = None


class BackgroundNote(SourcedText):
    """One short paragraph of the background; `note` qualifies it and is always shown with it."""

    title: str
    text: str
    period: str = ""
    note: str = ""


class Argument(SourcedText):
    """The argument behind a claim, who holds it, and the best counter-argument, which has sources of its own."""

    argument: str
    held_by: tuple[str, ...]
    counter: str = ""
    counter_sources: tuple[str, ...] = ()


class PolicyBackground(SourcedText):
    """A policy option: what it is, the nearest precedent on record with its events, and the best objection."""

    name: str
    what: str
    precedent: str = ""
    precedent_events: tuple[str, ...] = ()
    counter: str = ""
    counter_sources: tuple[str, ...] = ()


class Scholarship(CaseFileModel):
    """A general finding about other conflicts, and the claims that it bears on."""

    key: str
    name: str
    text: str
    claims: tuple[str, ...]
    source: str


class Definition(SourcedText):
    """A definition of an actor, a place or a term, with other names for it."""

    name: str
    definition: str
    aliases: tuple[str, ...] = ()


class BackgroundPlace(Definition):
    """A place: its kind (border, crossing, province, district, city) and, where given, its position in degrees."""

    kind: str
    latitude: float | None = None
    longitude: float | None = None


class BackgroundMeta(CaseFileModel):
    """When the background was written, up to which day collection was systematic, and its licence."""

    written_as_of: TomlDate
    systematic_until: TomlDate | None = None
    licence: str


class CaseBackground(CaseFileModel):
    """The whole background. `arguments` are keyed by claim, `options` by policy option."""

    meta: BackgroundMeta
    notes: tuple[BackgroundNote, ...] = Field(default=(), alias="background")
    arguments: Mapping[str, Argument] = Field(default_factory=dict)
    options: Mapping[str, PolicyBackground] = Field(default_factory=dict)
    scholarship: tuple[Scholarship, ...] = ()
    actors: tuple[Definition, ...] = ()
    places: tuple[BackgroundPlace, ...] = ()
    terms: tuple[Definition, ...] = ()

    def note(self, key: str) -> BackgroundNote | None:
        """Return the note with this key, or None."""
        return next((n for n in self.notes if n.key == key), None)

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Every definition: actors, places, terms."""
        return (*self.actors, *self.places, *self.terms)


T = TypeVar("T", bound=SourcedText)


def read_background(path: Path, events: Collection[str], case_file: str) -> CaseBackground:
    """Read and validate a background file.

    Args:
        path: a TOML file. events: ids that the chronology holds. case_file: the case file that names it, for errors.

    Raises:
        BadCase: not valid TOML, a missing or unknown key, or a source that is neither an event of the chronology, nor an
            address, nor a file beside it, nor a publication with a title.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> from detente.cases.load import load_case_data
        >>> background = load_case_data(load_case_file("pakistan-afghanistan")).background
        >>> background.arguments["trust"].held_by[0]
        'International Crisis Group'
    """
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        background = CaseBackground.model_validate(data)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise BadCase(case_file, f"background {path.name}", "", f"it is not valid TOML: {e}", "Correct it.") from e
    except ValidationError as e:
        first = e.errors(include_url=False)[0]
        where = ".".join(str(p) for p in first["loc"])
        raise BadCase(
            case_file, f"background {path.name} {where}", first.get("input"), first["msg"], "Correct it."
        ) from e
    for key, source in _list_sources(background):
        if not _is_source(source, path.parent, events):
            why = "it is no event of the chronology, no address, no file beside it and no publication"
            raise BadCase(case_file, f"background {path.name} {key}", source, why, "Correct the source, or remove it.")
    return background


def select_known(background: CaseBackground, known: Mapping[str, date], as_of: date) -> CaseBackground:
    """Leave out what cites later knowledge.

    Args:
        background: from `read_background`. known: the day on which each event of the chronology became known.
        as_of: the day of knowledge.

    Returns:
        The background with every line that cites an event known after `as_of`, or has a later `known_from`, left out. A
        counter-argument or a precedent that does so is emptied, and its line stays. An argument or an option is general:
        it stays with its earlier sources, if it has any.
    """

    def early(sources: Iterable[str]) -> bool:
        return all(known.get(s, as_of) <= as_of for s in sources)

    def keep(entry: SourcedText) -> bool:
        return early(entry.sources) and (entry.known_from is None or entry.known_from <= as_of)

    def kept(entries: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(e for e in entries if keep(e))

    arguments = {}
    for k, a in background.arguments.items():
        sources = tuple(s for s in a.sources if early([s]))
        if sources and (a.known_from is None or a.known_from <= as_of):
            counter = {} if early(a.counter_sources) else {"counter": "", "counter_sources": ()}
            arguments[k] = a.model_copy(update={"sources": sources, **counter})
    options = {}
    for k, o in background.options.items():
        update: dict[str, Any] = {} if early(o.precedent_events) else {"precedent": "", "precedent_events": ()}
        if not early(o.counter_sources):
            update |= {"counter": "", "counter_sources": ()}
        if keep(o) or early(s for s in o.sources if s not in known):
            options[k] = o.model_copy(update=update | {"sources": tuple(s for s in o.sources if early([s]))})
    return background.model_copy(
        update={
            "notes": kept(background.notes),
            "arguments": arguments,
            "options": options,
            "actors": kept(background.actors),
            "places": kept(background.places),
            "terms": kept(background.terms),
        }
    )


def _list_sources(b: CaseBackground) -> list[tuple[str, str]]:
    entries = [
        *(("background", n.key, n.sources) for n in b.notes),
        *(("arguments", k, (*a.sources, *a.counter_sources)) for k, a in b.arguments.items()),
        *(("options", k, (*o.sources, *o.counter_sources, *o.precedent_events)) for k, o in b.options.items()),
        *(("scholarship", s.key, (s.source,)) for s in b.scholarship),
        *((kind, d.key, d.sources) for kind in ("actors", "places", "terms") for d in getattr(b, kind)),
    ]
    return [(f"{kind}.{key}", s) for kind, key, sources in entries for s in sources]


def _is_source(source: str, folder: Path, events: Collection[str]) -> bool:
    if source in events or is_address(source):
        return True
    if re.search(r"\s", source.strip()):
        return len(source.split()) >= 2  # a publication, or a name with an address
    return bool(source) and "/" not in source and (folder / source).is_file()
