"""Names in the events of two countries of a release, and which of them may be the case's armed group.

The group of a case fights the target and shelters in the host, so a release suggests it only where it tells of both.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from detente.cases.errors import BadCase
from detente.cases.release_scope import is_published_name
from detente.core.date_range import join_spans
from detente.core.errors import nearest, quoted_choices
from detente.events.countries import load_country_codes, load_country_names
from detente.events.reader import plan_releases
from detente.events.row_account import EventStream
from detente.events.vintage import DatedRelease, find_release_coverage


@dataclass(frozen=True, slots=True)
class NameCount:
    """A name in a release: events of the two countries that name it, in all and by country, most frequent first."""

    name: str
    code: str
    events: int
    soil: tuple[tuple[str, int], ...]

    def events_in(self, country: str) -> int:
        """Count the events in this country that name it."""
        return dict(self.soil).get(country, 0)


@dataclass(frozen=True, slots=True)
class NameCounts:
    """Names in releases for two countries, most frequent first; events by country and pair of names.

    `first` and `last` are the days of the first and the last event, `covered` the spans of days that the releases cover.
    """

    source: str
    names: tuple[NameCount, ...]
    pairs: Counter[tuple[str, frozenset[str]]]
    first: date
    last: date
    events: int = 0
    rejected: int = 0
    covered: tuple[tuple[date, date], ...] = ()

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day that the releases cover; those of the events where that is unknown."""
        return (self.covered[0][0], self.covered[-1][1]) if self.covered else (self.first, self.last)

    def fights(self, name: str, own: set[str], country: str = "") -> int:
        """Count the events, in one country or both, that name an actor together with one of `own`."""
        return sum(
            k for (soil, pair), k in self.pairs.items() if name in pair and pair & own and country in ("", soil)
        )  # fmt: skip

    def reaches(self, country: str) -> bool:
        """Return whether the release has an event in a country."""
        return any(soil == country for soil, _ in self.pairs)


def country_code(text: str) -> str:
    """Return the ISO alpha-3 code for a country's code or name.

    Raises:
        BadCase: no country has it; the error suggests the nearest.

    Example:
        >>> country_code("tur"), country_code("DR Congo")
        ('TUR', 'COD')
    """
    if text.upper() in load_country_codes("iso3"):
        return text.upper()
    code = load_country_codes("name").get(text.casefold())
    if code is None:
        remedy = (
            f"Nearest: {quoted_choices(nearest(text, [*load_country_codes('name'), *load_country_codes('iso3')]))}."
        )
        raise BadCase("a new case", "countries", text, "no country has this code or name", remedy)
    return code


ReadProgress = Callable[[str, int, int], None]
"""Called with what is being read, the releases read, and all releases of the file or folder."""


def count_names(
    paths: Sequence[Path], target: str, host: str, *, told: ReadProgress = lambda step, done, total: None
) -> NameCounts:
    """Count the names in the events of two countries in files, folders and archives.

    Raises:
        BadCase: they hold no event of the two countries, or are of several sources. Also the errors of `plan_releases`.
    """
    shown = ", ".join(p.name for p in paths)
    sources: list[str] = []
    finished: list[EventStream] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for path in paths:
            told(f"opening {path.name}", 0, 1)
            planned = plan_releases(path).releases
            for i, p in enumerate(planned):
                told(f"reading {p.name}", i, len(planned))
                reading = p.open()
                sources.append(reading.release.source)
                if len(set(sources)) > 1:
                    why = f"{p.name} is of {sources[-1].upper()}, others are of {sources[0].upper()}"
                    raise BadCase("a new case", "data", shown, why, "Give files of one source; add the other by hand.")
                yield from reading.events
                finished.append(reading)

    counts = count_event_names(batches(), "", shown, target, host)
    return replace(counts, source=sources[0], rejected=sum(r.account().set_aside.num_rows for r in finished))


