"""Results that fit: a client reads each result into a short memory, so that none is longer than 60 kB of JSON.

First the recipes of numbers and the pieces of sentences go; the command and the page named in `whole` have them. Then a list is
cut, and `next` says where it goes on. What is still too long is left out by name.
"""

from collections.abc import Mapping
from typing import Any

from detente.mcp.arguments import parse_next
from detente.mcp.result import ToolResult, dump

MAX_BYTES = 60_000
MAX_IDS = 8
"""Events named for one number; `events_behind` counts them all."""
HEADER = ("format", "case", "as_of", "watched_to", "release", "age")
_DROPPED = ("pieces", "recipe")


def shorten(x: Any) -> Any:
    """Drop pieces and recipes, and all but the first events of a number, which are counted.

    Example:
        >>> shorten({"value": 2, "recipe": {}, "events": ["a"]})
        {'value': 2, 'events': ['a'], 'events_behind': 1}
    """
    if isinstance(x, Mapping):
        out = {k: shorten(v) for k, v in x.items() if k not in _DROPPED}
        if "recipe" in x and isinstance(x.get("events"), list):
            out |= {"events": x["events"][:MAX_IDS], "events_behind": len(x["events"])}
        return out
    return [shorten(v) for v in x] if isinstance(x, list | tuple) else x


def measure_size(found: ToolResult) -> int:
    """Return the length of a result as JSON, in bytes."""
    return len(dump(found.model_dump(mode="json")).encode())


def limit_size(found: ToolResult, rows: str = "", start: str = "", *, most: int | None = None) -> ToolResult:
    """Cut a result to the limit.

    Args:
        rows: the key of the list that is cut; none if empty. start: where the list begins, as the `next` of the result before.
        most: rows at most; as many as fit if not given.

    Raises:
        BadArgument: `start` is not within the list.
    """
    result = dict(found.result)
    listed = result.get(rows, []) if rows else []
    first = parse_next(start, len(listed))
    if rows:
        result[rows] = []
    cut = found.model_copy(update={"result": result})
    cut = _leave_out(cut, keep=(*HEADER, rows))
    if not rows:
        return cut
    end, room = first, MAX_BYTES - measure_size(cut) - len('"next":"0000000"')
    for row in listed[first : None if most is None else first + most]:
        room -= len(dump(row).encode()) + 1
        if room < 0 and end > first:
            break
        end += 1
    more = str(end) if end < len(listed) else None
    result = {**cut.result, rows: listed[first:end], f"{rows}_in_all": len(listed)}
    return cut.model_copy(update={"result": result, "next": more})


def _leave_out(found: ToolResult, keep: tuple[str, ...]) -> ToolResult:
    """Leave out the longest parts until the rest fits."""
    while measure_size(found) > MAX_BYTES:
        parts = {k: len(dump(v)) for k, v in found.result.items() if k not in keep}
        if not parts:
            return found
        longest = max(parts, key=lambda k: parts[k])
        result = {k: v for k, v in found.result.items() if k != longest}
        found = found.model_copy(update={"result": result, "left_out": [*found.left_out, longest]})
    return found
