"""What every claim looks at: a case as known on a day, its periods, and measures made once."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from detente.case.cast import role_on
from detente.case.gather import Gathered
from detente.case.geography import Geography, geography
from detente.claims.sentence import Chosen
from detente.ground.errors import NotWatched
from detente.ground.span import in_words
from detente.measures.episodes import Episode, episodes
from detente.measures.measured import Measured, soon_after, times_as_often
from detente.measures.relation import RelationIndex, relation_index
from detente.measures.selection import Selection
from detente.measures.truces import Held, rounds, truces


@dataclass(frozen=True)
class View:
    """A case with the keys of its roles; measures are made at first use and kept."""

    g: Gathered

    @property
    def target(self) -> tuple[str, ...]:
        """The target's key, as selections want it."""
        return self.g.case.keys("target")

    @property
    def host(self) -> tuple[str, ...]:
        """The host's key."""
        return self.g.case.keys("host")

    @property
    def groups(self) -> tuple[str, ...]:
        """The keys of the armed group and its allies."""
        return self.g.case.keys("group")

    @cached_property
    def recent_from(self) -> date:
        """Where *recent* begins: the first named stretch of fighting, or the last year if none is known."""
        fighting = [r.first for r in self.g.case.regimes if r.kind == "fighting" and r.first < self.g.as_of]
        return min(fighting, default=max(self.g.case.first, self.g.as_of - timedelta(days=365)))

    @property
    def since(self) -> Chosen:
        """`since 9 October 2025`."""
        return Chosen(f"since {in_words(self.recent_from)}", "the first stretch of fighting named in the case file")

    @property
    def now(self) -> tuple[date, date]:
        """The recent stretch."""
        return self.recent_from, self.g.watched_to

    @property
    def then(self) -> tuple[date, date]:
        """The stretch before it."""
        return self.g.case.first, self.recent_from - timedelta(days=1)

    @cached_property
    def ground(self) -> Geography:
        """Border, placebo borders, provinces."""
        return geography(self.g.case)

    @cached_property
    def index(self) -> RelationIndex | None:
        """The relation index, or None while there is too little for one."""
        try:
            return relation_index(self.g)
        except NotWatched:
            return None

    @cached_property
    def episodes(self) -> tuple[Episode, ...]:
        """Crisis episodes."""
        return episodes(self.g)

    @cached_property
    def truces(self) -> tuple[Held, ...]:
        """Truces, both pairs."""
        return truces(self.g)

    @cached_property
    def rounds(self) -> tuple[Held, ...]:
        """Mediated rounds."""
        return rounds(self.g)

    def after(
        self, key: str, first: Selection, then: Selection, within: int, what: str
    ) -> tuple[Measured, Measured] | None:
        """What followed what, or None while no occasion has its following days fully watched."""
        try:
            return soon_after(self.g, key, first, then, within, what)
        except NotWatched:
            return None

    def ratio(self, key: str, sel: Selection) -> Measured | None:
        """How many times as often now as then, or None where one stretch was not watched or both are empty."""
        try:
            return times_as_often(self.g, key, sel, self.now, self.then)
        except NotWatched:
            return None

    def channel(self, *channels: str) -> Selection:
        """All events of some channels."""
        return Selection(channels=channels)

    @cached_property
    def counter_terrorism(self) -> Selection:
        """Contacts and joint acts of the two governments about terrorism or intelligence."""
        return Selection(
            channels=("dialogue", "concession"),
            types=("AGREE", "CONSULT", "COOPERATE"),
            contexts=("terrorism", "intelligence"),
        )

    @cached_property
    def host_concession(self) -> Selection:
        """What the host gave, alone or with the target."""
        return Selection(channels=("concession",), initiators=self.host)

    def keys(self, role: str) -> tuple[str, ...]:
        """Keys of everybody who has a role at the end."""
        return tuple(a.key for a in self.g.case.cast if role_on(a, self.g.as_of) == role)
