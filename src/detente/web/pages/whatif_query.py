"""A setting of the levers as it stands in an address: read, checked, and told where it cannot be."""

from collections.abc import Sequence
from datetime import date
from typing import NoReturn

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from detente.api.case import Study
from detente.api.interventions import SHOWN, WITHIN, Setting
from detente.core.errors import nearest, one_of
from detente.model.intervention_spec import KINDS, NAMES, Lever, lever

DAYS = (90, 180, 365)
ASKED = (*NAMES, "from", "without", "days", "show", "paths")


def read(query: QueryParams, study: Study) -> Setting:
    """The setting of an address; a lever that is empty or set to no change is not pulled.

    Raises:
        HTTPException: 400, saying by name what cannot be. BadLever: a lever cannot be set so.
    """
    for name in query:
        if name not in ASKED:
            _refuse(
                f"There is no lever or setting {name!r}. Nearest: {one_of(nearest(name, ASKED))}. Known: {', '.join(ASKED)}."
            )
    pulled = tuple(x for k in KINDS if (x := _lever(k.key, query.get(k.key, ""), monthly=k.monthly)) is not None)
    first, without = _past(query, study)
    if pulled and first:
        _refuse("Levers ask about the future and from with without about the past: ask one of them.")
    days = query.get("days", str(WITHIN))
    if days not in {str(d) for d in DAYS}:
        _refuse(f"Pictures are offered for {', '.join(map(str, DAYS[:-1]))} or {DAYS[-1]} days, not {days!r}.")
    if query.get("paths", "") not in ("", "full"):
        _refuse("paths can be full, or be left out.")
    channels = (*_channels(study), "deaths")
    show = tuple(query.getlist("show")) or tuple(c for c in SHOWN if c in channels)
    _among(show, channels)
    return Setting(
        pulled, first, without, int(days), tuple(c for c in channels if c in show), query.get("paths") == "full"
    )


def _lever(key: str, value: str, *, monthly: bool) -> Lever | None:
    # A plus of an address is a blank by the time it is read.
    value = value.strip().removeprefix("+")
    if not value:
        return None
    x = lever(f"{key}={value}/month" if monthly else f"{key}={value}")
    return None if x.value == (0 if monthly else 1) else x


def _past(query: QueryParams, study: Study) -> tuple[date | None, tuple[str, ...]]:
    day, without = query.get("from", "").strip(), tuple(dict.fromkeys(query.getlist("without")))
    if not day and not without:
        return None, ()
    if not day or not without:
        _refuse("from and without need each other: from=2025-10-09&without=strike")
    _among(without, _channels(study))
    try:
        first = date.fromisoformat(day)
    except ValueError:
        _refuse(f"{day!r} is no day. Write it as 2025-10-09.")
    g = study.g
    if not g.case.first <= first < g.watched_to:
        _refuse(f"{first} is not between {g.case.first} and {g.watched_to}, the days that were watched.")
    return first, tuple(c for c in _channels(study) if c in without)


def _channels(study: Study) -> tuple[str, ...]:
    return study.system.channels if study.system is not None else ()


def _among(names: Sequence[str], channels: Sequence[str]) -> None:
    for name in names:
        if name not in channels:
            _refuse(
                f"There is no channel {name!r} here. Nearest: {one_of(nearest(name, channels))}. Known: {', '.join(channels)}."
            )


def _refuse(why: str) -> NoReturn:
    raise HTTPException(400, why)
