"""A brief before it is set in type: question, demands, points, pictures, sources, provenance.

The same document becomes a web page, a PDF, Markdown and JSON; each form shows all of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from detente.charts.style import Picture
from detente.claims.finding import Finding
from detente.claims.recommendations import Recommendation
from detente.events.event import Event
from detente.forecast.text import ForecastRow
from detente.text.sentence import Sentence


@dataclass(frozen=True, slots=True)
class BriefSection:
    """One demand of the question, the points that answer it, and pictures by the claim they illustrate."""

    key: str
    title: str
    asks: str
    points: tuple[Finding, ...]
    pictures: Mapping[str, Picture]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Something the brief rests on beside its events."""

    name: str
    use: str
    licence: str
    cite: str


@dataclass(frozen=True, slots=True)
class MatchedReport:
    """Another source's report of an event that the text names: `ucdp:611281`, accepted or likely, its day and deaths in words."""

    key: str
    standing: str
    bits: float
    when: str
    deaths: str


@dataclass(frozen=True, slots=True)
class OtherSourceReports:
    """What other sources say of one event: their reports, and what they say otherwise, in words."""

    reports: tuple[MatchedReport, ...]
    differs: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it in one line."""
        told = [f"also told by {x.key} ({x.standing}): {x.when}, {x.deaths}" for x in self.reports]
        return "; ".join([*told, *(f"they differ {d}" for d in self.differs)])


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a reader needs to make the same brief again.

    `store_version` and `releases` are of the store whose other sources were read; None and empty without one.
    """

    package: str
    version: str
    command: str
    case: str
    as_of: str
    release: str
    sha256: str
    rows: int
    events: int
    later: int
    set_aside: int
    unassigned: int
    watched_to: str
    store_version: int | None = None
    releases: tuple[str, ...] = ()

    @property
    def store_text(self) -> str:
        """The store's version and releases, to stand before more; empty without one."""
        if self.store_version is None:
            return ""
        return f"store version {self.store_version} with {', '.join(self.releases) or 'no other source that the cast knows'}; "


@dataclass(frozen=True, slots=True)
class ForecastSection:
    """What may come: lines with a cell for each horizon (days), on what they rest, and how such forecasts scored.

    `since` is the day from which it is forecast, in words. Where nothing can be forecast there are no lines and no
    picture, and the notes say why.
    """

    since: str
    horizons: tuple[int, ...]
    lines: tuple[ForecastRow, ...]
    notes: tuple[Sentence, ...]
    score: tuple[Sentence, ...]
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Brief:
    """The whole. `cited` holds every event that the text names, in order of day.

    `alternatives` are readings that failed checks leave open; `conclusion` has paragraphs; `unseen` is what the record cannot show, by heading;
    `changes` is what came out otherwise than on the day `since`, both empty where no earlier day was given.
    `retold` is what other sources say of cited events, by id.
    """

    title: str
    question: str
    introduction: tuple[Sentence, ...]
    lead: Picture
    sections: tuple[BriefSection, ...]
    outlook: ForecastSection
    conclusion: tuple[tuple[Sentence, ...], ...]
    levers: tuple[Recommendation, ...]
    appendix: tuple[Picture, ...]
    alternatives: tuple[Sentence, ...]
    unseen: tuple[tuple[str, tuple[Sentence, ...]], ...]
    changes: tuple[Sentence, ...]
    since: str
    method: tuple[tuple[str, tuple[Sentence, ...]], ...]
    cited: tuple[Event, ...]
    datasets: tuple[Dataset, ...]
    provenance: Provenance
    countries: Mapping[str, str]
    retold: Mapping[str, OtherSourceReports] = field(default_factory=dict)

    def where(self, event: Event) -> str:
        """The most precise name of an event's place that is known."""
        return event.place.format_name(self.countries)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every picture, in the order of the pages."""
        return (self.lead, *(p for s in self.sections for p in s.pictures.values()), *self._fans, *self.appendix)

    @property
    def _fans(self) -> tuple[Picture, ...]:
        return (self.outlook.picture,) if self.outlook.picture else ()
