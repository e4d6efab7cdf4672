"""Filters and order of a release's page, as its address writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from detente.api.events.filters import MAX_TEXT_LENGTH, BadEventQuery
from detente.core.date_range import format_date
from detente.core.errors import nearest, quoted_choices
from detente.events import countries
from detente.store.release_query import RELEASE_SORTS, ReleaseFilter

RELEASE_QUERY = {
    "text": "words that all occur in the id, summary, place or names",
    "actor": "a part of an actor's name, as the source writes it",
    "country": "country code, as the release has it; repeatable",
    "type": "PLOVER type; repeatable",
    "from": "earliest first day, YYYY-MM-DD",
    "to": "latest first day, YYYY-MM-DD",
    "sort": f"order: {', '.join(RELEASE_SORTS)}",
    "view": "list or table",
    "page": "page number from 1",
}


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """Filters and order of a release's page, and whether it is shown as `list` or `table`."""

    filter: ReleaseFilter
    sort: str
    view: str


def parse_release_view(params: Sequence[tuple[str, str]]) -> ReleaseView:
    """Parse the filters of a URL's query; other parameters are ignored.

    Raises:
        BadEventQuery: an invalid value.
    """
    given = [(k, v.strip()) for k, v in params if v.strip()]

    def last(name: str) -> str:
        return next((v for k, v in reversed(given) if k == name), "")

    def day(name: str) -> date | None:
        try:
            return date.fromisoformat(last(name)) if last(name) else None
        except ValueError:
            raise BadEventQuery(name, last(name)[:40], "is not a date", "Write it as YYYY-MM-DD.") from None

    for name in ("text", "actor"):
        if len(last(name)) > MAX_TEXT_LENGTH:
            why = f"is longer than {MAX_TEXT_LENGTH} characters"
            raise BadEventQuery(name, last(name)[:40] + "…", why, "Write fewer words.")
    for name, known in (("sort", RELEASE_SORTS), ("view", ("list", "table"))):
        if last(name) and last(name) not in known:
            near = quoted_choices(nearest(last(name)[:40], known))
            raise BadEventQuery(name, last(name)[:40], "is unknown", f"Nearest: {near}. Known: {', '.join(known)}.")
    first, final = day("from"), day("to")
    if first and final and final < first:
        raise BadEventQuery("to", str(final), f"is before the start date {first}", "Swap the two dates.")
    chosen = {n: tuple(sorted({v[:100] for k, v in given if k == n}))[:50] for n in ("country", "type")}
    asked = ReleaseFilter(
        text=" ".join(last("text").split()), actor=last("actor"), country=chosen["country"], type=chosen["type"],
        first=first, last=final,
    )  # fmt: skip
    return ReleaseView(asked, last("sort") or "newest", last("view") or "list")


def build_release_query(v: ReleaseView, page: int = 1) -> str:
    """Write a view as a query string with its question mark; empty for the defaults."""
    f = v.filter
    parts = [("country", c) for c in f.country] + [("type", t) for t in f.type]
    single = {
        "from": f.first, "to": f.last, "actor": f.actor, "text": f.text, "sort": v.sort if v.sort != "newest" else "",
        "view": v.view if v.view != "list" else "", "page": page if page > 1 else "",
    }  # fmt: skip
    parts += [(k, str(x)) for k, x in single.items() if x]
    return f"?{urlencode(parts)}" if parts else ""


def describe_release_filter(f: ReleaseFilter) -> tuple[str, ...]:
    names = countries.load_country_names()
    said = [
        "in " + " or ".join(names.get(c, c) for c in f.country) if f.country else "",
        "type " + " or ".join(t.lower() for t in f.type) if f.type else "",
        f"actor “{f.actor}”" if f.actor else "",
        f"from {format_date(f.first)}" if f.first else "",
        f"to {format_date(f.last)}" if f.last else "",
        f"“{f.text}”" if f.text else "",
    ]
    return tuple(s for s in said if s)
