"""Who answers whom as pages: their numbers are those of the fitted system, sign by shape as well as colour."""

import re
from html import unescape

import numpy as np
import pytest
from starlette.testclient import TestClient

from detente.api.case import PreparedCase
from detente.charts.inline.arrow import draw_arrow
from detente.claims.estimate import compute_response_draws
from detente.model.summaries import criticality, direct_responses, total_responses

CASE = "/pakistan-afghanistan"


@pytest.mark.parametrize("days", [7, 30, 90])
def test_the_matrix_holds_the_direct_responses_of_the_fit(
    client: TestClient, flagship: PreparedCase, days: int
) -> None:
    page = client.get(f"{CASE}/responses.json?days={days}").json()["page"]
    assert flagship.system is not None
    r = direct_responses(flagship.system, days)
    for k, row in enumerate(page["rows"]):
        assert [c["mean"] for c in row] == pytest.approx(r.mean[k])
        assert [c["low"] for c in row] == pytest.approx(r.low[k])
        assert [c["more"] for c in row] == pytest.approx(r.positive[k])
        assert {c["answer"] for c in row} == {r.channels[k]}
    assert page["sure"] == int(((r.positive >= 0.95) | (r.positive <= 0.05)).sum())
    assert page["by_chance"] == pytest.approx(10)
    assert page["criticality"]["median"] == criticality(flagship.system).median


def test_a_cells_page_tells_the_response_day_by_day_up_to_the_days_asked_for(
    client: TestClient, flagship: PreparedCase
) -> None:
    page = client.get(f"{CASE}/responses/strike/defiance.json?days=14").json()["page"]
    s = flagship.system
    assert s is not None
    k, j = s.channels.index("defiance"), s.channels.index("strike")
    assert page["curve"]["mean"][14] == pytest.approx(direct_responses(s, 14).mean[k, j])
    assert page["curve"]["low"][14] == pytest.approx(direct_responses(s, 14).low[k, j])
    assert page["in_turn"]["mean"][14] == pytest.approx(total_responses(s, 14).mean[k, j])
    assert page["curve"]["mean"][0] == 0
    # The number is made as those of the claims are, from the same draws.
    assert page["number"]["value"] == pytest.approx(
        compute_response_draws(s, ((1.0, "strike", "defiance"),), 14).mean()
    )
    assert page["number"]["recipe"]["terms"] == [[1.0, "strike", "defiance"]]


def test_every_cell_is_a_link_that_works_without_a_script(client: TestClient) -> None:
    html = client.get(f"{CASE}/responses").text
    links = re.findall(r'<td class="[^"]*"><a href="([^"]+)"', html)
    assert len(links) == 100
    for address in links[::17]:
        assert client.get(address).status_code == 200


def test_the_response_that_is_most_sure_is_told_as_more_and_in_the_words_of_its_probability(client: TestClient) -> None:
    text = unescape(client.get(f"{CASE}/responses/strike/defiance").text)
    assert re.search(r"that it is more is <span[^>]*>almost certain", text)
    assert "The sign is open" not in text


@pytest.mark.parametrize("twin", ["", ".json"])
def test_what_is_not_offered_is_told_with_what_is(client: TestClient, twin: str) -> None:
    assert "7, 14, 30 or 90 days" in client.get(f"{CASE}/responses{twin}?days=31").text
    assert client.get(f"{CASE}/responses{twin}?days=x").status_code == 400
    lost = client.get(f"{CASE}/responses/strik/defiance{twin}")
    assert lost.status_code == 404
    assert "Nearest: 'strike'" in unescape(lost.text)


def test_sign_is_told_by_shape_and_not_by_colour_alone() -> None:
    def shape(drawing: str) -> str:
        found = re.search(r' d="([^"]+)"', drawing)
        assert found
        return found[1]

    assert shape(draw_arrow(0.3, sure=True)) != shape(draw_arrow(-0.3, sure=True))
    assert shape(draw_arrow(0.3, sure=True)) == shape(draw_arrow(0.3, sure=False))
    sizes = [float(shape(draw_arrow(m, sure=True)).split("L")[1].split(" ")[0]) for m in (0.05, 0.2, 0.5)]
    assert np.all(np.diff(sizes) > 0)
