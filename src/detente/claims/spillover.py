"""Spillover: the costs of the fighting for trade and civilians.

    shut = days on which no trade could pass a crossing, from the shortest to the longest reading
    civilian deaths = those reported, in strikes and in clashes; events without a figure are counted separately

Source: the measures `crossings` and `tolls`.

Tested:

    trade       share of days with a strike or clash that are followed by a closure within 7 days > that of nearby days,
                and > that of days that are preceded by one

Civilian deaths are reported and not tested: where a period is named because force rose in it, a comparison with the time before
can only come out one way.

Reported in addition: d(clash, attack) > 0, violence that spreads. A spread from place to place is not tested.
"""

from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate, estimate_follow_up, estimate_response
from detente.claims.examples import best_documented
from detente.claims.finding import Finding
from detente.claims.stated_evidence import StatedQuestion
from detente.measures.crossings import CLOSED_STATES, find_crossing_spells
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import Quantity, count_quantity, deaths_quantity, tally_quantity
from detente.measures.quantity_times import closed_days_quantity
from detente.text.numbers import count_text, range_text
from detente.text.sentence import Sentence, SentencePiece, make_sentence

STATED = (StatedQuestion("force_closures_stated", ("strike", "clash"), "closure", counted="force_closures"),)


def estimate(view: ClaimContext) -> tuple[Estimate, ...]:
    """Estimate closures after force, the change in harm to civilians, and the response of attacks to clashes."""
    closing = EventFilter(modes=("close-crossing", "suspend-trade"))
    return (
        estimate_follow_up(
            view, "force_closures", "force across the border is followed by closures more often than nearby days are",
            view.channel("strike", "clash"), closing, 7, "a crossing or trade shut", necessary=True,
        ),
        estimate_response(view, "clash_attacks", "a clash brings attacks by {group}", ((1.0, "clash", "attack"),), "attacks"),
    )  # fmt: skip


def describe(view: ClaimContext) -> Finding:
    """Describe closed crossings, civilian deaths and deportations."""
    g, names = view.g, view.g.case.names
    sentences: list[Sentence] = []
    every = [(c, closed_days_quantity(g, f"shut_{c.key}", c)) for c in g.case.crossings]
    shut = sorted(((c, m) for c, m in every if m.high), key=lambda x: -(x[1].low or 0))[:2]
    observed = count_text(_count_observed_days(view))
    short = make_sentence("No closure of a crossing is recorded.")
    if shut:
        pieces: list[SentencePiece] = ["Trade could not pass "]
        for i, (c, m) in enumerate(shut):
            pieces += [" and " if i else "", f"{c.name} on ", range_text(m)]
        pieces += [" of ", observed, " observed days, by the shortest and the longest reading of the reports."]
        sentences.append(make_sentence(*pieces))
        top, days = shut[0]
        short = make_sentence(
            "Trade could not pass ", top.name, " on ", range_text(days),
            " of ", observed, " observed days.",
        )  # fmt: skip
    strike = deaths_quantity(g, "civilians_strikes", view.channel("strike"), civilian=True)
    clash = deaths_quantity(g, "civilians_clashes", view.channel("clash"), civilian=True)
    force = EventFilter(channels=("strike", "clash"))
    without_figure = [e for e in force.of(g) if e.tolls.civilian is None]
    n_without_figure = tally_quantity(
        "civilians_untold", len(without_figure), "events", "strikes and clashes without a civilian figure",
        {"kind": "untold civilians", "of": force.as_data()}, tuple(e.id for e in without_figure),
    )  # fmt: skip
    if force.of(g):
        untold: list[SentencePiece] = [
            "; for ",
            count_text(n_without_figure, "further event", "further events"),
            " nobody gave one.",
        ]
        one = strike.low == strike.high == 1
        sentences.append(
            make_sentence(
                "Reports that give a figure tell of ", range_text(strike), f" civilian {'death' if one else 'deaths'} in strikes and ",
                range_text(clash), " in clashes", *(untold if n_without_figure.value else ["."]),
            )
        )  # fmt: skip
    costs = ["closed crossings"] if shut else []
    costs += ["civilian deaths"] if strike.low or clash.low else []
    deported = EventFilter(modes=("deport",), initiators=view.target)
    if deported.of(g):
        costs.append("people sent back")
        n = count_quantity(g, "deportations", deported, "reports of deportation drives")
        reports = count_text(n, "report tells", "reports tell")
        sentences.append(
            make_sentence("A further ", reports, f" of people from {names.host} sent back by {names.target}.")
        )
    closures = [e for c, _ in shut for s in find_crossing_spells(g, c) if s.state in CLOSED_STATES for e in s.events]
    return Finding(
        claim="spillover",
        headline=_headline(costs),
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
    recipe = {"kind": "observed days", "first": str(g.case.first), "last": str(g.watched_to)}
    how = "days that the case file states as systematically collected"
    return tally_quantity("watched", days, "days", how, recipe, ())


def _headline(costs: list[str]) -> str:
    """Choose the headline; it names only costs that the record holds, and not what brought them."""
    if not costs:
        return "No cost to trade or civilians is on record"
    *first, last = costs
    what = f"{', '.join(first)} and {last}" if first else last
    return f"{what[0].upper()}{what[1:]} are on record"
