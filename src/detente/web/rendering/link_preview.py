"""What other sites show with a link to a page: title, description and picture (Open Graph)."""

from dataclasses import dataclass

from starlette.requests import Request

from detente.api.case import Case
from detente.core.date_range import format_date

MOST_LETTERS = 300
HOUSE_LINE = (
    "Conflicts between two states over an armed group: measured, explained, forecast and briefed from sourced events."
)


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """A page's own description, and the path of its picture, which may be empty: the picture of its case."""

    description: str
    image: str = ""


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """Open Graph data of a page; `url`, `image` and `feed` are public addresses, `feed` is empty without a case."""

    description: str
    url: str
    image: str
    feed: str


def build_metadata(request: Request, preview: LinkPreview | None, case: Case | None) -> PageMetadata:
    """Build the data of a page: its own preview, else the question of its case and the last covered day, else the site's line.

    The address is the configured public one, never that of the request, which a client can choose.
    """
    settings = getattr(request.app.state, "settings", None)  # an application of error pages alone has none
    base: str = settings.address.rstrip("/") if settings else ""
    own = preview.image if preview else ""
    image = own or (f"/{case.id}/preview/case.png" if case else "/preview.png")
    known = f" Collected systematically up to {format_date(case.g.watched_to)}." if case else ""
    text = preview.description if preview else f"{case.case.question}{known}" if case else HOUSE_LINE
    short = text if len(text) <= MOST_LETTERS else text[:MOST_LETTERS].rsplit(" ", 1)[0] + "…"
    feed = f"{base}/{case.id}/digest.atom" if case else ""
    return PageMetadata(short, base + request.url.path, base + image, feed)
