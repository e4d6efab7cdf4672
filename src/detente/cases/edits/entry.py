"""One entry of the journal of a case: who changed what in the record, when and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

Action = Literal["add", "edit", "retract", "restore", "accept", "refuse"]
ACTIONS: tuple[str, ...] = get_args(Action)
CHANGES: tuple[Action, ...] = ("add", "edit", "retract", "restore")
MAX_NAME, MAX_REASON = 80, 1000  # characters


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry; entries are never changed or removed.

    Fields:
        number: from 1, in the order of writing. at: in UTC. by: the author's name.
        action: a change of an event, or the decision on a proposed change. event: its id.
        reason: why; may be empty for an added event. row: the event's values by the codebook's columns, for `add` and `edit`.
        base: the number of the entry that the change was made on; 0 for the event as the record's file has it.
        proposed: the change waits for a second person. of: the entry that a decision is about, else 0.
    """

    number: int
    at: datetime
    by: str
    action: Action
    event: str
    reason: str = ""
    row: Mapping[str, str] = field(default_factory=dict)
    base: int = 0
    proposed: bool = False
    of: int = 0

    def to_data(self) -> dict[str, Any]:
        """The entry as plain values, without empty ones."""
        out: dict[str, Any] = {
            "number": self.number, "at": self.at.astimezone(UTC).isoformat(timespec="seconds"), "by": self.by,
            "action": self.action, "event": self.event,
        }  # fmt: skip
        more = {
            "reason": self.reason,
            "row": dict(self.row),
            "base": self.base,
            "proposed": self.proposed,
            "of": self.of,
        }
        return out | {k: v for k, v in more.items() if v}


def parse_entry(data: Any) -> JournalEntry:
    """Read an entry from plain values.

    Raises:
        ValueError: a value is missing or of another form; the message says which.

    Example:
        >>> e = JournalEntry(1, datetime(2026, 11, 5, tzinfo=UTC), "Ann", "retract", "DL-20251009-01", "Told twice.")
        >>> parse_entry(e.to_data()) == e
        True
    """
    if not isinstance(data, dict):
        raise ValueError("it is not an object")
    forms: dict[str, type] = {"number": int, "at": str, "by": str, "action": str, "event": str}
    optional: dict[str, type] = {"reason": str, "row": dict, "base": int, "proposed": bool, "of": int}
    for name, form in (forms | optional).items():
        if name not in data and name in forms:
            raise ValueError(f"{name} is missing")
        if name in data and type(data[name]) is not form:
            raise ValueError(f"{name} is no {form.__name__}")
    if unknown := sorted(set(data) - set(forms) - set(optional)):
        raise ValueError(f"{unknown[0]} is unknown")
    if data["action"] not in ACTIONS:
        raise ValueError(f"action {data['action']!r} is unknown")
    at = datetime.fromisoformat(data["at"])
    if at.tzinfo is None:
        raise ValueError("at has no time zone")
    row = data.get("row", {})
    if not all(isinstance(k, str) and isinstance(v, str) for k, v in row.items()):
        raise ValueError("row holds something other than texts")
    return JournalEntry(**(data | {"at": at, "row": row}))
