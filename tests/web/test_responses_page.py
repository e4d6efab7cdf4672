"""Response pages: numbers of the fitted model, sign by shape as well as colour."""

import re
from html import unescape

import numpy as np
import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.charts.inline.arrow import draw_arrow
from detente.claims.estimate import compute_response_draws
from detente.model.responses_table import tabulate_responses
from detente.model.summaries import criticality, direct_responses, total_responses
from detente.text.probability_words import probability_word

CASE = "/pakistan-afghanistan"


@pytest.mark.parametrize("days", [7, 30, 90])
def test_matrix_equals_direct_responses(reader: TestClient, flagship: Case, days: int) -> None:
    """The matrix equals the direct responses of the fitted model."""
    page = reader.get(f"{CASE}/responses.json?days={days}").json()["page"]
    assert flagship.system is not None
    r = direct_responses(flagship.system, days)
    for k, row in enumerate(page["rows"]):
        assert [c["mean"] for c in row] == pytest.approx(r.mean[k])
        assert [c["low"] for c in row] == pytest.approx(r.low[k])
        assert [c["more"] for c in row] == pytest.approx(r.positive[k])
        assert {c["answer"] for c in row} == {r.channels[k]}
    # Links of kinds with fewer than 30 events are not estimated, and so not counted.
    enough = [c not in page["few"] for c in r.channels]
    clear = ((r.positive >= 0.95) | (r.positive <= 0.05)) & np.outer(enough, enough)
    assert page["tested"] == sum(enough) ** 2
    assert page["sure"] == int(clear.sum())
    assert page["by_chance"] == pytest.approx(0.1 * page["tested"])
    assert page["criticality"]["median"] == criticality(flagship.system).median


def test_matrix_separates_responses_that_fail_checks(reader: TestClient, flagship: Case) -> None:
    """A certain sign whose lead check failed has a reason, is not listed in words, and has the table's verdict."""
    page = reader.get(f"{CASE}/responses.json").json()["page"]
    assert flagship.system is not None
    table = tabulate_responses(flagship.system, seed=0)
    cells = [c for row in page["rows"] for c in row]
    listed = {(c["after"], c["answer"]) for c, _ in page["said"]}
    for c in cells:
        assert (c["lead_check"], c["verdict"]) == (
            table[c["after"], c["answer"]].lead_check,
            table[c["after"], c["answer"]].verdict,
        )
        if c["sure"] and c["lead_check"] == "failed":
            assert c["reason"] or {c["after"], c["answer"]} & set(page["few"])
    felled = [c for c in cells if c["sure"] and c["verdict"] == "not supported"]
    assert felled
    assert not listed & {(c["after"], c["answer"]) for c in felled}
    assert len(listed) == page["standing"] == page["sure"] - len(felled)


def test_response_curve_equals_model(reader: TestClient, flagship: Case) -> None:
    """The curve of a response equals the model's responses at the requested horizon."""
    page = reader.get(f"{CASE}/responses/strike/defiance.json?days=14").json()["page"]
    s = flagship.system
    assert s is not None
    k, j = s.channels.index("defiance"), s.channels.index("strike")
    assert page["curve"]["mean"][14] == pytest.approx(direct_responses(s, 14).mean[k, j])
    assert page["curve"]["low"][14] == pytest.approx(direct_responses(s, 14).low[k, j])
    assert page["in_turn"]["mean"][14] == pytest.approx(total_responses(s, 14).mean[k, j])
    assert page["curve"]["mean"][0] == pytest.approx(direct_responses(s, 0).mean[k, j])
    # The number comes from the same draws as those of the claims.
    assert page["number"]["value"] == pytest.approx(
        compute_response_draws(s, ((1.0, "strike", "defiance"),), 14).mean()
    )
    assert page["number"]["recipe"]["terms"] == [[1.0, "strike", "defiance"]]


def test_response_page_counts_stated_reactions(reader: TestClient, flagship: Case) -> None:
    """The page says how many events of the second kind their sources present as reactions to the first."""
    page = reader.get(f"{CASE}/responses/strike/defiance.json").json()["page"]
    found = flagship.view.stated("strike", "defiance")
    assert found is not None
    numbers = [p["measured"]["value"] for p in page["stated"]["pieces"] if "measured" in p]
    assert numbers[:2] == [found.stated, found.total]
    key = next(p["measured"]["key"] for p in page["stated"]["pieces"] if "measured" in p)
    assert reader.get(f"{CASE}/numbers/{key}").status_code == 200


def test_matrix_cells_link_to_responses(reader: TestClient) -> None:
    """Every cell of the matrix links to its response; those that stand out are as many as the page says."""
    html = reader.get(f"{CASE}/responses").text
    standing = reader.get(f"{CASE}/responses.json").json()["page"]["standing"]
    links = re.findall(r'<td class="[^"]*"><a href="([^"]+)"', html)
    assert html.count('<td class="sure"') == standing
    assert len(links) == 100
    for address in links[::17]:
        assert reader.get(address).status_code == 200


def test_certain_response_is_worded_by_probability(reader: TestClient) -> None:
    """A response with a certain sign is described by the word of its probability."""
    page = reader.get(f"{CASE}/responses/strike/defiance.json").json()["page"]
    assert page["sure"]
    word = probability_word(page["cell"]["more"])
    assert word in re.sub(r"<[^>]+>", "", unescape(reader.get(f"{CASE}/responses/strike/defiance").text))


@pytest.mark.parametrize("twin", ["", ".json"])
def test_bad_response_query_lists_choices(reader: TestClient, twin: str) -> None:
    """An unknown horizon or channel gives an error with the known ones."""
    assert "7, 14, 30, 90" in reader.get(f"{CASE}/responses{twin}?days=31").text
    assert reader.get(f"{CASE}/responses{twin}?days=x").status_code == 400
    unknown = reader.get(f"{CASE}/responses/strik/defiance{twin}")
    assert unknown.status_code == 404
    assert "'strike'" in unescape(unknown.text)


def test_arrow_shape_shows_sign() -> None:
    """The sign is visible in the arrow's shape, not only in its colour."""

    def shape(drawing: str) -> str:
        path = re.search(r' d="([^"]+)"', drawing)
        assert path
        return path[1]

    assert shape(draw_arrow("strike", 0.3, sure=True)) != shape(draw_arrow("strike", -0.3, sure=True))
    assert shape(draw_arrow("strike", 0.3, sure=True)) == shape(draw_arrow("strike", 0.3, sure=False))
    sizes = [float(shape(draw_arrow("strike", m, sure=True)).split("L")[1].split(" ")[0]) for m in (0.05, 0.2, 0.5)]
    assert np.all(np.diff(sizes) > 0)
