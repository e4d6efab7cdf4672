"""The events of a case as a table that can be filtered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.api.events.filters import build_filter_masks, find_event_positions, parse_event_query
from detente.api.events.table import EventColumns
from detente.api.results.base import ResultTable, build_frame, build_html_table, result_data
from detente.core.errors import UnknownKey, nearest, quoted_choices
from detente.events.arrow import SCHEMA, to_record
from detente.events.event import Event

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

Words = str | Sequence[str]
HTML_COLUMNS = ("id", "day", "channel", "initiators", "recipients", "place", "summary")


class EventNotListed(UnknownKey):
    """An event was asked for that a table does not hold."""

    def __init__(self, event: str, known: Sequence[str]) -> None:
        self.event, self.nearest = event, nearest(event, known)
        near = quoted_choices(self.nearest)
        super().__init__(f"There is no event {event!r} among these {len(known):,}. Nearest: {near}.")


@dataclass(frozen=True, repr=False)
class EventTable(ResultTable[Event]):
    """Events in order of day and id, each with its channel (None if it has none).

    Example:
        >>> import detente
        >>> strikes = detente.open("pakistan-afghanistan").events.where(kind="strike", since="2025-10-01", until="2025-10-31")
        >>> len(strikes) == len(strikes.to_pandas()), strikes[0].day.isoformat()
        (True, '2025-10-09')
    """

    columns: EventColumns = field(repr=False, compare=False)
    channels: tuple[str | None, ...] = ()

    def where(
        self, *, kind: Words = (), actor: Words = (), type: Words = (), place: Words = (), since: str | date = "",
        until: str | date = "", disputed: bool | None = None, text: str = "",
    ) -> "EventTable":  # fmt: skip
        """Keep the events that match every filter given.

        Args:
            kind: channel such as `strike`, or `unassigned`. actor: key such as `TTP`, or name. type: PLOVER type such as `ASSAULT`.
            place: from the country down, such as `PAK/Balochistan`. since, until: first day of the event, both included.
            disputed: whether the parties' accounts contradict each other. text: words that must all occur.
                Several values of one filter are alternatives.

        Raises:
            BadEventQuery: an unknown value, with the nearest known ones.
        """
        params = [("from", str(since)), ("to", str(until)), ("text", text), ("sort", "oldest")]
        for name, words in (("channel", kind), ("actor", actor), ("type", type), ("place", place)):
            params += [(name, w) for w in ((words,) if isinstance(words, str) else words)]
        if disputed is not None:
            params.append(("disputed", "yes" if disputed else "no"))
        query = parse_event_query(params, self.columns)
        found = find_event_positions(self.columns, query, build_filter_masks(self.columns, query))
        mine = {e.id: c for e, c in zip(self.rows, self.channels, strict=True)}
        kept = [e for i in found if (e := self.columns.events[i]).id in mine]
        return EventTable(self.kind, self.header, tuple(kept), self.columns, tuple(mine[e.id] for e in kept))

    def by_id(self, key: str) -> Event:
        """Return the event with this id.

        Raises:
            EventNotListed: no such event in the table; also a KeyError.
        """
        for e in self.rows:
            if e.id == key:
                return e
        raise EventNotListed(key, [e.id for e in self.rows])

    def to_dict(self) -> dict[str, Any]:
        """The events as plain values, by the names of the exports."""
        return result_data(self.kind, self.header, rows=self._records())

    def to_pandas(self) -> "pd.DataFrame":
        """The events as a pandas DataFrame, by the names of the exports."""
        return build_frame(self._records(), [*SCHEMA.names, "channel"])

    def _records(self) -> list[dict[str, Any]]:
        return [to_record(e) | {"channel": c} for e, c in zip(self.rows, self.channels, strict=True)]

    def plot(self) -> "alt.TopLevelMixin":
        """Chart the events by month and channel."""
        from detente.charts.result_charts import chart_events_by_month

        return chart_events_by_month(
            [(e.day, c or "unassigned") for e, c in zip(self.rows, self.channels, strict=True)]
        )

    def _repr_html_(self) -> str:
        rows = [
            {"id": e.id, "day": e.day, "channel": c, "initiators": e.initiators, "recipients": e.recipients,
             "place": e.place.format_name(), "summary": e.summary}
            for e, c in list(zip(self.rows, self.channels, strict=True))[:21]
        ]  # fmt: skip
        n = len(self.rows)
        return build_html_table(rows, f"{n} event{'s' * (n != 1)} of {self.header.case}, as of {self.header.as_of}.")
