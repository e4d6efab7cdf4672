"""The help pages: how to read the pages, and the glossary."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.claims.verdict import LEANING, SUPPORTED, VERDICT_SYMBOLS
from detente.text.glossary import GlossaryEntry, list_general_entries, list_kinds, load_glossary
from detente.web.rendering.responses import get_cases, page_routes, respond


@dataclass(frozen=True, slots=True)
class GlossaryGroup:
    """Entries under one heading; `case` is the id of the case whose words they are, or empty."""

    name: str
    case: str
    entries: tuple[GlossaryEntry, ...]


@dataclass(frozen=True, slots=True)
class GlossaryPage:
    """All entries in groups: general words, then the kinds of event of each served case."""

    groups: tuple[GlossaryGroup, ...]


@dataclass(frozen=True, slots=True)
class HowToReadPage:
    """What a reader needs for all other pages: the verdicts with their definitions, and the thresholds of their rule."""

    verdicts: tuple[GlossaryEntry, ...]
    supported: float
    leaning: float


def build_how_to_read_page() -> HowToReadPage:
    """Build the page."""
    entries = load_glossary()
    return HowToReadPage(tuple(entries[w.replace(" ", "_")] for w in VERDICT_SYMBOLS), SUPPORTED, LEANING)


def list_background_words(prepared: Case) -> tuple[GlossaryEntry, ...]:
    """List the definitions of a case's background that the general glossary lacks."""
    background = prepared.g.background
    known = load_glossary()
    definitions = background.definitions if background else ()
    return tuple(GlossaryEntry(d.key, d.name, "", d.definition) for d in definitions if d.key not in known)


async def show_glossary(request: Request) -> Response:
    """Explain every word that is used in a special sense."""
    general = groupby(list_general_entries(c.case for c in get_cases(request).values()), key=attrgetter("group"))
    groups = [GlossaryGroup(name, "", tuple(entries)) for name, entries in general]
    cases = get_cases(request).values()
    for c in cases:
        groups.append(GlossaryGroup(f"Kinds of event: {c.case.title}", c.id, list_kinds(c.case)))
        if words := list_background_words(c):
            groups.append(GlossaryGroup(f"People, places and terms: {c.case.title}", "", words))
    return respond(request, "glossary.html", GlossaryPage(tuple(groups)), title="Glossary")


async def show_how_to_read(request: Request) -> Response:
    """Explain verdicts, numbers, charts and the map on one screen."""
    return respond(request, "how_to_read.html", build_how_to_read_page(), title="How to read these pages")


ROUTES = [
    *page_routes("/glossary", show_glossary, page=GlossaryPage),
    *page_routes("/how-to-read", show_how_to_read, page=HowToReadPage),
]
