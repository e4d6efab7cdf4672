"""Trust: did relations between the governments fall, and what followed force?

    level(day) = smoothed mean intensity of the governments' acts towards each other, -10 to +10
    after = share of days with a strike that are followed by defiance, or by a clash, within 7 days

Source: Goldstein (1992) for the scale; Goldstein and Pevehouse (1997) for dyadic response.
"""

from datetime import timedelta

from detente.claims.finding import Finding, best
from detente.claims.sentence import Chosen, Sentence, say
from detente.claims.view import View
from detente.claims.words import level, percent, versus
from detente.ground.span import in_words
from detente.measures.measured import index_change, index_level, soon_after

WITHIN = 7


def find(view: View) -> Finding:
    """How the relation index moved, and what followed strikes."""
    g, names = view.g, view.g.case.names
    strike, defiance, clash = (view.channel(c) for c in ("strike", "defiance", "clash"))
    week = Chosen(f"{WITHIN}\u00a0days", "a week, within which governments have answered in the past")
    sentences: list[Sentence] = []
    short = say("Too few weeks are on record to draw an index of relations.")
    moved = None
    if view.index is not None:
        days = (g.case.first + timedelta(days=14), view.then[1], g.watched_to)
        first, before, last = (
            index_level(g, key, view.index, day)
            for key, day in zip(("level_first", "level_before", "level_last"), days, strict=True)
        )
        moved = index_change(g, "level_change", view.index, days[0], days[2])
        a, b, c = (Chosen(in_words(d), "a day at which the index is read") for d in days)
        sentences.append(
            say(
                "The relation index (friendly acts above zero, hostile below) stood at ",
                level(first), " on ", a, ", at ", level(before), " on ", b, " and at ", level(last), " on ", c,
                ": a change of ", level(moved), ".",
            )
        )  # fmt: skip
        short = say(
            "From ", a, " to ", c, " the relation index (friendly acts above zero, hostile below) moved by ",
            level(moved), ".",
        )  # fmt: skip
    if strike.of(g):
        answer, near_answer = soon_after(g, "strike_defiance", strike, defiance, WITHIN, "an act of defiance")
        fight, near_fight = soon_after(g, "strike_clash", strike, clash, WITHIN, "a clash")
        sentences.append(
            say(
                f"Defiance by {names.host_government} came within ",
                week,
                " of ",
                percent(answer),
                f" of days with a strike, {versus(answer, near_answer)} on nearby days (",
                percent(near_answer),
                "), and a clash within the same time of ",
                percent(fight),
                f", {versus(fight, near_fight)} on nearby days (",
                percent(near_fight),
                ").",
            )
        )
    return Finding(
        claim="trust",
        headline=(
            "Relations have worsened, and force is followed by defiance"
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
