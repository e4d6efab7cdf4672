"""Spillover: what the fighting cost trade and civilians.

    shut = days on which no trade could pass a crossing, from the shortest to the longest reading
    civilian deaths = those told, in strikes and in clashes; events without a figure counted apart

Source: the measures `crossings` and `tolls`.

Tested:

    trade       share of days with a strike or clash that are followed by a closure within 7 days > that of nearby days
    civilians   rate of strikes and clashes with civilian deaths in the recent stretch / before > 1

and told beside them: d(clash, attack) > 0, violence that spreads. Nothing finer than a district is placed, and
too few attacks are placed that finely to test a spread from district to district.
"""

from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate, estimate_follow_up, estimate_rate_ratio, estimate_response
from detente.claims.finding import Finding, best_documented
from detente.measures.crossings import CLOSED_STATES, find_crossing_spells
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity, count_quantity, deaths_quantity, tally_quantity
from detente.measures.quantity_times import closed_days_quantity
from detente.text.numbers import count_text, range_text
from detente.text.sentence import Sentence, SentencePiece, make_sentence


def estimate(view: ClaimContext) -> tuple[Estimate, ...]:
    """Do closures follow force, did civilians come to more harm, and does violence spread?"""
    closing = EventFilter(modes=("close-crossing", "suspend-trade"))
    harm = EventFilter(channels=("strike", "clash"), civilians=True)
    return (
        estimate_follow_up(
            view, "force_closures", "force across the border is followed by closures more often than nearby days are",
            view.channel("strike", "clash"), closing, 7, "a crossing or trade shut", necessary=True,
        ),
        estimate_rate_ratio(
            view, "harm_more", "strikes and clashes that kill civilians came more often since the fighting began",
            harm, necessary=True,
        ),
        estimate_response(view, "clash_attacks", "a clash brings attacks by the group", ((1.0, "clash", "attack"),), "attacks"),
    )  # fmt: skip


def describe(view: ClaimContext) -> Finding:
    """Crossings shut, civilians killed, people sent back."""
    g, names = view.g, view.g.case.names
    sentences: list[Sentence] = []
    every = [(c, closed_days_quantity(g, f"shut_{c.key}", c)) for c in g.case.crossings]
    shut = sorted(((c, m) for c, m in every if m.high), key=lambda x: -(x[1].low or 0))[:2]
    watched = _count_observed_days(view)
    short = make_sentence("No closure of a crossing is recorded.")
    if shut:
        pieces: list[SentencePiece] = ["Trade could not pass "]
        for i, (c, m) in enumerate(shut):
            pieces += [" and " if i else "", f"{c.name} on ", range_text(m)]
        pieces += [
            " of ",
            count_text(watched),
            " watched days, by the shortest and the longest reading of the reports.",
        ]
        sentences.append(make_sentence(*pieces))
        top, days = shut[0]
        short = make_sentence(
            "Trade could not pass ", top.name, " on ", range_text(days),
            " of ", count_text(watched), " watched days.",
        )  # fmt: skip
    strike = deaths_quantity(g, "civilians_strikes", view.channel("strike"), civilian=True)
    clash = deaths_quantity(g, "civilians_clashes", view.channel("clash"), civilian=True)
    untold = EventFilter(channels=("strike", "clash"))
    silent = [e for e in untold.of(g) if e.tolls.civilian is None]
    n_silent = tally_quantity(
        "civilians_untold", len(silent), "events", "strikes and clashes without a civilian figure",
        {"kind": "untold civilians", "of": untold.as_data()}, tuple(e.id for e in silent),
    )  # fmt: skip
    if untold.of(g):
        sentences.append(
            make_sentence(
                "Reports that give a figure tell of ",
                range_text(strike),
                " civilian deaths in strikes and ",
                range_text(clash),
                " in clashes; for ",
                count_text(n_silent, "further event", "further events"),
                " nobody gave one.",
            )
        )
    paying = ["trade"] if shut else []
    paying += ["civilians"] if strike.low or clash.low else []
    deported = EventFilter(modes=("deport",), initiators=view.target)
    if deported.of(g):
        paying.append("people on the move")
        sentences.append(
            make_sentence(
                "A further ",
                count_text(
                    count_quantity(g, "deportations", deported, "reports of deportation drives"),
                    "report tells",
                    "reports tell",
                ),
                f" of people from {names.host} sent back by {names.target}.",
            )
        )
    closures = [e for c, _ in shut for s in find_crossing_spells(g, c) if s.state in CLOSED_STATES for e in s.events]
    return Finding(
        claim="spillover",
        headline=_headline(paying),
        sentences=tuple(sentences) or (short,),
        short=short,
        limits=make_sentence(
            "Closures are reported more often than reopenings, hence two readings. Civilian deaths in the hardest "
            "months are known in part: several tolls are disputed, and the sums add what was told and no more."
        ),
        pools=(
            best_documented([e for e in map(g.event, dict.fromkeys(closures)) if e.type == "SANCTION"]),
            best_documented([e for e in g.of("strike", "clash") if e.tolls.civilian]),
        ),
        enough=bool(sentences),
    )


def _count_observed_days(view: ClaimContext) -> Quantity:
    g = view.g
    days = g.coverage.days(g.case.first, g.watched_to)
    recipe = {"kind": "watched days", "first": str(g.case.first), "last": str(g.watched_to)}
    return tally_quantity(
        "watched", days, "days", "days that the case file states as systematically collected", recipe, ()
    )


def _headline(paying: list[str]) -> str:
    """Names those for whom the record holds a cost, and nobody else."""
    if not paying:
        return "No cost to trade or civilians is on record"
    *first, last = paying
    who = f"{', '.join(first)} and {last}" if first else last
    return f"{who[0].upper()}{who[1:]} pay for the fighting" if first else f"The fighting costs {who}"
