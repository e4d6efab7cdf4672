"""Measures of a case as tables: weekly relations, crises, truces and rounds of talks, crossings."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.api.results.base import ResultHeader, ResultTable
from detente.measures.crossings import CrossingSpell
from detente.measures.episodes import Episode
from detente.measures.relation_index import RelationIndex
from detente.measures.truces import TruceDuration

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, slots=True)
class RelationWeek:
    """A week of the relation index: acts, their mean intensity (None without acts), the level and its band."""

    week: date
    acts: int
    score: float | None
    level: float
    low: float
    high: float


@dataclass(frozen=True, repr=False)
class RelationTable(ResultTable[RelationWeek]):
    """The relation index by week, from hostile (-10) to friendly (+10)."""

    def plot(self) -> "alt.TopLevelMixin":
        """Chart the level with its band."""
        from detente.charts.result_charts import chart_band

        return chart_band([w.week for w in self], [w.level for w in self], [w.low for w in self], [w.high for w in self],
                          "hostile  ←  relations  →  friendly")  # fmt: skip


def build_relation_table(header: ResultHeader, index: RelationIndex | None) -> RelationTable:
    """Build the weekly table; empty where too few weeks are recorded."""
    rows = () if index is None else tuple(
        RelationWeek(w, int(n), float(s) if n else None, float(m), float(a), float(b))
        for w, n, s, m, a, b in zip(index.weeks, index.acts, index.score, index.smoothed, index.low, index.high, strict=True)
    )  # fmt: skip
    return RelationTable("relation index", header, rows, row_type=RelationWeek)


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """A crisis: first and last day, initiator, range of reported deaths (None if no event has a figure), and its events."""

    first: date
    last: date
    days: int
    initiator: str
    deaths_low: int | None
    deaths_high: int | None
    ended_by: str | None
    running: bool
    events: tuple[str, ...]


def build_episode_table(header: ResultHeader, episodes: tuple[Episode, ...]) -> ResultTable[EpisodeRow]:
    """Build the table of crises, in order."""
    rows = (
        EpisodeRow(x.first, x.last, x.days, x.began, x.deaths.low if x.deaths.told else None,
                   x.deaths.high if x.deaths.told else None, x.ended_by, x.running, x.events)
        for x in episodes
    )  # fmt: skip
    return ResultTable("episodes", header, tuple(rows), row_type=EpisodeRow)


def build_truce_table(
    header: ResultHeader, truces: tuple[TruceDuration, ...], rounds: tuple[TruceDuration, ...]
) -> ResultTable[TruceDuration]:
    """Build the table of truces and mediated rounds of talks, in order of their first day."""
    rows = tuple(sorted((*truces, *rounds), key=lambda t: (t.first, t.kind)))
    return ResultTable("truces", header, rows, row_type=TruceDuration)


def build_crossing_table(
    header: ResultHeader, spells: dict[str, tuple[CrossingSpell, ...]]
) -> ResultTable[CrossingSpell]:
    """Build the table of closures and restrictions of every crossing."""
    rows: list[Any] = [s for found in spells.values() for s in found]
    return ResultTable("crossings", header, tuple(rows), row_type=CrossingSpell)
