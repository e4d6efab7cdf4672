"""Build a brief from a case: claims evaluated for each demand, introduction, conclusion, sources and provenance."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from detente.brief.alternatives import build_alternatives, build_changes
from detente.brief.conclusion import build_conclusion
from detente.brief.document import Brief, BriefSection, Dataset, Provenance
from detente.brief.errors import SinceNotBeforeAsOf
from detente.brief.first_page import (
    build_answer,
    build_argument,
    build_background,
    build_caution,
    build_latest_force,
    build_recent_fighting,
    describe_record_age,
)
from detente.brief.forecast_section import ForecastFailure, build_forecast_section, case_forecast
from detente.brief.method import build_limitations, build_method
from detente.brief.other_reports import find_other_reports
from detente.cases.case_file import CaseFile, find_shipped_cases, load_case_file
from detente.claims import evaluate
from detente.claims.checks.external_replication import format_source_name
from detente.claims.context import ClaimContext
from detente.claims.crisis_quantities import count_crises, describe_spread
from detente.claims.finding import Finding, choose_examples
from detente.claims.force_text import name_force_kinds
from detente.claims.gap_text import tell_gaps
from detente.claims.load import load_claim_context
from detente.claims.reader_text import say_plain
from detente.claims.recommendations import list_recommendations
from detente.core.date_range import format_date
from detente.core.disk_cache import active_cache, content_key
from detente.core.extras import require_extra
from detente.core.version import __version__, code_stamp
from detente.events.event import Event
from detente.forecast.case import CaseForecast
from detente.forecast.scorecard_store import load_scorecard
from detente.measures.quantity import Quantity
from detente.sources.licences import CHRONOLOGY, UNKNOWN, Licence, licence_of
from detente.text.numbers import count_text, range_text
from detente.text.sentence import ConventionPiece, EventPiece, Sentence, format_on_date, make_sentence

if TYPE_CHECKING:
    from detente.cases.matched_reports import MatchedReports

SHORT_SPAN_DAYS = 3  # an event of a night or of a few days has a known beginning


@dataclass(frozen=True, slots=True)
class BriefRequest:
    """A request for a brief: the case, the knowledge date, and the command as typed.

    Fields:
        checks: False skips the robustness checks. It is faster, but no claim is rated above leaning.
        since: an earlier day to compare with. store: folder of a store that holds the case's own releases, if it
            brings any, and other sources on which the claims are tested; None reads no store.
    """

    case: str
    as_of: date | None = None
    command: str = ""
    checks: bool = True
    since: date | None = None
    store: Path | None = None


def build_claim_context(request: BriefRequest) -> ClaimContext:
    """Load the case as known on the day, and check the claims that its demands name.

    Raises:
        UnknownCase, BadCase, AsOfOutOfRange: see `build_brief`.
    """
    return load_claim_context(load_case_file(request.case), request.as_of, request.store)[0]


def build_brief(
    request: BriefRequest, *, view: ClaimContext | None = None, foreseen: CaseForecast | ForecastFailure | None = None
) -> Brief:
    """Build the brief of a case; the cache in use keeps it.

    Args:
        view, foreseen: the case as known on the day, and its forecast from `case_forecast`; computed if not given.

    Raises:
        UnknownCase, BadCase: the case cannot be used, or names a claim that does not exist.
        AsOfOutOfRange: the day lies before the case. SinceNotBeforeAsOf: `since` is not before the day of the brief.
        MissingExtra: the extra `brief` is not installed.
    """
    require_extra("brief")
    case = load_case_file(request.case) if view is None else view.g.case
    matched: MatchedReports | None = None
    if view is None:
        view, matched = load_claim_context(case, request.as_of, request.store)
    if active_cache().folder is None or foreseen is not None or request.since:
        return _assemble_brief(case, request, view, matched, foreseen)
    read = [d.store for d in (view.g, *view.others)]
    compared = (matched.store.version, matched.releases, matched.links) if matched else ()
    asked = replace(request, command="", store=None)
    key = content_key(code_stamp(), view.content_key, load_scorecard(view.g), asked, read, compared)
    brief = active_cache().record("brief", key, lambda: _assemble_brief(case, request, view, matched, None))
    return replace(brief, provenance=replace(brief.provenance, command=request.command))


def _assemble_brief(
    case: CaseFile,
    request: BriefRequest,
    view: ClaimContext,
    matched: "MatchedReports | None",
    foreseen: CaseForecast | ForecastFailure | None,
) -> Brief:
    from detente.charts import border_map, event_timeline, relation_index, truce_survival  # import the chart library

    claims = [c for d in case.demands for c in d.claims]
    findings = {f.claim: f for f in choose_examples([evaluate(c, view, checks=request.checks) for c in claims])}
    over_time, region = relation_index.draw_relation_index(view), border_map.draw_border_map(view)
    pictures = {"safe_haven": region if over_time else None, "third_parties": truce_survival.draw_truce_survival(view)}
    sections = tuple(
        BriefSection(
            key=d.key,
            title=d.title,
            asks=d.asks,
            points=tuple(findings[c] for c in d.claims),
            pictures={c: p for c in d.claims if (p := pictures.get(c)) is not None},
            arguments={c: a for c in d.claims if (a := build_argument(view, c)) is not None},
        )
        for d in case.demands
    )
    ways = list_recommendations(view)
    outlook = build_forecast_section(view, foreseen or case_forecast(view))
    answer, background = build_answer(view, sections, ways, outlook), build_background(view)
    introduction, conclusion = build_introduction(view), build_conclusion(sections, ways)
    ordered = [findings[c] for c in claims]
    changes = _build_changes_since(case, view, request, claims, ordered)
    age = describe_record_age(view)
    cited = _collect_cited_events(
        view, sections, (age, *(a.sentence for a in answer), *introduction, *(s for p in conclusion for s in p)),
        [
            *(w.example for w in ways if w.example), *(i for w in ways for i in (*w.precedent_events, *w.sources)),
            *(i for n in background for i in n.sources),
            *(i for s in sections for a in s.arguments.values() for i in (*a.sources, *a.counter_sources)),
        ],
    )  # fmt: skip
    provenance = build_provenance(view, request)
    if matched:
        provenance = replace(provenance, store_version=matched.store.version)
    return Brief(
        title=case.title,
        question=case.question,
        age=age,
        answer=answer,
        caution=build_caution([p for s in sections for p in s.points]),
        background=background,
        no_background="" if view.g.background else "The case file gives no background and no arguments.",
        introduction=introduction,
        lead=over_time or region or event_timeline.draw_event_timeline(view),
        sections=sections,
        outlook=outlook,
        conclusion=conclusion,
        levers=ways,
        alternatives=build_alternatives(ordered),
        unseen=build_limitations(view),
        changes=changes,
        since=str(request.since or ""),
        appendix=(event_timeline.draw_event_timeline(view),),
        method=build_method(view),
        cited=cited,
        datasets=build_datasets(view),
        provenance=provenance,
        countries=case.country_names,
        retold=find_other_reports(cited, matched) if matched else {},
    )


def _build_changes_since(
    case: CaseFile, view: ClaimContext, request: BriefRequest, claims: list[str], now: list[Finding]
) -> tuple[Sentence, ...]:
    if request.since is None:
        return ()
    if request.since >= view.g.as_of:
        raise SinceNotBeforeAsOf(request.since, view.g.as_of)
    earlier, _ = load_claim_context(case, request.since, request.store)
    return build_changes(view, earlier, now, [evaluate(c, earlier, checks=request.checks) for c in claims])


def build_opening(view: ClaimContext) -> Sentence:
    """Build the first sentence of briefs and answers: who fights whom, from the case's background where it has one."""
    names, background = view.g.case.names, view.g.background
    note = background.note("who_fights_whom") if background else None
    if note is not None:
        return make_sentence(ConventionPiece(note.text, "the case's background, with its sources"))
    return say_plain(
        f"The case file names {names.group} as an armed group based in {names.host} that fights {names.target}."
    )


