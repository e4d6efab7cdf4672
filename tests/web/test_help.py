"""Help on every page, error pages that lead on, and that no page sends a reader to a terminal."""

import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import detente.web
from detente.cases.errors import MissingUserData
from detente.core.errors import DetenteError
from detente.store.errors import NoStore
from detente.web.app import ERROR_TITLES
from detente.web.errors import describe_for_browser
from detente.web.rendering.page_help import PAGE_HELP, find_page_help

CASE = "/pakistan-afghanistan"
PAGES = (
    "/", "/ask", "/ask?q=Are+the+crossings+open", "/data", "/glossary", "/comments", "/account/login", "/account/sign-up",
    f"{CASE}/", f"{CASE}/brief", f"{CASE}/claims", f"{CASE}/claims/trust", f"{CASE}/events", f"{CASE}/events/DL-20251009-01",
    f"{CASE}/map", f"{CASE}/responses", f"{CASE}/responses/strike/defiance", f"{CASE}/forecast", f"{CASE}/whatif",
    f"{CASE}/numbers/episodes",
)  # fmt: skip
# Names of commands, as they would be typed.
COMMAND = re.compile(
    r"detente (answer|brief|cache|case|events|explain|fetch|forecast|glossary|ingest|measure|serve|status|store|user|whatif)\b|pip install"
)
TEMPLATES = Path(detente.web.__file__).parent / "templates"


def _visible_text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.S)))


@pytest.mark.parametrize("page", PAGES)
def test_page_has_help(reader: TestClient, page: str) -> None:
    """Each page begins with its help, which leads to an existing part of the general help."""
    html = reader.get(page).text
    (panel,) = re.findall(r'<details class="page-help">.*?</details>', html, flags=re.S)
    (address,) = re.findall(r'href="(/how-to-read[^"]*)"', panel)
    anchor = address.partition("#")[2]
    assert not anchor or f'id="{anchor}"' in reader.get("/how-to-read").text


def test_help_texts_belong_to_templates() -> None:
    """Each help is of a template that exists, says three sentences or four, and each leads on."""
    for template, help in PAGE_HELP.items():
        assert (TEMPLATES / template).is_file(), template
        assert 3 <= len(help.sentences) <= 4, template
    assert find_page_help("no such.html").address == "/how-to-read"


@pytest.mark.parametrize("page", [*PAGES, "/how-to-read", "/nowhere", f"{CASE}/events/none", f"{CASE}/whatif?joint=many", "/data/verify"])  # fmt: skip
def test_no_page_tells_of_commands(reader: TestClient, page: str) -> None:
    """No page tells a reader to type a command; the brief's provenance, which says how it was made, may."""
    text = _visible_text(reader.get(page).text)
    if page.endswith("/brief"):
        text = re.sub(r"made with.*", "", text, flags=re.I)
        text = text.replace("detente brief pakistan-afghanistan", "", 1)
    assert COMMAND.findall(text) == []


@pytest.mark.parametrize(
    "error",
    [
        DetenteError("The file is too large. Split it, or read it with `detente ingest FILE`."),
        DetenteError("The release is damaged. List it with `detente store verify`."), NoStore(Path("/srv/private/store")),
        MissingUserData("mali", "ucdp", Path("/srv/private"), "UCDP publishes it.", None), DetenteError("Run: detente cache clear."),
    ],
)  # fmt: skip
def test_error_for_browser_has_no_command(error: DetenteError) -> None:
    """The message keeps what happened, and neither commands nor folders of the server."""
    shown = describe_for_browser(error)
    assert shown
    assert not COMMAND.search(shown)
    assert "/srv" not in shown


@pytest.mark.parametrize(
    ("address", "status", "onward"),
    [
        ("/nowhere", 404, "/ask"), ("/commets", 404, "/comments"), ("/pakistan-afganistan/", 404, f"{CASE}/"), (f"{CASE}/evnts", 404, f"{CASE}/events"),
        (f"{CASE}/events/DL-none", 404, f"{CASE}/events"), (f"{CASE}/claims/trst", 404, f"{CASE}/claims"), (f"{CASE}/events?from=soon", 400, f"{CASE}/events"),
        ("/account", 401, "/account/login?then=/account"), ("/accounts", 401, "/account/login?then=/accounts"), ("/metrics", 403, "/account/login?then=/metrics"),
    ],
)  # fmt: skip
def test_error_page_leads_on(reader: TestClient, address: str, status: int, onward: str) -> None:
    """An error page says what happened and links the page that comes nearest, first or among the first."""
    answer = reader.get(address)
    assert answer.status_code == status
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    links = [unescape(x) for x in re.findall(r'href="([^"]+)"', main)]
    assert onward in links[:3], links
    assert len(re.findall(r"<h1>", main)) == 1


def test_every_status_has_title() -> None:
    """Each status that a page can have is named in words."""
    assert {401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 503} <= set(ERROR_TITLES)
