"""The table of what providers can hold."""

from detente.cases.channel_rule import COUNTED_CHANNELS
from detente.events.registry import PROVIDERS
from detente.sources.testimony import CIVILIAN_DEATHS, CLOSURE, DEATHS, load_testimony


def test_testimony_covers_providers_and_channels() -> None:
    """Every provider has a row for every channel, closures and deaths, and for nothing else."""
    kinds = {*COUNTED_CHANNELS, CLOSURE, DEATHS, CIVILIAN_DEATHS}
    table = load_testimony()
    assert set(table) == {*PROVIDERS, "chronology"}
    assert all(set(rows) == kinds for rows in table.values())


def test_testimony_gives_reasons() -> None:
    """Every row says why."""
    assert all(t.why for rows in load_testimony().values() for t in rows.values())
