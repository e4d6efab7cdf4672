"""From a case to its brief: which points answer which demand, what is said before and after them."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from detente.brief.alternatives import build_alternatives, build_changes
from detente.brief.conclusion import build_conclusion
from detente.brief.document import Brief, BriefSection, Dataset, Provenance
from detente.brief.errors import SinceNotBeforeAsOf
from detente.brief.forecast_section import ForecastFailure, build_forecast_section, case_forecast
from detente.brief.method import build_limitations, build_method
from detente.brief.other_reports import find_other_reports
from detente.cases.case_file import CaseFile, find_shipped_cases, load_case_file
from detente.cases.errors import BadCase
from detente.cases.load import load_case_data
from detente.cases.matched_reports import MatchedReports, find_matched_reports
from detente.charts import (
    border_map,
    event_timeline,
    relation_index,
    truce_survival,
)
from detente.claims import CLAIMS, evaluate
from detente.claims.checks.external_replication import format_source_name
from detente.claims.context import ClaimContext
from detente.claims.finding import Finding, choose_examples
from detente.claims.recommendations import list_recommendations
from detente.core.date_range import format_date
from detente.core.errors import nearest, quoted_choices
from detente.core.version import __version__
from detente.events.event import Event
from detente.forecast.case import CaseForecast
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity, count_quantity, deaths_quantity, tally_quantity
from detente.sources.licences import CHRONOLOGY, UNKNOWN, Licence, licence_of
from detente.text.numbers import count_text, range_text
from detente.text.sentence import ConventionPiece, EventPiece, NumberPiece, Sentence, format_on_date, make_sentence


@dataclass(frozen=True, slots=True)
class BriefRequest:
    """What was asked for: a case, the day whose knowledge is used, and the command as typed.

    `checks` False leaves the attacks out, which is quicker; no claim is then more than leaning. `since` is
    an earlier day whose brief this one is compared with. `store` is a folder whose other sources claims are held against.
    """

    case: str
    as_of: date | None = None
    command: str = ""
    checks: bool = True
    since: date | None = None
    store: Path | None = None


def build_claim_context(request: BriefRequest) -> ClaimContext:
    """The case as known on the day, its demands checked.

    Raises:
        UnknownCase, BadCase, AsOfOutside: see `brief`.
    """
    case = load_case_file(request.case)
    _check_claims(case)
    return _load_claim_context(case, request.as_of, request.store)[0]


def _load_claim_context(
    case: CaseFile, as_of: date | None, store: Path | None
) -> tuple[ClaimContext, MatchedReports | None]:
    g = load_case_data(case, as_of)
    found = find_matched_reports(g, store) if store else None
    return ClaimContext(g, others=tuple(found.records.values()) if found else ()), found


def build_brief(
    request: BriefRequest, *, view: ClaimContext | None = None, foreseen: CaseForecast | ForecastFailure | None = None
) -> Brief:
    """The brief of a case.

    Args:
        view, foreseen: the case as known on the day, and its forecast from `ahead`, where they are at hand; made if not given.

    Raises:
        UnknownCase, BadCase: the case cannot be used, or names a claim that does not exist.
        AsOfOutside: the day lies before the case.
    """
    case = load_case_file(request.case)
    _check_claims(case)
    found: MatchedReports | None = None
    if view is None:
        view, found = _load_claim_context(case, request.as_of, request.store)
    order = [c for d in case.demands for c in d.claims]
    findings = {f.claim: f for f in choose_examples([evaluate(c, view, checks=request.checks) for c in order])}
    over_time, region = relation_index.draw_relation_index(view), border_map.draw_border_map(view)
    beside = {"safe_haven": region if over_time else None, "third_parties": truce_survival.draw_truce_survival(view)}
    sections = tuple(
        BriefSection(
            key=d.key,
            title=d.title,
            asks=d.asks,
            points=tuple(findings[c] for c in d.claims),
            pictures={c: p for c in d.claims if (p := beside.get(c)) is not None},
        )
        for d in case.demands
    )
    ways = list_recommendations(view)
    introduction, concluded = _build_introduction(view), build_conclusion(sections, ways)
    ordered = [findings[c] for c in order]
    told_since = _build_changes_since(case, view, request, order, ordered)
    cited = _collect_cited_events(
        view, sections, (*introduction, *(s for p in concluded for s in p)), [w.example for w in ways if w.example]
    )
    return Brief(
        title=case.title,
        question=case.question,
        introduction=introduction,
        lead=over_time or region or event_timeline.draw_event_timeline(view),
        sections=sections,
        outlook=build_forecast_section(view, foreseen or case_forecast(view)),
        conclusion=concluded,
        levers=ways,
        alternatives=build_alternatives(ordered),
        unseen=build_limitations(view),
        changes=told_since,
        since=str(request.since or ""),
        appendix=(event_timeline.draw_event_timeline(view),),
        method=build_method(view),
        cited=cited,
        datasets=build_datasets(view),
        provenance=_add_store_version(build_provenance(view, request), found),
        countries=case.country_names,
        retold=find_other_reports(cited, found) if found else {},
    )


def _build_changes_since(
    case: CaseFile, view: ClaimContext, request: BriefRequest, order: list[str], now: list[Finding]
) -> tuple[Sentence, ...]:
    if request.since is None:
        return ()
    if request.since >= view.g.as_of:
        raise SinceNotBeforeAsOf(request.since, view.g.as_of)
    earlier, _ = _load_claim_context(case, request.since, request.store)
    return build_changes(view, earlier, now, [evaluate(c, earlier, checks=request.checks) for c in order])


def _check_claims(case: CaseFile) -> None:
    for i, demand in enumerate(case.demands):
        for claim in demand.claims:
            if claim not in CLAIMS:
                near = quoted_choices(nearest(claim, list(CLAIMS)))
                why, remedy = "there is no such claim", f"Nearest: {near}. Known: {', '.join(CLAIMS)}."
                raise BadCase(str(case.file), f"demands.{i}.claims", claim, why, remedy)


def build_opening(view: ClaimContext) -> Sentence:
    """Who fights whom, and what the host says of it: the first sentence of every form."""
    case = view.g.case
    return make_sentence(
        f"{case.names.target} fights {case.names.group}, whose fighters it says shelter in {case.names.host}; "
        f"{case.names.host_government}, in power since ",
        ConventionPiece(format_date(case.first), "the first day of the case"),
        ", deny it.",
    )


def _build_introduction(view: ClaimContext) -> tuple[Sentence, ...]:
    g, names = view.g, view.g.case.names
    crises = view.episodes
    force = EventFilter(channels=("strike", "clash"), last=g.watched_to)
    out = [build_opening(view)]
    if crises:
        n = tally_quantity(
            "episodes", len(crises), "episodes", "runs of strikes and clashes without a gap of more than two weeks",
            {"kind": "episodes", "gap": 14}, tuple(e for c in crises for e in c.events),
        )  # fmt: skip
        toll = deaths_quantity(g, "force_deaths", force)
        untold = tally_quantity(
            "force_untold", int(toll.recipe["untold"]), "events", "strikes and clashes without any figure of deaths",
            {"kind": "untold deaths", "of": force.as_data()}, toll.events,
        )  # fmt: skip
        out.append(
            make_sentence(
                "Since then the record holds ",
                count_text(n, "crisis", "crises"),
                " in which the two states' forces struck or fought each other across ",
                names.border,
                ", with ",
                range_text(toll, "deaths"),
                " by the lowest and the highest figures told, and no figure for ",
                count_text(untold, "event", "events"),
                ".",
            )
        )
        recent = {
            c: EventFilter(channels=(c,), first=view.recent_period[0], last=view.recent_period[1])
            for c in ("strike", "clash")
        }
        if view.recent_from > g.case.first and any(r.of(g) for r in recent.values()):
            out.append(
                make_sentence(
                    ConventionPiece(view.since_piece.text[0].upper() + view.since_piece.text[1:], view.since_piece.why),
                    " alone it holds ",
                    count_text(
                        count_quantity(g, "recent_strikes", recent["strike"], "recent strikes"), "strike", "strikes"
                    ),
                    f" by {names.target} on {names.host}'s soil and ",
                    count_text(
                        count_quantity(g, "recent_clashes", recent["clash"], "recent clashes"), "clash", "clashes"
                    ),
                    " of the two forces.",
                )
            )
        worst = sorted(crises, key=lambda c: (-c.deaths.high, c.first))[:2]
        pieces: list[str | NumberPiece | EventPiece | ConventionPiece] = ["The deadliest began "]
        for i, c in enumerate(sorted(worst, key=lambda c: c.first)):
            first = g.event(c.events[0])
            d = Quantity(
                f"crisis_{c.first}", None, "deaths", "deaths in the crisis, lowest and highest figures told",
                {"kind": "deaths", "ids": list(c.events)}, c.events, c.deaths.low, c.deaths.high,
            )  # fmt: skip
            pieces += [" and " if i else "", format_on_date(first), " (", range_text(d, "deaths"), ")"]
        if len(worst) == 2:
            out.append(make_sentence(*pieces, "."))
    out.append(
        make_sentence(
            "What follows takes the question's demands one by one. Each point is a claim that was tested, checked and judged by "
            "one rule; every number can be made again from dated, sourced events."
        )
    )
    return tuple(out)


def _collect_cited_events(
    view: ClaimContext, sections: tuple[BriefSection, ...], extra: tuple[Sentence, ...], more: list[str]
) -> tuple[Event, ...]:
    keys = set(more)
    for finding in (p for s in sections for p in s.points):
        keys |= set(finding.examples)
        keys |= _collect_event_ids((*finding.sentences, finding.limits, finding.short))
    keys |= _collect_event_ids(extra)
    return tuple(e for e in view.g.events if e.id in keys)


def _collect_event_ids(sentences: tuple[Sentence, ...]) -> set[str]:
    return {p.event for s in sentences for p in s.pieces if isinstance(p, EventPiece)}


def _build_record_datasets(view: ClaimContext) -> list[Dataset]:
    """What the events were read from. Only the chronologies that come with the package are ours to license."""
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
    """What a brief rests on beside its events, each with its licence and what to cite."""
    out = _build_record_datasets(view)
    if view.geography and view.geography.source:
        out.append(Dataset("Natural Earth", "borders and provinces", "public domain", view.geography.source))
    if any(w.coverage for w in view.g.case.windows):
        name = "UCDP Georeferenced Event Dataset and Candidate Events"
        out.append(_build_dataset(name, "how densely each window was collected", licence_of("ucdp")))
    for g in view.others:
        name = f"{format_source_name(g.release.source)}: {g.release.name}"
        out.append(_build_dataset(name, "a second record, to hold claims against", licence_of(g.release.source)))
    return tuple(out)


def _add_store_version(p: Provenance, found: MatchedReports | None) -> Provenance:
    return replace(p, store_version=found.store.version, releases=found.releases) if found else p


def build_provenance(view: ClaimContext, request: BriefRequest) -> Provenance:
    """What a reader needs to make a text of this case and day again."""
    g = view.g
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
    )
