"""The ground of the shipped cases' maps: towns, rivers, and a border to draw where a case has no geometry."""

import pytest

from detente.cases.case_file import find_shipped_cases, load_case_file
from detente.web.map.ground import geography_of, load_ground


@pytest.mark.parametrize("case_id", sorted(find_shipped_cases()))
def test_shipped_case_has_towns_and_rivers(case_id: str) -> None:
    """Every shipped case has towns of several magnitudes, rivers and neighbours."""
    ground = load_ground(case_id)
    assert ground is not None
    assert len({t.zoom for t in ground.towns}) > 3
    assert not ground.rivers.is_empty
    assert len(ground.land) > 3
    assert "Natural Earth" in ground.source
    assert "GeoNames" in ground.source


@pytest.mark.parametrize("case_id", ["turkiye-iraq-pkk", "rwanda-drcongo-fdlr"])
def test_case_without_geometry_can_be_drawn(case_id: str) -> None:
    """A case without a geometry of its own has both states and their border, for drawing."""
    ground, case = load_ground(case_id), load_case_file(case_id)
    assert ground is not None
    geo = geography_of(ground, case.countries.values())
    assert geo is not None
    assert [p["properties"]["country"] for p in geo.provinces] == list(case.countries.values())
    assert geo.border.length > 1
    assert all(geo.border.distance(ground.land[c]) < 0.05 for c in case.countries.values())


def test_case_with_geometry_keeps_its_own() -> None:
    """The ground of the flagship has no border and no land of its two states: its own file draws them."""
    ground = load_ground("pakistan-afghanistan")
    assert ground is not None
    assert geography_of(ground, ("PAK", "AFG")) is None
    assert not {"PAK", "AFG"} & ground.land.keys()


@pytest.mark.parametrize("case_id", ["my-case", "", "../ground/pakistan-afghanistan", "a/b"])
def test_other_case_has_no_ground(case_id: str) -> None:
    """A case that is not shipped has no ground, and a name is no path."""
    assert load_ground(case_id) is None
