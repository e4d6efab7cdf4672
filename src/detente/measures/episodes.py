"""Crisis episodes: stretches in which the two governments' forces are used, with quiet before and after.

An episode is a run of strikes and clashes with no gap longer than `gap` days. Fourteen days is a
convention: with a shorter gap one crisis falls into pieces, with a longer one two become one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from detente.cases.actors import role_on
from detente.cases.load import CaseData
from detente.events.event import Event
from detente.measures.deaths import DeathRange, sum_deaths

STATE_FORCE_CHANNELS = ("strike", "clash")

EpisodeInitiator = Literal["target", "host", "both named", "disputed"]


@dataclass(frozen=True, slots=True)
class Episode:
    """One crisis.

    `began` says who used force first as reported: the target, the host, both named together, or disputed.
    `ended_by` is the first truce, agreement, reopening or border committee within `gap` days of the
    last use of force; None if none is recorded. `running` says that the watch ended before the gap had
    passed.
    """

    first: date
    last: date
    events: tuple[str, ...]
    began: EpisodeInitiator
    deaths: DeathRange
    ended_by: str | None
    running: bool

    @property
    def days(self) -> int:
        """From the first to the last use of force, both included."""
        return (self.last - self.first).days + 1


def find_episodes(gathered: CaseData, *, gap: int = 14) -> tuple[Episode, ...]:
    """The crisis episodes of a case, in order, over its watched days.

    Args:
        gap: more days than this without strike or clash end an episode.
    """
    force = [e for e in gathered.of(*STATE_FORCE_CHANNELS) if e.day <= gathered.watched_to]
    runs: list[list[Event]] = []
    for e in force:
        if runs and (e.day - max(x.span.last for x in runs[-1])).days <= gap:
            runs[-1].append(e)
        else:
            runs.append([e])
    return tuple(_build_episode(gathered, run, gap) for run in runs)


def _build_episode(gathered: CaseData, run: Sequence[Event], gap: int) -> Episode:
    last = max(e.span.last for e in run)
    return Episode(
        first=run[0].day,
        last=last,
        events=tuple(e.id for e in run),
        began=_find_initiator(gathered, run),
        deaths=sum_deaths(run),
        ended_by=_find_ending_event(gathered, last, gap),
        running=last + timedelta(days=gap) > gathered.watched_to,
    )


def _find_initiator(gathered: CaseData, run: Sequence[Event]) -> EpisodeInitiator:
    opening = [e for e in run if e.day == run[0].day]
    roles = {role_on(gathered.case.actor(a), e.day) for e in opening for a in e.initiators}
    if {"target", "host"} <= roles:
        # Two forces firing at each other: the accounts differ, or nobody says who was first.
        return "disputed" if any(e.disputed for e in opening) else "both named"
    return "host" if "host" in roles else "target"


def _find_ending_event(gathered: CaseData, last: date, gap: int) -> str | None:
    calm = [
        e
        for e in gathered.of("dialogue", "concession")
        if (e.type == "AGREE" or e.mode in ("ceasefire", "reopen-crossing", "joint-committee"))
        and last <= e.day <= last + timedelta(days=gap)
    ]
    # On the last day of force itself a truce may have come before the shooting: one after it is better.
    after = [e for e in calm if e.day > last] or calm
    return after[0].id if after else None
