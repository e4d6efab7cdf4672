"""Trust: the change in relations between the governments, and what followed force.

    level(day) = smoothed mean intensity of the governments' acts towards each other, -10 to +10
    after = share of days with a strike that are followed by defiance, or by a clash, within 7 days

Source: Goldstein (1992) for the scale; Goldstein and Pevehouse (1997) for dyadic response.

Tested:

    index     mean weekly intensity of words (pressure, defiance, dialogue, concession) in the second half of the record less
              that in the first < 0; the halves are cut by the calendar, and neighbouring weeks count as dependent
    defied    d(strike, defiance) > 0, the direct response within 30 days
    clashes   d(strike, clash) > 0
"""

from dataclasses import replace
from datetime import date, timedelta

from detente.cases.testimony import KIND_WORDS
from detente.claims.context import WEEK, WEEK_DAYS, ClaimContext
from detente.claims.estimate import Estimate, estimate_change, estimate_response, not_applicable_estimate
from detente.claims.examples import best_documented
from detente.claims.finding import Finding
from detente.claims.stated_evidence import StatedQuestion
from detente.claims.verdict import ENOUGH_EVENTS
from detente.core.date_range import format_date
from detente.measures.errors import NotObserved
from detente.measures.quantity_times import index_change, index_level, words_change
from detente.measures.relation_index import WORD_CHANNELS
from detente.text.numbers import compare_with_nearby, follow_up_pieces, index_level_text
from detente.text.sentence import ConventionPiece, Sentence, SentencePiece, make_sentence

STATED = (
    StatedQuestion("strike_defied_stated", ("strike",), "defiance", counted="strike_defied"),
    StatedQuestion("strike_clashes_stated", ("strike",), "clash", counted="strike_clashes"),
    StatedQuestion("strike_answered", ("strike",)),
)


def estimate(view: ClaimContext) -> tuple[Estimate, ...]:
    """Estimate the change in the index, and the responses of hostile acts to strikes."""
    return (
        _estimate_words_change(view),
        estimate_response(
            view, "strike_defied", "a strike brings rejections", ((1.0, "strike", "defiance"),), "rejections", necessary=True,
        ),
        estimate_response(
            view, "strike_clashes", "a strike brings clashes of the two forces", ((1.0, "strike", "clash"),), "clashes",
            necessary=True,
        ),
    )  # fmt: skip


def _estimate_words_change(view: ClaimContext) -> Estimate:
    part = "words between the governments were more hostile in the second half of the record than in the first"
    blank = Estimate("index", part, None, None, "below", 0.0, True, False, "too few weeks are on record")
    if missing := [KIND_WORDS[c] for c in WORD_CHANNELS if not view.collects(c)]:
        return not_applicable_estimate(view, blank, missing)
    try:
        m = words_change(view.g, "words_change")
    except NotObserved:
        return blank
    m = replace(m, recipe={**m.recipe, **view.changes})
    weeks = len(m.events) // ENOUGH_EVENTS
    return estimate_change("index", part, m, claimed="below", necessary=True, weeks=weeks)


def describe(view: ClaimContext) -> Finding:
    """Describe the change in the relation index, and what followed strikes."""
    g, names = view.g, view.g.case.names
    strike, defiance, clash = (view.channel(c) for c in ("strike", "defiance", "clash"))
    sentences: list[Sentence] = []
    short = make_sentence("Too few weeks are on record to draw an index of relations.")
    change = None
    if view.index is not None:
        # Where the recent period begins with the case, there is no level before it.
        middle = [view.earlier_period[1]] if view.earlier_period[1] > g.case.first else []
        days = [g.case.first + timedelta(days=14), *middle, g.watched_to]
        levels = [(index_level(g, f"level_{i}", view.index, d), d) for i, d in enumerate(days)]
        change = index_change(g, "level_change", view.index, days[0], days[-1])
        pieces: list[SentencePiece] = ["The relation index (friendly acts above zero, hostile below) stood at "]
        for i, (m, d) in enumerate(levels):
            joint = "" if i == 0 else " and at " if i == len(levels) - 1 else ", at "
            pieces += [joint, index_level_text(m), " on ", _date_piece(d)]
        sentences.append(make_sentence(*pieces, ": a change of ", index_level_text(change), "."))
        short = make_sentence(
            "From ", _date_piece(days[0]), " to ", _date_piece(days[-1]),
            " the relation index (friendly acts above zero, hostile below) moved by ", index_level_text(change), ".",
        )  # fmt: skip
    defied = view.follow_up("strike_defiance", strike, defiance, WEEK_DAYS, "a rejection or threat")
    clashed = view.follow_up("strike_clash", strike, clash, WEEK_DAYS, "a clash")
    if defied and clashed:
        sentences.append(
            make_sentence(
                f"Defiance by {names.host_government} came within ", WEEK, " of ",
                *follow_up_pieces(defied, " of days with a strike"),
                "), and a clash within the same time of ", *follow_up_pieces(clashed), ").",
            )
        )  # fmt: skip
    return Finding(
        claim="trust",
        headline=(
            "Relations have worsened, and force is followed by rejections"
            if change and (change.high or 0.0) < 0 and defied and compare_with_nearby(*defied).startswith("more")
            else "Relations have worsened"
            if change and (change.high or 0.0) < 0
            else "Relations have improved"
            if change and (change.low or 0.0) > 0
            else "The record cannot tell whether relations worsened or improved"
        ),
        sentences=tuple(sentences) or (short,),
        short=short,
        limits=make_sentence(
            "The index sees public acts: quiet diplomacy that went unreported would raise it. Strikes and clashes "
            "belong to the same crises, so that one following the other does not show which provoked which."
        ),
        pools=(
            best_documented([e for e in g.of("defiance") if e.type in ("THREATEN", "PROTEST")]),
            best_documented([e for e in g.of("pressure") if e.type in ("THREATEN", "REJECT")]),
        ),
        enough=view.index is not None,
    )  # fmt: skip


def _date_piece(day: date) -> ConventionPiece:
    return ConventionPiece(format_date(day), "a day at which the index is read")
