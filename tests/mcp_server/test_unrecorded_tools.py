"""The list of cases says which kinds of event no source of a case records."""

from types import SimpleNamespace
from typing import Any

from detente.api.case import Case
from detente.mcp.tools.record import _describe_case
from support.ucdp_world import make_ucdp_world, open_world
from support.worlds import make_world


def test_case_list_names_unrecorded_kinds() -> None:
    """Of UCDP the kinds without violence are named, of a chronology none."""

    def listed(case: Case) -> list[str]:
        served: Any = SimpleNamespace(file=lambda _: case.case, open=lambda _: case)
        return list(_describe_case(served, case.id)["kinds_not_recorded"])

    unrecorded = listed(open_world(make_ucdp_world()))
    assert "dialogue" in unrecorded
    assert "clash" not in unrecorded
    assert listed(open_world(make_world([], days=40))) == []
