"""Query parameters of the simulator page, parsed and validated."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NoReturn

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from detente.api.case import Case
from detente.api.interventions import DEFAULT_CHANNELS, DEFAULT_DAYS, WhatIfQuery
from detente.core.errors import nearest, quoted_choices
from detente.model.intervention_spec import (
    INTERVENTION_KINDS,
    INTERVENTION_NAMES,
    NOT_IDENTIFIED,
    BadIntervention,
    Intervention,
    parse_intervention,
)

DAYS = (90, 180, 365)
QUERY_KEYS = (*INTERVENTION_NAMES, "from", "without", "days", "show", "paths")


def parse_whatif_query(query: QueryParams, prepared: Case) -> WhatIfQuery:
    """Parse the settings of a simulation; a policy option that is empty or set to no change is left out.

    Raises:
        HTTPException: 400, with the parameter and the known values. BadIntervention: an option has an invalid value.
    """
    for name in NOT_IDENTIFIED:
        if name in query:
            _parse_intervention(name, query[name])  # an old address: the error says why there is no such option
    _require_known("parameter", query, QUERY_KEYS)
    levers = tuple(x for k in INTERVENTION_KINDS if (x := _parse_intervention(k.key, query.get(k.key, ""))) is not None)
    first, without = _parse_past(query, prepared)
    if levers and first:
        _raise_bad_request("Policy options change the future; a rerun changes the past. Use one of the two.")
    days = query.get("days", str(DEFAULT_DAYS))
    if days not in {str(d) for d in DAYS}:
        _raise_bad_request(f"{days[:20]!r} is not a number of days offered here. Choose {', '.join(map(str, DAYS))}.")
    if query.get("paths", "") not in ("", "full"):
        _raise_bad_request(f"Unknown value paths={query.get('paths')!r}. Use paths=full or leave it out.")
    channels = (*_channel_names(prepared), "deaths")
    show = tuple(query.getlist("show")) or tuple(c for c in DEFAULT_CHANNELS if c in channels)
    _require_known("kind of event", show, channels)
    shown = tuple(c for c in channels if c in show)
    return WhatIfQuery(levers, first, without, int(days), shown, query.get("paths") == "full")


def _parse_intervention(key: str, value: str) -> Intervention | None:
    if not value.strip():
        return None
    try:
        x = parse_intervention(f"{key}={value.strip()}")
    except BadIntervention as e:
        # The error's own text is written for the command line.
        _raise_bad_request(f"Policy option {key}, {value.strip()[:20]!r}: {e.why}. {e.remedy}")
    return None if x.value == 1 else x


def _parse_past(query: QueryParams, prepared: Case) -> tuple[date | None, tuple[str, ...]]:
    day, without = query.get("from", "").strip(), tuple(dict.fromkeys(query.getlist("without")))
    if not day and not without:
        return None, ()
    if not day or not without:
        _raise_bad_request("A rerun of the past needs a first day and at least one kind of event to leave out.")
    _require_known("kind of event", without, _channel_names(prepared))
    try:
        first = date.fromisoformat(day)
    except ValueError:
        _raise_bad_request(f"The first day {day[:20]!r} is not a date. Write it as YYYY-MM-DD.")
    g = prepared.g
    if not g.case.first <= first < g.watched_to:
        _raise_bad_request(
            f"The first day {first} is outside the observation period, {g.case.first} to {g.watched_to}."
        )
    return first, tuple(c for c in _channel_names(prepared) if c in without)


def _channel_names(prepared: Case) -> tuple[str, ...]:
    return prepared.system.channels if prepared.system is not None else ()


def _require_known(kind: str, names: Iterable[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            near = quoted_choices(nearest(name, known))
            _raise_bad_request(
                f"Unknown {kind} {name!r}.{f' Nearest: {near}.' if near != 'none' else ''} Known: {', '.join(known)}."
            )


def _raise_bad_request(why: str) -> NoReturn:
    raise HTTPException(400, why)