def build_introduction(view: ClaimContext) -> tuple[Sentence, ...]:
    """Build the introduction: the parties, the crises so far, the recent fighting, and the latest use of force."""
    out = [build_opening(view)]
    if view.episodes:
        out += _describe_crises(view)
        fighting = build_recent_fighting(view)
        out += [fighting] if fighting else []
    latest = build_latest_force(view)
    out += [latest] if latest else []
    holder = ", who holds it," if view.g.background and view.g.background.arguments else ""
    out.append(make_sentence(f"Each point below gives a claim{holder} and what the record shows of it."))
    return tuple(out)


def _describe_crises(view: ClaimContext) -> list[Sentence]:
    """How many crises there were, with which reported deaths, and which was the deadliest."""
    g, crises, counted = view.g, view.episodes, count_crises(view)
    gaps = tell_gaps(g, "crises", g.case.first, g.watched_to)
    force = [g.event(k) for x in crises for k in x.events]
    out = [
        say_plain("Since ", ConventionPiece(format_date(g.case.first), "the first day of the case"), " the record holds ",
            count_text(counted.crises, "crisis", "crises"), f" of {name_force_kinds(g, force)}.",
            *gaps,
        )
    ]  # fmt: skip
    if counted.deaths.high:
        differ = f", {describe_spread(g)}." if counted.deaths.low != counted.deaths.high else "."
        of = "the crises" if gaps else "them"
        out.append(say_plain(f"Reports of {of} give ", range_text(counted.deaths, "deaths"), differ))
    if counted.without_deaths.value:
        events = count_text(counted.without_deaths, "of these events has", "of these events have")
        out.append(say_plain(events, " no reported toll."))
    worst = max(crises, key=lambda c: (c.deaths.high, c.first))
    if worst.deaths.high:
        d = Quantity(
            f"crisis_{worst.first}", None, "deaths", "deaths in the crisis, lowest and highest figures reported",
            {"kind": "deaths", "ids": list(worst.events)}, worst.events, worst.deaths.low, worst.deaths.high,
        )  # fmt: skip
        members = [g.event(i) for i in worst.events]
        precise = next((e for e in members if e.span.precision == "day" and e.span.days <= SHORT_SPAN_DAYS), None)
        # A crisis is dated by its first row whose days are known; its vaguest row may lie anywhere in a month.
        late = [] if precise is None or precise is members[0] else [" at the latest"]
        day = format_on_date(precise or members[0])
        out.append(say_plain("The deadliest began ", day, *late, " (", range_text(d, "deaths"), ")."))
    return out


