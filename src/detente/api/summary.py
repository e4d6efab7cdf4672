"""A case in five lines, every number traced: who, how often, how relations stand, the latest crisis, the crossings."""

from datetime import timedelta

from detente.api.case import Study
from detente.api.crossings import crossings_on
from detente.core.date_range import in_words
from detente.events.event import Event
from detente.measures.errors import NotWatched
from detente.measures.quantity import Measured, tally
from detente.measures.quantity_times import index_change, index_level
from detente.text.numbers import level, number, spread
from detente.text.sentence import Chosen, Dated, Piece, Sentence, on, say

YEAR = timedelta(days=364)


def situation(study: Study) -> tuple[Sentence, ...]:
    """The lines that this record allows; a case without crossings or with too few acts has fewer."""
    lines = [study.brief.introduction[0]]
    if study.view.episodes:
        # The brief's second sentence counts the crises; without any it has none.
        lines.append(study.brief.introduction[1])
    return (*lines, *_relations(study), *_latest(study), *_crossings(study))


def _relations(study: Study) -> tuple[Sentence, ...]:
    g, index = study.g, study.view.index
    if index is None:
        return ()
    day = g.watched_to
    pieces: list[Piece] = [
        "Relations between the governments, on a scale from hostile (minus ten) to friendly (plus ten), stood at ",
        level(index_level(g, "relations_now", index, day)),
        " in the week of ",
        Chosen(in_words(day), "the last day that was collected systematically"),
    ]
    try:
        change = index_change(g, "relations_in_a_year", index, day - YEAR, day)
    except NotWatched:
        return (say(*pieces, "."),)
    clear = (change.low or 0.0) > 0 or (change.high or 0.0) < 0
    way = "a change of " if clear else "not clearly other than a year before: a change of "
    return (say(*pieces, ", ", way, level(change), " within a year." if clear else "."),)


def _latest(study: Study) -> tuple[Sentence, ...]:
    g = study.g
    if not study.view.episodes:
        return ()
    x = study.view.episodes[-1]
    first = g.event(x.events[0])
    last: Event = max((g.event(e) for e in x.events), key=lambda e: e.span.last)
    toll = Measured(
        "latest_crisis_deaths", None, "deaths", "deaths in the latest crisis, lowest and highest figures told",
        {"kind": "deaths", "ids": list(x.events)}, x.events, x.deaths.low, x.deaths.high,
    )  # fmt: skip
    pieces: list[Piece] = ["The latest crisis began ", on(first), "; force was last used ", on(last)]
    if x.deaths.told:
        pieces += [", and reports tell of ", spread(toll, "deaths")]
    if x.running:
        pieces.append("; too little time was watched since to say that it is over")
    elif x.ended_by:
        pieces += ["; a truce or an agreement followed ", on(g.event(x.ended_by))]
    return (say(*pieces, "."),)


def _crossings(study: Study) -> tuple[Sentence, ...]:
    g = study.g
    there = crossings_on(study, g.watched_to)
    if not there:
        return ()
    shut = [c for c in there if c.shut]
    reports = tuple(dict.fromkeys(e for c in shut for e in c.events))
    recipe = {"kind": "crossings shut on", "day": str(g.watched_to)}
    n = tally(
        "crossings_shut",
        len(shut),
        "crossings",
        "crossings in a spell without trade on that day, by its longest reading",
        recipe,
        reports,
    )
    every = tally("crossings", len(there), "crossings", "crossings that the case names", {"kind": "crossings"}, ())
    day = Chosen(in_words(g.watched_to), "the last day that was collected systematically")
    if not shut:
        return (
            say("On ", day, " no closure was reported at any of the ", number(every, "crossing", "crossings"), "."),
        )
    which: tuple[Piece, ...] = ("any of the ",) if len(shut) == len(there) else (number(n), " of the ")
    latest = max((g.event(e) for e in reports), key=lambda e: e.span.last)
    return (
        say(
            "On ", day, ", as far as reports tell, no trade passed ", *which, number(every, "crossing", "crossings"),
            "; the latest report of it is of ", Dated(latest.id, on(latest).text.removeprefix("on ")), ".",
        ),
    )  # fmt: skip
