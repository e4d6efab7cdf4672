"""Numbers that lead to how they were made: every one on every page, and the quotation on their own page."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.api.traced_numbers import TracedNumber, find_sentences
from detente.measures.quantity import Quantity
from detente.text.sentence import NumberPiece, make_sentence
from detente.web.pages.number import build_quotation
from support.chromium import launch_chromium, open_page, serve_app

CASE = "/pakistan-afghanistan"
PAGES = (
    "",
    "brief",
    "claims",
    "events",
    "map",
    "responses",
    "responses/strike/defiance",
    "whatif",
    "whatif?border=0.8",
    "forecast",
)
NUMBER_LINK = re.compile(r'<a class="n"[^>]*href="([^"]*)"')
NUMBER_MARK = re.compile(r'class="n"')


def _list_pages(reader: TestClient) -> list[str]:
    claims = [r["claim"] for r in reader.get(f"{CASE}/claims.json").json()["page"]["rows"]]
    ids = [r["id"] for r in reader.get(f"{CASE}/events.json").json()["page"]["rows"]]
    own = (
        [f"{CASE}/{p}" for p in PAGES]
        + [f"{CASE}/claims/{c}" for c in claims]
        + [f"{CASE}/events/{i}" for i in ids[:3]]
    )
    return ["/", "/ask?q=How+did+trade+suffer", *own]


def test_every_number_leads_to_its_page(reader: TestClient) -> None:
    """On each page each traced number is a link, to a row of the same page or to an address that answers 200."""
    checked: dict[str, str] = {}
    for page in _list_pages(reader):
        answer = reader.get(page)
        assert answer.status_code == 200, page
        links = [unescape(x) for x in NUMBER_LINK.findall(answer.text)]
        assert len(links) == len(NUMBER_MARK.findall(answer.text)), page  # no number that keys cannot reach
        for link in links:
            if link.startswith("#"):
                assert f'id="{link[1:]}"' in answer.text, (page, link)
            else:
                checked.setdefault(link, page)
    assert len(checked) > 100
    bad = {link: page for link, page in checked.items() if reader.get(link).status_code != 200}
    assert bad == {}


def _find_number(case: Case, kind: str, **recipe: str) -> TracedNumber:
    for s in find_sentences((case.document, case.forecast_summary)):
        for p in s.pieces:
            if (
                isinstance(p, NumberPiece)
                and p.measured.recipe.get("kind") == kind
                and recipe.items() <= p.measured.recipe.items()
            ):
                return TracedNumber(p.measured, p.text, s)
    raise AssertionError(f"no number of kind {kind!r}")


def test_quotation_has_all_that_a_reader_needs(reader: TestClient, flagship: Case) -> None:
    """The text holds the sentence, the figure with its interval, source, licence, day of knowledge and the full address."""
    found = _find_number(flagship, "response")
    q = reader.get(f"{CASE}/numbers/{found.measured.key}.json").json()["page"]["quotation"]
    for part in (q["sentence"], q["figure"], q["source"], q["licence"], q["address"]):
        assert part
        assert part in q["text"]
    assert "90 % interval" in q["figure"]
    assert q["known_on"] == str(flagship.g.as_of)
    assert q["address"] == f"http://127.0.0.1:8000{CASE}/numbers/{found.measured.key}"


def test_quotation_cites_whoever_counted(flagship: Case) -> None:
    """A figure of UCDP is cited as UCDP's; the record's own count beside it is the record's."""
    theirs = build_quotation(flagship, _find_number(flagship, "yardstick", part="events"), "")
    ours = build_quotation(flagship, _find_number(flagship, "yardstick", part="record"), "")
    assert "UCDP" in theirs.source
    assert flagship.datasets[0].cite in ours.source
    assert flagship.case.title in ours.source


@pytest.mark.parametrize(
    ("value", "low", "high", "level", "figure"),
    [
        (3, None, None, None, "3 deaths"), (0.5, 0.25, 0.75, 0.9, "0.5 (0.25 to 0.75) deaths; 90 % interval"),
        (None, 4, 9, None, "4 to 9 deaths; lowest and highest reported figure"), (0, 0, 0, None, "0 deaths"),
    ],
)  # fmt: skip
def test_figure_states_what_its_limits_are(
    flagship: Case, value: float | None, low: float | None, high: float | None, level: float | None, figure: str
) -> None:  # fmt: skip
    """An interval is called so, a reported range too, and an exact number has neither."""
    m = Quantity("made", value, "deaths", "made for a test", {"kind": "count"}, (), low, high, level)
    found = TracedNumber(m, "x", make_sentence("It is ", NumberPiece(m, "x"), "."))
    assert build_quotation(flagship, found, "").figure == figure


def test_references_of_number_are_valid(reader: TestClient, flagship: Case) -> None:
    """BibTeX and RIS hold the address of the page and can be downloaded."""
    found = _find_number(flagship, "count")
    page = f"{CASE}/numbers/{found.measured.key}"
    for ending, first in (("bib", "@misc{"), ("ris", "TY  - ELEC")):
        answer = reader.get(f"{page}.{ending}")
        assert answer.text.startswith(first)
        assert f"http://127.0.0.1:8000{page}" in answer.text
        assert "attachment" in answer.headers["content-disposition"]
        assert reader.get(f"{CASE}/numbers/no_such.{ending}").status_code == 404


def test_quotation_copies_by_button(reader: TestClient, flagship: Case) -> None:
    """With script a button copies the text; without, the field holds it and can be selected. Both fit a phone."""
    key = _find_number(flagship, "count").measured.key
    with serve_app(reader.app) as at, launch_chromium() as b, open_page(b, at, 390) as record:  # type: ignore[arg-type]
        record.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        record.page.goto(f"{CASE}/numbers/{key}")
        text = record.page.locator("#quotation").input_value()
        record.page.keyboard.press("Tab")
        record.page.get_by_role("button", name="Copy").click()
        record.page.get_by_text("Copied.").wait_for()
        assert record.page.evaluate("navigator.clipboard.readText()") == text
        assert record.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert record.faults == []
