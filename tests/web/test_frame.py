"""Properties of every page: HTML and JSON at one address, error pages, static files cached by content."""

import json
from html import unescape

import pytest
from starlette.testclient import TestClient


def test_html_and_json_share_address(client: TestClient) -> None:
    """HTML and JSON of a page have one address and equal content."""
    html = client.get("/pakistan-afghanistan/claims")
    data = client.get("/pakistan-afghanistan/claims.json").json()
    assert html.headers["content-type"].startswith("text/html")
    assert data["page"]["rows"]
    for row in data["page"]["rows"]:
        assert row["statement"] in unescape(html.text)
    assert data["provenance"]["sha256"][:16] in html.text


@pytest.mark.parametrize("twin", ["", ".json"])
def test_unknown_case_suggests_nearest(client: TestClient, twin: str) -> None:
    """An unknown case gives 404 and the nearest id."""
    answer = client.get(f"/pakistan-afganistan/claims{twin}")
    assert answer.status_code == 404
    assert "'pakistan-afghanistan'" in unescape(answer.text)


def test_static_address_depends_on_content(client: TestClient) -> None:
    """The address of a static file depends on its content, so browsers may cache it."""
    from detente.web.rendering.responses import static_url

    assert static_url("workbench.css") != static_url("mark.svg").replace("mark.svg", "workbench.css")
    response = client.get(static_url("workbench.css"))
    assert "immutable" in response.headers["cache-control"]


def test_json_has_no_special_numbers(client: TestClient) -> None:
    """JSON contains no NaN or infinity."""
    text = client.get("/index.json").text
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not valid in JSON"))
