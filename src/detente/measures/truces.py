"""Truces and mediated rounds of talks, with the time until force was used again.

A truce begins with an event of mode `ceasefire`, or one that the case names. It ends on the first later day with force
between the same parties, or when a party calls it off. A truce announced while another holds, or within three days of
its announced end, extends it. A truce that reached its announced end unbroken is censored on that day, since later
force did not break it. A round of talks is a meeting of the two governments that others host or mediate. Truces and
rounds still holding at the end of the observation period are censored there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from detente.cases.actors import role_on
from detente.cases.load import CaseData
from detente.events.event import Event
from detente.measures.survival import SurvivalCurve, kaplan_meier

PartyPair = Literal["target–host", "target–group"]

GRACE_DAYS = 3


@dataclass(frozen=True, slots=True)
class _Truce:
    pair: PartyPair
    groups: frozenset[str]
    first: date
    until: date | None
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class TruceDuration:
    """A truce or a mediated round of talks, and its end.

    `events` began or extended it. `last` is the day it was broken or called off, its announced end, or the end of the
    observation period. `ended_by` is the event that broke it or called it off, or None. `expired` means that it reached
    its announced end unbroken. `brokers` are the third parties named.
    """

    kind: Literal["truce", "round"]
    pair: PartyPair
    first: date
    last: date
    events: tuple[str, ...]
    ended_by: str | None
    expired: bool
    brokers: tuple[str, ...]

    @property
    def days(self) -> int:
        """Days that it held: 1 if force was used on the next day."""
        return (self.last - self.first).days


def find_truces(gathered: CaseData) -> tuple[TruceDuration, ...]:
    """Find the truces of a case, in order, for both kinds of pair."""
    chains: list[_Truce] = []
    for e in gathered.events:
        begins = e.type == "RETREAT" and e.mode == "ceasefire"
        if not (begins or e.id in gathered.case.truce_events) or e.day > gathered.watched_to:
            continue
        pair, groups = _find_parties(gathered, e)
        until = e.span.last if e.span.last > e.span.first else None
        previous = next((c for c in reversed(chains) if (c.pair, c.groups) == (pair, groups)), None)
        if previous and _is_in_force(gathered, previous, e.day):
            chains[chains.index(previous)] = _Truce(pair, groups, previous.first, until, (*previous.events, e))
        else:
            chains.append(_Truce(pair, groups, e.day, until, (e,)))
    return tuple(_build_duration("truce", gathered, c) for c in chains)


def find_mediated_rounds(gathered: CaseData) -> tuple[TruceDuration, ...]:
    """Find the mediated rounds of talks between the two governments, in order."""
    return tuple(
        _build_duration("round", gathered, _Truce("target–host", frozenset(), e.span.last, None, (e,)))
        for e in gathered.of("dialogue")
        if e.mode == "third-party-talks" and e.day <= gathered.watched_to
    )


def fit_duration_curve(held: Iterable[TruceDuration]) -> SurvivalCurve:
    """Estimate the survival curve of truces or rounds: the share still holding by days since the start."""
    items = list(held)
    return kaplan_meier([h.days for h in items], [h.ended_by is not None for h in items])


def _find_parties(gathered: CaseData, e: Event) -> tuple[PartyPair, frozenset[str]]:
    groups = frozenset(a for a in e.actors if role_on(gathered.case.actor(a), e.day) == "group")
    return ("target–group" if groups else "target–host"), groups


def _is_in_force(gathered: CaseData, chain: _Truce, day: date) -> bool:
    """Return whether a truce still holds on a day; `GRACE_DAYS` after its announced end count as holding."""
    over = chain.until is not None and day > chain.until + timedelta(days=GRACE_DAYS)
    return not over and _find_ending_event(gathered, chain, day) is None


def _find_ending_event(gathered: CaseData, chain: _Truce, until: date) -> Event | None:
    later = (x for x in gathered.events if chain.first < x.day <= until)
    return next((x for x in later if _ends_truce(gathered, x, chain.pair, chain.groups)), None)


def _build_duration(kind: Literal["truce", "round"], gathered: CaseData, chain: _Truce) -> TruceDuration:
    end = min(chain.until or gathered.watched_to, gathered.watched_to)
    ender = _find_ending_event(gathered, chain, end)
    roles = {a: role_on(gathered.case.actor(a), e.day) for e in chain.events for a in sorted(e.actors)}
    brokering = ("mediator", "outsider", *(("host",) if chain.pair == "target–group" else ()))
    return TruceDuration(
        kind,
        chain.pair,
        chain.first,
        last=ender.day if ender else end,
        events=tuple(e.id for e in chain.events),
        ended_by=ender.id if ender else None,
        expired=ender is None and chain.until is not None and chain.until <= gathered.watched_to,
        brokers=tuple(a for a, r in roles.items() if r in brokering),
    )


def _ends_truce(gathered: CaseData, x: Event, pair: PartyPair, groups: frozenset[str]) -> bool:
    if pair == "target–host":
        return gathered.channel(x) in ("strike", "clash")
    if x.actors.isdisjoint(groups):
        return False
    return x.mode == "terminate-ceasefire" or gathered.channel(x) in ("attack", "operation")
