"""Arguments that several tools share: their types, descriptions and closed sets of values, and how they are parsed.

A closed set stands in the schema as an enum. Its values are checked here and not by the schema, so that an unknown one gets
the message of the Python API, with the nearest right values.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from detente.api.events.table import CHANNEL_OPTIONS
from detente.cases.channel_rule import CHANNELS
from detente.core.errors import nearest, quoted_choices
from detente.events.plover import event_types
from detente.forecast.usual_run import FORECAST_DAYS
from detente.mcp.errors import BadArgument
from detente.model.interventions import HORIZONS

RESPONSE_DAYS = (7, 30, 90)
ORDERS = ("newest", "oldest")


def enum_field(description: str, values: Sequence[str] | Sequence[int]) -> Any:
    """Build the schema of an argument with a closed set of values."""
    return Field(description=description, json_schema_extra={"enum": list(values)})


def enum_list_field(description: str, values: Sequence[str]) -> Any:
    """Build the schema of an argument that lists values of a closed set."""
    return Field(description=description, json_schema_extra={"items": {"type": "string", "enum": list(values)}})


def _to_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_AsList = BeforeValidator(_to_list)

# The ids of the cases are put into the schema by the server, which knows them.
CaseArgument = Annotated[str, Field(description="Id of a case; the default is used if it is not given.")]
AsOf = Annotated[
    str,
    Field(
        description="Day of knowledge, YYYY-MM-DD: only what was known on it is used. A day that was not asked for before "
        "takes a minute or more. All that is known if not given."
    ),
]
Next = Annotated[
    str, Field(description="`next` of the result before, to get the rest of a long list; else leave it out.")
]
Kinds = Annotated[
    list[str], _AsList, enum_list_field("Kinds of event; several are alternatives. `list_cases` names them.", CHANNEL_OPTIONS),
]  # fmt: skip
Actors = Annotated[
    list[str], _AsList, Field(description="Keys of actors that took part, such as TTP; several are alternatives."),
]  # fmt: skip
EventTypes = Annotated[
    list[str], _AsList, enum_list_field("Types of act by PLOVER; several are alternatives.", tuple(event_types())),
]  # fmt: skip
Places = Annotated[
    list[str], _AsList,
    Field(description="Places from the country down, such as PAK/Balochistan/Chaman; each holds the places within."),
]  # fmt: skip
Since = Annotated[str, Field(description="Earliest first day of the event, YYYY-MM-DD, included.")]
Until = Annotated[str, Field(description="Latest first day of the event, YYYY-MM-DD, included.")]
Text = Annotated[str, Field(description="Words that all occur in summary, place, actors or id.")]
Limit = Annotated[int, Field(description="Most events in one result; `next` gets more.", ge=1, le=200)]
Order = Annotated[str, enum_field("Order of the events.", ORDERS)]
Cause = Annotated[str, enum_field("Only responses to this kind of event; all if not given.", CHANNELS)]
Effect = Annotated[str, enum_field("Only responses of this kind of event; all if not given.", CHANNELS)]
ResponseDays = Annotated[int, enum_field("Count responses within this many days.", RESPONSE_DAYS)]
ForecastDays = Annotated[int, enum_field("Only this horizon in days; all if not given.", FORECAST_DAYS)]
ForecastKind = Annotated[str, enum_field("Only this kind of event; all if not given.", CHANNELS)]
SimulationDays = Annotated[int, enum_field("Only this horizon in days; all if not given.", HORIZONS)]


def require_choice(name: str, value: str, known: Sequence[str]) -> str:
    """Return a value that is one of those known, or empty.

    Raises:
        BadArgument: it is neither; names the nearest and all that are known.

    Example:
        >>> require_choice("kind", "strike", ("attack", "strike")), require_choice("kind", "", ("attack",))
        ('strike', '')
    """
    if value and value not in known:
        near = quoted_choices(nearest(value, list(known)))
        raise BadArgument(name, value, "is unknown", f"Nearest: {near}. Known: {', '.join(known)}.")
    return value


def require_number(name: str, value: int, known: Sequence[int]) -> int:
    """Return a number that is one of those known, or 0 for none.

    Raises:
        BadArgument: it is neither.

    Example:
        >>> require_number("days", 30, (30, 90)), require_number("days", 0, (30, 90))
        (30, 0)
    """
    if value and value not in known:
        raise BadArgument(name, value, "is not offered", f"Known: {', '.join(map(str, known))}.")
    return value


def parse_day(name: str, text: str) -> date | None:
    """Parse an argument that is a day, None if it is empty.

    Raises:
        BadArgument: it is not a date.

    Example:
        >>> parse_day("as_of", "2025-10-08"), parse_day("as_of", "")
        (datetime.date(2025, 10, 8), None)
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadArgument(name, text, "is not a date", "Write it as YYYY-MM-DD.") from None


def parse_next(text: str, rows: int) -> int:
    """Parse the position at which a list goes on, 0 if it is empty.

    Raises:
        BadArgument: no earlier result can have given it.

    Example:
        >>> parse_next("", 10), parse_next("4", 10)
        (0, 4)
    """
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or not 0 < int(text[:12]) < rows:
        raise BadArgument(
            "next",
            text,
            "is not the `next` of a result with these arguments",
            "Leave it out to start at the first row.",
        )
    return int(text)
