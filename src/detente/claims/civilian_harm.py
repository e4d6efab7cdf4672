"""Civilian harm: what followed strikes that killed civilians, compared with strikes not reported to have killed any.

    with = share of days with a strike in which civilians died that are followed by defiance within 7 days
    near = the same share for nearby days

Source: the question of Condra and Shapiro (2012), asked of governments instead of villages.

Tested, with strikes in three channels by whether a report gives civilian deaths, gives none, or gives no figure:

    more   d(strike with civilian deaths, defiance) - d(other strike, defiance) > 0, within 30 days
"""

from detente.claims.context import OTHER_STRIKE, STRIKE_WITH_CIVILIAN_DEATHS, WEEK, WEEK_DAYS, ClaimContext
from detente.claims.estimate import Estimate, estimate_response
from detente.claims.examples import best_documented
from detente.claims.finding import Finding
from detente.claims.stated_evidence import StatedQuestion
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import count_quantity, deaths_quantity
from detente.text.numbers import compare_with_nearby, count_text, follow_up_pieces, range_text, share_text
from detente.text.sentence import Sentence, SentencePiece, make_sentence

STATED = (
    StatedQuestion("any_strike_defied_stated", ("strike",), "defiance"),
    StatedQuestion("harmful_answered", ("strike",), "defiance", civilians=True),
    StatedQuestion("harmless_answered", ("strike",), "defiance", civilians=False),
)


def estimate(view: ClaimContext) -> tuple[Estimate, ...]:
    """Estimate how much more defiance follows strikes that kill civilians than other strikes."""
    more = (1.0, STRIKE_WITH_CIVILIAN_DEATHS, "defiance"), (-1.0, OTHER_STRIKE, "defiance")
    return (
        estimate_response(
            view, "harm_more_defiance", "a strike that kills civilians brings more rejections than another strike",
            more, "rejections after a strike with civilian deaths less those after another", necessary=True, fit="harm",
        ),
        estimate_response(
            view, "harm_attacks", "a strike that kills civilians brings attacks by {group}",
            ((1.0, STRIKE_WITH_CIVILIAN_DEATHS, "attack"),), "attacks", fit="harm",
        ),
    )  # fmt: skip


def describe(view: ClaimContext) -> Finding:
    """Describe strikes with civilian deaths and what followed them."""
    g, names = view.g, view.g.case.names
    strike = view.channel("strike")
    harmful = EventFilter(channels=("strike",), civilians=True)
    if not harmful.of(g):
        nothing = make_sentence("No strike is recorded for which a report gives civilian deaths.")
        return Finding("civilian_harm", "Too little is on record", (nothing,), nothing, nothing, (), enough=False)
    n = count_quantity(g, "harmful", harmful, "strikes with civilian deaths")
    strikes = count_text(count_quantity(g, "strikes", strike, "strikes"), "recorded strike", "recorded strikes")
    toll = deaths_quantity(g, "civilians", harmful, civilian=True)
    sentences: list[Sentence] = [
        make_sentence(
            "Of ", strikes, f" on {names.host}'s soil, ", count_text(n), " are reported to have killed civilians, ",
            range_text(toll), " in all by the figures given.",
        )
    ]  # fmt: skip
    followed = view.follow_up("harm_defiance", harmful, view.channel("defiance"), WEEK_DAYS, "a rejection or threat")
    if followed:
        shares = follow_up_pieces(followed, " of days with such a strike")
        sentences.append(
            make_sentence(f"Defiance by {names.host_government} came within ", WEEK, " of ", *shares, ").")
        )
    protest = EventFilter(types=("PROTEST",), initiators=(*view.host, *view.keys("host-civilians")))
    n_protest = count_quantity(g, "protests", protest, "protests by the host or its people")
    sentences.append(
        make_sentence(
            "The record also holds ", count_text(n_protest, "protest", "protests"),
            f" by {names.host_government} or people in {names.host}.",
        )
    )  # fmt: skip
    short: list[SentencePiece] = [count_text(n), " of ", strikes, " are reported to have killed civilians"]
    if followed:
        short += [", and rejections followed within ", WEEK, " of ", share_text(followed[0]), " of the days"]
    return Finding(
        claim="civilian_harm",
        headline=(
            "Strikes reported to have killed civilians are followed by rejections"
            if followed and compare_with_nearby(*followed).startswith("more")
            else "Many strikes kill civilians; what follows is not clearly more than at other times"
        ),
        sentences=tuple(sentences),
        short=make_sentence(*short, "."),
        limits=make_sentence(
            "A toll is often known because the host protested, so that protest itself can make a strike count as harmful. Tolls come from the parties, from hospitals and from the United Nations mission, and often differ. There "
            "are too few strikes known to have harmed nobody for a fair comparison, so none is made."
        ),
        pools=(best_documented([e for e in harmful.of(g) if "UN" in e.summary]), best_documented(protest.of(g))),
    )  # fmt: skip
