"""The brief as a page, and its downloads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Case
from detente.api.case_cache import cached_per_case
from detente.brief.render.html import LinkPrefixes, build_inline_svgs
from detente.brief.render.json import build_brief_data
from detente.web.brief_downloads import DOWNLOADS, render_brief_file
from detente.web.openapi_route import OpenApiRoute
from detente.web.rendering.etag import etag_matches
from detente.web.rendering.responses import get_case, page_routes, provenance_footer, respond, template_environment


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of the table of contents: its anchor, its text, and its numbered points."""

    anchor: str
    name: str
    points: tuple[tuple[int, "ContentsEntry"], ...] = ()


@dataclass(frozen=True, slots=True)
class BriefDownload:
    """A download: its address and its name."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class BriefPage:
    """The brief: `brief` is what `detente brief` writes as brief.json; `contents` its table of contents; `forms` its downloads."""

    brief: Mapping[str, Any]
    contents: tuple[ContentsEntry, ...]
    forms: tuple[BriefDownload, ...]


@cached_per_case()
def build_brief_page(prepared: Case) -> BriefPage:
    """Build the page; the last 64 are kept in memory."""
    b = build_brief_data(prepared.document)
    forms = tuple(BriefDownload(f"/{prepared.id}/brief.{f.extension}", f.name) for f in DOWNLOADS.values())
    return BriefPage(b, _build_contents(b), (*forms, BriefDownload(f"/{prepared.id}/brief.json", "JSON")))


def _build_contents(b: Mapping[str, Any]) -> tuple[ContentsEntry, ...]:
    n = 0
    out = [ContentsEntry("answer", "The answer")]
    if b["changes"]["sentences"]:
        out.append(ContentsEntry("changes", f"What changed since {b['since_words']}"))
    out.append(ContentsEntry("introduction", "Introduction"))
    for s in b["sections"]:
        points = []
        for p in s["points"]:
            n += 1
            points.append((n, ContentsEntry(p["claim"], p["headline"])))
        out.append(ContentsEntry(s["key"], s["title"], tuple(points)))
    out += [ContentsEntry("outlook", "What may come"), ContentsEntry("conclusion", "Conclusion and way forward")]
    out.append(ContentsEntry("findings", "Annex: all findings"))
    if b["outlook"]["picture"]:
        out.append(ContentsEntry("forecast-scores", "Forecast: spread and past scores"))
    if b["alternatives"]["sentences"]:
        out.append(ContentsEntry("alternatives", "Other readings"))
    return (
        *out, ContentsEntry("unseen", "Limitations"), ContentsEntry("record", "The record behind it"),
        ContentsEntry("method", "Method"), ContentsEntry("sources", "Sources"),
    )  # fmt: skip


@cached_per_case()
def _render_body(prepared: Case) -> Markup:
    at = f"/{prepared.id}"
    text = template_environment().get_template("shared/body.html").render(
        b=build_brief_page(prepared).brief, svg=build_inline_svgs(prepared.document), to=LinkPrefixes(f"{at}/events/", f"{at}/claims/")
    )  # fmt: skip
    return Markup(text)


async def handler(request: Request) -> Response:
    """Return the whole brief."""
    prepared = get_case(request)
    content = await run_in_threadpool(build_brief_page, prepared)
    body = await run_in_threadpool(_render_body, prepared)
    return respond(request, "brief.html", content, foot=provenance_footer(prepared), title="Brief", body=body)


async def download_brief(request: Request) -> Response:
    """Download the brief as a file: PDF, Word, Markdown, BibTeX or RIS."""
    prepared = get_case(request)
    form = DOWNLOADS.get(request.path_params["form"])
    if form is None:
        known = ", ".join([*DOWNLOADS, "json"])
        raise HTTPException(404, f"Unknown format {request.path_params['form']!r}. Known: {known}.")
    address = f"{request.app.state.settings.address.rstrip('/')}/{prepared.id}/brief"
    file = await run_in_threadpool(render_brief_file, prepared, form.extension, address)
    headers = {
        "ETag": file.etag,
        "Cache-Control": "no-cache",
        "Content-Disposition": f'inline; filename="{prepared.id}-{prepared.g.as_of}.{form.extension}"',
    }
    if etag_matches(request, file.etag):
        return Response(status_code=304, headers=headers)
    if file.compressed and "gzip" in request.headers.get("accept-encoding", ""):
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(file.compressed, media_type=form.media_type, headers=headers)
    # Keeps the middleware from compressing files that are compressed already, such as PDF and Word.
    headers["Content-Encoding"] = "identity"
    return Response(file.content, media_type=form.media_type, headers=headers)


ROUTES = (
    *page_routes("/{case}/brief", handler, page=BriefPage),
    OpenApiRoute("/{case}/brief.{form}", download_brief, methods=["GET"], name="brief as a file"),
)
