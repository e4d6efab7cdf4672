"""Filters of events take actors by key or name; a kind without events is named as that."""

import pytest

from detente.api.case import open_case
from detente.api.events.filters import BadEventQuery, parse_event_query
from detente.api.events.table import get_event_columns
from detente.api.results.fit import UnknownResponse
from detente.cases.actors import find_actor_key
from support.workbench import change_record
from support.worlds import FLAGSHIP, make_event, make_world, nth_day


@pytest.mark.parametrize("text", ["TTP", "ttp", "Tehrik-i-Taliban Pakistan", "the TTP"])
def test_actor_is_found_by_key_or_name(text: str) -> None:
    """An actor is found by its key, name or short name, whatever the case of letters."""
    case = change_record(open_case(store=None), make_world([make_event(nth_day(3), "TTP", "PAK", "ASSAULT")]))
    assert parse_event_query([("actor", text)], get_event_columns(case)).actor == ("TTP",)


def test_unknown_actor_names_nearest_name() -> None:
    """A misspelt name is an error with the nearest keys and names, not another actor."""
    case = change_record(open_case(store=None), make_world([make_event(nth_day(3), "TTP", "PAK", "ASSAULT")]))
    assert find_actor_key(FLAGSHIP.case, "nobody") == "nobody"
    with pytest.raises(BadEventQuery) as error:
        parse_event_query([("actor", "Tehrik-i-Talban Pakistan")], get_event_columns(case))
    assert "Tehrik-i-Taliban Pakistan" in str(error.value)


def test_response_to_absent_kind_says_none() -> None:
    """A kind that every case has and this record has no event of is no misspelling."""
    absent = UnknownResponse("strike", ("attack",), of_case=True)
    assert "no event of this kind is on record on a covered day. Kinds that are: attack." in str(absent)
    assert "Nearest" in str(UnknownResponse("atack", ("attack",), of_case=True))
