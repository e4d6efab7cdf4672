"""Responses from page models (frozen dataclasses): HTML or, at the same address with `.json`, JSON."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from importlib.resources import files
from itertools import groupby
from operator import attrgetter
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from detente.api.case import Case
from detente.brief.render.html import add_filters, shared_loader
from detente.cases.channel_names import channel_name
from detente.charts.shapes import KIND_SHAPES
from detente.claims.intervention_text import format_change
from detente.core.date_range import format_date
from detente.core.errors import nearest, quoted_choices
from detente.core.version import __version__
from detente.text.glossary import load_glossary
from detente.text.probability_words import format_percent
from detente.web.case_files.served import ServedCases
from detente.web.openapi_route import Handler, OpenApiRoute, PageTypes
from detente.web.rendering.jsonable import to_json
from detente.web.rendering.link_preview import LinkPreview, build_metadata
from detente.web.rendering.page_help import PageHelp, find_page_help
from detente.web.served_case import RecordUpdate


@dataclass(frozen=True, slots=True)
class ProvenanceFooter:
    """Provenance shown on every page of a case: day of knowledge, release, licence, program version."""

    case: str
    title: str
    as_of: str
    watched_to: str
    release: str
    sha256: str
    rows: int
    events: int
    set_aside: int
    licence: str
    cite: str
    version: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a case in the navigation."""

    name: str
    path: str


