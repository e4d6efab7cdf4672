"""The content of a brief: question, demands, points, pictures, sources and provenance. Every format shows all of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from detente.charts.picture import Picture
from detente.claims.finding import Finding
from detente.claims.reader_text import MARK_WORDS, Mark
from detente.claims.recommendations import Recommendation
from detente.core.date_range import format_date
from detente.core.publishers import format_publishers, split_first_report
from detente.events.event import Event
from detente.forecast.text import ForecastRow
from detente.sources.testimony import format_source_name
from detente.text.sentence import Sentence


def format_origin(event: Event) -> str:
    """Name the publishers of an event's reports; of a row without addresses its source, release and first report, if named."""
    if event.addresses:
        return format_publishers(event.addresses)
    publisher, day = split_first_report(event.first_report)
    first = f"; first report named: {publisher}, {format_date(day)}" if day else ""
    return f"{format_source_name(event.source)}, {event.release}{first}"


@dataclass(frozen=True, slots=True)
class BriefSection:
    """One demand of the question, its points, and pictures and arguments by the claim that they belong to."""

    key: str
    title: str
    asks: str
    points: tuple[Finding, ...]
    pictures: Mapping[str, Picture]
    arguments: Mapping[str, "BriefArgument"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BriefArgument:
    """Why a claim is held: the argument, who holds it, and the best counter-argument; each with its sources.

    A source is the id of an event, an address or a publication.
    """

    text: str
    held_by: tuple[str, ...]
    counter: str
    sources: tuple[str, ...]
    counter_sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BackgroundParagraph:
    """A paragraph of the background: title, text, a note that qualifies it, and its sources."""

    title: str
    text: str
    note: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A sentence of the first page under its heading. `mark` is empty where it is neither tested nor counted."""

    heading: str
    mark: Mark | Literal[""]
    sentence: Sentence
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset behind the brief: name, use, licence and citation."""

    name: str
    use: str
    licence: str
    cite: str


@dataclass(frozen=True, slots=True)
class MatchedReport:
    """Another source's report of a cited event: key such as `ucdp:611281`, standing (accepted, probable or part), match score in bits."""

    key: str
    standing: str
    bits: float
    when: str
    deaths: str


@dataclass(frozen=True, slots=True)
class OtherSourceReports:
    """Other sources' reports of one event, and the discrepancies between them, in words."""

    reports: tuple[MatchedReport, ...]
    differs: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return all of it in one line."""
        reports = [f"also told by {x.key} ({x.standing}): {x.when}, {x.deaths}" for x in self.reports]
        return "; ".join([*reports, *(f"they differ {d}" for d in self.differs)])


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a reader needs to reproduce the brief. Without a store, `store_version` is None and `releases` is empty."""

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
        """Return the store's version and releases, ending in a semicolon; empty without a store."""
        if self.store_version is None:
            return ""
        return f"store version {self.store_version} with {', '.join(self.releases) or 'no other source that the cast knows'}; "


@dataclass(frozen=True, slots=True)
class ForecastSection:
    """The forecast: lines with one cell for each horizon in days, notes on its basis, and past scores.

    `since` is the first day of the forecast, in words. `plain` tells a reader the figures that matter most. Without a
    forecast, lines and picture are empty and the notes say why.
    """

    since: str
    horizons: tuple[int, ...]
    lines: tuple[ForecastRow, ...]
    notes: tuple[Sentence, ...]
    score: tuple[Sentence, ...]
    picture: Picture | None
    plain: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """A whole brief.

    Fields:
        age: the last covered day, and what is known since. answer: the first page, at most eight sentences. caution: what the tests cannot show, or None.
        background: what a reader needs first; empty where the case gives none, and then `no_background` says so.
        cited: every event that the text names, in order of day. retold: other sources' reports of them, by event id.
        alternatives: readings that failed checks leave open. unseen: limitations, by heading.
        changes: differences from the day `since`; both are empty where no earlier day was given.
    """

    title: str
    question: str
    age: Sentence
    answer: tuple[AnswerLine, ...]
    caution: Sentence | None
    background: tuple[BackgroundParagraph, ...]
    no_background: str
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
        """Return the most precise known name of an event's place."""
        return event.place.format_name(self.countries)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Return the marks that the text uses, in the order of their key."""
        points = [p for s in self.sections for p in s.points if p.reader]
        used = {a.mark for a in self.answer} | {m.mark for p in points if p.reader for m in p.reader.sentences}
        used |= {p.verdict.word for p in points if p.verdict}
        return tuple(m for m in MARK_WORDS if m in used)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Return every picture, in the order of the pages."""
        forecast = (self.outlook.picture,) if self.outlook.picture else ()
        return (self.lead, *(p for s in self.sections for p in s.pictures.values()), *forecast, *self.appendix)
