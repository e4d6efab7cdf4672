"""A setting of the levers as it stands in an address: read, checked, and told where it cannot be."""

from collections.abc import Sequence
from datetime import date
from typing import NoReturn

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from detente.api.case import PreparedCase
from detente.api.interventions import DEFAULT_CHANNELS, DEFAULT_DAYS, WhatIfQuery
from detente.core.errors import nearest, quoted_choices
from detente.model.intervention_spec import INTERVENTION_KINDS, INTERVENTION_NAMES, Intervention, parse_intervention

DAYS = (90, 180, 365)
QUERY_KEYS = (*INTERVENTION_NAMES, "from", "without", "days", "show", "paths")


def parse_whatif_query(query: QueryParams, study: PreparedCase) -> WhatIfQuery:
    """The setting of an address; a lever that is empty or set to no change is not pulled.

    Raises:
        HTTPException: 400, saying by name what cannot be. BadLever: a lever cannot be set so.
    """
    for name in query:
        if name not in QUERY_KEYS:
            _raise_bad_request(
                f"There is no lever or setting {name!r}. Nearest: {quoted_choices(nearest(name, QUERY_KEYS))}. Known: {', '.join(QUERY_KEYS)}."
            )
    pulled = tuple(
        x
        for k in INTERVENTION_KINDS
        if (x := _parse_intervention(k.key, query.get(k.key, ""), monthly=k.monthly)) is not None
    )
    first, without = _parse_past(query, study)
    if pulled and first:
        _raise_bad_request("Levers ask about the future and from with without about the past: ask one of them.")
    days = query.get("days", str(DEFAULT_DAYS))
    if days not in {str(d) for d in DAYS}:
        _raise_bad_request(
            f"Pictures are offered for {', '.join(map(str, DAYS[:-1]))} or {DAYS[-1]} days, not {days!r}."
        )
    if query.get("paths", "") not in ("", "full"):
        _raise_bad_request("paths can be full, or be left out.")
    channels = (*_channel_names(study), "deaths")
    show = tuple(query.getlist("show")) or tuple(c for c in DEFAULT_CHANNELS if c in channels)
    _require_known(show, channels)
    return WhatIfQuery(
        pulled, first, without, int(days), tuple(c for c in channels if c in show), query.get("paths") == "full"
    )


def _parse_intervention(key: str, value: str, *, monthly: bool) -> Intervention | None:
    # A plus of an address is a blank by the time it is read.
    value = value.strip().removeprefix("+")
    if not value:
        return None
    x = parse_intervention(f"{key}={value}/month" if monthly else f"{key}={value}")
    return None if x.value == (0 if monthly else 1) else x


def _parse_past(query: QueryParams, study: PreparedCase) -> tuple[date | None, tuple[str, ...]]:
    day, without = query.get("from", "").strip(), tuple(dict.fromkeys(query.getlist("without")))
    if not day and not without:
        return None, ()
    if not day or not without:
        _raise_bad_request("from and without need each other: from=2025-10-09&without=strike")
    _require_known(without, _channel_names(study))
    try:
        first = date.fromisoformat(day)
    except ValueError:
        _raise_bad_request(f"{day!r} is no day. Write it as 2025-10-09.")
    g = study.g
    if not g.case.first <= first < g.watched_to:
        _raise_bad_request(f"{first} is not between {g.case.first} and {g.watched_to}, the days that were watched.")
    return first, tuple(c for c in _channel_names(study) if c in without)


def _channel_names(study: PreparedCase) -> tuple[str, ...]:
    return study.system.channels if study.system is not None else ()


def _require_known(names: Sequence[str], channels: Sequence[str]) -> None:
    for name in names:
        if name not in channels:
            _raise_bad_request(
                f"There is no channel {name!r} here. Nearest: {quoted_choices(nearest(name, channels))}. Known: {', '.join(channels)}."
            )


def _raise_bad_request(why: str) -> NoReturn:
    raise HTTPException(400, why)
