"""A case in five lines, every number traced: who, how often, how relations stand, the latest crisis, the crossings."""

from datetime import timedelta

from detente.api.case import PreparedCase
from detente.api.crossings import crossings_on
from detente.core.date_range import format_date
from detente.events.event import Event
from detente.measures.errors import NotObserved
from detente.measures.quantity import Quantity, tally_quantity
from detente.measures.quantity_times import index_change, index_level
from detente.text.numbers import count_text, index_level_text, range_text
from detente.text.sentence import ConventionPiece, EventPiece, Sentence, SentencePiece, format_on_date, make_sentence

YEAR = timedelta(days=364)


def summarize_case(study: PreparedCase) -> tuple[Sentence, ...]:
    """The lines that this record allows; a case without crossings or with too few acts has fewer."""
    lines = [study.brief.introduction[0]]
    if study.view.episodes:
        # The brief's second sentence counts the crises; without any it has none.
        lines.append(study.brief.introduction[1])
    return (*lines, *_relations_sentence(study), *_latest_crisis_sentence(study), *_crossings_sentence(study))


def _relations_sentence(study: PreparedCase) -> tuple[Sentence, ...]:
    g, index = study.g, study.view.index
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


def _latest_crisis_sentence(study: PreparedCase) -> tuple[Sentence, ...]:
    g = study.g
    if not study.view.episodes:
        return ()
    x = study.view.episodes[-1]
    first = g.event(x.events[0])
    last: Event = max((g.event(e) for e in x.events), key=lambda e: e.span.last)
    toll = Quantity(
        "latest_crisis_deaths", None, "deaths", "deaths in the latest crisis, lowest and highest figures told",
        {"kind": "deaths", "ids": list(x.events)}, x.events, x.deaths.low, x.deaths.high,
    )  # fmt: skip
    pieces: list[SentencePiece] = [
        "The latest crisis began ",
        format_on_date(first),
        "; force was last used ",
        format_on_date(last),
    ]
    if x.deaths.told:
        pieces += [", and reports tell of ", range_text(toll, "deaths")]
    if x.running:
        pieces.append("; too little time was watched since to say that it is over")
    elif x.ended_by:
        pieces += ["; a truce or an agreement followed ", format_on_date(g.event(x.ended_by))]
    return (make_sentence(*pieces, "."),)


def _crossings_sentence(study: PreparedCase) -> tuple[Sentence, ...]:
    g = study.g
    there = crossings_on(study, g.watched_to)
    if not there:
        return ()
    shut = [c for c in there if c.shut]
    reports = tuple(dict.fromkeys(e for c in shut for e in c.events))
    recipe = {"kind": "crossings shut on", "day": str(g.watched_to)}
    n = tally_quantity(
        "crossings_shut",
        len(shut),
        "crossings",
        "crossings in a spell without trade on that day, by its longest reading",
        recipe,
        reports,
    )
    every = tally_quantity(
        "crossings", len(there), "crossings", "crossings that the case names", {"kind": "crossings"}, ()
    )
    day = ConventionPiece(format_date(g.watched_to), "the last day that was collected systematically")
    if not shut:
        return (
            make_sentence(
                "On ", day, " no closure was reported at any of the ", count_text(every, "crossing", "crossings"), "."
            ),
        )
    which: tuple[SentencePiece, ...] = ("any of the ",) if len(shut) == len(there) else (count_text(n), " of the ")
    latest = max((g.event(e) for e in reports), key=lambda e: e.span.last)
    return (
        make_sentence(
            "On ", day, ", as far as reports tell, no trade passed ", *which, count_text(every, "crossing", "crossings"),
            "; the latest report of it is of ", EventPiece(latest.id, format_on_date(latest).text.removeprefix("on ")), ".",
        ),
    )  # fmt: skip
