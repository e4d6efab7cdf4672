"""Trust: did relations between the governments fall, and what followed force?

    level(day) = smoothed mean intensity of the governments' acts towards each other, -10 to +10
    after = share of days with a strike that are followed by defiance, or by a clash, within 7 days

Source: Goldstein (1992) for the scale; Goldstein and Pevehouse (1997) for dyadic response.

Tested:

    index     change of the level from the first weeks to the last < 0
    hostile   d(strike, defiance) + d(strike, clash) > 0, direct responses within 30 days
"""

from dataclasses import replace
from datetime import date, timedelta

from detente.claims.context import View
from detente.claims.estimate import FEW, Estimate, moved, response
from detente.claims.finding import Finding, best
from detente.core.date_range import in_words
from detente.measures.quantity_times import index_change, index_level
from detente.text.numbers import level, percent, versus
from detente.text.sentence import Chosen, Piece, Sentence, say

WITHIN = 7


def estimates(view: View) -> tuple[Estimate, ...]:
    """Did the index fall, and does force bring hostile answers?"""
    part = "relations are worse at the end than at the beginning"
    if view.index is None or view.g.watched_to <= view.g.case.first + timedelta(days=60):
        fell = Estimate("index", part, None, None, "below", 0.0, True, False, "too few weeks are on record")
    else:
        first = view.g.case.first + timedelta(days=14)
        m = index_change(view.g, "level_tested", view.index, first, view.g.watched_to)
        m = replace(m, recipe={**m.recipe, **view.changes})
        fell = moved("index", part, m, claimed="below", necessary=True, weeks=len(view.index.events) // FEW)
    hostile = (1.0, "strike", "defiance"), (1.0, "strike", "clash")
    return (
        fell,
        response(
            view, "strike_hostile", "a strike brings defiance and clashes", hostile, "defiance and clashes",
            necessary=True,
        ),
        response(
            view, "strike_clashes", "a strike brings clashes of the two forces", ((1.0, "strike", "clash"),), "clashes"
        ),
    )  # fmt: skip


def find(view: View) -> Finding:
    """How the relation index moved, and what followed strikes."""
    g, names = view.g, view.g.case.names
    strike, defiance, clash = (view.channel(c) for c in ("strike", "defiance", "clash"))
    week = Chosen(f"{WITHIN}\u00a0days", "a week, within which governments have answered in the past")
    sentences: list[Sentence] = []
    short = say("Too few weeks are on record to draw an index of relations.")
    moved = None
    if view.index is not None:
        # Where the recent stretch begins with the case there is no level before it to tell.
        middle = [view.then[1]] if view.then[1] > g.case.first else []
        days = [g.case.first + timedelta(days=14), *middle, g.watched_to]
        read = [(index_level(g, f"level_{i}", view.index, d), d) for i, d in enumerate(days)]
        moved = index_change(g, "level_change", view.index, days[0], days[-1])
        told: list[Piece] = ["The relation index (friendly acts above zero, hostile below) stood at "]
        for i, (m, d) in enumerate(read):
            told += ["" if i == 0 else " and at " if i == len(read) - 1 else ", at ", level(m), " on ", _on(d)]
        sentences.append(say(*told, ": a change of ", level(moved), "."))
        short = say(
            "From ", _on(days[0]), " to ", _on(days[-1]),
            " the relation index (friendly acts above zero, hostile below) moved by ", level(moved), ".",
        )  # fmt: skip
    answer = view.after("strike_defiance", strike, defiance, WITHIN, "an act of defiance")
    fight = view.after("strike_clash", strike, clash, WITHIN, "a clash")
    if answer and fight:
        sentences.append(
            say(
                f"Defiance by {names.host_government} came within ",
                week,
                " of ",
                percent(answer[0]),
                f" of days with a strike, {versus(*answer)} on nearby days (",
                percent(answer[1]),
                "), and a clash within the same time of ",
                percent(fight[0]),
                f", {versus(*fight)} on nearby days (",
                percent(fight[1]),
                ").",
            )
        )
    return Finding(
        claim="trust",
        headline=(
            "Relations have worsened, and force is followed by defiance"
            if moved and (moved.high or 0.0) < 0 and answer and versus(*answer).startswith("more")
            else "Relations have worsened"
            if moved and (moved.high or 0.0) < 0
            else "Relations have improved"
            if moved and (moved.low or 0.0) > 0
            else "The record cannot tell whether relations worsened or improved"
        ),
        sentences=tuple(sentences) or (short,),
        short=short,
        limits=say(
            "The index sees public acts: quiet diplomacy that went unreported would raise it. Strikes and clashes "
            "belong to the same crises, so that one following the other does not show which provoked which."
        ),
        pools=(
            best([e for e in g.of("defiance") if e.type in ("THREATEN", "PROTEST")]),
            best([e for e in g.of("pressure") if e.type in ("THREATEN", "REJECT")]),
        ),
        enough=view.index is not None,
    )  # fmt: skip


def _on(day: date) -> Chosen:
    return Chosen(in_words(day), "a day at which the index is read")
