"""A summary of a case in sentences with traced numbers: parties, latest force, crises, relations, crossings.

A sentence either states the present and uses every event known, or counts over covered days and names their last one.
No sentence mixes the two.
"""

from datetime import timedelta

from detente.api.case import Case
from detente.api.crossings import latest_crossing_states
from detente.brief.build import build_opening
from detente.claims.crisis_quantities import count_crises, describe_spread
from detente.claims.fight_text import tell_counted_fights, tell_host_fights
from detente.claims.force_text import name_force_kinds, name_latest_force
from detente.core.date_range import format_date
from detente.events.event import Event
from detente.measures.episodes import STATE_FORCE_CHANNELS
from detente.measures.errors import NotObserved
from detente.measures.quantity import Quantity, tally_quantity
from detente.measures.quantity_times import index_change, index_level
from detente.text.numbers import count_text, index_level_text, range_text
from detente.text.sentence import ConventionPiece, EventPiece, Sentence, SentencePiece, format_on_date, make_sentence

YEAR = timedelta(days=364)
WHY_COVERED = "the last day that was collected systematically"


def summarize_case(prepared: Case) -> tuple[Sentence, ...]:
    """Write the summary; a case without crossings or with too few events has fewer sentences."""
    return (
        build_opening(prepared.view),
        *_fight_sentences(prepared),
        *_latest_force_sentence(prepared),
        *_crises_sentence(prepared),
        *_latest_crisis_sentence(prepared),
        *_relations_sentence(prepared),
        *_crossings_sentence(prepared),
    )


def _fight_sentences(prepared: Case) -> tuple[Sentence, ...]:
    """Fights of the host with the group, and how many of the events counted as force are fights."""
    own = tell_host_fights(prepared.view)
    return (*([own] if own else []), *tell_counted_fights(prepared.view))


def _latest_force_sentence(prepared: Case) -> tuple[Sentence, ...]:
    # The present state: every event known, covered day or not.
    g, names = prepared.g, prepared.case.names
    force = g.of(*STATE_FORCE_CHANNELS)
    if not force:
        return ()
    last = max(force, key=lambda e: (e.span.last, e.day, e.id))
    pieces: list[SentencePiece] = [
        f"{name_latest_force(g, last, f'{names.target} and {names.host}')} was last reported ", format_on_date(last),
    ]  # fmt: skip
    if last.day > g.watched_to:
        pieces.append(", in a single report after systematic collection had ended")
    return (make_sentence(*pieces, "."),)


def _crises_sentence(prepared: Case) -> tuple[Sentence, ...]:
    if not prepared.view.episodes:
        return ()
    g, counted = prepared.g, count_crises(prepared.view)
    kinds = name_force_kinds(g, (g.event(k) for x in prepared.view.episodes for k in x.events))
    known: list[SentencePiece] = [", with ", range_text(counted.deaths, "deaths")] if counted.deaths.high else []
    differ = [f" {describe_spread(g)}"] if counted.deaths.low != counted.deaths.high else []
    untold: list[SentencePiece] = [
        " Of these events, ", count_text(counted.without_deaths, "has", "have"), " no reported toll."
    ]  # fmt: skip
    return (
        make_sentence(
            "Up to ", ConventionPiece(format_date(g.watched_to), WHY_COVERED), " the record holds ",
            count_text(counted.crises, "crisis", "crises"), f" of {kinds}", *known,
            *differ, ".", *(untold if counted.without_deaths.value else []),
        ),
    )  # fmt: skip


def _relations_sentence(prepared: Case) -> tuple[Sentence, ...]:
    g, index = prepared.g, prepared.view.index
    if index is None:
        return ()
    day = g.watched_to
    pieces: list[SentencePiece] = [
        "Relations between the governments stood at ",
        index_level_text(index_level(g, "relations_now", index, day)),
        " in the week of ",
        ConventionPiece(format_date(day), WHY_COVERED),
        ". The scale runs from hostile, minus ten, to friendly, plus ten",
    ]
    try:
        change = index_change(g, "relations_in_a_year", index, day - YEAR, day)
    except NotObserved:
        return (make_sentence(*pieces, "."),)
    clear = (change.low or 0.0) > 0 or (change.high or 0.0) < 0
    chance = "" if clear else ", which could be chance"
    return (make_sentence(*pieces, ". Within a year they changed by ", index_level_text(change), f"{chance}."),)


def _latest_crisis_sentence(prepared: Case) -> tuple[Sentence, ...]:
    g = prepared.g
    if not prepared.view.episodes:
        return ()
    x = prepared.view.episodes[-1]
    first = g.event(x.events[0])
    last: Event = max((g.event(e) for e in x.events), key=lambda e: e.span.last)
    toll = Quantity(
        "latest_crisis_deaths", None, "deaths", "deaths in the latest crisis, lowest and highest figures reported",
        {"kind": "deaths", "ids": list(x.events)}, x.events, x.deaths.low, x.deaths.high,
    )  # fmt: skip
    pieces: list[SentencePiece] = ["The latest of them began ", format_on_date(first)]
    if not x.running:
        pieces += [". Its last force was reported ", format_on_date(last)]
    if x.deaths.told:
        pieces += [". Reports give ", range_text(toll, "deaths"), " for the whole of it"]
    if x.running:
        pieces.append(". Too few covered days followed to say that it had ended")
    elif x.ended_by:
        pieces += [". A truce or an agreement followed ", format_on_date(g.event(x.ended_by))]
    return (make_sentence(*pieces, "."),)


def _crossings_sentence(prepared: Case) -> tuple[Sentence, ...]:
    # The present state: the latest report of each crossing, covered day or not.
    g = prepared.g
    crossings = latest_crossing_states(prepared)
    if not crossings:
        return ()
    shut = [c for c in crossings if c.shut]
    reports = tuple(dict.fromkeys(e for c in shut for e in c.events))
    recipe = {"kind": "crossings shut on", "day": str(g.as_of)}
    how = "crossings without trade by their latest report, no reopening reported since"
    n = tally_quantity("crossings_shut", len(shut), "crossings", how, recipe, reports)
    how = "crossings that the case names"
    every = tally_quantity("crossings", len(crossings), "crossings", how, {"kind": "crossings"}, ())
    if not shut:
        count = count_text(every, "crossing", "crossings")
        return (make_sentence("No report known says that any of the ", count, " is closed."),)
    which: tuple[SentencePiece, ...] = ("All ",) if len(shut) == len(crossings) > 1 else (count_text(n), " of the ")
    latest = sorted({max((g.event(e) for e in c.events), key=lambda e: e.span.last) for c in shut}, key=lambda e: e.day)
    days = [EventPiece(e.id, format_on_date(e).text.removeprefix("on ")) for e in latest]
    between: tuple[SentencePiece, ...] = (days[0], " to ", days[-1]) if days[0].text != days[-1].text else (days[0],)
    return (
        make_sentence(
            *which, count_text(every, "crossing", "crossings"), " was" if len(shut) == 1 else " were",
            " closed to trade, according to the latest report of each (", *between, ").",
        ),
    )  # fmt: skip