CASE_TABS = (
    Tab("Overview", ""), Tab("Brief", "brief"), Tab("Digest", "digest"), Tab("Claims", "claims"), Tab("Events", "events"), Tab("Map", "map"),
    Tab("Responses", "responses"), Tab("Forecast", "forecast"), Tab("Simulator", "whatif"),
)  # fmt: skip
SITE_TABS = (
    Tab("Ask", "/ask"), Tab("Comments", "/comments"), Tab("Data", "/data"), Tab("How to read", "/how-to-read"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseMenu:
    """The case whose menu a page shows: its own, or the only one that is served."""

    case: str
    title: str


def provenance_footer(prepared: Case) -> ProvenanceFooter:
    """Build the footer of a case's pages."""
    g = prepared.g
    main = next(iter(prepared.datasets), None)
    return ProvenanceFooter(
        prepared.id, prepared.case.title, str(g.as_of), str(g.watched_to), g.release.name, g.release.sha256, g.rows,
        len(g.events), len(g.set_aside),
        main.licence if main else "", main.cite if main else "", __version__,
    )  # fmt: skip


def get_cases(request: Request) -> ServedCases:
    """Return every served case by id."""
    cases: ServedCases = request.app.state.studies
    return cases


def get_case(request: Request) -> Case:
    """Return the case named in the address, as its results were last made.

    Raises:
        HTTPException: 404, with the nearest ids, if no such case is served.
    """
    return get_cases(request)[_case_id(request)]


def get_record_case(request: Request) -> Case:
    """Return the case named in the address, as its record is now; its results may not be made yet.

    Raises:
        HTTPException: 404, as `get_case`.
    """
    return get_cases(request).served(_case_id(request)).record


def _case_id(request: Request) -> str:
    name, known = str(request.path_params["case"]), get_cases(request)
    if name not in known:
        near = quoted_choices(nearest(name, list(known)))
        raise HTTPException(404, f"Unknown case {name!r}. Nearest: {near}. Served: {', '.join(known)}.")
    return name


def wants_json(request: Request) -> bool:
    """True if the page is requested as JSON."""
    return request.url.path.endswith(".json")


def page_routes(
    path: str, handler: Handler, *, methods: tuple[str, ...] = ("GET",), name: str | None = None,
    page: PageTypes | None = None, query: Mapping[str, str] | None = None,
) -> list[Route]:  # fmt: skip
    """Build a page's routes: as HTML, and with `.json` as its data.

    Args:
        page: the possible dataclasses of the page. query: descriptions of the query parameters. Both for `/openapi.json`.
    """
    twin = f"{path.rstrip('/')}/index.json" if path.endswith("/") else f"{path}.json"
    return [
        OpenApiRoute(twin, handler, methods=["GET"], name=f"{name or path} as data", page=page, query=query),
        OpenApiRoute(path, handler, methods=list(methods), name=name or path, query=query),
    ]


def respond(
    request: Request, template: str, content: Any, *, foot: ProvenanceFooter | None = None, title: str = "",
    status: int = 200, preview: LinkPreview | None = None, help_text: PageHelp | None = None, **more: Any,
) -> Response:  # fmt: skip
    """Render a page as HTML or JSON, as requested.

    Args:
        template: under `templates/`. content: the page's dataclass, `p` in the template. foot: provenance; None for
            pages of no case. title: of the browser's tab. preview: what other sites show with a link to it; that of the case if not
            given. help_text: if it is not that of the template. more: passed to the template only, not part of the JSON.
    """
    if wants_json(request):
        return json_response({"page": content, "provenance": foot}, status)
    cases = get_cases(request)
    shown = cases.get(foot.case) if foot else next(iter(cases.values())) if len(cases) == 1 else None
    html = template_environment().get_template(template).render(
        p=content, foot=foot, title=title, request=request, case_tabs=CASE_TABS, house_tabs=SITE_TABS,
        studies=cases, update=_find_update(cases, shown), account=getattr(request.state, "account", None),
        menu=CaseMenu(shown.id, shown.case.title) if shown else None, meta=build_metadata(request, preview, shown),
        help=help_text or find_page_help(template),
        kind=partial(channel_name, shown.case) if shown else str, names=shown.case.names if shown else None,
        **more,
    )  # fmt: skip
    return HTMLResponse(html, status)


def _find_update(cases: ServedCases, shown: Case | None) -> RecordUpdate | None:
    return cases.served(shown.id).update if shown else None


def glossary_link(key: str, text: str = "") -> Markup:
    """Link a word to its entry in the glossary, with the short definition as its tooltip.

    Example:
        >>> glossary_link("crps")
        Markup('<a class="term" href="/glossary#crps" title="Continuous ranked probability score: how far a forecast of a number was off, in events. Smaller is better.">CRPS</a>')
    """
    e = load_glossary()[key]
    return Markup('<a class="term" href="/glossary#{}" title="{}">{}</a>').format(key, e.short, text or e.term)


def json_address(request: Request) -> str:
    """Return the address of the same page as JSON, with the same query."""
    path, query = request.url.path, request.url.query
    twin = f"{path}index.json" if path.endswith("/") else f"{path}.json"
    return twin + (f"?{query}" if query else "")


def json_response(data: Any, status: int = 200) -> Response:
    """Respond with JSON; NaN and infinity become null."""
    return Response(to_json(data), status, media_type="application/json")


@cache
def template_environment() -> jinja2.Environment:
    """Return the Jinja environment; everything is escaped except our own SVG."""
    env = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader("detente.web", "templates"), shared_loader()]),
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    env.globals["static"] = static_url
    env.globals["kind_shapes"] = KIND_SHAPES
    env.globals["json_address"] = json_address
    env.globals["term"] = glossary_link
    add_filters(env)
    env.filters["in_words"] = format_date
    env.filters["percent"] = format_percent
    env.filters["change"] = format_change
    env.filters["day_in_words"] = lambda day: format_date(date.fromisoformat(day))
    env.filters["groupby_kept"] = lambda rows, name: [(k, list(g)) for k, g in groupby(rows, key=attrgetter(name))]
    env.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    env.filters["thousands"] = lambda n: f"{n:,}"
    return env


def static_url(name: str) -> str:
    """Return the address of a static file with a hash of its content, so that browsers may cache it for a year.

    Example:
        >>> static_url("workbench.css").startswith("/static/workbench.css?v=")
        True
    """
    return f"/static/{name}?v={_content_hash(name)}"


@cache
def _content_hash(name: str) -> str:
    return hashlib.sha256(files("detente.web").joinpath("static", name).read_bytes()).hexdigest()[:12]
