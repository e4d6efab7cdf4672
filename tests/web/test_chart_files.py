"""Downloads of charts: every chart as SVG, PNG and CSV, each with its source line."""

import csv
import io
from xml.etree import ElementTree as Tree

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.web.chart_file import add_title_and_source, format_source_line
from detente.web.chart_list import CHARTS

BASE = "/pakistan-afghanistan/charts"
KEYS = (
    *CHARTS, "deaths-target", "deaths-host", "response-strike-defiance", "claim-safe_haven", "simulator-strike",
)  # fmt: skip


def read_rows(text: str) -> tuple[str, list[dict[str, str]]]:
    """Return the source line and the rows of a CSV."""
    head, body = text.split("\n", 1)
    return head, list(csv.DictReader(io.StringIO(body)))


@pytest.mark.parametrize("key", KEYS)
def test_chart_downloads_with_source(reader: TestClient, flagship: Case, key: str) -> None:
    """A chart comes as SVG and as CSV, both with the record, its licence and the day of knowledge."""
    svg, table = (reader.get(f"{BASE}/{key}.{f}") for f in ("svg", "csv"))
    source = format_source_line(flagship)
    words = " ".join(t.text or "" for t in Tree.fromstring(svg.text).iter("{http://www.w3.org/2000/svg}text"))
    assert source in words
    head, rows = read_rows(table.text)
    assert source in head
    assert rows
    assert f'filename="{flagship.id}-{key}.svg"' in svg.headers["content-disposition"]


def test_chart_downloads_as_png(reader: TestClient) -> None:
    """A chart comes as PNG."""
    answer = reader.get(f"{BASE}/index.png")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content[:4] == b"\x89PNG"


def test_deaths_cite_their_source(reader: TestClient, flagship: Case) -> None:
    """Figures of another source carry its citation, and its provisional years are marked."""
    view = flagship.longer_view
    assert view is not None
    head, rows = read_rows(reader.get(f"{BASE}/deaths-target.csv").text)
    assert view.figures.cite in head
    assert {r["year"] for r in rows if r["figures"] == "provisional"} == {
        str(b.year) for b in view.bars if b.provisional and b.country == flagship.case.names.target
    }


def test_responses_say_which_pass_checks(reader: TestClient) -> None:
    """The table of responses marks links that pass the checks, as many as the page counts."""
    page = reader.get("/pakistan-afghanistan/responses.json").json()["page"]
    _, rows = read_rows(reader.get(f"{BASE}/responses.csv").text)
    assert sum(r["passes_checks"] == "yes" for r in rows) == page["standing"]


def test_simulator_chart_follows_its_settings(reader: TestClient) -> None:
    """A chart of the simulator has the settings of the page that it stands on."""
    plain = reader.get(f"{BASE}/simulator-attack.csv?days=90")
    fewer = reader.get(f"{BASE}/simulator-attack.csv?days=90&border=0.5")
    assert "with_median" not in plain.text
    last = read_rows(fewer.text)[1][-1]
    assert last["day"] == "90"
    assert float(last["with_median"]) < float(last["without_median"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nope.svg", 404), ("index.gif", 404), ("deaths-moon.csv", 404), ("claim-nope.svg", 404), ("response-a-b.svg", 404),
        ("response-strike-strike.svg?days=31", 400), ("simulator-strike.svg?border=x", 400), ("simulator-moon.svg", 404),
        ("calibration-7.png", 404), ("atlas.svg?channel=moon", 400), ("%0d%0a.svg", 404),
    ],
)  # fmt: skip
def test_unknown_chart_is_refused(reader: TestClient, path: str, status: int) -> None:
    """An unknown chart or setting gives a clear error."""
    assert reader.get(f"{BASE}/{path}").status_code == status


def test_long_source_breaks_into_lines() -> None:
    """A title and a source longer than the drawing stand in several lines, and the drawing grows."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><a href="/x"><path d="M0 0"/></a></svg>'
    drawn = Tree.fromstring(add_title_and_source(svg, "A title of many words " * 3, "a source of many words " * 6))
    texts = list(drawn.iter("{http://www.w3.org/2000/svg}text"))
    assert len(texts) > 6
    assert float(drawn.get("height", "0")) > 200
    assert not list(drawn.iter("{http://www.w3.org/2000/svg}a"))
