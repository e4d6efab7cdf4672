"""The page of one number: the sentence it stands in, how it was made, its interval and the events behind it."""

from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.api.events.event_row import EventRow, build_event_row
from detente.api.traced_numbers import TracedNumber, find_traced_number
from detente.core.date_range import format_date
from detente.measures.quantity import Quantity
from detente.text.sentence import Sentence
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond

MAX_EVENTS = 200
"""Events listed on the page; the JSON names all."""


@dataclass(frozen=True, slots=True)
class NumberPage:
    """One printed number.

    Fields:
        number: value, interval and events. text: as printed. sentence: the first that prints it. rows: its first 200 events.
        missing: events behind it that the record no longer holds. quote: text to quote it with, with source and day.
    """

    number: Quantity
    text: str
    sentence: Sentence
    rows: tuple[EventRow, ...]
    missing: int
    quote: str


def build_number_page(prepared: Case, found: TracedNumber) -> NumberPage:
    """Build the page."""
    known = {e.id: e for e in prepared.g.events}
    events = [known[k] for k in found.measured.events if k in known]
    dataset = next(iter(prepared.datasets), None)
    source = f"{dataset.cite} " if dataset else ""
    quote = f"“{found.sentence.text}” {source}As known on {format_date(prepared.g.as_of)}; release {prepared.g.release.name}."
    rows = tuple(build_event_row(prepared, e) for e in events[:MAX_EVENTS])
    return NumberPage(found.measured, found.text, found.sentence, rows, len(found.measured.events) - len(events), quote)


async def handler(request: Request) -> Response:
    """Return how one printed number was made."""
    prepared, key = get_case(request), request.path_params["key"]
    found = await run_in_threadpool(find_traced_number, prepared, key)
    if found is None:
        raise HTTPException(404, f"No page prints a number {key[:80]!r} any more. See the brief or the claims.")
    page = build_number_page(prepared, found)
    names: dict[str, Any] = {"few": len(page.number.events) - page.missing - len(page.rows)}
    return respond(
        request, "number.html", page, foot=provenance_footer(prepared), title="How this number was made", **names
    )


ROUTES = page_routes("/{case}/numbers/{key:path}", handler, page=NumberPage)
