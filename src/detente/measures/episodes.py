"""Crisis episodes: periods of force between the two governments, separated by quiet periods.

An episode is a run of strikes and clashes without a gap longer than `gap` days. Fourteen days is a convention: a
shorter gap splits a crisis, a longer one merges two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from detente.cases.actors import role_on
from detente.cases.load import CaseData
from detente.cases.testimony import tells_initiator
from detente.events.event import Event
from detente.measures.deaths import DeathRange, sum_deaths

STATE_FORCE_CHANNELS = ("strike", "clash")

EpisodeInitiator = Literal["target", "host", "both named", "disputed", "unknown"]


@dataclass(frozen=True, slots=True)
class Episode:
    """One crisis.

    `began` is the reported initiator: the target, the host, both named together, or disputed; unknown where the source
    names two sides and not who began. `ended_by` is the first truce, agreement, reopening or border committee within
    `gap` days of the last use of force; None if none is recorded. `running` means that its end is not known: not every
    day of the gap after it was collected.
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
        """Days from the first to the last use of force, both included."""
        return (self.last - self.first).days + 1


def find_episodes(gathered: CaseData, *, gap: int = 14) -> tuple[Episode, ...]:
    """Find the crisis episodes of a case, in order, within its observation period.

    Args:
        gap: an episode ends after more than this many days without strike or clash.
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
        run[0].day, last, tuple(e.id for e in run), _find_initiator(gathered, run), sum_deaths(run),
        ended_by=_find_ending_event(gathered, last, gap), running=not _is_followed(gathered, last, gap),
    )  # fmt: skip


def _is_followed(gathered: CaseData, last: date, gap: int) -> bool:
    end = last + timedelta(days=gap)
    return end <= gathered.watched_to and not gathered.coverage.missing_days(last + timedelta(days=1), end)


def _find_initiator(gathered: CaseData, run: Sequence[Event]) -> EpisodeInitiator:
    opening = [e for e in run if e.day == run[0].day]
    if not all(tells_initiator(e) for e in opening):
        return "unknown"
    roles = {role_on(gathered.case.actor(a), e.day) for e in opening for a in e.initiators}
    if {"target", "host"} <= roles:
        # Both sides fired: the reports differ, or none names the initiator.
        return "disputed" if any(e.disputed for e in opening) else "both named"
    return "host" if "host" in roles else "target"


def _find_ending_event(gathered: CaseData, last: date, gap: int) -> str | None:
    calm = [
        e
        for e in gathered.of("dialogue", "concession")
        if (e.type == "AGREE" or e.mode in ("ceasefire", "reopen-crossing", "joint-committee"))
        and last <= e.day <= last + timedelta(days=gap)
    ]
    # A truce on the last day of force may precede the shooting, so a later one is preferred.
    after = [e for e in calm if e.day > last] or calm
    return after[0].id if after else None