def _collect_cited_events(
    view: ClaimContext, sections: tuple[BriefSection, ...], extra: tuple[Sentence, ...], examples: list[str]
) -> tuple[Event, ...]:
    findings = [p for s in sections for p in s.points]
    plain = [m.sentence for f in findings if f.reader for m in f.reader.sentences]
    sentences = [*extra, *plain, *(s for f in findings for s in (*f.sentences, f.limits, f.short))]
    keys = {p.event for s in sentences for p in s.pieces if isinstance(p, EventPiece)}
    keys |= {*examples, *(i for f in findings for i in f.examples)}
    return tuple(e for e in view.g.events if e.id in keys)


def _build_record_datasets(view: ClaimContext) -> list[Dataset]:
    """List the datasets of the events. Only the chronologies that ship with the package carry our licence."""
    g = view.g
    if g.case.brought:
        sources = dict.fromkeys(b.source for b in g.case.brought)
        return [
            _build_dataset(f"{format_source_name(s)}: {g.release.name}", "all events", licence_of(s)) for s in sources
        ]
    ours = g.case.file in find_shipped_cases().values()
    return [_build_dataset(f"Chronology {g.release.name}", "all events", CHRONOLOGY if ours else UNKNOWN)]


def _build_dataset(name: str, use: str, licence: Licence) -> Dataset:
    return Dataset(name, use, licence.terms, licence.cite)


def build_datasets(view: ClaimContext) -> tuple[Dataset, ...]:
    """List the datasets behind a brief, each with its use, licence and citation."""
    out = _build_record_datasets(view)
    if view.geography and view.geography.source:
        out.append(Dataset("Natural Earth", "borders and provinces", "public domain", view.geography.source))
    if view.g.case.chronology and _coverage_rests_on_ucdp(view.g.case):
        name = "UCDP Georeferenced Event Dataset and Candidate Events"
        out.append(_build_dataset(name, "how much of what happened each window holds", licence_of("ucdp")))
    for g in view.others:
        name = f"{format_source_name(g.release.source)}: {g.release.name}"
        out.append(_build_dataset(name, "a second record, to hold claims against", licence_of(g.release.source)))
    return tuple(out)


def _coverage_rests_on_ucdp(case: CaseFile) -> bool:
    """Whether the case file says that a coverage was measured against UCDP's events."""
    return any("UCDP" in basis for w in case.windows for basis in (w.basis, *(k.basis for k in w.kinds)))


def build_provenance(view: ClaimContext, request: BriefRequest) -> Provenance:
    """Collect what a reader needs to reproduce a text of this case and day."""
    g = view.g
    read = [d.store for d in (g, *view.others) if d.store is not None]
    return Provenance(
        package="detente",
        version=__version__,
        command=request.command or f"detente brief {g.case.id} --as-of {g.as_of}",
        case=g.case.id,
        as_of=str(g.as_of),
        release=g.release.name,
        sha256=g.release.sha256,
        rows=g.rows,
        events=len(g.events),
        later=g.later,
        set_aside=len(g.set_aside),
        unassigned=len(g.unassigned),
        watched_to=str(g.watched_to),
        store_version=next((s.version for s in read), None),
        releases=tuple(sorted({r for s in read for r in s.releases})),
    )
