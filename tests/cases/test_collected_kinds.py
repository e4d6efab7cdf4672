"""What the sources of a case can testify to."""

from dataclasses import replace

import pytest

from detente.cases.testimony import KIND_WORDS, collects, describe_gaps, find_gaps
from detente.measures.event_filter import EventFilter
from support.second_source import FLAGSHIP_DATA


@pytest.mark.parametrize(
    ("source", "held", "missing"),
    [
        ("ucdp", ("attack", "clash", "strike"), ("defiance", "dialogue", "closure", "operation", "restraint")),
        ("acled", ("attack", "deaths"), ("pressure", "civilian_deaths")),
        ("gdelt", ("defiance", "dialogue"), ("closure", "deaths")),
        ("ucdp + gdelt", ("defiance", "deaths"), ("closure",)),
    ],
)
def test_collects_follows_sources(source: str, held: tuple[str, ...], missing: tuple[str, ...]) -> None:
    """A case collects what one of its sources records, and nothing else."""
    g = replace(FLAGSHIP_DATA, release=replace(FLAGSHIP_DATA.release, source=source))
    assert all(collects(g, k) for k in held)
    assert not any(collects(g, k) for k in missing)


def test_collects_own_table_by_events() -> None:
    """Of a table that is not described, a kind is collected only if an event of it is on record."""
    events = tuple(replace(e, source="my table") for e in FLAGSHIP_DATA.of("attack", "defiance"))
    g = replace(FLAGSHIP_DATA, events=events, release=replace(FLAGSHIP_DATA.release, source="my table"))
    assert collects(g, "attack")
    assert not collects(g, "dialogue")


def test_find_gaps_reads_types_and_modes() -> None:
    """A filter without channels is judged by its types and modes."""
    ucdp = replace(FLAGSHIP_DATA, release=replace(FLAGSHIP_DATA.release, source="ucdp"))
    filters = (
        EventFilter(types=("REJECT",)),
        EventFilter(modes=("close-crossing",)),
        EventFilter(channels=("strike", "dialogue")),
        EventFilter(channels=("strike", "clash"), types=("ASSAULT",)),
    )
    assert [bool(find_gaps(ucdp, f.as_data())) for f in filters] == [True, True, True, False]
    assert not any(find_gaps(FLAGSHIP_DATA, f.as_data()) for f in filters)
    assert "UCDP" in describe_gaps(ucdp, find_gaps(ucdp, filters[2].as_data()))


def test_describe_gaps_names_partly_recorded_kinds() -> None:
    """UCDP records deadly acts of the host and of outsiders, so it is not said to record none."""
    ucdp = replace(FLAGSHIP_DATA, release=replace(FLAGSHIP_DATA.release, source="ucdp"))
    restraint, outside = KIND_WORDS["restraint"], KIND_WORDS["outside"]
    assert describe_gaps(ucdp, [restraint]) == f"UCDP records {restraint} only where somebody died"
    assert (
        describe_gaps(ucdp, ["meetings", outside, restraint])
        == f"UCDP does not record meetings and records {outside} and {restraint} only where somebody died"
    )
