"""Civilian harm: what followed strikes that killed civilians, against those that are not said to have?

    with = share of days with a strike in which civilians died that are followed by defiance within 7 days
    near = that share over days nearby

Source: the question of Condra and Shapiro (2012), asked of governments instead of villages.

Tested, with strikes in two channels by whether a report gives civilian deaths:

    more   d(strike with civilian deaths, defiance) - d(other strike, defiance) > 0, within 30 days
"""

from detente.claims.context import HARM, OTHER, View
from detente.claims.estimate import Estimate, response
from detente.claims.finding import Finding, best
from detente.measures.event_filter import Selection
from detente.measures.quantity import counted, death_toll
from detente.text.numbers import number, percent, spread, versus
from detente.text.sentence import Chosen, Piece, Sentence, say

WITHIN = 7


def estimates(view: View) -> tuple[Estimate, ...]:
    """Do strikes that kill civilians bring more defiance than other strikes do?"""
    more = (1.0, HARM, "defiance"), (-1.0, OTHER, "defiance")
    return (
        response(
            view, "harm_more_defiance", "a strike that kills civilians brings more defiance than another strike",
            more, "defiance after a strike with civilian deaths less defiance after another", necessary=True, fit="harm",
        ),
        response(
            view, "harm_attacks", "a strike that kills civilians brings attacks by the group",
            ((1.0, HARM, "attack"),), "attacks", fit="harm",
        ),
    )  # fmt: skip


def find(view: View) -> Finding:
    """Strikes with civilian deaths and what came after."""
    g, names = view.g, view.g.case.names
    strike = view.channel("strike")
    harmful = Selection(channels=("strike",), civilians=True)
    if not harmful.of(g):
        nothing = say("No strike is recorded for which a report gives civilian deaths.")
        return Finding("civilian_harm", "Too little is on record", (nothing,), nothing, nothing, (), enough=False)
    n, n_all = (
        counted(g, "harmful", harmful, "strikes with civilian deaths"),
        counted(g, "strikes", strike, "strikes"),
    )
    toll = death_toll(g, "civilians", harmful, civilian=True)
    week = Chosen(f"{WITHIN}\u00a0days", "a week, within which governments have answered in the past")
    sentences: list[Sentence] = [
        say(
            "Of ",
            number(n_all, "recorded strike", "recorded strikes"),
            f" on {names.host}'s soil, ",
            number(n),
            " are reported to have killed civilians, ",
            spread(toll),
            " in all by the figures given.",
        )
    ]
    followed = view.after("harm_defiance", harmful, view.channel("defiance"), WITHIN, "an act of defiance")
    if followed:
        after, base = followed
        sentences.append(
            say(
                f"Defiance by {names.host_government} came within ",
                week,
                " of ",
                percent(after),
                f" of days with such a strike, {versus(after, base)} on nearby days (",
                percent(base),
                ").",
            )
        )
    protest = Selection(types=("PROTEST",), initiators=(*view.host, *view.keys("host-civilians")))
    n_protest = counted(g, "protests", protest, "protests by the host or its people")
    sentences.append(
        say(
            "The record also holds ",
            number(n_protest, "protest", "protests"),
            f" by {names.host_government} or people in {names.host}.",
        )
    )
    short: list[Piece] = [
        number(n),
        " of ",
        number(n_all, "recorded strike", "recorded strikes"),
        " are reported to have killed civilians",
    ]
    if followed:
        short += [", and defiance followed within ", week, " of ", percent(followed[0]), " of the days"]
    return Finding(
        claim="civilian_harm",
        headline=(
            "Strikes that kill civilians are followed by defiance"
            if followed and versus(*followed).startswith("more")
            else "Many strikes kill civilians; what follows is not clearly more than at other times"
        ),
        sentences=tuple(sentences),
        short=say(*short, "."),
        limits=say(
            "Tolls come from the parties, from hospitals and from the United Nations mission, and often differ. There "
            "are too few strikes known to have harmed nobody for a fair comparison, so none is made."
        ),
        pools=(best([e for e in harmful.of(g) if "UN" in e.summary]), best(protest.of(g))),
    )  # fmt: skip
