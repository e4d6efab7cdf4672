"""Tables in Python without rows, whose columns are those of a table with rows, and without an event asked for."""

from collections.abc import Callable
from typing import Any

import pytest

from detente.api.case import Case, open_case
from detente.api.results.events import EventNotListed
from detente.core.errors import DetenteError
from support.workbench import change_record
from support.worlds import make_world


@pytest.fixture(scope="module")
def case() -> Case:
    """The flagship; nothing is fitted."""
    return open_case(store=None)


def test_empty_events_keep_their_columns(case: Case) -> None:
    """A filter that no event meets gives a DataFrame with the columns of the events."""
    none = case.events.where(text="no event says this")
    assert len(none) == 0
    assert list(none.to_pandas().columns) == list(
        case.events.where(since="2025-10-01", until="2025-10-31").to_pandas().columns
    )
    assert none.to_pandas()[["id", "first", "channel"]].empty


@pytest.mark.parametrize("read", [lambda c: c.episodes, lambda c: c.truces, lambda c: c.crossings, lambda c: c.links])
def test_empty_measures_keep_their_columns(case: Case, read: Callable[[Case], Any]) -> None:
    """Without an event the crises, truces, closures and links have no rows, and the columns that they have with rows."""
    none = read(change_record(case, make_world([])))
    assert len(none) == 0
    assert list(none.to_pandas().columns) == list(read(case).to_pandas().columns)


def test_event_not_listed_names_the_nearest(case: Case) -> None:
    """An event that a table does not hold is an error of the package with the nearest ids, and a KeyError."""
    first = case.events[0].id
    with pytest.raises(EventNotListed) as raised:
        case.events.where(since="2021-08-15", until="2021-12-31").by_id(f"{first}x")
    assert first in raised.value.nearest
    assert isinstance(raised.value, DetenteError)
    assert isinstance(raised.value, KeyError)
