"""The brief as a page, and the forms of it to print, to work on and to cite."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from detente.api.case import Study
from detente.brief.render.html import To, drawings
from detente.brief.render.json import as_data
from detente.web.brief_downloads import BY_ENDING, FORMS, made
from detente.web.openapi_route import Described
from detente.web.rendering.etag import holds
from detente.web.rendering.responses import both, environment, foot, respond, study_of


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the contents: its anchor, its words, and the points beneath it, numbered through."""

    anchor: str
    name: str
    points: tuple[tuple[int, "Place"], ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """A form to take along: its address and what it is called."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class BriefPage:
    """The brief: `brief` is what `detente brief` writes as brief.json; `contents` its places; `forms` to take along."""

    brief: Mapping[str, Any]
    contents: tuple[Place, ...]
    forms: tuple[Offered, ...]


def page(study: Study) -> BriefPage:
    """The page's content."""
    return _page(study.key, _Held(study))


class _Held:
    """A study that a cache may hold beside its key without comparing what is in it."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=64)
def _page(_key: str, held: _Held) -> BriefPage:
    b = as_data(held.study.brief)
    forms = tuple(Offered(f"/{held.study.id}/brief.{f.ending}", f.name) for f in FORMS)
    twin = Offered(f"/{held.study.id}/brief.json", "JSON")
    return BriefPage(b, _contents(b), (*forms, twin))


def _contents(b: Mapping[str, Any]) -> tuple[Place, ...]:
    n = 0
    out = [Place("demands", "Core demands"), Place("findings", "All findings")]
    if b["changes"]["sentences"]:
        out.append(Place("changes", f"What changed since {b['since_words']}"))
    out.append(Place("introduction", "Introduction"))
    for s in b["sections"]:
        points = []
        for p in s["points"]:
            n += 1
            points.append((n, Place(p["claim"], p["headline"])))
        out.append(Place(s["key"], s["title"], tuple(points)))
    out.append(Place("outlook", "What may come"))
    out.append(Place("outlook", "What may come"))
    out.append(Place("conclusion", "Conclusion and way forward"))
    if b["alternatives"]["sentences"]:
        out.append(Place("alternatives", "Other readings"))
    return (
        *out, Place("unseen", "What we cannot see"), Place("record", "The record behind it"), Place("method", "Method"),
        Place("sources", "Sources"),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _body(_key: str, held: _Held) -> Markup:
    study = held.study
    at = f"/{study.id}"
    text = environment().get_template("shared/body.html").render(
        b=page(study).brief, svg=drawings(study.brief), to=To(f"{at}/events/", f"{at}/claims/")
    )  # fmt: skip
    return Markup(text)


async def handler(request: Request) -> Response:
    """`/{case}/brief`."""
    study = study_of(request)
    content = await run_in_threadpool(page, study)
    body = await run_in_threadpool(_body, study.key, _Held(study))
    return respond(request, "brief.html", content, foot=foot(study), title="Brief", body=body)


async def taken_along(request: Request) -> Response:
    """`/{case}/brief.pdf` and the like."""
    study = study_of(request)
    form = BY_ENDING.get(request.path_params["form"])
    if form is None:
        known = ", ".join([*BY_ENDING, "json"])
        raise HTTPException(404, f"The brief is not made as {request.path_params['form']!r}. It is made as: {known}.")
    address = f"{request.app.state.settings.address.rstrip('/')}/{study.id}/brief"
    file = await run_in_threadpool(made, study, form.ending, address)
    headers = {
        "ETag": file.etag,
        "Cache-Control": "no-cache",
        "Content-Disposition": f'inline; filename="{study.id}-{study.g.as_of}.{form.ending}"',
    }
    if holds(request, file.etag):
        return Response(status_code=304, headers=headers)
    if file.compressed and "gzip" in request.headers.get("accept-encoding", ""):
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(file.compressed, media_type=form.media, headers=headers)
    # Said so that no layer compresses again what is compressed: a PDF, a Word file.
    headers["Content-Encoding"] = "identity"
    return Response(file.content, media_type=form.media, headers=headers)


ROUTES = (
    *both("/{case}/brief", handler, page=BriefPage),
    Described("/{case}/brief.{form}", taken_along, methods=["GET"], name="brief to take along"),
)
