"""What holds for every page: HTML and JSON at one address, problems told as pages, files kept by content."""

import json
from html import unescape

import pytest
from starlette.testclient import TestClient


def test_a_page_and_its_data_stand_at_one_address(client: TestClient) -> None:
    html = client.get("/pakistan-afghanistan/claims")
    data = client.get("/pakistan-afghanistan/claims.json").json()
    assert html.headers["content-type"].startswith("text/html")
    assert data["page"]["rows"]
    for row in data["page"]["rows"]:
        assert row["statement"] in unescape(html.text)
    assert data["provenance"]["sha256"][:16] in html.text


@pytest.mark.parametrize("twin", ["", ".json"])
def test_a_case_that_is_not_served_is_answered_with_the_nearest_name(client: TestClient, twin: str) -> None:
    answer = client.get(f"/pakistan-afganistan/claims{twin}")
    assert answer.status_code == 404
    assert "Nearest: 'pakistan-afghanistan'" in unescape(answer.text)


def test_an_address_changes_with_its_file(client: TestClient) -> None:
    from detente.web.rendering.responses import static_url

    assert static_url("workbench.css") != static_url("mark.svg").replace("mark.svg", "workbench.css")
    kept = client.get(static_url("workbench.css"))
    assert "immutable" in kept.headers["cache-control"]


def test_data_is_json_to_the_letter(client: TestClient) -> None:
    text = client.get("/index.json").text
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no number of JSON"))
