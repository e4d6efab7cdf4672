"""What reports of one event say differently. All stand, by report; none is corrected by another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from detente.events.event import Event
from detente.events.same import COARSE, between, key_of


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing told differently: deaths as ranges, or who began; `said` by report (`ucdp:611281`), the event's own first."""

    what: Literal["deaths", "initiator"]
    said: Mapping[str, str]


def disagreements(event: Event, linked: Iterable[Event]) -> tuple[Disagreement, ...]:
    """What an event and other reports of it say differently.

    A report without a toll, or one that names two fighters and nobody acted on, says nothing of that and disagrees with
    nobody. A smaller toll told of a narrower place may be a part of the event, and is no disagreement.

    Example:
        >>> from dataclasses import replace
        >>> from detente.case.case import load
        >>> from detente.case.gather import gather
        >>> e = gather(load("pakistan-afghanistan")).event("DL-20260112-02")
        >>> other = replace(e, source="ucdp", id="611281", tolls=replace(e.tolls, low=4, best=7, high=9))
        >>> [dict(d.said) for d in disagreements(e, [other])]
        [{'chronology:DL-20260112-02': '6–7', 'ucdp:611281': '4–9'}]
    """
    told = list(linked)
    out = []
    tolls = {key_of(e): between(e.tolls.range) for e in (event, *told) if e.tolls.range and not _part_of(e, event)}
    if len(set(tolls.values())) > 1:
        out.append(Disagreement("deaths", tolls))
    # Two initiators and nobody acted on: the source does not say who began.
    began = {
        key_of(e): ", ".join(sorted(set(e.initiators)))
        for e in (event, *told)
        if set(e.initiators) - {"UNK"} and not (len(e.initiators) > 1 and not e.recipients)
    }
    if len(set(began.values())) > 1:
        out.append(Disagreement("initiator", began))
    return tuple(out)


def _part_of(a: Event, b: Event) -> bool:
    x, y = a.tolls.range, b.tolls.range
    if x is None or y is None or a is b:
        return False
    finer = COARSE.index(a.place.precision) < COARSE.index(b.place.precision)
    return finer and x[1] < y[0]
