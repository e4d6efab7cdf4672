"""The page of one number: the sentence it stands in, how it was made, its interval, the events behind it, and a quotation."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.api.digest.numbers import find_month
from detente.api.events.event_row import EventRow, build_event_row
from detente.api.traced_numbers import TracedNumber, find_traced_number
from detente.brief.render.bibliography import BibliographyEntry
from detente.brief.render.html import format_value
from detente.brief.render.references import format_bibtex, format_ris
from detente.core.date_range import format_date
from detente.core.version import __version__
from detente.measures.quantity import Quantity
from detente.measures.yardstick import source_figures
from detente.text.sentence import Sentence
from detente.web.openapi_route import Handler, OpenApiRoute
from detente.web.rendering.responses import get_case, get_record_case, page_routes, provenance_footer, respond

MAX_EVENTS = 200
"""Events listed on the page; the JSON names all."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """What somebody needs to quote a number.

    Fields:
        text: all of the following in one paragraph. sentence: that prints the number. figure: with its interval or range.
        source: whose number it is, as it asks to be cited. licence: of that source. known_on: the day of knowledge.
        address: of this page. bibtex, ris: addresses of the same as a reference.
    """

    text: str
    sentence: str
    figure: str
    source: str
    licence: str
    known_on: date
    address: str
    bibtex: str
    ris: str


@dataclass(frozen=True, slots=True)
class NumberPage:
    """One printed number.

    Fields:
        number: value, interval and events. text: as printed. sentence: the first that prints it. rows: its first 200 events.
        missing: events behind it that the record no longer holds. quotation: ready to copy.
    """

    number: Quantity
    text: str
    sentence: Sentence
    rows: tuple[EventRow, ...]
    missing: int
    quotation: Quotation


def build_number_page(prepared: Case, found: TracedNumber, site: str) -> NumberPage:
    """Build the page; `site` is the public base URL of this workbench."""
    known = {e.id: e for e in prepared.g.events}
    events = [known[k] for k in found.measured.events if k in known]
    rows = tuple(build_event_row(prepared, e) for e in events[:MAX_EVENTS])
    missing = len(found.measured.events) - len(events)
    return NumberPage(
        found.measured, found.text, found.sentence, rows, missing, build_quotation(prepared, found, site)
    )  # fmt: skip


def build_quotation(prepared: Case, found: TracedNumber, site: str) -> Quotation:
    """Build the quotation of a number, with the source that counted it."""
    m, known_on = found.measured, prepared.g.as_of
    source, licence = _find_source(prepared, m)
    path = f"/{prepared.id}/numbers/{quote(m.key)}"
    address = site.rstrip("/") + path
    figure = _format_figure(m)
    record = f"détente {__version__}, release {prepared.g.release.name}"
    parts = (
        f"“{found.sentence.text}”", f"Figure: {figure}.", f"Source: {source}", f"Licence: {licence}." if licence else "",
        f"As known on {format_date(known_on)} ({record}).", address,
    )  # fmt: skip
    text = " ".join(p for p in parts if p)
    return Quotation(
        text, found.sentence.text, figure, source, licence, known_on, address, f"{path}.bib", f"{path}.ris"
    )  # fmt: skip


def _format_figure(m: Quantity) -> str:
    """Format the value with its limits and what they are."""
    shown = format_value(m)
    unit = f" {m.unit}" if m.unit else ""
    if m.low is None and m.high is None:
        return f"{shown}{unit}"
    limits = f"{100 * m.level:.0f} % interval" if m.level else "lowest and highest reported figure"
    return f"{shown}{unit}; {limits}" if m.low != m.high else f"{shown}{unit}"


def _find_source(prepared: Case, m: Quantity) -> tuple[str, str]:
    """Return how to cite the source that counted a number, and its licence: another source's figures are that source's."""
    name = str(m.recipe.get("source", "")).casefold()
    of_record = m.recipe.get("part") == "record"  # the record's count beside that of the other source
    if m.recipe.get("kind") in ("yardstick", "source events") and not of_record:
        figures = source_figures(prepared.g)
        if figures is not None and name in ("", figures.source.casefold()):
            return figures.cite, figures.licence
    first = next(iter(prepared.datasets), None)
    dataset = next((d for d in prepared.datasets if name and d.name.casefold().startswith(name)), first)
    if dataset is None:
        return f"{prepared.g.release.name}.", ""
    if dataset is first and prepared.case.chronology:
        return f"détente, record of events “{prepared.case.title}”. {dataset.cite}", dataset.licence
    return f"{dataset.name}. {dataset.cite}", dataset.licence


def build_reference(page: NumberPage, case: str) -> BibliographyEntry:
    """Build the entry of a number's page for a reference manager."""
    q = page.quotation
    key = re.sub(r"[^A-Za-z0-9]+", "-", f"detente-{case}-{page.number.key}-{q.known_on}").strip("-")
    note = f"Figure: {q.figure}. Source: {q.source} Licence: {q.licence}. As known on {q.known_on}."
    return BibliographyEntry(
        key, "report", f"[Number: {page.text}] {q.sentence}", "détente", q.known_on, q.address, __version__, note
    )


async def _load_page(request: Request) -> tuple[Case, NumberPage]:
    key = request.path_params["key"]
    # Digests are made of the record as it is now.
    prepared = get_case(request) if find_month(key) is None else get_record_case(request)
    found = await run_in_threadpool(find_traced_number, prepared, key)
    if found is None:
        raise HTTPException(404, f"No page prints a number {key[:80]!r} any more. See the brief or the claims.")
    return prepared, build_number_page(prepared, found, request.app.state.settings.address)


async def handler(request: Request) -> Response:
    """Return how one printed number was made."""
    prepared, page = await _load_page(request)
    names: dict[str, Any] = {"few": len(page.number.events) - page.missing - len(page.rows)}
    return respond(
        request, "number.html", page, foot=provenance_footer(prepared), title="How this number was made", **names
    )


def _make_reference_handler(form: Callable[[Sequence[BibliographyEntry]], str], kind: str, ending: str) -> Handler:
    async def reference(request: Request) -> Response:
        """Return the reference of one number."""
        prepared, page = await _load_page(request)
        entry = build_reference(page, prepared.id)
        name = f'attachment; filename="{entry.key}.{ending}"'
        return Response(form([entry]), media_type=kind, headers={"Content-Disposition": name})

    return reference


ROUTES = [
    OpenApiRoute(
        "/{case}/numbers/{key:path}.bib", _make_reference_handler(format_bibtex, "application/x-bibtex", "bib"),
        methods=["GET"], name="a number as BibTeX",
    ),
    OpenApiRoute(
        "/{case}/numbers/{key:path}.ris", _make_reference_handler(format_ris, "application/x-research-info-systems", "ris"),
        methods=["GET"], name="a number as RIS",
    ),
    *page_routes("/{case}/numbers/{key:path}", handler, page=NumberPage),
]  # fmt: skip
