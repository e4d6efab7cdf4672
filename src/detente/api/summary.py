"""A summary of a case in up to five sentences with traced numbers: parties, events, relations, latest crisis, crossings."""

from datetime import timedelta

from detente.api.case import Case
from detente.api.crossings import crossings_on
from detente.api.recent_changes import compare_recent_periods
from detente.api.results.texts import CrossingStatus, PeriodChange, StatusResult
from detente.brief.build import build_introduction
from detente.core.date_range import format_date
from detente.events.event import Event
from detente.measures.errors import NotObserved
from detente.measures.quantity import Quantity, tally_quantity
from detente.measures.quantity_times import index_change, index_level
from detente.text.numbers import count_text, index_level_text, range_text
from detente.text.sentence import ConventionPiece, EventPiece, Sentence, SentencePiece, format_on_date, make_sentence

YEAR = timedelta(days=364)


def build_status(prepared: Case) -> StatusResult:
    """Build the situation of a case; verdicts are given only if the claims have been tested before."""
    recent = compare_recent_periods(prepared)
    crossings = tuple(
        CrossingStatus(c.key, c.name, c.state, c.said) for c in crossings_on(prepared, prepared.g.watched_to)
    )
    changes = tuple(PeriodChange(c.channel, c.now, c.before) for c in recent.channels if c.now or c.before)
    brief = prepared.document_if_ready
    points = [f for s in brief.sections for f in s.points] if brief else []
    return StatusResult(
        prepared.header, prepared.case.title, prepared.age.days, summarize_case(prepared), crossings,
        changes, f"{recent.now.words}, and {recent.before.words} before. {recent.why} {recent.coverage}".replace("  ", " "),
        {f.claim: f.verdict.word for f in points if f.verdict},
    )  # fmt: skip


def summarize_case(prepared: Case) -> tuple[Sentence, ...]:
    """Write the summary; a case without crossings or with too few events has fewer sentences."""
    introduction = build_introduction(prepared.view)
    lines = [introduction[0]]
    if prepared.view.episodes:
        # The second sentence counts the crises; the brief omits it if there are none.
        lines.append(introduction[1])
    return (*lines, *_relations_sentence(prepared), *_latest_crisis_sentence(prepared), *_crossings_sentence(prepared))


def _relations_sentence(prepared: Case) -> tuple[Sentence, ...]:
    g, index = prepared.g, prepared.view.index
    if index is None:
        return ()
    day = g.watched_to
    pieces: list[SentencePiece] = [
        "Relations between the governments, on a scale from hostile (minus ten) to friendly (plus ten), stood at ",
        index_level_text(index_level(g, "relations_now", index, day)),
        " in the week of ",
        ConventionPiece(format_date(day), "the last day that was collected systematically"),
    ]
    try:
        change = index_change(g, "relations_in_a_year", index, day - YEAR, day)
    except NotObserved:
        return (make_sentence(*pieces, "."),)
    clear = (change.low or 0.0) > 0 or (change.high or 0.0) < 0
    way = "a change of " if clear else "not clearly other than a year before: a change of "
    return (make_sentence(*pieces, ", ", way, index_level_text(change), " within a year." if clear else "."),)


def _latest_crisis_sentence(prepared: Case) -> tuple[Sentence, ...]:
    g = prepared.g
    if not prepared.view.episodes:
        return ()
    x = prepared.view.episodes[-1]
    first = g.event(x.events[0])
    last: Event = max((g.event(e) for e in x.events), key=lambda e: e.span.last)
    toll = Quantity(
        "latest_crisis_deaths", None, "deaths", "deaths in the latest crisis, lowest and highest figures told",
        {"kind": "deaths", "ids": list(x.events)}, x.events, x.deaths.low, x.deaths.high,
    )  # fmt: skip
    dates = format_on_date(first), format_on_date(last)
    pieces: list[SentencePiece] = ["The latest crisis began ", dates[0], "; force was last used ", dates[1]]
    if x.deaths.told:
        pieces += [", and reports tell of ", range_text(toll, "deaths")]
    if x.running:
        pieces.append("; too little time was watched since to say that it is over")
    elif x.ended_by:
        pieces += ["; a truce or an agreement followed ", format_on_date(g.event(x.ended_by))]
    return (make_sentence(*pieces, "."),)


def _crossings_sentence(prepared: Case) -> tuple[Sentence, ...]:
    g = prepared.g
    crossings = crossings_on(prepared, g.watched_to)
    if not crossings:
        return ()
    shut = [c for c in crossings if c.shut]
    reports = tuple(dict.fromkeys(e for c in shut for e in c.events))
    recipe = {"kind": "crossings shut on", "day": str(g.watched_to)}
    how = "crossings in a spell without trade on that day, by its longest reading"
    n = tally_quantity("crossings_shut", len(shut), "crossings", how, recipe, reports)
    how = "crossings that the case names"
    every = tally_quantity("crossings", len(crossings), "crossings", how, {"kind": "crossings"}, ())
    day = ConventionPiece(format_date(g.watched_to), "the last day that was collected systematically")
    if not shut:
        count = count_text(every, "crossing", "crossings")
        return (make_sentence("On ", day, " no closure was reported at any of the ", count, "."),)
    which: tuple[SentencePiece, ...] = ("any of the ",) if len(shut) == len(crossings) else (count_text(n), " of the ")
    latest = max((g.event(e) for e in reports), key=lambda e: e.span.last)
    return (
        make_sentence(
            "On ", day, ", as far as reports tell, no trade passed ", *which, count_text(every, "crossing", "crossings"),
            "; the latest report of it is of ", EventPiece(latest.id, format_on_date(latest).text.removeprefix("on ")), ".",
        ),
    )  # fmt: skip