def count_event_names(
    batches: Iterable[pa.RecordBatch], source: str, shown: str, target: str, host: str
) -> NameCounts:  # fmt: skip
    """Count the names in the events of two countries, from any stream of events; `shown` names the releases in errors.

    Raises:
        BadCase: there is no event of the two countries.
    """
    elsewhere: Counter[str] = Counter()
    events = 0
    count: Counter[tuple[str, str]] = Counter()
    soil: dict[tuple[str, str], Counter[str]] = {}
    pairs: Counter[tuple[str, frozenset[str]]] = Counter()
    first, last = date.max, date.min
    spans: dict[tuple[str, str], _EventSpan] = {}
    columns = ["country", "first", "raw_initiators", "raw_recipients", "initiator_codes", "recipient_codes"]
    for batch in batches:
        here = pc.is_in(batch["country"], pa.array([target, host]))
        _add_spans(spans, batch, here)
        for other in pc.value_counts(batch["country"].filter(pc.invert(here))).to_pylist():
            elsewhere[other["values"] or ""] += other["counts"]
        known = [c for c in columns if c in batch.schema.names]
        for e in batch.filter(here).select(known).to_pylist():
            events += 1
            first, last = min(first, e["first"]), max(last, e["first"])
            named = [*(e["raw_initiators"] or []), *(e["raw_recipients"] or [])]
            codes = [*(e.get("initiator_codes") or []), *(e.get("recipient_codes") or [])]
            codes = codes if len(codes) == len(named) else [""] * len(named)
            for who in dict.fromkeys(zip(named, codes, strict=True)):
                count[who] += 1
                soil.setdefault(who, Counter())[e["country"]] += 1
            pairs[e["country"], frozenset(named)] += 1
    names = [NameCount(n, c, k, tuple(soil[n, c].most_common())) for (n, c), k in count.most_common()]
    if not events:
        most = ", ".join(f"{load_country_names()[c]} ({n:,})" for c, n in elsewhere.most_common(5) if c)
        known_places = f"Its events lie in {most}." if most else "It holds no event with a country."
        why = "the release holds no event in either country"
        raise BadCase("a new case", "data", shown, why, f"{known_places} Name other countries, or another release.")
    return NameCounts(source, tuple(names), pairs, first, last, events, covered=_find_covered(spans))


@dataclass(slots=True)
class _EventSpan:
    """First and last day of a release's events, and whether one of them lies in the two countries."""

    first: date = date.max
    last: date = date.min
    here: bool = False


def _add_spans(spans: dict[tuple[str, str], _EventSpan], batch: pa.RecordBatch, here: pa.BooleanArray) -> None:
    releases = pa.table({"source": batch["source"], "release": batch["release"], "first": batch["first"], "here": here})
    found = releases.group_by(["source", "release"]).aggregate([("first", "min"), ("first", "max"), ("here", "any")])
    for r in found.to_pylist():
        if r["first_min"] is None:
            continue
        span = spans.setdefault((r["source"], r["release"]), _EventSpan())
        span.first, span.last = min(span.first, r["first_min"]), max(span.last, r["first_max"])
        span.here = span.here or bool(r["here_any"])


def _find_covered(spans: dict[tuple[str, str], _EventSpan]) -> tuple[tuple[date, date], ...]:
    """Join the days that the releases cover; an extract of other countries covers none (`release_scope.py`)."""
    covered: list[tuple[date, date]] = []
    for (source, release), span in spans.items():
        if span.here or (source == "ucdp" and is_published_name(release)):
            named = find_release_coverage([DatedRelease(source, release, date.max, span.first, span.last)])
            covered.append((named[0].first, named[0].last) if named else (span.first, span.last))
    return tuple(join_spans(covered))


def shorten_name(name: str) -> str:
    """Return a name without the years that some sources add.

    Example:
        >>> shorten_name("Military Forces of Yemen (2016-) Supreme Political Council")
        'Military Forces of Yemen Supreme Political Council'
    """
    return re.sub(r"\s+", " ", re.sub(r"\((?:\d{4})?\s*-\s*(?:\d{4})?\)", "", name)).strip() or name


def list_candidates(counts: NameCounts, target: str, host: str) -> list[NameCount]:
    """List who may be the armed group of a case, the likeliest first: no government, no civilians, nobody unknown.

    First come those that fight the target and have events in the host, by their fights there; then those that fight the
    target elsewhere; then all others.
    """
    own = {n.name for n in counts.names if is_government_of(n.name, target)}
    free = [n for n in counts.names if not is_any_government(n.name) and not n.name.startswith(("Civilians", "XXX"))]

    def rank(n: NameCount) -> tuple[bool, int, int, int]:
        fought = counts.fights(n.name, own)
        return bool(fought and n.events_in(host)), counts.fights(n.name, own, host), fought, n.events

    return sorted(free, key=rank, reverse=True)


def choose_group(counts: NameCounts, target: str, host: str) -> NameCount | None:
    """Choose the armed group that fights the target and shelters in the host, as far as a release can say.

    None where nobody fights the target, or where the release tells of the host and of no such group there: a group that
    fights elsewhere is another conflict's. A release without any event in the host cannot say who shelters there.
    """
    own = {n.name for n in counts.names if is_government_of(n.name, target)}
    first = next(iter(list_candidates(counts, target, host)), None)
    if first is None or not counts.fights(first.name, own):
        return None
    return first if first.events_in(host) or not counts.reaches(host) else None


# UCDP and ACLED: Government of Pakistan, Military Forces of Pakistan (2024-), Police Forces of Pakistan (2024-).
_STATE_FORCES = re.compile(r"(?:Government|Military Forces|Police Forces) of (.+?)(?: \(\d{4}-(?:\d{4})?\))?")


def is_any_government(name: str) -> bool:
    match = _STATE_FORCES.fullmatch(name)
    return match is not None and (
        name.startswith("Government of ") or match[1].casefold() in load_country_codes("name")
    )


def is_government_of(name: str, country: str) -> bool:
    match = _STATE_FORCES.fullmatch(name)
    return match is not None and load_country_codes("name").get(match[1].casefold()) == country
